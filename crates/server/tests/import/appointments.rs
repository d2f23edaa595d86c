//! Appointments from a table.

use crate::house::{House, anna_and_ben, appointments_table, at, by_phone, clients_table, now, problems};
use domain::appointment::{Appointment, PaymentState};
use domain::practice::AgreementHow;
use domain::time::Span;
use holdspace_server::flow::import::{self, Appointments, Progress, Quiet};
use std::sync::Arc;
use store::{DbError, Tx};

const ANNA: &str = "anna@example.org,maya@example.org";
const BEN: &str = "ben@example.org,maya@example.org";

fn line(who: &str, start: &str, state: &str) -> String {
    format!("{who},{start},50,video,65.00 GBP,{state}")
}

fn table(lines: &[String]) -> String {
    appointments_table(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

fn with_clients(house: &House) {
    assert!(house.clients(&anna_and_ben(), false).written);
}

// proves: H-05
#[test]
fn nobody_who_is_taken_over_counts_as_having_accepted_the_terms() {
    House::on_each_engine(terms_are_still_to_be_accepted);
}

/// What was agreed elsewhere is a yes to a time, never to these terms: each client is asked before they book here.
fn terms_are_still_to_be_accepted(house: &House) {
    let unasked = |house: &House| house.everything().relationships.iter().all(|pair| pair.accepted_policy.is_none());
    with_clients(house);
    assert!(unasked(house), "a table of clients says nothing of terms");
    let lines = [line(ANNA, "2026-02-02T10:00", "attended"), line(ANNA, "2026-06-01T10:00", "booked")];
    let report = house.appointments(&table(&lines), by_phone(), false);
    assert!(report.written && unasked(house), "nor does a booking that they agreed to by phone");
    let after = house.everything();
    let subjects = after.relationships.iter().map(|pair| pair.id.to_string());
    let subjects = subjects.chain(after.appointments.iter().map(|booked| booked.id.to_string()));
    for subject in subjects {
        for entry in house.record(&subject) {
            let details = entry.opening.as_ref().map(|opening| opening.details.to_string()).unwrap_or_default();
            assert!(!details.contains("accepted_policy"), "{}: {details}", entry.word);
        }
    }
}

// proves: H-09, H-05
#[test]
fn what_is_to_come_is_booked_what_is_over_is_history_and_nobody_is_told() {
    House::on_each_engine(appointments_come);
}

fn appointments_come(house: &House) {
    with_clients(house);
    let file = table(&[
        line(ANNA, "2026-02-02T10:00", "attended"),
        line(ANNA, "2026-02-09T10:00", "cancelled_by_client"),
        line(BEN, "2026-02-10T10:00", "client_no_show"),
        line(ANNA, "2026-06-01T10:07", "booked"),
        line(BEN, "2026-06-01T09:00:00Z", "cancelled_by_therapist"),
        format!("{BEN},2026-06-02T10:00,60,in_person,£70.00,booked"),
        format!("{ANNA},2026-06-02T11:05,60,in_person,£70.00,booked"),
    ]);
    let report = house.appointments(&file, by_phone(), false);
    assert_eq!(problems(&report), [""; 0]);
    assert_eq!((report.counts["booked"], report.counts["attended"]), (3, 1));
    assert_eq!(report.lines[3].said, "2026-06-01 10:07, anna@example.org with Maya Okafor: booked");
    let after = house.everything().appointments;
    assert_eq!(after.len(), 7);
    let of = |start: &str| after.iter().find(|found| found.start == at(start)).expect("an appointment").clone();
    let booked = of("2026-06-01T09:07:00Z");
    assert_eq!((booked.agreement.how, booked.agreement.at), (AgreementHow::Phone, at("2026-03-01T00:00:00Z")));
    assert!(booked.policy.cutoff < booked.start && booked.payment.state == PaymentState::Planned);
    assert_eq!(
        of("2026-06-02T09:00:00Z").buffer_after,
        Span::minutes(5),
        "what is kept free gives way to what follows"
    );
    assert_eq!(of("2026-06-02T10:05:00Z").buffer_after, Span::minutes(10));
    let past = of("2026-02-02T10:00:00Z");
    assert_eq!((past.state.word(), past.payment.state), ("attended", PaymentState::None));
    check_the_rest(house, &booked, &past);
}

fn check_the_rest(house: &House, booked: &Appointment, past: &Appointment) {
    let (id, therapist, client) = (booked.id, booked.therapist.to_string(), booked.client.to_string());
    let around = booked.interval();
    let (messages, taken) = house
        .store
        .read(move |tx: &mut Tx<'_>| -> Result<_, DbError> {
            let messages = store::message::of_appointment(tx, id)?;
            let mut taken = store::occupancy::busy(tx, &therapist, around, now())?;
            taken.extend(store::occupancy::busy(tx, &client, around, now())?);
            Ok((messages, taken))
        })
        .expect("readable");
    assert!(messages.is_empty(), "nobody is told");
    assert_eq!(taken.len(), 2, "it takes the time of both");
    let record = house.record(&booked.id.to_string());
    assert_eq!(record.iter().map(|entry| entry.word.as_str()).collect::<Vec<_>>(), ["appointment_imported"]);
    let details = &record[0].opening.as_ref().expect("details").details;
    assert_eq!((details["agreement"]["how"].as_str(), details["line"].as_u64()), (Some("phone"), Some(5)));
    assert_eq!(house.record(&past.id.to_string()).len(), 1);
}

#[test]
fn one_wrong_line_or_a_dry_run_leaves_everything_as_it_was() {
    House::on_each_engine(nothing_changes);
}

fn nothing_changes(house: &House) {
    with_clients(house);
    let before = house.everything();
    let good = [line(ANNA, "2026-06-01T10:00", "booked"), line(BEN, "2026-06-01T11:00", "booked")];
    let report = house.appointments(&table(&good), by_phone(), true);
    assert!(report.problems.is_empty() && !report.written);
    assert_eq!(report.counts["booked"], 2);
    assert_eq!(house.everything(), before);
    let bad = [good[0].clone(), good[1].clone(), line(BEN, "2026-06-01T11:30", "booked")];
    let report = house.appointments(&table(&bad), by_phone(), false);
    assert_eq!(
        problems(&report),
        ["line 4, column start: this overlaps line 3. Correct one of the two, or leave it out."]
    );
    assert!(!report.written);
    assert_eq!(house.everything(), before);
}

// proves: H-09
#[test]
fn nothing_that_is_to_come_is_booked_unless_whoever_imports_says_how_the_clients_agreed() {
    let house = House::memory();
    with_clients(&house);
    let file = table(&[line(ANNA, "2026-06-01T10:00", "booked"), line(BEN, "2026-06-01T11:00", "booked")]);
    let report = house.appointments(&file, None, false);
    let found = problems(&report);
    assert_eq!(found.len(), 1, "said once, not for each line: {found:?}");
    assert!(found[0].starts_with("--agreed: 2 appointments are still to come"), "{found:?}");
    let later = by_phone().map(|agreed| import::Agreed { when: "2026-03-03".parse().expect("a day"), ..agreed });
    assert!(problems(&house.appointments(&file, later, false))[0].starts_with("--agreed-at: "));
    let history = table(&[line(ANNA, "2026-02-02T10:00", "attended")]);
    assert!(house.appointments(&history, None, false).written, "history needs none");
}

#[test]
fn every_line_that_cannot_be_is_named_with_its_column() {
    let house = House::memory();
    with_clients(&house);
    let stranger = clients_table(&["Rob Ray,rob@example.org,,email,no,Europe/London,ruth@example.org"]);
    assert!(house.clients(&stranger, false).written);
    let first = table(&[line(ANNA, "2026-06-08T10:00", "booked"), line(BEN, "2026-02-03T10:00", "attended")]);
    assert!(house.appointments(&first, by_phone(), false).written);
    let report = house.appointments(
        &table(&[
            line("nobody@example.org,maya@example.org", "2026-06-01T10:00", "booked"),
            line("anna@example.org,nobody@example.org", "2026-06-01T10:00", "booked"),
            line("rob@example.org,maya@example.org", "2026-06-01T10:00", "booked"),
            line(ANNA, "2026-03-29T01:30", "booked"),
            line(ANNA, "2026-10-25T01:30", "booked"),
            line(ANNA, "2026-06-03T10:00", "attended"),
            line(ANNA, "2026-01-05T10:00", "booked"),
            format!("{ANNA},2026-06-04T10:00,50,video,65.00 USD,booked"),
            line(BEN, "2026-06-08T10:30", "booked"),
            line(ANNA, "2026-06-08T10:00", "booked"),
            line(BEN, "2026-02-03T10:00", "attended"),
            format!("{ANNA},2026-06-05T10:00,4,video,65.00 GBP,booked"),
        ]),
        by_phone(),
        false,
    );
    let found = problems(&report);
    let begins = [
        "line 2, column client_email: no client of Alder House has nobody@example.org.",
        "line 3, column therapist_email: no therapist of Alder House has",
        "line 4, column therapist_email: Rob Ray does not work with Maya Okafor.",
        "line 5, column start: there is no such time on that day: the clocks go forward past it in Europe/London.",
        "line 6, column start: this time comes twice on that day in Europe/London",
        "line 7, column state: It is not over yet.",
        "line 8, column state: It is booked but has begun already.",
        "line 9, column price: The practice charges in another currency. Write the price in GBP.",
        "line 10, column start: Maya Okafor has the appointment apt_",
        "line 11, column start: this overlaps line 10.",
        "line 11, column start: this appointment is here already, as apt_",
        "line 12, column start: this appointment is here already, as apt_",
        "line 13, column minutes: \"4\" does not belong here.",
    ];
    assert_eq!(found.len(), begins.len(), "{found:#?}");
    for (problem, begin) in found.iter().zip(begins) {
        assert!(problem.starts_with(begin), "{problem}\n{begin}");
    }
    assert!(!report.written);
}

#[test]
fn clients_are_told_only_where_that_is_asked_for() {
    let house = House::memory();
    with_clients(&house);
    let file = table(&[line(ANNA, "2026-06-01T10:00", "booked"), line(ANNA, "2026-02-02T10:00", "attended")]);
    let settings = house.settings(file.as_bytes());
    let wish = Appointments::read(&settings, by_phone(), true);
    let progress: Arc<dyn Progress> = Arc::new(Quiet);
    let report = import::appointments(&house.store, &house.mode(false), &settings, wish, &progress).expect("no fault");
    assert!(report.written, "{:?}", report.problems);
    for appointment in house.everything().appointments {
        let id = appointment.id;
        let messages = house.store.read(move |tx: &mut Tx<'_>| store::message::of_appointment(tx, id));
        let messages: Result<Vec<_>, DbError> = messages;
        let expected = if appointment.state.is_live() { 2 } else { 0 };
        assert_eq!(messages.expect("readable").len(), expected, "{}", appointment.state.word());
    }
}

#[test]
fn a_time_outside_the_hours_is_booked_as_agreed_and_noted() {
    let house = House::memory();
    with_clients(&house);
    let file = table(&[line(ANNA, "2026-06-01T21:00", "booked")]);
    let report = house.appointments(&file, by_phone(), false);
    assert!(report.written);
    assert!(report.notes[0].said.contains("outside the therapist's hours"), "{:?}", report.notes);
}
