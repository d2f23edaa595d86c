//! Codes in the words of the pages.

use crate::words::owed;
pub use crate::words::owed::task;
use domain::appointment::{Appointment, State};
use domain::contact::AttemptResult;
use domain::disruption::{Disruption, DisruptionKind};
use domain::message::{Message, MessageKind, MessageState};
use domain::obligation::ObligationKind;
use domain::person::{Channel, Role};
use domain::policy::money::PaymentState;
use domain::practice::AgreementHow;
use domain::schedule::MeetingKind;
use domain::telling::short_text::{Alphabet, Size};

/// A state beside its drawing (`ui::tag`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagView {
    /// `over`, `due`, `live`, `done`, `held`, `bare` or nothing.
    pub kind: &'static str,
    /// The words.
    pub text: String,
    /// The drawing; may be empty.
    pub icon: &'static str,
}

impl TagView {
    /// A tag.
    pub fn new(kind: &'static str, text: impl Into<String>, icon: &'static str) -> Self {
        Self { kind, text: text.into(), icon }
    }
}

/// How a client is reached by this way: "by text".
pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "email",
        Channel::Sms => "text",
        Channel::Phone => "phone call",
        Channel::InApp => "portal message",
        Channel::Push => "browser notice",
        Channel::Voicemail => "voicemail",
        Channel::InPerson => "face to face",
    }
}

/// The drawing of a channel.
pub fn channel_icon(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "mail",
        Channel::Sms | Channel::InApp | Channel::Push => "message-square",
        Channel::Phone | Channel::Voicemail => "phone",
        Channel::InPerson => "user",
    }
}

/// Where two people meet.
pub fn place(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::InPerson => "In person",
        MeetingKind::Video => "Online",
        MeetingKind::Phone => "By phone",
    }
}

/// The drawing of that.
pub fn place_icon(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::InPerson => "map-pin",
        MeetingKind::Video => "video",
        MeetingKind::Phone => "phone",
    }
}

/// How a person said yes.
pub fn agreed(how: AgreementHow) -> &'static str {
    match how {
        AgreementHow::InSession => "in our session",
        AgreementHow::Phone => "on the phone",
        AgreementHow::Email => "by email",
        AgreementHow::Sms => "by text",
        AgreementHow::Portal => "in the portal",
    }
}

/// Whose duty, where nobody is named.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Client => "The client",
        Role::Therapist => "The therapist",
        Role::Admin => "Any admin",
        Role::Support => "Support",
        Role::ClinicalLead => "Clinical lead",
        Role::RiskDuty => "Risk duty",
        Role::Owner => "Practice owner",
    }
}

/// Where an appointment stands. Done is quiet; colour means that somebody owes something.
pub fn state(appointment: &Appointment) -> TagView {
    let text = appointment.attendance_label();
    match &appointment.state {
        State::Requested => TagView::new("live", "Asked for", "clock"),
        State::Booked if appointment.pending_move.is_some() => TagView::new("live", "Asked to move", "repeat"),
        State::InProgress => TagView::new("live", "Under way", "clock"),
        State::AwaitingUpdate => TagView::new("", "Needs an update", ""),
        State::Attended => TagView::new("bare", text, ""),
        State::Booked => TagView::new("", "Booked", ""),
        State::Cancelled(how) if how.late => TagView::new("", format!("{text}, late"), ""),
        _ => TagView::new("", text, ""),
    }
}

/// What happened, in a few words: "cancelled by Maya Okafor".
pub fn happened(case: &Disruption, therapist: &str) -> String {
    match case.kind {
        DisruptionKind::CancelledByClient => "cancelled by the client".to_owned(),
        DisruptionKind::CancelledByTherapist => format!("cancelled by {therapist}"),
        DisruptionKind::CancelledByPractice => format!("cancelled by the practice, with {therapist}"),
        DisruptionKind::Rescheduled => format!("moved, with {therapist}"),
        DisruptionKind::RunningLate => format!("{therapist} is running late"),
        DisruptionKind::TherapistMissed => format!("missed by {therapist}"),
        DisruptionKind::ClientLate => format!("client late, with {therapist}"),
        DisruptionKind::ClientNoShow => format!("client didn’t come, with {therapist}"),
        DisruptionKind::TechnicalFailure => format!("connection failed, with {therapist}"),
        DisruptionKind::Absence => format!("{therapist} is away"),
        DisruptionKind::Drift => format!("{therapist}’s calendar copy differs"),
    }
}

