//! The clients of a desk, and one of them: how they are reached, what was gone through, what is kept and booked for them
//! (H-04 to H-06, H-14, V-06).

use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Ask, Flow};
use crate::portal::desk::{Choice, Desk, People, When, ask, onward, read, refused, words};
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::{Checked, FileAct, Screen, slot_name};
use domain::id::RelationshipId;
use domain::message::LinkTo;
use domain::person::{Channel, Person, PersonRef, Role};
use domain::policy::{ContractingItem, Policy};
use domain::practice::{AgreementHow, Relationship, RelationshipState};
use domain::refusal::Refusal;
use domain::risk::{Screening, may_see};
use domain::telling::route::one_way;
use store::Tx;

/// Clients on the page at most.
const MANY: u32 = 200;

struct RowView {
    id: String,
    name: String,
    therapist: String,
    state: RelationshipState,
    is_flagged: bool,
    is_unasked: bool,
    owes_terms: bool,
}

impl RowView {
    fn is_paused(&self) -> bool {
        self.state == RelationshipState::Paused
    }
    fn is_ended(&self) -> bool {
        self.state == RelationshipState::Ended
    }
}

#[derive(Template)]
#[template(path = "desk/clients.html")]
struct ClientsPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    shows_ended: bool,
    rows: Vec<RowView>,
}

/// GET: everyone who is worked with; those with whom it has ended are hidden unless asked for (H-14).
pub async fn list<D: Desk>(app: App, call: Call<D>) -> Answer {
    let shows_ended = call.raw_query().get("show") == "ended";
    let asked = ask(&call);
    let rows = read(&app, move |tx| rows(tx, &asked, shows_ended)).await?;
    let here = format!("{}/clients", D::BASE);
    let shell = Shell::new(&app, &call, "Clients").at(&here);
    render(&ClientsPage { shell, base: D::BASE, is_therapist: D::is_therapist(), shows_ended, rows })
}

fn rows(tx: &mut Tx<'_>, ask: &Ask, ended: bool) -> Flow<Vec<RowView>> {
    let flagged = store::risk::flagged(tx, &ask.who.scope())?;
    let mut people = People::default();
    let mut rows = Vec::new();
    for pair in store::relationship::list(tx, &ask.who.scope(), None, None, MANY)?.items {
        if (pair.state == RelationshipState::Ended) != ended {
            continue;
        }
        let Some(client) = people.find(tx, PersonRef::Client(pair.client))?.cloned() else { continue };
        rows.push(RowView {
            id: pair.id.to_string(),
            is_unasked: is_unasked(tx, &pair, &client)?,
            owes_terms: owes_terms(tx, &pair)?,
            name: client.name,
            therapist: people.therapist(tx, pair.therapist)?,
            state: pair.state,
            is_flagged: flagged.contains(&pair.client),
        });
    }
    rows.sort_by_key(|row| (!row.is_flagged, row.name.to_lowercase()));
    Ok(rows)
}

/// The first session is past and nobody has asked how the client wishes to be reached (V-06).
pub fn is_unasked(tx: &mut Tx<'_>, pair: &Relationship, client: &Person) -> Flow<bool> {
    Ok(client.preference.asked_at.is_none() && store::appointment::has_attended(tx, pair.id)?)
}

/// Something is or was booked, and nobody has noted the client's yes to the policy and terms (H-05).
pub fn owes_terms(tx: &mut Tx<'_>, pair: &Relationship) -> Flow<bool> {
    Ok(pair.accepted_policy.is_none() && store::appointment::has_any(tx, pair.id)?)
}

struct Found {
    pair: Relationship,
    client: Person,
    therapist: String,
    policy: Policy,
    booked: Vec<(String, String)>,
    slots: Vec<(String, &'static str)>,
    is_unasked: bool,
    screening: Option<Screening>,
    /// The practice's pathways, and none; only the office puts people on them.
    pathways: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "desk/client.html")]
struct ClientPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    errors: FieldErrors,
    here: String,
    /// Whether conversations are open to them.
    talks: bool,
    when: When,
    found: Found,
    checks: Vec<(&'static str, String)>,
    needs_preference: bool,
    sees_risk: bool,
    review_day: String,
    terms: String,
    done: String,
    /// The client's own booking link, where it was asked to be shown.
    link: Option<String>,
    /// By which way it would be sent; none where no way may be used.
    link_by: Option<&'static str>,
}

