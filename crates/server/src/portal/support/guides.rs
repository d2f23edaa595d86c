//! The library and one guide: text, contents, files, what else may help, and whether it did (G-05, G-18, H-16, V-21).

use super::markup::{self, Rendered};
use super::public::crisis;
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::guide::{self, Shelf};
use crate::flow::{Ask, Failed, Flow, Who};
use crate::portal::desk::{self, Desk};
use crate::portal::{Shell, page as render, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, Response};
use domain::guidance::{Audience, Guide, Topic};
use domain::id::{AttachmentId, GuideId};
use domain::person::Role;
use domain::practice::Practice;
use domain::refusal::Refusal;
use serde::Deserialize;
use std::collections::BTreeMap;
use store::Tx;

/// Guides of one collection.
struct Collection {
    name: String,
    guides: Vec<Guide>,
}

#[derive(Debug, Deserialize)]
struct LibraryQuery {
    about: Option<Topic>,
}

#[derive(Template)]
#[template(path = "support/library.html")]
struct LibraryPage {
    shell: Shell,
    base: &'static str,
    may_edit: bool,
    is_all: bool,
    collections: Vec<Collection>,
}

/// GET: the library. Where exactly one guide is about something, straight to it.
pub(super) async fn library<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (LibraryQuery { about }, ask) = (call.query()?, desk::ask(&call));
    let guides = desk::read(&app, move |tx| guide::library(tx, &ask, about)).await?;
    let for_colleagues: Vec<&Guide> =
        guides.iter().filter(|guide| guide.words.audience == Audience::Therapist).collect();
    if let (Some(_), [only]) = (about, for_colleagues.as_slice()) {
        return Ok(redirect(&format!("/guides/{}", only.id)));
    }
    let mut named: BTreeMap<String, Vec<Guide>> = BTreeMap::new();
    for guide in guides {
        named.entry(guide.words.collection.clone()).or_default().push(guide);
    }
    let collections = named.into_iter().map(|(name, guides)| Collection { name, guides }).collect();
    let (may_edit, is_all) = (may_edit(call.actor.role), about.is_none());
    let shell = Shell::new(&app, &call, "Guides").at(&format!("{}/guides", D::BASE));
    render(&LibraryPage { shell, base: D::BASE, may_edit, is_all, collections })
}

pub(super) fn may_edit(role: Role) -> bool {
    matches!(role, Role::Admin | Role::Owner | Role::Support | Role::ClinicalLead)
}

