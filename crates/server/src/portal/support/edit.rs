//! Changing a guide, or adding one: shown before it is kept, and every version stays.

use super::guides::{filled, may_edit};
use super::markup::{self, Rendered};
use super::{files, save};
use crate::actor::Staff;
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{Ask, Flow, guide};
use crate::portal::desk::{self, Choice, People, read};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::guidance::{ATTACHMENTS_MAX, Audience, Guide, TEXT_MAX, Topic, Words};
use domain::id::{GuideId, Id, PracticeId};
use domain::person::Locale;
use domain::refusal::Refusal;
use store::guide::FileName;
use store::{Done, Tx};

#[derive(Template)]
#[template(path = "support/edit.html")]
struct EditPage {
    shell: Shell,
    errors: FieldErrors,
    action: String,
    is_new: bool,
    address: String,
    typed: Words,
    topics: Vec<Choice>,
    audiences: Vec<Choice>,
    languages: Vec<Choice>,
    shown: Option<Rendered>,
    versions: Vec<(u32, String, String)>,
    /// The files beside it: where each is taken away, where it is read, its name.
    files: Vec<(String, String, String)>,
    /// Where more are put beside it.
    upload: String,
    file_limits: String,
    may_attach: bool,
    done: &'static str,
    max: usize,
}

/// GET: the form of a guide.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    show(&app, &call, None, FieldErrors::default(), StatusCode::OK).await
}

/// GET: the form of a new one.
pub(super) async fn new_page(app: App, call: Call<Staff>) -> Answer {
    show(&app, &call, None, FieldErrors::default(), StatusCode::OK).await
}

/// POST: shows the change, or keeps it.
pub(super) async fn change(app: App, call: Call<Staff>) -> Answer {
    let (id, raw): (GuideId, _) = (call.id("id")?, call.raw().clone());
    let words = words(&raw);
    if raw.get("act") == "preview" {
        return show(&app, &call, Some(words), FieldErrors::default(), StatusCode::OK).await;
    }
    let kept = words.clone();
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = guide::change(tx, &app.tools, ask, id, kept.clone())?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(()) => Ok(redirect(&format!("/guides/{id}"))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, Some(words), refused.errors, refused.status).await
        }
    }
}

/// POST: shows the new guide, or adds it.
pub(super) async fn add(app: App, call: Call<Staff>) -> Answer {
    let raw = call.raw().clone();
    let (about, words) = (raw.get("about").parse().unwrap_or(Topic::Other), words(&raw));
    if raw.get("act") == "preview" {
        return show(&app, &call, Some(words), FieldErrors::default(), StatusCode::OK).await;
    }
    let kept = words.clone();
    let done = save(&app, &call, move |tx, app, ask, ids| {
        let done = guide::add(tx, &app.tools, ask, ids, about, kept.clone())?;
        Ok(Done { answer: done.answer.id.to_string(), audit: done.audit, more: done.more })
    })
    .await;
    match done {
        Ok(id) => Ok(redirect(&format!("/guides/{id}"))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            show(&app, &call, Some(words), refused.errors, refused.status).await
        }
    }
}

fn words(raw: &Raw) -> Words {
    Words {
        title: raw.get("title").to_owned(),
        author: raw.get("author").to_owned(),
        author_role: raw.get("author_role").to_owned(),
        audience: raw.get("audience").parse().unwrap_or(Audience::Therapist),
        collection: raw.get("collection").to_owned(),
        language: raw.get("language").parse().unwrap_or_default(),
        text: raw.get("text").to_owned(),
    }
}

/// What is there of a guide.
struct Found {
    guide: Option<Guide>,
    versions: Vec<(u32, String, String)>,
    shown: Option<String>,
    files: Vec<FileName>,
}

