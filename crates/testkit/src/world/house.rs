//! A practice and its people.

use domain::appointment::{Agreement, Appointment, MeetingKind, Payment, PaymentState, PolicySnapshot, State};
use domain::audit::Entry;
use domain::id::{
    AppointmentId, ClientId, CommandId, Ids, PersonId, PracticeId, RelationshipId, TherapistId, TokenKind,
};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, Practice, Relationship, RelationshipState, Therapist};
use domain::schedule::{KindSetup, Schedule, WeeklyHours};
use domain::time::{Instant, Span, Weekday, Zone};
use server::dice::hash_of;
use store::{DbError, Done, Store, Tx};

/// Somebody of a practice, and how they prove who they are.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub id: PersonRef,
    /// What they are there.
    pub role: Role,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their number.
    pub phone: String,
    /// A token of a program of theirs.
    pub token: String,
}

/// A practice and its people: two therapists, three clients, and the office. `client` has been seen before, `newcomer`
/// has not; both are `therapist`'s, `neighbour` is `colleague`'s.
#[derive(Debug, Clone)]
pub struct House {
    /// Which rules it began with.
    pub preset: Preset,
    /// The practice.
    pub practice: Practice,
    /// The therapist of most stories.
    pub therapist: Member,
    /// Another one.
    pub colleague: Member,
    /// The client of most stories.
    pub client: Member,
    /// A client of the same therapist who has not been seen yet.
    pub newcomer: Member,
    /// A client of the other therapist.
    pub neighbour: Member,
    /// Runs the practice.
    pub admin: Member,
    /// Helps when somebody is stuck.
    pub support: Member,
    /// Answers for all of it.
    pub owner: Member,
    /// Who works with whom: client, newcomer, neighbour.
    pub relationships: [RelationshipId; 3],
}

impl House {
    /// Writes a practice of this preset into a store with its tables made. `command` is where its few ids come from.
    ///
    /// # Panics
    /// Where the store cannot take it, for instance because it has this practice already.
    #[must_use]
    pub fn settle(
        store: &Store,
        preset: Preset,
        (client_email, client_phone): (Option<&str>, Option<&str>),
        now: Instant,
        command: CommandId,
    ) -> Self {
        let number = 1 + Preset::ALL.iter().position(|known| *known == preset).expect("a preset") as u8;
        let mut house = Self::plan(preset, number, client_email);
        house.client.phone = client_phone.unwrap_or(&house.client.phone).to_owned();
        let kept = house.clone();
        let written = store.write(move |tx| {
            kept.write(tx, number, now, &mut Ids::new(command, now))?;
            Ok::<_, DbError>(Done::new((), kept.entry(command, now)))
        });
        written.expect("a practice that fits its tables");
        house
    }

    fn plan(preset: Preset, number: u8, client_email: Option<&str>) -> Self {
        let member = |kind: u8, role: Role, name: &str| {
            let bytes = id(number, kind);
            let who = match role {
                Role::Client => PersonRef::Client(ClientId::from_bytes(bytes)),
                Role::Therapist => PersonRef::Therapist(TherapistId::from_bytes(bytes)),
                _ => PersonRef::Staff(PersonId::from_bytes(bytes)),
            };
            let first = name.split(' ').next().unwrap_or(name).to_lowercase();
            let email = format!("{first}@{preset}.test");
            let (phone, token) = ("+447700900412".into(), format!("token-of-{first}-at-{preset}"));
            Member { id: who, role, name: name.into(), email, phone, token }
        };
        let mut client = member(12, Role::Client, "Daniel Reyes");
        client.email = client_email.map_or(client.email, str::to_owned);
        Self {
            preset,
            practice: practice(preset, number),
            therapist: member(10, Role::Therapist, "Ruth Okafor"),
            colleague: member(11, Role::Therapist, "Priya Nair"),
            client,
            newcomer: member(13, Role::Client, "Noor Haddad"),
            neighbour: member(14, Role::Client, "Tom Baker"),
            admin: member(15, Role::Admin, "Asha Patel"),
            support: member(16, Role::Support, "Sam Wood"),
            owner: member(17, Role::Owner, "Owen Hart"),
            relationships: [20, 21, 22].map(|kind| RelationshipId::from_bytes(id(number, kind))),
        }
    }

    /// Everybody.
    #[must_use]
    pub fn everybody(&self) -> [&Member; 8] {
        let (therapists, clients) =
            ([&self.therapist, &self.colleague], [&self.client, &self.newcomer, &self.neighbour]);
        let [a, b] = therapists;
        let [c, d, e] = clients;
        [a, b, c, d, e, &self.admin, &self.support, &self.owner]
    }

    /// This time on the practice's wall.
    #[must_use]
    pub fn local(&self, wall: &str) -> Instant {
        let civil: jiff::civil::DateTime = wall.parse().unwrap_or_else(|_| panic!("{wall} is not a time"));
        Instant::from(&civil.to_zoned(self.practice.zone.time_zone()).expect("inside the calendar"))
    }

    /// What an appointment costs.
    #[must_use]
    pub fn price(&self) -> Money {
        Money::new(6500, self.practice.currency)
    }

