//! What happens in a practice of the demo in the days before it begins, and what is still open when it does. Every act
//! goes through the flow that a person's own act would take.

use super::acts::{self, Act};
use super::cast::{HOUSES, House};
use super::day::{self, Turn};
use super::history;
use super::plant::plant;
use super::stage::{Planted, Stage};
use crate::flow::Flow;
use domain::policy::Preset;
use domain::time::{Instant, Interval, Span};

/// How long before the demo begins the clock starts.
const LEAD: Span = Span::hours(24 * 10);
/// Weeks ahead that are booked.
const WEEKS_AHEAD: i64 = 4;

/// The clock's first moment of a demo that begins at `begins`.
pub fn curtain_up(begins: Instant) -> Instant {
    begins - LEAD
}

/// Plays the past of these practices up to the moment at which the demo begins.
///
/// # Errors
/// Faults of the store.
pub fn play(stage: &mut Stage, preset: Option<Preset>, begins: Instant) -> Flow<()> {
    let houses: Vec<&'static House> = HOUSES.iter().filter(|h| preset.is_none_or(|only| only == h.preset)).collect();
    let mut planted = Vec::new();
    for house in houses {
        let practice = plant(stage, house)?;
        history::bring_over(stage, &practice, begins, history::older_weeks())?;
        planted.push(practice);
    }
    for (at, practice, act) in programme(&planted, begins) {
        stage.wait_until(at)?;
        acts::perform(stage, &mut planted[practice], begins, act)?;
    }
    stage.wait_until(begins)
}

/// Every act with its moment and practice, in order.
fn programme(planted: &[Planted], begins: Instant) -> Vec<(Instant, usize, Act)> {
    let mut programme: Vec<(Instant, usize, Act)> = Vec::new();
    for (n, practice) in planted.iter().enumerate() {
        // The practices do not act in the very same minute.
        let shift = Span::minutes(n as i64 * 3);
        programme.extend(of_practice(practice, begins).into_iter().map(|(at, act)| (at + shift, n, act)));
    }
    programme.retain(|(at, _, _)| *at < begins);
    // Stable: acts of one moment keep their order.
    programme.sort_by_key(|(at, practice, _)| (*at, *practice));
    programme
}

fn of_practice(practice: &Planted, begins: Instant) -> Vec<(Instant, Act)> {
    let hour = |client, week| practice.hour_of(client, week, begins);
    let wall = |days, hour| practice.wall(begins, days, hour);
    let mut acts = Vec::new();
    for client in 0..practice.clients.len() {
        let at = wall(-9, 10) + Span::minutes(client as i64 * 4);
        let first = if TOLD.contains(&client) { -1 } else { 0 };
        for week in (first..WEEKS_AHEAD).filter(|week| !super::cast::is_new(client) || *week == 0) {
            acts.push((at + Span::seconds(week), Act::Book { client, week }));
        }
    }
    acts.extend([
        // The week before: each kind of cancellation, brought to a good end.
        (wall(-9, 15), Act::ClientCancels { client: 7, week: -1 }),
        (
            hour(1, -1) - Span::hours(3),
            Act::TherapistPromises { client: 1, week: -1, by: hour(1, -1) + Span::hours(22) },
        ),
        (hour(1, -1) - Span::hours(2), Act::Call { client: 1, week: -1 }),
        (hour(1, -1) + Span::hours(3), Act::BookAgain { client: 1, week: -1 }),
        (hour(5, -1) - Span::hours(26), Act::PracticeCancels { client: 5, week: -1 }),
        (hour(5, -1) - Span::hours(25), Act::Call { client: 5, week: -1 }),
        (hour(5, -1) - Span::hours(24), Act::BookAgain { client: 5, week: -1 }),
        (hour(2, -1) - Span::hours(4), Act::ClientCancels { client: 2, week: -1 }),
        // Client 6 came two days ago; the update is still to be made.
        // Weekly hours that are kept, one of them with its update still to be made, and one client who needs more care.
        (wall(-8, 9), Act::Reserve { client: 3 }),
        (wall(-8, 9) + Span::minutes(1), Act::Reserve { client: 6 }),
        (wall(-8, 10), Act::Flag { client: 4, by: begins + Span::hours(24 * 20) }),
        // What is open when the demo begins.
        (wall(-3, 11), Act::TherapistSendsLink { client: 5, week: 0 }),
        (wall(-3, 12), Act::Call { client: 5, week: 0 }),
        (begins - Span::hours(3), Act::TherapistPromises { client: 1, week: 0, by: begins + Span::hours(30) }),
        (begins - Span::hours(2), Act::TherapistOffers { client: 2, week: 0 }),
        (begins - Span::hours(1), Act::BringOver),
    ]);
    acts.extend(of_the_days(practice, begins));
    acts
}

/// The less usual acts: beside the weekly appointments, so that those stay as they are.
fn of_the_days(practice: &Planted, begins: Instant) -> Vec<(Instant, Act)> {
    let [missed, not_come, broken_off] = [0, 1, 2].map(|back| day::lunch(practice, begins, back));
    let wall = |days, hour| practice.wall(begins, days, hour);
    let minutes = Span::minutes;
    let turn = |client, week, turn| Act::Turn { client, week, turn };
    let within = |start| Turn::BookWithin(Interval::new(start, start + Span::hours(1)));
    vec![
        (wall(-9, 12), turn(2, BESIDE, within(missed))),
        (wall(-9, 12) + minutes(1), turn(7, BESIDE, within(not_come))),
        (wall(-9, 12) + minutes(2), turn(5, BESIDE, within(broken_off))),
        (missed + minutes(20), turn(2, BESIDE, Turn::TherapistMisses)),
        (not_come + minutes(16), turn(7, BESIDE, Turn::RingsInVain)),
        (not_come + minutes(45), turn(7, BESIDE, Turn::ClientMisses)),
        (wall(-8, 8), turn(0, 0, Turn::RewordsReason)),
        (wall(-8, 9) + minutes(2), Act::Reserve { client: 0 }),
        (wall(-3, 9), turn(0, 0, Turn::Pauses)),
        (wall(-8, 10) + minutes(1), Act::Flag { client: 5, by: begins + Span::hours(5) }),
        (begins - minutes(240), turn(6, 0, Turn::AsksToMove)),
        (begins - minutes(100), turn(5, BESIDE, Turn::AsksTeam)),
        (begins - minutes(25), turn(4, 0, Turn::AsksSupport)),
        (begins - minutes(15), turn(0, 0, Turn::RunsLate)),
    ]
}

/// The place in [`Planted::booked`] of what is beside a client's weekly appointments.
const BESIDE: i64 = 90;

/// Clients whose last week is told by acts rather than brought over.
const TOLD: [usize; 5] = [1, 2, 5, 6, 7];
