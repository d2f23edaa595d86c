//! Reserved times: whose they are, when they come next, and what can be done with them (H-03, H-11 to H-13, `ux` 4.11).

use super::gone::{self, GoneView};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow};
use crate::portal::desk::agreement::Choice;
use crate::portal::desk::{Desk, People, When, ask, capital, onward, read, refused, relationship_choices};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::{FileAct, Keep, slot_name};
use domain::id::{RelationshipId, ReservedSlotId};
use domain::person::PersonRef;
use domain::refusal::Refusal;
use domain::reserved::{Pattern, ReservedSlot, ReservedState};
use store::Tx;

/// Reserved times on the page at most.
const MANY: u32 = 200;
/// Coming days that are shown of each.
const NEXT: usize = 3;

struct SlotView {
    id: String,
    client: String,
    therapist: String,
    name: String,
    zone: String,
    state: ReservedState,
    next: Vec<NextView>,
    pair: String,
}

impl SlotView {
    fn is_kept(&self) -> bool {
        self.state == ReservedState::Active
    }
    fn is_paused(&self) -> bool {
        self.state == ReservedState::Paused
    }
    fn is_removed(&self) -> bool {
        self.state == ReservedState::Removed
    }
}

struct NextView {
    date: String,
    label: String,
    is_booked: bool,
}

#[derive(Template)]
#[template(path = "desk/slots.html")]
struct SlotsPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    errors: FieldErrors,
    gone: Option<GoneView>,
    kept: Vec<SlotView>,
    removed: Vec<SlotView>,
    people: Vec<Choice>,
    days: Vec<Choice>,
    time: String,
    minutes: String,
    every: Vec<Choice>,
    done: &'static str,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: keeps a weekly time for a client.
pub async fn add<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    let mut errors = FieldErrors::default();
    let Some((id, pattern)) = pattern(&raw, &mut errors) else {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let done = super::write(&app, &call, super::nothing, move |tx, app, ask| {
        flow::file::about_two(tx, &app.tools, ask, id, FileAct::Keep(Keep::Add(pattern)))
    })
    .await;
    match done {
        Ok(_) => Ok(redirect(&format!("{}/slots?done=kept", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, refusal.errors, refusal.status).await
        }
    }
}

/// POST: adds it back (H-13).
pub async fn restore<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, Keep::Restore).await
}

/// POST: gives it up.
pub async fn remove<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, Keep::Remove).await
}

/// POST: lets others have it for now.
pub async fn pause<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, Keep::Pause).await
}

/// POST: keeps it again.
pub async fn resume<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, Keep::Resume).await
}

/// POST: lets one of its days go.
pub async fn release<D: Desk>(app: App, call: Call<D>) -> Answer {
    let Ok(day) = call.raw().get("date").parse() else { return Ok(redirect(&format!("{}/slots", D::BASE))) };
    act(app, call, move |id| Keep::Release(id, day)).await
}

