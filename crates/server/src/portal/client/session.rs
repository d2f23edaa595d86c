//! One session: what is agreed, and what the client may do about it (`ux` 4.3, 4.4; G-02 to G-04, H-10).

use super::change::{self, Standing};
use super::desk::{self, Acted, Door};
use super::policy_words::{Terms, free_until, price};
use super::words::{kind_words, spell, state_words};
use super::{refusal, scene};
use crate::actor::{Client, Scoped};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::portal::{Effect, Shell, page as render, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::appointment::{Appointment, Initiator, State};
use domain::attendance::{LateAnswer, TechnicalSide};
use domain::decide::{Cancel, FileAct, Live, Missed, NextStep, Said};
use domain::id::AppointmentId;
use domain::offer::Offer;
use domain::person::Role;
use domain::policy::lateness;
use domain::policy::money::PaymentState;
use domain::policy::{Boundary, Policy};
use domain::practice::{Practice, Relationship, Therapist};
use domain::reason::{Fault, Reason};
use domain::schedule::MeetingKind;
use domain::statement::Statement;
use domain::time::{Instant, Span};

pub(super) use super::change::{move_page, moved};

/// Everything that bears on one session.
pub(super) struct Scene {
    pub practice: Practice,
    pub therapist: Therapist,
    pub appointment: Appointment,
    pub relationship: Relationship,
    /// The version that was agreed for this session.
    pub policy: Policy,
    /// Times that are held in its place.
    pub offer: Option<Offer>,
    /// Where another time can be booked, through the same door.
    pub booking: Option<String>,
    /// What each side has said about it.
    pub said: Vec<Statement>,
}

#[derive(Template)]
#[template(path = "client/session.html")]
struct SessionPage {
    shell: Shell,
    is_done: bool,
    news: String,
    facts: Vec<(&'static str, String)>,
    state: Option<String>,
    base: String,
    may_change: bool,
    /// News that the therapist is late, while the client may answer.
    delay: Option<String>,
    /// Whether the client may say that the therapist has not come.
    may_report: bool,
    /// From when on they may: "14:10".
    report_from: Option<String>,
    /// Whether the client may say that the connection failed.
    may_fail: bool,
    is_late: bool,
    is_coming: bool,
    offer: Option<String>,
    again: Option<String>,
    therapist: String,
    /// Once it is over: where the client tells their own side of it.
    say: Option<String>,
    said: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "client/cancel.html")]
struct CancelPage {
    shell: Shell,
    lead: String,
    effects: Vec<Effect>,
    reasons: Vec<(&'static str, String)>,
    action: String,
    base: String,
    move_to: Option<String>,
    terms: String,
    button: String,
    revision: u32,
}

/// Reasons that a client is asked for; none is needed.
const REASONS: [Reason; 6] = [
    Reason::ClientIllness,
    Reason::ClientFamilyOrCaring,
    Reason::ClientWorkOrSchedule,
    Reason::ClientTransport,
    Reason::ClientFeelingBetter,
    Reason::ClientFinancial,
];

/// "You, Monday 2 March, 14:00": who said it, and when.
fn said_by(said: &Statement, therapist: &str, when: &When) -> String {
    let who = match said.role {
        Role::Client => "You",
        Role::Therapist => therapist,
        _ => "The practice",
    };
    format!("{who}, {}", when.moment(said.at))
}

/// Puts the client's own account of it on file (V-13).
pub(super) async fn tell(app: App, call: Call<Client>, base: String, id: AppointmentId) -> Answer {
    let words = call.raw().get("words").to_owned();
    let done = desk::act(&app, &call, move |tx, app, ask| {
        let said = FileAct::Say(Said { words: words.clone() });
        flow::file::about_appointment(tx, &app.tools, ask, id, said, None)
    });
    match done.await? {
        Acted::Refused(refusal) => Err((*refusal).into()),
        Acted::Done(_) | Acted::Over => Ok(redirect(&base)),
    }
}

/// Loads one session in scope.
pub(super) async fn load<A: Scoped>(app: &App, call: &Call<A>, id: AppointmentId) -> Result<Scene, Problem> {
    let door = Door::of(call);
    desk::read(app, call, move |tx, app, ask| {
        let scope = ask.who.scope();
        let appointment = scene::found(store::appointment::load(tx, &scope, id)?, "appointment")?;
        let relationship = store::relationship::load(tx, &scope, appointment.relationship)?;
        Ok(Scene {
            practice: scene::found(store::practice::load(tx, appointment.practice)?, "practice")?,
            therapist: scene::found(store::therapist::load(tx, appointment.therapist)?, "therapist")?,
            policy: scene::found(store::policy::of_booking(tx, appointment.practice, &appointment.policy)?, "policy")?,
            offer: store::offer::open_of(tx, appointment.id)?.filter(|offer| ask.now < offer.expires_at),
            relationship: scene::found(relationship, "appointment")?,
            booking: door.open_booking(tx, app, appointment.relationship, ask.now)?,
            said: store::statement::of(tx, &scope, appointment.id)?,
            appointment,
        })
    })
    .await
}

/// The page of one session.
pub(super) async fn page<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let scene = load(&app, &call, id).await?;
    let when = When::of(&call);
    let (appointment, door) = (&scene.appointment, Door::of(&call));
    let name = scene.therapist.person.first_name();
    let standing = change::standing(&scene, call.now);
    let is_over = !appointment.state.is_live();
    let (title, news) = heading(&scene, call.raw_query().get("done"), &when);
    let page = SessionPage {
        shell: Shell::new(&app, &call, title).at("/c"),
        is_done: !news.is_empty(),
        facts: facts(&scene, &when),
        state: state_words(appointment, when.locale),
        may_change: matches!(standing, Standing::Free | Standing::WithFee(_)),
        delay: delay(&scene),
        may_report: waits_since(&scene, call.now).is_some_and(|from| call.now >= from),
        report_from: waits_since(&scene, call.now).filter(|from| call.now < *from).map(|from| when.clock(from)),
        may_fail: is_under_way(appointment, call.now) && appointment.kind != MeetingKind::InPerson,
        is_late: matches!(standing, Standing::Contact),
        is_coming: appointment.state.is_pending() && call.now < appointment.start,
        offer: scene.offer.as_ref().map(|offer| door.offer(&app, offer.id)),
        again: (is_over && scene.offer.is_none() && scene.relationship.state.as_str() == "active")
            .then(|| scene.booking.clone())
            .flatten(),
        therapist: name.to_owned(),
        say: (door == Door::Portal && appointment.start <= call.now).then(|| format!("{base}/statement")),
        said: scene.said.iter().map(|one| (one.words.clone(), said_by(one, name, &when))).collect(),
        news,
        base,
    };
    render(&page)
}

/// The news of lateness, and what the client has said to it.
fn delay(scene: &Scene) -> Option<String> {
    let (about, name) = (&scene.appointment, scene.therapist.person.first_name());
    let late = about.attendance.late_notice.filter(|_| about.state == State::Booked && !about.has_begun())?;
    let said = match late.answer {
        Some(LateAnswer::Wait) => format!(" You said that you can wait, and {name} knows."),
        _ => String::new(),
    };
    Some(format!("{name} is running about {} minutes behind and is sorry for the delay.{said}", late.minutes))
}

/// From when on the client, whose session should have begun, may say that nobody has come.
fn waits_since(scene: &Scene, now: Instant) -> Option<Instant> {
    let about = &scene.appointment;
    let expected = about.expected_start();
    let from = lateness::client_may_report_from(&scene.policy.parameters, expected);
    (expected <= now && is_under_way(about, now) && !about.has_begun()).then_some(from)
}

/// Whether it is the hour of the session, or not long after.
fn is_under_way(about: &Appointment, now: Instant) -> bool {
    let is_live = matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
    is_live && about.start <= now && now < about.end + Span::hours(12)
}

/// POST: the client waits, or would rather have another time, which is theirs to choose at once.
pub(super) async fn late_answer<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let Ok(answer) = call.raw().get("answer").parse::<LateAnswer>() else { return Ok(redirect(&base)) };
    say(app, call, base, id, Live::Answer(answer), "waiting").await
}

