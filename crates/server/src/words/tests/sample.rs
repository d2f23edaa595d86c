//! Two people and an appointment to write about.

use crate::words::{About, Writer, Written};
use domain::appointment::{
    Agreement, Appointment, Initiator, MeetingKind, Payment, PaymentState, PolicySnapshot, State,
};
use domain::decide::Situation;
use domain::id::Id;
use domain::message::{CalendarMethod, Facts, LinkTo, MessageKind, Notice};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Boundary, Policy, Preset};
use domain::practice::{AgreementHow, Practice, Relationship, RelationshipState, Therapist};
use domain::schedule::Schedule;
use domain::time::{Instant, Interval, Span};
use std::collections::BTreeMap;

/// A moment from its text.
pub fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

/// Fifty minutes from a moment.
pub fn slot(text: &str) -> Interval {
    Interval::new(at(text), at(text) + Span::minutes(50))
}

/// Pounds and pence.
pub fn pounds(pence: i64) -> Money {
    Money::new(pence, Currency::GBP)
}

/// Everything that a message of the tests is made of; change what the story needs.
#[derive(Clone)]
pub struct Sample {
    pub situation: Situation,
    pub appointment: Appointment,
    pub now: Instant,
}

impl Sample {
    pub fn client(&self) -> Person {
        self.situation.client.clone()
    }
    pub fn therapist(&self) -> Person {
        self.situation.therapist.person.clone()
    }
    pub fn admin(&self) -> Person {
        self.situation.admins[0].clone()
    }

    /// A notice to this person.
    pub fn notice(&self, kind: MessageKind, to: &Person, facts: Facts) -> Notice {
        let calendar = match kind {
            MessageKind::Confirmation | MessageKind::Rescheduled => Some(CalendarMethod::Request),
            MessageKind::Cancellation | MessageKind::Missed | MessageKind::TechnicalFailure => {
                Some(CalendarMethod::Cancel)
            }
            _ => None,
        };
        Notice {
            to: to.id,
            channel: Channel::Email,
            kind,
            appointment: self.appointment.id,
            revision: self.appointment.revision,
            urgent: false,
            send_at: self.now,
            facts,
            link: None,
            calendar,
        }
    }

    /// The notice in words.
    pub fn write(&self, notice: &Notice, to: &Person) -> Written {
        let about = About { situation: &self.situation, to, appointment: &self.appointment, now: self.now };
        writer().write(notice, &about)
    }

    /// The facts of a plain message about the appointment.
    pub fn facts(&self) -> Facts {
        Facts::about(self.appointment.interval())
    }

    /// The same with everything that a cancellation by this side can say at once.
    pub fn full_facts(&self, by: Option<Initiator>) -> Facts {
        Facts {
            initiator: by,
            old_time: Some(slot("2026-11-23T11:30:00Z")),
            shared_reason: Some("I'm ill".into()),
            offered: vec![slot("2026-11-26T14:00:00Z"), slot("2026-11-27T10:00:00Z"), slot("2027-01-04T15:00:00Z")],
            offer_expires_at: Some(at("2026-11-25T09:12:00Z")),
            promise_by: Some(at("2026-11-26T12:15:00Z")),
            next_start: Some(at("2026-12-01T14:30:00Z")),
            fee: Some(pounds(3250)),
            paid: Some(pounds(6500)),
            free_until: Some(at("2026-11-24T18:45:00Z")),
            words: Some("I'm so sorry.\n\nTake care <3".into()),
            owed: Some("Daniel may not know yet. Please ring them.".into()),
            minutes: Some(10),
            answer: Some(domain::attendance::LateAnswer::Wait),
            reply_by: Some(at("2026-11-27T09:12:00Z")),
            ..self.facts()
        }
    }
}

/// The writer of Alder House.
pub fn writer() -> Writer {
    Writer::new("hello@alderhouse.example".parse().expect("an address"), "https://alderhouse.example/")
}

/// Every link that a message can carry.
pub fn links() -> [LinkTo; 3] {
    [
        LinkTo::Offer(Id::from_bytes([7; 16])),
        LinkTo::Booking(Id::from_bytes([4; 16])),
        LinkTo::Appointment(Id::from_bytes([6; 16])),
    ]
}

