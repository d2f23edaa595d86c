//! The seeded generator: one number makes one practice and one sequence of steps, always the same.

use domain::appointment::Initiator;
use domain::attendance::{Attended, WeeklySpace};
use domain::contact::AttemptResult;
use domain::decide::{CaseOutcome, MakeUpDecision, SettledHow};
use domain::policy::Preset;
use domain::reason::Fault;

/// Splitmix64: small, and the same on every machine.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Once in so many times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Client,
    OtherClient,
    Therapist,
    Colleague,
    Admin,
    Support,
}

/// What the client is given to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    Nothing,
    Offer,
    Promise,
    OfferAndPromise,
    Link,
    BookNow,
    Refund,
    RefundAndLink,
    NextAppointment,
}

/// A moment of an appointment's life, to stand right before, on, or right after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Cutoff,
    CutoffAndGrace,
    Tier,
    ShortNotice,
    Start,
    CheckIn,
    StepAway,
    ClientReports,
    NoShowGrace,
    End,
    CorrectionOver,
    UndoOver,
    OfferOver,
}

/// One thing that happens. Numbers choose among what there is, so that a step can be left out and the rest still run.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// So many minutes pass.
    Wait(i64),
    /// The same, and the clocks that fall due on the way come only after the next step: the worker is late.
    WhileClocksSleep { on: usize, mark: Mark, seconds: i64 },
    /// Time passes until so many seconds after a mark of an appointment.
    Until { on: usize, mark: Mark, seconds: i64 },
    /// The practice changes its notice and its fees.
    NewPolicy(usize),
    /// A clock wakes too early, or once more.
    Wake(usize),
    /// A letter to the client comes back.
    Bounce(usize),
    /// Somebody acts about an appointment.
    Act { who: Who, on: usize, act: Act },
}

/// What somebody does.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Book {
        slot: usize,
        in_person: bool,
        agreed: bool,
    },
    Cancel {
        by: Initiator,
        exit: Exit,
        slot: usize,
        hours_ago: Option<i64>,
        reason: bool,
        note: bool,
    },
    Move {
        by: Initiator,
        slot: usize,
        agreed: bool,
        hours_ago: Option<i64>,
    },
    Accept {
        which: usize,
    },
    Decline {
        refund: bool,
    },
    Ask {
        by: Initiator,
        slot: usize,
    },
    Withdraw,
    Confirm,
    DeclineRequest,
    AskTeam {
        slot: usize,
    },
    AskRefund {
        confirm: bool,
    },
    AnswerTeam {
        approve: bool,
    },
    Undo,
    Waive(Part),
    Refund(Part),
    Settle(SettledHow, Part),
    Carry,
    Seen,
    Try {
        by_phone: bool,
        result: AttemptResult,
    },
    Note,
    Meet(usize),
    Update {
        attended: Attended,
        continues: Option<bool>,
        space: Option<WeeklySpace>,
        reserve: bool,
        refund: bool,
        next: Option<usize>,
    },
    Correct(usize),
    EndRelationship,
    Reopen,
    Pause,
    Reserve {
        slot: usize,
    },
    Keep {
        which: usize,
        what: usize,
    },
    RunningLate(u32),
    LateAnswer {
        wait: bool,
    },
    Connected {
        apologised: bool,
        plan: usize,
    },
    Missed(Fault),
    Technical,
    Outcome(CaseOutcome, bool),
    Attribute(Fault),
    MakeUp(MakeUpDecision, bool),
    CheckIn,
    StepAway,
    Arrived,
    NoShow,
    SeenByPractice,
}

/// How much of what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    All,
    Half,
    TooMuch,
    Nothing,
}

/// One practice and what happens in it.
pub struct Story {
    pub preset: Preset,
    /// Which of the practice's own policies, from 0 to `VARIANTS`.
    pub variant: usize,
    pub steps: Vec<Step>,
}

