//! Messages: written once, leased, settled, superseded.

use crate::support::{self, Rig, fresh_command, minutes};
use crate::world::*;
use domain::id::{Id, MessageId};
use domain::message::{CalendarMethod, LinkTo, Message, MessageKind, MessageState};
use domain::person::{Channel, PersonRef};
use holdspace_store::job::{self, Job, Priority};
use holdspace_store::message::{self, DELIVER, Filter};
use holdspace_store::{Cursor, DbError, Tx, appointment, sql};

crate::on_both_engines! {
    a_message_reads_back_byte_for_byte;
    nobody_is_told_the_same_thing_twice;
    news_supersede_what_still_waits;
    a_message_moves_on_and_stays_settled;
    an_older_message_may_have_left;
    messages_are_listed_in_the_order_of_hand_off;
    rows_of_messages_are_distrusted;
}

fn msg(n: u8) -> MessageId {
    Id::from_bytes([n; 16])
}

/// An e-mail to Dan about revision 1 of his appointment.
fn an_email(n: u8, kind: MessageKind) -> Message {
    Message {
        id: msg(n),
        practice: ELM,
        command: Id::from_bytes([3; 16]),
        appointment: Some(apt(1)),
        revision: 1,
        to: PersonRef::Client(DAN),
        address: "dan@example.org".to_owned(),
        channel: Channel::Email,
        kind,
        urgent: false,
        subject: "Thursday 9 March, 13:00".to_owned(),
        text: "Hello Dan,\r\n{link}\r\n— Elm Street 'é' {receipt}".to_owned(),
        html: String::new(),
        calendar: None,
        link: None,
        written_at: minutes(i64::from(n)),
        send_at: minutes(i64::from(n)),
        state: MessageState::Pending,
        handed_at: None,
        last_reply: None,
    }
}

fn write(rig: &Rig, message: Message) {
    save(rig, move |tx| {
        let (subject, practice) = (message.id.to_string(), message.practice);
        let due_at = message.send_at;
        message::insert(tx, &message)?;
        job::enqueue(tx, &Job { kind: DELIVER, subject: &subject, practice, priority: Priority::Normal, due_at })
    });
}

fn the_message(rig: &Rig, n: u8) -> Message {
    see(rig, move |tx| message::load(tx, msg(n))).expect("it is there")
}

fn booked(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
}

fn a_message_reads_back_byte_for_byte(rig: &Rig) {
    booked(rig);
    let plain = an_email(1, MessageKind::Confirmation);
    write(rig, plain.clone());
    assert_eq!(the_message(rig, 1), plain);
    let links = [LinkTo::Offer(Id::from_bytes([5; 16])), LinkTo::Booking(ADA_DAN), LinkTo::Appointment(apt(1))];
    for (n, link) in (2..).zip(links) {
        let full = Message {
            revision: u32::from(n),
            urgent: true,
            html: "<p>Hello</p>".to_owned(),
            calendar: Some((CalendarMethod::Cancel, "BEGIN:VCALENDAR\r\n".to_owned())),
            link: Some(link),
            state: MessageState::Delivered,
            handed_at: Some(minutes(9)),
            last_reply: Some("250 ok".to_owned()),
            ..an_email(n, MessageKind::Cancellation)
        };
        write(rig, full.clone());
        assert_eq!(the_message(rig, n), full);
    }
    let written = see(rig, |tx| message::of_appointment(tx, apt(1)));
    assert_eq!(written.iter().map(|m| m.id).collect::<Vec<_>>(), [msg(1), msg(2), msg(3), msg(4)]);
    assert_eq!(see(rig, |tx| message::load(tx, msg(99))), None);
}

fn nobody_is_told_the_same_thing_twice(rig: &Rig) {
    booked(rig);
    write(rig, an_email(1, MessageKind::Confirmation));
    let again = support::write(&rig.store, |tx| message::insert(tx, &an_email(2, MessageKind::Confirmation)));
    assert!(matches!(again, Err(DbError::Unique(_))), "{again:?}");
    write(rig, Message { revision: 2, ..an_email(3, MessageKind::Confirmation) });
    write(rig, Message { to: PersonRef::Therapist(ADA), ..an_email(4, MessageKind::Confirmation) });
    write(rig, an_email(5, MessageKind::Cancellation));
    // Two duties may run out while nothing else changes.
    for n in [6, 7] {
        write(rig, an_email(n, MessageKind::Escalation));
    }
    for n in [8, 9] {
        write(rig, Message { appointment: None, ..an_email(n, MessageKind::SignIn) });
    }
}

