//! Letters with a sign-in link. They are made at hand-off from the token's row; only a hash of the link is at rest.

use super::deliver::{Call, Errand, Noted, Outcome, backoff, words};
use super::{Parcel, Step, finish, subject};
use crate::app::App;
use crate::flow::signin::{PostLetter, link_of};
use crate::flow::{Flow, jobs};
use domain::id::TokenId;
use domain::person::Person;
use domain::practice::Practice;
use domain::time::Instant;
use outside::mail::{Letter, Person as Named};
use std::sync::Arc;
use store::Tx;
use store::job::{Job, Leased, Priority};

/// Puts a sign-in letter on the worker's list: the way of every server but a test's.
pub fn post_letter() -> PostLetter {
    Arc::new(|tx, letter| {
        let subject = letter.token.to_string();
        let (practice, due_at) = (letter.practice, letter.expires_at - crate::flow::signin::LINK_LASTS);
        let job = Job { kind: jobs::SIGN_IN, subject: &subject, practice, priority: Priority::Urgent, due_at };
        store::job::enqueue(tx, &job)
    })
}

/// Makes the letter, or nothing where the link can't be used any more.
pub(super) fn prepare(app: &App, job: Leased, now: Instant) -> Flow<Step> {
    let token: TokenId = subject(&job)?;
    let found = app.store.read(move |tx: &mut Tx| -> Flow<Option<(Practice, Person, Instant)>> {
        let Some((person, until)) = store::token::asked(tx, token, now)? else { return Ok(None) };
        let Some(person) = store::person::load(tx, person)? else { return Ok(None) };
        let practice = store::practice::load(tx, person.practice)?;
        Ok(practice.map(|practice| (practice, person, until)))
    })?;
    let call = found.and_then(|(practice, person, until)| {
        let letter = letter(app, token, &practice, &person, until)?;
        let parcel = Parcel::Letter(Box::new(letter));
        Some(Call { job: job.clone(), errand: Errand::SignIn(person.id), parcel, at: now, noted: Noted::default() })
    });
    match call {
        Some(call) => Ok(Step::Call(Box::new(call))),
        None => finish(app, &job, None, None, now).map(|()| Step::Worked),
    }
}

/// A letter that went wrong is tried again while its link lives; whether it arrived, the person shows by coming.
pub(super) fn record(app: &App, job: &Leased, outcome: Outcome, now: Instant) -> Flow<()> {
    match outcome {
        Outcome::NotYet(why) => {
            let token: TokenId = subject(job)?;
            finish(app, job, Some(now + backoff(token.bytes(), job.attempts)), Some(why), now)
        }
        Outcome::Accepted(_) | Outcome::Refused(_) | Outcome::Unknown(_) | Outcome::Gone(..) => {
            tracing::info!(job = job.subject, outcome = words(&outcome), "a sign-in letter was handed over");
            finish(app, job, None, None, now)
        }
    }
}

fn letter(app: &App, token: TokenId, practice: &Practice, to: &Person, until: Instant) -> Option<Letter> {
    // The moment that it was asked for, not this attempt's: every try sends the same bytes (C1).
    let asked = until - crate::flow::signin::LINK_LASTS;
    let written = app.tools.writer.sign_in(practice, to, until, asked);
    let fill = |text: &str| text.replace("{link}", &link_of(app, token)).replace("{receipt}", "");
    Some(Letter {
        message_id: format!("{token}@{}", app.config.base_url.host()).parse().ok()?,
        date: asked,
        from: Named { name: practice.name.clone(), address: app.tools.from.clone() },
        reply_to: None,
        to: Named { name: to.name.clone(), address: to.email.as_deref()?.parse().ok()? },
        subject: written.subject,
        text: fill(&written.text),
        html: Some(fill(&written.html)),
        calendar: None,
        headers: Vec::new(),
    })
}
