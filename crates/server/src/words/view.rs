//! What the templates may name. Every name is always there, so that a template cannot fail on a fact that is missing.

use super::{About, Day, Plain, clean};
use crate::when::When;
use domain::appointment::{Appointment, Initiator, MeetingKind, PaymentState, State};
use domain::message::{Facts, LinkTo, MessageKind, Notice};
use domain::person::{Locale, Person, PersonRef};
use domain::practice::Practice;
use domain::time::Instant;
use minijinja::Value;
use minijinja::value::Object;
use std::sync::Arc;

/// Every name and what it stands for. There are some forty: a walk through them costs less than any map would.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<(&'static str, Value)>);

impl Names {
    /// Gives a name its meaning, for the first time or anew.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
    }
}

impl Names {
    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// What a name stands for as text; empty where it stands for nothing.
    pub(super) fn text(&self, name: &str) -> String {
        self.find(name)
            .filter(|value| !value.is_none() && !value.is_undefined())
            .map(Value::to_string)
            .unwrap_or_default()
    }

    /// Whether a name stands for something.
    pub(super) fn is_true(&self, name: &str) -> bool {
        self.find(name).is_some_and(Value::is_true)
    }

    /// Each of what a name stands for, as text.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let all = self.find(name).and_then(|value| value.try_iter().ok());
        all.into_iter().flatten().map(|value| value.to_string()).collect()
    }
}

impl Object for Names {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }
}

type Part = Vec<(&'static str, Value)>;

macro_rules! names {
    ($($name:ident => $value:expr),* $(,)?) => {
        vec![$((stringify!($name), Value::from($value))),*]
    };
}

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    Client,
    Therapist,
    Staff,
}

impl Reader {
    fn of(to: PersonRef) -> Self {
        match to {
            PersonRef::Client(_) => Self::Client,
            PersonRef::Therapist(_) => Self::Therapist,
            PersonRef::Staff(_) => Self::Staff,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
            Self::Staff => "staff",
        }
    }
}

/// The view of a notice.
pub(super) fn of_notice(notice: &Notice, about: &About<'_>, domain: &str) -> Names {
    let reader = Reader::of(about.to.id);
    let when = reader_of(about.to, about.now);
    let own = names! {
        reader => reader.word(),
        kind => notice.kind.as_str(),
        link => link(notice),
        update => says_update(notice),
        good_until => Value::from(()),
    };
    let mut names = Names(
        [
            own,
            frame(&about.situation.practice, about.to, &when, domain),
            people(about, reader),
            times(notice, about, &when),
            money(&notice.facts, about.appointment),
            said(&notice.facts),
        ]
        .concat(),
    );
    if notice.kind.is_dated_in_texts() {
        names.set("dated", when.as_of_brief());
    }
    names
}

/// The view of a link to sign in: no appointment, one moment.
pub(super) fn of_sign_in(practice: &Practice, to: &Person, good_until: Instant, now: Instant, domain: &str) -> Names {
    let when = reader_of(to, now);
    let own = names! {
        reader => Reader::of(to.id).word(),
        kind => MessageKind::SignIn.as_str(),
        link => "sign_in",
        good_until => when.moment(good_until),
        day => "",
    };
    Names([own, frame(practice, to, &when, domain)].concat())
}

/// The view of words that somebody wrote, or of a request: about no appointment.
pub(super) fn of_plain(practice: &Practice, to: &Person, plain: &Plain<'_>, now: Instant, domain: &str) -> Names {
    let when = reader_of(to, now);
    let own = names! {
        reader => Reader::of(to.id).word(),
        kind => plain.kind.as_str(),
        link => plain.with_booking_link.then_some("booking"),
        good_until => Value::from(()),
        day => "",
        words => clean::lines(plain.words),
        sender => plain.sender.map(clean::line),
        url => plain.page.map(|(url, _)| url),
        url_words => plain.page.map(|(_, words)| clean::line(words)),
    };
    Names([own, frame(practice, to, &when, domain)].concat())
}

/// The view of a client's own link to book with a therapist, where nothing was booked yet.
pub(super) fn of_booking_link(
    practice: &Practice,
    to: &Person,
    therapist: &Person,
    now: Instant,
    domain: &str,
) -> Names {
    let when = reader_of(to, now);
    let own = names! {
        reader => Reader::of(to.id).word(),
        kind => MessageKind::BookingLink.as_str(),
        link => "booking",
        good_until => Value::from(()),
        day => "",
        therapist => clean::line(therapist.first_name()),
        client => clean::line(to.first_name()),
    };
    Names([own, frame(practice, to, &when, domain)].concat())
}

