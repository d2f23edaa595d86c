//! The attendance update: one page, four questions, under a minute by keyboard or thumb (H-01, H-02, `ux` 4.8).

use super::gone::{self, GoneView};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Flow};
use crate::portal::desk::agreement::{self, AgreementView, Choice};
use crate::portal::desk::slots::{self, DayView};
use crate::portal::desk::story::{self, Story};
use crate::portal::desk::{Desk, When, ask, read, refused};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::attendance::{Attended, WeeklySpace};
use domain::decide::{BookNow, Checked, FileAct, UpdateAttendance, slot_name};
use domain::id::AppointmentId;
use domain::person::Channel;
use domain::policy::RefundEntryPoint;
use domain::practice::AgreementHow;
use domain::time::Instant;
use store::Tx;

/// Days ahead that times for the next session are looked for.
const DAYS: i64 = 21;

/// What the form shows beside what was typed.
struct Form {
    story: Story,
    gone: Option<GoneView>,
    days: Vec<DayView>,
    weekly: String,
    is_first: bool,
    is_unknown: bool,
    may_refund: bool,
    is_flagged: bool,
}

#[derive(Template)]
#[template(path = "desk/update.html")]
struct UpdatePage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    action: String,
    seen: u32,
    day: String,
    when: When,
    form: Form,
    unsure: String,
    answers: Vec<Choice>,
    continues: String,
    space: String,
    reserve: bool,
    refund: bool,
    channels: Vec<Choice>,
    is_therapist: bool,
    agreement: AgreementView,
    typed: Raw,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST: saves it, and leads to the next one that waits.
pub async fn update<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw, when): (AppointmentId, _, _) = (call.id("id")?, call.raw().clone(), When::of(&call));
    let mut errors = FieldErrors::default();
    let Some(wish) = wish(&raw, &when, &mut errors) else {
        return show(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let seen = raw.get("seen").parse().ok();
    let done = super::write(&app, &call, super::gone_slot, move |tx, app, ask| {
        let act = FileAct::Update(Box::new(wish.clone()));
        flow::file::about_appointment(tx, &app.tools, ask, id, act, seen)
    })
    .await;
    match done {
        Ok(gone) => {
            if let Some(checked) = checklist(&raw) {
                note_checklist(&app, &call, id, checked).await?;
            }
            onward::<D>(&app, &call, &gone).await
        }
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw, fields(refusal.errors), refusal.status).await
        }
    }
}

/// The next one that waits, else the queue itself; with the banner of what has gone.
async fn onward<D: Desk>(app: &App, call: &Call<D>, gone: &str) -> Answer {
    let ask = ask(call);
    let next = read(app, move |tx| Ok(super::updates::waiting(tx, &ask)?.first().map(|about| about.id))).await?;
    let end = if gone.is_empty() { String::new() } else { format!("&gone={gone}") };
    match next {
        Some(next) if D::is_therapist() => {
            Ok(redirect(&format!("{}/appointments/{next}/update?saved=yes{end}", D::BASE)))
        }
        _ => Ok(redirect(&format!("{}/updates?saved=yes{end}", D::BASE))),
    }
}

/// The checklist of the first session is kept with the relationship, under a command of its own.
async fn note_checklist<D: Desk>(
    app: &App,
    call: &Call<D>,
    id: AppointmentId,
    checked: Checked,
) -> Result<(), Problem> {
    let ask = flow::Ask { command: call.ids().mint(), ..ask(call) };
    let (inner, asked) = (app.clone(), ask.clone());
    let done = flow::once::write(app, &ask, None, move |tx| {
        let missing = || domain::refusal::Refusal::not_found("appointment");
        let about = store::appointment::load(tx, &asked.who.scope(), id)?.ok_or_else(missing)?;
        let act = FileAct::Check(checked.clone());
        let done = flow::file::about_two(tx, &inner.tools, &asked, about.relationship, act)?;
        Ok(store::Done { answer: String::new(), audit: done.audit, more: done.more })
    });
    done.await?;
    Ok(())
}

fn checklist(raw: &Raw) -> Option<Checked> {
    let channel: Option<Channel> = raw.get("channel").parse().ok();
    let said = |field: &str| raw.has(field, "yes");
    let any = channel.is_some() || said("policy_recap") || said("payment_recap") || said("accepts_policy");
    any.then(|| Checked {
        channels: channel.map(|channel| vec![channel]),
        voicemail: channel.map(|_| said("voicemail")),
        continues: continues(raw),
        policy_recap: said("policy_recap"),
        payment_recap: said("payment_recap"),
        accepts_policy: said("accepts_policy").then_some(AgreementHow::InSession),
    })
}

