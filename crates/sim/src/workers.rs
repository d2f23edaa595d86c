//! Workers: actors that race over one store, hold a call for a while, and die at any label.

use crate::chance::Chance;
use crate::faults::Fault;
use crate::plan::{Crashes, Plan};
use crate::run::Run;
use crate::scheduler::Event;
use crate::world::{Post, Receipt};
use domain::person::Channel;
use domain::time::{Instant, Span};
use outside::sms::Fate;
use server::flow::{Flow, jobs};
use server::work::{self, Call, Errand, LEASE, Label, Outcome, Parcel, Step};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use store::Tx;
use store::job::{Job, Priority};

/// What a worker unwinds with when it is killed.
struct Killed;

/// What a worker holds in memory.
#[derive(Debug, Default)]
pub struct Worker {
    /// Which life it is in: a worker that was killed forgets what its older self had planned.
    life: u64,
    /// When it looks for work next, and the number of that plan.
    look: Option<(Instant, u64)>,
    plans: u64,
    /// The call in its hands.
    holds: Option<Box<Call>>,
    /// What came of it.
    outcome: Option<Outcome>,
}

/// Counts the labels that are passed and says where a worker dies.
#[derive(Debug)]
pub struct Labels(RefCell<State>);

#[derive(Debug)]
struct State {
    passed: u64,
    crashes: Crashes,
    rate: u16,
    chance: Chance,
    last: &'static str,
}

impl Labels {
    /// The labels of a plan.
    pub fn new(plan: &Plan) -> Self {
        let (crashes, rate) = (plan.crashes, plan.profile.rate(Fault::Crash) / 8);
        Self(RefCell::new(State { passed: 0, crashes, rate, chance: Chance::of(plan.seed, "labels"), last: "" }))
    }

    /// How many were passed.
    pub fn passed(&self) -> u64 {
        self.0.borrow().passed
    }

    /// Nobody dies by chance any more.
    pub fn calm(&self) {
        self.0.borrow_mut().rate = 0;
    }

    /// A label is passed; whether the worker dies here.
    fn kills(&self, state: &'static str) -> bool {
        let mut labels = self.0.borrow_mut();
        labels.passed += 1;
        labels.last = state;
        match labels.crashes {
            Crashes::At(wanted) => labels.passed == wanted,
            Crashes::ByChance => {
                let rate = labels.rate;
                rate > 0 && labels.chance.happens(rate.max(2))
            }
        }
    }

    /// The same inside the product's own code, which unwinds where the worker dies.
    fn pass(&self, label: Label) {
        let state = match label {
            Label::Claimed => "a worker died with a job claimed",
            Label::Taken => "a worker died with a message taken",
            Label::Recorded => "a worker died after the record",
        };
        if self.kills(state) {
            resume_unwind(Box::new(Killed));
        }
    }
}

