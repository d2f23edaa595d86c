//! After a cancellation: what the client knows, what is left, what they got, where it stands on the record.

use super::duties::DutyView;
use super::story::{self, Story};
use super::{Desk, ask, read, words};
use crate::app::App;
use crate::call::Call;
use crate::portal::{Shell, page as render, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::appointment::{Cancellation, State};
use domain::id::AppointmentId;
use domain::reason::Initiator;

#[derive(Template)]
#[template(path = "desk/cancelled.html")]
struct CancelledPage {
    shell: Shell,
    base: &'static str,
    here: String,
    story: Story,
    when: When,
    knows: Knows,
    facts: Vec<(&'static str, String)>,
}

/// What the banner says about the client.
struct Knows {
    kind: &'static str,
    icon: &'static str,
    headline: String,
    detail: String,
    /// The duty to tell them, while it is open.
    duty: Option<DutyView>,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let (ask, inner) = (ask(&call), when.clone());
    let story = read(&app, move |tx| story::load(tx, &ask.who, &inner, id)).await?;
    let State::Cancelled(how) = &story.appointment.state else {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    };
    let facts = facts(&story, how, &when);
    let by_client = how.initiator == Initiator::Client;
    let shell = Shell::new(&app, &call, "Appointment cancelled").at(&D::appointments());
    let here = format!("{}/appointments/{id}/cancelled", D::BASE);
    let knows = knows(&story, by_client);
    render(&CancelledPage { shell, base: D::BASE, here, story, when, knows, facts })
}

fn knows(story: &Story, by_client: bool) -> Knows {
    let name = story.name();
    let duty = story.duties.iter().find(|duty| duty.is_urgent()).cloned();
    let message = story.messages.iter().rev().find(|message| message.to_client && message.purpose == "Cancellation");
    let sent = message.map(|message| {
        let way = crate::when::capital(message.channel);
        format!("{way} to {name}: {}.", message.state.text.to_lowercase())
    });
    match (duty, by_client) {
        (Some(duty), _) if duty.is_owed => {
            let by = duty.clock.as_ref().map(|clock| clock.words.clone()).unwrap_or_default();
            let is_over = duty.clock.as_ref().is_some_and(|clock| clock.kind == "over");
            let only = format!("Only speaking with {name}, or an answer, counts.");
            let detail = if is_over {
                format!("The time for that is over: please call {name} now. {only}")
            } else {
                format!("If {name} hasn’t opened it or answered {by}, please call. {only}")
            };
            let (kind, icon) = if is_over { ("over", "triangle-alert") } else { ("live", "message-square") };
            let headline = format!("{} Not seen yet.", sent.unwrap_or_else(|| format!("{name} doesn’t know yet.")));
            Knows { kind, icon, headline, detail, duty: Some(duty) }
        }
        (Some(duty), _) => {
            let headline = format!("{name} knows.");
            Knows {
                kind: "done",
                icon: "circle-check",
                headline,
                detail: crate::when::capital(&duty.detail),
                duty: None,
            }
        }
        (None, true) => {
            let headline = format!("{name} called it off, so {name} knows.");
            Knows { kind: "done", icon: "circle-check", headline, detail: sent.unwrap_or_default(), duty: None }
        }
        (None, false) => {
            let headline = sent.unwrap_or_else(|| format!("{name} is told."));
            Knows { kind: "live", icon: "message-square", headline, detail: String::new(), duty: None }
        }
    }
}

fn facts(story: &Story, how: &Cancellation, when: &When) -> Vec<(&'static str, String)> {
    let was = &story.appointment;
    let place = words::place(was.kind).to_lowercase();
    let notice = When::length(was.start - how.received_at);
    let judged = match (how.initiator, how.late, how.short_notice) {
        (Initiator::Client, true, _) => " (late by the policy that was agreed)",
        (Initiator::Client, false, _) => " (in time)",
        (_, _, true) => " (short)",
        _ => "",
    };
    let therapist = story.therapist.person.first_name();
    let reasons = &story.policy.parameters.reasons;
    let reason = how.reason.map(|reason| words::reason(reasons, reason, Some(therapist)));
    let mut facts = vec![
        ("Was", format!("{}, {place}", when.day_range(was.interval()))),
        ("Client", story.client.name.clone()),
        ("Therapist", story.therapist.person.name.clone()),
        ("Cancelled", format!("{}{}", when.brief(how.recorded_at), by(story, how))),
        ("Notice", format!("{notice}{judged}")),
        ("Reason", reason.unwrap_or_else(|| "Not said".to_owned())),
        ("Attendance", how.label.clone()),
        ("Money", words::payment(was, when)),
    ];
    if let Some(note) = &how.note {
        facts.push(("Note", note.clone()));
    }
    facts.push(("Record", story.record_number()));
    facts
}

fn by(story: &Story, how: &Cancellation) -> String {
    match how.initiator {
        Initiator::Client => format!(" by {}", story.client.name),
        Initiator::Therapist => format!(" by {}", story.therapist.person.name),
        Initiator::Practice => " by the practice".to_owned(),
    }
}