fn news_supersede_what_still_waits(rig: &Rig) {
    booked(rig);
    write(rig, an_email(1, MessageKind::Confirmation));
    write(rig, Message { to: PersonRef::Therapist(ADA), ..an_email(2, MessageKind::Confirmation) });
    write(rig, an_email(3, MessageKind::Escalation));
    write(rig, Message { revision: 2, ..an_email(4, MessageKind::Rescheduled) });
    write(rig, Message { revision: 3, ..an_email(5, MessageKind::Cancellation) });
    assert!(save(rig, |tx| message::lease(tx, msg(4))));
    let to = PersonRef::Client(DAN);
    assert_eq!(save(rig, move |tx| message::supersede_before(tx, apt(1), 1, to)), 0);
    assert_eq!(save(rig, move |tx| message::supersede_before(tx, apt(1), 3, to)), 1);
    let states: Vec<_> = (1..=5).map(|n| the_message(rig, n).state).collect();
    use MessageState::{Leased, Pending, Superseded};
    assert_eq!(states, [Superseded, Pending, Pending, Leased, Pending], "what a worker holds may have left");
    let claimed = rig.store.write_unaudited(|tx| {
        job::claim(tx, minutes(60), 10, domain::time::Span::minutes(1), &mut job::Turns::default())
    });
    let mut subjects: Vec<_> = claimed.expect("claimed").into_iter().map(|job| job.subject).collect();
    subjects.sort();
    assert_eq!(subjects, [2, 3, 4, 5].map(|n| msg(n).to_string()), "its job has gone");
    assert!(!save(rig, |tx| message::lease(tx, msg(1))), "nobody hands it over any more");
    assert!(!save(rig, |tx| message::record(tx, msg(1), MessageState::Accepted, "", minutes(9))));
}

fn a_message_moves_on_and_stays_settled(rig: &Rig) {
    booked(rig);
    write(rig, an_email(1, MessageKind::Confirmation));
    let record =
        |state, reply: &'static str, at| save(rig, move |tx| message::record(tx, msg(1), state, reply, minutes(at)));
    assert!(save(rig, |tx| message::lease(tx, msg(1))));
    assert!(record(MessageState::Pending, "451 later", 2));
    let again = the_message(rig, 1);
    assert_eq!(
        (again.state, again.handed_at, again.last_reply.as_deref()),
        (MessageState::Pending, None, Some("451 later"))
    );
    assert!(save(rig, |tx| message::lease(tx, msg(1))));
    assert!(save(rig, |tx| message::lease(tx, msg(1))), "another worker after the first one's lease ran out");
    assert!(record(MessageState::Unknown, "no reply after the last dot", 3));
    assert!(record(MessageState::Accepted, "250 ok", 5));
    assert_eq!(the_message(rig, 1).handed_at, Some(minutes(3)), "the first hand-off counts");
    assert!(record(MessageState::Delivered, "opened", 8));
    assert!(!record(MessageState::Undeliverable, "550 bounced", 9), "it is settled");
    let settled = the_message(rig, 1);
    assert_eq!((settled.state, settled.last_reply.as_deref()), (MessageState::Delivered, Some("opened")));
    let booked = rig.store.write_unaudited(|tx| message::lease(tx, msg(1)));
    assert_eq!(booked, Ok(false));
}

