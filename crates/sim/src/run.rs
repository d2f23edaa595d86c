//! One run: the real flows and the real worker in one thread, on a database in memory, under a clock that the heap of
//! events moves on.

use crate::chance::Chance;
use crate::clocks::Clocks;
use crate::faults::{Fault, Profile};
use crate::people::{Desk, Intent, Mind, Source};
use crate::plan::Plan;
use crate::promises::{Broken, Judge, Shadow};
use crate::scheduler::{Event, Queue};
use crate::script::Step;
use crate::sometimes::Sometimes;
use crate::stage::{House, Stage};
use crate::trace::Trace;
use crate::workers::{Labels, Worker};
use crate::world::{MailWorld, Outage, TextWorld, texts};
use domain::access::{Actor, Via};
use domain::id::{AppointmentId, MessageId};
use domain::person::{Person, PersonRef};
use domain::time::{Instant, Span};
use server::app::App;
use server::flow::{Answer, Ask, Failed, Flow, Tools, Who};
use std::collections::{BTreeMap, BTreeSet};
use store::{Done, Tx};

/// How long after the faults have stopped everything must have come to rest.
pub const REST: Span = Span::hours(60);

/// What a run came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// Working days of a therapist's practice that were played.
    pub days: u32,
    /// The hash of everything that happened.
    pub trace: u64,
    /// How many lines the trace has.
    pub lines: u64,
    /// Labels that workers passed.
    pub labels: u64,
    /// Rare states that were reached.
    pub sometimes: Sometimes,
    /// The promise that was broken, if one was.
    pub broken: Option<Broken>,
    /// How the client of the script came to know what is true at the end.
    pub told: Option<Told>,
    /// The last lines of the trace, where words were kept.
    pub words: Vec<String>,
}

/// How somebody came to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// By which way; nothing where they never did.
    pub by: Option<Source>,
    /// How long after it became true.
    pub after: Span,
    /// Whether a person owes them a word at the end.
    pub owed: bool,
    /// Letters and texts that reached them a second time.
    pub twice: u32,
}

/// A run under way.
pub struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) app: App,
    pub(crate) house: House,
    pub(crate) now: Instant,
    pub(crate) queue: Queue,
    /// What goes wrong now; nothing once the faults have stopped.
    pub(crate) profile: Profile,
    /// What people have in mind.
    pub(crate) whims: Chance,
    /// What happens to machines.
    pub(crate) luck: Chance,
    pub(crate) clocks: Clocks,
    pub(crate) workers: Vec<Worker>,
    pub(crate) labels: Labels,
    pub(crate) mail: MailWorld,
    pub(crate) texts: TextWorld,
    pub(crate) minds: BTreeMap<PersonRef, Mind>,
    pub(crate) judge: Judge,
    pub(crate) sometimes: Sometimes,
    pub(crate) trace: Trace,
    pub(crate) is_calm: bool,
    /// Appointments to which the therapist does not come.
    pub(crate) missing: BTreeSet<AppointmentId>,
}

/// Somebody at work in their portal.
pub(crate) fn actor(person: &Person) -> Who {
    let (name, via) = (person.name.clone(), Via::Portal);
    Who::Actor(Actor { person: person.id, practice: person.practice, role: person.role, name, via })
}

impl<'a> Run<'a> {
    /// Sets a run up. The trace keeps its last lines in words where that is wanted.
    pub fn new(stage: &Stage, plan: &'a Plan, in_words: bool) -> Self {
        let seed = plan.seed;
        let (app, house) = stage.copy(plan.preset, seed, plan.starts, &plan.profile);
        let mut luck = Chance::of(seed, "luck");
        let (mail, texts) = outside(plan, &house, &mut luck);
        let minds = house.everybody().map(|person| (person.id, Mind::default())).collect();
        let mut run = Self {
            app,
            house,
            now: plan.starts,
            queue: Queue::new(seed),
            profile: plan.profile.clone(),
            whims: Chance::of(seed, "whims"),
            clocks: Clocks::plan(plan, &mut luck),
            workers: (0..plan.workers).map(|_| Worker::default()).collect(),
            labels: Labels::new(plan),
            luck,
            mail,
            texts,
            minds,
            judge: Judge::default(),
            sometimes: Sometimes::default(),
            trace: Trace::new(in_words),
            is_calm: false,
            missing: BTreeSet::new(),
            plan,
        };
        run.fill_the_heap();
        run
    }