fn continues(raw: &Raw) -> Option<bool> {
    match raw.get("continue") {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

fn wish(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<UpdateAttendance> {
    let attended: Option<Attended> = raw.get("attended").parse().ok();
    if attended.is_none() {
        errors.push("attended", "Say whether the client attended.");
    }
    let agreed = raw.has("book_next", "yes");
    let start: Option<Instant> = raw.get("start").parse().ok().filter(|_| agreed);
    if agreed && start.is_none() {
        errors.push("start", "Choose the time that the client agreed to.");
    }
    let next = match start {
        Some(start) => agreement::read(raw, when, errors).map(|agreement| BookNow { start, agreement }),
        None => None,
    };
    let day = raw.get("day").to_owned();
    let time =
        |field: &str| Some(raw.get(field)).filter(|text| !text.is_empty()).and_then(|text| when.typed(&day, text));
    let wish = UpdateAttendance {
        attended: attended?,
        therapist_ready_at: time("ready"),
        client_arrived_at: time("arrived"),
        started_at: time("started"),
        ended_at: time("ended"),
        continues: continues(raw),
        weekly_space: raw.get("weekly_space").parse::<WeeklySpace>().ok(),
        reserve_slot: raw.has("reserve_slot", "yes"),
        refund: raw.has("refund", "yes"),
        next,
    };
    errors.is_empty().then_some(wish)
}

/// The rules name the fields of the wire; the form has its own.
fn fields(errors: FieldErrors) -> FieldErrors {
    let mut named = FieldErrors::default();
    for error in errors.0 {
        let field = match error.field.as_str() {
            "therapist_ready_at" => "ready",
            "client_arrived_at" => "arrived",
            "started_at" => "started",
            "ended_at" => "ended",
            "next" | "next.start" => "start",
            "next.agreement" => "agreed_how",
            other => other,
        };
        named.push(field, error.message);
    }
    named
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (asked, inner, typed, tools) = (ask(call), when.clone(), raw.clone(), app.tools.clone());
    let gone = call.raw_query().get("gone").to_owned();
    let form = read(app, move |tx| form(tx, &tools, &asked, &inner, id, &typed, &gone)).await?;
    let about = &form.story.appointment;
    if about.state.is_live() && about.end > when.now || !about.state.is_live() {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let title = format!("How was {} with {}?", when.short_moment(about.start), form.story.name());
    let parameters = &form.story.policy.parameters;
    let page = UpdatePage {
        shell: Shell::new(app, call, title).at(&format!("{}/updates", D::BASE)).with(&errors),
        base: D::BASE,
        action: format!("{}/appointments/{id}/update", D::BASE),
        seen: raw.get("seen").parse().unwrap_or(about.revision),
        day: when.date_value(about.start),
        unsure: parameters.attendance_update.unsure_label.replace('\'', "’"),
        answers: answers(&form.story.name(), &raw),
        continues: raw.get("continue").to_owned(),
        space: raw.get("weekly_space").to_owned(),
        reserve: raw.has("reserve_slot", "yes"),
        refund: raw.has("refund", "yes"),
        channels: channels(&form.story, &raw),
        is_therapist: D::is_therapist(),
        agreement: AgreementView::of(&raw, &when),
        typed: raw,
        errors,
        when,
        form,
    };
    page_with(status, &page)
}

fn form(
    tx: &mut Tx<'_>,
    tools: &flow::Tools,
    ask: &flow::Ask,
    when: &When,
    id: AppointmentId,
    raw: &Raw,
    gone: &str,
) -> Flow<Form> {
    let story = story::load(tx, &ask.who, when, id)?;
    let about = &story.appointment;
    let free = slots::free(tx, tools, ask, about.therapist, about.client, about.kind, DAYS)?;
    let own = story.therapist.reserved.iter().find(|slot| slot.relationship == about.relationship);
    let zone = &story.therapist.schedule.zone;
    let weekly = own.map_or_else(|| about.start.in_zone(zone).strftime("%As %H:%M").to_string(), slot_name);
    let parameters = &story.policy.parameters;
    let may_refund = parameters.refund.entry_points.contains(&RefundEntryPoint::Attendance)
        && about.payment.state == domain::appointment::PaymentState::Captured;
    Ok(Form {
        gone: gone::of(tx, ask, gone)?,
        days: slots::by_day(&free, when, raw.get("start")),
        weekly,
        is_first: !store::appointment::has_attended(tx, about.relationship)?,
        is_unknown: story.client.preference.asked_at.is_none(),
        may_refund,
        is_flagged: store::risk::flagged(tx, &ask.who.scope())?.contains(&about.client),
        story,
    })
}

fn answers(name: &str, raw: &Raw) -> Vec<Choice> {
    let all = [
        (Attended::Yes, "Yes".to_owned()),
        (Attended::Late, "Yes, but late".to_owned()),
        (Attended::No, "No".to_owned()),
        (Attended::LateNotSeen, format!("{name} came too late to be seen")),
        (Attended::TherapistMissed, "We couldn’t: it was missed on our side".to_owned()),
        (Attended::Technical, "We couldn’t: a connection or equipment".to_owned()),
    ];
    all.into_iter()
        .map(|(value, label)| Choice::new(value.as_str(), label, raw.has("attended", value.as_str())))
        .collect()
}

/// How the client may wish to be reached, as far as the practice knows an address.
fn channels(story: &Story, raw: &Raw) -> Vec<Choice> {
    let known = |channel: &Channel| match channel {
        Channel::Email => story.client.email.is_some(),
        _ => story.client.phone.is_some(),
    };
    let all = [(Channel::Sms, "Text"), (Channel::Email, "Email"), (Channel::Phone, "Phone")];
    let offered = all.into_iter().filter(|(channel, _)| known(channel));
    offered.map(|(channel, label)| Choice::new(channel.word(), label, raw.has("channel", channel.word()))).collect()
}