fn an_older_message_may_have_left(rig: &Rig) {
    booked(rig);
    write(rig, an_email(1, MessageKind::Confirmation));
    write(rig, Message { revision: 2, ..an_email(2, MessageKind::Rescheduled) });
    let older = |to| see(rig, move |tx| message::older_may_have_left(tx, apt(1), 3, to));
    let dan = PersonRef::Client(DAN);
    assert_eq!(older(dan), None, "both still wait");
    assert!(save(rig, |tx| message::lease(tx, msg(1))));
    assert_eq!(older(dan), Some(minutes(1)));
    assert!(save(rig, |tx| message::record(tx, msg(2), MessageState::Accepted, "", minutes(4))));
    assert_eq!(older(dan), Some(minutes(2)), "the newest of them");
    assert_eq!(older(PersonRef::Therapist(ADA)), None);
    assert_eq!(see(rig, move |tx| message::older_may_have_left(tx, apt(1), 2, dan)), Some(minutes(1)));
}

fn messages_are_listed_in_the_order_of_hand_off(rig: &Rig) {
    booked(rig);
    let handed = |n: u8, at: i64, message: Message| {
        let message = Message { revision: u32::from(n), ..message };
        write(rig, Message { handed_at: Some(minutes(at)), state: MessageState::Accepted, ..message });
    };
    handed(1, 30, an_email(1, MessageKind::Confirmation));
    handed(2, 20, an_email(2, MessageKind::Rescheduled));
    handed(3, 20, Message { channel: Channel::Sms, ..an_email(3, MessageKind::Rescheduled) });
    handed(4, 20, Message { to: PersonRef::Therapist(ADA), ..an_email(4, MessageKind::Rescheduled) });
    write(rig, an_email(5, MessageKind::Cancellation));
    write(
        rig,
        Message { practice: OAK, to: PersonRef::Client(IDA), appointment: None, ..an_email(6, MessageKind::SignIn) },
    );
    let listed = |who: Who, filter: Filter, size| {
        let (mut seen, mut after) = (Vec::new(), None::<Cursor>);
        loop {
            let (from, who) = (after.clone(), who.clone());
            let page = see(rig, move |tx| who.look(|scope| message::list(tx, scope, &filter, from.as_ref(), size)));
            seen.extend(page.items.iter().map(|message| message.id.bytes()[0]));
            after = page.next;
            if after.is_none() {
                return seen;
            }
        }
    };
    let all = Filter::default();
    assert_eq!(listed(Who::Job, all, 2), [5, 6, 2, 3, 4, 1]);
    assert_eq!(listed(Who::Olive, Filter { handed_only: true, ..all }, 1), [2, 3, 4, 1]);
    assert_eq!(listed(Who::Olive, Filter { since: Some(minutes(21)), ..all }, 5), [1]);
    assert_eq!(listed(Who::Olive, Filter { channel: Some(Channel::Sms), ..all }, 5), [3]);
    assert_eq!(listed(Who::Olive, Filter { kind: Some(MessageKind::Rescheduled), ..all }, 2), [2, 3, 4]);
    assert_eq!(listed(Who::Olive, Filter { to: Some(PersonRef::Therapist(ADA)), ..all }, 5), [4]);
    assert_eq!(listed(Who::Ada, all, 3), [5, 2, 3, 4, 1], "what is about her appointments");
    assert_eq!(listed(Who::Dan, all, 3), [5, 2, 3, 1], "what is to him");
    assert!(listed(Who::Dan, Filter { to: Some(PersonRef::Therapist(ADA)), ..all }, 3).is_empty());
    assert!(listed(Who::Ben, all, 3).is_empty());
    assert!(listed(Who::Hal, all, 3).is_empty());
}

fn rows_of_messages_are_distrusted(rig: &Rig) {
    booked(rig);
    write(rig, Message { command: fresh_command(), ..an_email(1, MessageKind::Confirmation) });
    let look = |tx: &mut Tx<'_>| message::load(tx, msg(1));
    assert_eq!(blamed(rig, sql!("UPDATE message SET kind = 'gossip'"), look), "kind");
    assert_eq!(blamed(rig, sql!("UPDATE message SET channel = 'pigeon'"), look), "channel");
    assert_eq!(blamed(rig, sql!("UPDATE message SET link = 'dis_1'"), look), "link");
    assert_eq!(blamed(rig, sql!("UPDATE message SET to_person = 'x'"), look), "to_person");
    let method = sql!("UPDATE message SET calendar_method = 'PUBLISH', calendar = 'x'");
    assert_eq!(blamed(rig, method, look), "calendar_method");
}
