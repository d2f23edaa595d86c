//! How a client is reached: what they wish, new addresses until they are shown to be theirs, and whom to turn to in danger.

use super::{json, once, read};
use crate::actor::{AnyRole, Insider};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::flow::address::Code;
use crate::routes::{Answer, Route, delete, get, post, put};
use axum::http::StatusCode;
use domain::id::ClientId;
use domain::person::{Channel, Locale, Person, Role};
use domain::schedule::TimeOfDay;
use domain::telling::address::{AddressChange, What};
use domain::telling::consent::{OwnQuiet, Wish};
use domain::time::Zone;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json as object};
use std::collections::BTreeMap;
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<AnyRole>("/api/v1/clients/{id}/contact-preference", preference)
            .about("client")
            .says("How a client wishes to be reached"),
        put::<AnyRole>("/api/v1/clients/{id}/contact-preference", set_preference)
            .about("client")
            .audits("contact_preference_changed")
            .says("Say how a client wishes to be reached"),
        post::<AnyRole>("/api/v1/clients/{id}/address-changes", change)
            .about("client")
            .audits("address_change_asked")
            .says("Give a new address or number; it is used once it was shown to be theirs"),
        post::<AnyRole>("/api/v1/clients/{id}/address-changes/confirm", confirm)
            .about("client")
            .audits("address_changed")
            .says("Show it by the code that went there, or by a word that somebody of the practice had"),
        get::<Insider>("/api/v1/clients/{id}/emergency-contact", emergency)
            .about("emergency contact")
            .audits("emergency_contact_read")
            .says("Read whom to turn to, after a decision about the risk"),
        put::<AnyRole>("/api/v1/clients/{id}/emergency-contact", set_emergency)
            .about("emergency contact")
            .audits("emergency_contact_kept")
            .says("Say whom to turn to when the client may be in danger"),
        delete::<AnyRole>("/api/v1/clients/{id}/emergency-contact", drop_emergency)
            .about("emergency contact")
            .audits("emergency_contact_removed")
            .says("Nobody is to be turned to any more"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PreferenceBody {
    channels: Vec<String>,
    #[serde(default)]
    voicemail: bool,
    #[serde(default)]
    consents: BTreeMap<Channel, bool>,
    safe_content: Option<bool>,
    #[serde(default, deserialize_with = "named")]
    quiet_hours: Option<Option<QuietBody>>,
    language: Option<Locale>,
    time_zone: Option<Zone>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuietBody {
    from: TimeOfDay,
    to: TimeOfDay,
    #[serde(default = "usually")]
    urgent: bool,
}

/// Named and null is another thing than not named.
fn named<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<QuietBody>>, D::Error> {
    Option::<QuietBody>::deserialize(from).map(Some)
}

const fn usually() -> bool {
    true
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmBody {
    code: Option<String>,
    what: Option<What>,
    word: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EmergencyBody {
    name: String,
    phone: String,
    #[serde(default)]
    relation: String,
}

impl PreferenceBody {
    fn wish(self) -> Result<Wish, Problem> {
        let parsed: Result<Vec<Channel>, ()> = self.channels.iter().map(|word| word.parse()).collect();
        let channels = parsed.map_err(|()| {
            let message = "Name each of email, sms, phone, in_app or push at most once, in the order of preference.";
            Problem::field("channels", "channel_unknown", message)
        })?;
        let quiet = |body: QuietBody| OwnQuiet { from: body.from, to: body.to, urgent: body.urgent };
        Ok(Wish {
            channels,
            voicemail: self.voicemail,
            consents: self.consents,
            safe_content: self.safe_content,
            quiet: self.quiet_hours.map(|own| own.map(quiet)),
            locale: self.language,
            zone: self.time_zone,
        })
    }
}

fn wire(person: &Person, waits: &[AddressChange]) -> Value {
    let (preference, file) = (&person.preference, &person.preference.file);
    let channels: Vec<&str> = preference.channels.iter().map(|channel| channel.word()).collect();
    let consents: Vec<Value> = file
        .consents
        .iter()
        .map(|(channel, c)| object!({ "channel": channel.word(), "given": c.given, "at": c.at, "source": c.source }))
        .collect();
    let waiting = |what| waits.iter().find(|change| change.what == what).map(|change| change.to.as_str());
    object!({ "channels": channels, "voicemail": preference.voicemail, "asked_at": preference.asked_at,
        "consents": consents, "safe_content": file.safe_content, "quiet_hours": file.quiet,
        "language": person.locale.tag(), "time_zone": person.zone.name(), "wrong_number": file.wrong_number,
        "unconfirmed": { "email": waiting(What::Email), "phone": waiting(What::Phone) } })
}

async fn preference(app: App, call: Call<AnyRole>) -> Answer {
    let (ask, id): (_, ClientId) = (super::ask(&call), call.id("id")?);
    let found = read(&app, move |tx| {
        let person = flow::settings::client_in_scope(tx, &ask, id)?;
        Ok(wire(&person, &store::address::open_of(tx, id)?))
    });
    json(StatusCode::OK, &found.await?)
}

async fn set_preference(app: App, call: Call<AnyRole>) -> Answer {
    let (id, body): (ClientId, PreferenceBody) = (call.id("id")?, call.json()?);
    let wish = body.wish()?;
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::settings::contact_preference(tx, &inner.tools, &asked, id, &wish)?;
        let waits = store::address::open_of(tx, id)?;
        Ok(Done::new(wire(&done.answer, &waits), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}

async fn change(app: App, call: Call<AnyRole>) -> Answer {
    let (id, body): (ClientId, ChangeBody) = (call.id("id")?, call.json()?);
    let (what, typed) = match (body.email, body.phone) {
        (Some(email), None) => (What::Email, email),
        (None, Some(phone)) => (What::Phone, phone),
        _ => return Err(Problem::field("email", "one_only", "Send an email or a phone, one of them.")),
    };
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = flow::address::change(tx, &inner.tools, &asked, id, what, &typed)?;
        let person = flow::settings::client_in_scope(tx, &asked, id)?;
        let by = flow::address::shown_by(&inner.tools, &person, what).map(Channel::word);
        let made = &done.answer;
        let answer = object!({ "id": made.id, "what": made.what, "to": made.to, "asked_at": made.asked_at,
            "shown_by": by });
        Ok(Done::new(answer, done.audit))
    });
    json(StatusCode::CREATED, &done.await?.answer)
}

async fn confirm(app: App, call: Call<AnyRole>) -> Answer {
    let (id, body): (ClientId, ConfirmBody) = (call.id("id")?, call.json()?);
    let is_client = call.actor.role == Role::Client;
    let (ask, inner) = (super::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let code = body.code.as_deref().unwrap_or_default();
        let (answer, audit) = if is_client {
            let done = flow::address::by_code(tx, &inner.tools, &asked, id, code)?;
            (done.answer, done.audit)
        } else {
            let (what, word) = (body.what.unwrap_or(What::Phone), body.word.as_deref().unwrap_or_default());
            (Code::Right, flow::address::by_word(tx, &inner.tools, &asked, id, what, word)?.audit)
        };
        let person = flow::settings::client_in_scope(tx, &asked, id)?;
        let waits = store::address::open_of(tx, id)?;
        Ok(Done::new((answer, wire(&person, &waits)), audit))
    });
    match done.await?.answer {
        (Code::Right, body) => json(StatusCode::OK, &body),
        (Code::Wrong, _) => Err(wrong_code()),
    }
}

/// The refusal of a code that is another.
pub(crate) fn wrong_code() -> Problem {
    Problem::field(
        "code",
        "code_wrong",
        "That is not the code that we sent. Look at the newest text, and type it again.",
    )
}

async fn emergency(app: App, call: Call<Insider>) -> Answer {
    let (ask, id): (_, ClientId) = (super::ask(&call), call.id("id")?);
    let (inner, asked) = (app.clone(), ask.clone());
    let done = flow::once::write(&app, &ask, None, move |tx| {
        let done = flow::address::read_emergency(tx, &inner.tools, &asked, id)?;
        let c = &done.answer;
        let answer = object!({ "name": c.name, "phone": c.phone, "relation": c.relation, "set_by": c.set_by,
            "set_at": c.set_at });
        Ok(Done::new(answer, done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}

async fn set_emergency(app: App, call: Call<AnyRole>) -> Answer {
    let body: EmergencyBody = call.json()?;
    keep(app, call, Some((body.name, body.phone, body.relation))).await
}

async fn drop_emergency(app: App, call: Call<AnyRole>) -> Answer {
    keep(app, call, None).await
}

async fn keep(app: App, call: Call<AnyRole>, said: Option<(String, String, String)>) -> Answer {
    let id: ClientId = call.id("id")?;
    let (ask, inner, kept) = (super::ask(&call), app.clone(), said.is_some());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        flow::address::put_emergency(tx, &inner.tools, &asked, id, said.clone())
    });
    match done.await {
        Ok(_) | Err(flow::Failed::Nothing { .. }) => json(StatusCode::OK, &object!({ "kept": kept })),
        Err(failed) => Err(failed.into()),
    }
}
