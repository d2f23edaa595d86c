//! Diaries: a small one of our own, and those that others wrote (`scripts/fetch-diaries`).

use crate::house::{House, MAYA, anna_and_ben, appointments_table, at, by_phone, london, now, problems};
use domain::time::{Interval, Span, Zone};
use holdspace_server::flow::import::{Diary, Report};
use outside::ical::read;
use std::path::{Path, PathBuf};

/// Every Tuesday at ten but the seventeenth, a whole day away, a lunch that takes no time, and a letter of ours.
const DIARY: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n\
    BEGIN:VEVENT\r\nUID:one\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;TZID=Europe/London:20260303T100000\r\n\
    DTEND;TZID=Europe/London:20260303T110000\r\nRRULE:FREQ=WEEKLY;COUNT=8\r\n\
    EXDATE;TZID=Europe/London:20260317T100000\r\nSUMMARY:Choir\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:two\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260305\r\nSUMMARY:Away\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:three\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260306T100000Z\r\nDTEND:20260306T110000Z\r\n\
    TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nUID:apt_00000000000000000000000001@holdspace\r\nDTSTAMP:20260101T000000Z\r\n\
    DTSTART:20260309T100000Z\r\nDTEND:20260309T105000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn mayas() -> Diary {
    Diary {
        therapist: "maya@example.org".parse().expect("an address"),
        zone: Some(london()),
        source: "diary".into(),
        leave_out: false,
    }
}

fn said(report: &Report) -> Vec<&str> {
    report.lines.iter().map(|line| line.said.as_str()).collect()
}

// proves: H-03
#[test]
fn a_diary_closes_the_hours_and_importing_it_again_changes_nothing() {
    House::on_each_engine(a_diary_comes_twice);
}

fn a_diary_comes_twice(house: &House) {
    let before = house.free(40);
    let report = house.diary(DIARY.as_bytes(), mayas(), false);
    assert_eq!(problems(&report), [""; 0]);
    assert!(report.written);
    assert_eq!(
        said(&report),
        [
            "busy 7 times, first from Tuesday 3 March 2026 10:00",
            "busy from Thursday 5 March 2026 00:00",
            "takes no time, left out",
            "one of this practice's own appointments, left out",
        ]
    );
    let after = house.free(40);
    let tuesday = |day: &str| Interval::new(at(&format!("{day}T10:00:00Z")), at(&format!("{day}T11:00:00Z")));
    assert!(before.len() > after.len() && after.iter().all(|slot| !slot.meets(tuesday("2026-03-03"))));
    assert!(after.iter().any(|slot| slot.meets(tuesday("2026-03-17"))), "the exception is free");
    assert!(after.iter().any(|slot| slot.meets(tuesday("2026-03-09"))), "our own appointment is no diary's business");
    assert!(!after.iter().any(|slot| slot.from.in_zone(&london()).date().to_string() == "2026-03-05"));
    let stored = house.everything();
    assert!(!format!("{:?}", stored.therapists).contains("Choir"), "titles stay where they were written");
    let again = house.diary(DIARY.as_bytes(), mayas(), false);
    assert!(!again.written && again.notes.iter().any(|note| note.said.starts_with("nothing has changed")));
    assert_eq!(house.everything(), stored);
    let empty = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nEND:VCALENDAR\r\n";
    assert!(house.diary(empty.as_bytes(), mayas(), false).written, "a later diary takes the place of the earlier");
    assert_eq!(house.free(40), before);
    assert_eq!(house.record(&MAYA.to_string()).iter().filter(|entry| entry.word == "diary_imported").count(), 2);
}

#[test]
fn a_dry_run_of_a_diary_changes_nothing() {
    House::on_each_engine(a_dry_run);
}

fn a_dry_run(house: &House) {
    let before = house.everything();
    let report = house.diary(DIARY.as_bytes(), mayas(), true);
    assert!(report.problems.is_empty() && !report.written);
    assert_eq!(report.counts["stretches of busy time"], 8);
    assert_eq!(house.everything(), before);
}

