//! "It's less than 24 hours before your session": a rule says no, the page says whom to talk to and what it may cost
//! (`ux` 4.4; G-03, G-04). Never an error style, no blame.

use super::desk::Door;
use super::policy_words::Terms;
use super::session::Scene;
use super::words::spell;
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::portal::{Shell, page_with};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::appointment::PaymentState;
use domain::policy::notice::{self, Act};
use domain::refusal::{Class, Contact, Refusal};

#[derive(Template)]
#[template(path = "client/refusal.html")]
struct RefusalPage {
    shell: Shell,
    lead: String,
    time: String,
    why: String,
    contact: Contact,
    costs: Vec<(&'static str, String)>,
    agreed: String,
    policy: String,
    terms: String,
    notice: Option<String>,
    base: String,
    therapist: String,
}

#[derive(Template)]
#[template(path = "client/changed.html")]
struct ChangedPage {
    shell: Shell,
    detail: String,
    base: String,
}

/// The page of a refusal. A look answers 200: nothing was tried; an act that was refused keeps its status.
pub(super) fn page<A: Scoped>(app: &App, call: &Call<A>, scene: &Scene, refused: &Refusal, base: &str) -> Answer {
    let status = if call.is_write() { Problem::from(refused.clone()).status } else { StatusCode::OK };
    match (&refused.contact, refused.class) {
        (Some(contact), _) => page_with(status, &contact_page(app, call, scene, refused.code, contact, base)),
        (None, Class::Stale | Class::Conflict | Class::Forbidden) => {
            let title = match refused.class {
                Class::Stale => "This changed while you were looking",
                _ => "This can’t be changed any more",
            };
            let shell = Shell::new(app, call, title).at("/c");
            let detail = spell(call.locale(), &client_words(refused));
            page_with(status, &ChangedPage { shell, detail, base: base.to_owned() })
        }
        (None, Class::Invalid | Class::NotFound) => Err(refused.clone().into()),
    }
}

/// The rule's sentence as a client would say it.
fn client_words(refused: &Refusal) -> String {
    match refused.code {
        "already_cancelled" => "This session is already cancelled.".to_owned(),
        "already_over" | "team_only_after_start" => {
            "This session has begun or is over. If something about it is wrong, call or write to us.".to_owned()
        }
        "stale" => "What you did was not saved. See how it is now, and try again.".to_owned(),
        _ => refused.detail.clone(),
    }
}

fn contact_page<A: Scoped>(
    app: &App,
    call: &Call<A>,
    scene: &Scene,
    code: &str,
    contact: &Contact,
    base: &str,
) -> RefusalPage {
    let when = When::of(call);
    let Scene { appointment, therapist, policy, .. } = scene;
    let terms = Terms::agreed(policy, therapist, appointment, when.locale);
    let name = therapist.person.first_name();
    let is_late = code == "inside_notice_window";
    let cutoff = appointment.policy.effective_cutoff();
    let (title, why) = if is_late {
        let hours = notice::hours(&policy.parameters, Act::Cancel);
        (
            format!("It’s less than {hours} hours before your session"),
            format!("Free changes closed {}, so you can’t change it here.", when.on(cutoff)),
        )
    } else {
        (
            format!("To change this, please contact {name}"),
            "In this practice, sessions are moved and cancelled in person.".to_owned(),
        )
    };
    RefusalPage {
        shell: Shell::new(app, call, title).at("/c"),
        lead: format!("Your session with {name} is"),
        time: when.near(appointment.start),
        why: spell(when.locale, &why),
        costs: costs(scene, &terms, contact),
        agreed: when.date_words(appointment.agreement.at),
        policy: Door::of(call).policy(base),
        terms: crate::portal::terms::address(appointment.practice, Some(appointment.policy.version)),
        notice: is_late.then(|| terms.notice()),
        base: base.to_owned(),
        therapist: name.to_owned(),
        contact: contact.clone(),
    }
}

/// What it may cost, from the policy that they agreed to.
fn costs(scene: &Scene, terms: &Terms<'_>, contact: &Contact) -> Vec<(&'static str, String)> {
    let (appointment, parameters) = (&scene.appointment, &scene.policy.parameters);
    let paid = if appointment.payment.state == PaymentState::Captured { ", already paid" } else { "" };
    let amount = |amount: domain::money::Money| match amount.is_zero() {
        true => "Nothing".to_owned(),
        false => format!("{amount}{paid}"),
    };
    let late = contact.fee.unwrap_or(domain::money::Money::new(0, appointment.price.currency));
    let mut costs = vec![("If you cancel now", amount(late)), ("If you don’t come", amount(terms.missed_fee()))];
    if parameters.waive_late_fee_if_slot_refilled && !late.is_zero() {
        costs.push(("If someone else takes your time", "Nothing".to_owned()));
    }
    if !late.is_zero() {
        let waive = format!("Tell {}. The fee can be waived.", terms.name);
        costs.push(("If you’re ill or it’s an emergency", waive));
    }
    costs
}
