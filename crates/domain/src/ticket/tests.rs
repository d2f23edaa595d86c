use super::*;
use crate::id::Id;
use crate::money::Currency;
use crate::person::Locale;
use crate::policy::{Parameters, Policy, Preset};
use crate::practice::Practice;
use crate::time::{Interval, Span};

const MAYA: PersonRef = PersonRef::Therapist(Id::from_bytes([1; 16]));
const SUE: PersonRef = PersonRef::Staff(Id::from_bytes([2; 16]));
const RAY: PersonRef = PersonRef::Staff(Id::from_bytes([3; 16]));
const DAN: PersonRef = PersonRef::Client(Id::from_bytes([4; 16]));

fn now() -> Instant {
    "2026-11-24T09:12:00Z".parse().expect("a moment")
}

fn network() -> Parameters {
    Policy::preset(Preset::Network).parameters
}

fn a_practice() -> Practice {
    Practice {
        id: Id::from_bytes([9; 16]),
        name: "Alder House".into(),
        zone: "Europe/London".parse().expect("a zone"),
        locale: Locale::EnGb,
        currency: Currency::GBP,
        support_phone: "+442079460018".into(),
        support_email: "help@alder.example".into(),
        clinical_email: "clinical@alder.example".into(),
        risk_email: "risk@alder.example".into(),
        templates: None,
    }
}

fn starting_in(minutes: i64) -> Option<Interval> {
    let start = now() + Span::minutes(minutes);
    Some(Interval::new(start, start + Span::minutes(50)))
}

fn a_ticket(kind: TicketKind) -> Ticket {
    let clock = deadlines(&network(), &a_practice(), kind, None, now());
    Ticket {
        id: Id::from_bytes([5; 16]),
        practice: Id::from_bytes([9; 16]),
        kind,
        route: Route::Ticket,
        appointment: None,
        relationship: None,
        raised_by: Some(SUE),
        on_behalf_of: Some(MAYA),
        from_address: None,
        body: "I cannot sign in.".into(),
        hand_over: None,
        opened_at: now(),
        due_at: clock.due,
        breach_at: clock.breach,
        second_breach_at: clock.second_breach,
        escalated: 0,
        state: TicketState::Open,
        acknowledged: None,
        phoned: None,
        obligation: None,
    }
}

// proves: V-11
#[test]
fn what_is_technical_is_urgent_with_less_than_two_hours_left() {
    let of = |about| route(&network(), TicketKind::Technical, about, now());
    assert_eq!(of(starting_in(119)), Route::Urgent);
    assert_eq!(of(starting_in(120)), Route::Ticket, "with two hours left there is time to write");
    assert_eq!(of(starting_in(-20)), Route::Urgent, "it has begun and is not over");
    assert_eq!(of(starting_in(-60)), Route::Ticket, "it is over");
    assert_eq!(of(None), Route::Ticket);
    assert_eq!(route(&network(), TicketKind::Admin, starting_in(5), now()), Route::Ticket);
    assert_eq!(route(&network(), TicketKind::Risk, None, now()), Route::Urgent);
}

// proves: V-11, V-18, V-19
#[test]
fn every_kind_has_its_own_clock() {
    let of = |kind, about| deadlines(&network(), &a_practice(), kind, about, now());
    let later = |minutes: i64| now() + Span::minutes(minutes);
    let risk = of(TicketKind::Risk, None);
    assert_eq!((risk.due, risk.breach, risk.second_breach), (now(), Some(later(15)), Some(later(30))));
    let clinical = of(TicketKind::Clinical, None);
    assert!(clinical.due > later(60 * 24) && clinical.due < later(60 * 36));
    let urgent = of(TicketKind::Technical, starting_in(60));
    assert_eq!(urgent.due, later(network().inform.short_notice_minutes.into()));
    let in_time = of(TicketKind::Technical, starting_in(300));
    assert_eq!(in_time.due, later(180), "while there is still time to write");
}

