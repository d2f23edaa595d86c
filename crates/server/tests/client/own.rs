//! The pages of a client who is signed in: sessions, how to be reached, the policy.

use crate::house::{DANIEL, House, LEAH};
use domain::policy::Preset;

#[tokio::test]
async fn the_first_page_shows_what_is_next_and_what_waits() {
    let (house, session) = House::on_tuesday(Preset::Clinic).await;
    let mut daniel = house.signed_in(DANIEL).await;
    daniel
        .get("/c")
        .await
        .says("Your next session Today")
        .says("Tuesday 24 November, 14:00 with Maya")
        .says("Move or cancel");
    house.cancelled(session).await;
    let waiting = daniel.get("/c").await;
    waiting.says("Choose a new time with Maya").says("For your session today at 14:00. Held until tomorrow at 09:12.");
    let offer = waiting.links().into_iter().find(|href| href.starts_with("/c/offers/")).expect("a way to choose");
    daniel.get(&offer).await.says("Choose a new time");
    daniel.follow(&offer, &[("choice", "2026-11-26T14:00:00Z")]).await.says("You’re booked");
    let after = daniel.get("/c").await;
    after.says("Thursday 26 November, 14:00 with Maya").never_says("Choose a new time");
}

// proves: H-08
#[tokio::test]
async fn a_client_with_nothing_booked_is_expected_and_can_book() {
    let house = House::of(Preset::Marketplace).await;
    let mut leah = house.signed_in(LEAH).await;
    let page = leah.get("/c").await;
    page.says("Nothing booked. Maya is expecting to hear from you. Book a session");
    let book = page.links().into_iter().find(|href| href.starts_with("/c/book/")).expect("a way to book");
    leah.get(&book).await.says("Book a session").says("Monday 23 November, 09:00");
}

#[tokio::test]
async fn a_time_that_was_asked_for_waits_on_the_first_page_and_can_be_taken_back() {
    let house = House::of(Preset::Clinic).await;
    house.confirms_first().await;
    let mut leah = house.signed_in(LEAH).await;
    let book = leah.get("/c").await.links().into_iter().find(|href| href.starts_with("/c/book/")).expect("a way");
    let form = [("start", "2026-11-30T10:00:00Z"), ("kind", "video"), ("policy", "yes")];
    leah.follow(&format!("{book}/confirm"), &form).await;
    let home = leah.get("/c").await;
    home.says("You asked Maya for Monday 30 November, 10:00").says("Waits for an answer").says("It isn’t booked yet");
    home.never_says("Your next session").never_says("Nothing booked.");
    let session = home.links().into_iter().find(|href| href.starts_with("/c/sessions/")).expect("it can be seen");
    leah.get(&session).await.says("Asked for, not confirmed yet");
    leah.follow(&format!("{session}/cancel"), &[]).await;
    leah.get("/c").await.never_says("Waits for an answer").says("Nothing booked.");
}

