//! "Choose a new time": the page behind an offer, and what comes of it (`ux` 4.2; V-07, G-08, E-01, E-02).

use super::desk::{self, Acted, Door};
use super::result::{self, MoneyBack, Outcome};
use super::times::{Day, by_day, moment};
use super::words::spell;
use super::{booking, scene};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow;
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::appointment::{Appointment, Initiator, PaymentState, State};
use domain::id::OfferId;
use domain::offer::{Offer, OfferState};
use domain::policy::money::refund_rule;
use domain::policy::{NextStepKind, ObligationKind, Policy, RefundRule};
use domain::practice::Therapist;
use domain::time::Instant;

/// Everything that bears on one offer.
pub(super) struct Scene {
    therapist: Therapist,
    pub offer: Offer,
    ended: Appointment,
    policy: Policy,
    is_new_client: bool,
    booked: Option<Appointment>,
    /// The session that stands now, where the offer was settled another way.
    instead: Option<Appointment>,
    promise: Option<Instant>,
    is_word_owed: bool,
}

#[derive(Template)]
#[template(path = "client/choose.html")]
struct ChoosePage {
    shell: Shell,
    errors: FieldErrors,
    action: String,
    lead: String,
    held_until: String,
    days: Vec<Day>,
    chosen: String,
    therapist: String,
    refund: Option<(String, &'static str)>,
    /// The old time, where it stands and may be kept.
    keep: Option<String>,
    money: Option<String>,
}

/// The page. Opening it counts as *knows* (`ux` 4.2); a browser or a program that only fetches ahead does not.
pub(super) async fn page<A: Scoped>(app: App, call: Call<A>, base: String, id: OfferId) -> Answer {
    let scene = load(&app, &call, id).await?;
    if scene.is_word_owed && call.is_opened() {
        note_seen(&app, &call, id).await;
    }
    show(app, call, base, scene, FieldErrors::default(), StatusCode::OK).await
}

/// The answer: a time, more times, a word, or the money back.
pub(super) async fn answer<A: Scoped>(app: App, call: Call<A>, base: String, id: OfferId) -> Answer {
    let choice = call.raw().get("choice").to_owned();
    let acted = match (choice.as_str(), moment(&choice)) {
        ("more", _) => return Ok(redirect(&format!("{base}/times"))),
        ("contact" | "keep" | "refund", _) => {
            let refund = choice == "refund";
            // A refund that the page did not offer cannot be asked for by hand.
            if refund && !may_refund(&load(&app, &call, id).await?) {
                return ask_again(app, call, base, id).await;
            }
            desk::act(&app, &call, move |tx, app, ask| flow::offer::decline(tx, &app.tools, ask, id, refund)).await?
        }
        (_, Some(start)) => {
            desk::act(&app, &call, move |tx, app, ask| flow::offer::accept(tx, &app.tools, ask, id, start)).await?
        }
        (_, None) => return ask_again(app, call, base, id).await,
    };
    match acted {
        Acted::Done(_) | Acted::Over => Ok(redirect(&base)),
        // The offer as it stands now says why: expired, answered, settled another way.
        Acted::Refused(refusal) if refusal.code != "slot_taken" => {
            let scene = load(&app, &call, id).await?;
            show(app, call, base, scene, FieldErrors::default(), StatusCode::CONFLICT).await
        }
        Acted::Refused(_) => {
            let booking = of_offer(&app, &call, base, id).await?;
            booking::times(app, call, booking, Some(booking::Notice::taken()), StatusCode::CONFLICT).await
        }
    }
}

/// Booking in place of one of the offered times: the same kind, in the same relationship.
pub(super) async fn of_offer<A: Scoped>(
    app: &App,
    call: &Call<A>,
    base: String,
    id: OfferId,
) -> Result<booking::Booking, crate::error::Problem> {
    let scene = load(app, call, id).await?;
    Ok(booking_of(base, &scene))
}

fn booking_of(base: String, scene: &Scene) -> booking::Booking {
    booking::Booking {
        times: format!("{base}/times"),
        confirm: format!("{base}/confirm"),
        base,
        relationship: scene.offer.relationship,
        offer: Some(scene.offer.clone()),
    }
}

async fn load<A: Scoped>(app: &App, call: &Call<A>, id: OfferId) -> Result<Scene, crate::error::Problem> {
    desk::read(app, call, move |tx, _, ask| {
        let scope = ask.who.scope();
        let offer = scene::found(store::offer::load(tx, &scope, id)?, "offer")?;
        let ended = scene::found(store::appointment::load(tx, &scope, offer.appointment)?, "appointment")?;
        let policy = scene::found(store::policy::of_booking(tx, ended.practice, &ended.policy)?, "policy")?;
        let booked = match offer.state {
            OfferState::Accepted { appointment, .. } => store::appointment::load(tx, &scope, appointment)?,
            _ => None,
        };
        let duties = store::obligation::of_appointment(tx, ended.id)?;
        let owed = |kind| duties.iter().find(|duty| duty.kind == kind && duty.is_owed());
        let instead = match offer.state {
            OfferState::Withdrawn => scene::next_with(tx, ask, offer.relationship)?,
            _ => None,
        };
        Ok(Scene {
            therapist: scene::found(store::therapist::load(tx, offer.therapist)?, "therapist")?,
            is_new_client: !store::appointment::has_attended(tx, offer.relationship)?,
            promise: owed(ObligationKind::KeepPromise).map(|duty| duty.due_at),
            is_word_owed: owed(ObligationKind::InformClient).is_some(),
            offer,
            ended,
            policy,
            booked,
            instead,
        })
    })
    .await
}

/// The client has opened the page, so they know. The page is shown even where this cannot be kept.
async fn note_seen<A: Scoped>(app: &App, call: &Call<A>, id: OfferId) {
    let (inner, ask) = (app.clone(), desk::ask(call));
    let kept = app.store.write_async(move |tx: &mut store::Tx<'_>| flow::offer::seen(tx, &inner.tools, &ask, id)).await;
    match kept {
        Ok(_) | Err(flow::Failed::Nothing { .. } | flow::Failed::Refused(_)) => {}
        Err(fault) => tracing::error!(?fault, offer = %id, "that a client opened their page could not be kept"),
    }
}

async fn ask_again<A: Scoped>(app: App, call: Call<A>, base: String, id: OfferId) -> Answer {
    let scene = load(&app, &call, id).await?;
    let mut errors = FieldErrors::default();
    errors.push("choice", "Choose one of the times, or say that none of them suits you");
    show(app, call, base, scene, errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn show<A: Scoped>(
    app: App,
    call: Call<A>,
    base: String,
    scene: Scene,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let when = When::of(&call);
    let is_over = call.now >= scene.offer.expires_at;
    let answered = !matches!(scene.offer.state, OfferState::Open | OfferState::Accepted { .. });
    if is_asked(&scene) {
        // The question stands until the answer is due, whether or not the times are still held.
        return choose(&app, &call, base, scene, &when, errors, status);
    }
    if answered && scene.ended.state.is_pending() {
        return result::page(&app, &call, &base, &scene.therapist, Outcome::Kept { kept: &scene.ended });
    }
    match (&scene.offer.state, &scene.booked, &scene.instead) {
        (OfferState::Open, _, _) if !is_over && scene.offer.is_make_up() => {
            let notice = booking::Notice::make_up(scene.therapist.person.first_name());
            booking::times(app, call, booking_of(base, &scene), Some(notice), status).await
        }
        (OfferState::Open, _, _) if !is_over => choose(&app, &call, base, scene, &when, errors, status),
        (OfferState::Open | OfferState::Expired, _, _) => {
            let held = when.near(scene.offer.expires_at);
            let notice = booking::Notice::expired(&held, scene.therapist.person.first_name());
            booking::times(app, call, booking_of(base, &scene), Some(notice), status).await
        }
        (OfferState::Accepted { .. }, Some(booked), _) | (OfferState::Withdrawn, _, Some(booked)) => {
            let outcome = Outcome::Booked { booked, carried: carried(&scene, booked) };
            result::page(&app, &call, &base, &scene.therapist, outcome)
        }
        (OfferState::Declined { refund: true }, _, _) => {
            let back = match scene.ended.payment.state {
                PaymentState::Captured => MoneyBack::Asked(scene.ended.price),
                _ if is_money_back(&scene) => MoneyBack::Due(scene.ended.price),
                _ => MoneyBack::Nothing,
            };
            result::page(&app, &call, &base, &scene.therapist, Outcome::Refund(back))
        }
        (OfferState::Declined { refund: false }, _, _) => {
            let times = format!("{base}/times");
            result::page(&app, &call, &base, &scene.therapist, Outcome::Contact { by: scene.promise, times: &times })
        }
        (OfferState::Accepted { .. } | OfferState::Withdrawn, _, _) => {
            booking::times(app, call, booking_of(base, &scene), Some(booking::Notice::withdrawn()), status).await
        }
    }
}

fn choose<A: Scoped>(
    app: &App,
    call: &Call<A>,
    base: String,
    scene: Scene,
    when: &When,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let Scene { offer, ended, therapist, .. } = &scene;
    let asked = is_asked(&scene);
    let held = offer.state == OfferState::Open && when.now < offer.expires_at;
    let slots = if held { offer.slots.as_slice() } else { &[] };
    let days = by_day(slots, offer.kind, &therapist.schedule.zone, when);
    let first = offer.slots.first().map(|slot| slot.from.to_string()).unwrap_or_default();
    let sent = call.raw().get("choice");
    let page = ChoosePage {
        shell: Shell::new(app, call, if asked { "Another time for your session?" } else { "Choose a new time" })
            .with(&errors),
        errors,
        lead: if asked { asked_lead(&scene, held, when) } else { lead(ended, therapist, when) },
        held_until: if held { when.moment(offer.expires_at) } else { String::new() },
        chosen: if sent.is_empty() { first } else { sent.to_owned() },
        therapist: therapist.person.first_name().to_owned(),
        refund: refund_words(&scene),
        keep: asked.then(|| when.moment(ended.start)),
        money: money(ended),
        action: base,
        days,
    };
    page_with(status, &page)
}

/// Whether the appointment stands and the client is only asked (`rulings` 4).
fn is_asked(scene: &Scene) -> bool {
    scene.ended.pending_move == Some(scene.offer.id) && scene.ended.state.is_pending()
}

/// What is asked, and what happens without an answer.
fn asked_lead(scene: &Scene, held: bool, when: &When) -> String {
    let (name, time) = (scene.therapist.person.first_name(), when.on(scene.ended.start));
    let by = domain::decide::move_answer_by(&scene.policy.parameters, &scene.ended, &scene.offer);
    let over = if held { "" } else { " The times that were offered are no longer held." };
    format!(
        "{name} would like to find another time for your session {time}. It stands until you answer. Please answer by \
         {}; after that it won’t take place, and you can choose another time.{over}",
        when.moment(by)
    )
}

/// The choice of no new time, and what becomes of the money then.
fn refund_words(scene: &Scene) -> Option<(String, &'static str)> {
    if !may_refund(scene) {
        return None;
    }
    let price = scene.ended.price;
    let by_team = refund_rule(&scene.policy.parameters, scene.is_new_client) == RefundRule::TeamRequest;
    Some(match (scene.ended.payment.state == PaymentState::Captured, by_team) {
        (true, false) => (format!("No new time. Refund my {price}"), "It goes back the way you paid, in 5 to 10 days"),
        (true, true) => {
            (format!("No new time. I’d like my {price} back"), "The practice decides on it and writes to you")
        }
        (false, _) => ("No new time, thank you".to_owned(), "Nothing was taken, so there is nothing to pay back"),
    })
}

/// What happened, without blame: sorry once, where notice was short and it was not the client (`ux` 5).
fn lead(ended: &Appointment, therapist: &Therapist, when: &When) -> String {
    let (name, time) = (therapist.person.first_name(), when.on(ended.start));
    let happened = match &ended.state {
        State::Cancelled(how) if how.initiator == Initiator::Client => "was cancelled",
        State::Cancelled(_) if ended.start > when.now => "can’t go ahead",
        State::Cancelled(_) | State::TherapistNoShow | State::TechnicalFailure => "didn’t go ahead",
        _ => "needs another time",
    };
    let sorry = match &ended.state {
        State::Cancelled(how) if how.initiator == Initiator::Therapist && how.short_notice => {
            format!(" {name} is sorry about the short notice.")
        }
        State::TherapistNoShow => format!(" {name} is sorry."),
        _ => String::new(),
    };
    spell(when.locale, &format!("Your session with {name} {time} {happened}.{sorry}"))
}

/// What becomes of the money if they take one of the times.
fn money(ended: &Appointment) -> Option<String> {
    match ended.payment.state {
        PaymentState::Captured => {
            Some(format!("The {} you paid moves to your new time. Nothing more to pay.", ended.price))
        }
        PaymentState::RefundDue => Some(format!("{} is on its way back to you.", ended.price)),
        _ => None,
    }
}

/// No new time, and the money back, is the client's to choose where the practice gives that (E-02, `rulings` 3).
fn may_refund(scene: &Scene) -> bool {
    let is_captured = scene.ended.payment.state == PaymentState::Captured;
    // After their own word the policy has decided about the money.
    let is_their_own =
        matches!(&scene.ended.state, State::Cancelled(how) if how.initiator == Initiator::Client && is_captured);
    !is_their_own
        && scene.policy.parameters.next_step.allowed.contains(&NextStepKind::Refund)
        && matches!(scene.ended.payment.state, PaymentState::Captured | PaymentState::Planned | PaymentState::None)
}

fn is_money_back(scene: &Scene) -> bool {
    matches!(scene.ended.payment.state, PaymentState::RefundDue | PaymentState::Refunded)
}

/// Whether the payment of the old time followed to this one.
fn carried(scene: &Scene, booked: &Appointment) -> bool {
    booked.payment.state == PaymentState::Captured && booked.replaces == Some(scene.ended.id)
}

/// Where the page of an offer is for a client who is signed in.
pub(super) fn path(app: &App, offer: &Offer) -> String {
    Door::Portal.offer(app, offer.id)
}