/// POST: the therapist has not come.
pub(super) async fn not_come<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let report = Missed { reported_by: Role::Client, fault: Fault::Undetermined };
    say(app, call, base, id, Live::Missed(report), "reported").await
}

/// POST: the connection failed (T21), on which side as far as the client can tell.
pub(super) async fn technical<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let side = call.raw().get("side").parse().unwrap_or(TechnicalSide::Platform);
    say(app, call, base, id, Live::TechnicalFailure(side), "failed").await
}

async fn say<A: Scoped>(
    app: App,
    call: Call<A>,
    base: String,
    id: AppointmentId,
    live: Live,
    done: &'static str,
) -> Answer {
    let acted =
        desk::act(&app, &call, move |tx, app, ask| flow::live::act(tx, &app.tools, ask, id, live.clone(), None));
    match acted.await? {
        Acted::Done(_) => Ok(redirect(&format!("{base}?done={done}"))),
        // How it stands now says why: it was answered, called off, or has begun.
        Acted::Over | Acted::Refused(_) => Ok(redirect(&base)),
    }
}

/// The title, and what was just done about it where that is still so.
fn heading(scene: &Scene, done: &str, when: &When) -> (String, String) {
    let (appointment, name) = (&scene.appointment, scene.therapist.person.first_name());
    let time = when.moment(appointment.start);
    match (done, &appointment.state) {
        ("booked", State::Booked) => (format!("You’re booked: {time}"), "You’ll get a confirmation.".to_owned()),
        ("moved", State::Booked) => {
            (format!("Moved to {time}"), format!("We’re telling {name}. You’ll get a confirmation."))
        }
        ("waiting", State::Booked) => (format!("Thank you. {name} knows that you can wait"), String::new()),
        ("waiting", State::Cancelled(_)) if scene.offer.is_some() => (
            format!("{name} knows. Choose a time that suits you"),
            "Times are held for you, and today’s costs you nothing.".to_owned(),
        ),
        ("reported", State::TherapistNoShow) => (
            format!("{name} hasn’t joined. We’re sorry"),
            format!("We’ve told the practice and {name}. You won’t be charged. Somebody will contact you."),
        ),
        ("failed", State::TechnicalFailure) => (
            "We’re sorry that the connection failed".to_owned(),
            format!("{name} knows. You won’t be charged, and you can choose another time."),
        ),
        ("cancelled", State::Cancelled(how)) if how.initiator == Initiator::Client => {
            let money = match appointment.payment.state {
                PaymentState::RefundDue => format!("Your {} is on its way back.", appointment.price),
                _ if how.late => String::new(),
                _ => "No charge.".to_owned(),
            };
            let talk = if how.reason == Some(Reason::ClientFinancial) {
                format!(" If money makes this hard, please talk to {name} or to us. There may be a way.")
            } else {
                String::new()
            };
            let title = spell(when.locale, &format!("Cancelled. We’re telling {name}."));
            (title, format!("{money}{talk}").trim().to_owned())
        }
        _ => (format!("{time} with {name}"), String::new()),
    }
}

