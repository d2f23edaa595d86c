//! Clients from a table, each with the therapist they work with.

use super::place::Place;
use super::report::{Problem, Progress, Report};
use super::{Mode, Settings, Work, carry_out};
use crate::flow::{Flow, Tools};
use domain::audit::Entry;
use domain::id::{ClientId, Ids, TherapistId};
use domain::person::{Channel, ContactPreference, Person, PersonRef, Role, is_phone};
use domain::practice::{Relationship, RelationshipFile, RelationshipState, Therapist};
use domain::telling::consent::Source;
use outside::table::{self, ClientRow, Limits, Prefers, Table};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Store, Tx};

/// A table of clients.
#[derive(Debug, Clone)]
pub struct Clients {
    table: Table<ClientRow>,
}

impl Clients {
    /// Reads the table out of the file; what is wrong with it is said by the import.
    pub fn read(settings: &Settings) -> Self {
        Self { table: table::clients(&settings.file, &Limits::default()) }
    }
}

/// Adds the clients of a table, or says what would be done.
///
/// # Errors
/// Faults of the store; what is wrong with the file is in the report.
pub fn clients(
    store: &Store,
    mode: &Mode,
    settings: &Settings,
    wish: Clients,
    progress: &Arc<dyn Progress>,
) -> Flow<Report> {
    carry_out(store, mode, settings, Task { settings: settings.clone(), table: wish.table }, progress)
}

struct Task {
    settings: Settings,
    table: Table<ClientRow>,
}

/// One client who is to be.
struct New {
    line: u64,
    person: Person,
    client: ClientId,
    relationship: Relationship,
    therapist: TherapistId,
}

struct Plan {
    all: Vec<New>,
    ids: Ids,
}

impl Work for Task {
    /// Who in the practice has an address of the table already, by the address in small letters.
    type World = BTreeMap<String, Vec<Person>>;
    type Plan = Plan;
    const WHAT: &'static str = "clients";

    fn look(&self, tx: &mut Tx, place: &Place) -> Flow<Self::World> {
        let mut known = BTreeMap::new();
        for row in &self.table.rows {
            let mut found = store::person::by_email(tx, row.email.as_str())?;
            found.retain(|person| person.practice == place.practice.id);
            if !found.is_empty() {
                known.insert(row.email.as_str().to_ascii_lowercase(), found);
            }
        }
        Ok(known)
    }

    fn plan(&self, place: &Place, known: &Self::World, report: &mut Report, progress: &dyn Progress) -> Plan {
        report.problems.extend(self.table.problems.iter().cloned().map(Problem::from));
        if self.table.rows.is_empty() && report.problems.is_empty() {
            let remedy = "Write a line for each client below the header.";
            report.problems.push(Problem::of_line(1, "", "there is nobody in this table", remedy));
        }
        progress.begin("Checking clients", self.table.rows.len() as u64);
        let mut ids = Ids::new(self.settings.command, self.settings.now);
        let mut all = Vec::new();
        for row in &self.table.rows {
            match self.client(row, place, known, &mut ids) {
                Ok((new, therapist)) => {
                    report.line(row.line, format!("{} is added, with {}", row.email, therapist.person.name));
                    report.count("clients");
                    all.push(new);
                }
                Err(problem) => report.problems.push(problem),
            }
            progress.step();
        }
        Plan { all, ids }
    }

    fn subjects(&self, _: &Plan) -> Vec<String> {
        Vec::new()
    }

    fn changes_nothing(&self, plan: &Plan) -> bool {
        plan.all.is_empty()
    }

    fn save(
        &self,
        tx: &mut Tx,
        tools: &Tools,
        place: &Place,
        plan: &Plan,
        progress: &dyn Progress,
    ) -> Flow<Vec<Entry>> {
        progress.begin("Adding clients", plan.all.len() as u64);
        let (file, mut ids) = (self.settings.digest(), plan.ids.clone());
        let details = json!({ "file": file, "clients": plan.all.len() });
        let mut entries = vec![self.settings.file_entry(tools, place, "clients_imported", details)];
        for new in &plan.all {
            store::person::insert(tx, &new.person)?;
            store::relationship::insert(tx, &new.relationship)?;
            let subjects = vec![new.client.to_string(), new.relationship.id.to_string(), new.therapist.to_string()];
            let details = json!({ "file": file, "line": new.line, "preference": new.person.preference });
            let ask = self.settings.ask(&mut ids);
            entries.push(self.settings.entry(tools, &ask, place, "client_imported", subjects, details));
            progress.step();
        }
        Ok(entries)
    }
}

impl Task {
    fn client<'a>(
        &self,
        row: &ClientRow,
        place: &'a Place,
        known: &BTreeMap<String, Vec<Person>>,
        ids: &mut Ids,
    ) -> Result<(New, &'a Therapist), Problem> {
        let wrong = |column: &str, what: String, remedy: &str| Problem::of_line(row.line, column, what, remedy);
        let therapist = place
            .therapist(&row.therapist_email)
            .ok_or_else(|| place.no_therapist(row.line, "therapist_email", &row.therapist_email))?;
        if let Some(before) = known.get(&row.email.as_str().to_ascii_lowercase()).and_then(|found| found.first()) {
            let what = format!("{} has this address already, as {} {}", before.name, before.role.word(), before.id);
            return Err(wrong("email", what, "Leave the row out, or write the client's own address."));
        }
        if let Some(phone) = row.phone.as_ref().filter(|phone| !is_phone(phone)) {
            let what = format!("{phone:?} lacks the country");
            return Err(wrong("phone", what, "Write it as +44 20 7946 0018."));
        }
        let client: ClientId = ids.mint();
        let mut person = Person {
            id: PersonRef::Client(client),
            practice: place.practice.id,
            role: Role::Client,
            name: row.name.clone(),
            email: Some(row.email.to_string()),
            phone: row.phone.clone(),
            zone: row.time_zone.clone(),
            locale: place.practice.locale,
            preference: ContactPreference {
                channels: Vec::new(),
                voicemail: false,
                asked_at: None,
                ..Default::default()
            },
            active: true,
        };
        let channels = vec![channel(row.prefers)];
        person.preference =
            ContactPreference::stated(channels, row.voicemail, &person, Source::Import, self.settings.now)
                .map_err(|refusal| wrong("prefers", refusal.code.replace('_', " "), &refusal.detail))?;
        let relationship = Relationship {
            id: ids.mint(),
            practice: place.practice.id,
            therapist: therapist.id,
            client,
            state: RelationshipState::Active,
            accepted_policy: None,
            file: RelationshipFile::default(),
            pathway: None,
        };
        Ok((New { line: row.line, person, client, relationship, therapist: therapist.id }, therapist))
    }
}

fn channel(prefers: Prefers) -> Channel {
    match prefers {
        Prefers::Email => Channel::Email,
        Prefers::Sms => Channel::Sms,
        Prefers::Phone => Channel::Phone,
        Prefers::InApp => Channel::InApp,
        Prefers::Push => Channel::Push,
    }
}

impl From<table::Problem> for Problem {
    fn from(problem: table::Problem) -> Self {
        Self { line: problem.line, column: problem.column, what: problem.what, remedy: problem.remedy }
    }
}