    fn fill_the_heap(&mut self) {
        self.follow();
        for worker in 0..self.workers.len() {
            self.look_at(worker, self.now + Span::seconds(1));
        }
        for day in 0..self.plan.days {
            let midnight = self.midnight(day);
            self.queue.add(midnight + Span::hours(6), Event::Morning(day));
            if self.profile.rate(Fault::Poison) > 0 && self.luck.happens(300) {
                let at = midnight + self.luck.between(Span::hours(7), Span::hours(20));
                self.queue.add(at, Event::Poison);
            }
        }
        for (at, step) in &self.plan.script {
            self.queue.add(self.midnight(0) + *at, Event::Scripted(*step));
        }
        self.queue.add(self.plan.ends(), Event::Calm);
        self.queue.add(self.plan.ends() + if self.plan.to_rest { REST } else { Span::ZERO }, Event::Over);
        let zone = &self.house.practice.zone;
        let offset = |at: Instant| at.in_zone(zone).offset();
        if offset(self.plan.starts) != offset(self.plan.ends()) {
            self.sometimes.reach("the clocks changed");
        }
    }

    /// The beginning of a day in the practice, UTC.
    pub(crate) fn midnight(&self, day: u32) -> Instant {
        let zone = &self.house.practice.zone;
        let first = zone.day_of(self.plan.starts + Span::hours(12));
        zone.start_of(first.saturating_add(jiff::Span::new().days(i64::from(day))))
    }

    /// Plays it to its end, or to the first broken promise.
    pub fn play(mut self) -> Report {
        while let Some((at, event)) = self.queue.next() {
            self.now = at.max(self.now);
            if matches!(event, Event::Over) {
                break;
            }
            self.happens(event);
            if self.judge.broken.is_some() {
                break;
            }
        }
        if self.judge.broken.is_none() {
            self.judge_the_end();
        }
        let told = self.how_they_know();
        Report {
            told,
            days: self.plan.days,
            trace: self.trace.hash(),
            lines: self.trace.lines(),
            labels: self.labels.passed(),
            sometimes: self.sometimes,
            broken: self.judge.broken,
            words: self.trace.words(),
        }
    }

    /// How the client of the script came to know what became of their first appointment.
    fn how_they_know(&mut self) -> Option<Told> {
        let client = PersonRef::Client(match self.house.clients.get(self.plan.client)?.id {
            PersonRef::Client(id) if !self.plan.script.is_empty() => id,
            _ => return None,
        });
        let shadow = self.judge.shadows.values().min_by_key(|shadow| (shadow.now.created_at, shadow.now.id))?;
        let (about, since, truth) = (shadow.now.id, shadow.since(), self.on_the_page(shadow.now.id)?.says);
        let mind = self.minds.get(&client)?;
        let knew = mind.history.iter().find(|(at, of, belief)| *of == about && belief.says == truth && *at >= since);
        let (by, after) = knew.map_or((None, Span::ZERO), |(at, _, belief)| (Some(belief.source), *at - since));
        let theirs = |id: &&MessageId| self.judge.taken.get(id).is_some_and(|taken| taken.to == client);
        let twice = self.judge.handings.keys().filter(theirs).map(|id| self.judge.handings[id].arrived.max(1) - 1);
        let twice = twice.sum();
        Some(Told { by, after, twice, owed: self.is_a_word_owed(about) })
    }

