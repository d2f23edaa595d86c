//! Browsers that are told when something is new: somebody says yes in one, says no, or it is there no more. Each goes on
//! record with the moment and by whose word.

use super::settings::entry;
use super::{Ask, Failed, Flow, Tools};
use domain::id::{Ids, PushDeviceId};
use domain::person::{Channel, Person, PersonRef, Role};
use domain::refusal::Refusal;
use domain::telling::consent::Source;
use domain::telling::push::{PushDevice, Subscription};
use serde_json::json;
use store::{Done, Tx};

/// The browsers of whoever asks, the newest first.
pub fn list(tx: &mut Tx, ask: &Ask) -> Flow<Vec<PushDevice>> {
    let person = own(tx, ask)?;
    Ok(store::push::of(tx, person.id)?)
}

/// A browser that was told before says so again, whenever its page is opened: its address may be another one since, or was
/// given up.
///
/// # Errors
/// [`Failed::Nothing`] where they are told there already; `opted_out` where they have said no since, which nothing but a yes
/// of theirs takes back.
pub fn still(tx: &mut Tx, tools: &Tools, ask: &Ask, browser: &Subscription, label: &str) -> Flow<Done<PushDevice>> {
    let person = own_to_change(tx, ask)?;
    if person.preference.file.refuses(Channel::Push) {
        return Err(Refusal::conflict("opted_out", "You asked not to be told in browsers. Turn it on here.").into());
    }
    if store::push::of(tx, person.id)?.iter().any(|known| known.subscription == *browser) {
        return Err(Failed::Nothing { look_again: None });
    }
    subscribe(tx, tools, ask, browser, label)
}

/// Whoever asks is told in this browser from now on.
pub fn subscribe(tx: &mut Tx, tools: &Tools, ask: &Ask, browser: &Subscription, label: &str) -> Flow<Done<PushDevice>> {
    let person = own_to_change(tx, ask)?;
    let device = PushDevice {
        id: Ids::new(ask.command, ask.now).mint(),
        practice: person.practice,
        person: person.id,
        subscription: browser.clone(),
        label: label.to_owned(),
        created_at: ask.now,
    };
    store::push::put(tx, &device)?;
    consent(tx, ask, person.clone(), true, Source::Portal)?;
    let details = json!({ "browser": label, "source": Source::Portal });
    let entry = entry(tools, ask, person.practice, "push_started", &person.id.to_string(), details);
    Ok(Done::new(device, entry))
}

/// A browser of whoever asks is told no more: this one by its address, or one of the list by its id.
///
/// # Errors
/// [`Failed::Nothing`] where there is no such browser.
pub fn unsubscribe(tx: &mut Tx, tools: &Tools, ask: &Ask, which: &Which) -> Flow<Done<()>> {
    let person = own_to_change(tx, ask)?;
    let removed = match which {
        Which::Address(endpoint) => store::push::remove_endpoint(tx, person.id, endpoint)?,
        Which::Id(id) => {
            let is_own = store::push::of(tx, person.id)?.iter().any(|device| device.id == *id);
            is_own && store::push::remove(tx, *id)?
        }
    };
    if !removed {
        return Err(Failed::Nothing { look_again: None });
    }
    if !store::push::has(tx, person.id)? {
        consent(tx, ask, person.clone(), false, Source::Portal)?;
    }
    let details = json!({ "source": Source::Portal });
    let entry = entry(tools, ask, person.practice, "push_stopped", &person.id.to_string(), details);
    Ok(Done::new((), entry))
}

/// Which browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The one with this address at its push service.
    Address(String),
    /// One of the list.
    Id(PushDeviceId),
}

/// Push services say that these browsers are there no more. Who has no other is told by the next way from now on.
pub(crate) fn gone(tx: &mut Tx, tools: &Tools, ask: &Ask, devices: &[PushDeviceId]) -> Flow<Done<()>> {
    let mut entries = Vec::new();
    for id in devices {
        let Some(device) = store::push::load(tx, *id)? else { continue };
        let person = store::person::lock(tx, device.person)?;
        if !store::push::remove(tx, *id)? {
            continue;
        }
        if let (Some(person), false) = (person, store::push::has(tx, device.person)?) {
            consent(tx, ask, person, false, Source::Network)?;
        }
        let details = json!({ "source": Source::Network });
        entries.push(entry(tools, ask, device.practice, "push_stopped", &device.person.to_string(), details));
    }
    let mut entries = entries.into_iter();
    let first = entries.next().ok_or(Failed::Nothing { look_again: None })?;
    Ok(Done::new((), first).and(entries))
}

/// A client's yes or no is kept with their other wishes. A therapist's is the browser itself.
fn consent(tx: &mut Tx, ask: &Ask, mut person: Person, given: bool, source: Source) -> Flow<()> {
    let PersonRef::Client(client) = person.id else { return Ok(()) };
    let file = std::mem::take(&mut person.preference.file);
    person.preference.file = file.consent(Channel::Push, given, source, ask.now)?;
    store::person::update_preference(tx, client, &person.preference)?;
    Ok(())
}

/// As [`own`], whom nobody else changes until it is kept: before their browsers are touched, in every flow alike.
fn own_to_change(tx: &mut Tx, ask: &Ask) -> Flow<Person> {
    let person = own(tx, ask)?;
    Ok(store::person::lock(tx, person.id)?.ok_or_else(|| Refusal::not_found("person"))?)
}

/// Whoever asks, where they are somebody who is told in browsers.
fn own(tx: &mut Tx, ask: &Ask) -> Flow<Person> {
    let missing = || Refusal::not_found("person");
    let super::Who::Actor(actor) = &ask.who else { return Err(missing().into()) };
    if !matches!(actor.role, Role::Client | Role::Therapist) {
        return Err(missing().into());
    }
    Ok(store::person::load(tx, actor.person)?.ok_or_else(missing)?)
}
