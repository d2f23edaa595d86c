//! The desk: what therapists and the office do alike. Each page is written once, for any kind of actor at a desk;
//! the base of its addresses is the actor's own portal.

mod acts;
mod agreement;
mod ask_team;
mod ask_to_move;
mod book;
mod call;
mod cancel;
mod cancelled;
mod changed;
mod client_cancelled;
mod contact;
mod details;
mod duties;
mod effects;
pub mod file;
mod frame;
mod list;
mod live;
mod money;
mod next_step;
mod people;
mod reschedule;
pub mod sent;
mod slots;
mod story;
pub mod words;

pub use crate::when::{When, capital, later};
pub use agreement::{AgreementView as Agreed, Choice, read as read_agreement};
pub use book::choices as relationship_choices;
pub use duties::{DutyView, duty_views, view as duty_view};
pub use live::{LiveView, load as live_of, of_story as live_of_story};
pub use money::{EntryView, balance_words, entry_views, minor, what as entry_words};
pub use people::{People, dial};
pub use story::{MessageView, Story, load as story_of, message_view};
pub use words::sized;

use super::redirect;
use crate::actor::{Scoped, Staff, Therapist};
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::once::{Answered, Once};
use crate::flow::{self, Ask, Failed, Flow};
use crate::routes::{Answer, Route, get, post};
use axum::http::StatusCode;
use domain::access::Actor;
use domain::audit::Hash;
use domain::reason::Initiator;
use domain::refusal::Class;
use std::ops::Deref;
use store::command::Key;
use store::{Done, Tx};

/// Somebody at a desk: a therapist or the office.
pub trait Desk: Scoped + Deref<Target = Actor> {
    /// Where their pages begin.
    const BASE: &'static str;
    /// Who it is that calls something off here, unless they say otherwise.
    const SIDE: Initiator;

    /// Their page of appointments.
    fn appointments() -> String {
        format!("{}/appointments", Self::BASE)
    }
    /// Whether this is a therapist's own desk.
    fn is_therapist() -> bool {
        Self::SIDE == Initiator::Therapist
    }
}

impl Desk for Therapist {
    const BASE: &'static str = "/t";
    const SIDE: Initiator = Initiator::Therapist;
}

impl Desk for Staff {
    const BASE: &'static str = "/p";
    const SIDE: Initiator = Initiator::Practice;
}

