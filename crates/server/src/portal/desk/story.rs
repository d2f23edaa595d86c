//! Everything that a page about one appointment shows, read in one go.

use super::duties::{Act, DutyView, duty_views};
use super::people::{People, dial};
use super::words::{self, TagView};
use crate::flow::{Flow, Who, letter};
use crate::when::{When, capital};
use domain::appointment::{Appointment, State};
use domain::audit::Receipt;
use domain::change_request::ChangeRequest;
use domain::id::AppointmentId;
use domain::inbound::Inbound;
use domain::message::Message;
use domain::offer::{Offer, OfferState};
use domain::person::{Channel, Person, PersonRef};
use domain::policy::Policy;
use domain::practice::Therapist;
use domain::refusal::Refusal;
use domain::time::Instant;
use store::Tx;

/// How many entries of the record a page shows.
const HISTORY: u32 = 100;

/// One appointment with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Story {
    /// The appointment.
    pub appointment: Appointment,
    /// Its therapist.
    pub therapist: Therapist,
    /// Its client.
    pub client: Person,
    /// The policy that was agreed when it was booked.
    pub policy: Policy,
    /// What is owed, and what was.
    pub duties: Vec<DutyView>,
    /// What people were told, newest first.
    pub messages: Vec<MessageView>,
    /// What the client wrote back, newest first.
    pub replies: Vec<ReplyView>,
    /// What happened, newest first.
    pub history: Vec<LineView>,
    /// Where the newest entry of the record stands.
    pub receipt: Option<Receipt>,
    /// Until when the last change may be taken back, UTC.
    pub undo_until: Option<Instant>,
    /// What waits for the team.
    pub asked_team: Option<ChangeRequest>,
}

/// What the client wrote back.
#[derive(Debug, Clone)]
pub struct ReplyView {
    /// By which way.
    pub channel: &'static str,
    /// The drawing of that.
    pub icon: &'static str,
    /// Their words.
    pub words: String,
    /// When it came in.
    pub at: String,
    /// The same, RFC 3339.
    pub at_exact: String,
    /// What it was understood as.
    pub understood: &'static str,
}

/// A message as its recipient got it.
#[derive(Debug, Clone)]
pub struct MessageView {
    /// Its id.
    pub id: String,
    /// To whom.
    pub name: String,
    /// Whether that is the client.
    pub to_client: bool,
    /// By which way.
    pub channel: &'static str,
    /// The drawing of that.
    pub icon: &'static str,
    /// What for.
    pub purpose: &'static str,
    /// Subject; may be empty.
    pub subject: String,
    /// The words exactly as sent; links are masked.
    pub text: String,
    /// Whether it has nowhere to go: what stands in the portal needs no address.
    pub is_unaddressed: bool,
    /// Where it stands.
    pub state: TagView,
    /// When it went, or will go.
    pub at: String,
    /// The same, RFC 3339.
    pub at_exact: String,
    /// The appointment that it is about; empty where there is none.
    pub appointment: String,
    /// Where it went; empty where there is no such address.
    pub address: String,
}

impl MessageView {
    /// Whether it is a text rather than a letter.
    pub fn is_text(&self) -> bool {
        self.channel == "text"
    }
}

/// One line of history.
#[derive(Debug, Clone)]
pub struct LineView {
    /// When, as shown.
    pub at: String,
    /// When, RFC 3339.
    pub at_exact: String,
    /// What, and by whom.
    pub text: String,
}

