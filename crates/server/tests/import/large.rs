//! A whole practice at once, within what one command may take: five thousand appointments where a command has a budget,
//! which is on SQLite.

use crate::house::{House, appointments_table, by_phone, clients_table, problems};
use crate::on_both_engines;
use domain::time::Span;

on_both_engines! {
    a_whole_practice_goes_in_at_once;
}

const EACH: usize = 20;

fn a_whole_practice_goes_in_at_once(house: &House) {
    let clients: usize = if house.is_postgres() { 50 } else { 250 };
    let people: Vec<String> = (0..clients)
        .map(|n| {
            let therapist = if n % 2 == 0 { "maya" } else { "ruth" };
            format!("Client {n},c{n}@example.org,,email,no,Europe/London,{therapist}@example.org")
        })
        .collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    assert_eq!(problems(&house.clients(&clients_table(&people), false)), [""; 0]);
    // Ten a day for each therapist, an hour apart, half of them over and half to come.
    let half = clients * EACH / 40;
    let first = crate::house::at("2026-03-01T00:30:00Z") - Span::hours(24 * half as i64);
    let lines: Vec<String> = (0..clients * EACH)
        .map(|n| {
            let (client, hour, day) = (n % clients, (n / 2) % 10, n / 20);
            let start = first + Span::hours(24 * day as i64 + 8 + hour as i64);
            let therapist = if client.is_multiple_of(2) { "maya" } else { "ruth" };
            let state = if start < crate::house::now() { "attended" } else { "booked" };
            format!("c{client}@example.org,{therapist}@example.org,{start},50,in_person,65.00 GBP,{state}")
        })
        .collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = house.appointments(&appointments_table(&lines), by_phone(), false);
    assert_eq!(problems(&report), [""; 0]);
    assert!(report.written);
    assert_eq!(report.counts.values().sum::<u64>(), (clients * EACH) as u64);
    assert_eq!(house.everything().appointments.len(), clients * EACH);
}
