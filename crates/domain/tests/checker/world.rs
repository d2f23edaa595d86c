//! A practice in memory: two therapists, two clients, three relationships, and whatever came of the commands so far. It
//! shows each command what a load would show it, and keeps what was decided as the database would.

use crate::people;
use crate::steps::{VARIANTS, changes};
use domain::appointment::{Appointment, State};
use domain::change_request::{ChangeRequest, RequestState};
use domain::contact::ContactAttempt;
use domain::decide::{Command, Due, JobToWake, LiveFacts, MoneyAct, Moves, OnFile, Situation};
use domain::disruption::Disruption;
use domain::id::{AppointmentId, ClientId, CommandId, Id, OfferId, RelationshipId, TherapistId};
use domain::ledger::LedgerEntry;
use domain::message::Notice;
use domain::obligation::{Obligation, ObligationKind};
use domain::offer::{Offer, OfferState};
use domain::person::{Person, PersonRef};
use domain::policy::{Parameters, Policy, Preset};
use domain::practice::{Practice, Relationship, Therapist};
use domain::reserved::{ReservedSlot, ReservedState};
use domain::time::{Instant, Interval, Zone};
use domain::undo::Undo;
use std::sync::{Arc, OnceLock};

/// Somebody's taken time: whose, for what, when, and until when where it is only held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub whose: PersonRef,
    pub owner: Owner,
    pub time: Interval,
    pub until: Option<Instant>,
}

/// What takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    Appointment(AppointmentId),
    Offer(OfferId),
}

/// The practice as it stands.
pub struct World {
    pub now: Instant,
    pub practice: Practice,
    pub therapists: Vec<Therapist>,
    pub clients: Vec<Person>,
    pub relationships: Vec<Relationship>,
    pub admins: Vec<Person>,
    pub owners: Vec<Person>,
    /// Every version that there was; the last one is today's.
    pub policies: Vec<Arc<Policy>>,
    pub appointments: Vec<Appointment>,
    pub cases: Vec<Disruption>,
    pub duties: Vec<Obligation>,
    pub offers: Vec<Offer>,
    pub requests: Vec<ChangeRequest>,
    pub reserved: Vec<ReservedSlot>,
    pub ledger: Vec<LedgerEntry>,
    pub notices: Vec<Notice>,
    pub attempts: Vec<ContactAttempt>,
    pub undo: Vec<Undo>,
    pub taken: Vec<Taken>,
    pub wakes: Vec<(JobToWake, Instant)>,
    pub commands: u32,
}

/// Who a command is about: an appointment, or two people who have none in mind; and the offer that it answers.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub relationship: usize,
    pub appointment: Option<AppointmentId>,
    pub offer: Option<OfferId>,
}

fn another<T>(n: u8, make: impl Fn([u8; 16]) -> T) -> T {
    make([n; 16])
}

impl World {
    pub fn new(preset: Preset, variant: usize) -> Self {
        let policy = policy(preset, variant);
        let therapist = people::therapist(preset);
        let second: TherapistId = another(42, Id::from_bytes);
        let mut colleague = Therapist { id: second, late_cancel_fee: None, ..therapist.clone() };
        colleague.person.id = PersonRef::Therapist(second);
        let client = people::client(preset);
        let other: ClientId = another(43, Id::from_bytes);
        let neighbour = Person { id: PersonRef::Client(other), ..client.clone() };
        let first = people::relationship();
        let with = |n: u8, therapist, client| Relationship {
            id: another(n, Id::from_bytes),
            therapist,
            client,
            ..first.clone()
        };
        let relationships = vec![first.clone(), with(44, first.therapist, other), with(45, second, first.client)];
        let practice = people::practice(preset);
        Self {
            now: at(&practice.zone, "2026-03-02T07:00"),
            practice,
            therapists: vec![therapist, colleague],
            clients: vec![client, neighbour],
            relationships,
            admins: people::admins(preset),
            owners: people::owners(preset),
            policies: vec![policy],
            appointments: Vec::new(),
            cases: Vec::new(),
            duties: Vec::new(),
            offers: Vec::new(),
            requests: Vec::new(),
            reserved: Vec::new(),
            ledger: Vec::new(),
            notices: Vec::new(),
            attempts: Vec::new(),
            undo: Vec::new(),
            taken: Vec::new(),
            wakes: Vec::new(),
            commands: 0,
        }
    }

