//! Alder House Therapy on a Tuesday morning: two therapists, their clients, the office, and a diary.
#![allow(dead_code, reason = "each test uses its own part of the house")]

use domain::access::{Actor, Via};
use domain::appointment::{Agreement, Initiator};
use domain::decide::{Book, Cancel, NextStep};
use domain::id::{AppointmentId, DisruptionId, Id, Ids, PracticeId, RelationshipId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, Practice, Relationship, RelationshipState, Therapist};
use domain::reason::Reason;
use domain::schedule::{KindSetup, MeetingKind, Schedule, WeeklyHours};
use domain::time::{Instant, Span, Weekday, Zone};
use holdspace_server::app::{App, Parts};
use holdspace_server::clock::{Clock, Pace};
use holdspace_server::config::Config;
use holdspace_server::dice::Dice;
use holdspace_server::flow::{self, Ask, Failed, Tools, Who};
use holdspace_server::keys::Keys;
use holdspace_server::rate::Rates;
use holdspace_server::work::Nudge;
use std::sync::Arc;
use store::{DbError, Done, Store};

pub const PRACTICE: PracticeId = Id::from_bytes([1; 16]);

/// Tuesday, twelve past nine.
pub fn now() -> Instant {
    at("2026-11-24T09:12:00Z")
}

pub fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

pub const MAYA: PersonRef = PersonRef::Therapist(Id::from_bytes([2; 16]));
pub const OWEN: PersonRef = PersonRef::Therapist(Id::from_bytes([3; 16]));
pub const SAM: PersonRef = PersonRef::Staff(Id::from_bytes([4; 16]));
pub const RUTH: PersonRef = PersonRef::Staff(Id::from_bytes([5; 16]));
pub const DANIEL: u8 = 10;
pub const DANIELA: u8 = 11;
pub const GRACE: u8 = 12;
pub const PRIYA: u8 = 13;
pub const TOM: u8 = 14;
pub const AISHA: u8 = 15;
pub const MARCUS: u8 = 20;
pub const YARA: u8 = 21;

/// Who the clients are: number, name, whether with Maya (else with Owen), first channel.
const CLIENTS: [(u8, &str, bool, Channel); 8] = [
    (DANIEL, "Daniel Reyes", true, Channel::Sms),
    (DANIELA, "Daniela Ortiz", true, Channel::Email),
    (GRACE, "Grace Lim", true, Channel::Email),
    (PRIYA, "Priya Nair", true, Channel::Phone),
    (TOM, "Tom Whitfield", true, Channel::Email),
    (AISHA, "Aisha Rahman", true, Channel::Email),
    (MARCUS, "Marcus Bell", false, Channel::Phone),
    (YARA, "Yara Haddad", false, Channel::Email),
];

/// Maya's diary, and Owen's: client, start, kind.
const DIARY: [(u8, &str, MeetingKind); 12] = [
    (AISHA, "2026-11-24T08:00:00Z", MeetingKind::Video),
    (TOM, "2026-11-24T09:00:00Z", MeetingKind::Video),
    (GRACE, "2026-11-24T10:30:00Z", MeetingKind::InPerson),
    (DANIEL, "2026-11-24T14:00:00Z", MeetingKind::Video),
    (PRIYA, "2026-11-24T16:30:00Z", MeetingKind::InPerson),
    (DANIELA, "2026-11-26T09:30:00Z", MeetingKind::InPerson),
    (DANIEL, "2026-12-01T14:00:00Z", MeetingKind::Video),
    (GRACE, "2026-12-01T10:30:00Z", MeetingKind::InPerson),
    (MARCUS, "2026-11-24T11:00:00Z", MeetingKind::Video),
    (YARA, "2026-11-24T12:00:00Z", MeetingKind::Video),
    (MARCUS, "2026-11-27T11:00:00Z", MeetingKind::Video),
    (YARA, "2026-12-02T12:00:00Z", MeetingKind::Video),
];

pub struct House {
    pub app: App,
    pub appointments: Vec<(u8, Instant, AppointmentId)>,
}

