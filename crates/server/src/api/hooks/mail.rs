//! Where other servers call us. The address itself proves that an operator gave it out.

use crate::actor::Public;
use crate::api::json;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::reply::{self, Said};
use crate::flow::{Ask, Failed, Flow, Tools, Who, once, ticket};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, Surface, post};
use axum::http::StatusCode;
use domain::audit::Hash;
use domain::id::{Ids, MessageId, PracticeId};
use domain::person::Channel;
use domain::refusal::Refusal;
use outside::mail::received::{self, Bounce, Received};
use outside::sms::{Fate, Receipt as Report};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use store::command::Key;
use store::{Done, Tx};

/// Bytes of a letter: what most mail servers take, attachments included.
const LETTER_MAX: usize = 16 * 1024 * 1024;

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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    /// The address that it was sent to; where nobody says, those that stand in the letter.
    to: Option<String>,
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
    if answers_us(&app, &ask, &letter, call.body()).await? {
        app.nudge.ring();
        return json(StatusCode::OK, &serde_json::json!({ "ticket": null }));
    }
    let known = once_for(&letter, call.body());
    let (tools, inner) = (app.tools.clone(), ask.clone());
    let kept: once::Answered<String> = once::write(&app, &ask, Some(known), move |tx| {
        let practice = practice(tx, &envelope, &letter)?;
        raise(tx, &tools, &inner, practice, &letter)
    })
    .await?;
    json(StatusCode::OK, &serde_json::json!({ "ticket": kept.answer }))
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

/// A client answers a letter of ours: it lands on the appointment that the letter was about.
async fn answers_us(app: &App, ask: &Ask, letter: &Received, bytes: &[u8]) -> Flow<bool> {
    let Some(answers) = letter.answers.iter().find_map(|name| ours(name)) else { return Ok(false) };
    let said = Said {
        channel: Channel::Email,
        address: letter.from.clone(),
        body: letter.words.clone(),
        reference: format!("mail:{}", once_for(letter, bytes).key.key),
        answers: Some(answers),
    };
    let ask = ask.clone();
    app.store.write_unaudited_async(move |tx: &mut Tx<'_>| reply::take_in(tx, &ask, &said)).await
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

/// Whose support address it was sent to.
fn practice(tx: &mut Tx<'_>, envelope: &Envelope, letter: &Received) -> Flow<PracticeId> {
    for address in envelope.to.iter().chain(letter.to.iter().filter(|_| envelope.to.is_none())) {
        if let Some(practice) = ticket::practice_of_address(tx, address)? {
            return Ok(practice);
        }
    }
    let detail = "Nobody here has that address. Hand over only what is sent to a practice's support address.";
    Err(Failed::from(Refusal::invalid("address_unknown", "to", detail)))
}

fn raise(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, practice: PracticeId, letter: &Received) -> Flow<Done<String>> {
    let mut ids = Ids::new(ask.command, ask.now);
    let raised = ticket::by_mail(tx, tools, ask, &mut ids, practice, &letter.from, &letter.words)?;
    Ok(Done { answer: raised.answer.ticket.id.to_string(), audit: raised.audit, more: raised.more })
}
