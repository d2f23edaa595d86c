//! Messages as their readers find them.

mod every_message;
mod live;
mod own;
mod portal;
mod sample;
mod short;
mod strangers;

use super::*;
use domain::appointment::{Initiator, Payment, PaymentState};
use domain::id::Id;
use domain::message::{Facts, LinkTo};
use domain::person::Locale;
use domain::time::Zone;
use sample::{at, pounds, sample, slot, writer};

const OFFER: LinkTo = LinkTo::Offer(Id::from_bytes([7; 16]));

// proves: V-07, G-08, G-10, G-11, E-01, E-02
#[test]
fn a_client_whose_therapist_is_ill_reads_what_when_and_what_next() {
    let story = sample();
    let facts = Facts {
        initiator: Some(Initiator::Therapist),
        offered: vec![slot("2026-11-26T14:00:00Z"), slot("2026-11-27T10:00:00Z")],
        offer_expires_at: Some(at("2026-11-25T09:12:00Z")),
        paid: Some(pounds(6500)),
        ..story.facts()
    };
    let client = story.client();
    let notice = Notice { link: Some(OFFER), ..story.notice(MessageKind::Cancellation, &client, facts) };
    let written = story.write(&notice, &client);
    assert_eq!(written.subject, "A change to your appointment on Tuesday 24 November");
    assert_eq!(
        written.text,
        "\
Hello Daniel,

Update: your appointment with Maya on Tuesday 24 November, 14:00, is cancelled. Maya can't make it and is sorry.

You can choose one of these times:

- Thursday 26 November, 14:00
- Friday 27 November, 10:00

They are held for you until Wednesday 25 November, 09:12. If none of them suits you, you can say so there, or ask for \
your money back.

Choose a time at alderhouse.example:
{link}

The £65.00 that you paid stays yours: it can go towards a new time or come back to you, as you prefer.

Any questions? Call Alder House on 020 7946 0018 or write to help@alderhouse.example.

As of 09:12, Tuesday 24 November 2026.
Receipt: {receipt}
"
    );
}

// proves: V-08, G-08
#[test]
fn a_promise_in_the_therapists_own_words_names_the_time_on_both_clocks() {
    let mut story = sample();
    story.situation.client.zone = zone("America/New_York");
    story.situation.client.locale = Locale::EnUs;
    let facts = Facts {
        initiator: Some(Initiator::Therapist),
        promise_by: Some(at("2027-01-04T12:00:00Z")),
        shared_reason: Some("I'm ill".into()),
        words: Some("I'm so sorry, Daniel.\nI'll write <soon>.".into()),
        ..story.facts()
    };
    let client = story.client();
    let written = story.write(&story.notice(MessageKind::Cancellation, &client, facts), &client);
    assert_eq!(
        written.text,
        "\
Hello Daniel,

Update: your appointment with Maya on Tuesday, November 24, 2:00 PM London, 9:00 AM for you, is canceled. Maya can't \
make it.

Maya gave this reason: \"I'm ill\".

Maya writes:

I'm so sorry, Daniel.
I'll write <soon>.

Maya will contact you by Monday, January 4, 2027, 12:00 PM London, 7:00 AM for you.

You pay nothing for this appointment.

Any questions? Call Alder House on 020 7946 0018 or write to help@alderhouse.example.

As of 4:12 AM, Tuesday, November 24, 2026.
Receipt: {receipt}
"
    );
    assert!(written.html.contains("write &lt;soon&gt;."), "{}", written.html);
    assert!(written.html.contains("<html lang=\"en-US\">"));
}

// proves: G-10
#[test]
fn the_therapist_is_told_what_the_client_was_told() {
    let story = sample();
    let facts = Facts { initiator: Some(Initiator::Client), fee: Some(pounds(6500)), ..story.facts() };
    let therapist = story.therapist();
    let written = story.write(&story.notice(MessageKind::Cancellation, &therapist, facts), &therapist);
    assert_eq!(
        written.text,
        "\
Hello Maya,

Update: your appointment with Daniel on Tuesday 24 November, 14:00, is cancelled. Daniel called it off, and the time is \
yours again.

Daniel's fee is £65.00, and it is already paid.

If you need help, call Alder House on 020 7946 0018 or write to help@alderhouse.example.

As of 09:12, Tuesday 24 November 2026.
Receipt: {receipt}
"
    );
}

