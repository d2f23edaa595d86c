//! Who they are: always the same two people, and the office behind them.

use domain::decide::Asker;
use domain::id::{ClientId, Id, PersonId, PracticeId, RelationshipId, TherapistId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::Preset;
use domain::practice::{Practice, Relationship, RelationshipState, Therapist};
use domain::schedule::{KindSetup, MeetingKind, Schedule, WeeklyHours};
use domain::time::{Weekday, Zone};

pub const PRACTICE: PracticeId = Id::from_bytes([1; 16]);
pub const THERAPIST: TherapistId = Id::from_bytes([2; 16]);
pub const CLIENT: ClientId = Id::from_bytes([3; 16]);
pub const RELATIONSHIP: RelationshipId = Id::from_bytes([4; 16]);
const ADMIN: PersonId = Id::from_bytes([5; 16]);
const SUPPORT: PersonId = Id::from_bytes([6; 16]);
const OWNER: PersonId = Id::from_bytes([7; 16]);
const LEAD: PersonId = Id::from_bytes([9; 16]);
const STRANGER: ClientId = Id::from_bytes([8; 16]);

fn asker(person: PersonRef, role: Role) -> Asker {
    Asker { signature: person.to_string(), person: Some(person), role: Some(role) }
}

pub fn the_therapist() -> Asker {
    asker(PersonRef::Therapist(THERAPIST), Role::Therapist)
}
pub fn the_client() -> Asker {
    asker(PersonRef::Client(CLIENT), Role::Client)
}
pub fn an_admin() -> Asker {
    asker(PersonRef::Staff(ADMIN), Role::Admin)
}
pub fn support() -> Asker {
    asker(PersonRef::Staff(SUPPORT), Role::Support)
}
pub fn clinical_lead() -> Asker {
    asker(PersonRef::Staff(LEAD), Role::ClinicalLead)
}
pub fn another_client() -> Asker {
    asker(PersonRef::Client(STRANGER), Role::Client)
}
pub fn the_clock() -> Asker {
    Asker { signature: "system:clock".into(), person: None, role: None }
}

pub fn to_client() -> PersonRef {
    PersonRef::Client(CLIENT)
}
pub fn to_therapist() -> PersonRef {
    PersonRef::Therapist(THERAPIST)
}
pub fn to_admin() -> PersonRef {
    PersonRef::Staff(ADMIN)
}
pub fn to_owner() -> PersonRef {
    PersonRef::Staff(OWNER)
}

pub fn zone_of(preset: Preset) -> Zone {
    let name = if preset == Preset::Insurance { "America/New_York" } else { "Europe/London" };
    name.parse().expect("a zone")
}

/// What one appointment costs.
pub fn price(preset: Preset) -> Money {
    Money::new(6500, if preset == Preset::Insurance { Currency::USD } else { Currency::GBP })
}

fn person(id: PersonRef, role: Role, name: &str, zone: &Zone) -> Person {
    let address = name.to_lowercase().replace(' ', ".");
    Person {
        id,
        practice: PRACTICE,
        role,
        name: name.into(),
        email: Some(format!("{address}@example.org")),
        phone: Some("+447700900412".into()),
        zone: zone.clone(),
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

pub fn practice(preset: Preset) -> Practice {
    Practice {
        id: PRACTICE,
        name: "Larch House".into(),
        zone: zone_of(preset),
        locale: Locale::EnGb,
        currency: price(preset).currency,
        support_phone: "0333 222 0710".into(),
        support_email: "help@example.org".into(),
        clinical_email: "clinical@example.org".into(),
        risk_email: "risk@example.org".into(),
        templates: None,
    }
}

/// Monday to Friday, eight to eight; fifty minutes by video, ten more kept free after meeting in one room.
pub fn therapist(preset: Preset) -> Therapist {
    use Weekday::{Friday, Monday, Thursday, Tuesday, Wednesday};
    let time = |text: &str| text.parse().expect("a time of day");
    let weekly = [Monday, Tuesday, Wednesday, Thursday, Friday];
    let video = KindSetup::usual(price(preset));
    let in_person = KindSetup { buffer_after_minutes: 10, ..video };
    Therapist {
        id: THERAPIST,
        person: person(PersonRef::Therapist(THERAPIST), Role::Therapist, "Ruth Okafor", &zone_of(preset)),
        schedule: Schedule {
            zone: zone_of(preset),
            weekly: weekly.map(|day| WeeklyHours::new(day, time("08:00"), time("20:00"))).to_vec(),
            exceptions: Vec::new(),
            kinds: [(MeetingKind::Video, video), (MeetingKind::InPerson, in_person)].into(),
            away: Vec::new(),
        },
        late_cancel_fee: Some(Money::new(4000, price(preset).currency)),
        no_show_fee: None,
        reserved: Vec::new(),
        listing: Default::default(),
        overrides: Default::default(),
    }
}

pub fn client(preset: Preset) -> Person {
    person(PersonRef::Client(CLIENT), Role::Client, "Daniel Reyes", &zone_of(preset))
}

pub fn admins(preset: Preset) -> Vec<Person> {
    vec![person(PersonRef::Staff(ADMIN), Role::Admin, "Asha Patel", &zone_of(preset))]
}

pub fn owners(preset: Preset) -> Vec<Person> {
    vec![person(PersonRef::Staff(OWNER), Role::Owner, "Owen Hart", &zone_of(preset))]
}

pub fn relationship() -> Relationship {
    Relationship {
        id: RELATIONSHIP,
        practice: PRACTICE,
        therapist: THERAPIST,
        client: CLIENT,
        state: RelationshipState::Active,
        accepted_policy: None,
        file: Default::default(),
        pathway: None,
    }
}
