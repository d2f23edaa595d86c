//! Jobs: leased before they run, guarded by the fence afterwards, each practice in its turn.

mod support;

use domain::id::PracticeId;
use domain::time::{Instant, Span};
use holdspace_store::job::{self, Job, Leased, Priority, Recording};
use holdspace_store::{DbError, Store, Tx};
use support::{Rig, minutes, noon, practice};

on_every_engine! {
    a_job_runs_once_and_is_gone;
    asking_twice_makes_one_job_at_the_earlier_moment;
    asking_while_it_runs_makes_it_run_once_more;
    a_worker_that_died_is_noticed_and_its_late_word_is_not_heard;
    an_attempt_is_counted_before_it_is_made;
    a_job_that_is_given_up_waits_for_a_person;
    urgent_jobs_go_first_and_every_practice_has_its_turn;
    workers_never_share_a_job;
    a_waiting_job_can_be_moved_or_removed;
    a_job_that_begins_anew_is_not_taken_for_its_older_self;
    one_commit_changes_many_thousands;
}

const LEASE: Span = Span::minutes(2);

fn ask_for(store: &Store, practice: PracticeId, subject: &str, priority: Priority, due_at: Instant) {
    let subject = subject.to_owned();
    store
        .write_unaudited(move |tx| {
            job::enqueue(tx, &Job { kind: "deliver", subject: &subject, practice, priority, due_at })
        })
        .expect("asked");
}

fn ask(store: &Store, subject: &str, due_at: Instant) {
    ask_for(store, practice(1), subject, Priority::Normal, due_at);
}

fn claim(store: &Store, now: Instant, limit: u32) -> Vec<Leased> {
    store.write_unaudited(move |tx| job::claim(tx, now, limit, LEASE, &mut job::Turns::default())).expect("claimed")
}

fn claim_one(store: &Store, now: Instant) -> Leased {
    let mut leased = claim(store, now, 10);
    assert_eq!(leased.len(), 1, "{leased:?}");
    leased.remove(0)
}

fn done(store: &Store, leased: &Leased, now: Instant) -> Recording {
    let leased = leased.clone();
    store.write_unaudited(move |tx| job::done(tx, &leased, now)).expect("answered")
}

fn next_due(store: &Store) -> Option<Instant> {
    store.read(job::next_due).expect("read")
}

fn a_job_runs_once_and_is_gone(rig: &Rig) {
    ask(&rig.store, "msg_1", minutes(5));
    assert_eq!(next_due(&rig.store), Some(minutes(5)));
    assert!(claim(&rig.store, minutes(4), 10).is_empty(), "not yet due");
    let leased = claim_one(&rig.store, minutes(5));
    assert_eq!((leased.kind.as_str(), leased.subject.as_str(), leased.attempts), ("deliver", "msg_1", 1));
    assert_eq!(leased.lease_until, minutes(7));
    assert_eq!(next_due(&rig.store), Some(minutes(7)), "a lease may run out");
    assert!(claim(&rig.store, minutes(6), 10).is_empty(), "somebody has it");
    assert_eq!(done(&rig.store, &leased, minutes(6)), Recording::Recorded);
    assert_eq!(next_due(&rig.store), None);
    assert_eq!(done(&rig.store, &leased, minutes(6)), Recording::FenceLost);
}

fn asking_twice_makes_one_job_at_the_earlier_moment(rig: &Rig) {
    ask(&rig.store, "msg_1", minutes(9));
    ask(&rig.store, "msg_1", minutes(3));
    ask(&rig.store, "msg_1", minutes(6));
    assert_eq!(next_due(&rig.store), Some(minutes(3)));
    let leased = claim_one(&rig.store, minutes(9));
    assert_eq!(done(&rig.store, &leased, minutes(9)), Recording::Recorded);
    assert!(claim(&rig.store, minutes(99), 10).is_empty());
}

