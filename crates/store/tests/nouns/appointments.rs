//! Appointments: what is kept, who may see it, and what is done when somebody was quicker.

use crate::support::{self, Rig, minutes};
use crate::world::*;
use domain::appointment::{Appointment, Cancellation, Initiator, Payment, PaymentState, PolicySnapshot, State};
use domain::id::Id;
use domain::money::{Currency, Money};
use domain::reason::Reason;
use holdspace_store::{DbError, Sql, Tx, appointment, sql};

crate::on_both_engines! {
    an_appointment_reads_back_in_every_state;
    everything_about_an_appointment_is_kept;
    the_second_of_two_changes_is_told_that_it_is_stale;
    an_appointment_is_seen_by_those_whose_it_is;
    what_a_client_has_attended_or_missed_is_known;
    money_of_another_currency_is_refused;
    rows_of_appointments_are_distrusted;
}

pub fn cancelled(initiator: Initiator, late: bool) -> State {
    State::Cancelled(Cancellation {
        was_a_request: false,
        initiator,
        reason: (initiator == Initiator::Therapist).then_some(Reason::TherapistIllness),
        note: Some("rang at eight — “sorry”".to_owned()),
        received_at: minutes(-30),
        recorded_at: minutes(-20),
        recorded_by: "thp_ada".to_owned(),
        label: "Cancelled".to_owned(),
        late,
        short_notice: false,
    })
}

fn states() -> Vec<State> {
    vec![
        State::Requested,
        State::Booked,
        State::InProgress,
        State::AwaitingUpdate,
        State::Attended,
        cancelled(Initiator::Client, true),
        cancelled(Initiator::Therapist, false),
        cancelled(Initiator::Practice, false),
        State::ClientNoShow,
        State::LateNotSeen,
        State::TherapistNoShow,
        State::TechnicalFailure,
        State::EnteredInError,
    ]
}

fn the_appointment(rig: &Rig, n: u8) -> Option<Appointment> {
    see(rig, move |tx| Who::Job.look(|scope| appointment::load(tx, scope, apt(n))))
}

fn an_appointment_reads_back_in_every_state(rig: &Rig) {
    settle(rig);
    let words: Vec<_> = states().iter().map(State::word).collect();
    assert_eq!(words, State::WORDS);
    for (n, state) in (1..).zip(states()) {
        let made = Appointment { state, ..an_appointment(n) };
        let kept = made.clone();
        save(rig, move |tx| appointment::insert(tx, &kept));
        assert_eq!(the_appointment(rig, n), Some(made));
    }
    assert_eq!(the_appointment(rig, 99), None);
}

fn everything_about_an_appointment_is_kept(rig: &Rig) {
    settle(rig);
    let plain = an_appointment(1);
    let full = Appointment {
        revision: 2,
        sequence: 1,
        policy: PolicySnapshot {
            late_cancel_fee: Some(gbp(3000)),
            no_show_fee: Some(gbp(0)),
            cutoff_floor: Some(minutes(-5000)),
            terms: None,
            ..plain.policy
        },
        payment: Payment { state: PaymentState::Planned, due_at: Some(minutes(60)) },
        replaces: Some(apt(7)),
        attendance: Default::default(),
        pending_move: Some(Id::from_bytes([8; 16])),
        ..plain.clone()
    };
    let (before, after) = (plain.clone(), full.clone());
    save(rig, move |tx| appointment::insert(tx, &before));
    assert!(save(rig, move |tx| appointment::update(tx, &after, 1)));
    assert_eq!(the_appointment(rig, 1), Some(full));
    let back = Appointment { revision: 3, ..plain };
    let kept = back.clone();
    assert!(save(rig, move |tx| appointment::update(tx, &kept, 2)));
    assert_eq!(the_appointment(rig, 1), Some(back));
}

fn the_second_of_two_changes_is_told_that_it_is_stale(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
    let change = |state| Appointment { revision: 2, state, ..an_appointment(1) };
    assert!(save(rig, move |tx| appointment::update(tx, &change(cancelled(Initiator::Client, false)), 1)));
    assert!(!save(rig, move |tx| appointment::update(tx, &change(State::InProgress), 1)));
    let kept = the_appointment(rig, 1).expect("it is there");
    assert_eq!(kept.state.word(), "cancelled_by_client");
    let dollars = Appointment { price: Money::new(6000, Currency::USD), revision: 3, ..kept };
    assert!(!save(rig, move |tx| appointment::update(tx, &dollars, 2)), "its currency never changes");
}

