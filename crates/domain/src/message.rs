//! What people are told. A [`Notice`] is the decision to tell; a [`Message`] is that notice rendered once, stored, and
//! handed to the outside by a worker (`rulings` 1 and 8, `reliability` 3).

use crate::id::{AddressChangeId, AppointmentId, CommandId, MessageId, OfferId, PracticeId, RelationshipId};
use crate::money::Money;
use crate::person::{Channel, Person, PersonRef};
use crate::policy::choices::words;
use crate::time::{Instant, Interval};
use serde::{Deserialize, Serialize};

words! {
    /// What a message is for; with appointment, revision and recipient it is unique (U1).
    MessageKind {
        /// An appointment is booked.
        Confirmation = "confirmation",
        /// An appointment is called off.
        Cancellation = "cancellation",
        /// An appointment has another time.
        Rescheduled = "rescheduled",
        /// A duty has run out of time: somebody must act.
        Escalation = "escalation",
        /// A person must phone the client.
        CallTask = "call_task",
        /// The client is asked for another time (T6); the old one stands until they answer.
        Offer = "offer",
        /// A time that was to move stands as it was.
        TimeKept = "time_kept",
        /// A client asked for a time, and waits for the therapist's answer (T2).
        Requested = "requested",
        /// A time that was asked for is not to be.
        RequestDeclined = "request_declined",
        /// A fee was let go.
        Fee = "fee",
        /// Something is asked of the team, or was answered (E-04, E-06).
        ChangeRequest = "change_request",
        /// Money goes back, or the wish for it was noted.
        Refund = "refund",
        /// A fee falls away.
        FeeWaived = "fee_waived",
        /// A promise to contact was changed or recorded.
        Promise = "promise",
        /// The record of an appointment was set right (T23).
        Correction = "correction",
        /// Two people no longer work together: the closing words (T20).
        Closing = "closing",
        /// A link to sign in.
        SignIn = "sign_in",
        /// A link to book.
        BookingLink = "booking_link",
        /// Words that somebody of the practice wrote to a client.
        Message = "message",
        /// A request for help has come in, or waits for too long.
        Ticket = "ticket",
        /// A request for help was answered.
        TicketAnswer = "ticket_answer",
        /// The therapist is running late.
        RunningLate = "running_late",
        /// What the client answered to that.
        LateAnswer = "late_answer",
        /// That an appointment is near, with the way to change it.
        Reminder = "reminder",
        /// What the client wrote back, for the therapist.
        ClientWrote = "client_wrote",
        /// That a person will read what the client wrote back.
        PassedOn = "passed_on",
        /// Who to turn to, for a client who wrote HELP.
        Help = "help",
        /// The therapist missed it.
        Missed = "missed",
        /// The client is late: are they coming?
        ClientLate = "client_late",
        /// The therapist steps away from screen or office for now.
        SteppedAway = "stepped_away",
        /// The client did not come: how they are, and the way back.
        ClientNoShow = "client_no_show",
        /// An appointment took place: what the record says, and what it cost (T18).
        Receipt = "receipt",
        /// The connection or equipment failed (T21).
        TechnicalFailure = "technical_failure",
        /// What came of a missed appointment, for the practice.
        Outcome = "outcome",
        /// An appointment at no charge, in place of a missed one.
        MakeUp = "make_up",
        /// A therapist's day, in the morning.
        Digest = "digest",
        /// A link or code that shows a new address or number to be the client's.
        ConfirmAddress = "confirm_address",
        /// That something waits to be read in the portal, and nothing of what it is.
        MessageWaiting = "message_waiting",
    }
}

impl MessageKind {
    /// Whether it says when an appointment is or that it is off: a newer one overtakes an older one.
    pub const fn tells_the_time(self) -> bool {
        matches!(
            self,
            Self::Confirmation
                | Self::Cancellation
                | Self::Rescheduled
                | Self::TimeKept
                | Self::Missed
                | Self::TechnicalFailure
        )
    }

    /// Whether whoever reads it knows when the appointment is, and needs no reminder at that moment.
    pub const fn names_the_time(self) -> bool {
        self.tells_the_time() || matches!(self, Self::Reminder)
    }

    /// Whether a newer word about the time overtakes it: it is not sent any more, and nothing goes out beside it (C2).
    pub const fn is_overtaken(self) -> bool {
        matches!(
            self,
            Self::Confirmation
                | Self::Cancellation
                | Self::Rescheduled
                | Self::Offer
                | Self::TimeKept
                | Self::Requested
                | Self::RunningLate
                | Self::ClientLate
                | Self::SteppedAway
                | Self::Reminder
        )
    }

