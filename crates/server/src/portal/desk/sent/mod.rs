//! What was sent: everything of a practice for its office, and for a therapist what is about their own clients.

mod one;

pub use one::page as one;

use super::agreement::Choice;
use super::list::encoded;
use super::story::{MessageView, message_view};
use super::{Desk, People, When, ask, read, words};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{self, Ask, Flow};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::id::TherapistId;
use domain::message::MessageKind;
use domain::person::{Channel, Role};
use domain::refusal::Refusal;
use jiff::civil::Date;
use serde::Deserialize;
use store::message::Wanted;
use store::{Cursor, Tx};

/// Messages on one page.
const PAGE: u32 = 50;
/// Therapists to choose among at most.
const THERAPISTS: u32 = 200;

#[derive(Debug, Clone, Default, Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
    #[serde(default)]
    channel: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    therapist: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    after: Option<String>,
}

/// One line of the list.
struct LineView {
    href: String,
    message: MessageView,
}

#[derive(Template)]
#[template(path = "desk/sent.html")]
struct SentPage {
    shell: Shell,
    here: String,
    is_therapist: bool,
    may_word: bool,
    query: Query,
    is_narrowed: bool,
    channels: Vec<Choice>,
    kinds: Vec<Choice>,
    statuses: Vec<Choice>,
    therapists: Vec<Choice>,
    lines: Vec<LineView>,
    next: Option<String>,
}

/// Where a desk's list stands: the therapist's own messages have another address.
pub fn base<D: Desk>() -> String {
    if D::is_therapist() { "/t/messages".to_owned() } else { "/p/messages".to_owned() }
}

/// GET: the newest first, narrowed by a name, a way, a purpose, where it stands, a therapist and days.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let query: Query = call.query()?;
    let (wanted, after) = (wanted(&query, &When::of(&call))?, after(&query)?);
    let (ask, when) = (ask(&call), When::of(&call));
    let (lines, next, therapists) = read(&app, move |tx| {
        let (lines, next) = lines::<D>(tx, &ask, &when, &wanted, after.as_ref())?;
        let therapists = if D::is_therapist() { Vec::new() } else { therapists(tx, &ask, &wanted)? };
        Ok((lines, next, therapists))
    })
    .await?;
    let here = base::<D>();
    let next = next.map(|cursor| format!("{here}?{}&after={cursor}", query.encoded()));
    let page = SentPage {
        shell: Shell::new(&app, &call, "Messages").at(&here),
        is_therapist: D::is_therapist(),
        may_word: matches!(call.actor.role, Role::Admin | Role::Owner),
        is_narrowed: query.is_narrowed(),
        channels: channels(&query.channel),
        kinds: kinds(&query.kind),
        statuses: statuses(&query.status),
        therapists,
        lines,
        next,
        query,
        here,
    };
    render(&page)
}

impl Query {
    fn pairs(&self) -> [(&'static str, &str); 7] {
        [
            ("q", &self.q),
            ("channel", &self.channel),
            ("kind", &self.kind),
            ("status", &self.status),
            ("therapist", &self.therapist),
            ("from", &self.from),
            ("until", &self.until),
        ]
    }

    fn is_narrowed(&self) -> bool {
        self.pairs().iter().any(|(_, value)| !value.trim().is_empty())
    }

    fn encoded(&self) -> String {
        let pairs = self.pairs().into_iter().filter(|(_, value)| !value.is_empty());
        pairs.map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
    }
}

/// What the query asks for. Words that are none of ours ask for nothing that there is.
fn wanted(query: &Query, when: &When) -> Result<Wanted, Problem> {
    let day = |text: &str| -> Result<Option<Date>, Problem> {
        if text.trim().is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| Problem::not_found()) }
    };
    let word = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(Wanted {
        to: None,
        channel: word(&query.channel)
            .map(|text| text.parse::<Channel>())
            .transpose()
            .map_err(|_| Problem::not_found())?,
        kind: word(&query.kind)
            .map(|text| text.parse::<MessageKind>())
            .transpose()
            .map_err(|_| Problem::not_found())?,
        states: flow::sent::states(&query.status).ok_or_else(Problem::not_found)?,
        therapist: word(&query.therapist)
            .map(|text| text.parse::<TherapistId>())
            .transpose()
            .map_err(|_| Problem::not_found())?,
        from: day(&query.from)?.map(|first| when.days(first, 1).from),
        until: day(&query.until)?.map(|last| when.days(last, 1).to),
        name: query.q.clone(),
        went: false,
    })
}

fn after(query: &Query) -> Result<Option<Cursor>, Problem> {
    query.after.as_deref().map(str::parse::<Cursor>).transpose().map_err(|_| Problem::not_found())
}

fn lines<D: Desk>(
    tx: &mut Tx<'_>,
    ask: &Ask,
    when: &When,
    wanted: &Wanted,
    after: Option<&Cursor>,
) -> Flow<(Vec<LineView>, Option<Cursor>)> {
    let found = store::message::found(tx, &ask.who.scope(), wanted, after, PAGE)?;
    let mut people = People::default();
    let mut lines = Vec::with_capacity(found.items.len());
    for message in &found.items {
        let view = message_view(tx, &mut people, when, message)?;
        lines.push(LineView { href: format!("{}/{}", base::<D>(), message.id), message: view });
    }
    Ok((lines, found.next))
}

fn therapists(tx: &mut Tx<'_>, ask: &Ask, wanted: &Wanted) -> Flow<Vec<Choice>> {
    let practice = ask.who.scope().limits().practice.ok_or_else(|| Refusal::not_found("practice"))?;
    let mut choices = vec![Choice::new("", "Any therapist", wanted.therapist.is_none())];
    for therapist in store::therapist::list(tx, practice)?.into_iter().take(THERAPISTS as usize) {
        let is = wanted.therapist == Some(therapist.id);
        choices.push(Choice::new(therapist.id.to_string(), therapist.person.name, is));
    }
    Ok(choices)
}

fn channels(chosen: &str) -> Vec<Choice> {
    let ways = [Channel::Email, Channel::Sms, Channel::InApp, Channel::Push];
    let any = Choice::new("", "Any way", chosen.is_empty());
    let of = |way: Channel| Choice::new(way.word(), crate::when::capital(words::channel(way)), way.word() == chosen);
    std::iter::once(any).chain(ways.map(of)).collect()
}

fn kinds(chosen: &str) -> Vec<Choice> {
    let any = Choice::new("", "Anything", chosen.is_empty());
    // Links to sign in are no messages of the outbox.
    let kinds = MessageKind::ALL.iter().filter(|kind| **kind != MessageKind::SignIn);
    let of = |kind: &MessageKind| Choice::new(kind.as_str(), words::purpose(*kind), kind.as_str() == chosen);
    let mut choices: Vec<Choice> = kinds.map(of).collect();
    choices.sort_by(|a, b| a.label.cmp(&b.label));
    choices.insert(0, any);
    choices
}

fn statuses(chosen: &str) -> Vec<Choice> {
    let all = [
        ("", "Any status"),
        ("waiting", "On its way"),
        ("sent", "Sent"),
        ("delivered", "Delivered"),
        ("undeliverable", "Couldn’t be delivered"),
        ("unknown", "Nobody knows"),
        ("not_sent", "Never sent: replaced or taken back"),
    ];
    all.map(|(value, label)| Choice::new(value, label, value == chosen)).into()
}