/// The sequence of this seed.
pub fn story(seed: u64) -> Story {
    let mut chance = Chance::new(seed);
    let preset = chance.of(Preset::ALL);
    let variant = chance.below(VARIANTS);
    let mut steps = vec![booking(&mut chance)];
    let length = 10 + chance.below(16);
    while steps.len() < length {
        let next = step(&mut chance);
        steps.push(next);
        if let Step::Until { on, mark, .. } | Step::WhileClocksSleep { on, mark, .. } = next
            && !chance.one_in(3)
        {
            steps.push(at_the_mark(&mut chance, on, mark));
        }
    }
    Story { preset, variant, steps }
}

/// Policies that a practice of each preset may have.
pub const VARIANTS: usize = 48;

/// The preset as it comes, in a third of them, or with some of what a practice may choose.
pub fn changes(preset: Preset, variant: usize) -> serde_json::Value {
    use serde_json::json;
    let chance = &mut Chance::new(variant as u64);
    if variant.is_multiple_of(3) {
        return json!({});
    }
    let currency = if preset == Preset::Insurance { "USD" } else { "GBP" };
    let mut changes = json!({
        "client_cancel.notice_hours": chance.of(&[24, 48]),
        "client_cancel.boundary": chance.of(&["inclusive", "exclusive"]),
        "client_cancel.grace_minutes": chance.of(&[0, 15]),
        "client_self_cancel": chance.of(&["allowed_before_cutoff", "allowed_late_with_fee", "contact_only"]),
        "first_time_forgiveness": chance.one_in(3),
        "waive_late_fee_if_slot_refilled": chance.one_in(3),
        "payment.capture_at": chance.of(&["none", "cutoff", "session", "after_session"]),
        "payment.first_session_prepaid": chance.one_in(4),
        "late_cancel.fee_model": chance.of(&["none", "percent", "full", "per_therapist", "fixed"]),
        "late_cancel.fee_amount": { "amount_minor": 1500, "currency": currency },
        "late_cancel.percent": chance.of(&[30, 100]),
        "no_show.fee_model": chance.of(&["none", "percent", "full", "per_therapist"]),
        "no_show.percent": 60,
        "refund.on_therapist_cancel": chance.of(&["auto", "client_choice", "team_request"]),
        "refund.new_client": chance.of(&["client_choice", "team_request"]),
    });
    if chance.one_in(3) {
        changes["client_cancel.tiers"] =
            json!([{ "within_hours": 6, "percent": 80 }, { "within_hours": 24, "percent": 40 }]);
    }
    if chance.one_in(3) {
        changes["late_cancel.cap"] = json!({ "amount_minor": 2000, "currency": currency });
    }
    if chance.one_in(4) {
        changes["booking.mode"] = json!("request");
    }
    if chance.one_in(2) {
        changes["reserved_slot.enabled"] = json!(true);
        changes["reserved_slot.on_no_followup"] = json!(chance.of(&["keep", "remove", "remove_with_banner"]));
    }
    if chance.one_in(3) {
        changes["makeup.mode"] = json!("suggest");
    }
    changes
}

fn booking(chance: &mut Chance) -> Step {
    let who = chance.of(&[Who::Therapist, Who::Therapist, Who::Client]);
    Step::Act { who, on: chance.below(3), act: book(chance) }
}

fn book(chance: &mut Chance) -> Act {
    Act::Book { slot: chance.below(160), in_person: chance.one_in(4), agreed: !chance.one_in(8) }
}

fn step(chance: &mut Chance) -> Step {
    let on = chance.below(64);
    match chance.below(40) {
        0..=2 => Step::Wait(chance.of(&[1, 5, 30, 180, 1440])),
        3..=11 => Step::Until { on, mark: mark(chance), seconds: chance.of(&[-1, 0, 0, 1, 60, -3600]) },
        12 => Step::NewPolicy(chance.below(4)),
        13 => Step::Wake(on),
        15 => Step::WhileClocksSleep { on, mark: Mark::OfferOver, seconds: chance.of(&[0, 0, 60]) },
        14 if chance.one_in(3) => Step::Bounce(on),
        _ => acting(chance, on),
    }
}

