//! Moving a session, and what a client may change alone.

use super::desk::{self, Acted};
use super::policy_words::{Terms, facts};
use super::refusal;
use super::session::{self, Scene};
use super::times::{self, Times, day, moment};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow;
use crate::portal::{Effect, Shell, page as render, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::appointment::{Appointment, Initiator, PaymentState};
use domain::decide::Reschedule;
use domain::id::AppointmentId;
use domain::ledger::EntryKind;
use domain::money::Money;
use domain::policy::notice::{self, Act};
use domain::policy::self_service::{self, SelfService};
use domain::refusal::Refusal;
use domain::time::{Instant, Span};

/// What the client may do about a session alone, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Change it, free.
    Free,
    /// Change it, after the cutoff that has passed.
    WithFee(Instant),
    /// Talk to somebody.
    Contact,
    /// It has begun, or it is over.
    Over,
}

/// What the policy agreed for this session allows at this moment.
pub(super) fn standing(scene: &Scene, now: Instant) -> Standing {
    let Scene { appointment, policy, practice, .. } = scene;
    if !appointment.state.is_pending() || now >= appointment.start {
        return Standing::Over;
    }
    let floor = appointment.policy.cutoff_floor;
    let judged = notice::judge(&policy.parameters, &practice.zone, Act::Cancel, appointment.start, now, floor);
    match self_service::decide(&policy.parameters, &judged) {
        SelfService::Allowed => Standing::Free,
        SelfService::AllowedWithFee { cutoff } => Standing::WithFee(cutoff),
        SelfService::Refused(_) => Standing::Contact,
    }
}

/// What cancelling costs, all told; nothing where it is free.
pub(super) fn cost(preview: &flow::Answer, before: &Appointment) -> Option<Money> {
    let fees = preview.ledger.iter().filter(|entry| entry.kind == EntryKind::LateFee);
    let fee: i64 = fees.map(|entry| entry.amount.amount_minor).sum();
    let after = preview.appointment.as_ref().map(|after| after.payment.state);
    // A planned charge that is not released stands, and with it the whole price (`rulings` 11).
    let stands = after == Some(PaymentState::Planned);
    let total = fee + if stands { before.price.amount_minor } else { 0 };
    (total > 0).then(|| Money::new(total, before.price.currency))
}

/// The line about money.
pub(super) fn money(preview: &flow::Answer, before: &Appointment, cost: Option<Money>) -> Effect {
    let detail = preview
        .because
        .iter()
        .rev()
        .find(|because| because.rule.starts_with("fee.") || because.rule.starts_with("payment."));
    let detail = detail.map(|because| because.text.clone()).unwrap_or_default();
    let after = preview.appointment.as_ref().map(|after| after.payment.state);
    let title = match (cost, before.payment.state, after) {
        (Some(cost), _, _) => format!("You pay {cost}"),
        (None, PaymentState::Captured, Some(PaymentState::RefundDue)) => {
            format!("Your {} comes back to you", before.price)
        }
        (None, PaymentState::Captured, _) => format!("The {} you paid is not paid back", before.price),
        (None, _, _) => "Nothing to pay".to_owned(),
    };
    Effect { icon: "banknote", title, detail }
}

#[derive(Template)]
#[template(path = "client/move.html")]
struct MovePage {
    shell: Shell,
    errors: FieldErrors,
    notice: Option<String>,
    lead: String,
    times: Times,
    address: String,
    base: String,
    empty: String,
}

#[derive(Template)]
#[template(path = "client/move_check.html")]
struct MoveCheckPage {
    shell: Shell,
    action: String,
    back: String,
    was: String,
    facts: Vec<(&'static str, String)>,
    effects: Vec<Effect>,
    start: String,
    revision: u32,
}

/// Free times to move to; with a time in the query the last look before moving.
pub(super) async fn move_page<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let scene = session::load(&app, &call, id).await?;
    let query = call.raw_query();
    let start = query.get("start");
    match (standing(&scene, call.now), moment(start)) {
        (Standing::Contact | Standing::Over, _) => refuse(app, call, base, id, scene).await,
        (_, Some(start)) => check(app, call, base, scene, start).await,
        (_, None) => choose(app, call, base, scene, None, query.has("asked", "yes")).await,
    }
}

/// Moves it.
pub(super) async fn moved<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let scene = session::load(&app, &call, id).await?;
    let Some(start) = moment(call.raw().get("start")) else { return choose(app, call, base, scene, None, true).await };
    let seen = call.raw().get("revision").parse().ok();
    let acted = desk::act(&app, &call, move |tx, app, ask| {
        flow::appointment::reschedule(tx, &app.tools, ask, id, wish(start), seen)
    });
    match acted.await? {
        Acted::Done(_) => Ok(redirect(&format!("{base}?done=moved"))),
        Acted::Over => Ok(redirect(&base)),
        Acted::Refused(refused) => not_moved(app, call, base, scene, *refused).await,
    }
}