    pub fn zone(&self) -> &Zone {
        &self.practice.zone
    }

    pub fn today(&self) -> &Arc<Policy> {
        self.policies.last().expect("there is always one")
    }

    /// The rules that this appointment was booked under, whatever the practice has changed since.
    pub fn rules_of(&self, about: &Appointment) -> &Parameters {
        &self.agreed(about).parameters
    }

    fn agreed(&self, about: &Appointment) -> &Arc<Policy> {
        let same = |policy: &&Arc<Policy>| policy.version == about.policy.version;
        self.policies.iter().find(same).expect("the agreed version")
    }

    pub fn find(&self, id: AppointmentId) -> Option<&Appointment> {
        self.appointments.iter().find(|known| known.id == id)
    }

    pub fn offer(&self, id: OfferId) -> Option<&Offer> {
        self.offers.iter().find(|known| known.id == id)
    }

    pub fn relationship_of(&self, about: &Appointment) -> usize {
        self.relationships.iter().position(|known| known.id == about.relationship).expect("one of the three")
    }

    pub fn therapist_of(&self, both: &Relationship) -> &Therapist {
        self.therapists.iter().find(|known| known.id == both.therapist).expect("one of the two")
    }

    pub fn of_both(&self, both: RelationshipId) -> impl Iterator<Item = &Appointment> {
        self.appointments.iter().filter(move |known| known.relationship == both)
    }

    /// Whether the two have never met for an appointment.
    pub fn is_new(&self, both: RelationshipId) -> bool {
        !self.of_both(both).any(|known| known.state == State::Attended)
    }

    /// Whether the client has cancelled late or missed one of theirs.
    pub fn was_late_before(&self, both: RelationshipId) -> bool {
        self.of_both(both).any(|known| match &known.state {
            State::Cancelled(how) => how.late,
            State::ClientNoShow | State::LateNotSeen => true,
            _ => false,
        })
    }

    pub fn entries_of(&self, id: AppointmentId) -> impl Iterator<Item = &LedgerEntry> {
        self.ledger.iter().filter(move |entry| entry.appointment == Some(id))
    }

    /// What takes this person's time now.
    pub fn busy(&self, who: PersonRef) -> impl Iterator<Item = &Taken> {
        let now = self.now;
        self.taken.iter().filter(move |row| row.whose == who && row.until.is_none_or(|until| until > now))
    }

    /// The open case of an appointment.
    pub fn open_case(&self, id: AppointmentId) -> Option<&Disruption> {
        self.cases.iter().rfind(|case| case.appointment == id && case.closed_at.is_none())
    }

    /// The latest case of the two that waits for a time.
    pub fn waiting_case(&self, both: RelationshipId) -> Option<&Disruption> {
        let waits = |case: &&Disruption| {
            case.relationship == both
                && case.closed_at.is_none()
                && self.duties.iter().any(|duty| {
                    duty.disruption == Some(case.id) && duty.kind == ObligationKind::NextStep && duty.is_owed()
                })
        };
        self.cases.iter().rfind(waits)
    }

    pub fn open_offer(&self, id: AppointmentId) -> Option<&Offer> {
        self.offers.iter().rfind(|offer| offer.appointment == id && offer.state == OfferState::Open)
    }

    pub fn next_command(&self) -> CommandId {
        let mut bytes = [100; 16];
        bytes[..4].copy_from_slice(&self.commands.to_be_bytes());
        Id::from_bytes(bytes)
    }