fn an_appointment_is_seen_by_those_whose_it_is(rig: &Rig) {
    settle(rig);
    save(rig, |tx| appointment::insert(tx, &an_appointment(1)));
    only_those_who_may_see(rig, |tx, scope| Ok(appointment::load(tx, scope, apt(1))?.is_some()));
}

fn what_a_client_has_attended_or_missed_is_known(rig: &Rig) {
    settle(rig);
    let known =
        |rig: &Rig| see(rig, |tx| Ok((appointment::has_attended(tx, ADA_DAN)?, appointment::has_late(tx, ADA_DAN)?)));
    let history = [
        (State::Booked, (false, false)),
        (cancelled(Initiator::Client, false), (false, false)),
        (cancelled(Initiator::Practice, false), (false, false)),
        (State::Attended, (true, false)),
        (cancelled(Initiator::Client, true), (true, true)),
    ];
    for (n, (state, expected)) in (1..).zip(history) {
        save(rig, move |tx| appointment::insert(tx, &Appointment { state: state.clone(), ..an_appointment(n) }));
        assert_eq!(known(rig), expected);
    }
    for (n, state) in [(20, State::ClientNoShow), (21, State::LateNotSeen)] {
        let missed = an_appointment_of(n, ELM, (if n == 20 { ADA_ZOE } else { BEN_EVE }, ADA, ZOE));
        let relationship = missed.relationship;
        assert!(!see(rig, move |tx| appointment::has_late(tx, relationship)), "others' history is not one's own");
        save(rig, move |tx| appointment::insert(tx, &Appointment { state: state.clone(), ..missed.clone() }));
        assert!(see(rig, move |tx| appointment::has_late(tx, relationship)));
    }
}

fn money_of_another_currency_is_refused(rig: &Rig) {
    settle(rig);
    let mut mixed = an_appointment(1);
    mixed.policy.late_cancel_fee = Some(Money::new(1, Currency::USD));
    let refused = support::write(&rig.store, move |tx| appointment::insert(tx, &mixed));
    assert!(matches!(refused, Err(DbError::Check(_))), "{refused:?}");
    let backwards = Appointment { end: minutes(60), ..an_appointment(1) };
    let refused = support::write(&rig.store, move |tx| appointment::insert(tx, &backwards));
    assert!(matches!(refused, Err(DbError::Check(_))), "{refused:?}");
}

fn rows_of_appointments_are_distrusted(rig: &Rig) {
    settle(rig);
    save(rig, |tx| {
        appointment::insert(tx, &an_appointment(1))?;
        appointment::insert(tx, &Appointment { state: cancelled(Initiator::Client, true), ..an_appointment(2) })
    });
    let harms: [(u8, Sql, &str); 11] = [
        (1, sql!("UPDATE appointment SET state = 'cancelled_by_client'"), "cancellation"),
        (2, sql!("UPDATE appointment SET state = 'cancelled_by_therapist'"), "cancellation"),
        (2, sql!("UPDATE appointment SET state = 'booked'"), "cancellation"),
        (2, sql!("UPDATE appointment SET cancellation = '{}' WHERE cancellation IS NOT NULL"), "cancellation"),
        (2, sql!("UPDATE appointment SET cancelled_late = 0 WHERE cancellation IS NOT NULL"), "cancelled_late"),
        (1, sql!("UPDATE appointment SET policy_preset = 'free'"), "policy_preset"),
        (1, sql!("UPDATE appointment SET boundary = 'fuzzy'"), "boundary"),
        (1, sql!("UPDATE appointment SET agreed_how = 'shouted'"), "agreed_how"),
        (1, sql!("UPDATE appointment SET zone = 'Mars/Base'"), "zone"),
        (1, sql!("UPDATE appointment SET currency = '£'"), "currency"),
        (1, sql!("UPDATE appointment SET replaces = 'off_1'"), "replaces"),
    ];
    for (n, harm, column) in harms {
        let look = move |tx: &mut Tx<'_>| Who::Job.look(|scope| appointment::load(tx, scope, apt(n)));
        assert_eq!(blamed(rig, harm, look), column, "{harm}");
    }
}