/// Reads the appointment with all that belongs to it; not found where it is not theirs to see.
pub fn load(tx: &mut Tx<'_>, who: &Who, when: &When, id: AppointmentId) -> Flow<Story> {
    let missing = || Refusal::not_found("appointment");
    let appointment = store::appointment::load(tx, &who.scope(), id)?.ok_or_else(missing)?;
    let therapist = store::therapist::load(tx, appointment.therapist)?.ok_or_else(missing)?;
    let client = store::person::load(tx, PersonRef::Client(appointment.client))?.ok_or_else(missing)?;
    let policy = store::policy::of_booking(tx, appointment.practice, &appointment.policy)?.ok_or_else(missing)?;
    let offer = store::offer::open_of(tx, id)?.filter(|offer| offer.state == OfferState::Open);
    let mut people = People::default();
    let owed = store::obligation::of_appointment(tx, id)?;
    let mut duties = duty_views(tx, &mut people, when, &owed, &client)?;
    if let Some(offer) = &offer {
        name_offer(&mut duties, offer, when);
    }
    let mut messages = Vec::new();
    for message in store::message::of_appointment(tx, id)? {
        messages.push(message_view(tx, &mut people, when, &message)?);
    }
    messages.reverse();
    let replies = store::inbound::of_appointment(tx, &who.scope(), id)?;
    let replies = replies.iter().rev().map(|inbound| reply_view(inbound, when)).collect();
    let (history, receipt) = history(tx, &mut people, when, &appointment, &client)?;
    let undo = store::undo::of(tx, id)?.filter(|undo| undo.is_open(appointment.revision, when.now));
    let asked_team = store::change_request::open_of(tx, id)?;
    let undo_until = undo.map(|undo| undo.until);
    Ok(Story {
        appointment,
        therapist,
        client,
        policy,
        duties,
        messages,
        replies,
        history,
        receipt,
        undo_until,
        asked_team,
    })
}

/// Says under the next step that the client is choosing, and until when.
fn name_offer(duties: &mut [DutyView], offer: &Offer, when: &When) {
    let held = format!("{} held until {}", words::count(offer.slots.len(), "time"), when.brief(offer.expires_at));
    for duty in duties.iter_mut().filter(|duty| duty.is_owed && duty.act == Act::Wait) {
        duty.detail.clone_from(&held);
    }
}

fn reply_view(inbound: &Inbound, when: &When) -> ReplyView {
    ReplyView {
        channel: words::channel(inbound.channel),
        icon: words::channel_icon(inbound.channel),
        words: inbound.body.clone(),
        at: when.brief(inbound.received_at),
        at_exact: inbound.received_at.to_string(),
        understood: match inbound.is_proven() {
            true => words::understood(inbound.understood.as_deref()),
            false => "For you to read. It answers no letter of ours, so make sure that it is theirs",
        },
    }
}

/// A message as a page shows it.
pub fn message_view(tx: &mut Tx<'_>, people: &mut People, when: &When, message: &Message) -> Flow<MessageView> {
    let name = people.find(tx, message.to)?.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone());
    let at = message.handed_at.unwrap_or(message.send_at);
    Ok(MessageView {
        id: message.id.to_string(),
        name,
        to_client: matches!(message.to, PersonRef::Client(_)),
        channel: words::channel(message.channel),
        icon: words::channel_icon(message.channel),
        purpose: words::purpose(message.kind),
        subject: message.subject.clone(),
        text: letter::looked_at(tx, message)?,
        is_unaddressed: message.address.is_empty() && message.channel != Channel::InApp,
        state: words::message_state(message),
        at: when.brief(at),
        at_exact: at.to_string(),
        appointment: message.appointment.map(|id| id.to_string()).unwrap_or_default(),
        address: message.address.clone(),
    })
}

fn history(
    tx: &mut Tx<'_>,
    people: &mut People,
    when: &When,
    appointment: &Appointment,
    client: &Person,
) -> Flow<(Vec<LineView>, Option<Receipt>)> {
    let entries = store::audit::entries(tx, appointment.practice, &appointment.id.to_string(), 0, HISTORY)?;
    let receipt = entries.last().map(|entry| entry.receipt);
    let mut lines = Vec::with_capacity(entries.len());
    for recorded in entries.into_iter().rev() {
        let entry = recorded.entry;
        let by = people.signed(tx, &entry.actor, &client.name)?;
        let what = capital(&words::entry(&entry.word));
        lines.push(LineView {
            at: when.brief(entry.at),
            at_exact: entry.at.to_string(),
            text: format!("{what}, {by}"),
        });
    }
    Ok((lines, receipt))
}

