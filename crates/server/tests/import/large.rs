//! A whole practice at once: five thousand appointments within what one command may take.

use crate::house::{House, appointments_table, by_phone, clients_table, problems};
use crate::on_both_engines;
use domain::time::Span;

on_both_engines! {
    five_thousand_appointments_go_in_at_once;
}

const CLIENTS: usize = 250;
const EACH: usize = 20;

fn five_thousand_appointments_go_in_at_once(house: &House) {
    let people: Vec<String> = (0..CLIENTS)
        .map(|n| {
            let therapist = if n % 2 == 0 { "maya" } else { "ruth" };
            format!("Client {n},c{n}@example.org,,email,no,Europe/London,{therapist}@example.org")
        })
        .collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    assert_eq!(problems(&house.clients(&clients_table(&people), false)), [""; 0]);
    // Ten a day for each therapist, an hour apart, half of them over and half to come.
    let first = crate::house::at("2025-06-25T00:00:00Z");
    let lines: Vec<String> = (0..CLIENTS * EACH)
        .map(|n| {
            let (client, hour, day) = (n % CLIENTS, (n / 2) % 10, n / 20);
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
    assert_eq!(report.counts.values().sum::<u64>(), (CLIENTS * EACH) as u64);
    assert_eq!(house.everything().appointments.len(), CLIENTS * EACH);
}
