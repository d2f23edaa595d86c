//! A practice as it goes on: decides, keeps what came of it, and shows each command what a load would show it.

use super::people;
use domain::appointment::Appointment;
use domain::change_request::{ChangeRequest, RequestState};
use domain::decide::{
    Asker, Command, Due, JobToWake, MoneyAct, Moves, OccupancyChange, OnFile, Outcome, Situation, UndoChange, decide,
};
use domain::disruption::Disruption;
use domain::id::{AppointmentId, CommandId, Id, Ids, ObligationId};
use domain::ledger::LedgerEntry;
use domain::message::Notice;
use domain::obligation::{Obligation, ObligationKind};
use domain::offer::{Offer, OfferState};
use domain::pathway::Pathway;
use domain::person::PersonRef;
use domain::policy::{Policy, Preset};
use domain::refusal::Refusal;
use domain::reserved::{ReservedSlot, ReservedState};
use domain::time::{Instant, Interval};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Somebody's taken time: whose, for what, when, and until when where it is only held.
pub type Taken = (PersonRef, String, Interval, Option<Instant>);

/// One relationship from its first booking on.
#[derive(Clone)]
pub struct Story {
    pub preset: Preset,
    /// Practice, people and policy of today.
    pub base: Situation,
    pub policies: Vec<Arc<Policy>>,
    pub appointments: Vec<Appointment>,
    pub disruptions: Vec<Disruption>,
    pub obligations: Vec<Obligation>,
    pub offers: Vec<Offer>,
    pub occupancy: Vec<Taken>,
    pub ledger: Vec<LedgerEntry>,
    /// Every reserved time there ever was.
    pub reserved: Vec<ReservedSlot>,
    pub notices: Vec<Notice>,
    pub requests: Vec<ChangeRequest>,
    pub undo: Option<domain::undo::Undo>,
    pub wakes: BTreeMap<String, (JobToWake, Instant)>,
    commands: u32,
}

impl Story {
    /// Nothing is booked yet; the client has attended before.
    pub fn new(preset: Preset) -> Self {
        let policy = Arc::new(Policy::preset(preset));
        let base = Situation {
            practice: people::practice(preset),
            policy: policy.clone(),
            policy_today: policy.clone(),
            therapist: people::therapist(preset),
            client: people::client(preset),
            relationship: people::relationship(),
            new_client: false,
            is_stranger: false,
            late_before: false,
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
            admins: people::admins(preset),
            owners: people::owners(preset),
            file: Default::default(),
            live: Default::default(),
        };
        Self {
            preset,
            base,
            policies: vec![policy],
            appointments: Vec::new(),
            disruptions: Vec::new(),
            obligations: Vec::new(),
            offers: Vec::new(),
            occupancy: Vec::new(),
            ledger: Vec::new(),
            reserved: Vec::new(),
            notices: Vec::new(),
            requests: Vec::new(),
            undo: None,
            wakes: BTreeMap::new(),
            commands: 0,
        }
    }

    /// As most stories begin: Tuesday 10 March 2026 at 14:00 is booked, nine days before.
    pub fn booked(preset: Preset) -> Self {
        Self::new(preset).with_booking()
    }

    /// The same for a client who has not attended yet.
    pub fn new_client(preset: Preset) -> Self {
        let mut story = Self::new(preset);
        story.base.new_client = true;
        story.with_booking()
    }

    fn with_booking(mut self) -> Self {
        let (start, now) = (self.start(), self.local("2026-03-01 12:00"));
        self.run(None, &people::the_therapist(), super::book_at(start, Some(super::yes_at(now))), now).expect("booked");
        self
    }

    /// When the appointment of `booked` begins.
    pub fn start(&self) -> Instant {
        self.local("2026-03-10 14:00")
    }

    /// That time on the practice's wall.
    pub fn local(&self, wall: &str) -> Instant {
        let civil: jiff::civil::DateTime = wall.parse().unwrap_or_else(|_| panic!("{wall} is not a time"));
        let zoned = civil.to_zoned(self.base.practice.zone.time_zone()).expect("inside the calendar");
        Instant::from(&zoned)
    }

