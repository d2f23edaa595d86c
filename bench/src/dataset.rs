//! The practices that everything is measured on, and the appointments that may be booked there.

use domain::audit::Entry;
use domain::id::{ClientId, CommandId, Id, Ids, Kind, PracticeId, TherapistId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, PolicyAcceptance, Practice, Relationship, RelationshipState, Therapist};
use domain::schedule::{KindSetup, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use domain::time::{Instant, Span, Weekday, Zone};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use store::{DbError, Done, Store, Tx};

/// The hours at which an appointment of fifty minutes may begin on a working day, UTC.
pub const HOURS: [i64; 8] = [9, 10, 11, 12, 13, 14, 15, 16];

/// How much there is.
#[derive(Debug, Clone, Copy)]
pub struct Dataset {
    /// Practices.
    pub practices: usize,
    /// Therapists in each.
    pub therapists: usize,
    /// Now, UTC.
    pub now: Instant,
    /// Whether every change is at short notice, so that what it tells goes at once.
    pub urgent: bool,
}

/// An appointment that may be booked.
#[derive(Debug, Clone, Copy)]
pub struct Wish {
    /// In which practice, counted from 0.
    pub practice: usize,
    /// With whom.
    pub therapist: TherapistId,
    /// For whom.
    pub client: ClientId,
    /// When it starts, UTC.
    pub start: Instant,
}

/// An id that is the same in every run: kind, practice and number make it.
fn id<K: Kind>(practice: usize, number: usize) -> Id<K> {
    let mut bytes = [0u8; 16];
    bytes[4..8].copy_from_slice(&(practice as u32 + 1).to_be_bytes());
    bytes[12..].copy_from_slice(&(number as u32 + 1).to_be_bytes());
    Id::from_bytes(bytes)
}

/// The practice with this number.
pub fn practice_id(practice: usize) -> PracticeId {
    id(practice, 0)
}

/// The therapist with this number.
pub fn therapist_id(practice: usize, therapist: usize) -> TherapistId {
    id(practice, therapist)
}

/// The client who comes to this therapist at this hour.
pub fn client_id(practice: usize, therapist: usize, hour: usize) -> ClientId {
    id(practice, therapist * HOURS.len() + hour)
}

/// The token of the programs of a practice's admin.
pub fn admin_token(practice: usize) -> String {
    format!("admin-of-{practice}")
}

/// The token of a therapist's programs.
pub fn therapist_token(practice: usize, therapist: usize) -> String {
    format!("therapist-{therapist}-of-{practice}")
}

/// The session of a therapist's browser, as its cookie says it.
pub fn therapist_session(practice: usize, therapist: usize) -> String {
    format!("session-{therapist}-of-{practice}")
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// The first working day that is measured: a Monday at midnight UTC, at least two days ahead.
pub fn first_day(now: Instant) -> Instant {
    let midnight = Zone::utc().start_of(Zone::utc().day_of(now + Span::hours(48)));
    (0..7).map(|days| midnight + Span::hours(24 * days)).find(|day| is(*day, Weekday::Monday)).unwrap_or(midnight)
}

fn is(day: Instant, wanted: Weekday) -> bool {
    Weekday::from(Zone::utc().day_of(day).weekday()) == wanted
}

/// Working days from the first on.
pub fn working_days(now: Instant) -> impl Iterator<Item = Instant> {
    let first = first_day(now);
    let days = (0..).map(move |days| first + Span::hours(24 * days));
    days.filter(|day| !is(*day, Weekday::Saturday) && !is(*day, Weekday::Sunday))
}

impl Dataset {
    /// Every appointment that may be booked, day by day, so that neighbours are of different practices.
    pub fn wishes(&self) -> impl Iterator<Item = Wish> {
        let (practices, therapists) = (self.practices, self.therapists);
        working_days(self.now).take(400).flat_map(move |day| {
            (0..HOURS.len() * therapists * practices).map(move |n| {
                let (practice, rest) = (n % practices, n / practices);
                let (therapist, hour) = (rest % therapists, rest / therapists);
                Wish {
                    practice,
                    therapist: therapist_id(practice, therapist),
                    client: client_id(practice, therapist, hour),
                    start: day + Span::hours(HOURS[hour]),
                }
            })
        })
    }

    /// Fills an empty store.
    pub fn seed(&self, store: &Store) -> Result<(), DbError> {
        store.migrate()?;
        for practice in 0..self.practices {
            let dataset = *self;
            write(store, practice, self.now, move |tx| dataset.people(tx, practice))?;
        }
        Ok(())
    }
}

/// Writes something with an entry on the record, as every write has one.
pub fn write(
    store: &Store,
    practice: usize,
    now: Instant,
    act: impl Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
) -> Result<(), DbError> {
    let entry = entry(practice, now);
    store.write(move |tx: &mut Tx<'_>| act(tx).map(|()| Done::new((), entry.clone()))).map(drop)
}

/// What the record says of anything that is written to measure something.
pub fn entry(practice: usize, now: Instant) -> Entry {
    Entry {
        practice: practice_id(practice),
        command: CommandId::from_bytes([1; 16]),
        at: now,
        actor: "system:bench".into(),
        on_behalf_of: None,
        word: "seeded".into(),
        subjects: vec![practice_id(practice).to_string()],
        details: serde_json::Value::Null,
        salt: [0; 16],
    }
}

impl Dataset {
    fn people(&self, tx: &mut Tx<'_>, practice: usize) -> Result<(), DbError> {
        let Self { therapists, now, urgent, .. } = *self;
        let practice_id = practice_id(practice);
        store::practice::insert(tx, &a_practice(practice))?;
        let mut policy = Policy::preset(Preset::Clinic);
        policy.parameters.slot.horizon_days = 730;
        if urgent {
            policy.parameters.therapist_cancel.short_notice_hours = 24 * 365;
        }
        store::policy::insert(tx, practice_id, &policy, now, "system:bench")?;
        let mut ids = Ids::new(CommandId::from_bytes([2; 16]), now + Span::seconds(practice as i64));
        for (number, role) in [Role::Admin, Role::Owner].into_iter().enumerate() {
            store::person::insert(tx, &a_person(practice, PersonRef::Staff(id(practice, number)), role, number))?;
        }
        let admin = PersonRef::Staff(id(practice, 0));
        store::token::add_api(tx, ids.mint(), hash(&admin_token(practice)), admin, "bench", now)?;
        for therapist in 0..therapists {
            let id = therapist_id(practice, therapist);
            store::therapist::insert(tx, &a_therapist(practice, therapist))?;
            let (person, token) = (PersonRef::Therapist(id), hash(&therapist_token(practice, therapist)));
            store::token::add_api(tx, ids.mint(), token, person, "bench", now)?;
            let session = hash(&therapist_session(practice, therapist));
            store::session::open(tx, session, person, now, now + Span::hours(24 * 30))?;
            for hour in 0..HOURS.len() {
                let client = client_id(practice, therapist, hour);
                let number = therapist * HOURS.len() + hour;
                store::person::insert(tx, &a_person(practice, PersonRef::Client(client), Role::Client, number))?;
                store::relationship::insert(
                    tx,
                    &Relationship {
                        id: ids.mint(),
                        practice: practice_id,
                        therapist: id,
                        client,
                        state: RelationshipState::Active,
                        accepted_policy: Some(PolicyAcceptance { version: 1, at: now, how: AgreementHow::Portal }),
                        file: Default::default(),
                        pathway: None,
                    },
                )?;
                // As after their first appointment, so that the bare loop and the product lock the same rows.
                store::occupancy::lock(tx, &[&client.to_string(), &id.to_string()], now)?;
            }
        }
        Ok(())
    }
}

fn a_practice(number: usize) -> Practice {
    Practice {
        id: practice_id(number),
        name: format!("Alder House {number}"),
        zone: london(),
        locale: Locale::EnGb,
        currency: Currency::GBP,
        support_phone: "+442079460010".into(),
        support_email: "support@example.org".into(),
        clinical_email: "clinical@example.org".into(),
        risk_email: "risk@example.org".into(),
        templates: None,
    }
}

fn a_person(practice: usize, id: PersonRef, role: Role, number: usize) -> Person {
    const FIRST: [&str; 8] = ["Daniel", "Maya", "Sam", "Nia", "Owen", "Ivy", "Ada", "Kit"];
    const LAST: [&str; 7] = ["Reyes", "Okafor", "Turner", "Price", "Hart", "Lane", "Moss"];
    Person {
        id,
        practice: practice_id(practice),
        role,
        name: format!("{} {}", FIRST[number % FIRST.len()], LAST[number % LAST.len()]),
        email: Some(format!("{id}@example.org")),
        phone: Some("+447700900412".into()),
        zone: london(),
        locale: Locale::EnGb,
        preference: ContactPreference { channels: vec![Channel::Email], voicemail: false, ..Default::default() },
        active: true,
    }
}

fn a_therapist(practice: usize, number: usize) -> Therapist {
    let id = therapist_id(practice, number);
    let time = |hours: u16| TimeOfDay::from_minutes(hours * 60).unwrap_or(TimeOfDay::MIDNIGHT);
    let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let weekly = days.map(|day| WeeklyHours::new(day, time(9), time(17))).to_vec();
    let usual = KindSetup::usual(Money::new(6_000, Currency::GBP));
    let kinds = BTreeMap::from([(MeetingKind::Video, usual), (MeetingKind::InPerson, usual)]);
    Therapist {
        id,
        person: a_person(practice, PersonRef::Therapist(id), Role::Therapist, number),
        // Their clock stands at UTC, so that hours mean the same on both sides of a change of clocks.
        schedule: Schedule { zone: Zone::utc(), weekly, exceptions: Vec::new(), kinds, away: Vec::new() },
        late_cancel_fee: None,
        no_show_fee: None,
        reserved: Vec::new(),
        overrides: Default::default(),
        listing: Default::default(),
    }
}

fn london() -> Zone {
    "Europe/London".parse().unwrap_or_else(|_| Zone::utc())
}
