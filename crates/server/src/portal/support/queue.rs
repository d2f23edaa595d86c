//! Requests for help: the queue of those whose work it is, safety first, then by the clock; one's own for others.

use super::Portal;
use super::views::{RowView, row};
use crate::app::App;
use crate::call::Call;
use crate::portal::desk::{People, read};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::ticket::{TicketKind, TicketState};
use store::ticket::Filter;

/// Open requests, and closed ones, on the page at most.
const MANY: u32 = 200;
const CLOSED: u32 = 20;

#[derive(Template)]
#[template(path = "support/queue.html")]
struct QueuePage {
    shell: Shell,
    base: &'static str,
    title: &'static str,
    is_worker: bool,
    open: Vec<RowView>,
    closed: Vec<RowView>,
    done: &'static str,
}

/// GET.
pub(super) async fn page<A: Portal>(app: App, call: Call<A>) -> Answer {
    let (ask, when) = (call.ask(), When::of(&call));
    let (open, closed) = read(&app, move |tx| {
        let mut people = People::default();
        let mut open = Vec::new();
        for ticket in store::ticket::open(tx, &ask.who.scope(), MANY)? {
            open.push(row(tx, &mut people, &when, &ticket)?);
        }
        let filter = Filter { state: Some(TicketState::Closed), appointment: None };
        let mut closed = Vec::new();
        for ticket in store::ticket::list(tx, &ask.who.scope(), &filter, None, CLOSED)?.items {
            closed.push(row(tx, &mut people, &when, &ticket)?);
        }
        Ok((open, closed))
    })
    .await?;
    let is_worker = call.actor.role.is_staff() && TicketKind::seen_by(call.actor.role).next().is_some();
    let title = if is_worker { "Requests" } else { "Your requests" };
    let done = match call.raw_query().get("done") {
        "closed" => "Closed.",
        _ => "",
    };
    let shell = Shell::new(&app, &call, title).at(&format!("{}/tickets", A::HOME)).count(
        &format!("{}/tickets", A::HOME),
        if is_worker { open.iter().filter(|row| row.due.is_some()).count() } else { 0 },
    );
    render(&QueuePage { shell, base: A::HOME, title, is_worker, open, closed, done })
}