#[derive(Template)]
#[template(path = "support/guide.html")]
struct GuidePage {
    shell: Shell,
    guide: Guide,
    updated: String,
    rendered: Rendered,
    files: Vec<(String, String, String)>,
    related: Vec<Guide>,
    crumb: (String, &'static str),
    may_edit: bool,
    is_colleague: bool,
    address: String,
    thanks: bool,
    answers: (u32, u32),
}

/// Who reads, where somebody is signed in.
fn reader(call: &Call<Public>) -> Option<Who> {
    call.actor.0.clone().map(Who::Actor)
}

/// GET: one guide.
pub(super) async fn page(app: App, call: Call<Public>) -> Answer {
    let id: GuideId = call.id("id")?;
    let who = reader(&call);
    let is_stranger = who.is_none();
    let found = app.store.read_async(move |tx: &mut Tx| -> Flow<_> {
        let shelf = guide::shelf(tx, who.as_ref(), id)?;
        let practice = store::practice::load(tx, shelf.guide.practice)?;
        let practice = practice.ok_or_else(|| Refusal::not_found("guide"))?;
        let text = filled(tx, &shelf.guide, &practice)?;
        Ok((shelf, practice, text))
    });
    let (shelf, practice, text) = match found.await {
        // A guide for colleagues: whoever is not signed in may be one.
        Err(Failed::Refused(_)) if is_stranger => return Ok(redirect("/sign-in")),
        found => found?,
    };
    let Shelf { guide, files, related, answers } = shelf;
    let role = call.actor.0.as_ref().map(|actor| actor.role);
    let is_colleague = role.is_some_and(|role| role != Role::Client);
    let crumb = match role {
        Some(Role::Therapist) => ("/t/guides".to_owned(), "Guides"),
        Some(Role::Client) => ("/c/help".to_owned(), "Help"),
        Some(_) => ("/p/guides".to_owned(), "Guides"),
        None => (format!("/help/{}", guide.practice), "Help"),
    };
    let size = |bytes: u32| format!("{} KB", bytes.div_ceil(1024));
    let when = When { zone: practice.zone.clone(), ..When::of(&call) };
    let page = GuidePage {
        shell: Shell::new(&app, &call, guide.words.title.clone()).in_place_of(&practice).at(&crumb.0),
        updated: when.day(guide.updated_at),
        rendered: markup::render(&text),
        files: files.into_iter().map(|f| (f.id.to_string(), f.name, size(f.size))).collect(),
        related,
        crumb,
        may_edit: role.is_some_and(may_edit) && call.actor.0.as_ref().is_some_and(|a| a.practice == guide.practice),
        is_colleague,
        address: guide::address(&app.tools.base_url, guide.id),
        thanks: call.raw_query().get("thanks") == "yes",
        answers: (answers.yes, answers.no),
        guide,
    };
    render(&page)
}

/// The text with the practice's own facts in place of the marks.
pub(super) fn filled(tx: &mut Tx, guide: &Guide, practice: &Practice) -> Flow<String> {
    let hours = store::policy::latest(tx, practice.id)?.map(|policy| policy.parameters.client_cancel.notice_hours);
    let notice = hours.map_or_else(|| "the time on its page".to_owned(), |hours| format!("{hours} hours"));
    let numbers = crisis(&practice.zone, practice.locale);
    let emergency: Vec<String> = numbers.iter().map(|(what, number)| format!("{what}: **{number}**.")).collect();
    let mut text = guide.words.text.clone();
    if text.contains("{client_guide}") {
        let of_clients = store::guide::list(tx, practice.id, Some(Topic::Cancel), Some(Audience::Client))?;
        let address = of_clients.first().map_or_else(|| "/".to_owned(), |guide| format!("/guides/{}", guide.id));
        text = text.replace("{client_guide}", &address);
    }
    let marks = [
        ("{practice}", practice.name.as_str()),
        ("{support_phone}", &practice.support_phone),
        ("{support_email}", &practice.support_email),
        ("{clinical_email}", &practice.clinical_email),
        ("{risk_email}", &practice.risk_email),
        ("{notice}", &notice),
        ("{emergency}", &emergency.join(" ")),
    ];
    Ok(marks.iter().fold(text, |text, (mark, words)| text.replace(mark, words)))
}

/// POST: whether it answered the question.
pub(super) async fn feedback(app: App, call: Call<Public>) -> Answer {
    let id: GuideId = call.id("id")?;
    let helped = match call.raw().get("helped") {
        "yes" => true,
        "no" => false,
        _ => return Err(Problem::field("helped", "malformed", "Say yes or no.")),
    };
    let who = reader(&call);
    let ask = Ask { who: Who::System("reader"), now: call.now, command: call.command };
    let (tools, inner) = (app.tools.clone(), ask.clone());
    let done = crate::flow::once::write(&app, &ask, None, move |tx| {
        guide::answer(tx, &tools, &inner, who.as_ref(), id, helped)
    });
    done.await?;
    Ok(redirect(&format!("/guides/{id}?thanks=yes")))
}

/// GET: a file of a guide; it is saved, never shown in place.
pub(super) async fn file(app: App, call: Call<Public>) -> Answer {
    let (id, file): (GuideId, AttachmentId) = (call.id("id")?, call.id("file")?);
    let who = reader(&call);
    let found = app.store.read_async(move |tx: &mut Tx| -> Flow<_> {
        guide::shelf(tx, who.as_ref(), id)?;
        Ok(store::guide::file(tx, id, file)?)
    });
    let file = found.await?.ok_or_else(Problem::not_found)?;
    let mut response = Response::new(Body::from(file.bytes));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(file.kind.as_str()));
    let plain: String = file.name.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let shown = HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"")).map_err(Problem::fault)?;
    response.headers_mut().insert(CONTENT_DISPOSITION, shown);
    Ok(response)
}