    fn write(&self, tx: &mut Tx<'_>, number: u8, now: Instant, ids: &mut Ids) -> Result<(), DbError> {
        store::practice::insert(tx, &self.practice)?;
        store::policy::insert(tx, self.practice.id, &Policy::preset(self.preset), now, "system:story")?;
        for member in self.everybody() {
            match member.role {
                Role::Therapist => store::therapist::insert(tx, &self.as_therapist(member))?,
                _ => store::person::insert(tx, &self.person(member))?,
            }
            store::token::add_api(tx, ids.mint::<TokenKind>(), hash_of(&member.token), member.id, "story", now)?;
        }
        let pairs =
            [(&self.therapist, &self.client), (&self.therapist, &self.newcomer), (&self.colleague, &self.neighbour)];
        for (id, (therapist, client)) in self.relationships.into_iter().zip(pairs) {
            let (PersonRef::Therapist(therapist), PersonRef::Client(client)) = (therapist.id, client.id) else {
                panic!("a relationship is between a therapist and a client")
            };
            let (practice, state) = (self.practice.id, RelationshipState::Active);
            store::relationship::insert(
                tx,
                &Relationship {
                    id,
                    practice,
                    therapist,
                    client,
                    state,
                    accepted_policy: None,
                    pathway: None,
                    file: Default::default(),
                },
            )?;
        }
        store::appointment::insert(tx, &self.seen_before(number, now))
    }

    fn person(&self, member: &Member) -> Person {
        Person {
            id: member.id,
            practice: self.practice.id,
            role: member.role,
            name: member.name.clone(),
            email: Some(member.email.clone()),
            phone: Some(member.phone.clone()),
            zone: self.practice.zone.clone(),
            locale: self.practice.locale,
            preference: ContactPreference {
                channels: vec![Channel::Email],
                voicemail: false,
                asked_at: None,
                ..Default::default()
            },
            active: true,
        }
    }

    /// Every day but Saturday from eight to eight.
    fn as_therapist(&self, member: &Member) -> Therapist {
        use Weekday::{Friday, Monday, Sunday, Thursday, Tuesday, Wednesday};
        let PersonRef::Therapist(id) = member.id else { panic!("{} is no therapist", member.name) };
        let time = |text: &str| text.parse().expect("a time of day");
        let hours = |day, from| WeeklyHours::new(day, time(from), time("20:00"));
        let mut weekly = [Monday, Tuesday, Wednesday, Thursday, Friday].map(|day| hours(day, "08:00")).to_vec();
        weekly.push(hours(Sunday, "00:00"));
        Therapist {
            id,
            person: self.person(member),
            schedule: Schedule {
                zone: self.practice.zone.clone(),
                weekly,
                exceptions: Vec::new(),
                away: Vec::new(),
                kinds: [(MeetingKind::Video, KindSetup::usual(self.price()))].into(),
            },
            late_cancel_fee: Some(Money::new(4000, self.practice.currency)),
            no_show_fee: None,
            reserved: Vec::new(),
            listing: Default::default(),
            overrides: Default::default(),
        }
    }

    /// The appointment four weeks ago that makes `client` a client of old.
    fn seen_before(&self, number: u8, now: Instant) -> Appointment {
        let (PersonRef::Therapist(therapist), PersonRef::Client(client)) = (self.therapist.id, self.client.id) else {
            panic!("a therapist and a client")
        };
        let start = now - Span::hours(24 * 28);
        let boundary = Policy::preset(self.preset).parameters.client_cancel.boundary;
        Appointment {
            id: AppointmentId::from_bytes(id(number, 30)),
            practice: self.practice.id,
            relationship: self.relationships[0],
            therapist,
            client,
            start,
            end: start + Span::minutes(50),
            buffer_after: Span::ZERO,
            zone: self.practice.zone.clone(),
            kind: MeetingKind::Video,
            state: State::Attended,
            revision: 3,
            sequence: 0,
            price: self.price(),
            policy: PolicySnapshot {
                preset: self.preset,
                version: 1,
                cutoff: start - Span::hours(48),
                boundary,
                late_cancel_fee: None,
                no_show_fee: None,
                cutoff_floor: None,
                terms: None,
            },
            payment: Payment { state: PaymentState::None, due_at: None },
            agreement: Agreement { how: AgreementHow::InSession, at: start - Span::hours(72) },
            replaces: None,
            attendance: Default::default(),
            reserved_slot: None,
            pending_move: None,
            created_at: start - Span::hours(72),
        }
    }

    /// On the record: the practice was put into this state, by whoever tells the story.
    pub(super) fn entry(&self, command: CommandId, now: Instant) -> Entry {
        Entry {
            practice: self.practice.id,
            command,
            at: now,
            actor: "system:story".into(),
            on_behalf_of: None,
            word: "practice_settled".into(),
            subjects: vec![self.practice.id.to_string()],
            details: serde_json::json!({ "preset": self.preset.to_string() }),
            salt: command.bytes(),
        }
    }
}

/// Ids that a person can tell apart in a failed test.
const fn id(practice: u8, kind: u8) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[14] = practice;
    bytes[15] = kind;
    bytes
}

fn practice(preset: Preset, number: u8) -> Practice {
    let zone = if preset == Preset::Insurance { "America/New_York" } else { "Europe/London" };
    let zone: Zone = zone.parse().expect("a zone");
    Practice {
        id: PracticeId::from_bytes(id(number, 1)),
        name: format!("Larch House {number}"),
        zone,
        locale: if preset == Preset::Insurance { Locale::EnUs } else { Locale::EnGb },
        currency: if preset == Preset::Insurance { Currency::USD } else { Currency::GBP },
        support_phone: "0333 222 0710".into(),
        support_email: format!("help@{preset}.test"),
        clinical_email: format!("clinical@{preset}.test"),
        risk_email: format!("risk@{preset}.test"),
        templates: None,
    }
}
