//! Conversations: one page for all three portals, and the list of them. Times and arrangements, in plain text.

use super::desk::{dial, once_of, words};
use super::{Shell, page_with, redirect};
use crate::actor::{Client, Office, Scoped, Therapist};
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::conversation::{self, Found};
use crate::flow::once;
use crate::flow::{Ask, Failed, Flow};
use crate::portal::desk::People;
use crate::routes::{Answer, Route, get, post};
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::access::Actor;
use domain::conversation::{Line, Thread, WORDS_MAX, is_open};
use domain::id::RelationshipId;
use domain::person::PersonRef;
use std::ops::Deref;
use store::{Cursor, Done, Tx};

/// Conversations in a list at most.
const MANY: u32 = 200;

/// Somebody who may write in conversations.
pub trait Correspondent: Scoped + Deref<Target = Actor> {
    /// Where their conversations are.
    const HERE: &'static str;
}

impl Correspondent for Client {
    const HERE: &'static str = "/c/conversation";
}
impl Correspondent for Therapist {
    const HERE: &'static str = "/t/conversations";
}
impl Correspondent for Office {
    const HERE: &'static str = "/p/conversations";
}

/// The same routes in each portal.
macro_rules! talk_routes {
    ($kind:ty, $here:literal) => {
        vec![
            get::<$kind>($here, list::<$kind>)
                .about("conversation")
                .says("Conversations, those with something new first"),
            get::<$kind>(concat!($here, "/{id}"), page::<$kind>)
                .about("conversation")
                .audits("conversation_read")
                .says("One conversation; opening it marks as read what was written to them"),
            post::<$kind>(concat!($here, "/{id}"), write::<$kind>)
                .about("conversation")
                .audits("conversation_written")
                .says("Writes a line"),
        ]
    };
}

/// The routes of this module.
pub(super) fn routes() -> Vec<Route> {
    [
        talk_routes!(Client, "/c/conversation"),
        talk_routes!(Therapist, "/t/conversations"),
        talk_routes!(Office, "/p/conversations"),
    ]
    .concat()
}

#[derive(Template)]
#[template(path = "talk/list.html")]
struct ListPage {
    shell: Shell,
    here: &'static str,
    is_client: bool,
    rows: Vec<RowView>,
}

/// One conversation of a list.
struct RowView {
    id: String,
    name: String,
    detail: String,
    unread: u32,
    newest: String,
    newest_exact: String,
}

#[derive(Template)]
#[template(path = "talk/conversation.html")]
struct TalkPage {
    shell: Shell,
    errors: FieldErrors,
    here: String,
    list: &'static str,
    is_client: bool,
    is_therapist: bool,
    client: String,
    therapist: String,
    /// To whom the words go, by their first name.
    other: String,
    lines: Vec<LineView>,
    /// Where older lines are shown; empty where there are none.
    older: String,
    /// Whether these are older lines.
    is_older: bool,
    typed: String,
    left: usize,
    max: usize,
    is_sent: bool,
    /// Why nothing new is written here; empty where it is.
    closed: String,
    dial: String,
    practice_phone: String,
}

/// One line of a conversation.
struct LineView {
    is_own: bool,
    name: String,
    text: String,
    href: String,
    at: String,
    at_exact: String,
    /// "Read 14:02", "Not opened yet", or nothing.
    read: String,
    /// What the client's words were understood as; nothing where a person reads them.
    understood: &'static str,
}

async fn list<C: Correspondent>(app: App, call: Call<C>) -> Answer {
    let (ask, when, is_client) = (call.ask(), When::of(&call), is_client::<C>());
    let found = super::desk::read(&app, move |tx| {
        if is_client {
            return of_client(tx, &ask, &when);
        }
        let mut people = People::default();
        conversation::list(tx, &ask, MANY)?.iter().map(|thread| row(tx, &mut people, thread, &when)).collect()
    })
    .await?;
    // One therapist needs no list.
    if let (true, [only]) = (is_client, found.as_slice()) {
        return Ok(redirect(&format!("{}/{}", C::HERE, only.id)));
    }
    let shell =
        Shell::new(&app, &call, if is_client { "Write to your therapist" } else { "Conversations" }).at(C::HERE);
    super::page(&ListPage { shell, here: C::HERE, is_client, rows: found })
}