#[test]
fn a_move_names_the_old_time_and_the_new_one() {
    let story = sample();
    let facts = Facts {
        old_time: Some(slot("2026-11-23T11:30:00Z")),
        initiator: Some(Initiator::Therapist),
        free_until: Some(at("2026-11-24T10:00:00Z")),
        ..story.facts()
    };
    let client = story.client();
    let link = Some(LinkTo::Appointment(story.appointment.id));
    let notice = Notice { link, ..story.notice(MessageKind::Rescheduled, &client, facts) };
    let written = story.write(&notice, &client);
    assert_eq!(written.subject, "Your appointment is now on Tuesday 24 November");
    assert!(written.text.contains(
        "\
Update: your appointment with Maya has a new time. It is as you agreed with Maya.

- New time: Tuesday 24 November, 14:00
- Old time: Monday 23 November, 11:30

It is 50 minutes, by video.

Your £65.00 has moved with it.

See or change your appointment at alderhouse.example:
{link}

You can change or cancel it free until Tuesday 24 November, 10:00.
"
    ));
}

#[test]
fn whoever_takes_a_duty_over_reads_what_is_owed_and_whom_to_call() {
    let story = sample();
    let facts = Facts { owed: Some("Daniel may not know yet. Please ring them.".into()), ..story.facts() };
    let admin = story.admin();
    let written = story.write(&story.notice(MessageKind::Escalation, &admin, facts), &admin);
    assert_eq!(
        written.text,
        "\
Hello Sam,

This has come to you because its time has run out. It is about the appointment of Daniel Reyes with Maya Ashworth on \
Tuesday 24 November, 14:00.

Daniel may not know yet. Please ring them.

Whom to call:

- Client: Daniel Reyes, +447700900412
- Therapist: Maya Ashworth, +447700900100

Please note what came of it, so that nobody does it twice.

As of 09:12, Tuesday 24 November 2026.
Receipt: {receipt}
"
    );
}

#[test]
fn a_receipt_says_that_it_took_place_what_it_cost_and_when_the_next_one_is() {
    let story = sample();
    let facts = Facts {
        paid: Some(pounds(6500)),
        minutes: Some(50),
        next_start: Some(at("2026-12-01T14:30:00Z")),
        ..story.facts()
    };
    let client = story.client();
    let written = story.write(&story.notice(MessageKind::Receipt, &client, facts.clone()), &client);
    assert_eq!(written.subject, "A receipt for your appointment on Tuesday 24 November");
    assert_eq!(
        written.text,
        "\
Hello Daniel,

Thank you for coming. Your appointment with Maya on Tuesday 24 November, 14:00 took place by video and lasted 50 minutes.

You have paid the £65.00 for it.

Your next appointment is on Tuesday 1 December, 14:30.

If any of this is not as it was, please tell us.

Any questions? Call Alder House on 020 7946 0018 or write to help@alderhouse.example.

As of 09:12, Tuesday 24 November 2026.
Receipt: {receipt}
"
    );
    let later = Facts { paid: None, fee: Some(pounds(6500)), next_start: None, ..facts.clone() };
    let later = story.write(&story.notice(MessageKind::Receipt, &client, later), &client).text;
    assert!(later.contains("\nThe £65.00 for it will be taken as agreed at booking.\n"), "{later}");
    let nothing = Facts { paid: None, next_start: None, ..facts };
    let nothing = story.write(&story.notice(MessageKind::Receipt, &client, nothing), &client).text;
    assert!(nothing.contains("\nThere is nothing to pay for it.\n\nIf any"), "{nothing}");
}

#[test]
fn a_client_who_was_not_there_is_asked_how_they_are_whatever_they_have_in_the_diary() {
    let mut story = sample();
    let client = story.client();
    let say = |story: &sample::Sample, facts: Facts| {
        story.write(&story.notice(MessageKind::ClientNoShow, &client, facts), &client).text
    };
    let asked = say(&story, Facts { reply_by: Some(at("2026-11-27T09:12:00Z")), ..story.facts() });
    let words = "We missed you at your appointment with Maya on Tuesday 24 November, 14:00. Things come up";
    assert!(asked.contains(words), "{asked}");
    assert!(asked.contains("just tell us, if you can by Friday 27 November, 09:12. If you are finding"), "{asked}");
    story.appointment.state = domain::appointment::State::LateNotSeen;
    let next = say(&story, Facts { next_start: Some(at("2026-12-01T14:30:00Z")), ..story.facts() });
    assert!(next.contains("There was not enough time left to meet when you came to your appointment"), "{next}");
    assert!(next.contains("Your next appointment is on Tuesday 1 December, 14:30."), "{next}");
    assert!(!next.contains("Would you like to go on?") && next.contains("If you are finding things hard"), "{next}");
}