    /// Whether a text of it says as of when it holds, so that whoever reads two can order them (C4). Words of the moment say
    /// "today" and are sent as the guide has them.
    pub const fn is_dated_in_texts(self) -> bool {
        matches!(
            self,
            Self::Confirmation
                | Self::Cancellation
                | Self::Rescheduled
                | Self::Offer
                | Self::TimeKept
                | Self::Requested
                | Self::RequestDeclined
                | Self::TechnicalFailure
                | Self::Reminder
        )
    }

    /// From when nobody is told it any more, however long it had to wait: nobody is reminded of what has begun, and that
    /// somebody is late is no news once it is over (N13). None where it holds for good.
    pub const fn over_from(self, about: Interval) -> Option<Instant> {
        match self {
            Self::Reminder => Some(about.from),
            Self::RunningLate | Self::LateAnswer | Self::ClientLate | Self::SteppedAway => Some(about.to),
            _ => None,
        }
    }

    /// Whether there is a moment [`Self::over_from`] which nobody is told it any more.
    pub const fn is_over_in_time(self) -> bool {
        matches!(self, Self::Reminder | Self::RunningLate | Self::LateAnswer | Self::ClientLate | Self::SteppedAway)
    }

    /// Whether it is news of the very moment, which goes out before anything else and at any hour (`domain` 7.4).
    pub const fn is_live(self) -> bool {
        matches!(
            self,
            Self::RunningLate
                | Self::LateAnswer
                | Self::ClientWrote
                | Self::Missed
                | Self::ClientLate
                | Self::SteppedAway
                | Self::TechnicalFailure
        )
    }
}

words! {
    /// Where a message stands on its way (`rulings` 1).
    MessageState {
        /// Pending.
        Pending = "pending",
        /// Leased.
        Leased = "leased",
        /// Accepted.
        Accepted = "accepted",
        /// Delivered.
        Delivered = "delivered",
        /// Undeliverable.
        Undeliverable = "undeliverable",
        /// Unknown.
        Unknown = "unknown",
        /// Superseded.
        Superseded = "superseded",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

impl MessageState {
    /// Whether nothing more will happen to it by itself.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Undeliverable | Self::Superseded | Self::Cancelled)
    }
}

/// Which link the reader is given; the secret is filled in at hand-off (`rulings` 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkTo {
    /// Choose among offered times.
    Offer(OfferId),
    /// Book any free time with this therapist.
    Booking(RelationshipId),
    /// See, move or cancel the appointment.
    Appointment(AppointmentId),
    /// Show that a new address or number is theirs; in a text it is a code.
    Address(AddressChangeId),
}

/// Every claim that a message may make, from one place (C7). Times are UTC; the writer shows them in the reader's zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The appointment's time now, or the one that was called off.
    pub time: Interval,
    /// The time that it had before a move.
    pub old_time: Option<Interval>,
    /// Who called for the change.
    pub initiator: Option<crate::appointment::Initiator>,
    /// The reason in plain words, only where the therapist chose to share it.
    pub shared_reason: Option<String>,
    /// Times offered, and until when they are held.
    pub offered: Vec<Interval>,
    /// Until when the offered times are held, UTC.
    pub offer_expires_at: Option<Instant>,
    /// By when the client will hear, UTC.
    pub promise_by: Option<Instant>,
    /// A next appointment already in the diary, UTC start.
    pub next_start: Option<Instant>,
    /// What is charged; zero or none is "no charge".
    pub fee: Option<Money>,
    /// What stands to the client's good and may go back or to the new time.
    pub paid: Option<Money>,
    /// Whether the client asked for their money back.
    pub refund_asked: bool,
    /// Until when they may change it free, UTC.
    pub free_until: Option<Instant>,
    /// Words that the therapist added.
    pub words: Option<String>,
    /// By when the client answers, before something happens by itself, UTC.
    pub answer_by: Option<Instant>,
    /// Whether the client may ask for their money back instead of a new time.
    pub refund_is_a_choice: bool,
    /// A time that was asked for and is not booked, UTC start.
    pub wished: Option<Instant>,
    /// What is overdue, for staff.
    pub owed: Option<String>,
    /// What the record said before and says now, in words (T23).
    pub corrected: Option<(String, String)>,
    /// So many minutes: of the therapist's lateness, of the therapist's waiting, or that the two met.
    pub minutes: Option<u32>,
    /// What the client answered to news of lateness.
    pub answer: Option<crate::attendance::LateAnswer>,
    /// By when a word of the client is hoped for, UTC.
    pub reply_by: Option<Instant>,
    /// What the client wrote back, as it was understood.
    pub said: Option<crate::telling::answer::ClientWord>,
}

