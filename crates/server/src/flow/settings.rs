//! What people and practices decide for themselves: how to be reached, fees, the policy.

use super::{Ask, Failed, Flow, Tools};
use domain::audit::Entry;
use domain::id::{ClientId, PracticeId, TherapistId};
use domain::money::Money;
use domain::pathway;
use domain::person::{Channel, Person, PersonRef};
use domain::policy::Policy;
use domain::practice::Therapist;
use domain::refusal::Refusal;
use domain::telling::consent::{Source, Wish};
use serde_json::{Map, Value, json};
use store::{Done, Tx};

/// How a client wishes to be reached (V-05, V-06, V-10): order, consent, quiet hours, language.
pub fn contact_preference(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId, wish: &Wish) -> Flow<Done<Person>> {
    let before = client_to_change(tx, ask, client)?;
    let after = wish.clone().granted(&before, source(ask), ask.now)?;
    store::person::update_contact(tx, client, &after)?;
    let mut details = json!({ "before": before.preference, "after": after.preference });
    if (before.locale, &before.zone) != (after.locale, &after.zone) {
        details["language"] = json!(after.locale.tag());
        details["time_zone"] = json!(after.zone.name());
    }
    let entry = entry(tools, ask, before.practice, "contact_preference_changed", &client.to_string(), details);
    Ok(Done::new(after, entry))
}

/// Whose word it is: the client's own where they are signed in or hold their link, else somebody's who wrote it down.
pub(super) fn source(ask: &Ask) -> Source {
    if ask.who.scope().limits().client.is_some() { Source::Portal } else { Source::Staff }
}

/// The client wrote STOP: no texts from now on, whatever they prefer. What waits to go as a text goes another way
/// (`work::deliver`). [`Failed::Nothing`] where they wrote it before; where somebody else had said no, it is their own
/// word from now on.
pub fn stop_texts(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId) -> Flow<Done<Person>> {
    texts(tx, tools, ask, client, false)
}

/// The client wrote START: texts come again where they prefer them. [`Failed::Nothing`] where no STOP of theirs stands:
/// what somebody said no to in another way is not START's to change.
pub fn start_texts(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId) -> Flow<Done<Person>> {
    texts(tx, tools, ask, client, true)
}

fn texts(tx: &mut Tx, tools: &Tools, ask: &Ask, client: ClientId, welcome: bool) -> Flow<Done<Person>> {
    let mut person = client_to_change(tx, ask, client)?;
    if person.preference.file.stopped_by_text().is_some() != welcome {
        return Err(Failed::Nothing { look_again: None });
    }
    let file = std::mem::take(&mut person.preference.file);
    person.preference.file = file.consent(Channel::Sms, welcome, Source::Text, ask.now)?;
    store::person::update_preference(tx, client, &person.preference)?;
    let word = if welcome { "texts_started" } else { "texts_stopped" };
    let entry = entry(tools, ask, person.practice, word, &client.to_string(), json!({ "source": Source::Text }));
    Ok(Done::new(person, entry))
}

/// As [`client_in_scope`], for whoever changes what is on file about them: nobody else does until it is kept.
pub(super) fn client_to_change(tx: &mut Tx, ask: &Ask, client: ClientId) -> Flow<Person> {
    store::person::lock(tx, PersonRef::Client(client))?;
    client_in_scope(tx, ask, client)
}

/// The client, if whoever asks may know of them.
pub fn client_in_scope(tx: &mut Tx, ask: &Ask, client: ClientId) -> Flow<Person> {
    let scope = ask.who.scope();
    let limits = scope.limits();
    let found = store::person::load(tx, PersonRef::Client(client))?.ok_or_else(|| Refusal::not_found("client"))?;
    let same_practice = limits.practice.is_none_or(|practice| practice == found.practice);
    let own = limits.client.is_none_or(|own| own == client);
    let works_together = limits.therapist.is_none() || store::relationship::latest_of(tx, &scope, client)?.is_some();
    if same_practice && own && works_together { Ok(found) } else { Err(Refusal::not_found("client").into()) }
}

/// The fees that a therapist sets (G-04): their own, or by whoever runs the practice.
pub fn fees(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    id: TherapistId,
    late_cancel: Option<Money>,
    no_show: Option<Money>,
) -> Flow<Done<Therapist>> {
    let before = therapist_in_scope(tx, ask, id)?;
    let practice_id = before.person.practice;
    let practice = store::practice::load(tx, practice_id)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let policy = store::policy::latest(tx, practice_id)?.ok_or_else(|| Refusal::not_found("policy"))?;
    let was = json!({ "late_cancel": before.late_cancel_fee, "no_show": before.no_show_fee });
    let after = before.with_fees(late_cancel, no_show, &policy.parameters, practice.currency)?;
    store::therapist::update_fees(tx, id, late_cancel, no_show)?;
    let details = json!({ "before": was, "after": { "late_cancel": late_cancel, "no_show": no_show } });
    let entry = entry(tools, ask, practice_id, "fees_changed", &id.to_string(), details);
    Ok(Done::new(after, entry))
}

/// The therapist, if whoever asks is that therapist or of the practice's staff.
pub fn therapist_in_scope(tx: &mut Tx, ask: &Ask, id: TherapistId) -> Flow<Therapist> {
    let limits = ask.who.scope().limits();
    let found = store::therapist::load(tx, id)?.ok_or_else(|| Refusal::not_found("therapist"))?;
    let same_practice = limits.practice.is_none_or(|practice| practice == found.person.practice);
    let own = limits.therapist.is_none_or(|own| own == id) && limits.client.is_none();
    if same_practice && own { Ok(found) } else { Err(Refusal::not_found("therapist").into()) }
}

/// Makes the next version of the practice's policy (`rulings` 12); bookings keep the version that they were made under.
pub fn policy(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    practice: PracticeId,
    changes: &Map<String, Value>,
) -> Flow<Done<Policy>> {
    let before = policy_in_scope(tx, ask, practice)?;
    let after = before.set(changes).map_err(|problems| pathway::refusal("set", &problems))?;
    store::policy::insert(tx, practice, &after, ask.now, &ask.who.scope().signature())?;
    let details = json!({ "before": before.version, "after": after.version, "set": changes });
    let entry = entry(tools, ask, practice, "policy_changed", &practice.to_string(), details);
    Ok(Done::new(after, entry))
}

/// Today's policy of the practice of whoever asks.
pub fn policy_in_scope(tx: &mut Tx, ask: &Ask, practice: PracticeId) -> Flow<Policy> {
    if ask.who.scope().limits().practice.is_some_and(|own| own != practice) {
        return Err(Refusal::not_found("practice").into());
    }
    Ok(store::policy::latest(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?)
}

pub(super) fn entry(
    tools: &Tools,
    ask: &Ask,
    practice: PracticeId,
    word: &str,
    subject: &str,
    details: Value,
) -> Entry {
    Entry {
        practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: word.to_owned(),
        subjects: vec![subject.to_owned()],
        details,
        salt: tools.link_key.salt(ask.command),
    }
}
