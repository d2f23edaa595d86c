//! Who is who in the demo, read from the store so that it is true after a restart too.

use super::cast::HOUSES;
use super::plant::api_token;
use crate::app::App;
use crate::error::Problem;
use domain::person::{Person, Role};
use domain::policy::Preset;
use domain::practice::Practice;
use serde::Serialize;
use store::{DbError, Tx};

/// The order in which people are shown.
const ROLES: [Role; 7] =
    [Role::Owner, Role::Admin, Role::Support, Role::ClinicalLead, Role::RiskDuty, Role::Therapist, Role::Client];

/// A practice and its people.
pub struct House {
    /// The practice.
    pub practice: Practice,
    /// Where its policy started from.
    pub preset: Preset,
    /// Its people by role and name.
    pub people: Vec<Person>,
}

/// Every practice, in the order of the presets.
///
/// # Errors
/// Faults of the store.
pub async fn houses(app: &App) -> Result<Vec<House>, Problem> {
    let found = app.store.read_async(|tx: &mut Tx<'_>| -> Result<Vec<House>, DbError> {
        let ids = store::practice::ids(tx)?;
        ids.into_iter().filter_map(|id| house(tx, id).transpose()).collect()
    });
    let mut houses = found.await?;
    houses.sort_by_key(|house| HOUSES.iter().position(|known| known.preset == house.preset));
    Ok(houses)
}

fn house(tx: &mut Tx<'_>, id: domain::id::PracticeId) -> Result<Option<House>, DbError> {
    let (practice, policy) = (store::practice::load(tx, id)?, store::policy::latest(tx, id)?);
    let Some((practice, policy)) = practice.zip(policy) else { return Ok(None) };
    let mut people = store::person::of_roles(tx, id, &Role::ALL)?;
    people.sort_by_key(|person| ROLES.iter().position(|role| *role == person.role));
    Ok(Some(House { practice, preset: policy.preset, people }))
}

/// Where somebody signs in with one click; it can be used again and again.
pub fn sign_in_url(app: &App, person: &Person) -> String {
    app.config.base_url.join(&format!("/demo/sign-in/{}", person.id))
}

/// The wire shape of a practice.
#[derive(Serialize)]
pub struct HouseWire {
    id: String,
    name: String,
    preset: Preset,
    time_zone: String,
    people: Vec<PersonWire>,
}

/// The wire shape of a person.
#[derive(Serialize)]
struct PersonWire {
    id: String,
    role: Role,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    sign_in_url: String,
    api_token: String,
    #[serde(flatten)]
    client: Option<ClientWire>,
}

/// What clients have beside that.
#[derive(Serialize)]
struct ClientWire {
    prefers: &'static str,
    voicemail: bool,
}

impl HouseWire {
    /// The practice as the wire has it.
    pub fn of(app: &App, house: House) -> Self {
        Self {
            id: house.practice.id.to_string(),
            name: house.practice.name,
            preset: house.preset,
            time_zone: house.practice.zone.name().to_owned(),
            people: house.people.into_iter().map(|person| person_wire(app, person)).collect(),
        }
    }
}

fn person_wire(app: &App, person: Person) -> PersonWire {
    let preference = &person.preference;
    let client = ClientWire { prefers: preference.preferred().word(), voicemail: preference.voicemail };
    PersonWire {
        id: person.id.to_string(),
        role: person.role,
        sign_in_url: sign_in_url(app, &person),
        api_token: api_token(app, person.id).text(),
        client: Some(client).filter(|_| person.role == Role::Client),
        name: person.name,
        email: person.email,
        phone: person.phone,
    }
}