impl Story {
    /// "Daniel".
    pub fn name(&self) -> String {
        self.client.first_name().to_owned()
    }

    /// "Daniel Reyes, today at 14:00": the title of its pages.
    pub fn title(&self, when: &When) -> String {
        format!("{}, {}", self.client.name, when.near(self.appointment.start))
    }

    /// "Tuesday 24 November, 14:00 to 14:50".
    pub fn range(&self, when: &When) -> String {
        when.day_range(self.appointment.interval())
    }

    /// "Tuesday 24 November, 14:00".
    pub fn moment(&self, when: &When) -> String {
        when.moment(self.appointment.start)
    }

    /// "Online".
    pub fn place(&self) -> &'static str {
        words::place(self.appointment.kind)
    }

    /// Where the payment stands.
    pub fn payment(&self, when: &When) -> String {
        words::payment(&self.appointment, when)
    }

    /// "today’s appointment", "the appointment on Thursday 26 November".
    pub fn which(&self, when: &When) -> String {
        match when.near_day(self.appointment.start).as_str() {
            day @ ("today" | "tomorrow" | "yesterday") => format!("{day}’s appointment"),
            day => format!("the appointment on {day}"),
        }
    }

    /// Whether it is still to come and may be called off or moved.
    pub fn is_pending(&self, when: &When) -> bool {
        self.appointment.state.is_pending() && self.appointment.start > when.now
    }

    /// Whether it was called off.
    pub fn is_cancelled(&self) -> bool {
        matches!(self.appointment.state, State::Cancelled(_))
    }

    /// "Short notice: in 4 h 48 min", where it is.
    pub fn short_notice(&self, when: &When) -> Option<String> {
        let short = domain::policy::notice::short_notice(&self.policy.parameters, self.appointment.start, when.now);
        let left = When::length(self.appointment.start - when.now);
        (short && self.is_pending(when)).then(|| format!("Short notice: in {left}"))
    }

    /// Whether the client wrote about it in the portal, where they are best answered.
    pub fn wrote_in_portal(&self) -> bool {
        self.replies.iter().any(|reply| reply.channel == words::channel(Channel::InApp))
    }

    /// "text, then email".
    pub fn channels(&self) -> String {
        let channels = &self.client.preference.channels;
        let words: Vec<&str> = channels.iter().map(|channel| words::channel(*channel)).collect();
        match words.split_first() {
            None => "nobody has asked yet".to_owned(),
            Some((first, [])) => (*first).to_owned(),
            Some((first, rest)) => format!("{first}, then {}", rest.join(" and ")),
        }
    }

    /// Whether a voicemail counts as telling them (V-10).
    pub fn voicemail(&self) -> &'static str {
        if self.client.preference.voicemail { "Yes, one may be left" } else { "No. It won’t count as telling them" }
    }

    /// The number as dialled; empty where there is none.
    pub fn dial(&self) -> String {
        dial(self.client.number().unwrap_or_default())
    }

    /// Where the client prefers to be reached, as a line: the number for texts and calls, else the address.
    pub fn address_of(&self, channel: Channel) -> String {
        let (phone, email) = (self.client.number().map(str::to_owned), self.client.email.clone());
        match channel {
            Channel::Email | Channel::InApp | Channel::Push => email.unwrap_or_default(),
            _ => phone.unwrap_or_default(),
        }
    }

    /// What the client's clock shows, where that is another time: "09:00 in New York".
    pub fn client_time(&self, when: &When) -> Option<String> {
        when.elsewhere(self.appointment.start, &self.client.zone)
    }

    /// "No. 18 204 · 7f3a 91c0", where it stands on the record.
    pub fn record_number(&self) -> String {
        self.receipt.map(|receipt| format!("No. {} · {}", receipt.seq, receipt.prefix())).unwrap_or_default()
    }
}
