//! Makes a step of the generator into a command about what there is, and runs it: decide, compare with what the reference
//! expects, keep, look at the invariants.

use crate::broken::{Broken, hold};
use crate::keep::keep;
use crate::reference::{self, Asked};
use crate::steps::{Act, Mark, Part, Step, Who};
use crate::world::{About, World, at};
use crate::{invariants, people};
use domain::appointment::Agreement;
use domain::decide::*;
use domain::id::{AppointmentId, Ids};
use domain::money::Money;
use domain::person::{PersonRef, Role};
use domain::policy::{FeeModel, Policy};
use domain::practice::AgreementHow;
use domain::time::{Instant, Span};
use std::sync::Arc;

/// One practice as a sequence plays in it.
pub struct Play {
    pub world: World,
    /// Commands that were accepted, and refused.
    pub accepted: u64,
    pub refused: u64,
}

impl Play {
    pub fn new(world: World) -> Self {
        Self { world, accepted: 0, refused: 0 }
    }

    pub fn step(&mut self, step: &Step) -> Result<(), Broken> {
        match *step {
            Step::Wait(minutes) => self.wait(self.world.now + Span::minutes(minutes)),
            Step::Until { on, mark, seconds } => match self.moment(on, mark) {
                Some(moment) => self.wait(moment + Span::seconds(seconds)),
                None => Ok(()),
            },
            Step::WhileClocksSleep { on, mark, seconds } => {
                let until = self.moment(on, mark).map(|moment| moment + Span::seconds(seconds));
                self.world.now = until.map_or(self.world.now, |until| until.max(self.world.now));
                Ok(())
            }
            Step::NewPolicy(n) => {
                self.new_policy(n);
                Ok(())
            }
            Step::Wake(n) => match self.world.wakes.get(n % self.world.wakes.len().max(1)) {
                Some((job, _)) => self.wake(*job),
                None => Ok(()),
            },
            Step::Bounce(n) => match self.pick(n) {
                Some(id) => {
                    let client = self.world.find(id).map(|found| PersonRef::Client(found.client));
                    let due = Due::Undeliverable(client.expect("it was picked"));
                    self.run(self.about(id), &people::the_clock(), Command::Due(due))
                }
                None => Ok(()),
            },
            Step::Act { who, on, act } => self.act(who, on, act),
        }
    }

    /// A month on, everything that was waited for has come.
    pub fn go_to_the_end(&mut self) -> Result<(), Broken> {
        self.wait(self.world.now + Span::hours(24 * 75))?;
        invariants::at_rest(&self.world)
    }

    /// Time passes, and whatever falls due on the way happens at its moment. The past stays past.
    fn wait(&mut self, until: Instant) -> Result<(), Broken> {
        if until <= self.world.now {
            return Ok(());
        }
        loop {
            let due = self.world.wakes.iter().filter(|(_, at)| *at <= until);
            let Some((job, at)) = due.min_by_key(|(_, at)| *at).copied() else { break };
            self.world.now = self.world.now.max(at);
            self.wake(job)?;
            let left = self.world.wakes.iter().find(|(known, _)| *known == job).map(|(_, at)| *at);
            hold(left.is_none_or(|at| at > self.world.now), "N12", || format!("{job:?} is never done"))?;
        }
        self.world.now = until;
        Ok(())
    }

    fn wake(&mut self, job: JobToWake) -> Result<(), Broken> {
        let (about, due) = match job {
            JobToWake::AppointmentEnd(id) => (self.about(id), Due::AppointmentEnd),
            JobToWake::Capture(id) => (self.about(id), Due::Capture),
            JobToWake::SlotRefilled(id) => (self.about(id), Due::SlotRefilled { taken: self.is_taken(id) }),
            JobToWake::RefundChoice(id) => (self.about(id), Due::RefundChoice),
            JobToWake::RequestExpiry(id) => (self.about(id), Due::RequestExpiry),
            JobToWake::OfferExpiry(id) | JobToWake::MoveUnanswered(id) => {
                let offer = self.world.offer(id).expect("an offer of this world");
                let about = About { offer: Some(id), ..self.about(offer.appointment) };
                let expiry = matches!(job, JobToWake::OfferExpiry(_));
                (about, if expiry { Due::OfferExpiry } else { Due::MoveUnanswered })
            }
            JobToWake::ObligationClock(id) => {
                let duty = self.world.duties.iter().find(|duty| duty.id == id).expect("a duty of this world");
                (self.about(duty.appointment.expect("about an appointment")), Due::ObligationClock(id))
            }
        };
        // The job is off the list once it has come; what it asks for anew goes back on.
        self.world.wakes.retain(|(known, at)| *known != job || *at > self.world.now);
        self.run(about, &people::the_clock(), Command::Due(due))
    }