/// The same routes for each kind of actor at a desk.
macro_rules! desk_routes {
    ($kind:ty, $base:literal) => {
        vec![
            get::<$kind>(concat!($base, "/appointments"), list::page::<$kind>)
                .about("appointment")
                .says("Appointments, found by the client's name"),
            get::<$kind>(concat!($base, "/appointments/new"), book::page::<$kind>)
                .about("appointment")
                .says("Book a time that the client agreed to"),
            post::<$kind>(concat!($base, "/appointments/new"), book::book::<$kind>)
                .about("appointment")
                .audits("appointment_booked")
                .says("Books it"),
            get::<$kind>(concat!($base, "/appointments/{id}"), details::page::<$kind>)
                .about("appointment")
                .says("One appointment: details, and what can be done"),
            get::<$kind>(concat!($base, "/appointments/{id}/cancel"), frame::page::<$kind, cancel::CancelForm>)
                .about("appointment")
                .says("The cancellation form"),
            post::<$kind>(concat!($base, "/appointments/{id}/cancel"), frame::act::<$kind, cancel::CancelForm>)
                .about("appointment")
                .audits("appointment_cancelled")
                .says("Cancels it, with a next step"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/cancel/preview"),
                frame::preview::<$kind, cancel::CancelForm>,
            )
            .about("appointment")
            .says("Shows what cancelling would do"),
            get::<$kind>(concat!($base, "/appointments/{id}/cancelled"), cancelled::page::<$kind>)
                .about("appointment")
                .says("What became of a cancellation, and what is left"),
            get::<$kind>(
                concat!($base, "/appointments/{id}/client-cancelled"),
                frame::page::<$kind, client_cancelled::ClientCancelledForm>,
            )
            .about("appointment")
            .says("The form for a client's own cancellation"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/client-cancelled"),
                frame::act::<$kind, client_cancelled::ClientCancelledForm>,
            )
            .about("appointment")
            .audits("appointment_cancelled")
            .says("Records that the client cancelled"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/client-cancelled/preview"),
                frame::preview::<$kind, client_cancelled::ClientCancelledForm>,
            )
            .about("appointment")
            .says("Shows what recording it would do"),
            get::<$kind>(
                concat!($base, "/appointments/{id}/reschedule"),
                frame::page::<$kind, reschedule::RescheduleForm>,
            )
            .about("appointment")
            .says("The form for a move that the client agreed to"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/reschedule"),
                frame::act::<$kind, reschedule::RescheduleForm>,
            )
            .about("appointment")
            .audits("appointment_rescheduled")
            .says("Moves it"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/reschedule/preview"),
                frame::preview::<$kind, reschedule::RescheduleForm>,
            )
            .about("appointment")
            .says("Shows what moving would do"),
            get::<$kind>(concat!($base, "/appointments/{id}/ask-to-move"), frame::page::<$kind, ask_to_move::AskForm>)
                .about("appointment")
                .says("The form to ask the client for another time"),
            post::<$kind>(concat!($base, "/appointments/{id}/ask-to-move"), frame::act::<$kind, ask_to_move::AskForm>)
                .about("appointment")
                .audits("move_asked")
                .says("Asks the client for another time"),
            post::<$kind>(
                concat!($base, "/appointments/{id}/ask-to-move/preview"),
                frame::preview::<$kind, ask_to_move::AskForm>,
            )
            .about("appointment")
            .says("Shows what asking would do"),
            post::<$kind>(concat!($base, "/appointments/{id}/withdraw"), acts::withdraw::<$kind>)
                .about("offer")
                .audits("move_withdrawn")
                .says("No longer asks the client for another time"),
            post::<$kind>(concat!($base, "/appointments/{id}/undo"), acts::undo::<$kind>)
                .about("appointment")
                .audits("edit_undone")
                .says("Takes the last change back, while its messages wait"),
            post::<$kind>(concat!($base, "/appointments/{id}/confirm"), acts::confirm::<$kind>)
                .about("appointment")
                .audits("request_confirmed")
                .says("Books a time that the client asked for"),
            post::<$kind>(concat!($base, "/appointments/{id}/decline"), acts::decline::<$kind>)
                .about("appointment")
                .audits("request_declined")
                .says("Declines a time that the client asked for"),
            get::<$kind>(concat!($base, "/appointments/{id}/ask-team"), ask_team::page::<$kind>)
                .about("change request")
                .says("The form to ask the team for a change after the start"),
            post::<$kind>(concat!($base, "/appointments/{id}/ask-team"), ask_team::ask_team::<$kind>)
                .about("change request")
                .audits("team_asked")
                .says("Asks the team for a change after the start"),
            get::<$kind>(concat!($base, "/appointments/{id}/money"), money::page::<$kind>)
                .about("ledger")
                .says("The money of one appointment, and what may be decided about it"),
            post::<$kind>(concat!($base, "/appointments/{id}/money"), money::act::<$kind>)
                .about("ledger")
                .audits("settled_by_hand")
                .says("Lets a fee go, gives money back, asks the team for it, or settles it by hand"),
            get::<$kind>(concat!($base, "/appointments/{id}/live"), live::page::<$kind>)
                .about("appointment")
                .says("The live page: late, missed, the client late or here, and what came of it"),
            post::<$kind>(concat!($base, "/appointments/{id}/live"), live::act::<$kind>)
                .about("appointment")
                .audits("running_late")
                .says("Says or does one of these"),
            post::<$kind>(concat!($base, "/appointments/{id}/writing"), live::writing::<$kind>)
                .about("appointment")
                .says("Says that this person is writing to the client"),
            get::<$kind>(concat!($base, "/appointments/{id}/call"), call::page::<$kind>)
                .about("contact attempt")
                .says("A call as a task: the number, what to say, the finished text, and what came of it"),
            post::<$kind>(concat!($base, "/appointments/{id}/attempt"), contact::attempt::<$kind>)
                .about("contact attempt")
                .audits("contact_attempted")
                .says("Puts an attempt to reach the client on file"),
            get::<$kind>(concat!($base, "/appointments/{id}/note"), contact::note_page::<$kind>)
                .about("note")
                .says("The form of the contact note"),
            post::<$kind>(concat!($base, "/appointments/{id}/note"), contact::note::<$kind>)
                .about("note")
                .audits("note_written")
                .says("Writes the contact note"),
            post::<$kind>(concat!($base, "/duties/{id}/meet"), contact::meet::<$kind>)
                .about("obligation")
                .audits("obligation_met")
                .says("Says that a duty is done, with what shows it"),
            post::<$kind>(concat!($base, "/duties/{id}/excuse"), contact::excuse::<$kind>)
                .about("obligation")
                .audits("obligation_excused")
                .says("Says why a duty is no longer owed"),
            get::<$kind>(concat!($base, "/updates"), file::updates::page::<$kind>)
                .about("appointment")
                .says("What awaits its attendance update"),
            get::<$kind>(concat!($base, "/appointments/{id}/update"), file::update::page::<$kind>)
                .about("appointment")
                .says("The attendance update: four questions"),
            post::<$kind>(concat!($base, "/appointments/{id}/update"), file::update::update::<$kind>)
                .about("appointment")
                .audits("attendance_updated")
                .says("Saves the update"),
            get::<$kind>(concat!($base, "/appointments/{id}/correct"), file::correct::page::<$kind>)
                .about("appointment")
                .says("The form that sets the record right"),
            post::<$kind>(concat!($base, "/appointments/{id}/correct"), file::correct::correct::<$kind>)
                .about("appointment")
                .audits("appointment_corrected")
                .says("Sets the record right"),
            post::<$kind>(concat!($base, "/appointments/{id}/statements"), file::correct::say::<$kind>)
                .about("statement")
                .audits("statement_made")
                .says("Puts one’s own account of it on file"),
            post::<$kind>(concat!($base, "/appointments/{id}/notes"), file::notes::open::<$kind>)
                .about("note")
                .audits("notes_read")
                .says("Opens the contact notes; that somebody did goes on record"),
            get::<$kind>(concat!($base, "/slots"), file::slots::page::<$kind>)
                .about("reserved slot")
                .says("Weekly times kept for clients"),
            post::<$kind>(concat!($base, "/slots"), file::slots::add::<$kind>)
                .about("reserved slot")
                .audits("slot_reserved")
                .says("Keeps a weekly time for a client"),
            post::<$kind>(concat!($base, "/slots/{id}/remove"), file::slots::remove::<$kind>)
                .about("reserved slot")
                .audits("slot_removed")
                .says("Gives it up"),
            post::<$kind>(concat!($base, "/slots/{id}/restore"), file::slots::restore::<$kind>)
                .about("reserved slot")
                .audits("slot_restored")
                .says("Adds it back"),
            post::<$kind>(concat!($base, "/slots/{id}/pause"), file::slots::pause::<$kind>)
                .about("reserved slot")
                .audits("slot_paused")
                .says("Lets others have it for now"),
            post::<$kind>(concat!($base, "/slots/{id}/resume"), file::slots::resume::<$kind>)
                .about("reserved slot")
                .audits("slot_resumed")
                .says("Keeps it again"),
            post::<$kind>(concat!($base, "/slots/{id}/release"), file::slots::release::<$kind>)
                .about("reserved slot")
                .audits("slot_week_released")
                .says("Lets one of its days go"),
            get::<$kind>(concat!($base, "/clients"), file::clients::list::<$kind>)
                .about("relationship")
                .says("Clients; those with whom it has ended are hidden"),
            get::<$kind>(concat!($base, "/clients/{id}"), file::clients::one::<$kind>)
                .about("relationship")
                .says("One client: how they are reached, what was gone through, what is kept for them"),
            post::<$kind>(concat!($base, "/clients/{id}/check"), file::clients::check::<$kind>)
                .about("relationship")
                .audits("contracting_noted")
                .says("Keeps what was gone through in the first session"),
            post::<$kind>(concat!($base, "/clients/{id}/reopen"), file::clients::reopen::<$kind>)
                .about("relationship")
                .audits("relationship_reopened")
                .says("Works together again"),
            post::<$kind>(concat!($base, "/clients/{id}/pause"), file::clients::pause::<$kind>)
                .about("relationship")
                .audits("relationship_paused")
                .says("Books nothing for now"),
            post::<$kind>(concat!($base, "/clients/{id}/booking-link"), file::booking_link::act::<$kind>)
                .about("message")
                .audits("booking_link_sent")
                .says("Sends the client’s own booking link by the way that they prefer, or shows it"),
            post::<$kind>(concat!($base, "/clients/{id}/risk"), file::clients::screen::<$kind>)
                .about("risk screening")
                .audits("risk_screened")
                .says("Keeps what a risk screening found"),
            get::<$kind>(concat!($base, "/clients/{id}/contact"), file::contact::page::<$kind>)
                .about("client")
                .says("How a client is reached: their wishes, address and number"),
            post::<$kind>(concat!($base, "/clients/{id}/contact"), file::contact::save::<$kind>)
                .about("client")
                .audits("contact_preference_changed")
                .says("Keeps what the client said about being told"),
            post::<$kind>(concat!($base, "/clients/{id}/contact/address"), file::contact::address::<$kind>)
                .about("client")
                .audits("address_change_asked")
                .says("Takes a new address or number down"),
            post::<$kind>(concat!($base, "/clients/{id}/contact/confirm"), file::contact::confirm::<$kind>)
                .about("client")
                .audits("address_changed")
                .says("Keeps how somebody knows that it is theirs"),
            post::<$kind>(concat!($base, "/clients/{id}/contact/emergency"), file::contact::emergency::<$kind>)
                .about("emergency contact")
                .audits("emergency_contact_kept")
                .says("Takes down whom to turn to in an emergency"),
            post::<$kind>(
                concat!($base, "/clients/{id}/contact/emergency/open"),
                file::contact::open_emergency::<$kind>,
            )
            .about("emergency contact")
            .audits("emergency_contact_read")
            .says("Opens it, after a decision about the risk"),
            get::<$kind>(concat!($base, "/clients/{id}/end"), file::end::page::<$kind>)
                .about("relationship")
                .says("What ending it calls off"),
            post::<$kind>(concat!($base, "/clients/{id}/end"), file::end::end::<$kind>)
                .about("relationship")
                .audits("relationship_ended")
                .says("Ends it"),
        ]
    };
}