fn asking_while_it_runs_makes_it_run_once_more(rig: &Rig) {
    ask(&rig.store, "msg_1", noon());
    let leased = claim_one(&rig.store, noon());
    ask(&rig.store, "msg_1", noon());
    assert!(claim(&rig.store, minutes(1), 10).is_empty(), "it still runs");
    assert_eq!(done(&rig.store, &leased, minutes(1)), Recording::Recorded);
    let again = claim_one(&rig.store, minutes(1));
    assert_eq!(again.attempts, 1, "a new errand, not a repeated one");
    assert_eq!(done(&rig.store, &again, minutes(1)), Recording::Recorded);
    assert_eq!(next_due(&rig.store), None);
}

fn a_worker_that_died_is_noticed_and_its_late_word_is_not_heard(rig: &Rig) {
    ask(&rig.store, "msg_1", noon());
    let dead = claim_one(&rig.store, noon());
    let overdue = |now| rig.store.read(move |tx| job::overdue_leases(tx, now, 10)).expect("read");
    assert!(overdue(minutes(1)).is_empty());
    assert_eq!(overdue(minutes(2)), std::slice::from_ref(&dead));
    let second = claim_one(&rig.store, minutes(2));
    assert!(second.fence > dead.fence);
    assert_eq!(second.attempts, 2);
    let late = dead.clone();
    let heard = rig.store.write_unaudited(move |tx| job::again(tx, &late, minutes(9), Some("late"))).expect("answered");
    assert_eq!(heard, Recording::FenceLost);
    assert_eq!(done(&rig.store, &dead, minutes(3)), Recording::FenceLost);
    assert_eq!(done(&rig.store, &second, minutes(3)), Recording::Recorded);
}

fn an_attempt_is_counted_before_it_is_made(rig: &Rig) {
    ask(&rig.store, "msg_poison", noon());
    for attempt in 1..=5 {
        let leased = claim_one(&rig.store, minutes(i64::from(attempt) * 2));
        assert_eq!(leased.attempts, attempt, "its worker died each time without a word");
    }
}

fn a_job_that_is_given_up_waits_for_a_person(rig: &Rig) {
    ask(&rig.store, "msg_1", noon());
    let first = claim_one(&rig.store, noon());
    let recorded = rig
        .store
        .write_unaudited(move |tx| job::again(tx, &first, minutes(5), Some("line was busy")))
        .expect("answered");
    assert_eq!(recorded, Recording::Recorded);
    assert!(claim(&rig.store, minutes(4), 10).is_empty());
    let second = claim_one(&rig.store, minutes(5));
    assert_eq!(second.last_error.as_deref(), Some("line was busy"));
    let recorded = rig.store.write_unaudited(move |tx| job::give_up(tx, &second, "no such number")).expect("answered");
    assert_eq!(recorded, Recording::Recorded);
    assert!(claim(&rig.store, minutes(999), 10).is_empty());
    assert_eq!(next_due(&rig.store), None);
    let waiting = rig.store.read(|tx| job::given_up(tx, practice(1), 10)).expect("read");
    assert_eq!((waiting.len(), waiting[0].why.as_str(), waiting[0].attempts), (1, "no such number", 2));
    ask(&rig.store, "msg_1", minutes(20));
    assert_eq!(claim_one(&rig.store, minutes(20)).attempts, 1, "asked for again, it begins anew");
}

fn urgent_jobs_go_first_and_every_practice_has_its_turn(rig: &Rig) {
    for n in 0..20 {
        ask_for(&rig.store, practice(1), &format!("msg_big_{n:02}"), Priority::Normal, minutes(-60));
    }
    for n in 0..2 {
        ask_for(&rig.store, practice(2), &format!("msg_small_{n}"), Priority::Normal, minutes(-1));
        ask_for(&rig.store, practice(3), &format!("msg_bulk_{n}"), Priority::Bulk, minutes(-90));
    }
    ask_for(&rig.store, practice(1), "msg_urgent", Priority::Urgent, noon());
    let order: Vec<String> = claim(&rig.store, noon(), 6).into_iter().map(|leased| leased.subject).collect();
    let expected = ["msg_urgent", "msg_big_00", "msg_small_0", "msg_big_01", "msg_small_1", "msg_big_02"];
    assert_eq!(order, expected);
    let rest = claim(&rig.store, noon(), 99);
    assert_eq!(rest.len(), 19);
    assert!(rest[17].subject.starts_with("msg_bulk"), "{}", rest[17].subject);
}

