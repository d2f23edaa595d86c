//! Everything that was sent to a client: when, by which way, whether it arrived, what it said, and what it was about.

use super::desk;
use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{Ask, Flow, letter};
use crate::portal::desk::words;
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::{When, capital};
use askama::Template;
use domain::message::{Message, MessageState};
use domain::person::Channel;
use serde::Deserialize;
use store::message::Wanted;
use store::{Cursor, Tx};

/// Messages on one page.
const PAGE: u32 = 30;

#[derive(Debug, Default, Deserialize)]
struct Query {
    after: Option<String>,
}

/// One message.
struct Line {
    icon: &'static str,
    by: String,
    at: String,
    at_exact: String,
    subject: String,
    text: String,
    status: &'static str,
    kind: &'static str,
    session: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "client/messages.html")]
struct MessagesPage {
    shell: Shell,
    lines: Vec<Line>,
    is_first: bool,
    next: Option<String>,
}

/// GET: their own, the newest first.
pub(super) async fn page(app: App, call: Call<Client>) -> Answer {
    let query: Query = call.query()?;
    let after = query.after.as_deref().map(str::parse::<Cursor>).transpose().map_err(|_| Problem::not_found())?;
    let (when, is_first) = (When::of(&call), after.is_none());
    let (lines, next) = desk::read(&app, &call, move |tx, _, ask| load(tx, ask, &when, after.as_ref())).await?;
    let page = MessagesPage {
        shell: Shell::new(&app, &call, "Messages to you").at("/c/messages"),
        lines,
        is_first,
        next: next.map(|cursor| format!("/c/messages?after={cursor}")),
    };
    render(&page)
}

fn load(tx: &mut Tx<'_>, ask: &Ask, when: &When, after: Option<&Cursor>) -> Flow<(Vec<Line>, Option<Cursor>)> {
    let scope = ask.who.scope();
    let wanted = Wanted { went: true, ..Wanted::default() };
    let found = store::message::found(tx, &scope, &wanted, after, PAGE)?;
    let mut lines = Vec::with_capacity(found.items.len());
    for message in &found.items {
        let about = match message.appointment {
            Some(id) => store::appointment::load(tx, &scope, id)?,
            None => None,
        };
        let session = about.map(|about| (format!("/c/sessions/{}", about.id), when.moment(about.start)));
        let text = letter::looked_at(tx, message)?;
        lines.push(line(message, text, session, when));
    }
    Ok((lines, found.next))
}

fn line(message: &Message, text: String, session: Option<(String, String)>, when: &When) -> Line {
    let at = message.handed_at.unwrap_or(message.send_at);
    let (status, kind) = status(message);
    Line {
        icon: words::channel_icon(message.channel),
        by: by(message),
        at: when.moment(at),
        at_exact: at.to_string(),
        subject: message.subject.clone(),
        text,
        status,
        kind,
        session,
    }
}

/// "Text to +44 …", "Email to daniel@…".
fn by(message: &Message) -> String {
    let way = match message.channel {
        Channel::Email => "Email".to_owned(),
        Channel::Sms => "Text".to_owned(),
        other => capital(words::channel(other)),
    };
    if message.address.is_empty() { way } else { format!("{way} to {}", message.address) }
}

/// Where it stands, in plain words, and the colour of that.
fn status(message: &Message) -> (&'static str, &'static str) {
    match message.state {
        MessageState::Delivered => ("It arrived", "done"),
        MessageState::Accepted => ("Sent", ""),
        MessageState::Undeliverable => ("We could not deliver it", "due"),
        MessageState::Unknown => ("We don’t know whether it arrived", "due"),
        MessageState::Pending | MessageState::Leased => ("On its way once more", ""),
        MessageState::Superseded | MessageState::Cancelled => ("Replaced by a newer one", ""),
    }
}
