//! Moving and cancelling one's own session, in time and late.

use crate::house::{DANIEL, House};
use domain::appointment::State;
use domain::message::LinkTo;
use domain::policy::Preset;

// proves: G-02
#[tokio::test]
async fn in_time_a_client_cancels_free_after_seeing_what_it_means() {
    let (house, _) = House::on_tuesday(Preset::Clinic).await;
    let session = house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let link = house.link(LinkTo::Appointment(session));
    let mut phone = house.phone();
    let page = phone.get(&link).await;
    page.says("Tuesday 1 December, 14:00 with Maya")
        .says("Free until Monday 30 November, 14:00")
        .says("Move to another time");
    let cancel = phone.get(&format!("{link}/cancel")).await;
    cancel.says("Cancel this session?").says("Nothing to pay").says("Maya is told at once").says("Rather not say");
    assert_eq!(house.appointment(session).await.state, State::Booked, "nothing has happened yet");
    let revision = hidden(&cancel.body, "revision");
    let form = [("revision", revision.as_str()), ("reason", "client_financial")];
    let done = phone.follow(&format!("{link}/cancel"), &form).await;
    done.says("Cancelled. We’re telling Maya.")
        .says("No charge. If money makes this hard")
        .never_says("Choose another time");
    assert!(matches!(house.appointment(session).await.state, State::Cancelled(_)));
    let again = phone.get(&format!("{link}/cancel")).await;
    again.says("This can’t be changed any more").says("This session is already cancelled.");
}

// proves: G-03, G-04
#[tokio::test]
async fn inside_the_notice_window_a_client_reads_whom_to_contact_and_what_it_may_cost() {
    let (house, session) = House::on_tuesday(Preset::Insurance).await;
    // 14:00 UTC is 09:00 in New York; it is 04:12 there.
    let link = house.link(LinkTo::Appointment(session));
    let mut phone = house.phone();
    phone.get(&link).await.says("Contact Maya to change this").never_says("Move to another time");
    for page in ["cancel", "move"] {
        let refused = phone.get(&format!("{link}/{page}")).await;
        assert_eq!(refused.status, 200, "looking is no mistake");
        refused.says("It’s less than 24 hours before your session").says("today at 9:00 AM");
        refused.says("Free changes closed yesterday at 9:00 AM").says("If you cancel now $40.00").says("Why 24 hours?");
        let links = refused.links();
        assert!(links.contains(&"tel:020 7946 0010".to_owned()) || links.iter().any(|href| href.starts_with("tel:")));
        assert!(links.contains(&"mailto:help@alderhouse.example".to_owned()));
        assert!(!refused.body.contains("<form class=\"stack\""), "there is nothing to send");
    }
    phone.get(&format!("{link}/policy")).await.says("free until 24 hours before a session");
    phone.get("/sign-in").await;
    let mut daniel = house.signed_in(DANIEL).await;
    daniel.get("/c/preferences").await;
    let forced = daniel.post(&format!("/c/sessions/{session}/cancel"), &[]).await;
    assert_eq!(forced.status, 403);
    forced.says("It’s less than 24 hours before your session").says("$40.00");
    assert_eq!(house.appointment(session).await.state, State::Booked);
}

#[tokio::test]
async fn where_clients_always_contact_the_therapist_the_page_says_so_at_any_notice() {
    let house = House::of(Preset::Network).await;
    let session = house.booked(DANIEL, "2026-12-15T14:00:00Z").await;
    let mut daniel = house.signed_in(DANIEL).await;
    let page = daniel.get(&format!("/c/sessions/{session}/cancel")).await;
    page.says("To change this, please contact Maya").says("If you cancel now Nothing").never_says("less than");
}

// proves: H-10
#[tokio::test]
async fn where_late_cancelling_is_allowed_the_button_says_what_it_costs() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let mut daniel = house.signed_in(DANIEL).await;
    let path = format!("/c/sessions/{session}/cancel");
    let page = daniel.get(&path).await;
    page.says("Late: less than 48 hours’ notice").says("You pay £65.00");
    page.says("Cancel session and pay £65.00").says("Keep my session");
    let revision = hidden(&page.body, "revision");
    daniel
        .follow(&path, &[("revision", revision.as_str())])
        .await
        .says("Cancelled. We’re telling Maya.")
        .never_says("No charge");
}

// proves: G-11
#[tokio::test]
async fn whoever_cancels_for_a_plain_reason_is_led_to_another_time() {
    let (house, _) = House::on_tuesday(Preset::Clinic).await;
    let session = house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let link = house.link(LinkTo::Appointment(session));
    let mut phone = house.phone();
    let revision = hidden(&phone.get(&format!("{link}/cancel")).await.body, "revision");
    let form = [("revision", revision.as_str()), ("reason", "client_illness")];
    let done = phone.follow(&format!("{link}/cancel"), &form).await;
    done.never_says("money makes this hard").says("Choose another time");
    let again = house.link(LinkTo::Booking(crate::house::relationship(DANIEL)));
    assert!(done.links().contains(&again));
    phone.get(&again).await.says("Book a session");
}

#[tokio::test]
async fn a_client_moves_a_session_and_keeps_its_place_in_the_calendar() {
    let (house, _) = House::on_tuesday(Preset::Clinic).await;
    let session = house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let mut daniel = house.signed_in(DANIEL).await;
    let path = format!("/c/sessions/{session}/move");
    let times = daniel.get(&path).await;
    times
        .says("Move to another time")
        .says("Now: Tuesday 1 December, 14:00 with Maya.")
        .says("Wednesday 25 November, 10:00");
    let check = daniel.get(&format!("{path}?start=2026-12-03T10:00:00Z")).await;
    check.says("Move to this time?").says("Thursday 3 December, 10:00 to 10:50").says("Moving costs nothing");
    let before = house.appointment(session).await;
    let revision = hidden(&check.body, "revision");
    let form = [("start", "2026-12-03T10:00:00Z"), ("revision", revision.as_str())];
    daniel.follow(&path, &form).await.says("Moved to Thursday 3 December, 10:00");
    let after = house.appointment(session).await;
    assert_eq!((after.uid(), after.sequence), (before.uid(), before.sequence + 1));
}

#[tokio::test]
async fn a_page_that_is_older_than_the_session_changes_nothing() {
    let (house, _) = House::on_tuesday(Preset::Clinic).await;
    let session = house.booked(DANIEL, "2026-12-01T14:00:00Z").await;
    let (mut phone, mut laptop) = (house.signed_in(DANIEL).await, house.signed_in(DANIEL).await);
    let path = format!("/c/sessions/{session}");
    let stale = hidden(&laptop.get(&format!("{path}/cancel")).await.body, "revision");
    let fresh = phone.get(&format!("{path}/move?start=2026-12-03T10:00:00Z")).await;
    let revision = hidden(&fresh.body, "revision");
    let form = [("start", "2026-12-03T10:00:00Z"), ("revision", revision.as_str())];
    phone.follow(&format!("{path}/move"), &form).await.says("Moved to");
    let refused = laptop.post(&format!("{path}/cancel"), &[("revision", stale.as_str())]).await;
    assert_eq!(refused.status, 412);
    refused.says("This changed while you were looking").says("See it now");
    assert_eq!(house.appointment(session).await.state, State::Booked);
}

fn hidden(body: &str, name: &str) -> String {
    let (_, after) = body.split_once(&format!("name=\"{name}\" value=\"")).expect("a hidden field");
    after.split('"').next().unwrap_or("").to_owned()
}
