//! Account settings: the fees that a therapist charges, within the practice's cap (G-04), and when they read of their day.

use crate::actor::Therapist;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Failed};
use crate::portal::desk;
use crate::portal::push::{self, PushView};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::money::{Currency, Money};
use domain::policy::FeeModel;
use domain::refusal::Refusal;
use domain::schedule::TimeOfDay;
use store::Done;

#[derive(Template)]
#[template(path = "therapist/settings.html")]
struct SettingsPage {
    shell: Shell,
    errors: FieldErrors,
    late_cancel: String,
    no_show: String,
    cap: String,
    /// Whether the policy asks each therapist at all.
    is_mine: bool,
    done: bool,
    /// When the day's letter may go: on the wire, and whether it is theirs.
    mornings: Vec<(String, bool)>,
    digest_done: bool,
    push: PushView,
}

/// The first and the last time of day at which the day's letter may go, and the steps between, in minutes.
const MORNINGS: (u16, u16, usize) = (5 * 60, 11 * 60, 30);

/// GET.
pub(super) async fn page(app: App, call: Call<Therapist>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// POST: keeps the fees.
pub(super) async fn save(app: App, call: Call<Therapist>) -> Answer {
    let (id, raw, ask, inner) = (call.actor.id, call.raw().clone(), desk::ask(&call), app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
        let me = store::therapist::load(tx, id)?.ok_or_else(|| Refusal::not_found("therapist"))?;
        let practice = store::practice::load(tx, me.person.practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
        let late = fee(raw.get("late_cancel"), "late_cancel", practice.currency)?;
        let missed = fee(raw.get("no_show"), "no_show", practice.currency)?;
        let done = flow::settings::fees(tx, &inner.tools, &asked, id, late, missed)?;
        Ok(Done::new(String::new(), done.audit))
    })
    .await;
    match done {
        Ok(_) => Ok(redirect("/t/settings?done=kept")),
        Err(Failed::Refused(refusal)) if refusal.field.is_some() => {
            let mut errors = FieldErrors::default();
            errors.push(refusal.field.unwrap_or_default(), refusal.detail.clone());
            show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(failed) => Err(failed.into()),
    }
}

/// POST: keeps when the day's letter goes; an empty choice is never.
pub(super) async fn save_digest(app: App, call: Call<Therapist>) -> Answer {
    let (id, ask, inner) = (call.actor.id, desk::ask(&call), app.clone());
    let wish = match call.raw().get("at") {
        "" => None,
        typed => match typed.parse::<TimeOfDay>().ok().filter(|at| mornings().any(|known| known == *at)) {
            Some(at) => Some(at),
            None => {
                let mut errors = FieldErrors::default();
                errors.push("at", "Choose one of the times, or not at all.");
                return show(&app, &call, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
            }
        },
    };
    let asked = ask.clone();
    flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
        let done = flow::digest::choose(tx, &inner.tools, &asked, id, wish)?;
        Ok(Done::new(String::new(), done.audit))
    })
    .await?;
    Ok(redirect("/t/settings?done=digest#digest-h"))
}

fn mornings() -> impl Iterator<Item = TimeOfDay> {
    let (first, last, step) = MORNINGS;
    (first..=last).step_by(step).filter_map(TimeOfDay::from_minutes)
}

/// A fee as people type it; nothing is no fee.
fn fee(typed: &str, field: &'static str, currency: Currency) -> Result<Option<Money>, Refusal> {
    let wrong = || Refusal::invalid("malformed", field, "Write an amount such as 40.00, or leave it empty for no fee.");
    let minor = desk::minor(typed).map_err(|_| wrong())?;
    Ok(minor.filter(|minor| *minor > 0).map(|minor| Money::new(minor, currency)))
}

async fn show(app: &App, call: &Call<Therapist>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, ask, when, inner) = (call.actor.id, desk::ask(call), desk::When::of(call), app.clone());
    let (me, policy, digest, push) = desk::read(app, move |tx| {
        let me = flow::settings::therapist_in_scope(tx, &ask, id)?;
        let policy = store::policy::latest(tx, me.person.practice)?.ok_or_else(|| Refusal::not_found("policy"))?;
        let digest = store::therapist::digest(tx, id)?;
        Ok((me, policy.parameters, digest, push::view::<Therapist>(tx, &inner, &ask, &when)?))
    })
    .await?;
    let raw = call.raw();
    let shown = |field: &str, kept: Option<Money>| match (errors.is_empty(), kept) {
        (false, _) => raw.get(field).to_owned(),
        (true, Some(fee)) => format!("{}.{:02}", fee.amount_minor / 100, fee.amount_minor % 100),
        (true, None) => String::new(),
    };
    let per_therapist = |model| model == FeeModel::PerTherapist;
    let page = SettingsPage {
        late_cancel: shown("late_cancel", me.late_cancel_fee),
        no_show: shown("no_show", me.no_show_fee),
        cap: policy.late_cancel.cap.map(|cap| cap.to_string()).unwrap_or_default(),
        is_mine: per_therapist(policy.late_cancel.fee_model) || per_therapist(policy.no_show.fee_model),
        done: call.raw_query().get("done") == "kept",
        mornings: mornings().map(|at| (at.to_string(), digest.is_some_and(|digest| digest.at == at))).collect(),
        digest_done: call.raw_query().get("done") == "digest",
        push,
        shell: Shell::new(app, call, "Account settings").at("/t/settings").with(&errors),
        errors,
    };
    page_with(status, &page)
}
