//! Appointments, found by the client's name: as a list, or a week day by day (G-09).

use super::people::People;
use super::words::{self, TagView};
use super::{Desk, agreement::Choice, ask, read};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{Ask, Flow};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::{When, later};
use askama::Template;
use domain::appointment::Appointment;
use domain::time::{Instant, Interval};
use jiff::civil::Date;
use serde::Deserialize;
use store::appointment::{Filter, Order};
use store::{Cursor, Tx};

/// Appointments on one page of the list.
const PAGE: u32 = 25;
/// Appointments in one week at most.
const WEEK: u32 = 300;

#[derive(Debug, Clone, Default, Deserialize)]
struct Query {
    #[serde(default)]
    q: String,
    #[serde(default)]
    show: String,
    #[serde(default)]
    view: String,
    from: Option<Date>,
    after: Option<String>,
}

/// One appointment of the list.
#[derive(Debug, Clone)]
struct RowView {
    href: String,
    day: String,
    time: String,
    at_exact: String,
    client: String,
    therapist: String,
    place: &'static str,
    icon: &'static str,
    tag: TagView,
    next: String,
}

/// The appointments of one day.
struct DayView {
    title: String,
    is_today: bool,
    rows: Vec<RowView>,
}

#[derive(Template)]
#[template(path = "desk/list.html")]
struct ListPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    q: String,
    q_encoded: String,
    shows: Vec<Choice>,
    show: String,
    is_week: bool,
    found: String,
    days: Vec<DayView>,
    next: Option<String>,
    earlier: String,
    later: String,
    week_title: String,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let query: Query = call.query()?;
    let is_week = query.view == "week";
    let after = query.after.as_deref().map(str::parse::<Cursor>).transpose().map_err(|_| Problem::not_found())?;
    let (ask, when) = (ask(&call), When::of(&call));
    let (wanted, inner) = (query.clone(), when.clone());
    let (days, count, next) = read(&app, move |tx| {
        if is_week {
            week::<D>(tx, &ask, &inner, &wanted)
        } else {
            list::<D>(tx, &ask, &inner, &wanted, after.as_ref())
        }
    })
    .await?;
    let q = query.q.trim().to_owned();
    let title = if q.is_empty() { "Appointments".to_owned() } else { format!("Appointments matching “{q}”") };
    let first = first_day(&query, &when);
    let link = |day: Date| format!("{}/appointments?view=week&from={day}&q={}", D::BASE, encoded(&q));
    let page = ListPage {
        shell: Shell::new(&app, &call, title).at(&D::appointments()),
        base: D::BASE,
        is_therapist: D::is_therapist(),
        found: found(count, next.is_some(), &q, &query.show, is_week),
        shows: shows(&query.show),
        show: shown(&query.show).to_owned(),
        next: next.map(|cursor| {
            format!("{}/appointments?q={}&show={}&after={cursor}", D::BASE, encoded(&q), shown(&query.show))
        }),
        earlier: link(later(first, -7)),
        later: link(later(first, 7)),
        week_title: format!("Week of {}", when.day(when.zone.start_of(first))),
        q_encoded: encoded(&q),
        q,
        is_week,
        days,
    };
    render(&page)
}

type Found = (Vec<DayView>, usize, Option<Cursor>);

fn list<D: Desk>(tx: &mut Tx<'_>, ask: &Ask, when: &When, query: &Query, after: Option<&Cursor>) -> Flow<Found> {
    let start = when.today().from;
    let (from, to, order) = match shown(&query.show) {
        "past" => (None, Some(start), Order::Descending),
        "all" => (None, None, Order::Descending),
        _ => (Some(start), None, Order::Ascending),
    };
    let filter =
        Filter { words: Some(query.q.clone()).filter(|q| !q.trim().is_empty()), from, to, order, ..Filter::default() };
    let page = store::appointment::list(tx, &ask.who.scope(), &filter, after, PAGE)?;
    let count = page.items.len();
    let mut people = People::default();
    let mut days: Vec<DayView> = Vec::new();
    for appointment in &page.items {
        let row = row::<D>(tx, &mut people, when, appointment)?;
        let title = when.near_day(appointment.start);
        let title = crate::when::capital(&title);
        match days.last_mut() {
            Some(day) if day.title == title => day.rows.push(row),
            _ => days.push(DayView { title, is_today: when.is_today(appointment.start), rows: vec![row] }),
        }
    }
    Ok((days, count, page.next))
}

fn week<D: Desk>(tx: &mut Tx<'_>, ask: &Ask, when: &When, query: &Query) -> Flow<Found> {
    let first = first_day(query, when);
    let span = when.days(first, 7);
    let filter = Filter {
        words: Some(query.q.clone()).filter(|q| !q.trim().is_empty()),
        from: Some(span.from),
        to: Some(span.to),
        ..Filter::default()
    };
    let page = store::appointment::list(tx, &ask.who.scope(), &filter, None, WEEK)?;
    let mut people = People::default();
    let mut days = Vec::with_capacity(7);
    for n in 0..7 {
        let day = when.days(later(first, n), 1);
        let mut rows = Vec::new();
        for appointment in page.items.iter().filter(|a| is_in(a.start, day)) {
            rows.push(row::<D>(tx, &mut people, when, appointment)?);
        }
        days.push(DayView { title: when.day(day.from), is_today: when.is_today(day.from), rows });
    }
    Ok((days, page.items.len(), None))
}

fn is_in(at: Instant, day: Interval) -> bool {
    day.from <= at && at < day.to
}

/// The Monday of the week that is asked for.
fn first_day(query: &Query, when: &When) -> Date {
    let day = query.from.unwrap_or_else(|| when.date(when.now));
    later(day, -i32::from(day.weekday().to_monday_zero_offset()))
}

fn row<D: Desk>(tx: &mut Tx<'_>, people: &mut People, when: &When, about: &Appointment) -> Flow<RowView> {
    let client = people.client(tx, about.client)?;
    let first = client.split_whitespace().next().unwrap_or(&client).to_owned();
    let cutoff = about.policy.effective_cutoff();
    let next = match (about.state.is_pending() && about.start > when.now, when.now > cutoff) {
        (true, true) => format!("{first}’s free changes ended {}", when.brief(cutoff)),
        (true, false) => format!("{first} can change it until {}", when.brief(cutoff)),
        (false, _) => String::new(),
    };
    Ok(RowView {
        href: format!("{}/appointments/{}", D::BASE, about.id),
        day: when.head_day(about.start),
        time: when.clock(about.start),
        at_exact: about.start.to_string(),
        client,
        therapist: people.therapist(tx, about.therapist)?,
        place: words::place(about.kind),
        icon: words::place_icon(about.kind),
        tag: words::state(about),
        next,
    })
}

fn shown(show: &str) -> &'static str {
    match show {
        "past" => "past",
        "all" => "all",
        _ => "upcoming",
    }
}

fn shows(show: &str) -> Vec<Choice> {
    let choice = |value: &str, label: &str| Choice::new(value, label, value == shown(show));
    vec![choice("upcoming", "Upcoming"), choice("past", "Past"), choice("all", "Upcoming and past")]
}

fn found(count: usize, more: bool, q: &str, show: &str, is_week: bool) -> String {
    let which = match (is_week, shown(show)) {
        (true, _) => " in this week",
        (_, "past") => " before today",
        (_, "all") => "",
        _ => " from today on",
    };
    let named = if q.is_empty() { String::new() } else { format!(" with “{q}”") };
    let number = if more { format!("The first {count} appointments") } else { words::count(count, "appointment") };
    format!("{number}{named}{which}")
}

/// A text as it stands in a query.
pub(super) fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