fn found(
    tx: &mut Tx<'_>,
    ask: &Ask,
    when: &When,
    practice: PracticeId,
    id: Option<GuideId>,
    wanted: Option<Words>,
) -> Flow<Found> {
    let mut people = People::default();
    let practice = store::practice::load(tx, practice)?.ok_or_else(|| Refusal::not_found("practice"))?;
    let guide = id.map(|id| guide::readable(tx, ask, id)).transpose()?;
    let guide = guide.filter(|guide| guide.practice == practice.id);
    let mut versions = Vec::new();
    for version in id.map(|id| store::guide::versions(tx, id)).transpose()?.unwrap_or_default() {
        let by = match version.updated_by {
            Some(by) => people.find(tx, by)?.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone()),
            None => "The text to begin with".to_owned(),
        };
        versions.push((version.version, when.moment(version.updated_at), by));
    }
    // What is shown is filled in like the page itself.
    let shown = match wanted {
        Some(words) => {
            let (about, practice_id) = (Topic::Other, practice.id);
            let (updated_at, updated_by) = (ask.now, None);
            let id = Id::from_bytes([0; 16]);
            let draft = Guide { id, practice: practice_id, about, version: 1, updated_at, updated_by, words };
            Some(filled(tx, &draft, &practice)?)
        }
        None => None,
    };
    let files = id.map(|id| store::guide::files(tx, id)).transpose()?.unwrap_or_default();
    Ok(Found { guide, versions, shown, files })
}

/// A file with its addresses.
fn placed(guide: &Option<GuideId>, file: FileName) -> (String, String, String) {
    let guide = guide.map(|id| id.to_string()).unwrap_or_default();
    (format!("/p/guides/{guide}/files/{}/remove", file.id), format!("/guides/{guide}/files/{}", file.id), file.name)
}

fn topics(about: Option<Topic>) -> Vec<Choice> {
    let topic = |topic: &Topic| {
        let label = crate::when::capital(&topic.as_str().replace('_', " "));
        Choice::new(topic.as_str(), label, *topic == about.unwrap_or(Topic::Other))
    };
    Topic::ALL.iter().map(topic).collect()
}

pub(super) async fn show(
    app: &App,
    call: &Call<Staff>,
    typed: Option<Words>,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    if !may_edit(call.actor.role) {
        return Err(Problem::not_found());
    }
    let id = if call.param("id").is_empty() { None } else { Some(call.id("id")?) };
    let (ask, when, wanted, practice) = (call.ask(), When::of(call), typed.clone(), call.actor.practice);
    let found = read(app, move |tx| found(tx, &ask, &when, practice, id, wanted.clone())).await?;
    let Found { guide, versions, shown, files } = found;
    if id.is_some() && guide.is_none() {
        return Err(Problem::not_found());
    }
    let about = guide.as_ref().map(|guide| guide.about);
    let typed = typed.or(guide.map(|guide| guide.words)).unwrap_or_else(|| Words {
        title: String::new(),
        author: call.actor.name.clone(),
        author_role: "Practice".to_owned(),
        audience: Audience::Therapist,
        collection: "Your practice".to_owned(),
        language: call.locale(),
        text: String::new(),
    });
    let title = if id.is_some() { "Change a guide" } else { "A new guide" };
    let audience = |one: &Audience, label: &str| Choice::new(one.as_str(), label, typed.audience == *one);
    let language = |one: Locale, label: &str| Choice::new(one.tag(), label, typed.language == one);
    let page = EditPage {
        shell: Shell::new(app, call, title).at("/p/guides").with(&errors),
        errors,
        action: id.map_or_else(|| "/p/guides/new".to_owned(), |id| format!("/p/guides/{id}/edit")),
        is_new: id.is_none(),
        address: id.map(|id| format!("/guides/{id}")).unwrap_or_default(),
        topics: topics(about),
        audiences: vec![
            audience(&Audience::Therapist, "Therapists and the office"),
            audience(&Audience::Client, "Clients: anybody with its address can read it"),
        ],
        languages: vec![language(Locale::EnGb, "British English"), language(Locale::EnUs, "American English")],
        shown: shown.map(|text| markup::render(&text)),
        versions,
        may_attach: id.is_some() && files.len() < ATTACHMENTS_MAX,
        files: files.into_iter().map(|file| placed(&id, file)).collect(),
        upload: id.map(|id| format!("/p/guides/{id}/files")).unwrap_or_default(),
        file_limits: files::limits(),
        done: match call.raw_query().get("done") {
            "added" => "The file is with the guide now.",
            "removed" => "The file is taken away.",
            _ => "",
        },
        typed,
        max: TEXT_MAX,
    };
    page_with(status, &page)
}
