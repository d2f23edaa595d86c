//! Every rule that a decision may name, with its sentence. `{name}` stands for a value that the rule used.

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// The dotted id.
    pub id: &'static str,
    /// The sentence, in British English.
    pub sentence: &'static str,
}

const fn rule(id: &'static str, sentence: &'static str) -> Rule {
    Rule { id, sentence }
}

/// Every rule.
pub const RULES: &[Rule] = &[
    rule("client_cancel.free_until", "It may be changed or called off at no charge until {cutoff}."),
    rule("client_cancel.notice.timely", "This reached us in time: the policy asks for {notice}, until {cutoff}."),
    rule("client_cancel.notice.late", "This reached us after {cutoff}, and the policy asks for {notice} of notice."),
    rule(
        "client_cancel.notice.after_late_move",
        "The appointment was moved inside the notice period before, so the cutoff of {cutoff} still holds.",
    ),
    rule("client_reschedule.notice.timely", "The move was asked for in time, {notice} before, until {cutoff}."),
    rule("client_reschedule.notice.late", "The move was asked for after {cutoff}; the policy asks for {notice}."),
    rule("late_move.keeps_cutoff", "Moving costs nothing now. If it is cancelled later, the cutoff of {cutoff} holds."),
    rule("client_self_cancel.allowed", "Clients may do this themselves at this notice."),
    rule(
        "client_self_cancel.late_with_consequences",
        "The cutoff was {cutoff}. It may still be cancelled, and what that costs is shown first.",
    ),
    rule(
        "client_self_cancel.inside_notice_window",
        "The cutoff was {cutoff}. From then on, please contact the therapist about it.",
    ),
    rule("client_self_cancel.contact_only", "In this practice, clients contact the therapist to cancel or move."),
    rule("therapist_cancel.short_notice", "This is short notice: less than {notice} before the start."),
    rule("therapist_cancel.in_time", "This is not short notice: at least {notice} before the start."),
    rule("next_step.required", "The client needs a way on: times to choose from, a link, or a promise to be in touch."),
    rule("next_step.allowed", "This practice does not use that next step."),
    rule(
        "refund.new_client.team_request",
        "A new client's refund is asked of the team, with the reason and a confirmation.",
    ),
    rule("fee.not_the_clients_doing", "The client pays no fee, because it was not the client who called it off."),
    rule("fee.none", "This practice charges no fee for it."),
    rule("fee.fixed", "The practice's fee is {amount}."),
    rule("fee.percent", "The practice's fee is {percent} of the price, {amount}."),
    rule("fee.full", "The practice's fee is the whole price, {amount}."),
    rule("fee.per_therapist", "The therapist's fee is {amount}."),
    rule("fee.per_therapist_none", "The therapist charges no fee for it."),
    rule("fee.tier", "With less than {within} of notice the fee is {percent} of the price, {amount}."),
    rule("fee.cap", "No fee is higher than {amount}."),
    rule("fee.prohibited_payer", "The client's payer does not allow a fee."),
    rule("fee.once_per_appointment", "A fee was charged for this appointment before, and there is only ever one."),
    rule("fee.first_time_forgiven", "It is the first time, so there is no fee."),
    rule("fee.slot_refilled", "Somebody else took the time, so there is no fee."),
    rule("allowance.used", "It counts as one of the {allowed} appointments that the payer allows."),
    rule("payment.released", "The payment of {amount} that was planned will not be taken."),
    rule("payment.goes_back", "{amount} goes back to the client."),
    rule("payment.looked_up", "Whether {amount} was taken is being looked up; if it was, it goes back."),
    rule("payment.stands", "The price of {amount} stands, with no fee on top."),
    rule("payment.follows_move", "The payment moves with the appointment."),
    rule("refund.client_choice", "The client chooses: {amount} back, or to the new time."),
    rule("refund.team_request", "A refund of {amount} is asked of the team, with the reason and a confirmation."),
    rule("refund.requested", "The client asked for the money back."),
    rule("no_show.grace", "The client may still come; it can be called missed from {until}."),
    rule("no_show.contact_attempts", "Before it is called missed, the client must have been tried {needed} times."),
    rule(
        "no_show.release_prompt",
        "This is number {missed} in a row. You may want to ask whether the weekly time should be released.",
    ),
    rule(
        "makeup.suggested",
        "The therapist alone missed it, so a make-up at no charge may help. It is a suggestion, never required.",
    ),
    rule("makeup.no_charge", "It is a make-up: nothing is charged to the client or the practice."),
    rule("no_show.may_be_called", "It may be called missed: the client had until {until}, and was tried."),
    rule("reliability.not_kept", "It does not count: this practice keeps no such record."),
    rule("reliability.client_initiated", "It does not count: the client asked for it."),
    rule("reliability.practice_initiated", "It does not count against the therapist: the practice called it off."),
    rule("reliability.mistaken_report", "It does not count: it was reported by mistake."),
    rule("reliability.technical", "It does not count: the connection or the platform failed."),
    rule("reliability.other_fault", "It does not count: it was not the therapist's doing alone."),
    rule("reliability.missed", "It counts, and weighs most: the client waited and nobody came."),
    rule("reliability.late", "It counts as lateness."),
    rule("reliability.moved", "It counts: the therapist asked for another time."),
    rule("reliability.short_notice", "It counts: the therapist cancelled at short notice."),
    rule("reliability.counted", "It counts: the therapist cancelled."),
    rule("reliability.counted_excusable", "It counts, and the practice may excuse it for this reason."),
    rule("reliability.planned_in_time", "It does not count: it was planned and said in time."),
    rule("reliability.excused", "It does not count: this reason is excused."),
    rule("reliability.reason_not_counted", "It does not count for this reason."),
];