    /// The practice changes its policy.
    pub fn set_policy(&mut self, changes: serde_json::Value) {
        let changes = changes.as_object().expect("names with values");
        let next = Arc::new(self.base.policy_today.set(changes).expect("a good change"));
        self.policies.push(next.clone());
        self.base.policy_today = next;
    }

    /// The client is on this pathway from now on.
    pub fn put_on(&mut self, pathway: Pathway) {
        let therapist = self.base.therapist.id;
        let between = self.base.policy_today.between(Some(&pathway), therapist, &self.base.therapist.overrides);
        self.base.relationship.pathway = Some(Box::new(pathway));
        let between = Arc::new(between.expect("a pathway makes terms"));
        self.policies.push(between.clone());
        self.base.policy_today = between;
    }

    pub fn appointment(&self) -> &Appointment {
        &self.appointments[0]
    }

    pub fn latest(&self) -> &Appointment {
        self.appointments.last().expect("something was booked")
    }

    pub fn find(&self, id: AppointmentId) -> &Appointment {
        self.appointments.iter().find(|a| a.id == id).expect("an appointment of the story")
    }

    pub fn offer(&self) -> &Offer {
        self.offers.last().expect("something was offered")
    }

    pub fn case(&self) -> &Disruption {
        self.disruptions.last().expect("a case was opened")
    }

    pub fn owed(&self) -> Vec<ObligationKind> {
        let mut kinds: Vec<_> = self.obligations.iter().filter(|o| o.is_owed()).map(|o| o.kind).collect();
        kinds.sort();
        kinds
    }

    pub fn of_kind(&self, kind: ObligationKind) -> &Obligation {
        self.obligations.iter().rfind(|o| o.kind == kind).unwrap_or_else(|| panic!("nobody owes {kind}"))
    }

    pub fn balance(&self) -> i64 {
        self.ledger.iter().map(|entry| entry.amount.amount_minor).sum()
    }

    /// What a load would show at that moment about this appointment, or for a new booking.
    pub fn situation(&self, about: Option<AppointmentId>, now: Instant) -> Situation {
        let mut situation = self.base.clone();
        let case = match about {
            Some(id) => self.disruptions.iter().rfind(|d| d.appointment == id && d.closed_at.is_none()),
            None => self.disruptions.iter().rfind(|d| d.closed_at.is_none() && self.waits_for_a_time(d)),
        };
        let subject = about.or(case.map(|case| case.appointment));
        situation.disruption = case.cloned();
        // A booking is shown what is still to be booked, whichever appointment that came from.
        let wanted = |o: &Obligation| about.is_none() && o.kind == ObligationKind::BookNext && o.is_owed();
        let shown = |o: &&Obligation| o.appointment == subject || wanted(o);
        situation.obligations = self.obligations.iter().filter(shown).cloned().collect();
        let of_subject = |offer: &&Offer| Some(offer.appointment) == subject && offer.state == OfferState::Open;
        situation.offer = self.offers.iter().rfind(of_subject).cloned();
        situation.appointment = subject.map(|id| self.find(id).clone());
        if let Some(found) = situation.appointment.as_ref().filter(|_| about.is_some()) {
            let agreed = self
                .policies
                .iter()
                .find(|policy| policy.version == found.policy.version && policy.key() == found.policy.terms);
            situation.policy = agreed.expect("the agreed version").clone();
        } else {
            situation.policy = situation.policy_today.clone();
        }
        let kept = self.reserved.iter().filter(|slot| slot.state != ReservedState::Removed);
        situation.therapist.reserved = kept.cloned().collect();
        situation.file = self.on_file(situation.appointment.as_ref(), now);
        situation.request =
            self.requests.iter().rfind(|r| Some(r.appointment) == subject && r.state == RequestState::Open).cloned();
        situation.account = self.ledger.clone();
        situation.undo = self.undo.clone().filter(|undo| Some(undo.appointment) == subject);
        situation.live.client_told_at = subject.and_then(|id| self.client_told_at(id));
        situation.therapist_busy = self.busy(people::to_therapist(), now);
        situation.client_busy = self.busy(people::to_client(), now);
        situation
    }

