//! One line of the table, with the people and the moment that it means.

use super::super::place::Place;
use super::super::report::Problem;
use super::time_of;
use super::world::{Pair, World};
use domain::appointment::{Initiator, MeetingKind};
use domain::decide::{Became, LiveFacts, Situation};
use domain::id::{ClientId, TherapistId};
use domain::money::Money;
use domain::person::Person;
use domain::practice::Therapist;
use domain::time::{Instant, Interval, Zone};
use jiff::tz::{AmbiguousOffset, Offset};
use outside::address::EmailAddress;
use outside::table::{AppointmentRow, PastOrPlanned, SessionKind, Start};
use std::collections::BTreeSet;

/// A line whose people are known and whose time exists.
pub(super) struct Draft<'a> {
    pub line: u64,
    pub email: &'a EmailAddress,
    pub therapist: &'a Therapist,
    pub client: &'a Person,
    pub pair: &'a Pair,
    pub time: Interval,
    pub kind: MeetingKind,
    pub price: Money,
    pub became: Became,
}

impl Draft<'_> {
    /// Who and who.
    pub fn pair(&self) -> (TherapistId, ClientId) {
        (self.pair.relationship.therapist, self.pair.relationship.client)
    }

    /// What bears on the two, without their diaries. A client who attended elsewhere is not new here.
    pub fn situation(&self, place: &Place, attended: &BTreeSet<(TherapistId, ClientId)>) -> Situation {
        Situation {
            practice: place.practice.clone(),
            policy: place.policy.clone(),
            policy_today: place.policy.clone(),
            therapist: self.therapist.clone(),
            client: self.client.clone(),
            relationship: self.pair.relationship.clone(),
            is_stranger: false,
            new_client: !self.pair.attended && !attended.contains(&self.pair()),
            late_before: self.pair.late,
            appointment: None,
            next_appointment: None,
            offer: None,
            disruption: None,
            obligations: Vec::new(),
            request: None,
            account: Vec::new(),
            undo: None,
            therapist_busy: Vec::new(),
            client_busy: Vec::new(),
            admins: place.admins.clone(),
            owners: place.owners.clone(),
            file: domain::decide::OnFile::default(),
            live: LiveFacts::default(),
        }
    }
}

/// The line with its people and its moment, or what is wrong with it.
pub(super) fn of<'a>(row: &'a AppointmentRow, place: &'a Place, world: &'a World) -> Result<Draft<'a>, Problem> {
    let wrong = |column: &str, what: String, remedy: &str| Problem::of_line(row.line, column, what, remedy);
    let therapist = place
        .therapist(&row.therapist_email)
        .ok_or_else(|| place.no_therapist(row.line, "therapist_email", &row.therapist_email))?;
    let client = world.client(&row.client_email).ok_or_else(|| {
        let what = format!("no client of {} has {}", place.practice.name, row.client_email);
        wrong("client_email", what, "Import the client first: holdspace import clients.")
    })?;
    let pair = world.pair(therapist.id, client).ok_or_else(|| {
        let what = format!("{} does not work with {}", client.name, therapist.person.name);
        wrong("therapist_email", what, "Write the therapist that they work with, or let the two work together first.")
    })?;
    let start = moment(row.start, &therapist.schedule.zone)
        .map_err(|(what, remedy)| Problem::of_line(row.line, "start", what, remedy))?;
    Ok(Draft {
        line: row.line,
        email: &row.client_email,
        therapist,
        client,
        pair,
        time: time_of(start, row.length),
        kind: match row.kind {
            SessionKind::InPerson => MeetingKind::InPerson,
            SessionKind::Video => MeetingKind::Video,
            SessionKind::Phone => MeetingKind::Phone,
        },
        price: row.price,
        became: became(row.state),
    })
}

fn became(state: PastOrPlanned) -> Became {
    match state {
        PastOrPlanned::Booked => Became::Booked,
        PastOrPlanned::Attended => Became::Attended,
        PastOrPlanned::CancelledByClient => Became::Cancelled(Initiator::Client),
        PastOrPlanned::CancelledByTherapist => Became::Cancelled(Initiator::Therapist),
        PastOrPlanned::CancelledByPractice => Became::Cancelled(Initiator::Practice),
        PastOrPlanned::ClientNoShow => Became::ClientNoShow,
        PastOrPlanned::LateNotSeen => Became::LateNotSeen,
        PastOrPlanned::TherapistNoShow => Became::TherapistNoShow,
        PastOrPlanned::TechnicalFailure => Became::TechnicalFailure,
    }
}

/// The moment that a table means: a wall time that the clocks skip or repeat is none, and nothing is guessed.
fn moment(start: Start, zone: &Zone) -> Result<Instant, (String, String)> {
    let civil = match start {
        Start::Moment(moment) => return Ok(moment),
        Start::Civil(civil) => civil,
    };
    let ambiguous = zone.time_zone().to_ambiguous_timestamp(civil);
    let with = |offset: Offset| format!("{}{offset}", civil.strftime("%Y-%m-%dT%H:%M"));
    let of = |offset: Offset| offset.to_timestamp(civil).map(Instant::from);
    let unusual = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { offset } => of(offset).map_err(|_| "there is no such moment"),
        AmbiguousOffset::Gap { .. } => Err("there is no such time on that day: the clocks go forward past it"),
        AmbiguousOffset::Fold { before, after } => {
            let what = format!("this time comes twice on that day in {zone}: the clocks go back");
            return Err((what, format!("Write {} or {}.", with(before), with(after))));
        }
    };
    unusual.map_err(|what| (format!("{what} in {zone}"), "Write the time that was agreed.".to_owned()))
}

/// A moment as people of the therapist's place say it.
pub(super) fn told(at: Instant, zone: &Zone) -> String {
    at.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(civil: &str) -> Result<Instant, (String, String)> {
        let london: Zone = "Europe/London".parse().expect("a zone");
        moment(Start::Civil(civil.parse().expect("a time")), &london)
    }

    #[test]
    fn a_time_that_the_clocks_skip_or_repeat_is_not_guessed() {
        assert_eq!(at("2026-06-01T09:00").map(|at| at.to_string()), Ok("2026-06-01T08:00:00Z".to_owned()));
        let (what, _) = at("2026-03-29T01:30").expect_err("a gap");
        assert!(what.contains("no such time"), "{what}");
        let (what, remedy) = at("2026-10-25T01:30").expect_err("a fold");
        assert!(what.contains("comes twice"), "{what}");
        assert_eq!(remedy, "Write 2026-10-25T01:30+01 or 2026-10-25T01:30+00.");
    }
}