    /// The appointment that was booked last, as the record shows it.
    fn newest(&self) -> Option<&Shadow> {
        self.judge.shadows.values().max_by_key(|shadow| (shadow.now.created_at, shadow.now.id))
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Look(worker, plan) => self.look(worker, plan),
            Event::HandOff(worker, life) => self.hand_off(worker, life),
            Event::Record(worker, life) => self.write_down(worker, life),
            Event::Arrives(post) => self.arrives(*post),
            Event::Reports(receipt) => self.reports(&receipt),
            Event::Act(intent) => self.does(intent),
            Event::Morning(day) => self.morning(day),
            Event::Scripted(step) => self.scripted(step),
            Event::ComesAt { client, appointment, told } => self.comes(client, appointment, told),
            Event::Poison => self.poison(),
            Event::Calm => self.calm(),
            Event::Over => {}
        }
    }

    /// The faults stop, and people only follow what they are told.
    fn calm(&mut self) {
        self.trace.note(self.now, format_args!("the faults stop"));
        self.is_calm = true;
        self.profile = Profile::calm();
        self.mail.calm();
        self.texts.calm();
        self.clocks.calm();
        self.labels.calm();
    }

    fn morning(&mut self, day: u32) {
        self.judge_the_diary();
        if !self.is_calm {
            for client in 0..self.house.clients.len() {
                let is_free = !self.has_something_booked(client);
                if is_free && self.whims.happens(self.plan.habits.books) {
                    self.intends(Span::minutes(5), Span::hours(14), Intent::Books(client));
                }
            }
            if self.profile.rate(Fault::SickDay) > 0 && self.whims.happens(200) {
                self.intends(Span::minutes(10), Span::minutes(80), Intent::IsIll);
            }
        }
        for _ in 0..3 {
            self.intends(Span::hours(2), Span::hours(14), Intent::Looks(Desk::Therapist));
            self.intends(Span::hours(2), Span::hours(13), Intent::Looks(Desk::Office));
        }
        // While everything comes to rest there are mornings too.
        if day + 1 >= self.plan.days && self.now < self.plan.ends() + REST {
            self.queue.add(self.midnight(day + 1) + Span::hours(6), Event::Morning(day + 1));
        }
    }

    /// Somebody will do this after a while.
    pub(crate) fn intends(&mut self, least: Span, most: Span, intent: Intent) {
        let at = self.now + self.whims.between(least, most);
        self.queue.add(at, Event::Act(intent));
    }

    /// Runs a write flow as somebody; what it refuses is an answer too, by its code.
    pub(crate) fn act(
        &mut self,
        who: Who,
        what: &'static str,
        flow: impl FnMut(&mut Tx<'_>, &Tools, &Ask) -> Flow<Done<Answer>> + Clone + Send + 'static,
    ) -> Result<Answer, &'static str> {
        let first = self.act_once(who.clone(), what, flow.clone());
        if first.is_ok() && self.profile.rate(Fault::DoubleClick) > 0 && self.luck.happens(150) {
            match self.act_once(who, what, flow) {
                Err(_) => self.sometimes.reach("a second click was refused"),
                Ok(_) if matches!(what, "books" | "cancels" | "accepts") => {
                    self.judge.accuse("B9", self.now, format!("{what} was done twice by two clicks"));
                }
                Ok(_) => {}
            }
        }
        first
    }

    fn act_once(
        &mut self,
        who: Who,
        what: &'static str,
        mut flow: impl FnMut(&mut Tx<'_>, &Tools, &Ask) -> Flow<Done<Answer>> + Send + 'static,
    ) -> Result<Answer, &'static str> {
        let now = self.clocks.of_the_server(self.now);
        let ask = Ask { who, now, command: self.app.dice.command(now) };
        let app = self.app.clone();
        let done = self.app.store.write(move |tx: &mut Tx<'_>| flow(tx, &app.tools, &ask));
        let answer = self.heard(what, done.map(|committed| committed.answer));
        if answer.is_ok() {
            self.follow();
            self.nudge();
        }
        answer
    }

    /// What a flow answered; a fault of ours breaks the promise that nothing fails.
    pub(crate) fn heard<T>(&mut self, what: &'static str, done: Flow<T>) -> Result<T, &'static str> {
        let answer = match done {
            Ok(answer) => Ok(answer),
            Err(Failed::Refused(refusal)) => Err(refusal.code),
            Err(Failed::Nothing { .. }) => Err("nothing"),
            Err(fault) => {
                self.judge.accuse("S0", self.now, format!("{what}: {fault:?}"));
                Err("fault")
            }
        };
        let code = answer.as_ref().err().copied().unwrap_or("done");
        self.trace.note(self.now, format_args!("{what}: {code}"));
        answer
    }

    /// Reads as somebody.
    pub(crate) fn read<T: Send + 'static>(
        &mut self,
        who: Who,
        what: &'static str,
        mut flow: impl FnMut(&mut Tx<'_>, &Tools, &Ask) -> Flow<T> + Send + 'static,
    ) -> Option<T> {
        let now = self.clocks.of_the_server(self.now);
        let ask = Ask { who, now, command: self.app.dice.command(now) };
        let app = self.app.clone();
        let read = self.app.store.read(move |tx: &mut Tx<'_>| flow(tx, &app.tools, &ask));
        match read {
            Ok(found) => Some(found),
            Err(Failed::Refused(_) | Failed::Nothing { .. }) => None,
            Err(fault) => {
                self.judge.accuse("S0", self.now, format!("{what}: {fault:?}"));
                None
            }
        }
    }

    fn scripted(&mut self, step: Step) {
        let about = self.newest().map(|shadow| shadow.now.id);
        match (step, about) {
            (Step::Book(hours), _) => self.books_at(self.plan.client, self.now + Span::hours(hours)),
            (_, None) => {}
            (Step::ClientCancels, Some(id)) => self.does(Intent::ClientCancels(id)),
            (Step::ClientMoves, Some(id)) => self.does(Intent::ClientMoves(id)),
            (Step::TherapistOffers, Some(id)) => self.calls_off_with_times(id),
            (Step::TherapistPromises, Some(id)) => self.calls_off_with_a_promise(id),
            (Step::TherapistAsks, Some(id)) => self.does(Intent::TherapistAsks(id)),
            (Step::TherapistMoves, Some(id)) => self.does(Intent::TherapistMoves(id)),
            (Step::PracticeCancels, Some(id)) => self.does(Intent::PracticeCancels(id)),
            (Step::Undo, Some(id)) => self.does(Intent::Undoes(id)),
            (Step::RunsLate, Some(id)) => self.runs_late(id),
        }
    }
}

/// The mail server and the gateway of a plan, with the addresses and numbers that never work.
fn outside(plan: &Plan, house: &House, luck: &mut Chance) -> (MailWorld, TextWorld) {
    let rate = |fault| plan.profile.rate(fault);
    let (mut dead, mut odd) = (BTreeSet::new(), BTreeMap::new());
    for client in &house.clients {
        if let Some(address) = client.email.clone().filter(|_| luck.happens(rate(Fault::MailRefused))) {
            dead.insert(address);
        }
        let kinds = [
            (Fault::TextRefused, texts::Number::Refused),
            (Fault::TextOptOut, texts::Number::OptedOut),
            (Fault::TextFails, texts::Number::Fails),
        ];
        for (fault, number) in kinds {
            if let Some(phone) = client.phone.clone().filter(|_| luck.happens(rate(fault))) {
                odd.insert(phone, number);
            }
        }
    }
    let mail_down = Outage::plan(rate(Fault::MailDown), plan.starts, plan.days, luck);
    let text_down = Outage::plan(rate(Fault::TextDown), plan.starts, plan.days, luck);
    let mail = MailWorld::new(Chance::of(plan.seed, "mail"), mail_down, dead);
    (mail, TextWorld::new(Chance::of(plan.seed, "texts"), text_down, odd))
}
