use super::*;
use crate::id::Id;
use crate::message::{CalendarMethod, Facts};
use crate::person::{ContactPreference, Locale, Role};
use crate::policy::{Policy, Preset};
use crate::telling::consent::{OwnQuiet, Source};
use crate::time::Interval;

const REACH: Reach = Reach { sms: true, in_app: false, push: false };

pub(crate) fn client(channels: &[Channel]) -> Person {
    Person {
        id: PersonRef::Client(Id::from_bytes([1; 16])),
        practice: Id::from_bytes([2; 16]),
        role: Role::Client,
        name: "Nia Price".into(),
        email: Some("nia@example.org".into()),
        phone: Some("+447700900412".into()),
        zone: "Europe/London".parse().expect("a zone"),
        locale: Locale::EnGb,
        preference: ContactPreference {
            channels: channels.to_vec(),
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
        active: true,
    }
}

pub(crate) fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

/// A notice of this kind at that moment, about an appointment two days later.
fn notice(kind: MessageKind, now: &str) -> Notice {
    let start = at(now) + Span::hours(48);
    Notice {
        to: PersonRef::Client(Id::from_bytes([1; 16])),
        channel: Channel::Email,
        kind,
        appointment: Id::from_bytes([3; 16]),
        revision: 1,
        urgent: false,
        send_at: at(now),
        facts: Facts::about(Interval::new(start, start + Span::minutes(50))),
        link: None,
        calendar: Some(CalendarMethod::Request),
    }
}

fn routed(notice: &Notice, to: &Person, reach: Reach) -> Vec<(Channel, Instant)> {
    let parameters = Policy::preset(Preset::Clinic).parameters;
    ways(notice, to, reach, &parameters).into_iter().map(|way| (way.channel, way.send_at)).collect()
}

fn channels_of(kind: MessageKind, to: &Person, reach: Reach) -> Vec<Channel> {
    routed(&notice(kind, "2026-03-09T12:00:00Z"), to, reach).into_iter().map(|(channel, _)| channel).collect()
}

// proves: V-05, G-10
#[test]
fn a_cancellation_goes_by_the_preferred_way_and_as_a_letter_too() {
    let texts = client(&[Channel::Sms, Channel::Email]);
    assert_eq!(channels_of(MessageKind::Cancellation, &texts, REACH), [Channel::Sms, Channel::Email]);
    let letters = client(&[Channel::Email, Channel::Sms]);
    assert_eq!(channels_of(MessageKind::Cancellation, &letters, REACH), [Channel::Email]);
}

#[test]
fn without_a_gateway_and_without_a_number_a_letter_goes() {
    let texts = client(&[Channel::Sms]);
    assert_eq!(channels_of(MessageKind::Cancellation, &texts, Reach::default()), [Channel::Email]);
    let no_number = Person { phone: None, ..texts };
    assert_eq!(channels_of(MessageKind::RunningLate, &no_number, REACH), [Channel::Email]);
}

// proves: V-10
#[test]
fn a_phone_call_is_a_persons_and_the_letter_goes_meanwhile() {
    let called = client(&[Channel::Phone]);
    assert_eq!(channels_of(MessageKind::Cancellation, &called, REACH), [Channel::Email]);
    assert_eq!(channels_of(MessageKind::Missed, &called, REACH), [Channel::Email]);
}

// proves
#[test]
fn news_of_the_moment_goes_by_every_way_that_the_client_gave() {
    let both = client(&[Channel::Email, Channel::Sms]);
    for kind in [MessageKind::RunningLate, MessageKind::Missed, MessageKind::ClientLate, MessageKind::SteppedAway] {
        assert_eq!(channels_of(kind, &both, REACH), [Channel::Email, Channel::Sms], "{kind}");
    }
    let only_letters = client(&[Channel::Email]);
    assert_eq!(channels_of(MessageKind::RunningLate, &only_letters, REACH), [Channel::Email], "no text unasked");
}

#[test]
fn money_is_never_asked_for_in_a_text() {
    let texts = client(&[Channel::Sms]);
    for kind in [MessageKind::Fee, MessageKind::Refund, MessageKind::FeeWaived, MessageKind::Correction] {
        assert_eq!(channels_of(kind, &texts, REACH), [Channel::Email], "{kind}");
    }
}

#[test]
fn the_team_and_the_therapist_get_letters() {
    let therapist = Person { id: PersonRef::Therapist(Id::from_bytes([4; 16])), ..client(&[Channel::Sms]) };
    assert_eq!(channels_of(MessageKind::Cancellation, &therapist, REACH), [Channel::Email]);
}

#[test]
fn only_a_letter_carries_the_calendar_part() {
    let parameters = Policy::preset(Preset::Clinic).parameters;
    let told = notice(MessageKind::Confirmation, "2026-03-09T12:00:00Z");
    let ways = ways(&told, &client(&[Channel::Sms]), REACH, &parameters);
    let carried: Vec<_> = ways.iter().map(|way| (way.channel, way.calendar.is_some())).collect();
    assert_eq!(carried, [(Channel::Sms, false), (Channel::Email, true)]);
}

#[test]
fn a_text_at_night_waits_for_the_morning_on_the_clients_clock_and_the_letter_does_not() {
    let texts = client(&[Channel::Sms]);
    let of = |now: &str| routed(&notice(MessageKind::Confirmation, now), &texts, REACH);
    // 23:30 in London, in winter.
    let night = of("2026-03-09T23:30:00Z");
    assert_eq!(night, [(Channel::Sms, at("2026-03-10T08:00:00Z")), (Channel::Email, at("2026-03-09T23:30:00Z"))]);
    assert_eq!(of("2026-03-10T03:00:00Z")[0].1, at("2026-03-10T08:00:00Z"));
    assert_eq!(of("2026-03-10T08:00:00Z")[0].1, at("2026-03-10T08:00:00Z"), "the morning has come");
    assert_eq!(of("2026-03-10T20:59:00Z")[0].1, at("2026-03-10T20:59:00Z"), "not yet evening");
    // The night in which the clocks go forward: 08:00 is an hour earlier.
    assert_eq!(of("2026-03-28T23:30:00Z")[0].1, at("2026-03-29T07:00:00Z"));
    let abroad = Person { zone: "America/New_York".parse().expect("a zone"), ..texts.clone() };
    let abroad = routed(&notice(MessageKind::Confirmation, "2026-03-09T23:30:00Z"), &abroad, REACH);
    assert_eq!(abroad[0].1, at("2026-03-09T23:30:00Z"), "half past seven in New York");
}

#[test]
fn what_cannot_wait_goes_at_night_too() {
    let texts = client(&[Channel::Sms]);
    let mut near = notice(MessageKind::Cancellation, "2026-03-09T23:30:00Z");
    let start = near.send_at + Span::hours(11);
    near.facts.time = Interval::new(start, start + Span::minutes(50));
    assert_eq!(routed(&near, &texts, REACH)[0], (Channel::Sms, near.send_at));
    let live = notice(MessageKind::RunningLate, "2026-03-09T23:30:00Z");
    assert_eq!(routed(&live, &texts, REACH)[0], (Channel::Sms, live.send_at));
}

#[test]
fn behind_a_text_alone_waits_a_letter() {
    let texts = client(&[Channel::Sms]);
    let live = notice(MessageKind::RunningLate, "2026-03-09T12:00:00Z");
    let three = live.send_at + Span::minutes(3);
    assert_eq!(routed(&live, &texts, REACH), [(Channel::Sms, live.send_at), (Channel::Email, three)]);
    let later = notice(MessageKind::Offer, "2026-03-09T23:30:00Z");
    let [text, letter] = routed(&later, &texts, REACH)[..] else { panic!("a text and a letter") };
    assert_eq!(text, (Channel::Sms, at("2026-03-10T08:00:00Z")));
    assert_eq!(letter, (Channel::Email, text.1 + Span::minutes(30)), "it waits for the text, not for the evening");
    let no_letters = Person { email: None, ..texts };
    assert_eq!(routed(&live, &no_letters, REACH), [(Channel::Sms, live.send_at)]);
}

/// Nia with these words on file.
fn with(channels: &[Channel], change: impl FnOnce(&mut crate::telling::consent::ContactFile)) -> Person {
    let mut nia = client(channels);
    change(&mut nia.preference.file);
    nia
}

fn stop(file: &mut crate::telling::consent::ContactFile) {
    let no = file.clone().consent(Channel::Sms, false, Source::Text, at("2026-03-01T12:00:00Z"));
    *file = no.expect("a no is always taken");
}

#[test]
fn after_stop_it_falls_to_the_next_channel_and_the_order_stays() {
    let nia = with(&[Channel::Sms, Channel::Email], stop);
    for kind in [MessageKind::Cancellation, MessageKind::RunningLate, MessageKind::Offer] {
        assert_eq!(channels_of(kind, &nia, REACH), [Channel::Email], "{kind}");
    }
    let nothing_left = Person { email: None, ..nia };
    assert_eq!(channels_of(MessageKind::Offer, &nothing_left, REACH), [Channel::Email], "a letter that a person takes");
    assert_eq!(nothing_left.address(Channel::Email), None);
}

#[test]
fn a_wrong_number_gets_no_texts() {
    let nia = with(&[Channel::Sms], |file| {
        *file = file.clone().wrong("+447700900412", Source::Staff, at("2026-03-01T12:00:00Z"));
    });
    assert_eq!(channels_of(MessageKind::RunningLate, &nia, REACH), [Channel::Email]);
}

#[test]
fn who_wants_no_letters_gets_texts_alone() {
    let nia = with(&[Channel::Sms], |file| {
        let no = file.clone().consent(Channel::Email, false, Source::Portal, at("2026-03-01T12:00:00Z"));
        *file = no.expect("a no is always taken");
    });
    assert_eq!(channels_of(MessageKind::Cancellation, &nia, REACH), [Channel::Sms]);
    assert_eq!(channels_of(MessageKind::Offer, &nia, REACH), [Channel::Sms], "and nothing waits behind it");
}

#[test]
fn a_page_or_a_browser_is_passed_over_until_there_is_a_way_to_it() {
    let nia = client(&[Channel::Push, Channel::InApp, Channel::Sms]);
    assert_eq!(channels_of(MessageKind::Offer, &nia, REACH), [Channel::Sms, Channel::Email]);
    let all = Reach { in_app: true, ..REACH };
    assert_eq!(channels_of(MessageKind::Offer, &nia, all), [Channel::InApp, Channel::Sms], "a text waits behind it");
}

#[test]
fn a_clients_own_quiet_hours_count_instead_of_the_practices() {
    let own = |urgent| {
        let quiet = OwnQuiet { from: "13:00".parse().expect("a time"), to: "15:00".parse().expect("a time"), urgent };
        with(&[Channel::Sms], |file| file.quiet = Some(quiet))
    };
    let offer = |now| routed(&notice(MessageKind::Offer, now), &own(true), REACH)[0];
    assert_eq!(offer("2026-03-09T13:30:00Z"), (Channel::Sms, at("2026-03-09T15:00:00Z")));
    assert_eq!(
        offer("2026-03-09T23:30:00Z"),
        (Channel::Sms, at("2026-03-09T23:30:00Z")),
        "the practice's night is over"
    );
    let live = notice(MessageKind::RunningLate, "2026-03-09T13:30:00Z");
    assert_eq!(routed(&live, &own(true), REACH)[0], (Channel::Sms, live.send_at));
    assert_eq!(routed(&live, &own(false), REACH), [(Channel::Email, live.send_at)], "not woken, and told all the same");
}

#[test]
fn who_asked_for_neutral_messages_gets_no_calendar_part() {
    let nia = with(&[Channel::Email], |file| file.safe_content = true);
    let parameters = Policy::preset(Preset::Clinic).parameters;
    let told = notice(MessageKind::Confirmation, "2026-03-09T12:00:00Z");
    assert!(ways(&told, &nia, REACH, &parameters).iter().all(|way| way.calendar.is_none()));
}

const EVERYWHERE: Reach = Reach { sms: true, in_app: true, push: true };

// proves: V-05
#[test]
fn what_waits_in_the_portal_goes_by_the_next_way_when_it_stays_unopened() {
    let noon = "2026-03-09T12:00:00Z";
    let offer = notice(MessageKind::Offer, noon);
    let after = |minutes| at(noon) + Span::minutes(minutes);
    let nia = client(&[Channel::InApp, Channel::Phone]);
    assert_eq!(routed(&offer, &nia, EVERYWHERE), [(Channel::InApp, at(noon)), (Channel::Email, after(30))]);
    let texts = client(&[Channel::InApp, Channel::Sms, Channel::Email]);
    assert_eq!(routed(&offer, &texts, EVERYWHERE), [(Channel::InApp, at(noon)), (Channel::Sms, after(30))]);
    let alone = Person { email: None, ..client(&[Channel::InApp]) };
    assert_eq!(routed(&offer, &alone, EVERYWHERE), [(Channel::InApp, at(noon)), (Channel::Sms, after(30))]);
}

#[test]
fn a_cancellation_in_the_portal_is_a_letter_as_well_and_nothing_waits_behind_it() {
    let nia = client(&[Channel::InApp, Channel::Sms]);
    assert_eq!(channels_of(MessageKind::Cancellation, &nia, EVERYWHERE), [Channel::InApp, Channel::Email]);
}

#[test]
fn news_of_the_moment_in_the_portal_waits_three_minutes() {
    let late = notice(MessageKind::RunningLate, "2026-03-09T12:00:00Z");
    let nia = client(&[Channel::InApp]);
    let ways = routed(&late, &nia, EVERYWHERE);
    assert_eq!(ways, [(Channel::InApp, late.send_at), (Channel::Email, late.send_at + Span::minutes(3))]);
}

#[test]
fn a_browser_says_that_there_is_something_and_the_words_are_in_the_portal() {
    let push = client(&[Channel::Push]);
    assert_eq!(
        channels_of(MessageKind::Offer, &push, EVERYWHERE),
        [Channel::Push, Channel::InApp, Channel::Email],
        "a letter waits behind the two"
    );
    let asked = with(&[Channel::InApp], |file| {
        let yes = file.clone().consent(Channel::Push, true, Source::Portal, at("2026-03-01T12:00:00Z"));
        *file = yes.expect("their own yes");
    });
    assert_eq!(channels_of(MessageKind::Offer, &asked, EVERYWHERE), [Channel::InApp, Channel::Push, Channel::Email]);
}

#[test]
fn a_browser_rings_no_louder_at_night_than_a_text_does() {
    let at_night = notice(MessageKind::Offer, "2026-03-09T23:00:00Z");
    let ways = routed(&at_night, &client(&[Channel::Push]), EVERYWHERE);
    let morning = at("2026-03-10T08:00:00Z");
    assert_eq!(ways[0], (Channel::Push, morning));
    assert_eq!(ways[1], (Channel::InApp, at_night.send_at), "the portal disturbs nobody");
    assert_eq!(ways[2], (Channel::Email, morning + Span::minutes(30)));
}

// proves: V-05
#[test]
fn a_text_that_had_to_wait_keeps_the_night_as_one_that_is_written_then() {
    let (policy, to) = (Policy::preset(Preset::Clinic), client(&[Channel::Sms]));
    let at = |text: &str| text.parse::<Instant>().expect("a moment");
    let (evening, late) = (at("2026-11-24T20:55:00Z"), at("2026-11-24T21:30:00Z"));
    let (far, near) = (at("2026-11-27T14:00:00Z"), at("2026-11-25T08:30:00Z"));
    let when = |kind, start, now| rings_at(kind, start, &to, &policy.parameters, now);
    assert_eq!(when(MessageKind::Rescheduled, far, evening), evening, "not yet night");
    assert_eq!(when(MessageKind::Rescheduled, far, late), at("2026-11-25T08:00:00Z"));
    assert_eq!(when(MessageKind::Rescheduled, near, late), late, "it begins before it would be read");
    let this_afternoon = at("2026-11-24T14:00:00Z");
    assert_eq!(when(MessageKind::ClientNoShow, this_afternoon, late), at("2026-11-25T08:00:00Z"), "it is over");
    let just_begun = at("2026-11-24T21:10:00Z");
    assert_eq!(when(MessageKind::Cancellation, just_begun, late), late, "they wait at the door");
}
