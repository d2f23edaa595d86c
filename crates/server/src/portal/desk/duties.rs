//! What is owed, as a line with its clock and its one-tap forms (`domain` 2.4).

use super::people::{People, dial, owner_name};
use super::words;
use crate::when::Due;
use crate::when::When;
use domain::obligation::{Obligation, ObligationKind, ObligationState};
use domain::person::{Channel, Person, PersonRef};
use store::{DbError, Tx};

/// One duty on a page.
#[derive(Debug, Clone)]
pub struct DutyView {
    /// Its id.
    pub id: String,
    /// From the client's side: "Daniel knows".
    pub title: String,
    /// As something to do: "Make sure that Daniel knows".
    pub task: String,
    /// What stands under it.
    pub detail: String,
    /// Its drawing.
    pub icon: &'static str,
    /// Whether somebody still owes it.
    pub is_owed: bool,
    /// When it is due, while it is owed.
    pub clock: Option<Due>,
    /// "09:13", when it was done or excused.
    pub done_at: String,
    /// Who owes it.
    pub owner: String,
    /// The appointment that it is about; empty where there is none.
    pub appointment: String,
    /// The page of what it is about, below the portal's own address: the appointment's, else the client's.
    pub about: String,
    /// The client's whole name.
    pub client: String,
    /// The client's first name.
    pub first_name: String,
    /// The number to call, as shown; empty where there is none.
    pub phone: String,
    /// The number to call, as dialled.
    pub dial: String,
    /// What the client prefers: "text".
    pub prefers: &'static str,
    /// Whether a voicemail counts as telling this client.
    pub voicemail: bool,
    /// Which forms it has.
    pub act: Act,
    /// What is owed.
    pub kind: ObligationKind,
}

/// What can be done about a duty from its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Call the client, and say what came of it.
    Reach,
    /// Write the contact note.
    Note,
    /// Book a time.
    Book,
    /// Say what shows that it is done, or why it is no longer owed.
    Settle,
    /// Nothing: it settles itself.
    Wait,
}

impl DutyView {
    /// Whether its forms are for reaching the client.
    pub fn is_reach(&self) -> bool {
        self.is_owed && self.act == Act::Reach
    }
    /// Whether it is to tell the client: nothing is more urgent.
    pub fn is_urgent(&self) -> bool {
        self.kind == ObligationKind::InformClient
    }
    /// Whether the contact note settles it.
    pub fn is_note(&self) -> bool {
        self.is_owed && self.act == Act::Note
    }
    /// Whether a booking settles it.
    pub fn is_book(&self) -> bool {
        self.is_owed && self.act == Act::Book
    }
    /// Whether a person says that it is done.
    pub fn is_settle(&self) -> bool {
        self.is_owed && self.act == Act::Settle
    }
}

fn act_of(kind: ObligationKind) -> Act {
    match kind {
        ObligationKind::InformClient | ObligationKind::KeepPromise | ObligationKind::AnswerClient => Act::Reach,
        ObligationKind::WriteContactNote => Act::Note,
        ObligationKind::BookNext => Act::Book,
        ObligationKind::NextStep | ObligationKind::AttendanceUpdate => Act::Wait,
        _ => Act::Settle,
    }
}

/// The lines of these duties: what is owed first, most urgent on top; then what is done.
///
/// # Errors
/// Faults of the store.
pub fn duty_views(
    tx: &mut Tx<'_>,
    people: &mut People,
    when: &When,
    duties: &[Obligation],
    client: &Person,
) -> Result<Vec<DutyView>, DbError> {
    let mut duties: Vec<&Obligation> = duties.iter().collect();
    duties.sort_by_key(|duty| (!duty.is_owed(), duty.due_at, duty.id));
    duties.into_iter().map(|duty| view(tx, people, when, duty, client)).collect()
}

/// The line of one duty.
///
/// # Errors
/// Faults of the store.
pub fn view(
    tx: &mut Tx<'_>,
    people: &mut People,
    when: &When,
    duty: &Obligation,
    client: &Person,
) -> Result<DutyView, DbError> {
    let owner = match duty.owner.person {
        Some(person) => people.find(tx, person)?.cloned(),
        None => None,
    };
    let first_name = client.first_name().to_owned();
    let (title, icon) = words::duty(duty.kind, &first_name);
    let phone = client.number().unwrap_or_default().to_owned();
    Ok(DutyView {
        id: duty.id.to_string(),
        title,
        task: words::task(duty.kind, &first_name),
        detail: detail(tx, people, duty, client)?,
        icon,
        is_owed: duty.is_owed(),
        clock: duty.is_owed().then(|| when.due(duty.due_at)),
        done_at: done_at(duty, when),
        owner: owner_name(owner.as_ref(), duty.owner.role),
        appointment: duty.appointment.map(|id| id.to_string()).unwrap_or_default(),
        about: match duty.appointment {
            Some(id) => format!("appointments/{id}"),
            None => format!("clients/{}", duty.relationship),
        },
        client: client.name.clone(),
        first_name,
        dial: dial(&phone),
        phone,
        prefers: words::channel(client.preference.preferred()),
        voicemail: client.preference.voicemail,
        act: act_of(duty.kind),
        kind: duty.kind,
    })
}

fn done_at(duty: &Obligation, when: &When) -> String {
    match &duty.state {
        ObligationState::Met { at, .. } | ObligationState::Excused { at, .. } => when.brief(*at),
        _ => String::new(),
    }
}

fn detail(tx: &mut Tx<'_>, people: &mut People, duty: &Obligation, client: &Person) -> Result<String, DbError> {
    Ok(match &duty.state {
        ObligationState::Open => words::duty_hint(duty.kind).to_owned(),
        ObligationState::Escalated { times: 1, .. } => "Overdue, so the practice’s admins were asked".to_owned(),
        ObligationState::Escalated { .. } => "Overdue twice, so the practice owner was asked".to_owned(),
        ObligationState::Excused { reason, .. } => format!("No longer owed: {reason}"),
        ObligationState::Met { evidence, .. } => shown(tx, people, evidence, client)?,
    })
}

/// What shows that a duty is done, as a person reads it: the flows write ids and channel words into it.
fn shown(tx: &mut Tx<'_>, people: &mut People, evidence: &str, client: &Person) -> Result<String, DbError> {
    if let Some(signature) = evidence.strip_prefix("entered by ") {
        return Ok(format!("entered by {}", people.signed(tx, signature, &client.name)?));
    }
    let plain: Vec<&str> = evidence.split(' ').filter(|word| !is_id(word)).collect();
    let plain = plain.join(" ");
    let reached = plain.strip_suffix(" reached").and_then(|word| word.parse::<Channel>().ok());
    Ok(match (reached, plain.as_str()) {
        (Some(channel), _) => format!("reached by {}", words::channel(channel)),
        (None, "voicemail left_voicemail") => "voicemail left, as they prefer".to_owned(),
        (None, plain) => plain.replace('_', " "),
    })
}

fn is_id(word: &str) -> bool {
    word.len() > 20 && (word.parse::<PersonRef>().is_ok() || word.as_bytes().get(3) == Some(&b'_'))
}
