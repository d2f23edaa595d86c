//! The words that parameters choose from. Where one choice is kinder to the client than another, the kindest is first.

use serde::{Deserialize, Serialize};

/// Makes an enum of words: text on the wire, in documents and in the database alike.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal $(| $alias:literal)*),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])+ #[serde(rename = $text $(, alias = $alias)*)] $variant),+ }

        impl $name {
            /// Every one, in the order of its definition.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The text of every one, in the same order.
            pub const TEXTS: &'static [&'static str] = &[$($text),+];
            /// As written on the wire and in documents.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl std::str::FromStr for $name {
            type Err = crate::policy::choices::NotAWord;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($text $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err(crate::policy::choices::NotAWord { allowed: Self::TEXTS }),
                }
            }
        }
    };
}
pub(crate) use words;

/// The text is none of the words that are allowed here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("use one of: {}", allowed.join(", "))]
pub struct NotAWord {
    /// Every word that would do.
    pub allowed: &'static [&'static str],
}

words! {
    /// Which side of the cutoff the cutoff itself is on (G-02 inclusive, H-10 exclusive).
    Boundary {
        /// Exactly the notice asked for is in time ("24 hours or more").
        Inclusive = "inclusive",
        /// Only more than the notice asked for is in time ("more than 48 hours").
        Exclusive = "exclusive",
    }
}
words! {
    /// What clients may do themselves (G-02, G-03, H-10).
    SelfCancel {
        /// At any time; inside the notice window with the consequences shown first.
        AllowedLateWithFee = "allowed_late_with_fee",
        /// Until the cutoff; after it they contact the therapist.
        AllowedBeforeCutoff = "allowed_before_cutoff",
        /// Never; they contact the therapist at any notice.
        ContactOnly = "contact_only",
    }
}
words! {
    /// How a fee is reckoned.
    FeeModel {
        /// There is no fee.
        None = "none",
        /// Each therapist sets an amount, within the cap; none set is no fee (G-04).
        PerTherapist = "per_therapist",
        /// One amount for everybody.
        Fixed = "fixed",
        /// A share of the price.
        Percent = "percent",
        /// The whole price.
        Full = "full",
    }
}
words! {
    /// Who sets fees.
    FeeScope {
        /// Each therapist, within the practice's cap.
        PerTherapist = "per_therapist",
        /// The practice, one rule for everybody.
        PracticeWide = "practice_wide",
    }
}
words! {
    /// Who may waive a fee.
    WaiverBy {
        /// The therapist or the team.
        Therapist = "therapist",
        /// The team only.
        Team = "team",
    }
}
words! {
    /// Whom a waiver is told to.
    WaiverNotice {
        /// Nobody.
        Nobody = "nobody",
        /// The practice's admin.
        Admin = "admin",
        /// The support desk.
        Support = "support",
    }
}
words! {
    /// When the price is charged and taken (H-06).
    CaptureAt {
        /// Never through the practice.
        None = "none",
        /// Once the appointment has ended.
        AfterSession = "after_session",
        /// When the appointment starts.
        Session = "session",
        /// At the client's cutoff, the notice hours before the start.
        Cutoff = "cutoff",
    }
}
words! {
    /// What happens to money already taken when the client is not the one who called it off (E-02, E-04).
    RefundRule {
        /// It goes back by itself.
        Auto = "auto",
        /// The client chooses: back, or to the new time.
        ClientChoice = "client_choice",
        /// The therapist asks the team, with the reason and a confirmation.
        TeamRequest = "team_request",
    }
}
words! {
    /// Where a refund may be chosen (E-07).
    RefundEntryPoint {
        /// When cancelling.
        Cancel = "cancel",
        /// When completing the attendance update.
        Attendance = "attendance",
    }
}
words! {
    /// Who may carry the payment of a past appointment to a new date.
    CarryOverBy {
        /// Admin or support.
        Team = "team",
        /// Admin.
        Admin = "admin",
    }
}
words! {
    /// How the client is told (V-05, G-10).
    ChannelRule {
        /// By the channel that the client prefers.
        Preferred = "preferred",
        /// By e-mail at once, and by the preferred channel for anything personal.
        EmailAuto = "email_auto",
        /// By text, call or e-mail, as the client's record allows.
        Any = "any",
    }
}
words! {
    /// What a client is given when an appointment is called off (V-07, V-08, G-08, E-02).
    NextStepKind {
        /// Times to choose from, held for the client.
        OfferSlots = "offer_slots",
        /// A promise to be in touch by a moment.
        PromiseContactBy = "promise_contact_by",
        /// The client's own link to choose a time.
        BookingLink = "booking_link",
        /// An appointment that is booked already.
        NextAppointment = "next_appointment",
        /// A time agreed now.
        Book = "book",
        /// The money back.
        Refund = "refund",
    }
}
words! {
    /// What the practice is told of (A-04, A-07, E-04, E-12).
    PracticeEvent {
        /// A therapist is running late.
        TherapistLate = "therapist_late",
        /// A therapist missed an appointment.
        TherapistNoShow = "therapist_no_show",
        /// A therapist called off an appointment.
        TherapistCancel = "therapist_cancel",
        /// A therapist is away, or away for longer.
        Absence = "absence",
        /// A fee was waived.
        Waiver = "waiver",
        /// A new client would like a refund.
        RefundNew = "refund_new",
    }
}
words! {
    /// Who hears first.
    NoticeOrder {
        /// The client, then the practice.
        ClientFirst = "client_first",
        /// The practice, then the client, both at once.
        PracticeFirst = "practice_first",
    }
}
words! {
    /// Whether a therapist who alone missed an appointment makes up for it.
    MakeUpMode {
        /// The therapist must decide before the disruption closes.
        Require = "require",
        /// The therapist is asked, never made to.
        Suggest = "suggest",
        /// Never asked.
        Off = "off",
    }
}
words! {
    /// What becomes of a reserved slot when no follow-up is booked (H-11 to H-13).
    NoFollowUp {
        /// It stays.
        Keep = "keep",
        /// It is removed, a banner says so, and one click adds it back.
        RemoveWithBanner = "remove_with_banner",
        /// It is removed.
        Remove = "remove",
    }
}
words! {
    /// What a reserved slot does on a day whose clocks skip its time.
    GapRule {
        /// It is not accepted at a time that some day skips.
        Refuse = "refuse",
        /// It moves forward by the length of the skip.
        Forward = "forward",
    }
}
words! {
    /// What is not held against a therapist.
    ReliabilityExclusion {
        /// What the client asked for.
        ClientInitiated = "client_initiated",
        /// What the platform or the connection broke.
        PlatformFault = "platform_fault",
        /// What was reported by mistake.
        MistakenReport = "mistaken_report",
        /// Whatever is not the therapist's fault alone.
        FaultNotTherapist = "fault_not_therapist",
    }
}
words! {
    /// What the practice does when a therapist's count reaches the threshold (E-09).
    AtThreshold {
        /// Nothing by itself.
        Nothing = "nothing",
        /// No new clients for a while.
        PauseReferrals = "pause_referrals",
        /// A person of the practice is asked whether to drop the listing.
        ProposeDrop = "propose_drop",
    }
}
words! {
    /// In what units a therapist hides the profile (E-10).
    HideUnit {
        /// Days.
        Day = "day",
        /// Whole months.
        Month = "month",
    }
}
words! {
    /// Who may change an appointment whose start has passed (E-06).
    PastEditRole {
        /// Admin or support.
        Team = "team",
        /// Support.
        Support = "support",
        /// Admin.
        Admin = "admin",
    }
}
words! {
    /// Where a claim's date of service comes from (G-16).
    ClaimDate {
        /// The start that this system recorded, never a calendar copy.
        SystemRecord = "system_record",
        /// The invoice to the funder.
        FunderInvoice = "funder_invoice",
    }
}
words! {
    /// What outside calendars are for.
    CalendarSync {
        /// They show copies; a copy that was changed is drift.
        OneWay = "one_way",
        /// The same, and their busy times close slots.
        TwoWayDetect = "two_way_detect",
    }
}
words! {
    /// What a contact note must hold (V-15).
    NoteField {
        /// When the client was informed.
        When = "when",
        /// How.
        How = "how",
        /// What was agreed.
        Agreed = "agreed",
        /// The reason.
        Reason = "reason",
        /// A few words.
        Note = "note",
        /// How it ended.
        Outcome = "outcome",
    }
}
words! {
    /// What is gone through when a client begins (V-06, H-05, H-06).
    ContractingItem {
        /// How the client prefers to be reached.
        PreferredContact = "preferred_contact",
        /// The cancellation policy.
        PolicyRecap = "policy_recap",
        /// How payment works.
        PaymentRecap = "payment_recap",
        /// Consent.
        Consent = "consent",
    }
}
words! {
    /// Whether a client's booking stands at once.
    BookingMode {
        /// It does.
        Instant = "instant",
        /// The therapist confirms it first.
        Request = "request",
    }
}

/// One step of a stepped fee: cancelling with less than `within_hours` of notice costs `percent` of the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Elapsed hours before the start.
    pub within_hours: u32,
    /// Hundredths of the price.
    pub percent: u8,
}
