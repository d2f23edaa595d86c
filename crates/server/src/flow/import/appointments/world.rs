//! What bears on a table of appointments: who they are, what they have, and what takes their time.

use super::super::place::Place;
use super::draft::{Draft, told};
use crate::flow::Flow;
use domain::access::Scope;
use domain::appointment::State;
use domain::id::{AppointmentId, ClientId, TherapistId};
use domain::person::{Person, PersonRef, Role};
use domain::practice::Relationship;
use domain::time::{Instant, Interval, Span};
use jiff::tz::Offset;
use outside::address::EmailAddress;
use outside::table::{AppointmentRow, Start};
use std::collections::{BTreeMap, BTreeSet};
use store::appointment::{Filter, list};
use store::{Tx, occupancy};

/// Who and what the table meets.
#[derive(PartialEq)]
pub(super) struct World {
    /// The clients by their address in small letters.
    clients: BTreeMap<String, Person>,
    pairs: BTreeMap<(TherapistId, ClientId), Pair>,
    existing: BTreeMap<TherapistId, Vec<Existing>>,
    /// What takes the time of each from now on, buffers and holds included, by their id.
    pub busy: BTreeMap<String, Vec<Interval>>,
}

/// Two who work together.
#[derive(PartialEq)]
pub(super) struct Pair {
    pub relationship: Relationship,
    pub attended: bool,
    pub late: bool,
}

/// An appointment that is here already.
#[derive(PartialEq)]
struct Existing {
    id: AppointmentId,
    client: ClientId,
    time: Interval,
    takes_time: bool,
}

impl World {
    /// Reads what the rows meet; those who are not there are simply missing.
    pub fn look(tx: &mut Tx, place: &Place, rows: &[AppointmentRow], now: Instant) -> Flow<Self> {
        let mut world =
            Self { clients: BTreeMap::new(), pairs: BTreeMap::new(), existing: BTreeMap::new(), busy: BTreeMap::new() };
        let Some(range) = range(rows) else { return Ok(world) };
        for email in rows.iter().map(|row| &row.client_email).map(small).collect::<BTreeSet<_>>() {
            let found = store::person::by_email(tx, &email)?;
            let here = |person: &Person| person.practice == place.practice.id && person.role == Role::Client;
            if let Some(client) = found.into_iter().find(here) {
                world.clients.insert(email, client);
            }
        }
        let together: BTreeSet<_> = rows.iter().filter_map(|row| world.together(place, row)).collect();
        for (therapist, client) in together {
            if let Some(relationship) = store::relationship::of(tx, &Scope::System("import"), therapist, client)? {
                let attended = store::appointment::has_attended(tx, relationship.id)?;
                let late = store::appointment::has_late(tx, relationship.id)?;
                world.pairs.insert((therapist, client), Pair { relationship, attended, late });
            }
        }
        let pairs: Vec<_> = world.pairs.keys().copied().collect();
        for therapist in pairs.iter().map(|pair| pair.0).collect::<BTreeSet<_>>() {
            world.existing.insert(therapist, existing(tx, therapist, range)?);
        }
        let ahead = Interval::new(now - occupancy::LONGEST, range.to + occupancy::LONGEST);
        let subjects = pairs.iter().flat_map(|(therapist, client)| [therapist.to_string(), client.to_string()]);
        for subject in subjects.collect::<BTreeSet<_>>() {
            let taken = occupancy::busy(tx, &subject, ahead, now)?;
            world.busy.insert(subject, taken.into_iter().map(|taken| taken.time).collect());
        }
        Ok(world)
    }

    /// The client with this address.
    pub fn client(&self, email: &EmailAddress) -> Option<&Person> {
        self.clients.get(&small(email))
    }

    /// What the two have together.
    pub fn pair(&self, therapist: TherapistId, client: &Person) -> Option<&Pair> {
        let PersonRef::Client(client) = client.id else { return None };
        self.pairs.get(&(therapist, client))
    }

    /// What is here already in the way of this line, and what to do about it.
    pub fn known(&self, draft: &Draft<'_>) -> Option<(String, &'static str)> {
        let (therapist, client) = draft.pair();
        let all = self.existing.get(&therapist)?;
        let first = all.partition_point(|known| known.time.from < draft.time.from - occupancy::LONGEST);
        let near = || all[first..].iter().take_while(|known| known.time.from < draft.time.to);
        if let Some(same) = near().find(|known| known.client == client && known.time.from == draft.time.from) {
            return Some((format!("this appointment is here already, as {}", same.id), "Leave the row out."));
        }
        let takes_time = draft.became.takes_time();
        let other = near().find(|known| takes_time && known.takes_time && known.time.meets(draft.time))?;
        let start = told(other.time.from, &draft.therapist.schedule.zone);
        let what = format!("{} has the appointment {} then, from {start}", draft.therapist.person.name, other.id);
        Some((what, "Correct the time, or leave the row out."))
    }

    fn together(&self, place: &Place, row: &AppointmentRow) -> Option<(TherapistId, ClientId)> {
        let PersonRef::Client(client) = self.client(&row.client_email)?.id else { return None };
        Some((place.therapist(&row.therapist_email)?.id, client))
    }
}

fn small(email: &EmailAddress) -> String {
    email.as_str().to_ascii_lowercase()
}

/// From before the first to after the last row, whatever zone its wall time is meant in.
fn range(rows: &[AppointmentRow]) -> Option<Interval> {
    let at = |row: &AppointmentRow| match row.start {
        Start::Moment(moment) => Some(moment),
        Start::Civil(civil) => Offset::UTC.to_timestamp(civil).map(Instant::from).ok(),
    };
    let starts = || rows.iter().filter_map(at);
    let (first, last) = (starts().min()?, starts().max()?);
    Some(Interval::new(first - Span::hours(48), last + Span::hours(48)))
}

fn existing(tx: &mut Tx, therapist: TherapistId, range: Interval) -> Flow<Vec<Existing>> {
    let filter = Filter { therapist: Some(therapist), from: Some(range.from), to: Some(range.to), ..Filter::default() };
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = list(tx, &Scope::System("import"), &filter, after.as_ref(), store::LONGEST_PAGE)?;
        let kept = page.items.into_iter().filter(|appointment| appointment.state != State::EnteredInError);
        found.extend(kept.map(|appointment| Existing {
            id: appointment.id,
            client: appointment.client,
            time: appointment.interval(),
            takes_time: !matches!(appointment.state, State::Cancelled(_)),
        }));
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}
