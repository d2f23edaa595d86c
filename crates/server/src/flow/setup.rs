//! Sets up a practice: its policy, its people, its therapists' hours, and who works with whom. One entry on the record
//! for each.

use super::{Ask, Flow, Tools};
use domain::audit::Entry;
use domain::id::{Ids, PracticeId};
use domain::listing::Listing;
use domain::money::{Currency, Money};
use domain::pathway::Overrides;
use domain::person::{ContactPreference, Locale, Person, PersonRef, Role, is_email, is_phone};
use domain::policy::{Policy, Preset};
use domain::practice::{PolicyAcceptance, Practice, Relationship, RelationshipFile, RelationshipState, Therapist};
use domain::refusal::Refusal;
use domain::schedule::Schedule;
use domain::time::Zone;
use serde_json::{Map, Value, json};
use store::{Done, Tx};

/// Letters that a name may have.
const NAME_MAX: usize = 200;

/// A practice that is to be.
#[derive(Debug, Clone)]
pub struct NewPractice {
    /// Its name as clients know it.
    pub name: String,
    /// Where its policy starts from.
    pub preset: Preset,
    /// Where its working day is.
    pub zone: Zone,
    /// Which English its messages are in.
    pub locale: Locale,
    /// What it charges in.
    pub currency: Currency,
    /// Phone of the people who help when the system cannot (V-11).
    pub support_phone: String,
    /// E-mail of the same (V-11).
    pub support_email: String,
    /// Where clinical advice is asked (V-18).
    pub clinical_email: String,
    /// Where immediate risk is reported (V-19).
    pub risk_email: String,
}

/// A person who is to be.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// What they are in the practice.
    pub role: Role,
    /// Full name as they write it.
    pub name: String,
    /// Address for e-mail, if there is one.
    pub email: Option<String>,
    /// Phone number in international form, if there is one.
    pub phone: Option<String>,
    /// How they wish to be reached.
    pub preference: ContactPreference,
}

/// What a therapist has beside being a person.
#[derive(Debug, Clone)]
pub struct NewTherapist {
    /// When they work and what kinds of appointment they give.
    pub schedule: Schedule,
    /// Their fee for a late cancellation; none is no fee.
    pub late_cancel_fee: Option<Money>,
    /// Their fee when a client does not come; none is no fee.
    pub no_show_fee: Option<Money>,
}

/// Makes a practice with the first version of its policy. The policy's contacts are the practice's own (V-11, V-18).
pub fn practice(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, wish: NewPractice) -> Flow<Done<Practice>> {
    check_name("name", &wish.name)?;
    let addresses = [
        ("support_email", &wish.support_email),
        ("clinical_email", &wish.clinical_email),
        ("risk_email", &wish.risk_email),
    ];
    for (field, address) in addresses {
        check_email(field, address)?;
    }
    check_phone("support_phone", &wish.support_phone)?;
    let policy = policy_of(&wish)?;
    let practice = Practice {
        id: ids.mint(),
        name: wish.name,
        zone: wish.zone,
        locale: wish.locale,
        currency: wish.currency,
        support_phone: wish.support_phone,
        support_email: wish.support_email,
        clinical_email: wish.clinical_email,
        risk_email: wish.risk_email,
        templates: None,
    };
    store::practice::insert(tx, &practice)?;
    store::policy::insert(tx, practice.id, &policy, ask.now, &ask.who.scope().signature())?;
    super::guide::begin_with(tx, ids, practice.id, practice.locale, ask.now)?;
    let details = json!({ "name": practice.name, "preset": policy.preset, "zone": practice.zone });
    let entry = entry(tools, ask, ids, practice.id, "practice_created", vec![practice.id.to_string()], details);
    Ok(Done::new(practice, entry))
}

/// Adds somebody to a practice. Therapists need hours: use [`therapist`].
pub fn person(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: PracticeId,
    wish: NewPerson,
) -> Flow<Done<Person>> {
    let id = match wish.role {
        Role::Client => PersonRef::Client(ids.mint()),
        Role::Therapist => {
            let detail = "A therapist needs working hours too: add them as a therapist.";
            return Err(Refusal::invalid("hours_missing", "role", detail).into());
        }
        _ => PersonRef::Staff(ids.mint()),
    };
    let person = checked_person(tx, id, practice, wish)?;
    store::person::insert(tx, &person)?;
    let entry = person_entry(tools, ask, ids, &person, "person_added");
    Ok(Done::new(person, entry))
}