#[test]
fn money_on_its_way_back_is_said_in_one_sentence() {
    let mut story = sample();
    let client = story.client();
    let say = |story: &sample::Sample, facts: Facts| {
        story.write(&story.notice(MessageKind::Cancellation, &client, facts), &client).text
    };
    story.appointment.payment = Payment { state: PaymentState::RefundDue, due_at: None };
    let by = Some(Initiator::Client);
    let all = say(&story, Facts { initiator: by, paid: Some(pounds(6500)), ..story.facts() });
    assert!(all.contains("\nYour £65.00 is on its way back to you.\n"), "{all}");
    let half = Facts { initiator: by, paid: Some(pounds(6500)), fee: Some(pounds(3250)), ..story.facts() };
    let expected = "\nThe fee is £32.50, as agreed when you booked; the rest of the £65.00 that you paid is on its way \
                    back to you.\n";
    assert!(say(&story, half.clone()).contains(expected), "{}", say(&story, half));
    let asked = Facts { initiator: by, paid: Some(pounds(6500)), refund_asked: true, ..story.facts() };
    assert!(say(&story, asked).contains("on its way back to you, as you asked."));
}

// proves: G-12
#[test]
fn a_client_gets_a_booking_link_of_their_own() {
    let story = sample();
    let client = story.client();
    let link = Some(LinkTo::Booking(story.appointment.relationship));
    let notice = Notice { link, ..story.notice(MessageKind::BookingLink, &client, story.facts()) };
    let written = story.write(&notice, &client);
    assert_eq!(written.subject, "Your link to book an appointment");
    let expected = "Here is your own link to book an appointment with Maya. It always shows the times that are free.\n\n\
                    Book a time at alderhouse.example:\n{link}\n";
    assert!(written.text.contains(expected), "{}", written.text);
}

#[test]
fn a_link_to_sign_in_says_how_long_it_lasts() {
    let story = sample();
    let written = writer().sign_in(&story.situation.practice, &story.admin(), at("2026-11-24T09:27:00Z"), story.now);
    assert_eq!(written.subject, "Your link to sign in");
    assert!(written.text.contains("Sign in at alderhouse.example:\n{link}\n"), "{}", written.text);
    assert!(written.text.contains("It works once, until Tuesday 24 November, 09:27. If you didn't ask"));
    assert_eq!(written.html.matches("{link}").count(), 1);
    assert!(!written.text.contains("eceipt") && !written.html.contains("eceipt"), "it stands in no record");
    assert_eq!(written.calendar, None);
}

#[test]
fn the_same_notice_gives_the_same_bytes() {
    let story = sample();
    let client = story.client();
    let notice = story.notice(MessageKind::Cancellation, &client, story.full_facts(Some(Initiator::Practice)));
    assert_eq!(story.write(&notice, &client), story.write(&notice, &client));
}

#[test]
fn a_template_names_only_what_every_view_holds() {
    let story = sample();
    let (writer, client) = (writer(), story.client());
    let about = About { situation: &story.situation, to: &client, appointment: &story.appointment, now: story.now };
    let notice = story.notice(MessageKind::Cancellation, &client, story.facts());
    let whole = Value::from_object(view::of_notice(&notice, &about, "alderhouse.example"));
    let sign_in = view::of_sign_in(&story.situation.practice, &client, story.now, story.now, "alderhouse.example");
    let sign_in = Value::from_object(sign_in);
    for (name, template) in writer.templates.templates() {
        let view = if name.starts_with("sign_in") || name.starts_with("frame") || name == "subject" {
            &sign_in
        } else {
            &whole
        };
        for used in template.undeclared_variables(false) {
            let given = ["subject", "frame", "parts", "own", "base"].contains(&used.as_str());
            let held = view.get_attr(&used).is_ok_and(|value| !value.is_undefined());
            assert!(given || held, "{name} names {used}");
        }
    }
}

fn zone(name: &str) -> Zone {
    name.parse().expect("a zone")
}