    /// What a load would show this command.
    pub fn situation(&self, about: About, command: &Command) -> Situation {
        let mut situation = self.base(about.relationship);
        match about.appointment.and_then(|id| self.find(id)) {
            Some(found) => {
                situation.policy = self.agreed(found).clone();
                self.show(&mut situation, found);
            }
            None => {
                self.for_a_booking(&mut situation);
            }
        }
        if let Some(answered) = about.offer.and_then(|id| self.offer(id)) {
            situation.offer = Some(answered.clone());
            let case = answered.disruption.and_then(|id| self.cases.iter().find(|case| case.id == id));
            situation.disruption = situation.disruption.or(case.cloned());
        }
        self.for_the_act(&mut situation, about, command);
        situation
    }

    fn show(&self, situation: &mut Situation, found: &Appointment) {
        situation.disruption = self.open_case(found.id).cloned();
        situation.offer = self.open_offer(found.id).cloned();
        situation.obligations = self.duties.iter().filter(|duty| duty.appointment == Some(found.id)).cloned().collect();
        situation.undo = self.undo.iter().rfind(|undo| undo.appointment == found.id).cloned();
        let open = |request: &&ChangeRequest| request.appointment == found.id && request.state == RequestState::Open;
        situation.request = self.requests.iter().rfind(open).cloned();
        situation.appointment = Some(found.clone());
    }

    /// What only some commands are shown.
    fn for_the_act(&self, situation: &mut Situation, about: About, command: &Command) {
        let account = matches!(
            command,
            Command::Money(_) | Command::Moves(_) | Command::Due(Due::Capture | Due::SlotRefilled { .. })
        );
        match command {
            Command::Moves(Moves::Confirm) => self.for_a_confirmation(situation),
            Command::Money(MoneyAct::Carry(_)) => situation.next_appointment = self.latest(about).cloned(),
            Command::Cancel(wish) => {
                situation.next_appointment = wish.next_step.next_appointment.and_then(|id| self.find(id)).cloned();
            }
            Command::Live(_) => situation.live = self.live(situation.appointment.as_ref()),
            Command::Due(Due::AppointmentEnd) => {
                situation.live.client_told_at = about.appointment.and_then(|id| self.client_told_at(id));
            }
            Command::File(_) => situation.file = self.on_file(situation),
            _ => {}
        }
        if account {
            let client = PersonRef::Client(situation.relationship.client);
            let own = |entry: &&LedgerEntry| PersonRef::Client(entry.client) == client;
            situation.account = self.ledger.iter().filter(own).cloned().collect();
        }
    }

    /// A request is confirmed in the light of the case that it answers.
    fn for_a_confirmation(&self, situation: &mut Situation) {
        let asked = situation.appointment.take();
        let duties = std::mem::take(&mut situation.obligations);
        situation.policy = self.today().clone();
        (situation.disruption, situation.offer) = (None, None);
        self.for_a_booking(situation);
        situation.obligations.extend(duties);
        situation.next_appointment = asked;
    }

    /// The case that waits for a time, and who still has a next time to book for these two.
    fn for_a_booking(&self, situation: &mut Situation) {
        let both = situation.relationship.id;
        if let Some(ended) = self.waiting_case(both).and_then(|case| self.find(case.appointment)) {
            self.show(situation, ended);
        }
        let shown: Vec<_> = situation.obligations.iter().map(|duty| duty.id).collect();
        let wanted = self.next_to_book(both).filter(|duty| !shown.contains(&duty.id));
        situation.obligations.extend(wanted.cloned());
    }

    /// The duties to book a next appointment for these two.
    pub fn next_to_book(&self, both: RelationshipId) -> impl Iterator<Item = &Obligation> {
        let open = |duty: &&Obligation| duty.kind == ObligationKind::BookNext && duty.is_owed();
        self.duties.iter().filter(open).filter(move |duty| duty.relationship == both)
    }

    fn latest(&self, about: About) -> Option<&Appointment> {
        self.of_both(self.relationships[about.relationship].id).last()
    }