fn is_client<C: Correspondent>() -> bool {
    C::HERE.starts_with("/c")
}

/// Every therapist that a client works with, those with something new first; also where nothing was written yet.
fn of_client(tx: &mut Tx<'_>, ask: &Ask, when: &When) -> Flow<Vec<RowView>> {
    let threads = conversation::list(tx, ask, MANY)?;
    let pairs = store::relationship::list(tx, &ask.who.scope(), None, None, MANY)?.items;
    let mut rows = Vec::new();
    for pair in &pairs {
        let thread = threads.iter().find(|thread| thread.between.relationship == pair.id);
        if thread.is_none() && is_open(pair).is_err() {
            continue;
        }
        let therapist = store::person::load(tx, PersonRef::Therapist(pair.therapist))?;
        let newest = thread.map(|thread| thread.newest_at);
        rows.push((
            newest,
            RowView {
                id: pair.id.to_string(),
                name: therapist.map_or_else(|| "Your therapist".to_owned(), |person| person.name),
                detail: String::new(),
                unread: thread.map_or(0, |thread| thread.unread_by_client),
                newest: newest.map(|at| when.brief(at)).unwrap_or_default(),
                newest_exact: newest.map(|at| at.to_string()).unwrap_or_default(),
            },
        ));
    }
    rows.sort_by_key(|(newest, row)| (row.unread == 0, newest.map(|at| -at.micros())));
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn row(tx: &mut Tx<'_>, people: &mut People, thread: &Thread, when: &When) -> Flow<RowView> {
    let between = thread.between;
    Ok(RowView {
        id: between.relationship.to_string(),
        name: people.client(tx, between.client)?,
        detail: people.therapist(tx, between.therapist)?,
        unread: thread.unread_of_client,
        newest: when.brief(thread.newest_at),
        newest_exact: thread.newest_at.to_string(),
    })
}

async fn page<C: Correspondent>(app: App, call: Call<C>) -> Answer {
    show(&app, &call, FieldErrors::default(), String::new(), StatusCode::OK).await
}

async fn write<C: Correspondent>(app: App, call: Call<C>) -> Answer {
    let (id, typed): (RelationshipId, _) = (call.id("id")?, call.raw().get("words").to_owned());
    let (ask, inner, words) = (call.ask(), app.clone(), typed.clone());
    let asked = ask.clone();
    let done = once::write(&app, &ask, once_of(&call), move |tx| {
        let done = conversation::write(tx, &inner.tools, &asked, id, &words)?;
        Ok(Done { answer: done.answer.to_string(), audit: done.audit, more: done.more })
    });
    match done.await {
        Ok(_) => Ok(redirect(&format!("{}/{id}?sent=yes#newest", C::HERE))),
        Err(failed) => {
            let refused = super::desk::refused(failed)?;
            show(&app, &call, refused.errors, typed, refused.status).await
        }
    }
}

/// Marks what was written to this person as read, before the page is made of it. The page is shown even where that cannot
/// be kept. Gives how many lines there were.
async fn open<C: Correspondent>(
    app: &App,
    call: &Call<C>,
    id: RelationshipId,
    before: Option<Cursor>,
) -> Result<u32, Problem> {
    if !call.is_opened() {
        return Ok(0);
    }
    let (ask, inner) = (call.ask(), app.clone());
    match app
        .store
        .write_async(move |tx: &mut Tx<'_>| conversation::opened(tx, &inner.tools, &ask, id, before.as_ref()))
        .await
    {
        Ok(committed) => {
            app.nudge.ring();
            Ok(committed.answer)
        }
        Err(Failed::Nothing { .. }) => Ok(0),
        Err(refused @ Failed::Refused(_)) => Err(refused.into()),
        Err(fault) => {
            tracing::error!(?fault, relationship = %id, "that a conversation was opened could not be kept");
            Ok(0)
        }
    }
}

async fn show<C: Correspondent>(
    app: &App,
    call: &Call<C>,
    errors: FieldErrors,
    typed: String,
    status: StatusCode,
) -> Answer {
    let id: RelationshipId = call.id("id")?;
    // A link that somebody cut short leads to the newest lines.
    let before: Option<Cursor> = call.raw_query().get("before").parse().ok();
    let opened = open(app, call, id, before.clone()).await?;
    let is_older = before.is_some();
    let (ask, when, inner) = (call.ask(), When::of(call), app.clone());
    let own_id = call.actor.person;
    let (found, lines) = super::desk::read(app, move |tx| {
        let found = conversation::find(tx, &ask, id, before.as_ref(), conversation::LINES_SHOWN)?;
        let mut people = People::default();
        let mut lines = Vec::with_capacity(found.lines.items.len());
        for line in found.lines.items.iter().rev() {
            lines.push(line_view(tx, &mut people, &inner, &found, line, own_id, &when)?);
        }
        Ok((found, lines))
    })
    .await?;
    let (client, therapist) = (found.client.first_name().to_owned(), found.therapist.first_name().to_owned());
    let (is_client, place) = (is_client::<C>(), call.place());
    let other = if is_client { therapist.clone() } else { client.clone() };
    let title = match C::HERE {
        "/p/conversations" => format!("{} and {}", found.client.name, found.therapist.name),
        _ => format!("You and {}", if is_client { &found.therapist.name } else { &found.client.name }),
    };
    let waiting = call.caller().waiting().saturating_sub(opened);
    let page = TalkPage {
        shell: Shell::new(app, call, title).at(C::HERE).count(C::HERE, waiting as usize).with(&errors),
        errors,
        here: format!("{}/{id}", C::HERE),
        list: C::HERE,
        is_client,
        is_therapist: C::HERE.starts_with("/t"),
        client,
        therapist,
        other,
        lines,
        older: found.lines.next.map(|cursor| cursor.to_string()).unwrap_or_default(),
        is_older,
        left: WORDS_MAX.saturating_sub(typed.chars().count()),
        typed,
        max: WORDS_MAX,
        is_sent: call.raw_query().get("sent") == "yes",
        closed: is_open(&found.pair).err().map(|refused| refused.detail).unwrap_or_default(),
        dial: dial(&place.support_phone),
        practice_phone: place.support_phone,
    };
    page_with(status, &page)
}

fn line_view(
    tx: &mut Tx<'_>,
    people: &mut People,
    app: &App,
    found: &Found,
    line: &Line,
    own: PersonRef,
    when: &When,
) -> Flow<LineView> {
    let reads_client = matches!(own, PersonRef::Client(_));
    let name = match line.author {
        Some(author) if author == own => "You".to_owned(),
        Some(author) => people.find(tx, author)?.map_or_else(|| "Somebody".to_owned(), |person| person.name.clone()),
        None => app_name(tx, found)?,
    };
    let href = match (line.link, reads_client) {
        (Some(link), true) => app.tools.link_key.url(&app.tools.base_url, link),
        _ => String::new(),
    };
    let read = match (line.read_at, line.is_from_client() == reads_client) {
        (Some(at), true) => format!("Read {}", when.brief(at)),
        (None, true) if !reads_client => "Not opened yet".to_owned(),
        _ => String::new(),
    };
    let understood = line.understood.as_deref().filter(|word| *word != "unread" && line.is_from_client());
    Ok(LineView {
        is_own: line.is_from_client() == reads_client,
        name,
        text: line.words.replace("{link}", "").trim().to_owned(),
        href,
        at: when.brief(line.written_at),
        at_exact: line.written_at.to_string(),
        read,
        understood: understood.map_or("", |word| words::understood(Some(word))),
    })
}

/// A notice of the house comes from the practice.
fn app_name(tx: &mut Tx<'_>, found: &Found) -> Flow<String> {
    let practice = store::practice::load(tx, found.pair.practice)?;
    Ok(practice.map_or_else(|| "The practice".to_owned(), |practice| practice.name))
}
