//! Ending a relationship: what will be called off is listed first, and only that is (T20, H-14, H-15).

use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Failed, Flow};
use crate::portal::desk::agreement::{self, Choice};
use crate::portal::desk::{Desk, People, When, ask, read, refused};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::appointment::Appointment;
use domain::decide::{EndRelationship, FileAct};
use domain::id::{RelationshipId, TherapistId};
use domain::person::PersonRef;
use domain::practice::{AgreementHow, Referral, Relationship};
use domain::refusal::Refusal;
use store::Tx;

struct Found {
    pair: Relationship,
    name: String,
    booked: Vec<Appointment>,
    others: Vec<Choice>,
    has_slot: bool,
}

#[derive(Template)]
#[template(path = "desk/end.html")]
struct EndPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    here: String,
    name: String,
    booked: Vec<(String, String)>,
    others: Vec<Choice>,
    has_slot: bool,
    reason: String,
    words: String,
    referral_words: String,
    is_agreed: bool,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST.
pub async fn end<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (RelationshipId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let wish = EndRelationship {
        reason: raw.get("reason").to_owned(),
        referral: referral(&raw, &when),
        confirm: Some(raw.all("confirm").filter_map(|id| id.parse().ok()).collect()),
        words: Some(raw.get("words").trim().to_owned()).filter(|words| !words.is_empty()),
    };
    let done = super::write(&app, &call, super::nothing, move |tx, app, ask| {
        flow::file::about_two(tx, &app.tools, ask, id, FileAct::End(wish.clone()))
    })
    .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/clients/{id}?done=ended", D::BASE))),
        Err(Failed::Refused(refusal)) if refusal.code == "bookings_changed" => {
            let mut errors = FieldErrors::default();
            errors.push("confirm", refusal.detail);
            show(&app, &call, raw, errors, StatusCode::CONFLICT).await
        }
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, refusal.errors, refusal.status).await
        }
    }
}

/// To whom the client goes; the tick says that they agreed to it just now.
fn referral(raw: &Raw, when: &When) -> Option<Referral> {
    let therapist = raw.get("referral").parse::<TherapistId>().ok();
    let words = raw.get("referral_words").trim().to_owned();
    let agreed = raw.has("agreed", "yes");
    (therapist.is_some() || !words.is_empty()).then(|| Referral {
        therapist,
        words,
        agreed_how: agreed.then_some(AgreementHow::InSession),
        agreed_at: agreed.then(|| agreement::typed(raw, when, "agreed_day", "agreed_time").unwrap_or(when.now)),
    })
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (RelationshipId, _) = (call.id("id")?, When::of(call));
    let (asked, chosen) = (ask(call), raw.get("referral").to_owned());
    let found = read(app, move |tx| found(tx, &asked, id, &chosen)).await?;
    let here = format!("{}/clients/{id}", D::BASE);
    if found.pair.state == domain::practice::RelationshipState::Ended {
        return Ok(redirect(&here));
    }
    let page = EndPage {
        shell: Shell::new(app, call, format!("End your work with {}", found.name))
            .at(&format!("{}/clients", D::BASE))
            .with(&errors),
        base: D::BASE,
        errors,
        here,
        name: found.name,
        booked: found.booked.iter().map(|about| (about.id.to_string(), when.moment(about.start))).collect(),
        others: found.others,
        has_slot: found.has_slot,
        reason: raw.get("reason").to_owned(),
        words: raw.get("words").to_owned(),
        referral_words: raw.get("referral_words").to_owned(),
        is_agreed: raw.has("agreed", "yes"),
    };
    page_with(status, &page)
}

fn found(tx: &mut Tx<'_>, ask: &flow::Ask, id: RelationshipId, chosen: &str) -> Flow<Found> {
    let missing = || Refusal::not_found("client");
    let pair = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(missing)?;
    let mut people = People::default();
    let client = people.find(tx, PersonRef::Client(pair.client))?.cloned().ok_or_else(missing)?;
    let all = store::therapist::list(tx, pair.practice)?;
    let others = all.into_iter().filter(|other| other.id != pair.therapist && other.person.active);
    let others = others.map(|other| {
        let value = other.id.to_string();
        let is_chosen = value == chosen;
        Choice::new(value, other.person.name, is_chosen)
    });
    let kept = store::reserved_slot::of(tx, id)?;
    Ok(Found {
        name: client.first_name().to_owned(),
        booked: flow::file::upcoming(tx, ask, &pair)?,
        others: others.collect(),
        has_slot: kept.iter().any(|slot| slot.state != domain::reserved::ReservedState::Removed),
        pair,
    })
}
