//! Two practices. At Elm Street Ada sees Dan and Zoë, and Ben sees Eve. At Oak House Hal sees Ida.

use crate::support::{Rig, minutes, noon, write};
use domain::access::{Actor, Purpose, Scope, Via};
use domain::appointment::{Agreement, Appointment, MeetingKind, Payment, PaymentState, PolicySnapshot, State};
use domain::id::{AppointmentId, ClientId, Id, PersonId, PracticeId, RelationshipId, TherapistId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Boundary, Preset};
use domain::practice::{AgreementHow, Practice, Relationship, RelationshipState, Therapist};
use domain::schedule::{Schedule, TimeOfDay, WeeklyHours};
use domain::time::{Span, Weekday, Zone};
use holdspace_store::{DbError, Sql, Tx, Value, person, practice, relationship, therapist};
use std::collections::BTreeMap;

pub const ELM: PracticeId = Id::from_bytes([1; 16]);
pub const OAK: PracticeId = Id::from_bytes([2; 16]);
pub const ADA: TherapistId = Id::from_bytes([11; 16]);
pub const BEN: TherapistId = Id::from_bytes([12; 16]);
pub const HAL: TherapistId = Id::from_bytes([13; 16]);
pub const DAN: ClientId = Id::from_bytes([21; 16]);
pub const ZOE: ClientId = Id::from_bytes([22; 16]);
pub const EVE: ClientId = Id::from_bytes([23; 16]);
pub const IDA: ClientId = Id::from_bytes([24; 16]);
pub const OLIVE: PersonId = Id::from_bytes([31; 16]);
pub const ADA_DAN: RelationshipId = Id::from_bytes([41; 16]);
pub const ADA_ZOE: RelationshipId = Id::from_bytes([42; 16]);
pub const BEN_EVE: RelationshipId = Id::from_bytes([43; 16]);
pub const HAL_IDA: RelationshipId = Id::from_bytes([44; 16]);

/// Everybody of both practices.
pub fn settle(rig: &Rig) {
    save(rig, |tx| {
        practice::insert(tx, &a_practice(ELM, "Elm Street", Currency::GBP))?;
        practice::insert(tx, &a_practice(OAK, "Oak House", Currency::USD))?;
        for (id, practice, name) in [(ADA, ELM, "Ada Byrne"), (BEN, ELM, "Ben Okoro"), (HAL, OAK, "Hal Moss")] {
            therapist::insert(tx, &a_therapist(id, practice, name))?;
        }
        for (id, practice, name) in
            [(DAN, ELM, "Dan Reyes"), (ZOE, ELM, "Zoë O'Brien"), (EVE, ELM, "Eve Reyes-Lund"), (IDA, OAK, "Ida Reyes")]
        {
            person::insert(tx, &a_client(id, practice, name))?;
        }
        person::insert(tx, &a_person(PersonRef::Staff(OLIVE), ELM, Role::Owner, "Olive Marsh"))?;
        for (id, practice, therapist, client) in
            [(ADA_DAN, ELM, ADA, DAN), (ADA_ZOE, ELM, ADA, ZOE), (BEN_EVE, ELM, BEN, EVE), (HAL_IDA, OAK, HAL, IDA)]
        {
            relationship::insert(tx, &a_relationship(id, practice, therapist, client))?;
        }
        Ok(())
    });
}

pub fn save<T: Send + 'static>(rig: &Rig, flow: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    write(&rig.store, flow).expect("saved")
}

pub fn see<T: Send + 'static>(rig: &Rig, flow: impl FnMut(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    rig.store.read(flow).expect("read")
}

