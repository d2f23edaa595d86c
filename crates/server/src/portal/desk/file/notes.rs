//! Reading the contact notes. A note is opened on purpose, and that somebody did goes on the record (`rulings` 10).

use crate::app::App;
use crate::call::Call;
use crate::flow::{self, Flow};
use crate::portal::desk::story::{self, Story};
use crate::portal::desk::{Desk, People, When, ask, read, words};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::contact::Note;
use domain::id::AppointmentId;
use store::{Done, Tx};

/// One note, opened.
#[derive(Debug, Clone)]
pub struct NoteView {
    /// When the client was informed.
    pub informed: String,
    /// By which way.
    pub how: &'static str,
    /// What was agreed.
    pub agreed: String,
    /// Who wrote it, and for whom where that is somebody else (V-17).
    pub by: String,
    /// When it was written.
    pub at: String,
}

#[derive(Template)]
#[template(path = "desk/notes.html")]
struct NotesPage {
    shell: Shell,
    base: &'static str,
    story: Story,
    when: When,
    notes: Vec<NoteView>,
}

/// POST: opens them.
pub async fn open<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(&call));
    let (asked, inner) = (ask(&call), app.clone());
    let who = asked.clone();
    flow::once::write(&app, &asked, None, move |tx| {
        let done = flow::file::read_notes(tx, &inner.tools, &who, id)?;
        Ok(Done { answer: String::new(), audit: done.audit, more: done.more })
    })
    .await?;
    let shown = when.clone();
    let (story, notes) = read(&app, move |tx| {
        let notes = store::contact::notes_of(tx, &asked.who.scope(), id)?;
        Ok((story::load(tx, &asked.who, &shown, id)?, views(tx, &shown, &notes)?))
    })
    .await?;
    let shell = Shell::new(&app, &call, super::super::details::notes_heading(&story)).at(&D::appointments());
    render(&NotesPage { shell, base: D::BASE, story, when, notes })
}

/// The notes as lines, for a page that has put their reading on record.
pub fn views(tx: &mut Tx<'_>, when: &When, notes: &[Note]) -> Flow<Vec<NoteView>> {
    let mut people = People::default();
    let mut views = Vec::with_capacity(notes.len());
    for note in notes {
        let by = people.find(tx, note.by)?.map(|person| person.name.clone()).unwrap_or_default();
        let for_whom = match note.on_behalf_of {
            Some(person) => people.find(tx, person)?.map(|person| format!(" for {}", person.name)),
            None => None,
        };
        views.push(NoteView {
            informed: when.moment(note.informed_at),
            how: words::channel(note.informed_how),
            agreed: note.agreed.clone(),
            by: format!("{by}{}", for_whom.unwrap_or_default()),
            at: when.moment(note.at),
        });
    }
    Ok(views)
}
