//! Tables that a practice brings along: what is read, and what is complained about, where.

use domain::money::{Currency, Money};
use domain::time::Span;
use holdspace_outside::table::{
    AppointmentRow, ClientRow, Limits, PastOrPlanned, Prefers, SessionKind, Start, Table, appointments, clients,
};
use proptest::prelude::*;

const CLIENTS: &str = "name,email,phone,prefers,voicemail,time_zone,therapist_email";
const APPOINTMENTS: &str = "client_email,therapist_email,start,minutes,kind,price,state";

fn client_table(rows: &str) -> Table<ClientRow> {
    clients(format!("{CLIENTS}\n{rows}\n").as_bytes(), &Limits::default())
}

fn appointment_table(rows: &str) -> Table<AppointmentRow> {
    appointments(format!("{APPOINTMENTS}\n{rows}\n").as_bytes(), &Limits::default())
}

#[test]
fn a_good_table_of_clients_is_read_whole() {
    let table = client_table(
        "\"Green, Anna\",anna@example.org,+44 20 7946 0018,sms,yes,Europe/London,tom@example.org\nBo,bo@example.org,,email,no,America/New_York,tom@example.org",
    );
    assert_eq!(table.problems, vec![]);
    let anna = &table.rows[0];
    assert_eq!((anna.line, anna.name.as_str(), anna.phone.as_deref()), (2, "Green, Anna", Some("+442079460018")));
    assert_eq!((anna.prefers, anna.voicemail, anna.time_zone.name()), (Prefers::Sms, true, "Europe/London"));
    assert_eq!((table.rows[1].phone.as_ref(), table.rows[1].email.as_str()), (None, "bo@example.org"));
}

#[test]
fn a_good_table_of_appointments_is_read_whole() {
    let table = appointment_table(
        "anna@example.org,tom@example.org,2026-03-09T09:00,50,video,65.00 GBP,booked\nanna@example.org,tom@example.org,2026-03-02T09:00:00+01:00,50,in_person,£70.00,client_no_show",
    );
    assert_eq!(table.problems, vec![]);
    let (first, second) = (&table.rows[0], &table.rows[1]);
    assert_eq!(first.start, Start::Civil(jiff::civil::date(2026, 3, 9).at(9, 0, 0, 0)));
    assert_eq!((first.length, first.kind), (Span::minutes(50), SessionKind::Video));
    assert_eq!((first.price, first.state), (Money::new(6500, Currency::GBP), PastOrPlanned::Booked));
    assert_eq!(second.start, Start::Moment("2026-03-02T08:00:00Z".parse().expect("a moment")));
    assert_eq!((second.price, second.state), (Money::new(7000, Currency::GBP), PastOrPlanned::ClientNoShow));
}

/// A row of clients, the column to complain about and a word of the complaint.
const WRONG_CLIENTS: &[(&str, &str, &str)] = &[
    (",anna@example.org,,email,no,Europe/London,tom@example.org", "name", "empty"),
    ("Anna,anna,,email,no,Europe/London,tom@example.org", "email", "anna"),
    ("Anna,a@example.org,call me,email,no,Europe/London,tom@example.org", "phone", "not a phone number"),
    ("Anna,a@example.org,,sms,no,Europe/London,tom@example.org", "phone", "prefers sms"),
    ("Anna,a@example.org,,pigeon,no,Europe/London,tom@example.org", "prefers", "pigeon"),
    ("Anna,a@example.org,,email,maybe,Europe/London,tom@example.org", "voicemail", "maybe"),
    ("Anna,a@example.org,,email,no,Bath,tom@example.org", "time_zone", "Bath"),
    ("Anna,a@example.org,,email,no,Europe/London,", "therapist_email", "empty"),
    ("\"An\nna\",a@example.org,,email,no,Europe/London,tom@example.org", "name", "line break"),
    ("Anna,a@example.org,email,no,Europe/London,tom@example.org", "", "6 fields where the header has 7"),
];

const WRONG_APPOINTMENTS: &[(&str, &str, &str)] = &[
    ("a@b.org,t@b.org,tomorrow,50,video,65.00 GBP,booked", "start", "tomorrow"),
    ("a@b.org,t@b.org,2026-02-30T09:00,50,video,65.00 GBP,booked", "start", "2026-02-30"),
    ("a@b.org,t@b.org,2026-03-09,50,video,65.00 GBP,booked", "start", "2026-03-09"),
    ("a@b.org,t@b.org,2026-03-09T09:00,0,video,65.00 GBP,booked", "minutes", "0"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50.5,video,65.00 GBP,booked", "minutes", "50.5"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,zoom,65.00 GBP,booked", "kind", "zoom"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,video,65,booked", "price", "65"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,video,65.5 GBP,booked", "price", "65.5"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,video,-65.00 GBP,booked", "price", "-65"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,video,65.00 quid,booked", "price", "quid"),
    ("a@b.org,t@b.org,2026-03-09T09:00,50,video,65.00 GBP,missed", "state", "missed"),
];