impl House {
    /// The house under a preset's policy.
    pub async fn of(preset: Preset) -> Self {
        let app = app();
        app.store.migrate().expect("tables");
        record(&app, move |tx| people(tx, preset)).await;
        let mut house = Self { app, appointments: Vec::new() };
        for (client, start, kind) in DIARY {
            house.book(client, at(start), kind).await;
        }
        house
    }

    /// The appointment of this client at this start.
    pub fn appointment(&self, client: u8, start: &str) -> AppointmentId {
        let start = at(start);
        let found = self.appointments.iter().find(|(who, when, _)| *who == client && *when == start);
        found.map(|(_, _, id)| *id).expect("it is in the diary")
    }

    async fn book(&mut self, client: u8, start: Instant, kind: MeetingKind) {
        let booked_at = now() - Span::hours(24 * 5);
        let ask = self.ask(therapist_of(client), Role::Therapist, booked_at);
        let agreement = Some(Agreement { how: AgreementHow::InSession, at: booked_at });
        let (tools, inner) = (self.app.tools.clone(), ask.clone());
        let done = self.app.store.write_async(move |tx| {
            flow::appointment::book(tx, &tools, &inner, relationship(client), Book { start, kind, agreement })
        });
        let answer = done.await.map_err(|why: Failed| format!("{why:?}")).expect("booked").answer;
        self.appointments.push((client, start, answer.appointment.expect("an appointment").id));
    }

    /// Owen calls off at short notice, offering nothing but a promise; at this moment.
    pub async fn owen_cancels(&self, client: u8, start: &str, when: Instant) {
        let (id, tools) = (self.appointment(client, start), self.app.tools.clone());
        let ask = self.ask(OWEN, Role::Therapist, when);
        let wish = Cancel {
            initiator: Initiator::Therapist,
            reason: Some(Reason::TherapistIllness),
            note: Some("Ill since this morning".to_owned()),
            received_at: None,
            next_step: NextStep { promise_contact_by: Some(when + Span::hours(3)), ..NextStep::default() },
            share_reason: false,
            words: None,
        };
        let done =
            self.app.store.write_async(move |tx| flow::appointment::cancel(tx, &tools, &ask, id, wish.clone(), None));
        done.await.map(drop).map_err(|why: Failed| format!("{why:?}")).expect("cancelled");
    }

    /// The open case of this client's appointment.
    pub async fn case(&self, client: u8, start: &str) -> DisruptionId {
        let id = self.appointment(client, start);
        let found = self.app.store.read_async(move |tx| store::disruption::open_of(tx, id)).await;
        found.map_err(|why: DbError| why).expect("read").expect("an open case").id
    }

    fn ask(&self, person: PersonRef, role: Role, now: Instant) -> Ask {
        let actor = Actor { person, practice: PRACTICE, role, name: "Somebody".into(), via: Via::Portal };
        Ask { who: Who::Actor(actor), now, command: self.app.dice.command(now) }
    }
}

fn app() -> App {
    let factor = ("HOLDSPACE_LIMITS_RATE_FACTOR".to_owned(), "1000".to_owned());
    let config = Config::parse(None, [factor]).expect("a configuration");
    let keys = Keys::from_bytes([1; 32], [2; 32]);
    App::new(Parts {
        store: Store::memory().expect("a store"),
        clock: Clock::standing(now()),
        pace: Pace::Clock,
        dice: Dice::seeded(7),
        rates: Rates::new(config.limits.rate_factor),
        tools: Tools::new(&config, &keys),
        nudge: Nudge::default(),
        config,
        keys,
        post_letter: Arc::new(|_, _| Ok(())),
        is_demo: false,
    })
}