    /// Whether somebody else has the time of this appointment now.
    fn is_taken(&self, id: AppointmentId) -> bool {
        let Some(ended) = self.world.find(id) else { return false };
        let others = self.world.appointments.iter().filter(|other| other.therapist == ended.therapist);
        others
            .filter(|other| other.client != ended.client && other.state.is_live())
            .any(|other| other.interval().meets(ended.interval()))
    }

    /// Decides, compares, keeps, and looks at what must always hold.
    fn run(&mut self, about: About, asker: &Asker, command: Command) -> Result<(), Broken> {
        let world = &self.world;
        let situation = world.situation(about, &command);
        let asked = Asked { world, about, asker, command: &command, now: world.now };
        let expected = reference::expect(&asked);
        let mut ids = Ids::new(world.next_command(), world.now);
        let answer = decide(&situation, asker, command.clone(), world.now, &mut ids);
        reference::compare(&asked, &expected, &answer)?;
        let Ok(outcome) = answer else {
            self.refused += 1;
            return Ok(());
        };
        invariants::of_the_change(world, &outcome)?;
        self.accepted += 1;
        self.world.commands += 1;
        keep(&mut self.world, &outcome)?;
        invariants::of_the_world(&self.world)
    }

    fn pick(&self, n: usize) -> Option<AppointmentId> {
        let all = &self.world.appointments;
        (!all.is_empty()).then(|| all[n % all.len()].id)
    }

    fn about(&self, id: AppointmentId) -> About {
        let found = self.world.find(id).expect("an appointment of this world");
        About { relationship: self.world.relationship_of(found), appointment: Some(id), offer: None }
    }

    /// A start of the next four weeks: six a day, some of them overlapping; Saturdays too, when nobody works.
    pub fn slot(&self, n: usize) -> Instant {
        let (day, hour) = (3 + n / 6 % 26, ["09:00", "09:30", "11:00", "14:00", "14:30", "17:00"][n % 6]);
        at(self.world.zone(), &format!("2026-03-{day:02}T{hour}"))
    }

    /// The moment that a mark means for an appointment.
    fn moment(&self, on: usize, mark: Mark) -> Option<Instant> {
        let found = self.world.find(self.pick(on)?)?;
        let rules = self.world.rules_of(found);
        let minutes = |n: u32| Span::minutes(n.into());
        let hours = |n: u32| Span::hours(n.into());
        Some(match mark {
            Mark::Cutoff => found.policy.effective_cutoff(),
            Mark::CutoffAndGrace => found.policy.effective_cutoff() + minutes(rules.client_cancel.grace_minutes),
            Mark::Tier => found.start - hours(rules.client_cancel.tiers.first().map_or(24, |tier| tier.within_hours)),
            Mark::ShortNotice => found.start - hours(rules.therapist_cancel.short_notice_hours),
            Mark::Start => found.start,
            Mark::CheckIn => found.expected_start() + minutes(rules.late.client_checkin_min.unwrap_or(0)),
            Mark::StepAway => found.expected_start() + minutes(rules.late.client_stepaway_min.unwrap_or(0)),
            Mark::ClientReports => found.expected_start() + minutes(rules.therapist_no_show.client_report_min),
            Mark::NoShowGrace => found.expected_start() + minutes(rules.no_show.grace_min),
            Mark::End => found.end,
            Mark::CorrectionOver => found.end + hours(rules.correction.therapist_hours),
            Mark::UndoOver => self.world.undo.last()?.until,
            Mark::OfferOver => self.world.offers.get(on % self.world.offers.len().max(1))?.expires_at,
        })
    }