/// Breaks a row behind the store's back, looks, and puts the row back. Gives the column that is blamed.
pub fn blamed<T: Send + 'static>(
    rig: &Rig,
    harm: Sql,
    look: impl Fn(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static,
) -> &'static str {
    let refused = write(&rig.store, move |tx| {
        assert!(tx.execute(harm, &[] as &[Value<'_>])? > 0, "it harms a row: {harm}");
        look(tx).map(|_| ())
    });
    match refused {
        Err(DbError::Corrupt(corrupt)) => corrupt.column,
        other => panic!("{harm}: {other:?}"),
    }
}

pub fn a_practice(id: PracticeId, name: &str, currency: Currency) -> Practice {
    Practice {
        id,
        name: name.to_owned(),
        zone: london(),
        locale: if currency == Currency::USD { Locale::EnUs } else { Locale::EnGb },
        currency,
        support_phone: "+442079460001".to_owned(),
        support_email: "help@example.org".to_owned(),
        clinical_email: "clinical@example.org".to_owned(),
        risk_email: "risk@example.org".to_owned(),
        templates: None,
    }
}

pub fn a_person(id: PersonRef, practice: PracticeId, role: Role, name: &str) -> Person {
    let first = name.split(' ').next().unwrap_or(name);
    Person {
        id,
        practice,
        role,
        name: name.to_owned(),
        email: Some(format!("{}@Example.org", first.to_lowercase().replace('ë', "e"))),
        phone: None,
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

pub fn a_client(id: ClientId, practice: PracticeId, name: &str) -> Person {
    a_person(PersonRef::Client(id), practice, Role::Client, name)
}

pub fn a_therapist(id: TherapistId, practice: PracticeId, name: &str) -> Therapist {
    let nine = TimeOfDay::from_minutes(9 * 60).expect("nine");
    let hours = WeeklyHours::new(Weekday::Monday, nine, TimeOfDay::END_OF_DAY);
    Therapist {
        id,
        person: a_person(PersonRef::Therapist(id), practice, Role::Therapist, name),
        schedule: Schedule {
            zone: london(),
            weekly: vec![hours],
            exceptions: Vec::new(),
            kinds: BTreeMap::new(),
            away: Vec::new(),
        },
        late_cancel_fee: None,
        no_show_fee: None,
        reserved: Vec::new(),
        listing: Default::default(),
        overrides: Default::default(),
    }
}

pub fn a_relationship(
    id: RelationshipId,
    practice: PracticeId,
    therapist: TherapistId,
    client: ClientId,
) -> Relationship {
    Relationship {
        id,
        practice,
        therapist,
        client,
        state: RelationshipState::Active,
        accepted_policy: None,
        file: Default::default(),
        pathway: None,
    }
}

/// Dan's appointment with Ada, an hour from noon, number `n`.
pub fn an_appointment(n: u8) -> Appointment {
    Appointment {
        id: apt(n),
        practice: ELM,
        relationship: ADA_DAN,
        therapist: ADA,
        client: DAN,
        start: minutes(60),
        end: minutes(110),
        buffer_after: Span::minutes(10),
        zone: london(),
        kind: MeetingKind::Video,
        state: State::Booked,
        revision: 1,
        sequence: 0,
        price: gbp(6000),
        policy: PolicySnapshot {
            preset: Preset::Clinic,
            version: 1,
            cutoff: minutes(-1440),
            boundary: Boundary::Inclusive,
            late_cancel_fee: None,
            no_show_fee: None,
            cutoff_floor: None,
            terms: None,
        },
        payment: Payment { state: PaymentState::None, due_at: None },
        agreement: Agreement { how: AgreementHow::Phone, at: minutes(-2880) },
        replaces: None,
        attendance: Default::default(),
        reserved_slot: None,
        pending_move: None,
        created_at: noon(),
    }
}

/// The same for others.
pub fn an_appointment_of(n: u8, practice: PracticeId, of: (RelationshipId, TherapistId, ClientId)) -> Appointment {
    let (relationship, therapist, client) = of;
    Appointment { practice, relationship, therapist, client, ..an_appointment(n) }
}

pub fn apt(n: u8) -> AppointmentId {
    Id::from_bytes([n; 16])
}

pub fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

pub fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

/// Somebody who looks.
#[derive(Clone)]
pub enum Who {
    Ada,
    Ben,
    Hal,
    Dan,
    Eve,
    Olive,
    LinkOfDan,
    Job,
}

impl Who {
    /// Everybody who might look at Dan's things, and whether they may.
    pub const AT_DAN: [(Self, bool); 8] = [
        (Self::Ada, true),
        (Self::Ben, false),
        (Self::Hal, false),
        (Self::Dan, true),
        (Self::Eve, false),
        (Self::Olive, true),
        (Self::LinkOfDan, true),
        (Self::Job, true),
    ];

    /// Looks with the eyes of this person.
    pub fn look<T>(&self, look: impl FnOnce(&Scope<'_>) -> T) -> T {
        let actor = |person, practice, role| Actor { person, practice, role, name: "A".to_owned(), via: Via::Portal };
        let therapist = |id, practice| actor(PersonRef::Therapist(id), practice, Role::Therapist);
        let client = |id| actor(PersonRef::Client(id), ELM, Role::Client);
        match self {
            Self::Ada => look(&Scope::Actor(&therapist(ADA, ELM))),
            Self::Ben => look(&Scope::Actor(&therapist(BEN, ELM))),
            Self::Hal => look(&Scope::Actor(&therapist(HAL, OAK))),
            Self::Dan => look(&Scope::Actor(&client(DAN))),
            Self::Eve => look(&Scope::Actor(&client(EVE))),
            Self::Olive => look(&Scope::Actor(&actor(PersonRef::Staff(OLIVE), ELM, Role::Owner))),
            Self::LinkOfDan => look(&Scope::Token {
                token: Id::from_bytes([9; 16]),
                practice: ELM,
                client: DAN,
                purpose: Purpose::Book(ADA_DAN),
            }),
            Self::Job => look(&Scope::System("story")),
        }
    }
}

/// Who sees what is Dan's: exactly those who may.
pub fn only_those_who_may_see(
    rig: &Rig,
    look: impl Fn(&mut Tx<'_>, &Scope<'_>) -> Result<bool, DbError> + Copy + Send + 'static,
) {
    for (who, may) in Who::AT_DAN {
        let name = who.look(|scope| scope.signature());
        let sees = see(rig, move |tx| who.look(|scope| look(tx, scope)));
        assert_eq!(sees, may, "{name}");
    }
}