fn facts(scene: &Scene, when: &When) -> Vec<(&'static str, String)> {
    let Scene { appointment, therapist, policy, .. } = scene;
    let mut facts = vec![
        (
            "When",
            format!("{} to {}", when.moment_both(appointment.start, &appointment.zone), when.clock(appointment.end)),
        ),
        ("With", therapist.person.name.clone()),
        ("How", kind_words(appointment.kind).to_owned()),
    ];
    if !appointment.price.is_zero() {
        facts.push(("Price", price(appointment)));
    }
    if appointment.state.is_pending() && when.now < appointment.start {
        facts.push(("Changes", free_until(&policy.parameters, appointment, when)));
    }
    facts
}

/// What cancelling means, before the button; or why it is not possible here and whom to talk to.
pub(super) async fn cancel_page<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let scene = load(&app, &call, id).await?;
    let looked = desk::try_read(&app, &call, move |tx, app, ask| {
        flow::appointment::preview_cancel(tx, &app.tools, ask, id, wish(None))
    });
    match looked.await? {
        Ok(preview) => render(&cancel_view(&app, &call, &scene, &preview, base)),
        Err(refused) => refusal::page(&app, &call, &scene, &refused, &base),
    }
}

/// Cancels it.
pub(super) async fn cancel<A: Scoped>(app: App, call: Call<A>, base: String, id: AppointmentId) -> Answer {
    let reason = call.raw().get("reason").parse::<Reason>().ok().filter(|reason| REASONS.contains(reason));
    let seen = call.raw().get("revision").parse().ok();
    let acted = desk::act(&app, &call, move |tx, app, ask| {
        flow::appointment::cancel(tx, &app.tools, ask, id, wish(reason), seen)
    });
    match acted.await? {
        Acted::Done(_) => Ok(redirect(&format!("{base}?done=cancelled"))),
        Acted::Over => Ok(redirect(&base)),
        Acted::Refused(refused) => {
            let scene = load(&app, &call, id).await?;
            refusal::page(&app, &call, &scene, &refused, &base)
        }
    }
}

