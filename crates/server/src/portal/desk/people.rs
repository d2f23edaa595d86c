//! Names for ids, each person read once.

use domain::id::{ClientId, TherapistId};
use domain::person::{Person, PersonRef, Role};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use store::{DbError, Tx};

/// The people of one page.
#[derive(Debug, Clone, Default)]
pub struct People(BTreeMap<PersonRef, Option<Person>>);

impl People {
    /// This person, read where they are not known yet.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn find(&mut self, tx: &mut Tx<'_>, id: PersonRef) -> Result<Option<&Person>, DbError> {
        let found = match self.0.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(store::person::load(tx, id)?),
        };
        Ok(found.as_ref())
    }

    /// The client's name.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn client(&mut self, tx: &mut Tx<'_>, id: ClientId) -> Result<String, DbError> {
        Ok(self.find(tx, PersonRef::Client(id))?.map_or_else(|| "A client".to_owned(), |person| person.name.clone()))
    }

    /// The therapist's name.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn therapist(&mut self, tx: &mut Tx<'_>, id: TherapistId) -> Result<String, DbError> {
        let found = self.find(tx, PersonRef::Therapist(id))?;
        Ok(found.map_or_else(|| "A therapist".to_owned(), |person| person.name.clone()))
    }

    /// Who stands behind a name of the record: a person, a link, or a job.
    ///
    /// # Errors
    /// Faults of the store.
    pub fn signed(&mut self, tx: &mut Tx<'_>, signature: &str, client: &str) -> Result<String, DbError> {
        if signature.starts_with("token:") {
            return Ok(client.to_owned());
        }
        let Ok(id) = signature.parse::<PersonRef>() else { return Ok("Holdspace".to_owned()) };
        Ok(self.find(tx, id)?.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone()))
    }
}

/// How a person is named where only their capacity is known.
pub fn owner_name(person: Option<&Person>, role: Role) -> String {
    person.map_or_else(|| super::words::role(role).to_owned(), |person| person.name.clone())
}

/// The number as a telephone takes it: digits and the plus.
pub fn dial(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
}