/// Adds a therapist with their hours and fees.
pub fn therapist(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: PracticeId,
    wish: NewPerson,
    work: NewTherapist,
) -> Flow<Done<Therapist>> {
    if work.schedule.kinds.is_empty() || work.schedule.weekly.is_empty() {
        let detail = "Give at least one weekly window and one kind of appointment.";
        return Err(Refusal::invalid("hours_missing", "hours", detail).into());
    }
    let id = ids.mint();
    let wish = NewPerson { role: Role::Therapist, ..wish };
    let person = checked_person(tx, PersonRef::Therapist(id), practice, wish)?;
    let NewTherapist { schedule, late_cancel_fee, no_show_fee } = work;
    let (overrides, listing) = (Overrides::new(), Listing::default());
    let therapist =
        Therapist { id, person, schedule, late_cancel_fee, no_show_fee, overrides, listing, reserved: Vec::new() };
    store::therapist::insert(tx, &therapist)?;
    super::digest::begin(tx, ask, &therapist)?;
    let entry = person_entry(tools, ask, ids, &therapist.person, "therapist_added");
    Ok(Done::new(therapist, entry))
}

/// Lets a therapist and a client work together; `accepted` is the policy version that the client said yes to (H-05).
pub fn relationship(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    therapist: &Therapist,
    client: &Person,
    accepted: Option<PolicyAcceptance>,
) -> Flow<Done<Relationship>> {
    let PersonRef::Client(client_id) = client.id else {
        return Err(Refusal::invalid("not_a_client", "client", "Name a client.").into());
    };
    let relationship = Relationship {
        id: ids.mint(),
        practice: therapist.person.practice,
        therapist: therapist.id,
        client: client_id,
        state: RelationshipState::Active,
        accepted_policy: accepted,
        file: RelationshipFile::default(),
        pathway: None,
    };
    store::relationship::insert(tx, &relationship)?;
    let subjects = vec![relationship.id.to_string(), therapist.id.to_string(), client_id.to_string()];
    let details = json!({ "accepted_policy": accepted });
    let entry = entry(tools, ask, ids, relationship.practice, "relationship_begun", subjects, details);
    Ok(Done::new(relationship, entry))
}

/// The preset with the practice's own contacts in place of the example's.
fn policy_of(wish: &NewPractice) -> Flow<Policy> {
    let preset = Policy::preset(wish.preset);
    let own = [
        ("support.urgent_phone", &wish.support_phone),
        ("support.urgent_email", &wish.support_email),
        ("escalation.clinical", &wish.clinical_email),
        ("escalation.risk", &wish.risk_email),
    ];
    let changes: Map<String, Value> = own.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let policy = preset.set(&changes).map_err(|problems| {
        let told: Vec<String> = problems.iter().map(|p| format!("{}: {}", p.field, p.message)).collect();
        Refusal::invalid("invalid_value", "contacts", told.join(" "))
    })?;
    Ok(Policy { version: preset.version, ..policy })
}

fn checked_person(tx: &mut Tx, id: PersonRef, practice: PracticeId, wish: NewPerson) -> Flow<Person> {
    check_name("name", &wish.name)?;
    if let Some(email) = &wish.email {
        check_email("email", email)?;
    }
    if let Some(phone) = &wish.phone {
        check_phone("phone", phone)?;
    }
    let practice = store::practice::load(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    Ok(Person {
        id,
        practice: practice.id,
        role: wish.role,
        name: wish.name,
        email: wish.email,
        phone: wish.phone,
        zone: practice.zone,
        locale: practice.locale,
        preference: wish.preference,
        active: true,
    })
}

fn check_name(field: &'static str, name: &str) -> Result<(), Refusal> {
    let letters = name.trim().chars().count();
    if letters == 0 || letters > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Refusal::invalid("name_malformed", field, format!("Write a name of 1 to {NAME_MAX} letters.")));
    }
    Ok(())
}

fn check_email(field: &'static str, address: &str) -> Result<(), Refusal> {
    if is_email(address) {
        return Ok(());
    }
    Err(Refusal::invalid("email_malformed", field, "Write an address such as name@practice.example."))
}

/// Numbers may be written with spaces and hyphens.
fn check_phone(field: &'static str, number: &str) -> Result<(), Refusal> {
    if is_phone(&number.replace([' ', '-'], "")) {
        return Ok(());
    }
    Err(Refusal::invalid("phone_malformed", field, "Write the number in international form, such as +442079460000."))
}

fn person_entry(tools: &Tools, ask: &Ask, ids: &Ids, person: &Person, word: &str) -> Entry {
    entry(tools, ask, ids, person.practice, word, vec![person.id.to_string()], json!({ "role": person.role }))
}

fn entry(
    tools: &Tools,
    ask: &Ask,
    ids: &Ids,
    practice: PracticeId,
    word: &str,
    subjects: Vec<String>,
    details: Value,
) -> Entry {
    Entry {
        practice,
        command: ids.command(),
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: word.to_owned(),
        subjects,
        details,
        salt: tools.link_key.salt(ids.command()),
    }
}
