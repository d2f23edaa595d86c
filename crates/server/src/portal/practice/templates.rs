//! The wording of messages: a list, the words of one kind, how they read, their versions and what changed between two.

use crate::actor::Manager;
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::letter::masked;
use crate::flow::template::{self, DiffLine, Reading, Standing, Which};
use crate::flow::{self, Failed};
use crate::portal::desk::{self, People, When};
use crate::portal::{Shell, page as render, page_with, redirect};
use crate::routes::{Answer, Route, get, post};
use crate::words::Writer;
use askama::Template;
use axum::http::StatusCode;
use domain::person::{Locale, PersonRef};
use domain::refusal::{Class, Refusal};
use domain::telling::short_text;
use domain::telling::template::TemplateWords;
use serde::Deserialize;
use store::Done;

/// The routes of these pages.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Manager>("/p/templates", list).about("message template").says("The wording of messages to clients"),
        get::<Manager>("/p/templates/{kind}/{locale}", edit).about("message template").says("The words of one message"),
        post::<Manager>("/p/templates/{kind}/{locale}", act)
            .about("message template")
            .audits("template_changed")
            .says("Shows how words read, sends them to oneself, keeps them, or goes back to the house's"),
        get::<Manager>("/p/templates/{kind}/{locale}/versions", versions)
            .about("message template")
            .says("Every version, and what changed between two"),
    ]
}

#[derive(Template)]
#[template(path = "practice/templates.html")]
struct ListPage {
    shell: Shell,
    rows: Vec<Standing>,
}

#[derive(Template)]
#[template(path = "practice/template.html")]
struct EditPage {
    shell: Shell,
    errors: FieldErrors,
    here: String,
    standing: Standing,
    words: TemplateWords,
    done: &'static str,
    reading: Option<ReadingView>,
    /// How large the text is with what stands behind it; empty where it cannot be filled in.
    size: String,
    /// What the page's script counts by: what stands behind the words, the network's alphabet, and facts as long as they usually are.
    end: String,
    facts: String,
}

impl EditPage {
    fn basic(&self) -> &'static str {
        short_text::BASIC
    }
    fn extended(&self) -> &'static str {
        short_text::EXTENDED
    }
}

/// How it reads.
struct ReadingView {
    subject: String,
    letter: String,
    short: String,
    size: String,
    is_large: bool,
}

struct VersionView {
    version: u32,
    made: String,
    by: String,
    is_own: bool,
}

