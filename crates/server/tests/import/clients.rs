//! Clients from a table.

use crate::house::{House, anna_and_ben, clients_table, problems};
use domain::person::{Channel, Role};

// proves: V-05
#[test]
fn clients_come_with_their_wishes_their_therapist_and_a_word_on_the_record() {
    House::on_each_engine(clients_come);
}

fn clients_come(house: &House) {
    let report = house.clients(&anna_and_ben(), false);
    assert_eq!(problems(&report), [""; 0]);
    assert!(report.written && report.receipt.is_some());
    assert_eq!(report.counts["clients"], 2);
    assert_eq!(report.lines[0].said, "anna@example.org is added, with Maya Okafor");
    let after = house.everything();
    let anna = after.clients.iter().find(|client| client.name == "Anna Weiss").expect("Anna");
    assert_eq!((anna.role, anna.phone.as_deref()), (Role::Client, Some("+442079460018")));
    assert_eq!(anna.preference.channels, [Channel::Sms]);
    assert!(anna.preference.asked_at.is_some(), "they have said how to reach them");
    assert_eq!(after.relationships.len(), 2);
    let record = house.record(&anna.id.to_string());
    assert_eq!(record.len(), 1);
    assert_eq!(record[0].word, "client_imported");
    assert_eq!(record[0].actor, "system:import");
    assert!(record[0].on_behalf_of.as_ref().is_some_and(|by| by.starts_with("per_")), "who imported is on record");
    let salts =
        |word: &str| record.iter().find(|entry| entry.word == word).and_then(|e| e.opening.as_ref()).map(|o| o.salt);
    let ben = after.clients.iter().find(|client| client.name == "Ben Holt").expect("Ben");
    let of_ben = house.record(&ben.id.to_string());
    assert_ne!(salts("client_imported"), of_ben[0].opening.as_ref().map(|o| o.salt), "each can be erased alone");
}

#[test]
fn a_dry_run_and_a_file_with_one_wrong_line_change_nothing_at_all() {
    House::on_each_engine(nothing_changes);
}

fn nothing_changes(house: &House) {
    let before = house.everything();
    let report = house.clients(&anna_and_ben(), true);
    assert!(report.problems.is_empty() && !report.written && report.dry_run);
    assert_eq!(report.counts["clients"], 2);
    assert_eq!(house.everything(), before);
    let wrong = format!("{}Cleo Park,cleo@example.org,,email,no,Europe/London,nobody@example.org\n", anna_and_ben());
    let report = house.clients(&wrong, false);
    assert!(!report.written);
    assert_eq!(
        problems(&report),
        ["line 4, column therapist_email: no therapist of Alder House has nobody@example.org. Write one of: \
          maya@example.org, ruth@example.org."]
    );
    assert_eq!(house.everything(), before);
}

#[test]
fn somebody_who_is_here_already_is_named_by_line_and_all_problems_are_listed_at_once() {
    let house = House::memory();
    assert!(house.clients(&anna_and_ben(), false).written);
    let before = house.everything();
    let table = clients_table(&[
        "Anna Again,ANNA@example.org,,email,no,Europe/London,maya@example.org",
        "Sam,sam@example.org,,email,no,Europe/London,maya@example.org",
        "Dora,dora@example.org,020 7946 0018,sms,no,Europe/London,maya@example.org",
        "Eve,eve@example.org,,owl,no,Europe/London,maya@example.org",
        "Fay,fay@example.org,,email,no,Europe/Lundon,maya@example.org",
    ]);
    let report = house.clients(&table, false);
    let found = problems(&report);
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(
        found[0].starts_with("line 2, column email: Anna Weiss has this address already, as client cli_"),
        "{found:?}"
    );
    assert!(found[1].starts_with("line 3, column email: Sam Turner has this address already"), "{found:?}");
    assert_eq!(found[2], "line 4, column phone: \"02079460018\" lacks the country. Write it as +44 20 7946 0018.");
    assert!(found[3].starts_with("line 5, column prefers"), "{found:?}");
    assert!(found[4].starts_with("line 6, column time_zone"), "{found:?}");
    assert_eq!(house.everything(), before);
    let again = house.clients(&anna_and_ben(), false);
    assert_eq!(again.problems.len(), 2, "the same table twice adds nobody twice");
}

#[test]
fn what_is_no_table_of_clients_is_said_with_the_header_that_is_wanted() {
    let house = House::memory();
    for (file, says) in [
        ("", "this header is missing"),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "this header is missing"),
        ("name,email,phone,prefers,voicemail,time_zone,therapist_email\n", "there is nobody in this table"),
    ] {
        let report = house.clients(file, false);
        let found = problems(&report);
        assert!(!report.written && found.iter().any(|problem| problem.contains(says)), "{file:?}: {found:?}");
    }
    let latin =
        [clients_table(&[]).as_bytes(), b"Zo\xeb,zoe@example.org,,email,no,Europe/London,maya@example.org\n"].concat();
    let settings = house.settings(&latin);
    let wish = holdspace_server::flow::import::Clients::read(&settings);
    let progress: std::sync::Arc<dyn holdspace_server::flow::import::Progress> =
        std::sync::Arc::new(holdspace_server::flow::import::Quiet);
    let report = holdspace_server::flow::import::clients(&house.store, &house.mode(false), &settings, wish, &progress);
    let found = problems(&report.expect("no fault"));
    assert!(found.iter().any(|problem| problem.contains("column name: this is not UTF-8")), "{found:?}");
}

#[test]
fn the_practice_is_found_by_name_or_id_and_otherwise_those_there_are_are_named() {
    let house = House::memory();
    let table = anna_and_ben();
    let progress: std::sync::Arc<dyn holdspace_server::flow::import::Progress> =
        std::sync::Arc::new(holdspace_server::flow::import::Quiet);
    let told = |practice: Option<&str>, by: Option<&str>| {
        let mut settings = house.settings(table.as_bytes());
        settings.practice = practice.map(str::to_owned);
        settings.by = by.map(str::to_owned);
        let wish = holdspace_server::flow::import::Clients::read(&settings);
        let mode = house.mode(true);
        problems(
            &holdspace_server::flow::import::clients(&house.store, &mode, &settings, wish, &progress)
                .expect("no fault"),
        )
    };
    assert_eq!(told(None, None), [""; 0]);
    assert_eq!(told(Some("ALDER HOUSE"), None), [""; 0]);
    assert_eq!(told(Some(&crate::house::PRACTICE.to_string()), None), [""; 0]);
    let unknown = told(Some("Elder House"), None);
    assert!(
        unknown[0].starts_with("--practice: there is no practice \"Elder House\". Write one of: Alder House (prc_")
    );
    assert!(told(None, Some("anna@example.org"))[0].starts_with("--by: nobody who works at Alder House has"));
}