    fn live(&self, about: Option<&Appointment>) -> LiveFacts {
        let Some(about) = about else { return LiveFacts::default() };
        let of_it = |made: &&ContactAttempt| made.appointment == Some(about.id);
        LiveFacts { attempts: self.attempts.iter().filter(of_it).cloned().collect(), ..LiveFacts::default() }
    }

    /// When the client was last told the time of this appointment, reminders included, UTC.
    pub fn client_told_at(&self, id: AppointmentId) -> Option<Instant> {
        let to_client =
            self.notices.iter().filter(|told| told.appointment == id && matches!(told.to, PersonRef::Client(_)));
        to_client.filter(|told| told.kind.names_the_time()).map(|told| told.send_at).max()
    }

    fn on_file(&self, situation: &Situation) -> OnFile {
        let both = situation.relationship.id;
        let mut upcoming: Vec<Appointment> =
            self.of_both(both).filter(|known| known.state.is_pending() && known.start >= self.now).cloned().collect();
        upcoming.sort_by_key(|known| known.start);
        let about = situation.appointment.as_ref().map(|about| about.id);
        let of_it = |entry: &&LedgerEntry| about.is_some() && entry.appointment == about;
        OnFile {
            upcoming,
            entries: self.ledger.iter().filter(of_it).cloned().collect(),
            reserved: self.reserved.iter().filter(|slot| slot.relationship == both).cloned().collect(),
            screening: None,
            duties: self.duties.iter().filter(|duty| duty.appointment.is_none()).cloned().collect(),
        }
    }

    fn base(&self, relationship: usize) -> Situation {
        let both = &self.relationships[relationship];
        let mut therapist = self.therapist_of(both).clone();
        let kept = |slot: &&ReservedSlot| {
            slot.state != ReservedState::Removed && self.reserved_with(slot) == Some(both.therapist)
        };
        therapist.reserved = self.reserved.iter().filter(kept).cloned().collect();
        let client = self.clients.iter().find(|known| known.id == PersonRef::Client(both.client));
        Situation {
            practice: self.practice.clone(),
            policy: self.today().clone(),
            policy_today: self.today().clone(),
            therapist_busy: self.busy(PersonRef::Therapist(both.therapist)).map(|row| row.time).collect(),
            client_busy: self.busy(PersonRef::Client(both.client)).map(|row| row.time).collect(),
            therapist,
            client: client.expect("one of the two").clone(),
            relationship: both.clone(),
            new_client: self.is_new(both.id),
            is_stranger: false,
            late_before: self.was_late_before(both.id),
            appointment: None,
            next_appointment: None,
            offer: None,
            disruption: None,
            obligations: Vec::new(),
            request: None,
            account: Vec::new(),
            undo: None,
            admins: self.admins.clone(),
            owners: self.owners.clone(),
            file: OnFile::default(),
            live: LiveFacts::default(),
        }
    }

    /// Whose week this reserved time lies in.
    pub fn reserved_with(&self, slot: &ReservedSlot) -> Option<TherapistId> {
        self.relationships.iter().find(|known| known.id == slot.relationship).map(|known| known.therapist)
    }
}

/// The policy of this variant; each is made once for all sequences.
fn policy(preset: Preset, variant: usize) -> Arc<Policy> {
    static MADE: [OnceLock<Arc<Policy>>; 4 * VARIANTS] = [const { OnceLock::new() }; 4 * VARIANTS];
    let made = MADE[preset as usize * VARIANTS + variant].get_or_init(|| {
        let (plain, changes) = (Policy::preset(preset), changes(preset, variant));
        let changes = changes.as_object().expect("names with values");
        Arc::new(if changes.is_empty() { plain } else { plain.set(changes).expect("a good variant") })
    });
    made.clone()
}

/// That time on the practice's wall.
pub fn at(zone: &Zone, wall: &str) -> Instant {
    let civil: jiff::civil::DateTime = wall.parse().expect("a time");
    Instant::from(&civil.to_zoned(zone.time_zone()).expect("inside the calendar"))
}