/// Daniel sees Maya on Tuesday 24 November at 14:00 in London; it is 09:12.
pub fn sample() -> Sample {
    let therapist = person(PersonRef::Therapist(Id::from_bytes([2; 16])), Role::Therapist, "Maya Ashworth");
    let client = person(PersonRef::Client(Id::from_bytes([3; 16])), Role::Client, "Daniel Reyes");
    let admin = person(PersonRef::Staff(Id::from_bytes([5; 16])), Role::Admin, "Sam Turner");
    let appointment = appointment();
    let policy = std::sync::Arc::new(Policy::preset(Preset::Network));
    let situation = Situation {
        practice: practice(),
        policy_today: policy.clone(),
        policy,
        therapist: Therapist {
            id: appointment.therapist,
            schedule: Schedule {
                zone: london(),
                weekly: Vec::new(),
                exceptions: Vec::new(),
                kinds: BTreeMap::new(),
                away: Vec::new(),
            },
            person: therapist,
            late_cancel_fee: None,
            no_show_fee: None,
            reserved: Vec::new(),
            listing: Default::default(),
            overrides: Default::default(),
        },
        client,
        relationship: Relationship {
            id: appointment.relationship,
            practice: appointment.practice,
            therapist: appointment.therapist,
            client: appointment.client,
            state: RelationshipState::Active,
            accepted_policy: None,
            file: Default::default(),
            pathway: None,
        },
        new_client: false,
        is_stranger: false,
        late_before: false,
        appointment: Some(appointment.clone()),
        next_appointment: None,
        offer: None,
        disruption: None,
        obligations: Vec::new(),
        request: None,
        account: Vec::new(),
        undo: None,
        therapist_busy: Vec::new(),
        client_busy: Vec::new(),
        admins: vec![admin],
        owners: Vec::new(),
        file: Default::default(),
        live: Default::default(),
    };
    Sample { situation, appointment, now: at("2026-11-24T09:12:00Z") }
}

fn london() -> domain::time::Zone {
    "Europe/London".parse().expect("a zone")
}

fn practice() -> Practice {
    Practice {
        id: Id::from_bytes([1; 16]),
        name: "Alder House".into(),
        zone: london(),
        locale: Locale::EnGb,
        currency: Currency::GBP,
        support_phone: "020 7946 0018".into(),
        support_email: "help@alderhouse.example".into(),
        clinical_email: "clinical@alderhouse.example".into(),
        risk_email: "risk@alderhouse.example".into(),
        templates: None,
    }
}

fn person(id: PersonRef, role: Role, name: &str) -> Person {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    Person {
        id,
        practice: Id::from_bytes([1; 16]),
        role,
        name: name.into(),
        email: Some(format!("{first}@example.org")),
        phone: Some(if role == Role::Client { "+447700900412".into() } else { "+447700900100".into() }),
        zone: london(),
        locale: Locale::EnGb,
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
        active: true,
    }
}

fn appointment() -> Appointment {
    let time = slot("2026-11-24T14:00:00Z");
    Appointment {
        id: Id::from_bytes([6; 16]),
        practice: Id::from_bytes([1; 16]),
        relationship: Id::from_bytes([4; 16]),
        therapist: Id::from_bytes([2; 16]),
        client: Id::from_bytes([3; 16]),
        start: time.from,
        end: time.to,
        buffer_after: Span::ZERO,
        zone: london(),
        kind: MeetingKind::Video,
        state: State::Booked,
        revision: 2,
        sequence: 1,
        price: pounds(6500),
        policy: PolicySnapshot {
            preset: Preset::Network,
            version: 1,
            cutoff: at("2026-11-23T14:00:00Z"),
            boundary: Boundary::Inclusive,
            late_cancel_fee: None,
            no_show_fee: None,
            cutoff_floor: None,
            terms: None,
        },
        payment: Payment { state: PaymentState::Captured, due_at: None },
        agreement: Agreement { how: AgreementHow::Phone, at: at("2026-11-01T10:00:00Z") },
        replaces: None,
        attendance: Default::default(),
        reserved_slot: None,
        pending_move: None,
        created_at: at("2026-11-01T10:00:00Z"),
    }
}