#[test]
fn an_appointment_that_a_busy_time_overlaps_is_named_and_stays_as_it_is() {
    let house = House::memory();
    assert!(house.clients(&anna_and_ben(), false).written);
    let booked = "anna@example.org,maya@example.org,2026-03-10T10:30,50,video,65.00 GBP,booked";
    assert!(house.appointments(&appointments_table(&[booked]), by_phone(), false).written);
    let appointments = house.everything().appointments;
    let report = house.diary(DIARY.as_bytes(), mayas(), false);
    assert!(report.written);
    let expected =
        format!("overlaps the appointment {} on Tuesday 10 March 2026 10:30, which stays as it is", appointments[0].id);
    assert!(report.notes.iter().any(|note| note.line == 4 && note.said == expected), "{:?}", report.notes);
    assert_eq!(house.everything().appointments, appointments);
}

#[test]
fn a_broken_diary_is_named_by_line_and_column_and_nothing_of_it_is_kept() {
    let house = House::memory();
    let before = house.everything();
    let broken =
        DIARY.replace("DTSTART:20260309T100000Z", "DTSTART:20261399T100000Z").replace("@holdspace", "@elsewhere");
    let report = house.diary(broken.as_bytes(), mayas(), false);
    let found = problems(&report);
    assert!(found.iter().any(|problem| problem.starts_with("line 29, column 9: ")), "{found:?}");
    assert!(!report.written);
    assert_eq!(house.everything(), before);
    let report = house.diary(broken.as_bytes(), Diary { leave_out: true, ..mayas() }, false);
    assert!(report.written && report.notes.iter().any(|note| note.said.starts_with("left out: ")));
    for nonsense in ["name,email\nanna,anna@example.org\n", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "\u{1}\u{2}"] {
        let report = house.diary(nonsense.as_bytes(), mayas(), true);
        assert!(!report.problems.is_empty(), "{nonsense:?}");
    }
    let nobody = Diary { therapist: "nobody@example.org".parse().expect("an address"), ..mayas() };
    let found = problems(&house.diary(DIARY.as_bytes(), nobody, false));
    assert!(found[0].starts_with("--therapist: no therapist of Alder House has nobody@example.org."), "{found:?}");
}

fn every_diary() -> Vec<PathBuf> {
    fn gather(under: &Path, found: &mut Vec<PathBuf>) {
        let missing = format!("{}: run scripts/fetch-diaries first", under.display());
        for entry in std::fs::read_dir(under).expect(&missing) {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("venv") {
                gather(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "ics") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    gather(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/diaries"), &mut found);
    found.sort();
    found
}

// proves: H-03
#[test]
fn after_any_diary_that_others_wrote_no_free_time_meets_anything_busy_in_it() {
    let house = House::memory();
    let all = every_diary();
    assert!(all.len() > 200, "only {} diaries: run scripts/fetch-diaries again", all.len());
    let zone: Zone = london();
    let window = Interval::new(now(), now() + Span::hours(24 * 60));
    let mut closing = 0;
    for path in &all {
        let bytes = std::fs::read(path).expect("a readable file");
        let report = house.diary(&bytes, Diary { leave_out: true, ..mayas() }, false);
        assert_eq!(problems(&report), [""; 0], "{path:?}");
        let busy = read::read(&bytes, &zone, window).events;
        let busy: Vec<_> = busy.into_iter().filter(|event| event.busy && event.start < event.end).collect();
        closing += usize::from(!busy.is_empty());
        for slot in house.free(60) {
            for event in &busy {
                let taken = Interval::new(event.start, event.end);
                assert!(!slot.meets(taken), "{path:?}: {slot:?} meets {event:?}");
            }
        }
    }
    assert!(closing >= 10, "only {closing} diaries are busy now");
}
