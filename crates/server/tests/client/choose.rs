//! Choosing a new time after a cancellation.

use crate::house::{DANIEL, House, LEAH, OPENED, at};
use axum::http::Method;
use domain::appointment::{PaymentState, State};
use domain::message::LinkTo;
use domain::policy::Preset;

// proves: V-07, G-08, E-01
#[tokio::test]
async fn a_client_opens_the_link_knows_and_takes_one_of_the_held_times() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    house.paid(session).await;
    let link = house.cancelled(session).await;
    assert!(house.is_word_owed(session).await);

    let mut phone = house.phone();
    let page = phone.get(&link).await;
    page.says("Choose a new time").says("Your session with Maya today at 14:00 can’t go ahead. Maya is sorry");
    page.says("These times are held for you until Wednesday 25 November, 09:12.");
    page.says("Thursday 26 November 14:00 to 14:50 Online").says("Monday 30 November 15:00 to 15:50");
    page.says("The £65.00 you paid moves to your new time. Nothing more to pay.");
    assert!(!house.is_word_owed(session).await, "opening the page counts as knowing");

    let done = phone.follow(&link, &[("choice", "2026-11-26T14:00:00Z")]).await;
    done.says("You’re booked: Thursday 26 November, 14:00").says("Your £65.00 has moved to this session");
    let all = house.appointments().await;
    assert_eq!(all.len(), 2);
    assert_eq!((all[1].start, all[1].replaces), (at("2026-11-26T14:00:00Z"), Some(session)));
    assert_eq!((&all[1].state, all[1].payment.state), (&State::Booked, PaymentState::Captured));

    let calendar = phone.get(&format!("{link}/calendar")).await;
    assert_eq!(calendar.headers["content-type"], "text/calendar; charset=utf-8");
    assert!(calendar.body.contains("DTSTART:20261126T140000Z") && calendar.body.contains("SUMMARY:Appointment"));
    assert!(calendar.body.contains(&format!("UID:{}", all[1].uid())) && !calendar.body.contains("Maya"));
    let change = house.link(LinkTo::Appointment(all[1].id));
    assert!(done.links().contains(&change));
    phone.get(&change).await.says("Thursday 26 November, 14:00 with Maya").says("Move to another time");
    phone.get(&link).await.says("You’re booked: Thursday 26 November, 14:00");
}

#[tokio::test]
async fn a_page_that_is_only_fetched_ahead_tells_nobody_anything() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    for ahead in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
        let page = phone.request(Method::GET, &link, &[&OPENED[..], &[ahead]].concat(), String::new()).await;
        assert_eq!(page.status, 200);
    }
    // A page's own script, and a program that says nothing of itself.
    for headers in [&[("sec-fetch-dest", "empty"), ("sec-fetch-mode", "cors")][..], &[]] {
        assert_eq!(phone.request(Method::GET, &link, headers, String::new()).await.status, 200);
    }
    phone.request(Method::HEAD, &link, &OPENED, String::new()).await;
    assert!(house.is_word_owed(session).await, "nobody has looked yet");
    phone.get(&link).await;
    assert!(!house.is_word_owed(session).await);
}

#[tokio::test]
async fn a_form_that_is_sent_twice_books_once() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await;
    let choice = [("choice", "2026-11-27T10:00:00Z")];
    let (first, second) = (phone.post(&link, &choice).await, phone.post(&link, &choice).await);
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
    assert_eq!(first.location(), second.location());
    assert_eq!(house.appointments().await.len(), 2);
    // Back, another choice, the same form: nothing more is booked, the page shows how it stands.
    let other = phone.follow(&link, &[("choice", "2026-11-30T15:00:00Z")]).await;
    other.says("You’re booked: Friday 27 November, 10:00");
    assert_eq!(house.appointments().await.len(), 2);
}

#[tokio::test]
async fn times_that_were_held_too_long_ago_give_way_to_what_is_free_now() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await;
    house.go_to("2026-11-25T09:13:00Z");
    let late = phone.post(&link, &[("choice", "2026-11-26T14:00:00Z")]).await;
    assert_eq!(late.status, 409);
    late.says("Those times were held until today at 09:12. Here are Maya’s free times now.");
    let page = phone.get(&link).await;
    assert_eq!(page.status, 200);
    page.says("Thursday 26 November, 14:00");
    let check = phone.get(&format!("{link}/confirm?kind=video&start=2026-11-26T14:00:00Z")).await;
    check.says("Check and book").says("£65.00");
    phone
        .follow(&format!("{link}/confirm"), &[("start", "2026-11-26T14:00:00Z"), ("kind", "video")])
        .await
        .says("You’re booked");
}