async fn act<D: Desk>(app: App, call: Call<D>, keep: impl Fn(ReservedSlotId) -> Keep + Send + 'static) -> Answer {
    let (id, raw): (ReservedSlotId, _) = (call.id("id")?, call.raw().clone());
    let done = super::write(&app, &call, super::gone_slot, move |tx, app, ask| {
        let pair = flow::file::reserved(tx, ask, id)?.relationship;
        flow::file::about_two(tx, &app.tools, ask, pair, FileAct::Keep(keep(id)))
    })
    .await;
    match done {
        Ok(gone) if !gone.is_empty() => Ok(redirect(&format!("{}/slots?gone={gone}", D::BASE))),
        Ok(_) if !raw.get("back").is_empty() => onward::<D>(raw.get("back")),
        Ok(_) => Ok(redirect(&format!("{}/slots?done=changed", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, refusal.errors, refusal.status).await
        }
    }
}

fn pattern(raw: &Raw, errors: &mut FieldErrors) -> Option<(RelationshipId, Pattern)> {
    let relationship = raw.get("relationship").parse().ok();
    if relationship.is_none() {
        errors.push("relationship", "Choose for whom.");
    }
    let weekday = DAYS.iter().find(|(word, _, _)| *word == raw.get("weekday")).map(|(_, _, day)| *day);
    if weekday.is_none() {
        errors.push("weekday", "Choose the day of the week.");
    }
    let local_time = raw.get("local_time").parse().ok();
    if local_time.is_none() {
        errors.push("local_time", "Enter the time, such as 17:00.");
    }
    let minutes = raw.get("minutes").parse().unwrap_or(50);
    let every_weeks = raw.get("every_weeks").parse().unwrap_or(1);
    let pattern = Pattern { weekday: weekday?, local_time: local_time?, minutes, every_weeks, from: None };
    Some((relationship?, pattern))
}

const DAYS: [(&str, &str, domain::time::Weekday); 7] = {
    use domain::time::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    [
        ("monday", "Mondays", Monday),
        ("tuesday", "Tuesdays", Tuesday),
        ("wednesday", "Wednesdays", Wednesday),
        ("thursday", "Thursdays", Thursday),
        ("friday", "Fridays", Friday),
        ("saturday", "Saturdays", Saturday),
        ("sunday", "Sundays", Sunday),
    ]
};

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (asked, when, query) = (ask(call), When::of(call), call.raw_query());
    let (gone, chosen) = (query.get("gone").to_owned(), raw.get("relationship").parse().ok());
    let (gone, slots, people) = read(app, move |tx| {
        let gone = gone::of(tx, &asked, &gone)?;
        Ok((gone, views(tx, &asked, &when)?, relationship_choices::<D>(tx, &asked, chosen)?))
    })
    .await?;
    let (removed, kept) = slots.into_iter().partition(SlotView::is_removed);
    let choice = |(value, label): (&str, &str), field: &str| Choice::new(value, label, raw.get(field) == value);
    let page = SlotsPage {
        shell: Shell::new(app, call, "Reserved slots").at(&format!("{}/slots", D::BASE)).with(&errors),
        base: D::BASE,
        is_therapist: D::is_therapist(),
        errors,
        gone,
        kept,
        removed,
        people,
        days: DAYS.iter().map(|(value, label, _)| choice((value, label), "weekday")).collect(),
        time: raw.get("local_time").to_owned(),
        minutes: Some(raw.get("minutes")).filter(|text| !text.is_empty()).unwrap_or("50").to_owned(),
        every: [("1", "Every week"), ("2", "Every other week")].map(|of| choice(of, "every_weeks")).to_vec(),
        done: match query.get("done") {
            "kept" => "Kept. Nobody else can book that time.",
            "changed" => "Done.",
            _ => "",
        },
    };
    page_with(status, &page)
}

fn views(tx: &mut Tx<'_>, ask: &Ask, when: &When) -> Flow<Vec<SlotView>> {
    let mut people = People::default();
    let mut views = Vec::new();
    for slot in store::reserved_slot::list(tx, &ask.who.scope(), None, MANY)?.items {
        views.push(view(tx, ask, &mut people, when, &slot)?);
    }
    Ok(views)
}

fn view(tx: &mut Tx<'_>, ask: &Ask, people: &mut People, when: &When, slot: &ReservedSlot) -> Flow<SlotView> {
    let missing = || Refusal::not_found("reserved slot");
    let pair = store::relationship::load(tx, &ask.who.scope(), slot.relationship)?.ok_or_else(missing)?;
    let therapist = store::therapist::load(tx, pair.therapist)?.ok_or_else(missing)?;
    let zone = &therapist.schedule.zone;
    let booked = flow::file::upcoming(tx, ask, &pair)?;
    let next = slot.next_times(zone, ask.now, NEXT).into_iter().map(|(day, time)| NextView {
        date: day.to_string(),
        label: when.short_day(time.from),
        is_booked: booked.iter().any(|about| about.interval().meets(time)),
    });
    let client = people.find(tx, PersonRef::Client(pair.client))?.map(|person| person.name.clone());
    Ok(SlotView {
        id: slot.id.to_string(),
        client: client.unwrap_or_default(),
        therapist: therapist.person.name.clone(),
        name: capital(&slot_name(slot)),
        zone: zone.name().rsplit('/').next().unwrap_or_default().replace('_', " "),
        state: slot.state,
        next: next.collect(),
        pair: pair.id.to_string(),
    })
}