    /// The practice changes its mind; what is booked keeps what was agreed.
    fn new_policy(&mut self, n: usize) {
        let mut next = Policy::clone(self.world.today());
        next.version += 1;
        let parameters = &mut next.parameters;
        match n {
            // A longer notice never leaves a step of the fee outside it.
            0 => parameters.client_cancel.notice_hours = 36,
            1 => parameters.client_cancel.notice_hours = 72,
            2 => parameters.late_cancel.fee_model = FeeModel::None,
            _ => (parameters.late_cancel.fee_model, parameters.no_show.fee_model) = (FeeModel::Full, FeeModel::Full),
        }
        self.world.policies.push(Arc::new(next));
    }

    fn asker(&self, who: Who, about: About) -> Asker {
        let both = &self.world.relationships[about.relationship];
        let person = |person, role| Asker { signature: format!("{person}"), person: Some(person), role: Some(role) };
        let other_client = self.world.relationships.iter().find(|known| known.client != both.client);
        let colleague = self.world.relationships.iter().find(|known| known.therapist != both.therapist);
        match who {
            Who::Client => person(PersonRef::Client(both.client), Role::Client),
            Who::OtherClient => person(PersonRef::Client(other_client.expect("two clients").client), Role::Client),
            Who::Therapist => person(PersonRef::Therapist(both.therapist), Role::Therapist),
            Who::Colleague => person(PersonRef::Therapist(colleague.expect("two").therapist), Role::Therapist),
            Who::Admin => people::an_admin(),
            Who::Support => people::support(),
        }
    }

    fn act(&mut self, who: Who, on: usize, act: Act) -> Result<(), Broken> {
        let everyone = self.world.relationships.len();
        let of_the_two = About { relationship: on % everyone, appointment: None, offer: None };
        let about = match act {
            // Whoever books asks for two people, and a stranger is not let in by the routes.
            Act::Book { .. } if matches!(who, Who::OtherClient | Who::Colleague) => return Ok(()),
            Act::Book { .. } | Act::Reopen | Act::Pause | Act::EndRelationship => of_the_two,
            Act::Reserve { .. } | Act::Keep { .. } => of_the_two,
            // The update is the therapist's, or the office's for them: no route lets anybody else at it.
            Act::Update { .. } if !matches!(who, Who::Therapist | Who::Admin | Who::Support) => return Ok(()),
            Act::Accept { .. } | Act::Decline { .. } | Act::Withdraw => match self.answered(who, on, act) {
                Some(about) => about,
                None => return Ok(()),
            },
            _ => match self.pick(on) {
                Some(id) => self.about(id),
                None => return Ok(()),
            },
        };
        let asker = self.asker(who, about);
        match self.command(act, about) {
            Some(command) => self.run(about, &asker, command),
            None => Ok(()),
        }
    }

    /// An offer to answer; links and routes let only its own people at it.
    fn answered(&self, who: Who, on: usize, act: Act) -> Option<About> {
        let own = matches!(who, Who::Client | Who::Therapist | Who::Admin | Who::Support);
        if !own && !matches!(act, Act::Withdraw) {
            return None;
        }
        let offers = &self.world.offers;
        let offer = offers.get(on % offers.len().max(1))?;
        Some(About { offer: Some(offer.id), ..self.about(offer.appointment) })
    }

    pub fn yes(&self) -> Agreement {
        Agreement { how: AgreementHow::Phone, at: self.world.now }
    }

    /// A part of the most that could be meant.
    pub fn part(&self, part: Part, about: About) -> Option<Money> {
        let price = about.appointment.and_then(|id| self.world.find(id)).map(|found| found.price)?;
        let minor = match part {
            Part::All => return None,
            Part::Half => price.amount_minor / 2,
            Part::TooMuch => price.amount_minor * 3,
            Part::Nothing => 0,
        };
        Some(Money::new(minor, price.currency))
    }
}
