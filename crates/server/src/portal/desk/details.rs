//! One appointment: facts, how its client is reached, what is owed, what was said, and what can be done now.

use super::story::{self, Story};
use super::{Desk, ask, read, words};
use crate::app::App;
use crate::call::Call;
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::appointment::{Appointment, State};
use domain::id::AppointmentId;
use domain::person::Person;
use domain::policy::{Boundary, Preset};

#[derive(Template)]
#[template(path = "desk/details.html")]
struct DetailsPage {
    shell: Shell,
    base: &'static str,
    here: String,
    is_therapist: bool,
    story: Story,
    when: When,
    tag: words::TagView,
    subtitle: String,
    free_until: String,
    agreed: String,
    payment: String,
    reach: Vec<(&'static str, String)>,
    is_pending: bool,
    is_live: bool,
    /// Whether the update is still to be made.
    awaits_update: bool,
    /// Whether the record can be set right.
    is_over: bool,
    /// What the section of the contact notes is called: "Clinical Note" in a network (V-15).
    notes_heading: &'static str,
    attendance: Vec<(&'static str, String)>,
    said: Vec<super::file::dispute::SaidView>,
    is_request: bool,
    is_asked: bool,
    has_begun: bool,
    /// What was just done, said once.
    done: String,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let (ask, inner) = (ask(&call), when.clone());
    let (story, said) = read(&app, move |tx| {
        let said = store::statement::of(tx, &ask.who.scope(), id)?;
        Ok((story::load(tx, &ask.who, &inner, id)?, super::file::dispute::said_views(tx, &inner, &said)?))
    })
    .await?;
    let shell = Shell::new(&app, &call, story.title(&when)).at(&D::appointments());
    let about = &story.appointment;
    let page = DetailsPage {
        shell,
        base: D::BASE,
        here: format!("{}/appointments/{id}", D::BASE),
        is_therapist: D::is_therapist(),
        tag: words::state(about),
        subtitle: subtitle(about, &when),
        free_until: free_until(&story, &when),
        agreed: format!(
            "{}, {}",
            crate::when::capital(words::agreed(about.agreement.how)),
            when.moment(about.agreement.at)
        ),
        payment: words::payment(about, &when),
        reach: reach(&story),
        is_pending: story.is_pending(&when),
        is_live: about.state.is_live(),
        awaits_update: about.state.is_live() && about.end <= when.now,
        is_over: !about.state.is_live() && about.start <= when.now,
        notes_heading: notes_heading(&story),
        attendance: attendance(about, &when),
        said,
        is_request: about.state == State::Requested,
        is_asked: about.pending_move.is_some(),
        has_begun: about.state.is_live() && about.start <= when.now,
        done: done(&story, call.raw_query().get("done")),
        story,
        when,
    };
    render(&page)
}

fn done(story: &Story, what: &str) -> String {
    let name = story.name();
    match what {
        "booked" => format!("Booked. {name} gets a confirmation."),
        "moved" => format!("Moved. {name} gets the new time."),
        "corrected" => "The record is set right. The other side is told.".to_owned(),
        "said" => "Your account is on file.".to_owned(),
        "asked" => format!("{name} is asked for another time. Nothing changes until {name} answers."),
        "kept" => format!("The time stands. {name} is told."),
        "confirmed" => format!("Confirmed. {name} gets a confirmation."),
        "declined" => format!("Declined. {name} is told, with a link to choose another time."),
        "undone" => "Taken back. Nobody was told of it.".to_owned(),
        "asked-team" => "The team has been asked and will answer.".to_owned(),
        "written" => format!("Your message to {name} is on its way, and on file."),
        "noted" => "The contact note is on file.".to_owned(),
        other => super::file::booking_link::sent(other).unwrap_or_default(),
    }
}

/// What the contact notes are called here (V-15).
pub fn notes_heading(story: &Story) -> &'static str {
    if story.policy.preset == Preset::Network { "Clinical Note" } else { "Contact notes" }
}

/// What is known of the day (V-14, H-02).
fn attendance(about: &Appointment, when: &When) -> Vec<(&'static str, String)> {
    let day = &about.attendance;
    let mut facts = vec![("Marked", about.attendance_label().to_owned())];
    let code = about.attendance_code().filter(|_| !about.state.is_pending());
    facts.extend(code.map(|code| ("NHS code", code.to_owned())));
    facts.extend(day.minutes().map(|minutes| ("Lasted", format!("{minutes} min"))));
    let moments = [
        ("Client arrived", day.client_arrived_at),
        ("Therapist ready", day.therapist_ready_at),
        ("Began", day.started_at),
        ("Ended", day.ended_at),
        ("Updated", day.update.as_ref().map(|update| update.at)),
    ];
    facts.extend(moments.into_iter().filter_map(|(what, at)| Some((what, when.moment(at?)))));
    facts
}

fn subtitle(about: &Appointment, when: &When) -> String {
    match about.start - when.now {
        left if about.state.is_pending() && left > domain::time::Span::ZERO => {
            format!("starts in {}", When::length(left))
        }
        _ if about.state.is_live() && when.now < about.end => format!("began at {}", when.clock(about.start)),
        _ => format!("was for {}", when.near(about.start)),
    }
}

/// Until when the client may change it free, and whether that is still so.
fn free_until(story: &Story, when: &When) -> String {
    let policy = &story.appointment.policy;
    let cutoff = policy.effective_cutoff();
    let at = when.moment(cutoff);
    let name = story.name();
    let exactly = match policy.boundary {
        Boundary::Inclusive => "",
        Boundary::Exclusive => " (that minute itself is late)",
    };
    if when.now > cutoff {
        format!("Closed for {name} on {at}")
    } else {
        format!("Open for {name} until {at}{exactly}")
    }
}

/// The number, and whether it is not theirs.
fn phone(client: &Person) -> String {
    match (&client.phone, client.number()) {
        (Some(number), None) => format!("{number}, which is not theirs: ask for the right one"),
        (number, _) => number.clone().unwrap_or_else(|| "Not known".to_owned()),
    }
}

fn reach(story: &Story) -> Vec<(&'static str, String)> {
    let client = &story.client;
    let mut facts = vec![
        ("Prefers", crate::when::capital(&story.channels())),
        ("Phone", phone(client)),
        ("Email", client.email.clone().unwrap_or_else(|| "Not known".to_owned())),
        ("Voicemail", story.voicemail().to_owned()),
    ];
    let town = client.zone.name().rsplit('/').next().unwrap_or_default().replace('_', " ");
    facts.push(("Time zone", town));
    facts
}
