//! Working hours: weekly hours, days that differ, and how each kind of appointment is cut. The therapist's own page, and
//! the same for whoever runs the practice. What is booked outside new hours is shown before anything is saved.

mod form;
mod view;

use crate::actor::{Manager, Scoped, Therapist};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::hours::{self, Planned};
use crate::flow::{self, Failed};
use crate::portal::desk::{self, People, read};
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::access::Actor;
use domain::id::TherapistId;
use domain::money::Currency;
use domain::refusal::Refusal;
use domain::schedule::{Hours, Written};
use form::TypedRow;
use std::ops::Deref;
use store::Done;
use view::{Day, Differs, KindView, NewDays, OutsideView};

/// Somebody who may change a therapist's hours.
trait Keeper: Scoped + Deref<Target = Actor> {
    /// Whether these are their own.
    const IS_OWN: bool;
    /// Where the page is in the navigation.
    const NAV: &'static str;
    /// Where their appointments are.
    const APPOINTMENTS: &'static str;

    /// Whose hours.
    fn whose(call: &Call<Self>) -> Result<TherapistId, Problem>;
    /// The page's address.
    fn here(id: TherapistId) -> String;
}

impl Keeper for Therapist {
    const IS_OWN: bool = true;
    const NAV: &'static str = "/t/hours";
    const APPOINTMENTS: &'static str = "/t/appointments";

    fn whose(call: &Call<Self>) -> Result<TherapistId, Problem> {
        Ok(call.actor.id)
    }
    fn here(_: TherapistId) -> String {
        Self::NAV.to_owned()
    }
}

impl Keeper for Manager {
    const IS_OWN: bool = false;
    const NAV: &'static str = "/p/therapists";
    const APPOINTMENTS: &'static str = "/p/appointments";

    fn whose(call: &Call<Self>) -> Result<TherapistId, Problem> {
        call.id("id")
    }
    fn here(id: TherapistId) -> String {
        format!("/p/therapists/{id}/hours")
    }
}

/// The routes of these pages.
pub fn routes() -> Vec<Route> {
    vec![
        get::<Therapist>("/t/hours", page::<Therapist>)
            .about("therapist")
            .says("When I work: weekly hours, days that differ, lengths and breaks"),
        post::<Therapist>("/t/hours", save::<Therapist>)
            .about("therapist")
            .audits("hours_changed")
            .says("Shows what is booked outside the new hours, then keeps them"),
        get::<Manager>("/p/therapists/{id}/hours", page::<Manager>).about("therapist").says("When a therapist works"),
        post::<Manager>("/p/therapists/{id}/hours", save::<Manager>)
            .about("therapist")
            .audits("hours_changed")
            .says("Shows what is booked outside the new hours, then keeps them"),
    ]
}

#[derive(Template)]
#[template(path = "hours/page.html")]
struct HoursPage {
    shell: Shell,
    errors: FieldErrors,
    here: String,
    is_own: bool,
    id: String,
    name: String,
    zone: String,
    seen: u32,
    rows: usize,
    days: Vec<Day>,
    kinds: Vec<KindView>,
    differs: Vec<Differs>,
    new: NewDays,
    outside: Vec<OutsideView>,
    has_diaries: bool,
    done: bool,
}

#[derive(Template)]
#[template(path = "hours/confirm.html")]
struct ConfirmPage {
    shell: Shell,
    here: String,
    is_own: bool,
    id: String,
    name: String,
    seen: u32,
    wish: String,
    outside: Vec<OutsideView>,
}

/// What stands in the form: what is kept, or what was typed.
#[derive(Default)]
struct Typed {
    rows: Option<Vec<TypedRow>>,
    raw: Raw,
    errors: FieldErrors,
}

async fn page<K: Keeper>(app: App, call: Call<K>) -> Answer {
    show(&app, &call, Typed::default(), StatusCode::OK).await
}