fn mark(chance: &mut Chance) -> Mark {
    use Mark::*;
    chance.of(&[
        Cutoff,
        CutoffAndGrace,
        Tier,
        ShortNotice,
        Start,
        CheckIn,
        StepAway,
        ClientReports,
        NoShowGrace,
        End,
        End,
        CorrectionOver,
        UndoOver,
        OfferOver,
    ])
}

/// What a mark is about, done right there.
fn at_the_mark(chance: &mut Chance, on: usize, mark: Mark) -> Step {
    use Mark::*;
    use Who::*;
    let (likely, act): (&[Who], Act) = match mark {
        Cutoff | CutoffAndGrace | Tier if chance.one_in(3) => (&[Client, Therapist], moving(chance)),
        Cutoff | CutoffAndGrace | Tier => (&[Client, Therapist, Admin], client_cancels(chance)),
        ShortNotice => (&[Therapist, Admin], cancel(chance)),
        Start => (&[Client, Therapist, Admin], if chance.one_in(2) { cancel(chance) } else { moving(chance) }),
        CheckIn | StepAway | ClientReports | NoShowGrace if chance.one_in(8) => return Step::Wake(on),
        CheckIn => (&[Therapist], Act::CheckIn),
        StepAway => (&[Therapist], Act::StepAway),
        ClientReports => (&[Client, Client, Therapist], Act::Missed(chance.of(Fault::ALL))),
        NoShowGrace => (&[Therapist], Act::NoShow),
        End => (&[Therapist, Therapist, Admin], update(chance)),
        CorrectionOver => (&[Therapist, Therapist, Admin], Act::Correct(chance.below(9))),
        UndoOver => (&[Therapist], Act::Undo),
        OfferOver => (&[Client], Act::Accept { which: chance.below(3) }),
    };
    Step::Act { who: chance.of(likely), on, act }
}

/// The client's own word, now or typed in later.
fn client_cancels(chance: &mut Chance) -> Act {
    Act::Cancel {
        by: Initiator::Client,
        exit: Exit::Nothing,
        slot: 0,
        hours_ago: chance.of(&[None, None, Some(1)]),
        reason: true,
        note: true,
    }
}

/// Somebody who may well do this, and now and then anybody.
fn acting(chance: &mut Chance, on: usize) -> Step {
    use Who::*;
    let (likely, act): (&[Who], Act) = match chance.below(20) {
        0..=2 => (&[Therapist, Client], book(chance)),
        3..=6 => (&[Client, Therapist, Therapist, Admin], cancel(chance)),
        7..=8 => (&[Client, Therapist, Admin, Support], moving(chance)),
        9..=10 => (&[Client], answer(chance)),
        11..=12 => (&[Therapist, Therapist, Client, Admin, Support], of_the_day(chance)),
        13 => (&[Therapist, Client], Act::Missed(chance.of(Fault::ALL))),
        14 => (&[Therapist, Admin], after(chance)),
        15 => (&[Therapist, Therapist, Admin], update(chance)),
        16..=17 => (&[Therapist, Admin, Support], money(chance)),
        18 => (&[Therapist], file(chance)),
        _ => (&[Therapist, Admin, Client], contact(chance)),
    };
    let who = if chance.one_in(5) {
        chance.of(&[Client, OtherClient, Therapist, Colleague, Admin, Support])
    } else {
        chance.of(likely)
    };
    Step::Act { who, on, act }
}

