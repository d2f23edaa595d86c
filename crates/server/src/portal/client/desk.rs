//! Between pages and flows: reads in one transaction, acts once for each form, and the addresses of both doors.

use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::dice::hash_of;
use crate::error::Problem;
use crate::flow::once::{self, Once};
use crate::flow::{self, Ask, Failed, Flow};
use domain::audit::Hash;
use domain::id::{AppointmentId, OfferId, RelationshipId};
use domain::message::LinkTo;
use domain::refusal::{Class, Refusal};
use domain::time::Instant;
use serde::{Deserialize, Serialize};
use store::command::Key;
use store::{DbError, Done, Tx};

/// What a page needs to know of an act to lead on; kept so that a form sent twice leads to the same place.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The appointment that it was about.
    pub appointment: Option<AppointmentId>,
    /// The appointment that it made.
    pub booked: Option<AppointmentId>,
}

/// How an act ended.
pub(super) enum Acted {
    /// It is done, now or by the same form before.
    Done(Kept),
    /// A rule said no.
    Refused(Box<Refusal>),
    /// This form was used before for another choice, or there was nothing to do: the page shows how things stand.
    Over,
}

/// Who asks, when, under which command.
pub(super) fn ask<A: Scoped>(call: &Call<A>) -> Ask {
    Ask { who: call.scope().into(), now: call.now, command: call.command }
}

/// Reads in one transaction.
pub(super) async fn read<A, T, F>(app: &App, call: &Call<A>, mut load: F) -> Result<T, Problem>
where
    A: Scoped,
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>, &App, &Ask) -> Flow<T> + Send + 'static,
{
    let (inner, ask) = (app.clone(), ask(call));
    Ok(app.store.read_async(move |tx: &mut Tx<'_>| load(tx, &inner, &ask)).await?)
}

/// The same for a preview, whose refusal the page tells in its own words.
pub(super) async fn try_read<A, T, F>(
    app: &App,
    call: &Call<A>,
    mut load: F,
) -> Result<Result<T, Box<Refusal>>, Problem>
where
    A: Scoped,
    T: Send + 'static,
    F: FnMut(&mut Tx<'_>, &App, &Ask) -> Flow<T> + Send + 'static,
{
    let (inner, ask) = (app.clone(), ask(call));
    match app.store.read_async(move |tx: &mut Tx<'_>| load(tx, &inner, &ask)).await {
        Ok(found) => Ok(Ok(found)),
        Err(Failed::Refused(refusal)) if refusal.class != Class::NotFound => Ok(Err(refusal)),
        Err(other) => Err(other.into()),
    }
}

/// Runs an act, once for the form that it came with.
pub(super) async fn act<A, F>(app: &App, call: &Call<A>, mut run: F) -> Result<Acted, Problem>
where
    A: Scoped,
    F: FnMut(&mut Tx<'_>, &App, &Ask) -> Flow<Done<flow::Answer>> + Send + 'static,
{
    let ask = ask(call);
    let (inner, asked) = (app.clone(), ask.clone());
    let written = once::write(app, &ask, once(call), move |tx| {
        let done = run(tx, &inner, &asked)?;
        let kept = Kept {
            appointment: done.answer.appointment.as_ref().map(|appointment| appointment.id),
            booked: done.answer.booked.as_ref().map(|appointment| appointment.id),
        };
        Ok(Done { answer: kept, audit: done.audit, more: done.more })
    });
    match written.await {
        Ok(answered) => Ok(Acted::Done(answered.answer)),
        Err(Failed::Nothing { .. }) => Ok(Acted::Over),
        Err(Failed::Refused(refusal)) if refusal.code == "idempotency_key_reused" => Ok(Acted::Over),
        Err(Failed::Refused(refusal)) if refusal.class != Class::NotFound => Ok(Acted::Refused(refusal)),
        Err(other) => Err(other.into()),
    }
}

fn once<A: Scoped>(call: &Call<A>) -> Option<Once> {
    let idempotency = call.idempotency()?;
    let principal = call.scope().signature();
    let key = Key { principal, route: "client".to_owned(), key: idempotency.key.clone() };
    Some(Once { key, request: Hash::from_bytes(idempotency.fingerprint) })
}

/// The address below which this page and what belongs to it lives: `/r/{token}` for whoever holds a link, else the path
/// of the thing below `/c`.
pub(super) fn base<A: Scoped>(call: &Call<A>, portal: &str) -> String {
    match call.param("token") {
        "" => format!("{portal}/{}", call.param("id")),
        token => format!("/r/{token}"),
    }
}

/// Through which door somebody came: what they are shown leads on through the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Door {
    /// A link in a message.
    Link,
    /// Signed in.
    Portal,
}

impl Door {
    /// The door of this call.
    pub fn of<A: Scoped>(call: &Call<A>) -> Self {
        if call.param("token").is_empty() { Self::Portal } else { Self::Link }
    }

    /// The page of an appointment.
    pub fn session(self, app: &App, id: AppointmentId) -> String {
        match self {
            Self::Link => link(app, LinkTo::Appointment(id)),
            Self::Portal => format!("/c/sessions/{id}"),
        }
    }

    /// The page to book with the therapist of a relationship.
    pub fn booking(self, app: &App, id: RelationshipId) -> String {
        match self {
            Self::Link => link(app, LinkTo::Booking(id)),
            Self::Portal => format!("/c/book/{id}"),
        }
    }

    /// The same, if this door is open to them: a booking link works only once it was sent (G-11, G-13).
    pub fn open_booking(
        self,
        tx: &mut Tx<'_>,
        app: &App,
        id: RelationshipId,
        now: Instant,
    ) -> Result<Option<String>, DbError> {
        let secret = app.tools.link_key.secret(LinkTo::Booking(id));
        let is_open = self == Self::Portal || store::token::link(tx, hash_of(&secret), now)?.is_some();
        Ok(is_open.then(|| self.booking(app, id)))
    }

    /// The page of an offer.
    pub fn offer(self, app: &App, id: OfferId) -> String {
        match self {
            Self::Link => link(app, LinkTo::Offer(id)),
            Self::Portal => format!("/c/offers/{id}"),
        }
    }

    /// The practice's policy.
    pub fn policy(self, base: &str) -> String {
        match self {
            Self::Link => format!("{base}/policy"),
            Self::Portal => "/c/policy".to_owned(),
        }
    }
}

fn link(app: &App, to: LinkTo) -> String {
    format!("/r/{}", app.tools.link_key.secret(to))
}