impl ClientPage {
    fn is_active(&self) -> bool {
        self.found.pair.state == RelationshipState::Active
    }
    fn is_ended(&self) -> bool {
        self.found.pair.state == RelationshipState::Ended
    }
    fn is_flagged(&self) -> bool {
        self.found.screening.is_some_and(|screening| screening.flagged)
    }
    /// The number that somebody found to be another's, until it is changed or confirmed.
    fn wrong_number(&self) -> Option<&str> {
        let client = &self.found.client;
        client.phone.as_deref().filter(|number| client.preference.file.is_wrong(number))
    }
    /// "Looked at on 3 March. To be looked at again by 3 June."
    fn screened(&self) -> String {
        let Some(screening) = self.found.screening else { return "Nobody has noted a screening yet.".to_owned() };
        let again = screening.review_by.map(|by| format!(" To be looked at again by {}.", self.when.moment(by)));
        format!("Noted on {}.{}", self.when.moment(screening.set_at), again.unwrap_or_default())
    }
}

/// GET.
pub async fn one<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, FieldErrors::default(), StatusCode::OK).await
}

/// POST: what was gone through in the first session.
pub async fn check<D: Desk>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    let channels: Vec<Channel> = ["first", "second"].iter().filter_map(|field| raw.get(field).parse().ok()).collect();
    let checked = Checked {
        voicemail: (!channels.is_empty()).then(|| raw.has("voicemail", "yes")),
        channels: Some(channels).filter(|channels| !channels.is_empty()),
        continues: match raw.get("continue") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        policy_recap: raw.has("policy_recap", "yes"),
        payment_recap: raw.has("payment_recap", "yes"),
        accepts_policy: raw.has("accepts_policy", "yes").then_some(AgreementHow::InSession),
    };
    act(app, call, FileAct::Check(checked), "checked").await
}

/// POST: works together again.
pub async fn reopen<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, FileAct::Reopen, "reopened").await
}

/// POST: books nothing for now.
pub async fn pause<D: Desk>(app: App, call: Call<D>) -> Answer {
    act(app, call, FileAct::Pause, "paused").await
}

/// POST: what a risk screening found. For everybody who may not know of it this is not there.
pub async fn screen<D: Desk>(app: App, call: Call<D>) -> Answer {
    if !may_see(call.actor.role) {
        return Err(crate::error::Problem::not_found());
    }
    let (raw, when) = (call.raw().clone(), When::of(&call));
    let review_by = when.typed(raw.get("review_day"), "09:00");
    let screen = Screen { flagged: raw.has("flag", "yes"), review_by };
    act(app, call, FileAct::Screen(screen), "screened").await
}

async fn act<D: Desk>(app: App, call: Call<D>, act: FileAct, done: &'static str) -> Answer {
    let (id, raw): (RelationshipId, Raw) = (call.id("id")?, call.raw().clone());
    let written = super::write(&app, &call, super::nothing, move |tx, app, ask| {
        flow::file::about_two(tx, &app.tools, ask, id, act.clone())
    })
    .await;
    match written {
        Ok(_) if !raw.get("back").is_empty() => onward::<D>(raw.get("back")),
        Ok(_) => Ok(redirect(&format!("{}/clients/{id}?done={done}", D::BASE))),
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, refusal.errors, refusal.status).await
        }
    }
}

/// The client's page, with what is wrong.
pub(super) async fn show<D: Desk>(app: &App, call: &Call<D>, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (RelationshipId, _) = (call.id("id")?, When::of(call));
    let (asked, inner) = (ask(call), when.clone());
    let found = read(app, move |tx| found::<D>(tx, &asked, &inner, id)).await?;
    let required = &found.policy.parameters.contracting.required;
    let page = ClientPage {
        shell: Shell::new(app, call, found.client.name.clone()).at(&format!("{}/clients", D::BASE)).with(&errors),
        base: D::BASE,
        is_therapist: D::is_therapist(),
        errors,
        here: format!("{}/clients/{id}", D::BASE),
        talks: !matches!(call.actor.role, Role::ClinicalLead | Role::RiskDuty),
        checks: checks(&found, &when),
        needs_preference: required.contains(&ContractingItem::PreferredContact),
        sees_risk: may_see(call.actor.role),
        review_day: found.screening.and_then(|s| s.review_by).map(|by| when.date_value(by)).unwrap_or_default(),
        terms: crate::portal::terms::address(found.pair.practice, None),
        done: done(call.raw_query().get("done")),
        link: (call.raw_query().get("done") == "link-shown")
            .then(|| app.tools.link_key.url(&app.tools.base_url, LinkTo::Booking(id))),
        link_by: one_way(&found.client, app.tools.reach).map(words::channel),
        found,
        when,
    };
    page_with(status, &page)
}