/// The rule's own refusal, for the page that tells it.
async fn refuse<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId, scene: Scene) -> Answer {
    let wish = wish(scene.appointment.start + Span::hours(1));
    let looked = desk::try_read(&app, &call, move |tx, app, ask| {
        flow::appointment::preview_reschedule(tx, &app.tools, ask, id, wish.clone())
    });
    match looked.await? {
        Err(refused) => refusal::page(&app, &call, &scene, &refused, &base),
        Ok(_) => choose(app, call, base, scene, None, false).await,
    }
}

async fn not_moved<A: Scoped>(app: App, call: Call<A>, base: String, scene: Scene, refused: Refusal) -> Answer {
    match refused.code {
        "slot_taken" | "outside_availability" | "in_the_past" | "same_time" => {
            choose(app, call, base, scene, Some(gone(&refused)), false).await
        }
        _ => refusal::page(&app, &call, &scene, &refused, &base),
    }
}

fn gone(refused: &Refusal) -> String {
    match refused.code {
        "same_time" => refused.detail.clone(),
        _ => "That time has just gone. These are still free.".to_owned(),
    }
}

fn wish(start: Instant) -> Reschedule {
    Reschedule { start, initiator: Initiator::Client, agreement: None, reason: None, received_at: None }
}

async fn choose<A: Scoped>(
    app: App,
    call: Call<A>,
    base: String,
    scene: Scene,
    notice: Option<String>,
    is_unanswered: bool,
) -> Answer {
    let when = When::of(&call);
    let times = free_times(&app, &call, &scene, &when).await?;
    let name = scene.therapist.person.first_name();
    let mut errors = FieldErrors::default();
    if is_unanswered {
        errors.push("start", "Choose a time");
    }
    let status = match (&notice, is_unanswered) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::UNPROCESSABLE_ENTITY,
        (None, false) => StatusCode::OK,
    };
    let page = MovePage {
        shell: Shell::new(&app, &call, "Move to another time").with(&errors).at("/c"),
        errors,
        notice,
        lead: format!("Now: {} with {name}.", when.moment(scene.appointment.start)),
        empty: format!("{name} has no other free times from here on. Call or write to us and we’ll help you find one."),
        times,
        address: format!("{base}/move"),
        base,
    };
    page_with(status, &page)
}

async fn free_times<A: Scoped>(app: &App, call: &Call<A>, scene: &Scene, when: &When) -> Result<Times, Problem> {
    let horizon = i64::from(scene.policy.parameters.slot.horizon_days);
    let search = times::Search {
        therapist: scene.therapist.id,
        zone: scene.therapist.schedule.zone.clone(),
        kind: scene.appointment.kind,
        from: day(call.raw_query().get("from")),
        horizon: Span::hours(24 * horizon),
    };
    let when = when.clone();
    desk::read(app, call, move |tx, app, ask| times::load(tx, &app.tools, ask, &search, &when)).await
}

async fn check<A: Scoped>(app: App, call: Call<A>, base: String, scene: Scene, start: Instant) -> Answer {
    let id = scene.appointment.id;
    let looked = desk::try_read(&app, &call, move |tx, app, ask| {
        flow::appointment::preview_reschedule(tx, &app.tools, ask, id, wish(start))
    });
    let preview = match looked.await? {
        Ok(preview) => preview,
        Err(refused) => return not_moved(app, call, base, scene, *refused).await,
    };
    let Some(moved) = preview.appointment else { return Err(Problem::not_found()) };
    let when = When::of(&call);
    let page = MoveCheckPage {
        shell: Shell::new(&app, &call, "Move to this time?").at("/c"),
        was: when.moment(scene.appointment.start),
        facts: facts(&scene.policy, &scene.therapist, &moved, &when),
        effects: effects(&scene, &moved, &when),
        start: start.to_string(),
        revision: scene.appointment.revision,
        action: format!("{base}/move"),
        back: format!("{base}/move"),
    };
    render(&page)
}

fn effects(scene: &Scene, moved: &Appointment, when: &When) -> Vec<Effect> {
    let name = scene.therapist.person.first_name();
    let mut effects = vec![Effect { icon: "banknote", title: "Moving costs nothing".into(), detail: String::new() }];
    if matches!(moved.payment.state, PaymentState::Captured) {
        effects[0].detail = format!("The {} you paid moves with it.", moved.price);
    }
    if let Some(floor) = moved.policy.cutoff_floor {
        let fee = Terms::agreed(&scene.policy, &scene.therapist, moved, when.locale).late_fee();
        let detail = format!("Free changes closed {}. Cancelling after you move it costs {fee}.", when.on(floor));
        effects.push(Effect { icon: "clock", title: "The first deadline still counts".into(), detail });
    }
    effects.push(Effect {
        icon: "send",
        title: format!("{name} is told at once"),
        detail: "You get an email to confirm it.".into(),
    });
    effects
}
