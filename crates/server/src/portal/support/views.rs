//! Requests as pages show them.

use crate::portal::desk::People;
use crate::when::Due;
use crate::when::When;
use domain::person::{PersonRef, Role};
use domain::ticket::{Line, LineKind, Route, Ticket, TicketKind, TicketState};
use store::{DbError, Tx};

/// One row of a list.
pub struct RowView {
    /// Which.
    pub id: String,
    /// What is asked for.
    pub kind: &'static str,
    /// The drawing of it.
    pub icon: &'static str,
    /// Who asks.
    pub asker: String,
    /// The beginning of the words.
    pub start: String,
    /// When it came.
    pub at: String,
    /// Its clock, while nobody has taken it or a client is to be told.
    pub due: Option<Due>,
    /// Where it stands.
    pub state: String,
    /// The colour of that.
    pub tone: &'static str,
    /// Whether somebody is to phone.
    pub owes_a_call: bool,
}

/// What a kind is called.
pub fn kind(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Technical => "Something doesn’t work, or do it for me",
        TicketKind::Clinical => "Clinical advice",
        TicketKind::Risk => "Worried about somebody’s safety",
        TicketKind::Admin => "Something about the practice",
    }
}

/// The same in a word or two.
pub fn short_kind(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Technical => "Technical",
        TicketKind::Clinical => "Clinical advice",
        TicketKind::Risk => "Safety",
        TicketKind::Admin => "Practice",
    }
}

fn icon(kind: TicketKind) -> &'static str {
    match kind {
        TicketKind::Technical => "life-buoy",
        TicketKind::Clinical => "heart",
        TicketKind::Risk => "shield",
        TicketKind::Admin => "settings",
    }
}

/// Where a request stands, in words.
pub fn state(ticket: &Ticket, taken_by: &str) -> (String, &'static str) {
    match ticket.state {
        TicketState::Open if ticket.route == Route::Urgent => ("Nobody has taken it yet".to_owned(), "over"),
        TicketState::Open => ("Waiting".to_owned(), "due"),
        TicketState::Acknowledged => (format!("{taken_by} has it"), "live"),
        TicketState::Answered => ("Answered".to_owned(), "done"),
        TicketState::Closed => ("Closed".to_owned(), ""),
    }
}

/// The name of a person, or what stands in its place.
pub fn name(tx: &mut Tx<'_>, people: &mut People, id: Option<PersonRef>) -> Result<String, DbError> {
    let Some(id) = id else { return Ok("Somebody by email".to_owned()) };
    Ok(people.find(tx, id)?.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone()))
}

/// One row.
pub fn row(tx: &mut Tx<'_>, people: &mut People, when: &When, ticket: &Ticket) -> Result<RowView, DbError> {
    let asker = match (ticket.asker(), &ticket.from_address) {
        (None, Some(address)) => address.clone(),
        (asker, _) => name(tx, people, asker)?,
    };
    let taken = name(tx, people, ticket.acknowledged.map(|done| done.by))?;
    let (state, tone) = state(ticket, &taken);
    let untold = ticket.hand_over.as_ref().is_some_and(|hand_over| hand_over.done.is_none());
    let runs = ticket.is_waiting() || (untold && ticket.state != TicketState::Closed);
    let start: String = ticket.body.chars().take(90).collect();
    Ok(RowView {
        id: ticket.id.to_string(),
        kind: short_kind(ticket.kind),
        icon: icon(ticket.kind),
        asker,
        start: if ticket.body.chars().count() > 90 { format!("{start}…") } else { start },
        at: when.brief(ticket.opened_at),
        due: runs.then(|| when.due(ticket.due_at)),
        state,
        tone,
        owes_a_call: ticket.owes_a_call(),
    })
}

/// One line of a thread.
pub struct LineView {
    /// When.
    pub at: String,
    /// The same for programs.
    pub at_exact: String,
    /// Who did what.
    pub head: String,
    /// The words, line by line.
    pub words: String,
}

/// One line.
pub fn line(tx: &mut Tx<'_>, people: &mut People, when: &When, line: &Line) -> Result<LineView, DbError> {
    let by = name(tx, people, line.by)?;
    let escalated = line.words.parse::<Role>().ok();
    let head = match line.kind {
        LineKind::Raised => format!("{by} asked"),
        LineKind::Acknowledged => format!("{by} took it"),
        LineKind::Answered => format!("{by} answered"),
        LineKind::Replied => format!("{by} wrote again"),
        LineKind::Noted => format!("{by} noted, for colleagues"),
        LineKind::Phoned => format!("{by} phoned"),
        LineKind::Told => format!("{by} told the client"),
        LineKind::Escalated => match escalated {
            Some(Role::Owner) => "Nobody had taken it: the owner was told".to_owned(),
            _ => "Nobody had taken it: the office was told".to_owned(),
        },
        LineKind::Closed => format!("{by} closed it"),
    };
    let words = if line.kind == LineKind::Escalated { String::new() } else { line.words.clone() };
    Ok(LineView { at: when.brief(line.at), at_exact: line.at.to_string(), head, words })
}
