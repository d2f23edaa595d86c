//! What was sent on one day, to whom, by which way, and where it stands.

use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::portal::desk::{self, MessageView, People, When, later};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::person::Role;
use jiff::civil::Date;
use serde::Deserialize;
use store::message::Filter;

/// Messages of one day at most.
const MANY: u32 = 500;

#[derive(Debug, Clone, Default, Deserialize)]
struct Query {
    day: Option<Date>,
}

#[derive(Template)]
#[template(path = "practice/messages.html")]
struct MessagesPage {
    shell: Shell,
    day: String,
    is_today: bool,
    messages: Vec<MessageView>,
    before: String,
    after: String,
    may_word: bool,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let query: Query = call.query()?;
    let (ask, when) = (desk::ask(&call), When::of(&call));
    let day = query.day.unwrap_or_else(|| when.date(when.now));
    let (span, inner) = (when.days(day, 1), when.clone());
    let messages = desk::read(&app, move |tx| {
        let filter = Filter { since: Some(span.from), ..Filter::default() };
        let page = store::message::list(tx, &ask.who.scope(), &filter, None, MANY)?;
        let mut people = People::default();
        let mut views = Vec::with_capacity(page.items.len());
        let of_day = page.items.iter().filter(|message| message.handed_at.unwrap_or(message.send_at) < span.to);
        for message in of_day.rev() {
            views.push(desk::message_view(tx, &mut people, &inner, message)?);
        }
        Ok(views)
    })
    .await?;
    let link = |days: i32| format!("/p/messages?day={}", later(day, days));
    let page = MessagesPage {
        shell: Shell::new(&app, &call, "Messages").at("/p/messages"),
        day: when.day(span.from),
        is_today: when.is_today(span.from),
        messages,
        before: link(-1),
        after: link(1),
        may_word: matches!(call.actor.role, Role::Admin | Role::Owner),
    };
    render(&page)
}