/// The view of word that there is news: no names, no times, nothing of what it is about.
pub(super) fn of_news(
    practice: &Practice,
    to: &Person,
    has_link: bool,
    base_url: &str,
    now: Instant,
    domain: &str,
) -> Names {
    let when = reader_of(to, now);
    let mut own = names! {
        reader => Reader::of(to.id).word(),
        kind => "news",
        link => has_link.then_some("news"),
        good_until => Value::from(()),
        day => "",
    };
    let mut frame = frame(practice, to, &when, domain);
    if !has_link {
        frame.retain(|(name, _)| !matches!(*name, "url" | "url_words"));
        own.extend(names! { url => format!("{base_url}/c"), url_words => format!("Read it at {domain}") });
    }
    Names([own, frame].concat())
}

/// The view of a therapist's day.
pub(super) fn of_digest(
    practice: &Practice,
    to: &Person,
    day: &Day,
    base_url: &str,
    now: Instant,
    domain: &str,
) -> Names {
    let when = reader_of(to, now);
    let lines = |lines: &[String]| lines.iter().map(|line| clean::line(line)).collect::<Vec<_>>();
    let own = names! {
        reader => Reader::of(to.id).word(),
        kind => MessageKind::Digest.as_str(),
        link => Value::from(()),
        good_until => Value::from(()),
        day => when.day(now),
        url => format!("{base_url}/t"),
        url_words => format!("Your dashboard at {domain}"),
        today => lines(&day.appointments),
        waiting => lines(&day.owed),
        more => day.more,
    };
    let mut frame = frame(practice, to, &when, domain);
    frame.retain(|(name, _)| own.iter().all(|(known, _)| known != name));
    Names([own, frame].concat())
}

/// The view of a link or code that goes to a new address or number.
pub(super) fn of_confirmation(practice: &Practice, to: &Person, now: Instant, domain: &str) -> Names {
    let when = reader_of(to, now);
    let own = names! {
        reader => Reader::of(to.id).word(),
        kind => MessageKind::ConfirmAddress.as_str(),
        link => "address",
        good_until => Value::from(()),
        day => "",
    };
    Names([own, frame(practice, to, &when, domain)].concat())
}

/// How this person is told moments.
fn reader_of(to: &Person, now: Instant) -> When {
    When { locale: to.locale, zone: to.zone.clone(), now }
}

/// What stands around every body.
fn frame(practice: &Practice, to: &Person, when: &When, domain: &str) -> Part {
    names! {
        lang => to.locale.tag(),
        hello => clean::line(to.first_name()),
        practice => clean::line(&practice.name),
        phone => clean::line(&practice.support_phone),
        email => clean::line(&practice.support_email),
        cancelled => if to.locale == Locale::EnUs { "canceled" } else { "cancelled" },
        as_of => when.as_of(),
        domain => domain,
        dated => Value::from(()),
        url => Value::from(()),
        url_words => Value::from(()),
        sender => Value::from(()),
        today => Vec::<String>::new(),
        waiting => Vec::<String>::new(),
        more => 0,
    }
}

/// The names of the two people: first names for each other, whole names and numbers for the office.
fn people(about: &About<'_>, reader: Reader) -> Part {
    let (therapist, client) = (&about.situation.therapist.person, &about.situation.client);
    let name = |person: &Person| match reader {
        Reader::Staff => clean::line(&person.name),
        Reader::Client | Reader::Therapist => clean::line(person.first_name()),
    };
    let (therapist_name, client_name) = (name(therapist), name(client));
    let the_appointment = match reader {
        Reader::Client => format!("your appointment with {therapist_name}"),
        Reader::Therapist => format!("your appointment with {client_name}"),
        Reader::Staff => format!("the appointment of {client_name} with {therapist_name}"),
    };
    names! {
        the_appointment => the_appointment,
        therapist => therapist_name,
        client => client_name,
        reach_client => reach(client),
        reach_therapist => reach(therapist),
        away_from => match about.appointment.kind {
            MeetingKind::InPerson => "office",
            MeetingKind::Video => "screen",
            MeetingKind::Phone => "phone",
        },
        how => match about.appointment.kind {
            MeetingKind::InPerson => "in person",
            MeetingKind::Video => "by video",
            MeetingKind::Phone => "by phone",
        },
    }
}