/// What a message is for.
pub fn purpose(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Confirmation => "Booking confirmed",
        MessageKind::Cancellation => "Cancellation",
        MessageKind::Rescheduled => "New time",
        MessageKind::Offer => "Question about another time",
        MessageKind::TimeKept => "The time stays",
        MessageKind::Requested => "Asked for a time",
        MessageKind::RequestDeclined => "Time not confirmed",
        MessageKind::Fee => "Fee let go",
        MessageKind::ChangeRequest => "Question to the team",
        MessageKind::Escalation => "Overdue duty",
        MessageKind::CallTask => "Request to phone",
        MessageKind::Refund => "Refund",
        MessageKind::FeeWaived => "Fee no longer due",
        MessageKind::Promise => "Promise to be in touch",
        MessageKind::Correction => "Record set right",
        MessageKind::Closing => "Closing words",
        MessageKind::SignIn => "Sign-in link",
        MessageKind::BookingLink => "Booking link",
        MessageKind::Message => "Message",
        MessageKind::Ticket => "Request for help",
        MessageKind::TicketAnswer => "Answer to a request",
        MessageKind::ConfirmAddress => "New address to confirm",
        MessageKind::MessageWaiting => "Word that a message waits",
        MessageKind::RunningLate => "Running late",
        MessageKind::LateAnswer => "Answer to running late",
        MessageKind::Reminder => "Reminder",
        MessageKind::Digest => "The day ahead",
        MessageKind::ClientWrote => "The client wrote back",
        MessageKind::PassedOn => "A person will read it",
        MessageKind::Help => "How to reach us",
        MessageKind::Missed => "Missed, with an apology",
        MessageKind::ClientLate => "Are you coming?",
        MessageKind::SteppedAway => "Stepped away for now",
        MessageKind::ClientNoShow => "We missed you",
        MessageKind::Receipt => "Receipt",
        MessageKind::TechnicalFailure => "The connection failed",
        MessageKind::Outcome => "What came of it",
        MessageKind::MakeUp => "Make-up session",
    }
}

/// What a reply was understood as.
pub fn understood(word: Option<&str>) -> &'static str {
    match word {
        None => "Not read yet",
        Some("wait") => "Happy to wait",
        Some("reschedule") => "Would rather have another time",
        Some("take") => "Took one of the times",
        Some("new_time") => "Would like a new time",
        Some("no_new_time") => "No new time for now",
        Some("coming") => "Is coming",
        Some("not_coming") => "Can’t make it",
        Some("ready_at") => "Says when they are ready",
        Some("stop") => "Wants no more texts",
        Some("start") => "Wants texts again",
        Some("help") => "Asked whom to turn to",
        Some(_) => "For you to read",
    }
}

/// Where a message stands. Delivered is not told: the words differ.
pub fn message_state(message: &Message) -> TagView {
    match message.state {
        MessageState::Pending | MessageState::Leased => TagView::new("live", "On its way", "send"),
        MessageState::Accepted => TagView::new("live", "Sent", "send"),
        MessageState::Delivered => TagView::new("live", "Delivered", "check"),
        MessageState::Undeliverable => TagView::new("over", "Couldn’t be delivered", "triangle-alert"),
        MessageState::Unknown => TagView::new("due", "Nobody knows whether it arrived", "info"),
        MessageState::Superseded => TagView::new("bare", "Replaced by a newer one", ""),
        MessageState::Cancelled => TagView::new("bare", "Taken back before it went", ""),
    }
}

/// Where a payment stands, in a sentence about this amount.
pub fn payment(appointment: &Appointment, when: &super::When) -> String {
    let price = appointment.price;
    match (appointment.payment.state, appointment.payment.due_at) {
        (PaymentState::None, _) => format!("{price}, nothing is taken through the practice"),
        (PaymentState::Planned, Some(at)) if appointment.state.is_live() => {
            format!("{price}, to be taken {}", when.moment(at))
        }
        (PaymentState::Planned, _) => format!("{price}, not taken"),
        (PaymentState::Captured, _) => format!("{price}, paid"),
        (PaymentState::RefundDue, _) => format!("{price} is on its way back"),
        (PaymentState::Refunded, _) => format!("{price} went back"),
        (PaymentState::Waived, _) => format!("{price}, waived"),
        (PaymentState::Failed, _) => format!("{price}, the payment didn’t go through"),
        (PaymentState::Unknown, _) => format!("{price}, the bank hasn’t said yet"),
    }
}

