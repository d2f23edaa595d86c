//! The dispute file of one appointment: what both sides say, what was sent, what it cost, what was noted, and the record
//! behind it (V-13, `ux` 4.14). Making it is itself recorded.

use super::notes::{self, NoteView};
use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow};
use crate::portal::desk::story::{self, Story};
use crate::portal::desk::{People, When, ask, capital, read, words};
use crate::portal::{Shell, page_with};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::id::AppointmentId;
use domain::statement::Statement;
use store::{Done, Tx};

/// What one side says.
#[derive(Debug, Clone)]
pub struct SaidView {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// Their words.
    pub words: String,
}

/// One line of the record.
struct TrailView {
    number: String,
    at: String,
    what: String,
    details: String,
}

struct File {
    story: Story,
    said: Vec<SaidView>,
    notes: Vec<NoteView>,
    money: Vec<(String, String, String)>,
    trail: Vec<TrailView>,
}

#[derive(Template)]
#[template(path = "practice/dispute.html")]
struct DisputePage {
    shell: Shell,
    errors: FieldErrors,
    when: When,
    appointment: String,
    file: Option<File>,
    made: String,
}

/// GET: the form.
pub async fn page(app: App, call: Call<Staff>) -> Answer {
    let appointment = call.raw_query().get("appointment").to_owned();
    show(&app, &call, appointment, FieldErrors::default(), None, StatusCode::OK)
}

/// POST: makes the file, and puts on record that it was made and that the notes were read.
pub async fn make(app: App, call: Call<Staff>) -> Answer {
    let (typed, when) = (call.raw().get("appointment").trim().to_owned(), When::of(&call));
    let Ok(id) = typed.parse::<AppointmentId>() else {
        let mut errors = FieldErrors::default();
        errors.push("appointment", "Enter the number of an appointment; it begins with apt_.");
        return show(&app, &call, typed, errors, None, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let (asked, inner) = (ask(&call), app.clone());
    let who = asked.clone();
    flow::once::write(&app, &asked, None, move |tx| {
        let mut done = flow::file::read_notes(tx, &inner.tools, &who, id)?;
        done.audit.word = "dispute_file_made".to_owned();
        Ok(Done { answer: String::new(), audit: done.audit, more: done.more })
    })
    .await?;
    let file = read(&app, move |tx| file(tx, &asked, &when, id)).await?;
    show(&app, &call, typed, FieldErrors::default(), Some(file), StatusCode::OK)
}

fn show(
    app: &App,
    call: &Call<Staff>,
    appointment: String,
    errors: FieldErrors,
    file: Option<File>,
    status: StatusCode,
) -> Answer {
    let when = When::of(call);
    let made = when.moment(when.now);
    let shell = Shell::new(app, call, "Make a dispute file").at("/p/record").with(&errors);
    page_with(status, &DisputePage { shell, errors, when, appointment, file, made })
}

fn file(tx: &mut Tx<'_>, ask: &Ask, when: &When, id: AppointmentId) -> Flow<File> {
    let story = story::load(tx, &ask.who, when, id)?;
    let notes = store::contact::notes_of(tx, &ask.who.scope(), id)?;
    let said = store::statement::of(tx, &ask.who.scope(), id)?;
    let entries = store::ledger::of_appointment(tx, story.appointment.client, id)?;
    let line = |entry: &domain::ledger::LedgerEntry| {
        let what = capital(&entry.kind.as_str().replace('_', " "));
        (when.moment(entry.at), format!("{what}: {}", entry.reason), entry.amount.to_string())
    };
    Ok(File {
        notes: notes::views(tx, when, &notes)?,
        said: said_views(tx, when, &said)?,
        money: entries.iter().map(line).collect(),
        trail: trail(tx, when, &story)?,
        story,
    })
}

/// What each side says, as a page shows it.
pub fn said_views(tx: &mut Tx<'_>, when: &When, said: &[Statement]) -> Flow<Vec<SaidView>> {
    let mut people = People::default();
    let mut views = Vec::with_capacity(said.len());
    for one in said {
        let by = people.find(tx, one.by)?.map(|person| person.name.clone()).unwrap_or_default();
        views.push(SaidView {
            by: format!("{by}, {}", words::role(one.role).to_lowercase()),
            at: when.moment(one.at),
            words: one.words.clone(),
        });
    }
    Ok(views)
}

fn trail(tx: &mut Tx<'_>, when: &When, story: &Story) -> Flow<Vec<TrailView>> {
    let about = &story.appointment;
    let mut people = People::default();
    let mut lines = Vec::new();
    for recorded in store::audit::entries(tx, about.practice, &about.id.to_string(), 0, 200)? {
        let entry = recorded.entry;
        let by = people.signed(tx, &entry.actor, &story.client.name)?;
        let details = entry.opening.as_ref().map(|opening| &opening.details);
        let pick = |name: &str| details?.get(name)?.as_str().map(|text| text.replace('_', " "));
        let change = pick("before").zip(pick("after")).map(|(before, after)| format!("from {before} to {after}"));
        let why = pick("why").map(|why| format!("because: {why}"));
        lines.push(TrailView {
            number: format!("No. {} · {}", recorded.receipt.seq, recorded.receipt.prefix()),
            at: when.moment(entry.at),
            what: format!("{}, {by}", capital(&words::entry(&entry.word))),
            details: [change, why].into_iter().flatten().collect::<Vec<_>>().join(", "),
        });
    }
    Ok(lines)
}