#[derive(Template)]
#[template(path = "practice/template_versions.html")]
struct VersionsPage {
    shell: Shell,
    here: String,
    title: String,
    versions: Vec<VersionView>,
    a: u32,
    b: u32,
    parts: Vec<(&'static str, Vec<DiffLine>)>,
}

#[derive(Debug, Default, Deserialize)]
struct Pair {
    a: Option<u32>,
    b: Option<u32>,
}

fn which(call: &Call<Manager>) -> Result<Which, Problem> {
    Ok(Which::named(call.param("kind"), call.param("locale")).map_err(Failed::from)?)
}

/// "Booked, in British English".
fn titled(which: Which) -> String {
    let english = if which.locale == Locale::EnUs { "American English" } else { "British English" };
    format!("{}, {english}", which.editable.title)
}

fn address(which: Which) -> String {
    format!("/p/templates/{}/{}", which.editable.kind, which.locale.tag())
}

impl Standing {
    /// Where it is edited.
    fn href(&self) -> String {
        address(Which { editable: self.editable, locale: self.locale })
    }
}

async fn list(app: App, call: Call<Manager>) -> Answer {
    let ask = desk::ask(&call);
    let rows = desk::read(&app, move |tx| template::list(tx, &ask)).await?;
    render(&ListPage { shell: Shell::new(&app, &call, "Wording of messages").at("/p/messages"), rows })
}

async fn edit(app: App, call: Call<Manager>) -> Answer {
    show(&app, &call, None, None, FieldErrors::default(), StatusCode::OK).await
}

async fn act(app: App, call: Call<Manager>) -> Answer {
    let (raw, which, ask, inner) = (call.raw().clone(), which(&call)?, desk::ask(&call), app.clone());
    let (words, asked) = (words_of(&raw), ask.clone());
    let tried = match raw.get("act") {
        "preview" => {
            let wanted = words.clone();
            let read = app.store.read_async(move |tx| template::read(tx, &inner.tools, &ask, which, &wanted));
            read.await.map(Some)
        }
        "test" => {
            // The same form may still be kept afterwards, so its key is not used up here; a second letter to oneself does no harm.
            let wanted = words.clone();
            let sent = flow::once::write(&app, &asked, None, move |tx| {
                template::send_test(tx, &inner.tools, &ask, which, &wanted)
            });
            match sent.await {
                Ok(_) => {
                    return show(&app, &call, Some(words), Some("sent"), FieldErrors::default(), StatusCode::OK).await;
                }
                Err(failed) => Err(failed),
            }
        }
        wish => {
            let kept = (wish != "back").then(|| words.clone());
            let seen = raw.get("version").parse().ok();
            let done = flow::once::write(&app, &asked, desk::once_of(&call), move |tx| {
                let done = template::keep(tx, &inner.tools, &ask, which, kept.as_ref(), seen)?;
                Ok(Done::new((), done.audit))
            });
            match done.await {
                Ok(_) => {
                    return Ok(redirect(&format!(
                        "{}?done={}",
                        address(which),
                        if wish == "back" { "back" } else { "kept" }
                    )));
                }
                Err(failed) => Err(failed),
            }
        }
    };
    match tried {
        Ok(reading) => shown(&app, &call, Some(words), reading, "", FieldErrors::default(), StatusCode::OK).await,
        Err(Failed::Refused(refusal)) if !matches!(refusal.class, Class::NotFound) => {
            let (errors, status) = told(&refusal);
            show(&app, &call, Some(words), None, errors, status).await
        }
        Err(failed) => Err(failed.into()),
    }
}

fn told(refusal: &Refusal) -> (FieldErrors, StatusCode) {
    let mut errors = FieldErrors::default();
    for problem in &refusal.problems {
        if let Some(field) = ["subject", "letter", "short"].into_iter().find(|field| *field == problem.field) {
            errors.push(field, problem.message.clone());
        }
    }
    if errors.is_empty() {
        errors.push("", refusal.detail.clone());
    }
    (errors, StatusCode::UNPROCESSABLE_ENTITY)
}

/// What was typed. Browsers send line ends as mail does.
fn words_of(raw: &Raw) -> TemplateWords {
    let text = |field: &str| raw.get(field).replace("\r\n", "\n").trim().to_owned();
    TemplateWords { subject: text("subject"), letter: text("letter"), short: text("short") }
}

async fn show(
    app: &App,
    call: &Call<Manager>,
    typed: Option<TemplateWords>,
    done: Option<&str>,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let done = match done.unwrap_or(call.raw_query().get("done")) {
        "kept" => "Kept. Messages that are written from now on use these words.",
        "back" => "The house’s words are in use again.",
        "sent" => "On its way to you, and to nobody else.",
        _ => "",
    };
    shown(app, call, typed, None, done, errors, status).await
}

async fn shown(
    app: &App,
    call: &Call<Manager>,
    typed: Option<TemplateWords>,
    reading: Option<Reading>,
    done: &'static str,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (which, ask) = (which(call)?, desk::ask(call));
    let standing = desk::read(app, move |tx| template::one(tx, &ask, which)).await?;
    let words = typed.unwrap_or_else(|| standing.words.clone());
    let writer = &app.tools.writer;
    let facts = serde_json::to_string(&Writer::examples(which.editable)).map_err(Problem::fault)?;
    let page = EditPage {
        size: writer.size(&words, which.editable).map(desk::sized).unwrap_or_default(),
        end: writer.end_as_long(which.editable.kind),
        facts,
        shell: Shell::new(app, call, titled(which)).at("/p/messages").with(&errors),
        errors,
        here: address(which),
        words,
        standing,
        done,
        reading: reading.map(|reading| ReadingView {
            subject: reading.letter.subject,
            letter: masked(&reading.letter.text),
            short: masked(&reading.short),
            size: desk::sized(reading.size),
            is_large: reading.size.parts > 2,
        }),
    };
    page_with(status, &page)
}

async fn versions(app: App, call: Call<Manager>) -> Answer {
    let (which, ask, when, pair): (_, _, _, Pair) = (which(&call)?, desk::ask(&call), When::of(&call), call.query()?);
    let inner = when.clone();
    let (found, views) = desk::read(&app, move |tx| {
        let found = template::versions(tx, &ask, which)?;
        let mut people = People::default();
        let mut views = Vec::with_capacity(found.len());
        for one in &found {
            let by = match one.made_by.parse::<PersonRef>() {
                Ok(who) => people.find(tx, who)?.map(|person| person.name.clone()).unwrap_or_default(),
                Err(_) => String::new(),
            };
            let (version, made, is_own) = (one.version, inner.moment(one.made_at), one.words.is_some());
            views.push(VersionView { version, made, by, is_own });
        }
        Ok((found, views))
    })
    .await?;
    let newest = found.first().map_or(0, |one| one.version);
    let (a, b) = (pair.a.unwrap_or(newest.saturating_sub(1)), pair.b.unwrap_or(newest));
    let of = |version| template::words_of(&found, which.editable.kind, version).ok_or_else(Problem::not_found);
    let (before, after) = (of(a)?, of(b)?);
    render(&VersionsPage {
        shell: Shell::new(&app, &call, "Versions").at("/p/messages"),
        here: address(which),
        title: titled(which),
        versions: views,
        a,
        b,
        parts: vec![
            ("Subject", template::diff(&before.subject, &after.subject)),
            ("Letter", template::diff(&before.letter, &after.letter)),
            ("Text message", template::diff(&before.short, &after.short)),
        ],
    })
}