/// A duty from the client's side, and its drawing: "Daniel knows".
pub fn duty(kind: ObligationKind, name: &str) -> (String, &'static str) {
    (owed::duty(kind, name), drawing(kind))
}

fn drawing(kind: ObligationKind) -> &'static str {
    match kind {
        ObligationKind::InformClient => "user",
        ObligationKind::NotifyPractice | ObligationKind::UpdateLongAbsence => "bell",
        ObligationKind::NextStep | ObligationKind::BookNext => "calendar",
        ObligationKind::KeepPromise => "phone",
        ObligationKind::MarkAttendance | ObligationKind::AttendanceUpdate => "circle-check",
        ObligationKind::WriteContactNote => "file-text",
        ObligationKind::ConfirmOutcome => "check",
        ObligationKind::DecideMoney => "banknote",
        ObligationKind::AnswerRequest | ObligationKind::AnswerClient | ObligationKind::ConfirmPlan => "message-square",
        ObligationKind::AttributeFault => "split",
        ObligationKind::ConsiderMakeup => "heart",
        ObligationKind::EscalateClinical => "life-buoy",
        ObligationKind::EscalateRisk | ObligationKind::ReviewRisk => "shield",
        ObligationKind::CheckInWithClient => "clock",
    }
}

/// What stands under an open duty.
pub fn duty_hint(kind: ObligationKind) -> &'static str {
    match kind {
        ObligationKind::InformClient => "Not confirmed yet. Sent or delivered isn’t told.",
        ObligationKind::NextStep => "Waiting for an answer",
        ObligationKind::WriteContactNote => "When, how and what was agreed",
        ObligationKind::DecideMoney => "Charge, waive, refund or carry over",
        ObligationKind::NotifyPractice => "Somebody in the office has seen it",
        _ => "",
    }
}

/// What a record's entry says, as a line of history.
pub fn entry(word: &str) -> String {
    match word {
        "appointment_booked" => "Booked".to_owned(),
        "appointment_cancelled" => "Cancelled".to_owned(),
        "appointment_rescheduled" => "Moved".to_owned(),
        "appointment_requested" => "Asked for this time".to_owned(),
        "request_confirmed" => "Confirmed".to_owned(),
        "request_declined" => "Declined".to_owned(),
        "request_expired" => "Not answered in time".to_owned(),
        "request_taken_back" => "Taken back".to_owned(),
        "move_asked" => "Asked the client for another time".to_owned(),
        "move_withdrawn" => "No longer asks for another time".to_owned(),
        "edit_undone" => "Took the change back".to_owned(),
        "team_asked" => "Asked the team".to_owned(),
        "team_declined" => "The team said no".to_owned(),
        "fee_waived" => "Let the fee go".to_owned(),
        "refund_due" => "Gave the money back".to_owned(),
        "settled_by_hand" => "Settled the money by hand".to_owned(),
        "payment_carried" => "Carried the payment to another appointment".to_owned(),
        "offer_accepted" => "Chose one of the offered times".to_owned(),
        "offer_declined" => "Wanted none of the offered times".to_owned(),
        "client_informed" => "Opened the message".to_owned(),
        "contact_attempted" => "Tried to reach the client".to_owned(),
        "note_written" => "Wrote the contact note".to_owned(),
        "running_late" => "Running late".to_owned(),
        "late_answer" => "Answered: happy to wait".to_owned(),
        "client_wrote" => "Wrote back".to_owned(),
        "message_accepted" => "Taken by the other side".to_owned(),
        "message_delivered" => "Delivered".to_owned(),
        "message_undeliverable" => "Couldn’t be delivered".to_owned(),
        "message_unknown" => "Nobody knows whether it went".to_owned(),
        "message_tried_again" => "Sent once more".to_owned(),
        "message_seen_to" => "Seen to in another way".to_owned(),
        "message_written" => "Wrote to the client".to_owned(),
        "booking_link_sent" => "Sent the booking link".to_owned(),
        "booking_link_made" => "Showed the booking link".to_owned(),
        "client_reminded" => "The client was reminded".to_owned(),
        "reply_read" => "A reply was read".to_owned(),
        "connected_after_lateness" => "Connected and agreed the plan".to_owned(),
        "therapist_missed" => "Missed by the therapist".to_owned(),
        "client_late" => "The client hadn’t come yet".to_owned(),
        "checked_in_with_client" => "Asked whether they are coming".to_owned(),
        "client_arrived" => "The client is here".to_owned(),
        "client_no_show" => "The client didn’t come".to_owned(),
        "practice_informed" => "Seen by the practice".to_owned(),
        "outcome_confirmed" => "Told the practice what came of it".to_owned(),
        "fault_proposed" => "Said whose side it was on".to_owned(),
        "fault_settled" => "Settled whose side it was on".to_owned(),
        "make_up_decided" => "Decided about a make-up".to_owned(),
        "obligation_met" => "Marked a duty as done".to_owned(),
        "obligation_excused" => "Marked a duty as no longer owed".to_owned(),
        "attendance_updated" => "Made the attendance update".to_owned(),
        "appointment_corrected" => "Set the record right".to_owned(),
        "statement_made" => "Added their own account".to_owned(),
        "notes_read" => "Read the contact notes".to_owned(),
        "relationship_ended" => "Ended the relationship".to_owned(),
        other => crate::when::capital(&other.replace('_', " ")),
    }
}

