//! Booking behind a booking link.

use crate::house::{DANIEL, House, LEAH, at};
use domain::policy::Preset;

// proves: G-12, H-05
#[tokio::test]
async fn a_new_client_sees_the_policy_agrees_to_it_and_books() {
    let house = House::of(Preset::Marketplace).await;
    let link = house.booking_link(LEAH).await;
    let mut phone = house.phone();
    let times = phone.get(&link).await;
    times.says("Book a session").says("50 minutes with Maya").says("In person Online");
    times.says("Monday 23 November, 09:00");
    let check = phone.get(&format!("{link}/confirm?kind=video&start=2026-11-30T10:00:00Z")).await;
    check
        .says("Monday 30 November, 10:00 to 10:50")
        .says("Price £65.00")
        .says("Free until Saturday 28 November, 10:00");
    check.says("Later than that, cancelling costs £65.00.").says("I agree to this.");
    let form = [("start", "2026-11-30T10:00:00Z"), ("kind", "video")];
    let without = phone.post(&format!("{link}/confirm"), &form).await;
    assert_eq!(without.status, 422);
    without.says("Tick to say that you agree to the policy before you book");
    assert!(house.appointments().await.is_empty());
    let ticked = [form[0], form[1], ("policy", "yes")];
    phone.follow(&format!("{link}/confirm"), &ticked).await.says("You’re booked: Monday 30 November, 10:00");
    assert_eq!(house.appointments().await[0].start, at("2026-11-30T10:00:00Z"));
    phone.get(&format!("{link}/confirm?kind=video&start=2026-12-01T10:00:00Z")).await.never_says("I agree to this.");
}

#[tokio::test]
async fn of_two_who_want_one_time_the_second_sees_what_is_still_free() {
    let house = House::of(Preset::Clinic).await;
    let (first, second) = (house.booking_link(DANIEL).await, house.booking_link(LEAH).await);
    let (mut daniel, mut leah) = (house.phone(), house.phone());
    let wanted = "confirm?kind=video&start=2026-11-30T10:00:00Z";
    daniel.get(&format!("{first}/{wanted}")).await.says("Check and book");
    leah.get(&format!("{second}/{wanted}")).await.says("Check and book");
    let form = [("start", "2026-11-30T10:00:00Z"), ("kind", "video"), ("policy", "yes")];
    daniel.follow(&format!("{first}/confirm"), &form).await.says("You’re booked");
    let late = leah.post(&format!("{second}/confirm"), &form).await;
    assert_eq!(late.status, 409);
    late.says("That time has just gone. These are still free.").says("Monday 23 November, 11:00");
    assert_eq!(house.appointments().await.len(), 1);
    let gone = leah.get(&format!("{second}/{wanted}")).await;
    assert_eq!(gone.status, 409);
    gone.says("That time has just gone.");
}

#[tokio::test]
async fn nothing_free_and_nothing_chosen_both_say_what_to_do() {
    let house = House::of(Preset::Clinic).await;
    let link = house.booking_link(DANIEL).await;
    let mut phone = house.phone();
    let nothing = phone.get(&format!("{link}/confirm?kind=video")).await;
    assert_eq!(nothing.status, 422);
    nothing.says("There is a problem Choose a time");
    let empty = phone.get(&format!("{link}?from=2030-01-01")).await;
    empty.says("Maya has no free times from here on.").says("Earlier");
    let page = phone.get(&format!("{link}?from=nonsense&utm_source=mail")).await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn an_american_reads_american() {
    let house = House::of(Preset::Insurance).await;
    let link = house.booking_link(LEAH).await;
    let mut phone = house.phone();
    let check = phone.get(&format!("{link}/confirm?kind=video&start=2026-11-30T19:00:00Z")).await;
    check.says("Monday, November 30, 2:00 PM to 2:50 PM").says("$65.00").says("Canceling then costs $40.00");
    assert!(check.body.contains("<html lang=\"en-US\">"));
}