    fn on_file(&self, about: Option<&Appointment>, now: Instant) -> OnFile {
        let of_it = |entry: &&LedgerEntry| about.is_some_and(|about| entry.appointment == Some(about.id));
        let own = |slot: &&ReservedSlot| slot.relationship == people::RELATIONSHIP;
        let mut upcoming: Vec<Appointment> =
            self.appointments.iter().filter(|a| a.state.is_pending() && a.start >= now).cloned().collect();
        upcoming.sort_by_key(|a| a.start);
        OnFile {
            upcoming,
            entries: self.ledger.iter().filter(of_it).cloned().collect(),
            reserved: self.reserved.iter().filter(own).cloned().collect(),
            screening: None,
            duties: self.obligations.iter().filter(|o| o.appointment.is_none()).cloned().collect(),
        }
    }

    fn client_told_at(&self, id: AppointmentId) -> Option<Instant> {
        let to_client = self.notices.iter().filter(|told| told.appointment == id && told.to == people::to_client());
        to_client.filter(|told| told.kind.names_the_time()).map(|told| told.send_at).max()
    }

    fn waits_for_a_time(&self, case: &Disruption) -> bool {
        let of_case = |o: &&Obligation| o.disruption == Some(case.id) && o.kind == ObligationKind::NextStep;
        self.obligations.iter().filter(of_case).any(Obligation::is_owed)
    }

    fn busy(&self, who: PersonRef, now: Instant) -> Vec<Interval> {
        let live = self.occupancy.iter().filter(|taken| taken.0 == who && taken.3.is_none_or(|until| until > now));
        live.map(|taken| taken.2).collect()
    }

    /// What would happen; nothing is kept. The same call again says the same.
    pub fn preview(
        &self,
        about: Option<AppointmentId>,
        asker: &Asker,
        command: Command,
        now: Instant,
    ) -> Result<Outcome, Refusal> {
        let mut ids = Ids::new(self.next_command(), now);
        let mut situation = self.situation(about, now);
        let by_offer = matches!(
            command,
            Command::Accept { .. }
                | Command::Decline { .. }
                | Command::Due(Due::OfferExpiry | Due::MoveUnanswered)
                | Command::Moves(Moves::Withdraw)
        );
        if by_offer {
            // Whoever answers an offer is shown that offer, whatever has become of it.
            situation.offer = self.offers.iter().rfind(|offer| Some(offer.appointment) == about).cloned();
        }
        if let (Command::Moves(Moves::Confirm), Some(id)) = (&command, about) {
            // A request is confirmed in the light of the case that it answers.
            situation = self.situation(None, now);
            situation.next_appointment = Some(self.find(id).clone());
            situation.obligations.extend(self.obligations.iter().filter(|o| o.appointment == about).cloned());
        }
        if matches!(command, Command::Money(MoneyAct::Carry(_))) {
            situation.next_appointment = Some(self.latest().clone());
        }
        decide(&situation, asker, command, now, &mut ids)
    }

    /// The job that brings this moment; it is off the list once it has run.
    fn job(&self, about: Option<AppointmentId>, due: Due) -> Option<JobToWake> {
        let about = about?;
        let offer = self.offers.iter().rfind(|offer| offer.appointment == about);
        match due {
            Due::AppointmentEnd => Some(JobToWake::AppointmentEnd(about)),
            Due::Capture => Some(JobToWake::Capture(about)),
            Due::OfferExpiry => offer.map(|offer| JobToWake::OfferExpiry(offer.id)),
            Due::SlotRefilled { .. } => Some(JobToWake::SlotRefilled(about)),
            Due::RefundChoice => Some(JobToWake::RefundChoice(about)),
            Due::MoveUnanswered => offer.map(|offer| JobToWake::MoveUnanswered(offer.id)),
            Due::RequestExpiry => Some(JobToWake::RequestExpiry(about)),
            Due::ObligationClock(id) => Some(JobToWake::ObligationClock(id)),
            Due::Undeliverable(_) => None,
        }
    }

    fn next_command(&self) -> CommandId {
        let mut bytes = [100; 16];
        bytes[..4].copy_from_slice(&self.commands.to_be_bytes());
        Id::from_bytes(bytes)
    }