impl Run<'_> {
    /// Plans when a worker looks for work next; an earlier plan stands.
    pub(crate) fn look_at(&mut self, worker: usize, at: Instant) {
        let it = &mut self.workers[worker];
        if it.holds.is_some() || it.look.is_some_and(|(planned, _)| planned <= at) {
            return;
        }
        it.plans += 1;
        it.look = Some((at, it.plans));
        self.queue.add(at, Event::Look(worker, it.plans));
    }

    /// Something may be due: one idle worker, and sometimes another, has a look.
    pub(crate) fn nudge(&mut self) {
        let count = self.workers.len();
        let first = self.luck.below(count as u64) as usize;
        let idle = (0..count).map(|n| (first + n) % count).find(|worker| self.workers[*worker].holds.is_none());
        let at = self.now + self.luck.between(Span::micros(500), Span::micros(250_000));
        if let Some(worker) = idle {
            self.look_at(worker, at);
        }
    }

    /// A worker looks for work.
    pub(crate) fn look(&mut self, worker: usize, plan: u64) {
        if self.workers[worker].look.is_none_or(|(_, planned)| planned != plan) {
            return;
        }
        self.workers[worker].look = None;
        let clock = self.clocks.of_worker(worker, self.now);
        if let Some(wrong) = self.clocks.wrong(worker, self.now) {
            self.sometimes.reach(wrong);
        }
        let (app, labels) = (&self.app, &self.labels);
        let step = catch_unwind(AssertUnwindSafe(|| work::next_call_past(app, clock, &|label| labels.pass(label))));
        self.follow();
        match step {
            Err(_) => self.dies(worker),
            Ok(Ok(Step::Idle(next))) => {
                let Some(next) = next else { return };
                // A clock that stands or lags is looked at again.
                let wait = (next - clock).max(Span::micros(250_000)).min(Span::hours(6));
                self.look_at(worker, self.now + wait);
            }
            Ok(Ok(Step::Worked)) => {
                self.trace.note(self.now, format_args!("worker {worker} worked"));
                self.soon(worker);
            }
            Ok(Ok(Step::Call(call))) => self.holds(worker, call),
            Ok(Err(why)) => {
                self.trace.note(self.now, format_args!("worker {worker} could not: {why:?}"));
                self.judge.accuse("S0", self.now, format!("the worker: {why:?}"));
                self.look_at(worker, self.now + Span::micros(250_000));
            }
        }
    }

    fn soon(&mut self, worker: usize) {
        let wait = self.luck.between(Span::micros(200), Span::micros(20_000));
        self.look_at(worker, self.now + wait);
    }

    /// A worker has a call in its hands.
    fn holds(&mut self, worker: usize, call: Box<Call>) {
        if self.workers.iter().any(|other| other.holds.is_some()) {
            self.sometimes.reach("two workers held calls at once");
        }
        self.trace.note(self.now, format_args!("worker {worker} holds a call, attempt {}", call.job.attempts));
        if self.labels.kills("a worker died before the hand-off") {
            return self.dies(worker);
        }
        let paused = self.luck.happens(self.profile.rate(Fault::Pause) / 8);
        let (least, most) =
            if paused { (LEASE, Span::minutes(12)) } else { (Span::micros(500), Span::micros(400_000)) };
        self.workers[worker].holds = Some(call);
        let at = self.now + self.luck.between(least, most);
        self.queue.add(at, Event::HandOff(worker, self.workers[worker].life));
    }

    /// A worker hands its call over: here the simulator stands in place of the network.
    pub(crate) fn hand_off(&mut self, worker: usize, life: u64) {
        if self.workers[worker].life != life {
            return;
        }
        let Some(call) = self.workers[worker].holds.take() else { return };
        self.judge_hand_off(worker, &call);
        let handed = match &call.parcel {
            Parcel::Letter(letter) => self.mail.hand_off(letter.to.address.as_str(), self.now, &self.profile),
            Parcel::Text(text) => self.texts.hand_off(&text.to, self.now, &self.profile),
            // Nobody here has a browser that asked for notices.
            Parcel::Push(_) => {
                crate::world::Handed::not(server::work::Outcome::Refused("no browser".into()), "push refused")
            }
        };
        self.trace.note(self.now, format_args!("worker {worker} hands off to {}: {}", call.parcel.to(), handed.how));
        self.count_hand_off(&call, &handed);
        for at in &handed.arrives {
            if let Some(post) = self.post(&call) {
                self.queue.add(*at, Event::Arrives(Box::new(post)));
            }
        }
        if let Parcel::Text(text) = &call.parcel {
            let word = text.report_to.rsplit('/').next().unwrap_or_default();
            for (at, fate) in &handed.receipts {
                self.queue.add(*at, Event::Reports(Receipt { word: word.to_owned(), fate: *fate }));
            }
        }
        let slow = self.luck.happens(self.profile.rate(Fault::Slow) / 8);
        let (least, most) =
            if slow { (Span::seconds(90), Span::minutes(12)) } else { (Span::micros(1_000), Span::micros(900_000)) };
        let at = self.now + self.luck.between(least, most);
        let it = &mut self.workers[worker];
        (it.holds, it.outcome) = (Some(call), Some(handed.outcome));
        if self.labels.kills("a worker died after the hand-off") {
            return self.dies(worker);
        }
        self.queue.add(at, Event::Record(worker, life));
    }

    /// A worker writes down what came of it.
    pub(crate) fn write_down(&mut self, worker: usize, life: u64) {
        if self.workers[worker].life != life {
            return;
        }
        let it = &mut self.workers[worker];
        let (Some(call), Some(outcome)) = (it.holds.take(), it.outcome.take()) else { return };
        self.landed(worker, &call);
        let clock = self.clocks.of_worker(worker, self.now);
        if call.job.lease_until < clock {
            self.sometimes.reach("a worker lost its fence");
        }
        let (app, labels) = (&self.app, &self.labels);
        let written = catch_unwind(AssertUnwindSafe(|| -> Flow<()> {
            work::record_past(app, *call, outcome, clock, &|label| labels.pass(label))
        }));
        self.follow();
        match written {
            Err(_) => self.dies(worker),
            Ok(done) => {
                if self.heard("the worker records", done).is_ok() {
                    self.soon(worker);
                }
            }
        }
    }

    /// A worker is killed: what it held in memory is gone. Another one starts later.
    fn dies(&mut self, worker: usize) {
        let state = self.labels.0.borrow().last;
        self.sometimes.reach(state);
        self.trace.note(self.now, format_args!("{state}"));
        let it = &mut self.workers[worker];
        *it = Worker { life: it.life + 1, plans: it.plans, ..Worker::default() };
        let wait = self.luck.between(Span::seconds(1), Span::minutes(6));
        self.look_at(worker, self.now + wait);
    }

    /// What arrives, of a call.
    fn post(&self, call: &Call) -> Option<Post> {
        let Errand::Message(message) = &call.errand else { return None };
        let (to, handed_at, id) = (message.to, self.now, message.id);
        Some(match &call.parcel {
            Parcel::Letter(letter) => Post {
                id,
                to,
                channel: Channel::Email,
                handed_at,
                dated: Some(letter.date),
                subject: letter.subject.clone(),
                text: letter.text.clone(),
                html: letter.html.clone().unwrap_or_default(),
                calendar: letter.calendar.as_ref().map(|part| part.text.clone()),
            },
            Parcel::Text(text) => Post {
                id,
                to,
                channel: Channel::Sms,
                handed_at,
                dated: None,
                subject: String::new(),
                text: text.body.clone(),
                html: String::new(),
                calendar: None,
            },
            Parcel::Push(_) => return None,
        })
    }

    /// A gateway calls with a receipt; the flow is the one behind the route.
    pub(crate) fn reports(&mut self, receipt: &Receipt) {
        let Some(id) = self.app.tools.link_key.reported(&receipt.word) else {
            return self.judge.accuse("N3", self.now, "a gateway was given an address that is not ours");
        };
        let said = outside::sms::Receipt { fate: receipt.fate, words: format!("{:?}", receipt.fate) };
        self.trace.note(self.now, format_args!("the gateway reports {:?} of {id}", receipt.fate));
        self.count_receipt(id, receipt.fate);
        let now = self.clocks.of_the_server(self.now);
        let ask = server::flow::Ask { who: server::flow::Who::System("sms"), now, command: self.app.dice.command(now) };
        let app = self.app.clone();
        let heard =
            self.app.store.write(move |tx: &mut Tx<'_>| server::flow::receipt::heard(tx, &app.tools, &ask, id, &said));
        let _ = self.heard("a receipt", heard.map(drop));
        self.follow();
        if receipt.fate != Fate::OnItsWay {
            self.nudge();
        }
    }

    /// A job that no code can run is put among the others.
    pub(crate) fn poison(&mut self) {
        let (practice, due_at) = (self.house.practice.id, self.clocks.of_the_server(self.now));
        self.sometimes.reach("a poison job was met");
        let put = self.app.store.write_unaudited(move |tx: &mut Tx<'_>| -> Flow<()> {
            let job = Job { kind: jobs::DELIVER, subject: "poison", practice, priority: Priority::Urgent, due_at };
            Ok(store::job::enqueue(tx, &job)?)
        });
        let _ = self.heard("poison", put);
        self.nudge();
    }
}