fn cancel(chance: &mut Chance) -> Act {
    use Exit::*;
    let exits =
        [Nothing, Offer, Offer, Promise, OfferAndPromise, Link, BookNow, Refund, RefundAndLink, NextAppointment];
    Act::Cancel {
        by: chance.of(Initiator::ALL),
        exit: chance.of(&exits),
        slot: chance.below(160),
        hours_ago: chance.of(&[None, None, Some(1), Some(12), Some(30), Some(-1)]),
        reason: !chance.one_in(8),
        note: !chance.one_in(8),
    }
}

fn moving(chance: &mut Chance) -> Act {
    let slot = chance.below(160);
    match chance.below(8) {
        0..=3 => Act::Move {
            by: chance.of(Initiator::ALL),
            slot,
            agreed: !chance.one_in(8),
            hours_ago: chance.of(&[None, None, Some(1), Some(30)]),
        },
        4..=5 => Act::Ask { by: chance.of(Initiator::ALL), slot },
        6 => Act::Undo,
        _ => Act::AskTeam { slot },
    }
}

fn answer(chance: &mut Chance) -> Act {
    match chance.below(6) {
        0..=2 => Act::Accept { which: chance.below(3) },
        3 => Act::Decline { refund: chance.one_in(2) },
        4 => Act::LateAnswer { wait: chance.one_in(2) },
        _ => Act::Seen,
    }
}

fn of_the_day(chance: &mut Chance) -> Act {
    match chance.below(9) {
        0 => Act::RunningLate(chance.of(&[0, 2, 3, 5, 11, 49, 50])),
        1 => Act::LateAnswer { wait: chance.one_in(2) },
        2 => Act::Connected { apologised: chance.one_in(2), plan: chance.below(3) },
        3 => Act::CheckIn,
        4 => Act::StepAway,
        5 => Act::Arrived,
        6 | 7 => Act::NoShow,
        _ => Act::Technical,
    }
}

fn after(chance: &mut Chance) -> Act {
    match chance.below(5) {
        0 => Act::Outcome(chance.of(CaseOutcome::ALL), chance.one_in(2)),
        1 => Act::Attribute(chance.of(Fault::ALL)),
        2 => Act::MakeUp(chance.of(MakeUpDecision::ALL), chance.one_in(2)),
        3 => Act::Correct(chance.below(9)),
        _ => Act::SeenByPractice,
    }
}

fn update(chance: &mut Chance) -> Act {
    Act::Update {
        attended: chance.of(Attended::ALL),
        continues: chance.of(&[None, Some(true), Some(false)]),
        space: chance.of(&[None, Some(WeeklySpace::Same), Some(WeeklySpace::Different)]),
        reserve: chance.one_in(2),
        refund: chance.one_in(4),
        next: if chance.one_in(3) { Some(chance.below(160)) } else { None },
    }
}

fn money(chance: &mut Chance) -> Act {
    let part = chance.of(&[Part::All, Part::All, Part::Half, Part::TooMuch, Part::Nothing]);
    match chance.below(8) {
        0..=1 => Act::Waive(part),
        2..=3 => Act::Refund(part),
        4..=5 => Act::Settle(chance.of(SettledHow::ALL), part),
        6 => Act::AskRefund { confirm: !chance.one_in(4) },
        _ => Act::Carry,
    }
}

fn file(chance: &mut Chance) -> Act {
    match chance.below(10) {
        0 => Act::EndRelationship,
        1..=2 => Act::Reopen,
        3 => Act::Pause,
        4..=6 => Act::Reserve { slot: chance.below(160) },
        7 => Act::Confirm,
        8 => Act::DeclineRequest,
        _ => Act::Keep { which: chance.below(4), what: chance.below(4) },
    }
}

fn contact(chance: &mut Chance) -> Act {
    match chance.below(8) {
        0..=2 => Act::Try { by_phone: chance.one_in(2), result: chance.of(AttemptResult::ALL) },
        3 => Act::Note,
        4 => Act::Meet(chance.below(8)),
        5 => Act::AnswerTeam { approve: chance.one_in(2) },
        6 => Act::Confirm,
        _ => Act::Withdraw,
    }
}