fn workers_never_share_a_job(rig: &Rig) {
    for n in 0..100 {
        ask(&rig.store, &format!("msg_{n:03}"), noon());
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let store = rig.store.clone();
            std::thread::spawn(move || {
                let mut mine = Vec::new();
                loop {
                    let leased = claim(&store, noon(), 7);
                    if leased.is_empty() {
                        return mine;
                    }
                    mine.extend(leased.into_iter().map(|leased| leased.subject));
                }
            })
        })
        .collect();
    let mut all: Vec<String> = workers.into_iter().flat_map(|worker| worker.join().expect("a worker")).collect();
    all.sort_unstable();
    all.dedup();
    let left = claim(&rig.store, noon(), 100).len();
    assert_eq!(all.len() + left, 100, "each job went to one worker");
}

fn a_waiting_job_can_be_moved_or_removed(rig: &Rig) {
    ask(&rig.store, "msg_1", minutes(5));
    let shift = |minute: i64| {
        rig.store.write_unaudited(move |tx| job::move_to(tx, "deliver", "msg_1", minutes(minute))).expect("moved");
    };
    shift(50);
    assert_eq!(next_due(&rig.store), Some(minutes(50)));
    shift(1);
    let leased = claim_one(&rig.store, minutes(1));
    shift(0);
    let remove = || rig.store.write_unaudited(|tx| job::remove(tx, "deliver", "msg_1")).expect("removed");
    remove();
    assert_eq!(done(&rig.store, &leased, minutes(1)), Recording::Recorded, "what runs is left alone");
    ask(&rig.store, "msg_1", minutes(5));
    remove();
    assert_eq!(next_due(&rig.store), None);
}

fn a_job_that_begins_anew_is_not_taken_for_its_older_self(rig: &Rig) {
    ask(&rig.store, "msg_1", noon());
    let sleeper = claim_one(&rig.store, noon());
    let second = claim_one(&rig.store, minutes(2));
    assert_eq!(done(&rig.store, &second, minutes(3)), Recording::Recorded);
    ask(&rig.store, "msg_1", minutes(3));
    let third = claim_one(&rig.store, minutes(3));
    assert_eq!(done(&rig.store, &sleeper, minutes(4)), Recording::FenceLost);
    assert_eq!(done(&rig.store, &third, minutes(4)), Recording::Recorded);
}

#[test]
fn a_job_is_asked_for_only_if_its_cause_is_kept() {
    let rig = Rig::memory();
    let refused = rig.store.write_unaudited(|tx| {
        let job = Job {
            kind: "deliver",
            subject: "msg_1",
            practice: practice(1),
            priority: Priority::Normal,
            due_at: noon(),
        };
        job::enqueue(tx, &job)?;
        Err::<(), _>(DbError::Busy)
    });
    assert_eq!(refused, Err(DbError::Busy));
    assert_eq!(next_due(&rig.store), None);
}

/// Six megabytes of pages that stood before: SQLite keeps each of them until the savepoint ends.
fn one_commit_changes_many_thousands(rig: &Rig) {
    let all = |priority| {
        move |tx: &mut Tx<'_>| {
            (0..8_000).try_for_each(|number| {
                let subject = format!("{number:0>400}");
                let (practice, due_at) = (practice(1), minutes(5));
                job::enqueue(tx, &Job { kind: "deliver", subject: &subject, practice, priority, due_at })
            })
        }
    };
    rig.store.write_unaudited(all(Priority::Normal)).expect("put down");
    rig.store.write_unaudited(all(Priority::Urgent)).expect("changed, every one");
    assert_eq!(claim(&rig.store, minutes(6), 1).len(), 1);
}
