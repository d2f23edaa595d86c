//! Reading and changing a policy by the dotted names of its parameters.

use super::parameter::{self, Allowed};
use super::{Parameters, Policy, Reasons};
use crate::reason::{Initiator, Reason};
use serde::Serialize;
use serde_json::{Map, Value};

/// What is wrong with one parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The dotted name.
    pub field: String,
    /// `unknown_parameter`, `invalid_value` or `contradiction`.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
}

impl FieldProblem {
    /// The whole of it as a sentence.
    pub fn sentence(&self) -> String {
        format!("{}: {}.", self.field, self.message)
    }

    fn new(field: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }
}

impl Policy {
    /// Every value by its dotted name.
    pub fn values(&self) -> Map<String, Value> {
        let mut flat = Map::new();
        flatten(String::new(), &self.nested(), &mut flat);
        flat
    }

    /// The parameters as nested JSON objects, in the order of the documentation.
    pub fn nested(&self) -> Value {
        serde_json::to_value(&self.parameters).unwrap_or(Value::Null)
    }

    /// The policy with these parameters changed, one version on.
    ///
    /// # Errors
    /// Every problem of every name: unknown, of another type, out of range, or at odds with another value.
    pub fn set(&self, changes: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let mut nested = self.nested();
        for (name, value) in changes {
            let Some(parameter) = parameter::find(name).filter(|_| !name.contains('<')) else {
                problems.push(FieldProblem::new(
                    name,
                    "unknown_parameter",
                    "there is no parameter of this name; leave it out, or check its spelling",
                ));
                continue;
            };
            match parameter.allowed.accepts(value) {
                Ok(()) => put(&mut nested, name, tidied(&parameter.allowed, value)),
                Err(why) => problems.push(FieldProblem::new(name, "invalid_value", why)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let next = self.with(nested, self.version.saturating_add(1))?;
        let problems = next.problems();
        if problems.is_empty() { Ok(next) } else { Err(problems) }
    }

    /// This policy, with the kinder value of the two for each parameter (rulings 12). Preset and version stay.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let mut nested = self.nested();
        let (own, theirs) = (self.resolved().values(), other.resolved().values());
        for (name, value) in &own {
            let (Some(parameter), Some(other)) = (parameter::find(name), theirs.get(name)) else { continue };
            put(&mut nested, name, parameter::kinder(parameter, value, other));
        }
        if self.follows_cancel() && other.follows_cancel() {
            put(&mut nested, "client_reschedule.notice_hours", Value::Null);
        }
        self.with(nested, self.version).unwrap_or_else(|_| self.clone())
    }

    /// The policy for a pathway or a therapist that would like some values to differ: each wins where it is kinder.
    ///
    /// # Errors
    /// As for `set`.
    pub fn with_overrides(&self, overrides: &Map<String, Value>) -> Result<Self, Vec<FieldProblem>> {
        Ok(self.merged(&self.set(overrides)?))
    }

    /// What in these values contradicts what: each one may be fine alone. Also whatever is out of its range.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for (name, value) in self.values() {
            let Some(parameter) = parameter::find(&name) else { continue };
            if let Err(why) = parameter.allowed.accepts(&value) {
                problems.push(FieldProblem::new(&name, "invalid_value", why));
            }
        }
        contradictions(&self.parameters, &mut problems);
        problems
    }

    fn follows_cancel(&self) -> bool {
        self.parameters.client_reschedule.notice_hours.is_none()
    }

    /// The same with the notice for moves written out.
    fn resolved(&self) -> Self {
        let mut own = self.clone();
        let hours = own.parameters.client_cancel.notice_hours;
        own.parameters.client_reschedule.notice_hours.get_or_insert(hours);
        own
    }

    fn with(&self, nested: Value, version: u32) -> Result<Self, Vec<FieldProblem>> {
        let read: Result<Parameters, _> = serde_path_to_error::deserialize(nested);
        let parameters = read.map_err(|why| {
            vec![FieldProblem::new(&why.path().to_string(), "invalid_value", why.inner().to_string())]
        })?;
        Ok(Self { preset: self.preset, version, parameters, terms: None })
    }
}

