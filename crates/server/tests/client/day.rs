//! The day itself behind the client's link: the therapist is late or has not come, the connection failed.

use crate::house::{DANIEL, House};
use domain::decide::Live;
use domain::message::LinkTo;
use domain::policy::Preset;

// proves: A-06
#[tokio::test]
async fn a_client_can_wait_for_a_therapist_who_is_late_or_have_another_time_at_once() {
    for (answer, says) in [
        ("wait", "Thank you. Maya knows that you can wait"),
        ("reschedule", "Maya knows. Choose a time that suits you"),
    ] {
        let (house, session) = House::on_tuesday(Preset::Clinic).await;
        house.go_to("2026-11-24T13:50:00Z");
        house.on_the_day(session, Live::RunningLate(15)).await;
        let link = house.link(LinkTo::Appointment(session));
        let mut phone = house.phone();
        let page = phone.get(&link).await;
        page.says("Maya is running about 15 minutes behind").says("I can wait").says("today costs you nothing");
        phone.follow(&format!("{link}/late"), &[("answer", answer)]).await.says(says);
    }
}

// proves: A-07
#[tokio::test]
async fn a_client_whom_nobody_meets_says_so_once_it_is_time() {
    let (house, session) = House::on_tuesday(Preset::Clinic).await;
    let link = house.link(LinkTo::Appointment(session));
    let mut phone = house.phone();
    house.go_to("2026-11-24T14:02:00Z");
    phone.get(&link).await.says("If Maya hasn’t come by").never_says("Has Maya not come?");
    house.go_to("2026-11-24T14:30:00Z");
    phone.get(&link).await.says("Has Maya not come?");
    phone.follow(&format!("{link}/not-come"), &[]).await.says("Maya hasn’t joined. We’re sorry");
}

#[tokio::test]
async fn a_client_who_is_cut_off_says_so_pays_nothing_and_chooses_another_time() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let mut daniel = house.signed_in(DANIEL).await;
    let page = format!("/c/sessions/{session}");
    daniel.get(&page).await.never_says("Can’t connect, or cut off?");
    house.go_to("2026-11-24T14:20:00Z");
    daniel.get(&page).await.says("Can’t connect, or cut off?").says("On Maya’s side");
    let after = daniel.follow(&format!("{page}/technical"), &[("side", "client")]).await;
    after.says("We’re sorry that the connection failed").says("You won’t be charged");
    after.says("Choose a new time").never_says("We couldn’t connect");
}