impl Facts {
    /// The same for whoever says it later: without held times and promises that are over.
    #[must_use]
    pub fn still_true(mut self, now: Instant) -> Self {
        let is_to_come = |at: &Instant| *at > now;
        let is_held = self.offer_expires_at.is_none_or(|until| until > now);
        self.offered.retain(|time| is_held && time.from > now);
        if self.offered.is_empty() {
            self.offer_expires_at = None;
        }
        self.promise_by = self.promise_by.filter(is_to_come);
        self.next_start = self.next_start.filter(is_to_come);
        self.answer_by = self.answer_by.filter(is_to_come);
        self
    }

    /// Facts of a plain message about a time.
    pub fn about(time: Interval) -> Self {
        Self {
            time,
            old_time: None,
            initiator: None,
            shared_reason: None,
            offered: Vec::new(),
            offer_expires_at: None,
            promise_by: None,
            next_start: None,
            fee: None,
            paid: None,
            refund_asked: false,
            free_until: None,
            words: None,
            answer_by: None,
            refund_is_a_choice: false,
            wished: None,
            owed: None,
            corrected: None,
            minutes: None,
            answer: None,
            reply_by: None,
            said: None,
        }
    }
}

words! {
    /// A calendar part to go with an e-mail (RFC 6047).
    CalendarMethod {
        /// The appointment is on, at this time.
        Request = "REQUEST",
        /// The appointment is off.
        Cancel = "CANCEL",
    }
}

/// The decision to tell one person one thing by one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Who is told.
    pub to: PersonRef,
    /// By which way.
    pub channel: Channel,
    /// What it is for.
    pub kind: MessageKind,
    /// The appointment that it is about.
    pub appointment: AppointmentId,
    /// The revision of that appointment that it tells.
    pub revision: u32,
    /// Whether seconds matter.
    pub urgent: bool,
    /// Not before, UTC.
    pub send_at: Instant,
    /// Every claim that it makes.
    pub facts: Facts,
    /// The link that it carries.
    pub link: Option<LinkTo>,
    /// The calendar part, for e-mail.
    pub calendar: Option<CalendarMethod>,
}

/// One outbound notice as stored: rendered once from the committed revision, the same bytes at every try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Which; also its `Message-ID` outside.
    pub id: MessageId,
    /// Whose practice.
    pub practice: PracticeId,
    /// The command that decided it, whose receipt it carries.
    pub command: CommandId,
    /// What it is about; `None` for sign-in links.
    pub appointment: Option<AppointmentId>,
    /// The revision that it tells.
    pub revision: u32,
    /// Who is told.
    pub to: PersonRef,
    /// The address or number at the time of writing.
    pub address: String,
    /// By which way.
    pub channel: Channel,
    /// What it is for.
    pub kind: MessageKind,
    /// Whether seconds matter.
    pub urgent: bool,
    /// Subject; empty where the channel has none.
    pub subject: String,
    /// Plain text, with `{link}` and `{receipt}` still open.
    pub text: String,
    /// HTML, with `{link}` and `{receipt}` still open; empty where the channel has none.
    pub html: String,
    /// iCalendar text, if it carries one.
    pub calendar: Option<(CalendarMethod, String)>,
    /// The link that `{link}` stands for.
    pub link: Option<LinkTo>,
    /// When it was written, UTC.
    pub written_at: Instant,
    /// Not before, UTC.
    pub send_at: Instant,
    /// Where it stands.
    pub state: MessageState,
    /// When it was handed over, UTC.
    pub handed_at: Option<Instant>,
    /// What the other side last said.
    pub last_reply: Option<String>,
}

impl Message {
    /// An empty letter to somebody about no appointment, on its way now, to be filled in.
    pub fn letter(id: MessageId, command: CommandId, to: &Person, kind: MessageKind, now: Instant) -> Self {
        Self {
            id,
            practice: to.practice,
            command,
            appointment: None,
            revision: 0,
            to: to.id,
            address: to.address(Channel::Email).unwrap_or_default().to_owned(),
            channel: Channel::Email,
            kind,
            urgent: false,
            subject: String::new(),
            text: String::new(),
            html: String::new(),
            calendar: None,
            link: None,
            written_at: now,
            send_at: now,
            state: MessageState::Pending,
            handed_at: None,
            last_reply: None,
        }
    }
}
