//! Into which practice, and who is there.

use super::{Problem, Settings};
use crate::flow::Flow;
use domain::person::{Person, PersonRef, Role};
use domain::policy::Policy;
use domain::practice::{Practice, Therapist};
use outside::address::EmailAddress;
use std::sync::Arc;
use store::Tx;

/// A practice as an import needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// The practice.
    pub practice: Practice,
    /// Today's policy.
    pub policy: Arc<Policy>,
    /// Those who work there now.
    pub therapists: Vec<Therapist>,
    /// The office.
    pub admins: Vec<Person>,
    /// The owners.
    pub owners: Vec<Person>,
    /// Whoever imports, if they said so.
    pub by: Option<PersonRef>,
}

impl Place {
    /// The therapist with this address.
    pub fn therapist(&self, email: &EmailAddress) -> Option<&Therapist> {
        let same = |own: &String| own.eq_ignore_ascii_case(email.as_str());
        self.therapists.iter().find(|therapist| therapist.person.email.as_ref().is_some_and(same))
    }

    /// What to say where there is no such therapist.
    pub fn no_therapist(&self, line: u64, column: &str, email: &EmailAddress) -> Problem {
        let known: Vec<&str> = self.therapists.iter().filter_map(|t| t.person.email.as_deref()).collect();
        let remedy = match known.len() {
            0 => "Add the therapists first.".to_owned(),
            1..=10 => format!("Write one of: {}.", known.join(", ")),
            many => format!("Write the address that one of the {many} therapists signs in with."),
        };
        Problem::of_line(line, column, format!("no therapist of {} has {email}", self.practice.name), remedy)
    }
}

/// Finds the practice by id or name, and who is there.
pub(super) fn find(tx: &mut Tx, settings: &Settings) -> Flow<Result<Place, Problem>> {
    let mut all = Vec::new();
    for id in store::practice::ids(tx)? {
        all.extend(store::practice::load(tx, id)?);
    }
    let practice = match chosen(all, settings.practice.as_deref()) {
        Ok(practice) => practice,
        Err(problem) => return Ok(Err(problem)),
    };
    let Some(policy) = store::policy::latest(tx, practice.id)? else {
        let what = format!("{} has no policy yet", practice.name);
        return Ok(Err(Problem::of_option("--practice", what, "Set the practice up first.")));
    };
    let by = match importer(tx, settings, &practice)? {
        Ok(by) => by,
        Err(problem) => return Ok(Err(problem)),
    };
    let mut therapists = store::therapist::list(tx, practice.id)?;
    therapists.retain(|therapist| therapist.person.active);
    Ok(Ok(Place {
        therapists,
        policy: Arc::new(policy),
        admins: store::person::of_roles(tx, practice.id, &[Role::Admin])?,
        owners: store::person::of_roles(tx, practice.id, &[Role::Owner])?,
        by,
        practice,
    }))
}

fn chosen(mut all: Vec<Practice>, wanted: Option<&str>) -> Result<Practice, Problem> {
    let names =
        all.iter().map(|practice| format!("{} ({})", practice.name, practice.id)).collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        return Err(Problem::of_option("--practice", "there is no practice yet", "Set one up first."));
    }
    let wanted = wanted.map(str::trim);
    all.retain(|practice| {
        wanted.is_none_or(|wanted| {
            practice.id.to_string() == wanted || practice.name.to_lowercase() == wanted.to_lowercase()
        })
    });
    match (all.len(), wanted) {
        (1, _) => Ok(all.remove(0)),
        (0, wanted) => {
            let what = format!("there is no practice {:?}", wanted.unwrap_or_default());
            Err(Problem::of_option("--practice", what, format!("Write one of: {names}.")))
        }
        _ => Err(Problem::of_option(
            "--practice",
            "there are several practices",
            format!("Write the id of one: {names}."),
        )),
    }
}

fn importer(tx: &mut Tx, settings: &Settings, practice: &Practice) -> Flow<Result<Option<PersonRef>, Problem>> {
    let Some(email) = settings.by.as_deref().map(str::trim) else { return Ok(Ok(None)) };
    let found = store::person::by_email(tx, email)?;
    let found = found.into_iter().find(|person| person.practice == practice.id && person.role != Role::Client);
    Ok(found.map(|person| Some(person.id)).ok_or_else(|| {
        let what = format!("nobody who works at {} has {email:?}", practice.name);
        Problem::of_option("--by", what, "Write the address that you sign in with, or leave it out.")
    }))
}
