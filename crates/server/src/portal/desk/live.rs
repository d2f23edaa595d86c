//! The live page of one appointment: late in two taps, the late client's card with its clocks, what came of a missed one
//! (`ux` 4.5 to 4.7). Therapist and office see what the other sent or is writing before they send.

mod view;

pub use view::{LiveView, load, of_story};

use super::story::{self, Story};
use super::{Desk, agreement, ask, read, refused, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use domain::attendance::{Plan, TechnicalSide};
use domain::decide::{CaseOutcome, Connection, Live, MakeUpDecision, Missed};
use domain::id::AppointmentId;
use domain::person::Role;
use domain::reason::Fault;
use domain::refusal::Refusal;

#[derive(Template)]
#[template(path = "desk/live.html")]
struct LivePage {
    shell: Shell,
    base: &'static str,
    here: String,
    errors: FieldErrors,
    story: Story,
    when: When,
    live: LiveView,
    show: String,
    done: String,
}

/// GET: what can be said and done now; `?show=late` opens with the minutes.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// POST: one act, named by the pressed button.
pub async fn act<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (AppointmentId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Some(wish) = wish::<D>(&raw, &when, &mut errors) else {
        if errors.is_empty() {
            errors.push("act", "Choose what to do.");
        }
        return show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let on_case = matches!(wish, Live::Outcome(..) | Live::Attribute(..) | Live::MakeUp(..));
    let person = call.actor.person;
    let done = write(&app, &call, move |tx, app, ask| {
        // Whoever sends is no longer writing.
        flow::live::writing(tx, ask, id, person, false)?;
        if !on_case {
            return flow::live::act(tx, &app.tools, ask, id, wish.clone(), None);
        }
        let found = store::disruption::latest_of(tx, id)?.ok_or_else(|| Refusal::not_found("case"))?;
        flow::live::on_case(tx, &app.tools, ask, found.id, wish.clone())
    })
    .await;
    match done {
        Ok(_) => Ok(back::<D>(&raw, id)),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, refusal.errors, refusal.status).await
        }
    }
}

fn back<D: Desk>(raw: &Raw, id: AppointmentId) -> Response<Body> {
    let wanted = raw.get("back");
    let own = wanted.strip_prefix(D::BASE).is_some_and(|rest| rest.starts_with('/'));
    if own {
        return redirect(wanted);
    }
    redirect(&format!("{}/appointments/{id}/live?done={}", D::BASE, raw.get("act")))
}

/// POST by the page's own script, while somebody has a field of a message in hand.
pub async fn writing<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, ask, person): (AppointmentId, _, _) = (call.id("id")?, ask(&call), call.actor.person);
    app.store.write_unaudited_async(move |tx| flow::live::writing(tx, &ask, id, person, true)).await?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}

async fn show<D: Desk>(app: &App, call: &Call<D>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (ask, inner, me, is_therapist) = (ask(call), when.clone(), call.actor.person, D::is_therapist());
    let (story, live) = read(app, move |tx| {
        let story = story::load(tx, &ask.who, &inner, id)?;
        let live = view::of_story(tx, &ask.who, &story, &inner, me, is_therapist)?;
        Ok((story, live))
    })
    .await?;
    let query = call.raw_query();
    let page = LivePage {
        shell: Shell::new(app, call, story.title(&when)).at(&D::appointments()).with(&errors),
        base: D::BASE,
        here: format!("{}/appointments/{id}/live", D::BASE),
        errors,
        done: if call.is_write() { String::new() } else { done(query.get("done"), &story) },
        show: query.get("show").to_owned(),
        live,
        story,
        when,
    };
    page_with(status, &page)
}

/// What was just done, said once.
fn done(act: &str, story: &Story) -> String {
    let name = story.name();
    match act {
        "late" => format!("{name} has been written to. The practice hears of it too."),
        "missed" => format!("The practice and {name} have been written to."),
        "check_in" => format!("{name} has been asked."),
        "step_away" => format!("{name} has been told. They can still come back until the end."),
        "arrived" => format!("{name} is here."),
        "no_show" => format!("Noted. {name} gets a kind word and the way back."),
        "technical" => format!("{name} has been told and has times to choose from."),
        "connected" => "The plan is on record.".to_owned(),
        "outcome" => "The practice has been told.".to_owned(),
        "fault" => "Noted.".to_owned(),
        "make_up" => "Your decision is on record.".to_owned(),
        _ => String::new(),
    }
}

fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Live> {
    let words = |field: &str| Some(raw.get(field).trim().to_owned()).filter(|text| !text.is_empty());
    match raw.get("act") {
        "late" => {
            let minutes = words("other").unwrap_or_else(|| raw.get("minutes").to_owned()).parse().ok();
            if minutes.is_none() {
                errors.push("other", "Say by how many minutes.");
            }
            minutes.map(Live::RunningLate)
        }
        "missed" => {
            let reported_by = if D::is_therapist() { Role::Therapist } else { Role::Admin };
            let fault = raw.get("fault").parse().unwrap_or(Fault::Undetermined);
            Some(Live::Missed(Missed { reported_by, fault }))
        }
        "check_in" => Some(Live::CheckIn),
        "step_away" => Some(Live::StepAway),
        "arrived" => {
            let at = agreement::typed(raw, when, "arrived_day", "arrived_time");
            Some(Live::Arrived(at.unwrap_or(when.now).min(when.now)))
        }
        "no_show" => Some(Live::ClientNoShow),
        "technical" => Some(Live::TechnicalFailure(raw.get("side").parse().unwrap_or(TechnicalSide::Platform))),
        "connected" => connection(raw, when, errors),
        "outcome" => choice::<CaseOutcome>(raw, "outcome", "Choose what came of it.", errors)
            .map(|outcome| Live::Outcome(outcome, words("text"))),
        "fault" => choice::<Fault>(raw, "fault", "Choose whose side it was on.", errors)
            .map(|fault| Live::Attribute(fault, raw.get("reason").to_owned())),
        "make_up" => choice::<MakeUpDecision>(raw, "decision", "Choose one of the two.", errors)
            .map(|decision| Live::MakeUp(decision, words("reason"))),
        _ => None,
    }
}

fn connection(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Live> {
    let plan: Plan = choice(raw, "plan", "Choose what you agreed.", errors)?;
    let ends_at = when.typed(&when.date_value(when.now), raw.get("ends_at")).filter(|_| plan == Plan::Shortened);
    Some(Live::Connected(Connection { apologised: raw.has("apologised", "yes"), plan, ends_at }))
}

fn choice<T: std::str::FromStr>(raw: &Raw, field: &str, error: &str, errors: &mut FieldErrors) -> Option<T> {
    let found = raw.get(field).parse().ok();
    if found.is_none() {
        errors.push(field, error);
    }
    found
}