fn contradictions(values: &Parameters, problems: &mut Vec<FieldProblem>) {
    let mut at_odds = |wrong: bool, field: &str, remedy: &str| {
        if wrong {
            problems.push(FieldProblem::new(field, "contradiction", remedy));
        }
    };
    let inform = &values.inform;
    at_odds(
        inform.breach_minutes < inform.target_minutes,
        "inform.breach_minutes",
        "must not be before inform.target_minutes",
    );
    at_odds(
        inform.escalate_minutes < inform.breach_minutes,
        "inform.escalate_minutes",
        "must not be before inform.breach_minutes",
    );
    at_odds(
        inform.short_notice_breach_minutes < inform.short_notice_minutes,
        "inform.short_notice_breach_minutes",
        "must not be before inform.short_notice_minutes",
    );
    at_odds(
        inform.short_notice_escalate_minutes < inform.short_notice_breach_minutes,
        "inform.short_notice_escalate_minutes",
        "must not be before inform.short_notice_breach_minutes",
    );
    for (kind, times) in values.obligation.iter() {
        let length = |d: super::Deadline| d.nominal_minutes();
        let (due, breach, escalate) = (length(times.due), times.breach.map(length), times.escalate.map(length));
        at_odds(
            breach.is_some_and(|breach| breach < due),
            &format!("obligation.{kind}.breach"),
            "must not be before it is due",
        );
        at_odds(
            escalate.is_some_and(|later| later < breach.unwrap_or(due)),
            &format!("obligation.{kind}.escalate"),
            "must not be before the breach",
        );
    }
    let late = &values.late;
    at_odds(
        matches!((late.client_checkin_min, late.client_stepaway_min), (Some(check), Some(away)) if away < check),
        "late.client_stepaway_min",
        "must not be before late.client_checkin_min",
    );
    waiting(values, &mut at_odds);
    fees(values, &mut at_odds);
    let tiers = &values.client_cancel.tiers;
    let notice = values.client_cancel.notice_hours;
    let falling = tiers.windows(2).all(|t| t[0].within_hours < t[1].within_hours && t[0].percent >= t[1].percent);
    at_odds(
        !falling || tiers.iter().any(|t| t.percent > 100 || t.within_hours > notice || t.within_hours == 0),
        "client_cancel.tiers",
        "must go from the shortest notice to the longest, none longer than client_cancel.notice_hours, with shares \
         of at most 100 that do not rise",
    );
    at_odds(values.practice.working_days.is_empty(), "practice.working_days", "must name at least one day");
    let quiet = &values.quiet_hours;
    at_odds(quiet.from == quiet.to, "quiet_hours.to", "must differ from quiet_hours.from");
    reasons(&values.reasons, &mut at_odds);
}

/// A fixed fee has its amount, and keeps to its cap.
fn fees(values: &Parameters, at_odds: &mut impl FnMut(bool, &str, &str)) {
    let (late, missed) = (&values.late_cancel, &values.no_show);
    for (name, model, amount, cap) in [
        ("late_cancel", late.fee_model, late.fee_amount, late.cap),
        ("no_show", missed.fee_model, missed.fee_amount, missed.cap),
    ] {
        let fixed = model == super::FeeModel::Fixed;
        let field = format!("{name}.fee_amount");
        at_odds(fixed && amount.is_none(), &field, "is needed where the fee model is fixed");
        let above = matches!((amount, cap), (Some(amount), Some(cap))
            if amount.currency != cap.currency || amount.amount_minor > cap.amount_minor);
        let remedy = format!("must not be above {name}.cap, and in its currency: lower it, or raise the cap");
        at_odds(fixed && above, &field, &remedy);
    }
}

/// Who waits for whom on the day, and how far ahead anybody books.
fn waiting(values: &Parameters, at_odds: &mut impl FnMut(bool, &str, &str)) {
    let grace = values.no_show.grace_min;
    at_odds(
        values.late.client_checkin_min.is_some_and(|minutes| minutes > grace),
        "late.client_checkin_min",
        "must not be after no_show.grace_min: a client is asked before the appointment may be called missed",
    );
    at_odds(
        values.therapist_no_show.client_report_min < values.late.therapist_threshold_min,
        "therapist_no_show.client_report_min",
        "must not be before late.therapist_threshold_min: until then nobody is late",
    );
    at_odds(
        u64::from(values.booking.min_notice_hours) >= 24 * u64::from(values.slot.horizon_days),
        "booking.min_notice_hours",
        "must be shorter than slot.horizon_days: else there is never a time to book",
    );
    let exits = &values.next_step;
    at_odds(
        exits.required && exits.allowed.is_empty(),
        "next_step.allowed",
        "must name at least one where next_step.required is yes",
    );
}

/// Whoever calls something off finds a reason to give, and a label stays on its line.
fn reasons(reasons: &Reasons, at_odds: &mut impl FnMut(bool, &str, &str)) {
    for initiator in Initiator::ALL {
        let left = reasons.enabled().any(|reason| reason != Reason::EnteredInError && reason.fits(*initiator));
        if let Some(first) = Reason::offered_to(*initiator).next() {
            let remedy = format!("must leave the {initiator} at least one reason to give: allow one again");
            at_odds(!left, &format!("reasons.{first}.enabled"), &remedy);
        }
    }
    for reason in Reason::ALL {
        let broken = reasons.label(*reason).is_some_and(|label| label.chars().any(char::is_control));
        at_odds(broken, &format!("reasons.{reason}.label"), "must be words on one line");
    }
}

/// Writes a list of words in the order of the documentation, so that equal sets are equal documents.
fn tidied(allowed: &Allowed, value: &Value) -> Value {
    let (Allowed::Words(words), Value::Array(items)) = (allowed, value) else { return value.clone() };
    let named = words.iter().filter(|word| items.iter().any(|item| item.as_str() == Some(word)));
    Value::Array(named.map(|word| Value::from(*word)).collect())
}

fn put(nested: &mut Value, name: &str, value: Value) {
    let mut place = nested;
    for part in name.split('.') {
        place = match place {
            Value::Object(fields) => fields.entry(part).or_insert(Value::Null),
            _ => return,
        };
    }
    *place = value;
}

/// Names every leaf: whatever is not an object, and whatever a parameter's name already means.
fn flatten(path: String, value: &Value, into: &mut Map<String, Value>) {
    match value {
        Value::Object(fields) if parameter::find(&path).is_none() => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                flatten(path, value, into);
            }
        }
        _ => {
            into.insert(path, value.clone());
        }
    }
}