/// A row more or less, what would stay booked outside, or the hours themselves.
async fn save<K: Keeper>(app: App, call: Call<K>) -> Answer {
    let (id, ask, raw) = (K::whose(&call)?, call.ask(), call.raw().clone());
    if let Some(rows) = form::edited(&raw) {
        return show(&app, &call, Typed { rows: Some(rows), raw, ..Typed::default() }, StatusCode::OK).await;
    }
    let (before, currency) = known(&app, &call, id).await?;
    let wished = form::wished(&raw, &before.therapist.schedule, currency, !K::IS_OWN, call.now);
    let hours = match wished.and_then(|(written, place)| Hours::parse(written).map_err(|wrong| place.errors(wrong))) {
        Ok(hours) => hours,
        Err(errors) => return refuse(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    // A page that does not say what it showed is as good as stale.
    let seen = Some(raw.get("seen").parse().unwrap_or_default());
    let (asked, wanted) = (ask.clone(), hours.clone());
    let looked = app.store.read_async(move |tx| hours::look(tx, &asked, id, &wanted, seen)).await;
    let looked = match looked {
        Ok(looked) => looked,
        Err(failed) => {
            let refused = desk::refused(failed)?;
            return refuse(&app, &call, raw, form::at_control(refused.errors), refused.status).await;
        }
    };
    let was = |id| before.outside.iter().any(|(booked, _)| booked.id == id);
    let is_news = looked.outside.iter().any(|(booked, _)| !was(booked.id));
    if is_news && raw.get("part") != "keep" {
        return confirm(&app, &call, looked, before.therapist.schedule.fingerprint()).await;
    }
    let inner = app.clone();
    let asked = ask.clone();
    let done: Result<_, Failed> = flow::once::write(&app, &ask, desk::once_of(&call), move |tx| {
        let done = hours::change(tx, &inner.tools, &asked, id, &hours, seen)?;
        Ok(Done::new((), done.audit))
    })
    .await;
    done?;
    Ok(redirect(&format!("{}?done=kept", K::here(id))))
}

async fn known<K: Keeper>(app: &App, call: &Call<K>, id: TherapistId) -> Result<(Planned, Currency), Problem> {
    let ask = call.ask();
    read(app, move |tx| {
        let planned = hours::today(tx, &ask, id)?;
        let practice = store::practice::load(tx, planned.therapist.person.practice)?;
        let practice = practice.ok_or_else(|| Refusal::not_found("practice"))?;
        Ok((planned, practice.currency))
    })
    .await
}

async fn refuse<K: Keeper>(app: &App, call: &Call<K>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let rows = (raw.get("part") == "hours").then(|| form::typed_rows(&raw));
    show(app, call, Typed { rows, raw, errors }, status).await
}

/// How this reader is told moments of that therapist's day.
fn on_the_wall<K: Keeper>(call: &Call<K>, planned: &Planned) -> When {
    When { zone: planned.therapist.schedule.zone.clone(), ..When::of(call) }
}

/// What is booked outside the hours, in words.
async fn outside<K: Keeper>(app: &App, call: &Call<K>, planned: &Planned) -> Result<Vec<OutsideView>, Problem> {
    let (when, booked) = (on_the_wall(call, planned), planned.outside.clone());
    read(app, move |tx| {
        let mut people = People::default();
        let mut views = Vec::new();
        for (booked, why) in &booked {
            let client = people.client(tx, booked.client)?;
            views.push(OutsideView::of(booked, *why, client, &when, K::APPOINTMENTS));
        }
        Ok(views)
    })
    .await
}

async fn confirm<K: Keeper>(app: &App, call: &Call<K>, looked: Planned, seen: u32) -> Answer {
    let id = looked.therapist.id;
    let outside = outside(app, call, &looked).await?;
    let wish: Written = looked.therapist.schedule.written();
    render(&ConfirmPage {
        shell: Shell::new(app, call, "These stay as they are").at(K::NAV),
        here: K::here(id),
        is_own: K::IS_OWN,
        id: id.to_string(),
        name: looked.therapist.person.name,
        seen,
        wish: serde_json::to_string(&wish).map_err(Problem::fault)?,
        outside,
    })
}

async fn show<K: Keeper>(app: &App, call: &Call<K>, typed: Typed, status: StatusCode) -> Answer {
    let id = K::whose(call)?;
    let (planned, _) = known(app, call, id).await?;
    let outside = outside(app, call, &planned).await?;
    let (when, schedule) = (on_the_wall(call, &planned), &planned.therapist.schedule);
    let Typed { rows, raw, errors } = typed;
    let rows = rows.unwrap_or_else(|| form::rows_of(schedule));
    let shell = Shell::new(app, call, "Working hours").at(K::NAV).with(&errors);
    let page = HoursPage {
        here: K::here(id),
        is_own: K::IS_OWN,
        id: id.to_string(),
        name: planned.therapist.person.name.clone(),
        zone: zone_words(&when),
        seen: schedule.fingerprint(),
        rows: rows.len(),
        days: view::days(&rows, schedule),
        kinds: view::kinds(schedule, &raw, !K::IS_OWN),
        differs: view::differs(schedule, &raw, &when),
        new: NewDays::of(&raw, schedule),
        outside,
        has_diaries: !schedule.away.is_empty(),
        done: call.raw_query().get("done") == "kept",
        shell,
        errors,
    };
    page_with(status, &page)
}

/// "London time".
fn zone_words(when: &When) -> String {
    let name = when.zone.name();
    format!("{} time", name.rsplit('/').next().unwrap_or(name).replace('_', " "))
}