// proves: V-05, V-06
#[tokio::test]
async fn a_client_says_how_to_be_reached_and_finds_it_kept() {
    let house = House::of(Preset::Clinic).await;
    let mut daniel = house.signed_in(DANIEL).await;
    daniel.get("/c/preferences").await.says("We haven’t asked you yet.").says("A text to +447700900412");
    let form = [("first", "sms"), ("second", "email"), ("voicemail", "yes")];
    let saved = daniel.follow("/c/preferences", &form).await;
    saved.says("Saved. We’ll reach you this way from now on.");
    assert!(saved.body.contains("<option value=\"sms\" selected>"));
    let wrong = daniel.post("/c/preferences", &[("first", "")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("There is a problem");
}

// proves: V-05
#[tokio::test]
async fn a_client_says_what_a_message_may_say_when_not_to_disturb_and_what_is_not_to_be_used() {
    let house = House::of(Preset::Clinic).await;
    let mut daniel = house.signed_in(DANIEL).await;
    let usual = daniel.get("/c/preferences").await;
    usual.says("Leave both empty for 21:00 to 08:00.").says("Messages say only that there is news").says("No texts");
    let form = [("whole", "yes"), ("first", "email"), ("safe_content", "yes"), ("never", "sms"), ("never", "phone")];
    let more =
        [("quiet_from", "22:30"), ("quiet_to", "07:00"), ("language", "en-US"), ("time_zone", "America/New_York")];
    let saved = daniel.follow("/c/preferences", &[&form[..], &more[..]].concat()).await;
    saved.says("Saved.").says("Declined ").says("on this page");
    for kept in ["value=\"22:30\"", "value=\"07:00\"", "value=\"en-US\" checked", "America/New_York"] {
        assert!(saved.body.contains(kept), "{kept}: {}", saved.body);
    }
    let urgent = saved.body.split("name=\"quiet_urgent\"").nth(1).expect("the choice");
    assert!(!urgent.starts_with(" value=\"yes\" checked"), "urgent news may not wake him");
    let both = [("whole", "yes"), ("first", "sms"), ("never", "sms"), ("quiet_from", "22:30")];
    let wrong = daniel.post("/c/preferences", &both).await;
    assert_eq!(wrong.status, 422);
    wrong.says("ticked below as not to be used").says("Give both times, as 22:00 and 07:00, or leave both empty.");
    daniel.get("/c/preferences").await;
    let again = [("whole", "yes"), ("first", "sms"), ("second", "email"), ("time_zone", "Europe/Nowhere")];
    let wrong = daniel.post("/c/preferences", &again).await;
    assert_eq!(wrong.status, 422);
    wrong.says("Write a time zone as Europe/London.");
}

#[tokio::test]
async fn a_new_address_is_used_once_its_link_was_opened() {
    let house = House::of(Preset::Clinic).await;
    let mut daniel = house.signed_in(DANIEL).await;
    daniel.get("/c/preferences").await;
    let asked = daniel.follow("/c/preferences/address", &[("email", "new@example.org")]).await;
    asked.says("We use it once it is confirmed.").says("We sent a link to new@example.org. Until you open it");
    let message = house.message_to("new@example.org").await;
    let link = message.link.expect("a link");
    assert!(!message.text.contains("Daniel Reyes") && !message.text.contains("Maya"), "{}", message.text);
    let url = house.app.tools.link_key.url("", link);
    let mut stranger = house.phone();
    assert_eq!(stranger.get("/confirm/adr_00000000000000000000000001.nothing").await.status, 404);
    let shown = stranger.get(&url).await;
    shown.says("Press the button, and from now on we write to this address.");
    let cookie = shown.headers["set-cookie"].to_str().expect("text");
    stranger.cookie = cookie.split(';').next().map(str::to_owned);
    daniel.get("/c/preferences").await.says("We sent a link to new@example.org.");
    stranger.get(&url).await;
    stranger.post(&url, &[]).await.says("Thank you. From now on we write to this address.");
    let after = daniel.get("/c/preferences").await;
    after.says("An email to new@example.org").never_says("We sent a link");
    assert_eq!(stranger.get(&url).await.status, 410, "once only");
}

#[tokio::test]
async fn somebody_to_turn_to_is_kept_and_never_shown_to_anybody_who_looks_over_a_shoulder() {
    let house = House::of(Preset::Clinic).await;
    let mut daniel = house.signed_in(DANIEL).await;
    daniel.get("/c/preferences").await.says("We never send them messages").never_says("You gave us somebody");
    let wrong = daniel.post("/c/preferences/emergency", &[("name", "Rosa"), ("emergency_phone", "0770")]).await;
    assert_eq!(wrong.status, 422);
    wrong.says("Write the number with its country");
    let form = [("name", "Rosa Reyes"), ("emergency_phone", "+44 7700 900499"), ("relation", "sister")];
    let kept = daniel.follow("/c/preferences/emergency", &form).await;
    kept.says("You gave us somebody").never_says("Rosa").never_says("900499");
    let gone = daniel.follow("/c/preferences/emergency", &[("act", "remove")]).await;
    gone.never_says("You gave us somebody");
}

#[tokio::test]
async fn the_policy_is_there_to_read_with_when_it_was_agreed() {
    let house = House::of(Preset::Marketplace).await;
    let mut daniel = house.signed_in(DANIEL).await;
    let page = daniel.get("/c/policy").await;
    page.says("If plans change").says("With Maya Ashworth").says("You agreed to this on 20 November 2026.");
    page.says("Payment is taken 48 hours before each session.");
}