pub async fn record(app: &App, act: impl Fn(&mut store::Tx<'_>) -> Result<(), DbError> + Send + 'static) {
    let command = app.dice.command(now());
    let entry = domain::audit::Entry {
        practice: PRACTICE,
        command,
        at: now() - Span::hours(24 * 30),
        actor: "system:test".into(),
        on_behalf_of: None,
        word: "practice_made".into(),
        subjects: vec![PRACTICE.to_string()],
        details: serde_json::Value::Null,
        salt: [0; 16],
    };
    let done = app.store.write_async(move |tx| act(tx).map(|()| Done::new((), entry.clone())));
    done.await.map_err(|why: DbError| why).map(drop).expect("recorded");
}

pub fn client(number: u8) -> PersonRef {
    PersonRef::Client(Id::from_bytes([number; 16]))
}

pub fn relationship(number: u8) -> RelationshipId {
    Id::from_bytes([number + 100; 16])
}

pub fn therapist_of(number: u8) -> PersonRef {
    if number < MARCUS { MAYA } else { OWEN }
}

fn people(tx: &mut store::Tx<'_>, preset: Preset) -> Result<(), DbError> {
    store::practice::insert(tx, &practice())?;
    let policy = Policy { version: 1, ..Policy::preset(preset) };
    store::policy::insert(tx, PRACTICE, &policy, now() - Span::hours(24 * 30), "system:test")?;
    for (id, role, name) in [(SAM, Role::Admin, "Sam Turner"), (RUTH, Role::Owner, "Ruth Adler")] {
        store::person::insert(tx, &person(id, role, name, vec![Channel::Email]))?;
    }
    for (id, name) in [(MAYA, "Maya Okafor"), (OWEN, "Owen Price")] {
        let them = person(id, Role::Therapist, name, vec![Channel::Email]);
        store::therapist::insert(tx, &therapist(them))?;
    }
    for (number, name, _, channel) in CLIENTS {
        store::person::insert(tx, &person(client(number), Role::Client, name, vec![channel, Channel::Email]))?;
        store::relationship::insert(tx, &working(number))?;
    }
    Ok(())
}

fn working(number: u8) -> Relationship {
    let PersonRef::Therapist(therapist) = therapist_of(number) else { panic!("a therapist") };
    Relationship {
        id: relationship(number),
        practice: PRACTICE,
        therapist,
        client: Id::from_bytes([number; 16]),
        state: RelationshipState::Active,
        accepted_policy: None,
        file: Default::default(),
        pathway: None,
    }
}

fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

fn practice() -> Practice {
    Practice {
        id: PRACTICE,
        name: "Alder House Therapy".into(),
        zone: london(),
        locale: Locale::EnGb,
        currency: Currency::GBP,
        support_phone: "020 7946 0018".into(),
        support_email: "support@alderhouse.example".into(),
        clinical_email: "clinical@alderhouse.example".into(),
        risk_email: "risk@alderhouse.example".into(),
        templates: None,
    }
}

fn person(id: PersonRef, role: Role, name: &str, channels: Vec<Channel>) -> Person {
    let address = name.to_lowercase().replace(' ', ".");
    Person {
        id,
        practice: PRACTICE,
        role,
        name: name.into(),
        email: Some(format!("{address}@example.org")),
        phone: (role == Role::Client).then(|| "+44 7700 900412".to_owned()),
        zone: london(),
        locale: Locale::EnGb,
        preference: ContactPreference {
            channels,
            voicemail: false,
            asked_at: Some(now() - Span::hours(24 * 30)),
            ..Default::default()
        },
        active: true,
    }
}

fn therapist(them: Person) -> Therapist {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let time = |text: &str| text.parse().expect("a time of day");
    let weekly = [Monday, Tuesday, Wednesday, Thursday, Friday];
    let video = KindSetup::usual(Money::new(6500, Currency::GBP));
    let in_person = KindSetup { buffer_after_minutes: 10, ..video };
    let PersonRef::Therapist(id) = them.id else { panic!("a therapist") };
    Therapist {
        id,
        person: them,
        schedule: Schedule {
            zone: london(),
            weekly: weekly.map(|day| WeeklyHours::new(day, time("08:00"), time("18:00"))).to_vec(),
            exceptions: Vec::new(),
            away: Vec::new(),
            kinds: [(MeetingKind::Video, video), (MeetingKind::InPerson, in_person)].into(),
        },
        late_cancel_fee: None,
        no_show_fee: None,
        reserved: Vec::new(),
        listing: Default::default(),
        overrides: Default::default(),
    }
}

/// A command id for whoever needs one.
pub fn ids(app: &App) -> Ids {
    Ids::new(app.dice.command(now()), now())
}
