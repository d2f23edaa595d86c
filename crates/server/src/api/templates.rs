//! A practice's own words for what clients are told: read, try out, keep, go back.

use super::wire::Page;
use super::{json, once, read};
use crate::actor::Manager;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow;
use crate::flow::letter::masked;
use crate::flow::template::{self, Standing, Which};
use crate::routes::{Answer, Route, delete, get, post, put};
use axum::http::StatusCode;
use domain::telling::short_text::Alphabet;
use domain::telling::template::{Template, TemplateWords};
use serde::Deserialize;
use serde_json::{Value, json as object};
use store::Done;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Manager>("/api/v1/message-templates", list)
            .about("message template")
            .says("What clients are told, in words"),
        get::<Manager>("/api/v1/message-templates/{kind}/{locale}", one)
            .about("message template")
            .says("The words for one kind of message in one English"),
        put::<Manager>("/api/v1/message-templates/{kind}/{locale}", keep)
            .about("message template")
            .audits("template_changed")
            .says("Keep the practice's own words as the next version"),
        delete::<Manager>("/api/v1/message-templates/{kind}/{locale}", back)
            .about("message template")
            .audits("template_changed")
            .says("Go back to the house's words"),
        get::<Manager>("/api/v1/message-templates/{kind}/{locale}/versions", versions)
            .about("message template")
            .says("Every version, the newest first"),
        get::<Manager>("/api/v1/message-templates/{kind}/{locale}/compare", compare)
            .about("message template")
            .says("What changed from one version to another; 0 is the house's words"),
        post::<Manager>("/api/v1/message-templates/{kind}/{locale}/preview", preview)
            .about("message template")
            .says("How words read with a real appointment in them; changes nothing"),
        post::<Manager>("/api/v1/message-templates/{kind}/{locale}/test", test)
            .about("message template")
            .audits("template_tried")
            .says("Send words to yourself"),
    ]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeepBody {
    subject: String,
    letter: String,
    short: String,
    version: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    a: u32,
    b: u32,
}

fn which(call: &Call<Manager>) -> Result<Which, Problem> {
    Ok(Which::named(call.param("kind"), call.param("locale")).map_err(flow::Failed::from)?)
}

fn wire(standing: &Standing) -> Value {
    let variables: Vec<Value> =
        standing.editable.variables().map(|v| object!({ "name": v.name, "means": v.means })).collect();
    object!({ "kind": standing.editable.kind, "title": standing.editable.title, "locale": standing.locale.tag(),
        "version": standing.version, "own": standing.is_own, "subject": standing.words.subject,
        "letter": standing.words.letter, "short": standing.words.short, "variables": variables,
        "required": standing.editable.required })
}

async fn list(app: App, call: Call<Manager>) -> Answer {
    let ask = super::ask(&call);
    let found = read(&app, move |tx| template::list(tx, &ask)).await?;
    json(StatusCode::OK, &Page { items: found.iter().map(wire).collect::<Vec<_>>(), next: None })
}

async fn one(app: App, call: Call<Manager>) -> Answer {
    let (ask, which) = (super::ask(&call), which(&call)?);
    json(StatusCode::OK, &wire(&read(&app, move |tx| template::one(tx, &ask, which)).await?))
}

async fn keep(app: App, call: Call<Manager>) -> Answer {
    let body: KeepBody = call.json()?;
    let words = TemplateWords { subject: body.subject, letter: body.letter, short: body.short };
    write(app, call, Some(words), body.version).await
}

async fn back(app: App, call: Call<Manager>) -> Answer {
    write(app, call, None, None).await
}

async fn write(app: App, call: Call<Manager>, words: Option<TemplateWords>, seen: Option<u32>) -> Answer {
    let (ask, which, inner) = (super::ask(&call), which(&call)?, app.clone());
    let asked = ask.clone();
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        let done = template::keep(tx, &inner.tools, &asked, which, words.as_ref(), seen)?;
        Ok(Done::new(wire(&done.answer), done.audit))
    });
    json(StatusCode::OK, &done.await?.answer)
}

async fn versions(app: App, call: Call<Manager>) -> Answer {
    let (ask, which) = (super::ask(&call), which(&call)?);
    let found = read(&app, move |tx| template::versions(tx, &ask, which)).await?;
    let item = |t: &Template| object!({ "version": t.version, "at": t.made_at, "by": t.made_by, "own": t.words.is_some(), "words": t.words });
    json(StatusCode::OK, &Page { items: found.iter().map(item).collect::<Vec<_>>(), next: None })
}

async fn compare(app: App, call: Call<Manager>) -> Answer {
    let (pair, ask, which): (Pair, _, _) = (call.query()?, super::ask(&call), which(&call)?);
    let found = read(&app, move |tx| template::versions(tx, &ask, which)).await?;
    let of = |version| template::words_of(&found, which.editable.kind, version).ok_or_else(Problem::not_found);
    let (before, after) = (of(pair.a)?, of(pair.b)?);
    json(
        StatusCode::OK,
        &object!({ "subject": template::diff(&before.subject, &after.subject),
        "letter": template::diff(&before.letter, &after.letter), "short": template::diff(&before.short, &after.short) }),
    )
}

async fn preview(app: App, call: Call<Manager>) -> Answer {
    let (words, ask, which): (TemplateWords, _, _) = (call.json()?, super::ask(&call), which(&call)?);
    let inner = app.clone();
    let found = read(&app, move |tx| template::read(tx, &inner.tools, &ask, which, &words)).await?;
    let alphabet = if found.size.alphabet == Alphabet::Gsm7 { "gsm7" } else { "ucs2" };
    json(
        StatusCode::OK,
        &object!({ "subject": found.letter.subject, "text": masked(&found.letter.text),
        "html": masked(&found.letter.html), "short": { "text": masked(&found.short), "alphabet": alphabet,
        "units": found.size.units, "parts": found.size.parts } }),
    )
}

async fn test(app: App, call: Call<Manager>) -> Answer {
    let (words, ask, which): (TemplateWords, _, _) = (call.json()?, super::ask(&call), which(&call)?);
    let (inner, asked) = (app.clone(), ask.clone());
    let done = flow::once::write(&app, &ask, once(&call), move |tx| {
        template::send_test(tx, &inner.tools, &asked, which, &words)
    });
    done.await?;
    json(StatusCode::ACCEPTED, &object!({ "sent": true }))
}
