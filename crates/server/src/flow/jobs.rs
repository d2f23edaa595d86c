//! The kinds of job, by the word under which they wait.

/// Hand one message over.
pub const DELIVER: &str = "deliver";
/// The scheduled end of an appointment.
pub const APPOINTMENT_END: &str = "appointment_end";
/// The moment to take a payment.
pub const CAPTURE: &str = "capture";
/// The end of an offer.
pub const OFFER_EXPIRY: &str = "offer_expiry";
/// Until when a client may choose what becomes of their money.
pub const REFUND_CHOICE: &str = "refund_choice";
/// By when the client should have answered whether their appointment moves.
pub const MOVE_UNANSWERED: &str = "move_unanswered";
/// By when a time that was asked for should have been answered.
pub const REQUEST_EXPIRY: &str = "request_expiry";
/// The clock of a duty.
pub const OBLIGATION_CLOCK: &str = "obligation_clock";
/// Whether somebody else has taken a time that was cancelled late.
pub const SLOT_REFILLED: &str = "slot_refilled";
/// Replay a practice's past.
pub const REPLAY: &str = "replay";

/// The clock of a request for help.
pub const TICKET_CLOCK: &str = "ticket_clock";
/// The end of a time for which a therapist is not listed.
pub const LISTING_RETURN: &str = "listing_return";

/// Read what a client wrote back.
pub const REPLY: &str = "reply";

/// Hand a letter with a sign-in link over.
pub const SIGN_IN: &str = "sign_in";

/// Look at who asked for their booking link again.
pub const LOST_LINK: &str = "lost_link";
/// A therapist's day by letter.
pub const DIGEST: &str = "digest";

/// Every kind.
pub const ALL: [&str; 16] = [
    LOST_LINK,
    DIGEST,
    REPLY,
    SIGN_IN,
    DELIVER,
    APPOINTMENT_END,
    CAPTURE,
    OFFER_EXPIRY,
    REFUND_CHOICE,
    MOVE_UNANSWERED,
    REQUEST_EXPIRY,
    OBLIGATION_CLOCK,
    SLOT_REFILLED,
    REPLAY,
    TICKET_CLOCK,
    LISTING_RETURN,
];
