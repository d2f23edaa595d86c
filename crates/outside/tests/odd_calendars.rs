//! Calendars as they really are: what each must be read as, and what must be complained about, where.

use domain::time::{Instant, Interval, Zone};
use holdspace_outside::ical::read::{Diary, DiaryEvent, Limits, read, read_within};
use proptest::prelude::*;

fn at(text: &str) -> Instant {
    text.parse().unwrap_or_else(|_| panic!("{text} is not a moment"))
}

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

fn window() -> Interval {
    Interval::new(at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"))
}

fn calendar(events: &[&str]) -> String {
    let events: String = events.iter().map(|lines| format!("BEGIN:VEVENT\n{lines}\nEND:VEVENT\n")).collect();
    format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n")
}

fn diary(events: &[&str]) -> Diary {
    read(calendar(events).as_bytes(), &london(), window())
}

/// `start/end` of every event; `free` after those that take no time up.
fn times(diary: &Diary) -> Vec<String> {
    let time = |event: &DiaryEvent| format!("{}/{}{}", event.start, event.end, if event.busy { "" } else { " free" });
    diary.events.iter().map(time).collect()
}

/// What one event, given as its lines, is read as, without any complaint.
fn reads_as(lines: &str, expected: &[&str]) {
    let diary = diary(&[lines]);
    assert_eq!(times(&diary), expected, "{lines}");
    assert_eq!(diary.problems, vec![], "{lines}");
}

#[test]
fn lengths_and_ends_mean_what_rfc_5545_says() {
    reads_as("DTSTART:20260309T080000Z\nDTEND:20260309T085000Z", &["2026-03-09T08:00:00Z/2026-03-09T08:50:00Z"]);
    reads_as("DTSTART:20260309T080000Z\nDURATION:PT50M", &["2026-03-09T08:00:00Z/2026-03-09T08:50:00Z"]);
    reads_as("DTSTART:20260309T080000Z", &["2026-03-09T08:00:00Z/2026-03-09T08:00:00Z"]);
    reads_as("DTSTART;VALUE=DATE:20260309", &["2026-03-09T00:00:00Z/2026-03-10T00:00:00Z"]);
    reads_as("DTSTART;VALUE=DATE:20260309\nDTEND;VALUE=DATE:20260309", &["2026-03-09T00:00:00Z/2026-03-10T00:00:00Z"]);
    reads_as("DTSTART;VALUE=DATE:20260329\nDURATION:P1D", &["2026-03-29T00:00:00Z/2026-03-29T23:00:00Z"]);
    // A day by DURATION is a day on the wall; by DTEND it is what the stopwatch says.
    reads_as(
        "DTSTART;TZID=Europe/London:20260328T120000\nDURATION:P1D",
        &["2026-03-28T12:00:00Z/2026-03-29T11:00:00Z"],
    );
    reads_as(
        "DTSTART;TZID=Europe/London:20260328T120000\nDURATION:PT24H",
        &["2026-03-28T12:00:00Z/2026-03-29T12:00:00Z"],
    );
    reads_as("DTSTART:20251231T230000Z\nDTEND:20260101T010000Z", &["2025-12-31T23:00:00Z/2026-01-01T01:00:00Z"]);
    reads_as("DTSTART:20251231T230000Z\nDTEND:20260101T000000Z", &[]);
}

#[test]
fn wall_times_find_their_zone() {
    let noon = |line: &str, expected: &str| {
        let diary = diary(&[&format!("DTSTART{line}\nDURATION:PT1H")]);
        assert_eq!((diary.events[0].start, diary.problems), (at(expected), vec![]), "{line}");
    };
    noon(":20260709T120000", "2026-07-09T11:00:00Z");
    noon(":20260709T120000Z", "2026-07-09T12:00:00Z");
    noon(";TZID=America/New_York:20260709T120000", "2026-07-09T16:00:00Z");
    noon(";TZID=\"America/New_York\":20260709T120000", "2026-07-09T16:00:00Z");
    noon(";TZID=Eastern Standard Time:20260709T120000", "2026-07-09T16:00:00Z");
    noon(";TZID=/mozilla.org/20050126_1/Europe/Berlin:20260709T120000", "2026-07-09T10:00:00Z");
    noon(";TZID=europe/berlin:20260709T120000", "2026-07-09T10:00:00Z");
    noon(";TZID=Asia/Kolkata:20260709T120000", "2026-07-09T06:30:00Z");
    // A gap counts from before it, a time that comes twice is the first.
    noon(";TZID=Europe/London:20260329T013000", "2026-03-29T01:30:00Z");
    noon(";TZID=Europe/London:20261025T013000", "2026-10-25T00:30:00Z");
    noon(";TZID=Europe/London:20260630T235960", "2026-06-30T22:59:59Z");
}

const OWN_ZONE: &str = "BEGIN:VTIMEZONE\nTZID:Customised Zone 1\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\n\
    TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\nDTSTART:16010101T020000\n\
    TZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n";

#[test]
fn a_zone_that_the_diary_describes_itself_changes_its_clocks_when_it_says() {
    let start = |wall: &str| {
        let event = format!("BEGIN:VEVENT\nDTSTART;TZID=Customised Zone 1:{wall}\nEND:VEVENT\n");
        let text = format!("BEGIN:VCALENDAR\n{OWN_ZONE}{event}END:VCALENDAR\n");
        let diary = read(text.as_bytes(), &london(), window());
        assert_eq!(diary.problems, vec![]);
        diary.events[0].start
    };
    assert_eq!(start("20260109T120000"), at("2026-01-09T11:00:00Z"));
    assert_eq!(start("20260709T120000"), at("2026-07-09T10:00:00Z"));
    assert_eq!(start("20260329T023000"), at("2026-03-29T01:30:00Z"), "in the gap, as before it");
    assert_eq!(start("20261025T023000"), at("2026-10-25T00:30:00Z"), "the first of the two");
    let berlin: Zone = "Europe/Berlin".parse().expect("a zone");
    for day in 1..=31 {
        for month in [3, 10] {
            let civil = jiff::civil::date(2026, month, day).at(2, 30, 0, 0);
            let known = berlin.time_zone().to_ambiguous_zoned(civil).compatible().expect("in range");
            assert_eq!(start(&civil.strftime("%Y%m%dT%H%M%S").to_string()), Instant::from(&known), "{civil}");
        }
    }
}

#[test]
fn a_weekly_time_keeps_its_wall_time_when_the_clocks_change() {
    reads_as(
        "UID:a\nDTSTART;TZID=Europe/London:20260323T140000\nDURATION:PT50M\nRRULE:FREQ=WEEKLY;COUNT=3",
        &[
            "2026-03-23T14:00:00Z/2026-03-23T14:50:00Z",
            "2026-03-30T13:00:00Z/2026-03-30T13:50:00Z",
            "2026-04-06T13:00:00Z/2026-04-06T13:50:00Z",
        ],
    );
}

#[test]
fn what_takes_no_time_up_is_not_busy() {
    let free = ["TRANSP:TRANSPARENT", "transp:transparent", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"];
    for line in free {
        assert!(!diary(&[&format!("DTSTART:20260309T080000Z\n{line}")]).events[0].busy, "{line}");
    }
    for line in ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "STATUS:CONFIRMED"] {
        assert!(diary(&[&format!("DTSTART:20260309T080000Z\n{line}")]).events[0].busy, "{line}");
    }
}

const WEEKLY: &str = "UID:a\nSUMMARY:Yoga\nDTSTART:20260302T180000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=5";

fn starts(events: &[&str]) -> Vec<String> {
    let diary = diary(events);
    assert_eq!(diary.problems, vec![]);
    diary.events.iter().map(|event| format!("{}{}", event.start, if event.busy { "" } else { " free" })).collect()
}

#[test]
fn exceptions_extras_and_changes_of_a_series_find_their_places() {
    let moved = "UID:a\nRECURRENCE-ID:20260309T180000Z\nDTSTART:20260310T190000Z\nDURATION:PT2H";
    let gone = "UID:a\nRECURRENCE-ID:20260316T180000Z\nDTSTART:20260316T180000Z\nSTATUS:CANCELLED";
    assert_eq!(
        starts(&[moved, &format!("{WEEKLY}\nEXDATE:20260323T180000Z\nRDATE:20260324T070000Z"), gone]),
        [
            "2026-03-02T18:00:00Z",
            "2026-03-10T19:00:00Z",
            "2026-03-16T18:00:00Z free",
            "2026-03-24T07:00:00Z",
            "2026-03-30T18:00:00Z"
        ]
    );
    let by_day = format!("{WEEKLY}\nEXDATE;VALUE=DATE:20260309,20260316");
    assert_eq!(starts(&[&by_day]).len(), 3);
    let period = "UID:p\nDTSTART:20260302T180000Z\nDURATION:PT1H\nRDATE;VALUE=PERIOD:20260303T180000Z/PT3H,20260304T180000Z/20260304T190000Z";
    assert_eq!(times(&diary(&[period]))[1], "2026-03-03T18:00:00Z/2026-03-03T21:00:00Z");
}

#[test]
fn a_change_from_some_time_on_carries_to_the_rest() {
    let later = "UID:a\nSUMMARY:Late yoga\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260316T180000Z\nDTSTART:20260317T190000Z\nDURATION:PT30M";
    let diary = diary(&[WEEKLY, later]);
    assert_eq!(
        times(&diary),
        [
            "2026-03-02T18:00:00Z/2026-03-02T19:00:00Z",
            "2026-03-09T18:00:00Z/2026-03-09T19:00:00Z",
            "2026-03-17T19:00:00Z/2026-03-17T19:30:00Z",
            "2026-03-24T19:00:00Z/2026-03-24T19:30:00Z",
            "2026-03-31T19:00:00Z/2026-03-31T19:30:00Z",
        ]
    );
    assert_eq!(diary.events[4].summary, "Late yoga");
}

#[test]
fn a_change_may_move_a_time_into_the_window_or_out_of_it() {
    let series = "UID:a\nDTSTART:20251201T180000Z\nDURATION:PT1H\nRRULE:FREQ=MONTHLY;COUNT=2";
    let into = "UID:a\nRECURRENCE-ID:20251201T180000Z\nDTSTART:20260102T180000Z\nDURATION:PT1H";
    let out = "UID:a\nRECURRENCE-ID:20260101T180000Z\nDTSTART:20251202T180000Z\nDURATION:PT1H";
    assert_eq!(starts(&[series, into, out]), ["2026-01-02T18:00:00Z"]);
}

#[test]
fn of_two_versions_the_newer_counts() {
    let older = "UID:a\nSEQUENCE:1\nDTSTART:20260309T080000Z";
    let newer = "UID:a\nSEQUENCE:2\nDTSTART:20260309T090000Z";
    assert_eq!(starts(&[newer, older]), ["2026-03-09T09:00:00Z"]);
    assert_eq!(starts(&["DTSTART:20260309T080000Z", "DTSTART:20260309T080000Z"]).len(), 2, "without a UID both count");
}

#[test]
fn strange_letters_and_line_ends_do_not_stop_anybody() {
    let text = "\u{feff}begin:vcalendar\r\nBEGIN:VEVENT\r\nSUMMARY;LANGUAGE=de:Fr\r\n üh\r\n\tstück\\, Kaf\\nfee\r\r\nDTSTART:2026\n 0309T080000Z\r\nEND:VEVENT\r\n\r\nEND:VCALENDAR";
    let diary = read(text.as_bytes(), &london(), window());
    assert_eq!((diary.events[0].summary.as_str(), diary.problems), ("Frühstück, Kaf\nfee", vec![]));
    // A fold inside a character is put together again.
    let split =
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:\xc3\n \xbc\nDTSTART:20260309T080000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let diary = read(split, &london(), window());
    assert_eq!((diary.events[0].summary.as_str(), diary.problems.len()), ("ü", 0));
    let latin =
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Caf\xe9\nDTSTART:20260309T080000Z\nEND:VEVENT\nEND:VCALENDAR\n";
    let diary = read(latin, &london(), window());
    assert_eq!(diary.events[0].summary, "Café");
    assert_eq!((diary.problems[0].line, diary.problems[0].column), (3, 12));
}

/// An event's lines, where the complaint must be, and a word of it. The event begins at line 2, its lines at 3.
const COMPLAINTS: &[(&str, u32, u32, &str)] = &[
    ("SUMMARY:no start", 2, 1, "DTSTART"),
    ("DTSTART:20260230T080000Z", 3, 9, "20260230T080000Z"),
    ("DTSTART;TZID=Europe/London", 3, 14, "colon"),
    ("DTSTART;TZID=\"Europe/London:20260309T080000", 3, 14, "never closed"),
    ("DTSTART;TZID=Nowhere/Land:20260309T080000", 3, 27, "Nowhere/Land"),
    ("DTSTART:20260309T080000Z\nDTEND:20260309T070000Z", 4, 7, "ends before it starts"),
    ("DTSTART:20260309T080000Z\nDURATION:an hour", 4, 10, "an hour"),
    ("DTSTART:20260309T080000Z\nRRULE:FREQ=FORTNIGHTLY", 4, 7, "FORTNIGHTLY"),
    ("DTSTART:20260309T080000Z\nRRULE:FREQ=DAILY;BYHOUR=24", 4, 7, "BYHOUR=24"),
    ("DTSTART:20260309T080000Z\nRRULE:BYHOUR=2", 4, 7, "no FREQ"),
    ("DTSTART:20260309T080000Z\nEXDATE:soon", 4, 8, "soon"),
    ("DTSTART:20260309T080000Z\nthe letter went on here", 4, 1, "not a line"),
    ("DTSTART:20260309T080000Z\nEND:VTODO", 4, 1, "END:VTODO"),
    ("DTSTART:20260309T080000Z\nBEGIN:VALARM", 4, 1, "BEGIN:VALARM"),
];

#[test]
fn every_complaint_names_line_column_and_remedy() {
    for (lines, line, column, word) in COMPLAINTS {
        let diary = diary(&[lines]);
        let problem = diary.problems.first().unwrap_or_else(|| panic!("no complaint about {lines}"));
        assert_eq!((problem.line, problem.column), (*line, *column), "{lines}: {problem}");
        assert!(problem.what.contains(word) && !problem.remedy.is_empty(), "{lines}: {problem}");
    }
    let folded = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART\n ;TZID=Nowhere\n :20260309T080000\nEND:VEVENT\nEND:VCALENDAR";
    let diary = read(folded.as_bytes(), &london(), window());
    assert_eq!((diary.problems[0].line, diary.problems[0].column), (5, 3));
}

#[test]
fn what_is_not_a_diary_or_is_cut_short_is_said_to_be_so() {
    for text in ["", "PK\u{3}\u{4}", "<html>", "name,email\nAnna,a@b.org\n"] {
        let diary = read(text.as_bytes(), &london(), window());
        assert!(diary.problems.iter().any(|p| p.what.contains("not a diary")), "{text:?}: {:?}", diary.problems);
    }
    let cut = read(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20260309T080000Z\nSUMM", &london(), window());
    assert_eq!(cut.events.len(), 1);
    assert!(cut.problems.iter().any(|p| p.line == 2 && p.what.contains("has no END")), "{:?}", cut.problems);
}

#[test]
fn no_diary_can_take_more_than_its_share() {
    let limits = Limits { bytes: 2_000, events: 10, steps: 20_000, problems: 3 };
    let within = |events: &[&str]| read_within(calendar(events).as_bytes(), &london(), window(), &limits);
    let long = within(&[&"X".repeat(2_000)]);
    assert!(long.events.is_empty() && long.problems[0].what.contains("bytes"), "{:?}", long.problems);
    let many = within(&["UID:a\nDTSTART:20260101T000000Z\nRRULE:FREQ=HOURLY"]);
    assert_eq!(many.events.len(), 10);
    assert!(many.problems[0].what.contains("more than 10 events"), "{:?}", many.problems);
    for rule in ["FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;INTERVAL=1;COUNT=1"] {
        let endless = within(&[&format!("UID:a\nDTSTART:19000101T000000Z\nRRULE:{rule}")]);
        assert!(endless.events.is_empty(), "{rule}: {endless:?}");
    }
    let numbers = |most: u32| (0..most).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let dense = format!(
        "DTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={};BYMINUTE={};BYSECOND={}",
        numbers(24),
        numbers(60),
        numbers(60)
    );
    let dense = within(&[&dense]);
    assert!(dense.problems[0].what.contains("more often than can be read"), "{:?}", dense.problems);
    let wrong = within(&["DTSTART:x", "DTSTART:x", "DTSTART:x", "DTSTART:x", "DTSTART:x"]);
    assert_eq!(wrong.problems.len(), 3);
    assert!(wrong.problems[2].what.contains("more problems"));
}

proptest! {
    /// Bytes of any kind, and pieces of calendars in any order, are read to the end.
    #[test]
    fn nothing_stops_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read(&bytes, &london(), window());
    }

    #[test]
    fn no_order_of_familiar_lines_stops_the_reader(picks in proptest::collection::vec((0usize..LINES.len(), 0usize..VALUES.len()), 0..40)) {
        let text: String = picks.iter().map(|(line, value)| format!("{}{}\n", LINES[*line], VALUES[*value])).collect();
        let limits = Limits { steps: 20_000, events: 200, ..Limits::default() };
        let diary = read_within(text.as_bytes(), &london(), window(), &limits);
        prop_assert!(diary.events.iter().all(|event| event.start <= event.end));
    }
}

const LINES: &[&str] = &[
    "BEGIN:",
    "END:",
    "DTSTART:",
    "DTSTART;VALUE=DATE:",
    "DTSTART;TZID=Z1:",
    "DTEND:",
    "DURATION:",
    "RRULE:",
    "EXDATE:",
    "RDATE;VALUE=PERIOD:",
    "RECURRENCE-ID:",
    "RECURRENCE-ID;RANGE=THISANDFUTURE:",
    "UID:",
    "TZID:",
    "TZOFFSETFROM:",
    "TZOFFSETTO:",
    "SEQUENCE:",
    " ",
    "BEGIN:VEVENT\nUID:a\nDTSTART:",
    "BEGIN:VTIMEZONE\nTZID:Z1\nBEGIN:STANDARD\nDTSTART:",
];
const VALUES: &[&str] = &[
    "VCALENDAR",
    "VEVENT",
    "VTIMEZONE",
    "STANDARD",
    "20260309T080000Z",
    "20260309T080000",
    "20260309",
    "00010101",
    "99991231",
    "99991231T235959Z",
    "00010101T000000",
    "P1D",
    "-P999999999D",
    "P999999999W",
    "PT1S",
    "FREQ=DAILY",
    "FREQ=SECONDLY",
    "FREQ=YEARLY;BYWEEKNO=53,-53;BYDAY=MO",
    "FREQ=MONTHLY;BYSETPOS=-366",
    "FREQ=WEEKLY;INTERVAL=999999999",
    "20260309T080000Z/P1D,20260309/-P9W",
    "+2359",
    "-0000",
    "a",
    "",
    "999999999",
];