#[test]
fn every_complaint_names_line_column_and_remedy() {
    let client_problems = WRONG_CLIENTS.iter().map(|(row, column, word)| {
        let table = client_table(row);
        assert!(table.rows.is_empty(), "{row}");
        (row, column, word, table.problems)
    });
    let appointment_problems = WRONG_APPOINTMENTS.iter().map(|(row, column, word)| {
        let table = appointment_table(row);
        assert!(table.rows.is_empty(), "{row}");
        (row, column, word, table.problems)
    });
    for (row, column, word, problems) in client_problems.chain(appointment_problems) {
        assert_eq!(problems.len(), 1, "{row}: {problems:?}");
        let problem = &problems[0];
        assert_eq!((problem.line, problem.column.as_str()), (2, *column), "{row}: {problem}");
        assert!(problem.what.contains(word) && !problem.remedy.is_empty(), "{row}: {problem}");
    }
}

#[test]
fn one_row_may_be_wrong_in_several_columns_and_does_not_spoil_the_others() {
    let table = client_table(
        "Anna,anna,,pigeon,no,Bath,tom@example.org\nBo,bo@example.org,,email,no,Europe/London,tom@example.org",
    );
    let columns: Vec<_> = table.problems.iter().map(|problem| (problem.line, problem.column.as_str())).collect();
    assert_eq!(columns, [(2, "email"), (2, "prefers"), (2, "time_zone")]);
    assert_eq!(table.rows.len(), 1);
}

#[test]
fn a_header_must_hold_exactly_the_known_names_in_any_order() {
    let problems = |header: &str| {
        let table = clients(format!("{header}\n").as_bytes(), &Limits::default());
        table.problems.iter().map(|problem| format!("{}: {}", problem.column, problem.what)).collect::<Vec<_>>()
    };
    assert_eq!(problems("Therapist_Email, time_zone,voicemail,prefers,phone,email,name"), [""; 0]);
    assert_eq!(problems("\u{feff}name,email,phone,prefers,voicemail,time_zone,therapist_email"), [""; 0]);
    assert_eq!(
        problems("name,e-mail,phone,prefers,voicemail,time_zone,therapist_email"),
        ["e-mail: this header is not known", "email: this header is missing",]
    );
    assert_eq!(problems(&format!("{CLIENTS},name")), ["name: this header is there twice"]);
    assert_eq!(problems("").len(), 7);
    assert!(problems(&CLIENTS.replace(',', ";"))[0].contains("not known"));
}

#[test]
fn the_same_thing_twice_is_named_with_the_line_that_had_it_first() {
    let row = "Anna,anna@example.org,,email,no,Europe/London,tom@example.org";
    let table = client_table(&format!("{row}\n{}", row.replace("anna@", "ANNA@")));
    assert_eq!((table.rows.len(), table.problems[0].line, table.problems[0].column.as_str()), (1, 3, "email"));
    assert!(table.problems[0].what.contains("line 2"), "{}", table.problems[0]);
    let row = "a@b.org,t@b.org,2026-03-09T09:00,50,video,65.00 GBP,booked";
    let table = appointment_table(&format!("{row}\n{}", row.replace(",50,", ",45,")));
    assert_eq!((table.rows.len(), table.problems[0].column.as_str()), (1, "start"));
}

#[test]
fn a_line_is_counted_as_an_editor_counts_it() {
    let table = client_table(
        "\"Two\nlines\",a@example.org,,email,no,Europe/London,t@example.org\n\nBo,bo,,email,no,Europe/London,t@example.org",
    );
    assert_eq!(table.problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn no_table_can_take_more_than_its_share() {
    let limits = Limits { bytes: 1_000, rows: 2, problems: 3 };
    let rows = |count: usize, row: &str| format!("{CLIENTS}\n{}", row.repeat(count));
    let long = clients(rows(100, "x,x,x,x,x,x,x\n").as_bytes(), &limits);
    assert!(long.problems[0].what.contains("bytes"));
    let many = clients(rows(3, "\n,,,,,,\n").as_bytes(), &limits);
    assert!(many.problems.len() <= 3 && many.problems.last().expect("a problem").what.contains("at once"), "{many:?}");
    let long_name = client_table(&format!("{},a@b.org,,email,no,Europe/London,t@b.org", "n".repeat(201)));
    assert!(long_name.problems[0].what.contains("200 characters"));
    let latin = clients(
        [CLIENTS.as_bytes(), b"\nZo\xeb,a@b.org,,email,no,Europe/London,t@b.org\n"].concat().as_slice(),
        &limits,
    );
    assert_eq!((latin.problems[0].column.as_str(), latin.problems[0].what.contains("UTF-8")), ("name", true));
}

proptest! {
    #[test]
    fn nothing_stops_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        clients(&bytes, &Limits::default());
        appointments(&[APPOINTMENTS.as_bytes(), b"\n", &bytes].concat(), &Limits::default());
    }

    #[test]
    fn money_as_it_is_shown_is_read(minor in 0i64..1_000_000_000, currency in prop_oneof![Just("GBP"), Just("USD"), Just("EUR")]) {
        let money = Money::new(minor, currency.parse().expect("a currency"));
        let table = appointment_table(&format!("a@b.org,t@b.org,2026-03-09T09:00,50,video,{money},booked"));
        prop_assert_eq!(table.rows.first().map(|row| row.price), Some(money));
    }
}
