//! The pages of a day on which little goes to plan, once they have something to show.

use crate::house::*;
use crate::looks::Open;
use domain::access::{Actor, Via};
use domain::appointment::Initiator;
use domain::decide::{AskTeam, AskToMove, Live, Missed};
use domain::id::{AppointmentId, Ids};
use domain::person::{PersonRef, Role};
use domain::policy::Preset;
use domain::reason::{Fault, Reason};
use domain::ticket::TicketKind;
use holdspace_server::flow::{self, Answer, Ask, Failed, Flow, Tools, Who, ticket};
use store::{Done, Tx};

/// Somebody does this now.
fn act<T: Send + 'static>(
    open: &Open,
    (person, role): (PersonRef, Role),
    mut act: impl FnMut(&mut Tx<'_>, &Tools, &Ask) -> Flow<Done<T>> + Send + 'static,
) -> T {
    let app = &open.house.app;
    let actor = Actor { person, practice: PRACTICE, role, name: "Somebody".into(), via: Via::Portal };
    let ask = Ask { who: Who::Actor(actor), now: now(), command: app.dice.command(now()) };
    let tools = app.tools.clone();
    let done = open.runtime.block_on(app.store.write_async(move |tx| act(tx, &tools, &ask)));
    done.map_err(|why: Failed| format!("{why:?}")).expect("done").answer
}

fn on_the_day(open: &Open, id: AppointmentId, live: Live) -> Answer {
    act(open, (MAYA, Role::Therapist), move |tx, tools, ask| flow::live::act(tx, tools, ask, id, live.clone(), None))
}

/// Aisha's was missed, Tom is late, Maya will be late for Daniel and asks him to move next week's.
fn little_goes_to_plan(open: &Open) {
    let of = |client, start| open.house.appointment(client, start);
    let missed = Missed { reported_by: Role::Therapist, fault: Fault::Therapist };
    on_the_day(open, of(AISHA, "2026-11-24T08:00:00Z"), Live::Missed(missed));
    on_the_day(open, of(DANIEL, "2026-11-24T14:00:00Z"), Live::RunningLate(10));
    let next_week = of(DANIEL, "2026-12-01T14:00:00Z");
    let wish = AskToMove {
        offer_slots: vec![at("2026-12-02T10:00:00Z"), at("2026-12-03T11:00:00Z")],
        initiator: Initiator::Therapist,
        reason: Some(Reason::TherapistTrainingMeeting),
        words: None,
    };
    let maya = (MAYA, Role::Therapist);
    act(open, maya, move |tx, tools, ask| flow::moves::ask(tx, tools, ask, next_week, wish.clone(), None));
    let tom = of(TOM, "2026-11-24T09:00:00Z");
    let wish = AskTeam { start: at("2026-12-04T10:00:00Z"), reason: "The line went dead".into(), agreement: None };
    act(open, maya, move |tx, tools, ask| flow::moves::ask_team(tx, tools, ask, tom, wish.clone()));
}

#[test]
fn a_browser_finds_nothing_wrong_with_the_pages_of_a_day_on_which_little_goes_to_plan() {
    let open = Open::of(Preset::Clinic);
    little_goes_to_plan(&open);
    let of = |client, start, end| format!("/t/appointments/{}{end}", open.house.appointment(client, start));
    let pages = [
        open.page("day", "/t"),
        open.page("day-waiting", &of(TOM, "2026-11-24T09:00:00Z", "/live")),
        open.page("day-missed", &of(AISHA, "2026-11-24T08:00:00Z", "/live")),
        open.page("day-late", &of(DANIEL, "2026-11-24T14:00:00Z", "/live?show=late")),
        open.page("day-late-appointment", &of(DANIEL, "2026-11-24T14:00:00Z", "")),
        open.page("asked-to-move", &of(DANIEL, "2026-12-01T14:00:00Z", "")),
        open.page("ask-to-move", &of(GRACE, "2026-12-01T10:30:00Z", "/ask-to-move")),
        open.page("ask-team", &of(TOM, "2026-11-24T09:00:00Z", "/ask-team")),
        open.page("money", &of(AISHA, "2026-11-24T08:00:00Z", "/money")),
    ];
    assert_eq!(open.look(MAYA, &pages), Vec::<String>::new());
}

#[test]
fn a_browser_finds_nothing_wrong_with_what_the_office_has_to_do_then() {
    let open = Open::of(Preset::Clinic);
    little_goes_to_plan(&open);
    let about = Some(open.house.appointment(PRIYA, "2026-11-24T16:30:00Z"));
    let raised = act(&open, (MAYA, Role::Therapist), move |tx, tools, ask| {
        let body = "The camera shows a black picture".to_owned();
        let wish = ticket::NewTicket {
            kind: TicketKind::Technical,
            appointment: about,
            on_behalf_of: None,
            body,
            hand_over: None,
        };
        ticket::raise(tx, tools, ask, &mut Ids::new(ask.command, ask.now), wish)
    });
    let case = open.runtime.block_on(open.house.case(AISHA, "2026-11-24T08:00:00Z"));
    act(&open, (RUTH, Role::Owner), |tx, tools, ask| {
        let (payer, allowance, overrides) = (None, None, Default::default());
        let wish = domain::pathway::Wish { name: "Insured".into(), payer, allowance, overrides };
        flow::pathway::add(tx, tools, ask, wish)
    });
    let pages = [
        open.page("day-board", "/p"),
        open.page("day-case", &format!("/p/cases/{case}")),
        open.page("day-requests", "/p/requests"),
        open.page("day-tickets", "/p/tickets"),
        open.page("day-ticket", &format!("/p/tickets/{}", raised.ticket.id)),
        open.page("day-client", &format!("/p/clients/{}", relationship(DANIEL))),
        open.page("day-guides", "/p/guides"),
        open.page("new-guide", "/p/guides/new"),
        open.page("day-money", "/p/money"),
    ];
    assert_eq!(open.look(RUTH, &pages), Vec::<String>::new());
}
