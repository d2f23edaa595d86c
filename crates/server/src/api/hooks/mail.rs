//! Where other servers call us. The address itself proves that an operator gave it out.

use crate::actor::Public;
use crate::api::json;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::reply::{self, Said};
use crate::flow::{Ask, Flow, Who, once, ticket};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, Surface, post};
use axum::http::StatusCode;
use domain::audit::Hash;
use domain::id::{Ids, MessageId, PracticeId};
use domain::person::{Channel, Role};
use outside::mail::received::{self, Bounce, Received};
use outside::sms::{Fate, Receipt as Report};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::command::Key;
use store::{Done, Tx};

/// Bytes of a letter: what most mail servers take, attachments included.
const LETTER_MAX: usize = 16 * 1024 * 1024;
/// How many of the letters that a letter says it answers are looked up.
const ANSWERS_MAX: usize = 20;

pub(super) fn routes() -> Vec<Route> {
    vec![
        post::<Public>("/hooks/mail/{secret}", mail)
            .says("A mail server hands over a letter: to a support address it is a request for help")
            .about("ticket")
            .audits("ticket_raised")
            .rate(RateClass::Free)
            .at_most(LETTER_MAX)
            .surface(Surface::Api),
    ]
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    /// The address that it was sent to; where nobody says, those that stand in the letter.
    to: Option<String>,
}

/// Where a letter belongs that proves nothing of itself.
enum Where {
    /// To a practice's support address.
    Support(PracticeId),
    /// To the address that our messages come from, or it says that it answers one of them.
    Us,
    /// To nobody here.
    Elsewhere,
}

/// A letter handed over twice is one request; what a machine wrote is taken and left.
async fn mail(app: App, call: Call<Public>) -> Answer {
    if !app.tools.link_key.is_hook("mail", call.param("secret")) {
        return Err(Problem::not_found());
    }
    let envelope: Envelope = call.query()?;
    let letter = received::read(call.body()).ok_or_else(|| {
        let detail = "Send one letter as it came (RFC 5322), with the address of whoever wrote it.";
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_a_letter", detail)
    })?;
    let ask = Ask { who: Who::System("mail"), now: call.now, command: call.command };
    if let Some(bounce) = &letter.bounce {
        came_back(&app, &ask, bounce).await?;
    }
    if letter.is_automatic {
        return json(StatusCode::OK, &serde_json::json!({ "ticket": null }));
    }
    let said = said(&letter, call.body());
    if taken_in(&app, &ask, &said, reply::take_in).await? {
        return taken();
    }
    let known = once_for(&letter, call.body());
    match belongs(&app, &envelope, &letter, &said).await? {
        Where::Support(practice) => {
            let ticket = request(&app, &ask, practice, letter, known).await?;
            json(StatusCode::OK, &serde_json::json!({ "ticket": ticket }))
        }
        Where::Us => for_a_person(&app, &ask, letter, &said, known).await,
        Where::Elsewhere => {
            let detail = "Nobody here has that address. Hand over only what is sent to a practice's support address, or \
                          to the address that messages come from.";
            Err(Problem::field("to", "address_unknown", detail))
        }
    }
}

/// The answer to every letter that is no request, whoever wrote it and whatever becomes of it.
fn taken() -> Answer {
    json(StatusCode::OK, &serde_json::json!({ "ticket": null }))
}

/// A client's letter that answers nothing of ours is read by a person; so is one of somebody who works here. Of anybody
/// else's nothing is kept. The answer does not tell them apart.
async fn for_a_person(app: &App, ask: &Ask, letter: Received, said: &Said, known: once::Once) -> Answer {
    if taken_in(app, ask, said, reply::for_a_person).await? {
        return taken();
    }
    let from = letter.from.clone();
    let team = app.store.read_async(move |tx: &mut Tx<'_>| store::person::by_email(tx, &from)).await?;
    match team.into_iter().find(|person| person.role != Role::Client) {
        Some(person) => drop(request(app, ask, person.practice, letter, known).await?),
        None => tracing::info!("a letter came from an address that nobody here has"),
    }
    taken()
}

/// Our own message of a letter's name, `msg_…@host`.
fn ours(name: &str) -> Option<MessageId> {
    name.split_once('@')?.0.parse().ok()
}

/// A letter of ours did not arrive: what waits behind it goes, or a person tells them (U3).
async fn came_back(app: &App, ask: &Ask, bounce: &Bounce) -> Flow<()> {
    let Some(message) = ours(&bounce.message_id) else { return Ok(()) };
    let said = Report { fate: Fate::Failed, words: bounce.words.clone() };
    super::keep(app, ask, message, said).await
}

/// What it says, and which letters of ours it says that it answers.
fn said(letter: &Received, bytes: &[u8]) -> Said {
    Said {
        channel: Channel::Email,
        address: letter.from.clone(),
        body: letter.words.clone(),
        reference: format!("mail:{}", once_for(letter, bytes).key.key),
        answers: letter.answers.iter().filter_map(|name| ours(name)).take(ANSWERS_MAX).collect(),
    }
}

/// Takes it in by one of the two ways; whether that way took it.
async fn taken_in(app: &App, ask: &Ask, said: &Said, way: fn(&mut Tx, &Ask, &Said) -> Flow<bool>) -> Flow<bool> {
    let (ask, said) = (ask.clone(), said.clone());
    let kept = app.store.write_unaudited_async(move |tx: &mut Tx<'_>| way(tx, &ask, &said)).await?;
    if kept {
        app.nudge.ring();
    }
    Ok(kept)
}

/// The same letter is known by its name, and by its bytes where it has none.
fn once_for(letter: &Received, bytes: &[u8]) -> once::Once {
    let digest = Sha256::digest(if letter.message_id.is_empty() { bytes } else { letter.message_id.as_bytes() });
    let digest: [u8; 32] = digest.into();
    let key = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    once::Once {
        key: Key { principal: "system:mail".into(), route: "mail".into(), key },
        request: Hash::from_bytes(digest),
    }
}

/// What the mail server says counts before what stands in the letter, and a support address before ours.
async fn belongs(app: &App, envelope: &Envelope, letter: &Received, said: &Said) -> Flow<Where> {
    let to: Vec<String> = envelope.to.as_ref().map_or_else(|| letter.to.clone(), |to| vec![to.clone()]);
    let own = app.tools.from.as_str();
    let is_ours = !said.answers.is_empty() || to.iter().any(|address| address.trim().eq_ignore_ascii_case(own));
    let support = app.store.read_async(move |tx: &mut Tx<'_>| {
        for address in &to {
            if let Some(practice) = ticket::practice_of_address(tx, address)? {
                return Flow::Ok(Some(practice));
            }
        }
        Ok(None)
    });
    Ok(match support.await? {
        Some(practice) => Where::Support(practice),
        None if is_ours => Where::Us,
        None => Where::Elsewhere,
    })
}

/// A request for help, once for each letter; its id.
async fn request(app: &App, ask: &Ask, practice: PracticeId, letter: Received, known: once::Once) -> Flow<String> {
    let (tools, inner) = (app.tools.clone(), ask.clone());
    let kept: once::Answered<String> = once::write(app, ask, Some(known), move |tx| {
        let mut ids = Ids::new(inner.command, inner.now);
        let raised = ticket::by_mail(tx, &tools, &inner, &mut ids, practice, &letter.from, &letter.words)?;
        Ok(Done { answer: raised.answer.ticket.id.to_string(), audit: raised.audit, more: raised.more })
    })
    .await?;
    Ok(kept.answer)
}