/// Name and number, or whatever else is on file.
fn reach(person: &Person) -> String {
    let name = clean::line(&person.name);
    match (&person.phone, &person.email) {
        (Some(phone), _) if person.preference.file.is_wrong(phone) => {
            format!("{name}, the number on file is not theirs")
        }
        (Some(phone), _) => format!("{name}, {}", clean::line(phone)),
        (None, Some(email)) => format!("{name}, no number on file, {}", clean::line(email)),
        (None, None) => format!("{name}, no number on file"),
    }
}

fn times(notice: &Notice, about: &About<'_>, when: &When) -> Part {
    let (facts, agreed) = (&notice.facts, &about.appointment.zone);
    let told = |at: Instant| when.agreed(at, agreed);
    let moment = |at: Option<Instant>| at.map(told);
    let replaced = about.situation.appointment.as_ref().filter(|old| about.appointment.replaces == Some(old.id));
    names! {
        day => when.agreed_day(facts.time.from, agreed),
        time => told(facts.time.from),
        minutes => (facts.time.to - facts.time.from).as_minutes(),
        old_time => moment(facts.old_time.map(|old| old.from)),
        replaced => moment(replaced.map(|old| old.start)),
        offered => facts.offered.iter().map(|slot| told(slot.from)).collect::<Vec<_>>(),
        held_until => moment(facts.offer_expires_at),
        clock => when.clock(facts.time.from),
        ready_at => match facts.said {
            Some(domain::telling::answer::ClientWord::ReadyAt(at)) => Some(when.clock(at)),
            _ => None,
        },
        late_minutes => facts.minutes.unwrap_or_default(),
        lasted => facts.minutes,
        no_time_left => about.appointment.state == State::LateNotSeen,
        reply_by => moment(facts.reply_by),
        promise_by => moment(facts.promise_by),
        answer_by => moment(facts.answer_by),
        wished => moment(facts.wished),
        next => moment(facts.next_start),
        free_until => moment(facts.free_until.filter(|until| *until > about.now)),
        free_is_over => facts.free_until.is_some_and(|until| until <= about.now),
    }
}

fn money(facts: &Facts, appointment: &Appointment) -> Part {
    let words = |amount: Option<domain::money::Money>| amount.filter(|a| !a.is_zero()).map(|a| a.to_string());
    let state = appointment.payment.state;
    let captured = state == PaymentState::Captured;
    names! {
        fee => words(facts.fee),
        fee_is_paid => captured && facts.fee == Some(appointment.price),
        paid => words(facts.paid),
        going_back => matches!(state, PaymentState::RefundDue | PaymentState::Refunded),
        refund_asked => facts.refund_asked,
        refund_is_a_choice => facts.refund_is_a_choice,
        price => words(Some(appointment.price)),
        price_is_paid => captured,
    }
}

fn said(facts: &Facts) -> Part {
    names! {
        said => facts.said.map(domain::telling::answer::ClientWord::as_str),
        in_minutes => match facts.said {
            Some(domain::telling::answer::ClientWord::Coming(minutes)) => minutes,
            _ => None,
        },
        answer => facts.answer.map(domain::attendance::LateAnswer::as_str),
        by => facts.initiator.map(Initiator::as_str),
        reason => facts.shared_reason.as_deref().map(clean::line).filter(|reason| !reason.is_empty()),
        words => facts.words.as_deref().map(clean::lines).unwrap_or_default(),
        says_before => facts.corrected.as_ref().map(|(before, _)| clean::line(before)),
        says_now => facts.corrected.as_ref().map(|(_, now)| clean::line(now)),
        owed => facts.owed.as_deref().map(clean::line),
    }
}

/// Which link the reader is given. A message whose whole sense is its link always has one.
fn link(notice: &Notice) -> Option<&'static str> {
    match (notice.kind, notice.link) {
        (MessageKind::SignIn, _) => Some("sign_in"),
        (_, Some(LinkTo::Offer(_))) => Some("offer"),
        (_, Some(LinkTo::Booking(_))) | (MessageKind::BookingLink, None) => Some("booking"),
        (_, Some(LinkTo::Appointment(_))) => Some("appointment"),
        (_, Some(LinkTo::Address(_))) | (MessageKind::ConfirmAddress, None) => Some("address"),
        (_, None) => None,
    }
}

/// Whether an earlier message about this appointment may have left (C3): whoever was told of an earlier revision reads
/// at once that this one is newer.
fn says_update(notice: &Notice) -> bool {
    match notice.kind {
        MessageKind::Rescheduled => true,
        MessageKind::Confirmation | MessageKind::Cancellation => notice.revision > 1,
        _ => false,
    }
}