/// "its" form of a name: "Daniel’s", "Tomas’s".
pub fn of(name: &str) -> String {
    format!("{name}’s")
}

/// "1 time", "3 times".
pub fn count(n: usize, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") }
}

/// A reason as this practice calls it, else as whoever reads it says it: a therapist of themselves, or others of them.
pub fn reason(list: &domain::policy::Reasons, reason: domain::reason::Reason, therapist: Option<&str>) -> String {
    let ours = || therapist.map_or_else(|| reason.words().to_owned(), |name| reason_of_other(reason, name));
    list.label(reason).map_or_else(ours, str::to_owned).replace('\'', "’")
}

/// A therapist's reason as somebody else gives it: "I'm ill" reads "Maya is ill".
pub fn reason_of_other(reason: domain::reason::Reason, therapist: &str) -> String {
    let own = reason.words();
    for (first, other) in [("I'm ", "is "), ("I've ", "has "), ("I had ", "had "), ("I have ", "has "), ("My ", "’s ")]
    {
        if let Some(rest) = own.strip_prefix(first) {
            let gap = if other.starts_with('’') { "" } else { " " };
            return format!("{therapist}{gap}{other}{rest}");
        }
    }
    own.to_owned()
}

/// What came of an attempt.
pub fn result(result: AttemptResult) -> &'static str {
    match result {
        AttemptResult::Reached => "I’ve spoken to them",
        AttemptResult::NoAnswer => "No answer",
        AttemptResult::LeftVoicemail => "Left a voicemail",
        AttemptResult::Sent => "Sent something",
        AttemptResult::WrongNumber => "Wrong number",
        AttemptResult::Failed => "It didn’t go",
    }
}

/// What came of an attempt that somebody else made.
pub fn outcome(result: AttemptResult) -> &'static str {
    match result {
        AttemptResult::Reached => "reached",
        AttemptResult::NoAnswer => "no answer",
        AttemptResult::LeftVoicemail => "voicemail left, doesn’t count",
        AttemptResult::Sent => "sent",
        AttemptResult::WrongNumber => "wrong number",
        AttemptResult::Failed => "didn’t go",
    }
}

/// "1 try", "2 tries".
pub fn tries(n: usize) -> String {
    if n == 1 { "1 try".to_owned() } else { format!("{n} tries") }
}

/// "142 characters, sent in 1 part".
pub fn sized(size: Size) -> String {
    let parts = if size.parts == 1 { "1 part".to_owned() } else { format!("{} parts", size.parts) };
    match size.alphabet {
        Alphabet::Gsm7 => format!("{} characters, sent in {parts}", size.units),
        Alphabet::Ucs2 => {
            format!("{} characters, sent in {parts}: a mark or letter in it makes each part shorter", size.units)
        }
    }
}