    /// Decides and keeps what came of it.
    pub fn run(
        &mut self,
        about: Option<AppointmentId>,
        asker: &Asker,
        command: Command,
        now: Instant,
    ) -> Result<Outcome, Refusal> {
        let woken = if let Command::Due(due) = &command { self.job(about, *due) } else { None };
        let outcome = self.preview(about, asker, command, now)?;
        if let Some(name) = woken.map(|job| format!("{job:?}")) {
            self.wakes.retain(|known, (_, at)| *known != name || *at > now);
        }
        self.commands += 1;
        self.keep(&outcome, now);
        Ok(outcome)
    }

    /// Runs a command about the first appointment.
    pub fn act(&mut self, asker: &Asker, command: Command, now: Instant) -> Result<Outcome, Refusal> {
        self.run(Some(self.appointment().id), asker, command, now)
    }

    /// A moment has come for the first appointment.
    pub fn due(&mut self, due: Due, now: Instant) -> Outcome {
        self.act(&people::the_clock(), Command::Due(due), now).expect("a clock is never refused")
    }

    /// The clock of the duty of this kind has come.
    pub fn clock_of(&mut self, kind: ObligationKind, now: Instant) -> Outcome {
        let id: ObligationId = self.of_kind(kind).id;
        self.due(Due::ObligationClock(id), now)
    }

    fn keep(&mut self, outcome: &Outcome, now: Instant) {
        for changed in outcome.appointment.iter().chain(&outcome.booked).chain(&outcome.others) {
            put(&mut self.appointments, changed, |a, b| a.id == b.id);
        }
        for changed in &outcome.reserved {
            put(&mut self.reserved, changed, |a, b| a.id == b.id);
        }
        if let Some(changed) = &outcome.relationship {
            self.base.relationship = changed.clone();
        }
        if let Some(changed) = &outcome.disruption {
            put(&mut self.disruptions, changed, |a, b| a.id == b.id);
        }
        for changed in &outcome.obligations {
            put(&mut self.obligations, changed, |a, b| a.id == b.id);
        }
        for changed in &outcome.offers {
            put(&mut self.offers, changed, |a, b| a.id == b.id);
        }
        for changed in &outcome.requests {
            put(&mut self.requests, changed, |a, b| a.id == b.id);
        }
        match &outcome.undo {
            Some(UndoChange::Open(undo)) => self.undo = Some(*undo.clone()),
            Some(UndoChange::Taken(..)) => self.undo = None,
            None => {}
        }
        self.occupancy.retain(|taken| taken.3.is_none_or(|until| until > now));
        for change in &outcome.occupancy {
            self.occupy(change);
        }
        self.ledger.extend(outcome.ledger.iter().cloned());
        self.notices.extend(outcome.notices.iter().cloned());
        for wake in &outcome.wakes {
            let name = format!("{:?}", wake.job);
            match wake.at {
                Some(at) => self.wakes.insert(name, (wake.job, at)),
                None => self.wakes.remove(&name),
            };
        }
    }

    /// As the database does: two rows of one subject never share a moment.
    fn occupy(&mut self, change: &OccupancyChange) {
        let row: Taken = match change {
            OccupancyChange::ReleaseAppointment(id) => return self.release(&id.to_string()),
            OccupancyChange::ReleaseOffer(id) => return self.release(&id.to_string()),
            OccupancyChange::Take(who, id, time) => (*who, id.to_string(), *time, None),
            OccupancyChange::KeepFreed(who, id, time, until) => (*who, id.to_string(), *time, Some(*until)),
            OccupancyChange::Hold(who, id, time, until) => (*who, id.to_string(), *time, Some(*until)),
        };
        let clash = self.occupancy.iter().find(|taken| taken.0 == row.0 && taken.2.meets(row.2));
        assert!(clash.is_none(), "{row:?} overlaps {clash:?}");
        self.occupancy.push(row);
    }

    fn release(&mut self, owner: &str) {
        self.occupancy.retain(|taken| taken.1 != owner);
    }
}

fn put<T: Clone>(list: &mut Vec<T>, changed: &T, same: impl Fn(&T, &T) -> bool) {
    match list.iter_mut().find(|known| same(known, changed)) {
        Some(known) => *known = changed.clone(),
        None => list.push(changed.clone()),
    }
}