#[tokio::test]
async fn none_of_the_times_suits_and_another_free_one_is_found() {
    let (house, session) = House::on_tuesday(Preset::Clinic).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await.never_says("Refund my");
    let more = phone.follow(&link, &[("choice", "more")]).await;
    more.says("Choose a new time").says("Wednesday 25 November, 09:00").never_says("Thursday 26 November, 14:00");
    let later = more.links().into_iter().find(|href| href.contains("from=2026-12-01")).expect("a way to later times");
    phone.get(&later).await.says("Tuesday 1 December, 09:00");
    phone.get(&format!("{link}/confirm?kind=video&start=2026-12-01T09:00:00Z")).await.says("If plans change");
    let form = [("start", "2026-12-01T09:00:00Z"), ("kind", "video")];
    phone.follow(&format!("{link}/confirm"), &form).await.says("You’re booked: Tuesday 1 December, 09:00");
    phone.get(&link).await.says("You’re booked: Tuesday 1 December, 09:00");
}

// proves: V-08
#[tokio::test]
async fn a_client_whom_nothing_suits_asks_to_be_contacted() {
    let (house, session) = House::on_tuesday(Preset::Clinic).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await.says("Ask Maya to contact me");
    let done = phone.follow(&link, &[("choice", "contact")]).await;
    done.says("Maya will contact you").says("Choose a time after all");
}

// proves: E-02
#[tokio::test]
async fn a_client_who_paid_may_have_the_money_back_instead_of_a_time() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    house.attended(DANIEL).await;
    house.paid(session).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await.says("No new time. Refund my £65.00");
    let done = phone.follow(&link, &[("choice", "refund")]).await;
    done.says("Your £65.00 is on its way back").says("5 to 10 days");
    assert_eq!(house.appointment(session).await.payment.state, PaymentState::RefundDue);
}

// proves: E-04
#[tokio::test]
async fn a_new_clients_wish_for_their_money_is_asked_of_the_team() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    house.paid(session).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    // A first session's refund is for the team to give (E-04): it is not promised here, but asked of them.
    phone.get(&link).await.never_says("Refund my").says("I’d like my £65.00 back");
    let done = phone.follow(&link, &[("choice", "refund")]).await;
    done.says("We’ve asked the practice").never_says("on its way back");
    assert_eq!(house.appointment(session).await.payment.state, PaymentState::Captured);
}

#[tokio::test]
async fn what_is_another_client_s_is_not_there() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let offers = ["2026-11-26T14:00:00Z", "2026-11-27T10:00:00Z"];
    let (offer, link) = house.cancelled_with(session, &offers).await;
    let mut leah = house.signed_in(LEAH).await;
    for path in
        [format!("/c/sessions/{session}"), format!("/c/offers/{offer}"), format!("/c/sessions/{session}/calendar")]
    {
        assert_eq!(leah.get(&path).await.status, 404, "{path}");
    }
    leah.get("/c/preferences").await;
    let stolen = leah.post(&format!("/c/offers/{offer}"), &[("choice", "2026-11-26T14:00:00Z")]).await;
    assert_eq!(stolen.status, 404);
    let mut phone = house.phone();
    assert_eq!(phone.get("/r/0123456789abcdefghjkmnpqrs").await.status, 404);
    assert_eq!(phone.get(&format!("{link}/cancel")).await.status, 404, "the link is for choosing a time");
    assert_eq!(phone.get(&format!("{link}/calendar")).await.status, 404, "nothing is booked yet");
    assert_eq!(house.appointments().await.len(), 1);
    let mut daniel = house.signed_in(DANIEL).await;
    daniel.get(&format!("/c/offers/{offer}")).await.says("Choose a new time");
}

#[tokio::test]
async fn an_answer_without_a_choice_is_asked_for_again() {
    let (house, session) = House::on_tuesday(Preset::Marketplace).await;
    let link = house.cancelled(session).await;
    let mut phone = house.phone();
    phone.get(&link).await;
    let again = phone.post(&link, &[]).await;
    assert_eq!(again.status, 422);
    again.says("There is a problem Choose one of the times, or say that none of them suits you");
    assert!(again.body.contains("<title>Error: Choose a new time"));
}
