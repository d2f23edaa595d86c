//! The way to browsers: one notice to each of a person's, by whichever push service each has.

use crate::work::{Outcome, Push, PushTo};
use domain::telling::pace::Breaker;
use domain::time::Instant;
use outside::handed::Handed;
use outside::push::{Answer, Notice, PushSender, Urgency};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Push services that are remembered; browsers name them, so there is an end to it.
const SERVICES_MAX: usize = 200;

/// Whoever writes to push services, and which of them answers.
pub(super) struct PushWay {
    sender: PushSender,
    breakers: Mutex<HashMap<String, Breaker>>,
}

impl PushWay {
    pub(super) fn new(sender: PushSender) -> Self {
        Self { sender, breakers: Mutex::default() }
    }

    /// To each browser. One that has it is enough; one that is there no more is named, so that it is forgotten.
    pub(super) fn hand_off(&self, push: &Push, now: Instant) -> Outcome {
        let (mut gone, mut best) = (Vec::new(), None);
        for to in &push.devices {
            match self.one(push, to, now) {
                Answer::Gone(why) => {
                    gone.push(to.device.id);
                    best = better(best, Outcome::Refused(why));
                }
                Answer::Handed(handed) => best = better(best, handed.into()),
            }
        }
        let then = best.unwrap_or_else(|| Outcome::Refused("there is no browser to write to".into()));
        if gone.is_empty() { then } else { Outcome::Gone(gone, Box::new(then)) }
    }

    fn one(&self, push: &Push, to: &PushTo, now: Instant) -> Answer {
        let service = service(&to.device.subscription.endpoint);
        if self.with(&service, |breaker| breaker.try_now(now)).is_err() {
            let why = "the push service does not answer; it is asked again soon".to_owned();
            return Answer::Handed(Handed::NotAccepted { why });
        }
        let subscription = &to.device.subscription;
        let notice = Notice {
            endpoint: &subscription.endpoint,
            p256dh: &subscription.p256dh,
            auth: &subscription.auth,
            payload: &push.payload,
            secrets: &to.secrets,
            keep: push.keep,
            urgency: if push.urgent { Urgency::High } else { Urgency::Normal },
        };
        let answer = self.sender.hand_off(&notice, now);
        let silent =
            matches!(&answer, Answer::Handed(Handed::NotAccepted { .. } | Handed::Refused { permanent: false, .. }));
        match silent {
            true => {
                self.with(&service, |breaker| breaker.silent(now));
            }
            false => self.with(&service, Breaker::answered),
        }
        answer
    }

    fn with<T>(&self, service: &str, act: impl FnOnce(&mut Breaker) -> T) -> T {
        let mut breakers = self.breakers.lock().unwrap_or_else(PoisonError::into_inner);
        if breakers.len() > SERVICES_MAX && !breakers.contains_key(service) {
            breakers.clear();
        }
        act(breakers.entry(service.to_owned()).or_default())
    }
}

/// The part of an address that names the service.
fn service(endpoint: &str) -> String {
    let rest = endpoint.split_once("://").map_or(endpoint, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// Of two outcomes the one that counts for the person: somebody has it, or may have it, or will be tried again.
fn better(before: Option<Outcome>, now: Outcome) -> Option<Outcome> {
    let rank = |outcome: &Outcome| match outcome {
        Outcome::Accepted(_) => 0,
        Outcome::Unknown(_) => 1,
        Outcome::NotYet(_) => 2,
        Outcome::Refused(_) | Outcome::Gone(..) => 3,
    };
    match before {
        Some(before) if rank(&before) <= rank(&now) => Some(before),
        _ => Some(now),
    }
}