/// The pages of the therapist's desk.
pub fn therapist_routes() -> Vec<Route> {
    desk_routes!(Therapist, "/t")
}

/// The same pages of the office.
pub fn practice_routes() -> Vec<Route> {
    desk_routes!(Staff, "/p")
}

/// Who asks, when, under which command.
pub fn ask<A: Scoped>(call: &Call<A>) -> Ask {
    Ask { who: call.scope().into(), now: call.now, command: call.command }
}

/// Reads for a page.
///
/// # Errors
/// What the read refuses, or a fault of the store.
pub async fn read<T, F>(app: &App, flow: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnMut(&mut Tx) -> Flow<T> + Send + 'static,
{
    Ok(app.store.read_async(flow).await?)
}

/// Runs a write of a form of somebody who has no desk of their own, once for the form's key.
pub async fn write_as<A: Scoped, F>(app: &App, call: &Call<A>, mut flow: F) -> Result<String, Failed>
where
    F: FnMut(&mut Tx, &App, &Ask) -> Flow<Done<flow::Answer>> + Send + 'static,
{
    let ask = ask(call);
    let (inner, asked) = (app.clone(), ask.clone());
    let answered: Answered<String> = flow::once::write(app, &ask, once(call), move |tx| {
        let done = flow(tx, &inner, &asked)?;
        let about = done.answer.appointment.as_ref().map(|appointment| appointment.id.to_string());
        Ok(Done { answer: about.unwrap_or_default(), audit: done.audit, more: done.more })
    })
    .await?;
    Ok(answered.answer)
}

/// The key of a form, so that pressing twice acts once.
pub fn once_of<A: Scoped>(call: &Call<A>) -> Option<Once> {
    once(call)
}

/// Runs a write of a form, once for the form's key, and answers the id of the appointment that it was about.
async fn write<D: Desk, F>(app: &App, call: &Call<D>, flow: F) -> Result<String, Failed>
where
    F: FnMut(&mut Tx, &App, &Ask) -> Flow<Done<flow::Answer>> + Send + 'static,
{
    write_as(app, call, flow).await
}

fn once<A: Scoped>(call: &Call<A>) -> Option<Once> {
    let idempotency = call.idempotency()?;
    let key = Key { principal: call.scope().signature(), route: "page".to_owned(), key: idempotency.key.clone() };
    Some(Once { key, request: Hash::from_bytes(idempotency.fingerprint) })
}

/// What a form shows when its act was refused: the sentence at its field, or on top where it has none.
pub struct Refused {
    /// The status.
    pub status: StatusCode,
    /// The sentences.
    pub errors: FieldErrors,
}

/// Parts a refusal that belongs into the form from a problem that is a page of its own.
///
/// # Errors
/// The problem, where it is one.
pub fn refused(failed: Failed) -> Result<Refused, Problem> {
    match failed {
        Failed::Refused(refusal) if matches!(refusal.class, Class::Invalid | Class::Conflict | Class::Forbidden) => {
            let status = match refusal.class {
                Class::Conflict => StatusCode::CONFLICT,
                Class::Forbidden => StatusCode::FORBIDDEN,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let mut errors = FieldErrors::default();
            errors.push(refusal.field.unwrap_or_default(), refusal.detail);
            Ok(Refused { status, errors })
        }
        failed => Err(failed.into()),
    }
}

/// Sends the browser to a page of this desk after something was done. Anything else than an address of this desk
/// leads to the appointments.
fn onward<D: Desk>(wanted: &str) -> Answer {
    let own = wanted.strip_prefix(D::BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']));
    Ok(if own { redirect(wanted) } else { redirect(&D::appointments()) })
}