// proves: V-19
#[test]
fn worries_stay_with_those_whose_work_they_are() {
    let sees = |kind: TicketKind| Role::ALL.into_iter().filter(|role| kind.is_seen_by(*role)).collect::<Vec<_>>();
    assert_eq!(sees(TicketKind::Risk), [Role::ClinicalLead, Role::RiskDuty, Role::Owner]);
    assert_eq!(sees(TicketKind::Technical), [Role::Admin, Role::Support, Role::Owner]);
    let risk = a_ticket(TicketKind::Risk);
    assert!(risk.is_seen_by(MAYA, Role::Therapist) && risk.is_seen_by(SUE, Role::Support), "both who asked");
    assert!(!risk.is_seen_by(RAY, Role::Support) && risk.is_seen_by(RAY, Role::RiskDuty));
    assert!(!risk.is_seen_by(DAN, Role::Client));
    assert!(!TicketKind::Risk.may_be_raised_by(Role::Client) && TicketKind::Admin.may_be_raised_by(Role::Client));
}

// proves: V-19
#[test]
fn a_worry_goes_up_until_somebody_by_name_has_taken_it() {
    let risk = a_ticket(TicketKind::Risk);
    assert_eq!(risk.clone().escalate(now() + Span::minutes(14)), None);
    let (risk, told) = risk.escalate(now() + Span::minutes(15)).expect("nobody took it");
    assert_eq!((told, risk.escalated), (Role::Admin, 1));
    let (risk, told) = risk.escalate(now() + Span::minutes(30)).expect("still nobody");
    assert_eq!((told, risk.escalated, risk.next_look()), (Role::Owner, 2, None));
    assert!(risk.owes_a_call());
    let (risk, line) = risk.act(Act::Acknowledge, RAY, Role::RiskDuty, now()).expect("taken");
    assert_eq!((risk.acknowledged.map(|done| done.by), line.kind), (Some(RAY), LineKind::Acknowledged));
    assert!(!risk.owes_a_call() && risk.next_look().is_none());
}

// proves: V-17
#[test]
fn a_request_is_taken_answered_and_closed_and_both_names_stay() {
    let code = |result: Result<(Ticket, Line), Refusal>| result.map(|(t, _)| t.state).map_err(|refusal| refusal.code);
    let open = a_ticket(TicketKind::Technical);
    assert_eq!(code(open.clone().act(Act::Acknowledge, MAYA, Role::Therapist, now())), Err("not_found"));
    let (answered, line) = open.act(Act::Answer(" Try again. ".into()), SUE, Role::Support, now()).expect("answered");
    assert_eq!((answered.state, line.words.as_str()), (TicketState::Answered, "Try again."));
    assert_eq!(answered.acknowledged.map(|done| done.by), Some(SUE), "whoever answers has taken it");
    assert_eq!((answered.asker(), answered.raised_by), (Some(MAYA), Some(SUE)));
    let (again, _) = answered.act(Act::Reply("Still not".into()), MAYA, Role::Therapist, now()).expect("hers");
    assert_eq!(again.state, TicketState::Acknowledged);
    assert_eq!(code(again.clone().act(Act::Reply("x".into()), DAN, Role::Client, now())), Err("not_found"));
    let (closed, _) = again.act(Act::Close(String::new()), MAYA, Role::Therapist, now()).expect("hers");
    assert_eq!(code(closed.act(Act::Answer("x".into()), SUE, Role::Support, now())), Err("already_closed"));
}

// proves: V-11
#[test]
fn what_was_handed_over_is_not_closed_before_the_client_was_told() {
    let hand_over = HandOver {
        client: Id::from_bytes([4; 16]),
        channel: Channel::Phone,
        text: "…".into(),
        deadline: now(),
        done: None,
    };
    let open = Ticket { hand_over: Some(hand_over), ..a_ticket(TicketKind::Technical) };
    let early = open.clone().act(Act::Close(String::new()), SUE, Role::Support, now());
    assert_eq!(early.map_err(|refusal| refusal.code).map(drop), Err("hand_over_open"));
    let (told, line) = open.told("Reached by phone".into(), SUE, now()).expect("told");
    assert_eq!((told.state, line.kind), (TicketState::Answered, LineKind::Told));
    assert_eq!(
        told.clone().told(String::new(), SUE, now()).map_err(|refusal| refusal.code).map(drop),
        Err("already_told")
    );
    assert!(told.act(Act::Close(String::new()), SUE, Role::Support, now()).is_ok());
}