fn done(word: &str) -> String {
    let known = match word {
        "checked" => "Kept with this client.",
        "reopened" => "You work together again.",
        "paused" => "Paused. Nothing can be booked until you reopen it. Reserved times stay kept.",
        "ended" => "Ended. The client is hidden from your list, and nothing of the record is lost.",
        "pathway" => "Kept. What is booked already keeps what was agreed.",
        "screened" => "Kept. Only the therapist, the clinical lead and risk duty see it.",
        other => return super::booking_link::sent(other).unwrap_or_default(),
    };
    known.to_owned()
}

fn found<D: Desk>(tx: &mut Tx<'_>, ask: &Ask, when: &When, id: RelationshipId) -> Flow<Found> {
    let missing = || Refusal::not_found("client");
    let pair = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(missing)?;
    let client = store::person::load(tx, PersonRef::Client(pair.client))?.ok_or_else(missing)?;
    let therapist = store::therapist::load(tx, pair.therapist)?.ok_or_else(missing)?;
    let policy = store::policy::latest(tx, pair.practice)?.ok_or_else(missing)?;
    let booked = flow::file::upcoming(tx, ask, &pair)?;
    let booked = booked.iter().map(|about| (about.id.to_string(), when.moment(about.start))).collect();
    let pathways = if D::is_therapist() { Vec::new() } else { pathways(tx, ask, &pair)? };
    let slots = store::reserved_slot::of(tx, id)?;
    let slots =
        slots.iter().map(|slot| (crate::portal::desk::capital(&slot_name(slot)), slot.state.as_str())).collect();
    Ok(Found {
        is_unasked: is_unasked(tx, &pair, &client)?,
        screening: store::risk::load(tx, &ask.who.scope(), pair.client)?,
        therapist: therapist.person.name,
        policy,
        booked,
        slots,
        pathways,
        client,
        pair,
    })
}

/// Every pathway of the practice, theirs chosen, and none before them; nothing where the practice has none.
fn pathways(tx: &mut Tx<'_>, ask: &Ask, pair: &Relationship) -> Flow<Vec<Choice>> {
    let theirs = pair.pathway.as_ref().map(|pathway| pathway.id);
    let found = flow::pathway::list(tx, ask)?;
    let none = (!found.is_empty()).then(|| Choice::new("", "None: the practice’s policy as it is", theirs.is_none()));
    let of = |one: &domain::pathway::Pathway| Choice::new(one.id.to_string(), one.name.clone(), theirs == Some(one.id));
    Ok(none.into_iter().chain(found.iter().map(of)).collect())
}

/// Ways that they said no to, or that lead to somebody else.
fn refused_ways(client: &Person) -> String {
    let file = &client.preference.file;
    let refused = Channel::ALL.into_iter().filter(|channel| *channel != Channel::Voicemail && file.refuses(*channel));
    let mut ways: Vec<String> = refused.map(|channel| words::channel(channel).to_owned()).collect();
    ways.extend(
        client.phone.iter().filter(|number| file.is_wrong(number)).map(|number| format!("{number}, not theirs")),
    );
    if file.safe_content {
        ways.push("names and times in messages".to_owned());
    }
    if ways.is_empty() { "Nothing was said".to_owned() } else { ways.join("; ") }
}

/// The checklist as it stands, in sentences.
fn checks(found: &Found, when: &When) -> Vec<(&'static str, String)> {
    let (file, preference) = (&found.pair.file.contracting, &found.client.preference);
    let reached: Vec<&str> = preference.channels.iter().map(|channel| words::channel(*channel)).collect();
    let asked = match preference.asked_at {
        Some(at) => format!("{}, asked {}", reached.join(", then "), when.moment(at)),
        None => "Nobody has asked yet".to_owned(),
    };
    let recap = |at: Option<domain::time::Instant>| at.map_or("Not yet".to_owned(), |at| when.moment(at));
    let accepted = found.pair.accepted_policy.map(|accepted| {
        format!("Version {}, {}, {}", accepted.version, words::agreed(accepted.how), when.moment(accepted.at))
    });
    vec![
        ("How to reach them", asked),
        ("Voicemail", if preference.voicemail { "May be left" } else { "Not to be left" }.to_owned()),
        ("Not to be used", refused_ways(&found.client)),
        (
            "Wishes to continue",
            match file.continues {
                Some(true) => "Yes".to_owned(),
                Some(false) => "No, or not sure".to_owned(),
                None => "Not asked yet".to_owned(),
            },
        ),
        ("Notice policy gone through", recap(file.policy_recap)),
        ("Automatic payment gone through", recap(file.payment_recap)),
        ("Policy and terms accepted", accepted.unwrap_or_else(|| "Terms not accepted yet".to_owned())),
    ]
}
