//! Pathways: who sends clients to the practice and who pays for them, with what that changes about the policy.

use crate::id::{Ids, PathwayId, PracticeId};
use crate::policy::choices::words;
use crate::policy::parameter::{self, Kinder};
use crate::policy::{FieldProblem, Policy};
use crate::refusal::{Named, Refusal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Parameters by dotted name that somebody would like to differ from the practice's.
pub type Overrides = Map<String, Value>;

/// Characters of a name or a payer.
const NAME_MAX: usize = 60;
/// Appointments that an allowance may hold.
const ALLOWANCE_MAX: u32 = 1000;

words! {
    /// What uses up one of the appointments that a payer allows.
    AllowanceUse {
        /// An appointment that was attended.
        Attended = "attended",
        /// One that the client cancelled late.
        LateCancel = "late_cancel",
        /// One that the client missed.
        NoShow = "no_show",
    }
}

/// How many appointments a payer allows, and what counts as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// How many.
    pub appointments: u32,
    /// What uses one up.
    pub used_by: BTreeSet<AllowanceUse>,
}

/// A pathway of one practice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pathway {
    /// Which.
    pub id: PathwayId,
    /// Whose.
    pub practice: PracticeId,
    /// Counts up with each change.
    pub revision: u32,
    /// What the practice calls it.
    pub name: String,
    /// The kind of payer, as `fee.prohibited_payers` names them; none where clients pay for themselves.
    pub payer: Option<String>,
    /// How many appointments the payer allows; none is no limit.
    pub allowance: Option<Allowance>,
    /// What it would like to differ from the practice's policy; each holds where it is kinder to the client.
    pub overrides: Overrides,
}

/// What somebody writes down about a pathway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// What it is called.
    pub name: String,
    /// The kind of payer.
    pub payer: Option<String>,
    /// How many appointments the payer allows.
    pub allowance: Option<Allowance>,
    /// What differs from the practice's policy.
    #[serde(default)]
    pub overrides: Overrides,
}

impl Pathway {
    /// A new pathway.
    ///
    /// # Errors
    /// Refused, naming the field or the parameter.
    pub fn new(practice: PracticeId, wish: Wish, today: &Policy, ids: &mut Ids) -> Result<Self, Refusal> {
        Self::made(ids.mint(), practice, 1, wish, today)
    }

    /// The same pathway with these words instead.
    ///
    /// # Errors
    /// As for `new`.
    pub fn changed(self, wish: Wish, today: &Policy) -> Result<Self, Refusal> {
        Self::made(self.id, self.practice, self.revision + 1, wish, today)
    }

    fn made(id: PathwayId, practice: PracticeId, revision: u32, wish: Wish, today: &Policy) -> Result<Self, Refusal> {
        let name = line("name", &wish.name)?;
        let payer = wish.payer.filter(|payer| !payer.trim().is_empty());
        let payer = payer.map(|payer| line("payer", &payer)).transpose()?;
        if let Some(Allowance { appointments, used_by }) = &wish.allowance {
            if !(1..=ALLOWANCE_MAX).contains(appointments) {
                let detail = format!("allowance.appointments must be a whole number from 1 to {ALLOWANCE_MAX}.");
                return Err(Refusal::invalid("invalid_value", "allowance", detail));
            }
            if used_by.is_empty() {
                let detail = "allowance.used_by must say what uses one up: attended, late_cancel, no_show.";
                return Err(Refusal::invalid("invalid_value", "allowance", detail));
            }
        }
        check(&wish.overrides, today)?;
        Ok(Self { id, practice, revision, name, payer, allowance: wish.allowance, overrides: wish.overrides })
    }
}

fn line(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
        return Err(Refusal::invalid("invalid_value", field, format!("Write 1 to {NAME_MAX} characters.")));
    }
    Ok(text.to_owned())
}

/// Whether these may differ from the practice's policy, each by itself and all together.
///
/// # Errors
/// Refused with the first problem's code; the words name every parameter that will not do.
pub fn check(overrides: &Overrides, today: &Policy) -> Result<(), Refusal> {
    let mut named = overrides.keys().filter_map(|name| Some((name, parameter::find(name)?)));
    if let Some((name, parameter)) = named.find(|(_, parameter)| parameter.kinder == Kinder::None) {
        let detail = format!("{name}: the practice's own value always stands here. Leave it out.");
        return Err(Refusal::invalid("not_overridable", parameter.name, detail));
    }
    today.set(overrides).map(drop).map_err(|problems| refusal("overrides", &problems))
}

/// Problems of parameters as a refusal that names each of them; its own field is the first, or `field` where there is no
/// such parameter.
pub fn refusal(field: &'static str, problems: &[FieldProblem]) -> Refusal {
    let told: Vec<String> = problems.iter().map(|p| format!("{}: {}.", p.field, p.message)).collect();
    let each = |p: &FieldProblem| Named { field: p.field.clone(), code: p.code, message: p.sentence() };
    let first = problems.first();
    let code = first.map_or("invalid_value", |problem| problem.code);
    let named = first.and_then(|problem| parameter::find(&problem.field)).map_or(field, |parameter| parameter.name);
    let problems = problems.iter().map(each).collect();
    Refusal { problems, ..Refusal::invalid(code, named, told.join(" ")) }
}