fn wish(reason: Option<Reason>) -> Cancel {
    Cancel {
        initiator: Initiator::Client,
        reason,
        note: None,
        received_at: None,
        next_step: NextStep::default(),
        share_reason: false,
        words: None,
    }
}

fn cancel_view<A: Scoped>(
    app: &App,
    call: &Call<A>,
    scene: &Scene,
    preview: &flow::Answer,
    base: String,
) -> CancelPage {
    let when = When::of(call);
    let Scene { appointment, therapist, policy, .. } = scene;
    let name = therapist.person.first_name();
    let cost = change::cost(preview, appointment);
    let is_late =
        preview.appointment.as_ref().is_some_and(|after| matches!(&after.state, State::Cancelled(how) if how.late));
    let money = change::money(preview, appointment, cost);
    let terms = Terms::agreed(policy, therapist, appointment, when.locale);
    let notice = match (is_late, policy.parameters.client_cancel.boundary) {
        (true, _) => format!("Late: less than {}’ notice", terms.notice()),
        (false, Boundary::Exclusive) => format!("In time: more than {}’ notice", terms.notice()),
        (false, Boundary::Inclusive) => format!("In time: at least {}’ notice", terms.notice()),
    };
    let effects = vec![
        Effect { icon: "clock", title: notice, detail: free_until(&policy.parameters, appointment, &when) },
        money,
        Effect {
            icon: "send",
            title: format!("{name} is told at once"),
            detail: "You get an email to confirm it.".into(),
        },
    ];
    let enabled = |reason: &Reason| policy.parameters.reasons.of(*reason).enabled;
    let words = |reason: Reason| policy.parameters.reasons.words(reason).to_owned();
    CancelPage {
        shell: Shell::new(app, call, "Cancel this session?").at("/c"),
        lead: format!("{} with {name}.", when.moment(appointment.start)),
        effects,
        reasons: REASONS.into_iter().filter(enabled).map(|reason| (reason.as_str(), words(reason))).collect(),
        action: format!("{base}/cancel"),
        terms: crate::portal::terms::address(appointment.practice, Some(appointment.policy.version)),
        move_to: matches!(change::standing(scene, call.now), Standing::Free | Standing::WithFee(_))
            .then(|| format!("{base}/move")),
        button: match cost {
            Some(cost) => format!("Cancel session and pay {cost}"),
            None => "Cancel session".to_owned(),
        },
        revision: appointment.revision,
        base,
    }
}
