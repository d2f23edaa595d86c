//! Every parameter, once: its Rust field, its meaning, its unit, its kinder direction and the values it takes.

use super::choices::*;
use super::obligations::ObligationTimes;
use super::parameter::{Allowed, Kinder, Parameter, Section};
use super::reasons::Reasons;
use crate::money::Money;
use crate::schedule::TimeOfDay;
use crate::time::Weekday;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use Allowed::*;

/// The texts of the days of the week.
const WEEKDAYS: &[&str] = &["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Declares the structs and the list of definitions from one table, so that they cannot differ.
macro_rules! parameters {
    (
        top { $($(#[doc = $top_doc:literal])+ $top:ident : $top_type:ty, $top_section:ident, $top_unit:literal, $top_kinder:ident, $top_allowed:expr;)+ }
        $(#[doc = $group_doc:literal] $(#[serde($($group_serde:tt)+)])? $group:ident : $group_type:ident in $section:ident {
            $($(#[doc = $doc:literal])+ $field:ident : $type:ty, $unit:literal, $kinder:ident, $allowed:expr;)+
        })+
        templates { $($(#[doc = $more_doc:literal])+ $more:literal, $more_section:ident, $more_unit:literal, $more_kinder:ident, $more_allowed:expr;)+ }
    ) => {
        /// The parameters of a policy; a field's path is its dotted name.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Parameters {
            $($(#[doc = $top_doc])+ pub $top: $top_type,)+
            $(#[doc = $group_doc] $(#[serde($($group_serde)+)])? pub $group: $group_type,)+
            /// By when each kind of duty is due.
            pub obligation: ObligationTimes,
            /// The reasons that may be given, and what each does.
            #[serde(default)]
            pub reasons: Reasons,
        }
        $(#[doc = $group_doc]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $group_type { $($(#[doc = $doc])+ pub $field: $type,)+ })+

        /// Every parameter, in the order of the documentation.
        pub const ALL: &[Parameter] = &[
            $(define(stringify!($top), "", concat!($($top_doc),+), Section::$top_section, $top_unit, Kinder::$top_kinder, $top_allowed),)+
            $($(define(concat!(stringify!($group), ".", stringify!($field)), $group_doc, concat!($($doc),+), Section::$section, $unit, Kinder::$kinder, $allowed),)+)+
            $(define($more, "", concat!($($more_doc),+), Section::$more_section, $more_unit, Kinder::$more_kinder, $more_allowed),)+
        ];
    };
}

impl Default for InApp {
    /// For documents that were written before there was a portal to write into.
    fn default() -> Self {
        Self { unread_minutes: 30 }
    }
}

const fn define(
    name: &'static str,
    about: &'static str,
    what: &'static str,
    section: Section,
    unit: &'static str,
    kinder: Kinder,
    allowed: Allowed,
) -> Parameter {
    Parameter { name, about: about.trim_ascii(), what: what.trim_ascii(), section, unit, kinder, allowed }
}

parameters! {
    top {
        /// What clients may do about their own appointments without asking anybody.
        client_self_cancel: SelfCancel, Cancelling, "", First, Word(SelfCancel::TEXTS);
        /// Who sets fees: each therapist within the cap, or the practice for everybody.
        fee_scope: FeeScope, Fees, "", None, Word(FeeScope::TEXTS);
        /// Whether a client's first late cancellation or missed appointment costs nothing.
        first_time_forgiveness: bool, Fees, "", Higher, YesNo;
        /// Whether a late fee falls away when somebody else takes the time.
        waive_late_fee_if_slot_refilled: bool, Fees, "", Higher, YesNo;
        /// Who may carry the payment of a past appointment to a new date.
        carry_over_payment: CarryOverBy, Money, "", None, Word(CarryOverBy::TEXTS);
        /// What the practice is told of when it happens.
        practice_notified_on: BTreeSet<PracticeEvent>, Telling, "", AsSet, Words(PracticeEvent::TEXTS);
        /// Who may move or correct an appointment whose start has passed.
        past_start_edit_role: PastEditRole, Record, "", None, Word(PastEditRole::TEXTS);
    }
    /// When a client's cancellation is in time.
    client_cancel: ClientCancel in Cancelling {
        /// How long before the start a client must say so to owe nothing. Elapsed hours, unless working days are counted.
        notice_hours: u32, "hours", Shorter, Number(0, 720);
        /// Whether exactly that notice is in time (inclusive) or only more than it (exclusive).
        boundary: Boundary, "", First, Word(Boundary::TEXTS);
        /// Whether the hours run on the practice's working days only.
        business_days: bool, "", Lower, YesNo;
        /// How long after the cutoff a message still counts as in time.
        grace_minutes: u32, "minutes", Longer, Number(0, 1440);
        /// A stepped late fee: each step says what share of the price is due within how many hours. None: the fee model decides.
        tiers: Vec<Tier>, "percent of the price", None, Tiers;
    }
    /// When a client's move is in time.
    client_reschedule: ClientReschedule in Cancelling {
        /// The notice for moving an appointment; null is the same as for cancelling.
        notice_hours: Option<u32>, "hours", Shorter, NumberOrNull(0, 720);
    }
    /// What a late cancellation costs the client.
    late_cancel: LateCancel in Fees {
        /// How the fee is reckoned.
        fee_model: FeeModel, "", First, Word(FeeModel::TEXTS);
        /// The amount where the model is fixed.
        fee_amount: Option<Money>, "money", Lower, MoneyOrNull;
        /// The share of the price where the model is percent.
        percent: u32, "percent of the price", Lower, Number(0, 100);
        /// No fee is higher than this, whoever sets it; null is no cap.
        cap: Option<Money>, "money", Lower, MoneyOrNull;
    }
    /// What a missed appointment costs the client, and when it may be called missed.
    no_show: NoShow in Fees {
        /// How the fee is reckoned.
        fee_model: FeeModel, "", First, Word(FeeModel::TEXTS);
        /// The amount where the model is fixed.
        fee_amount: Option<Money>, "money", Lower, MoneyOrNull;
        /// The share of the price where the model is percent.
        percent: u32, "percent of the price", Lower, Number(0, 100);
        /// No fee is higher than this, whoever sets it; null is no cap.
        cap: Option<Money>, "money", Lower, MoneyOrNull;
        /// How long after the start a client may still come before the appointment may be called missed.
        grace_min: u32, "minutes", Longer, Number(0, 240);
        /// How often somebody must have tried to reach the client before that.
        min_contact_attempts: u32, "attempts", Higher, Number(0, 10);
        /// After how many missed in a row the practice is asked whether to release the reserved slot; null is never.
        release_prompt_after: Option<u32>, "missed in a row", Higher, NumberOrNull(1, 50);
    }
    /// Fees in general.
    fee: Fee in Fees {
        /// Kinds of payer whose clients may never be charged a fee.
        prohibited_payers: BTreeSet<String>, "", AsSet, Texts(60);
    }
    /// Waiving a fee.
    waiver: Waiver in Fees {
        /// Who may waive, always with a reason.
        who: WaiverBy, "", First, Word(WaiverBy::TEXTS);
        /// Whom a waiver is told to.
        notify: WaiverNotice, "", None, Word(WaiverNotice::TEXTS);
    }
    /// Taking payment.
    payment: Payment in Money {
        /// When the price is charged and taken.
        capture_at: CaptureAt, "", First, Word(CaptureAt::TEXTS);
        /// Whether a client's first appointment is paid when it is booked.
        first_session_prepaid: bool, "", Lower, YesNo;
    }
    /// Giving money back when the client is not the one who called it off.
    refund: RefundRules in Money {
        /// What happens to money already taken.
        on_therapist_cancel: RefundRule, "", First, Word(RefundRule::TEXTS);
        /// The same for a client who has not yet attended any appointment.
        new_client: RefundRule, "", First, Word(RefundRule::TEXTS);
        /// Where a refund may be chosen.
        entry_points: BTreeSet<RefundEntryPoint>, "", AsSet, Words(RefundEntryPoint::TEXTS);
    }
    /// A therapist or the practice calling an appointment off.
    therapist_cancel: TherapistCancel in NextStep {
        /// Whether a reason is needed.
        requires_reason: bool, "", Higher, YesNo;
        /// Whether a few words are needed as well.
        requires_note: bool, "", Higher, YesNo;
        /// With less notice than this it is short notice.
        short_notice_hours: u32, "hours", Longer, Number(0, 720);
        /// What the attendance record is called then.
        attendance_label: String, "", None, Text(80);
    }
    /// Telling clients.
    inform: Inform in Telling {
        /// By which channel.
        channel_rule: ChannelRule, "", First, Word(ChannelRule::TEXTS);
        /// Whether a voicemail counts as told for a client who did not ask for voicemail.
        voicemail_counts: bool, "", Lower, YesNo;
        /// By when the client knows of something live: running late, missed.
        target_minutes: u32, "minutes", Shorter, Number(0, 240);
        /// When an admin takes over telling of something live.
        breach_minutes: u32, "minutes", Shorter, Number(0, 480);
        /// When the owner of the practice hears that even that did not happen.
        escalate_minutes: u32, "minutes", Shorter, Number(0, 1440);
        /// By when the client knows of a cancellation at short notice.
        short_notice_minutes: u32, "minutes", Shorter, Number(0, 240);
        /// When an admin takes over telling of a cancellation at short notice.
        short_notice_breach_minutes: u32, "minutes", Shorter, Number(0, 480);
        /// When the owner of the practice hears of that.
        short_notice_escalate_minutes: u32, "minutes", Shorter, Number(0, 1440);
    }
    /// What a client is given when an appointment is called off.
    next_step: NextStepRules in NextStep {
        /// Whether something must be given.
        required: bool, "", Higher, YesNo;
        /// How many times an offer should hold at least.
        slots_offered_min: u32, "times", Higher, Number(1, 10);
        /// What may be given. An appointment already booked and a time agreed now are allowed everywhere.
        allowed: BTreeSet<NextStepKind>, "", AsSet, Words(NextStepKind::TEXTS);
    }
    /// Offers of times.
    offer: OfferRules in NextStep {
        /// How long offered times are held for the client.
        hold_hours: u32, "hours", Longer, Number(1, 336);
    }
    /// Booking links.
    booking_link: BookingLink in NextStep {
        /// Whether each client has a link of their own.
        per_client_unique: bool, "", Higher, YesNo;
    }
    /// Who hears first.
    order_of_notice: OrderOfNotice in Telling {
        /// When a therapist is running late.
        late: NoticeOrder, "", First, Word(NoticeOrder::TEXTS);
        /// When a therapist missed an appointment.
        missed: NoticeOrder, "", First, Word(NoticeOrder::TEXTS);
    }
    /// The support desk.
    support: Support in Help {
        /// The telephone number for what cannot wait.
        urgent_phone: Option<String>, "", None, TextOrNull(40);
        /// The e-mail address for what cannot wait.
        urgent_email: Option<String>, "", None, TextOrNull(254);
        /// With less time than this until the start it is urgent; with more, a ticket.
        ticket_vs_urgent_hours: u32, "hours", Longer, Number(0, 72);
        /// Whether support may document on a therapist's behalf.
        may_document_on_behalf: bool, "", None, YesNo;
    }
    /// Who takes worries.
    escalation: Escalation in Help {
        /// The address of the clinical lead.
        clinical: Option<String>, "", None, TextOrNull(254);
        /// The address of whoever is on duty for risk.
        risk: Option<String>, "", None, TextOrNull(254);
    }
    /// Lateness on the day.
    late: Late in OnTheDay {
        /// A therapist who will be later than this tells the client.
        therapist_threshold_min: u32, "minutes", Shorter, Number(0, 60);
        /// When the client is later than this (strictly), the therapist checks in; null is never.
        client_checkin_min: Option<u32>, "minutes", Shorter, NumberOrNull(1, 240);
        /// From this much lateness on, the therapist may step away; null is never.
        client_stepaway_min: Option<u32>, "minutes", Longer, NumberOrNull(1, 240);
    }
    /// A therapist who does not come.
    therapist_no_show: TherapistNoShow in OnTheDay {
        /// How long a client has waited before reporting it.
        client_report_min: u32, "minutes", Shorter, Number(0, 60);
    }
    /// Making up for a missed appointment.
    makeup: MakeUp in OnTheDay {
        /// Whether a therapist who alone missed it is asked for an appointment at no charge.
        mode: MakeUpMode, "", First, Word(MakeUpMode::TEXTS);
    }
    /// The form after each appointment.
    attendance_update: AttendanceUpdate in OnTheDay {
        /// Whether it is asked for.
        required: bool, "", None, YesNo;
        /// How long it should take.
        target_seconds: u32, "seconds", None, Number(10, 900);
        /// What the choice for "unsure" is called.
        unsure_label: String, "", None, Text(80);
    }
    /// Booking for a client.
    book_on_behalf: BookOnBehalf in Booking {
        /// Whether the client's agreement must be recorded.
        requires_explicit_agreement: bool, "", Higher, YesNo;
    }
    /// Weekly times kept for a client.
    reserved_slot: ReservedSlotRules in Booking {
        /// Whether there are any.
        enabled: bool, "", None, YesNo;
        /// What becomes of one when no follow-up is booked.
        on_no_followup: NoFollowUp, "", First, Word(NoFollowUp::TEXTS);
        /// What to do with a time that the clocks skip.
        gap_rule: GapRule, "", None, Word(GapRule::TEXTS);
    }
    /// Working relationships.
    relationship: RelationshipRules in Booking {
        /// Whether ending one hides the client from the list.
        end_hides_client: bool, "", None, YesNo;
    }
    /// The record of what therapists caused.
    reliability: ReliabilityRules in Therapists {
        /// Whether it is kept; if not, events serve in a dispute only.
        enabled: bool, "", None, YesNo;
        /// What does not count.
        excludes: BTreeSet<ReliabilityExclusion>, "", None, Words(ReliabilityExclusion::TEXTS);
        /// How far back it looks.
        window_days: u32, "days", None, Number(1, 730);
        /// With fewer appointments than this in the window there is no score.
        min_sample: u32, "appointments", None, Number(1, 500);
        /// At how many counted events the practice acts.
        threshold: u32, "events", None, Number(1, 100);
        /// What it does then.
        at_threshold: AtThreshold, "", None, Word(AtThreshold::TEXTS);
        /// For how long new clients are held back.
        pause_days: u32, "days", None, Number(1, 365);
        /// How long a therapist has to answer a report.
        response_hours: u32, "hours", None, Number(1, 720);
        /// After how many days without an event the record is called clean.
        clean_days: u32, "days", None, Number(1, 730);
    }
    /// A therapist's listing.
    profile: Profile in Therapists {
        /// Whether a therapist may hide it.
        can_hide: bool, "", None, YesNo;
        /// In what units.
        unit: HideUnit, "", None, Word(HideUnit::TEXTS);
    }
    /// Absences.
    absence: AbsenceRules in Therapists {
        /// While an absence lasts past its expected end, everybody affected hears this often.
        update_every_days: u32, "days", Shorter, Number(1, 60);
        /// Whether one absence counts as one event, however many appointments it takes.
        one_event: bool, "", None, YesNo;
    }
    /// Claims to a payer.
    claim: ClaimRules in Record {
        /// Whether there are any.
        enabled: bool, "", None, YesNo;
        /// Where the date of service comes from.
        date_source: ClaimDate, "", None, Word(ClaimDate::TEXTS);
    }
    /// Outside calendars.
    calendar: CalendarRules in Record {
        /// What they are for.
        sync: CalendarSync, "", None, Word(CalendarSync::TEXTS);
    }
    /// Contact notes.
    note: NoteRules in Record {
        /// What one must hold.
        required_fields: BTreeSet<NoteField>, "", AsSet, Words(NoteField::TEXTS);
    }
    /// The beginning of a working relationship.
    contracting: Contracting in Booking {
        /// What must be gone through.
        required: BTreeSet<ContractingItem>, "", AsSet, Words(ContractingItem::TEXTS);
    }
    /// Corrections.
    correction: CorrectionRules in Record {
        /// How long after the end a therapist may correct the record; after that the team only.
        therapist_hours: u32, "hours", None, Number(0, 720);
    }
    /// Undoing.
    undo: Undo in Record {
        /// How long a staff edit may be undone, and its messages wait.
        minutes: u32, "minutes", None, Number(0, 60);
    }
    /// When not to disturb a client, in the client's own zone.
    quiet_hours: QuietHours in Telling {
        /// The evening's beginning.
        from: TimeOfDay, "time of day", Lower, Time;
        /// The morning's end.
        to: TimeOfDay, "time of day", Higher, Time;
        /// What concerns a start nearer than this goes out all the same, as does news of a late or missed appointment.
        urgent: u32, "hours before the start", None, Number(0, 72);
    }
    /// Reminders.
    reminder: Reminder in Telling {
        /// How long before the start a client is reminded.
        at: BTreeSet<u32>, "hours before the start", AsSet, Hours(1, 720);
    }
    /// Messages in the portal.
    #[serde(default)]
    in_app: InApp in Telling {
        /// How long a message in the portal may stay unopened before it goes by the next way that the client allows. News
        /// of the very moment waits three minutes.
        unread_minutes: u32, "minutes", Shorter, Number(3, 1440);
    }
    /// Clients who cannot be reached.
    unable_to_reach: UnableToReach in Telling {
        /// How long a client has to answer the last message.
        reply_hours: u32, "hours", Longer, Number(1, 720);
    }
    /// Booking.
    booking: BookingRules in Booking {
        /// Whether a client's booking stands at once.
        mode: BookingMode, "", First, Word(BookingMode::TEXTS);
        /// How long before the start a client may still book.
        min_notice_hours: u32, "hours", Shorter, Number(0, 720);
    }
    /// Free times.
    slot: SlotRules in Booking {
        /// How far ahead they are shown.
        horizon_days: u32, "days", Longer, Number(1, 730);
    }
    /// Moves.
    reschedule: RescheduleRules in NextStep {
        /// A move that the client has not answered is cancelled by the therapist this long before the old time.
        unanswered_cancel_hours: u32, "hours before the start", Longer, Number(0, 168);
    }
    /// The practice's own calendar, in its zone.
    practice: Practice in Calendar {
        /// The days on which it works.
        working_days: Vec<Weekday>, "", None, Words(WEEKDAYS);
        /// When its working day ends.
        working_day_end: TimeOfDay, "time of day", None, Time;
        /// Days on which it does not work.
        holidays: Vec<jiff::civil::Date>, "", None, Dates;
    }
    templates {
        /// By when a duty of this kind is done.
        "obligation.<kind>.due", Duties, "", Shorter, Deadline;
        /// When it passes to an admin; null is never.
        "obligation.<kind>.breach", Duties, "", Shorter, DeadlineOrNull;
        /// When the owner of the practice hears of it; null is never.
        "obligation.<kind>.escalate", Duties, "", Shorter, DeadlineOrNull;
        /// What the practice calls this reason on its forms and in messages; null is our own words.
        "reasons.<code>.label", NextStep, "", None, TextOrNull(60);
        /// Whether this reason may be given.
        "reasons.<code>.enabled", NextStep, "", None, YesNo;
        /// Whether the client is sent a link to choose a new time.
        "reasons.<code>.sends_link", NextStep, "", Higher, YesNo;
        /// How it counts in the therapist's record.
        "reasons.<code>.reliability", NextStep, "", None, Word(crate::reason::Treatment::TEXTS);
    }
}
