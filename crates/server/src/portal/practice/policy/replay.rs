//! A replay of the practice's past year under two policies: how far it is, a chart and a table of what came of it.

use crate::actor::Manager;
use crate::app::App;
use crate::call::Call;
use crate::flow::replay::{self as flow, Question, Result as Replayed, Side};
use crate::portal::desk::{self, When};
use crate::portal::{Shell, page as render, redirect};
use crate::routes::Answer;
use askama::Template;
use domain::id::ReplayId;
use domain::money::Money;
use domain::policy::replay::{Sums, Totals};
use serde::Deserialize;
use std::collections::BTreeSet;
use store::Tx;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    a: u32,
    b: u32,
}

/// POST. A replay is bookkeeping: it changes nothing about anybody.
pub(super) async fn begin(app: App, call: Call<Manager>) -> Answer {
    let Begin { a, b } = call.form()?;
    let (ask, practice) = (desk::ask(&call), call.actor.practice);
    let side = |version| Side { version, set: Default::default() };
    let question = Question { a: side(a), b: side(b) };
    let asked = app.store.write_unaudited_async(move |tx: &mut Tx| flow::ask_for(tx, &ask, practice, &question));
    let id = asked.await?;
    app.nudge.ring();
    Ok(redirect(&format!("/p/policy/replays/{id}")))
}

/// One line of the comparison.
struct Row {
    name: &'static str,
    a: String,
    b: String,
    change: String,
}

/// One month: its two columns in the chart, and its line in the table.
struct Month {
    name: String,
    a: String,
    b: String,
    x: u32,
    x_b: u32,
    y_a: u32,
    y_b: u32,
    height_a: u32,
    height_b: u32,
}

#[derive(Template)]
#[template(path = "practice/policy_replay.html")]
struct ReplayPage {
    shell: Shell,
    id: ReplayId,
    a: String,
    b: String,
    span: String,
    total: u64,
    seen: u64,
    is_done: bool,
    rows: Vec<Row>,
    months: Vec<Month>,
    sentence: String,
    width: u32,
}

impl ReplayPage {
    fn percent(&self) -> u64 {
        (self.seen * 100).checked_div(self.total).unwrap_or(100).min(100)
    }
}

/// GET.
pub(super) async fn page(app: App, call: Call<Manager>) -> Answer {
    let id: ReplayId = call.id("id")?;
    let (ask, when, practice) = (desk::ask(&call), When::of(&call), call.actor.practice);
    let found = desk::read(&app, move |tx| flow::one(tx, &ask, practice, id)).await?;
    let question: Question = serde_json::from_str(&found.question).map_err(crate::error::Problem::fault)?;
    let result: Option<Replayed> = found.result.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let (a, b) = (named(&question.a, "A"), named(&question.b, "B"));
    let months = result.as_ref().map(|result| months(&result.a, &result.b)).unwrap_or_default();
    render(&ReplayPage {
        shell: Shell::new(&app, &call, "The past year, replayed").at("/p/policy"),
        id,
        span: format!("{} to {}", when.day(flow::since(&found)), when.day(found.asked_at)),
        total: found.total,
        seen: found.seen,
        is_done: result.is_some(),
        rows: result.as_ref().map(|result| rows(&result.a, &result.b)).unwrap_or_default(),
        sentence: result.as_ref().map(|result| sentence(&result.a, &result.b, &a, &b)).unwrap_or_default(),
        width: 40 + months.len() as u32 * MONTH_WIDTH,
        months,
        a,
        b,
    })
}

fn named(side: &Side, letter: &str) -> String {
    let draft = if side.set.is_empty() { "" } else { " with the draft" };
    format!("{letter}: version {}{draft}", side.version)
}

fn rows(a: &Totals, b: &Totals) -> Vec<Row> {
    let count = |name, of: fn(&Sums) -> u64| {
        let (left, right) = (of(&a.all), of(&b.all));
        Row { name, a: left.to_string(), b: right.to_string(), change: signed(right as i64 - left as i64) }
    };
    let money = |name, of: fn(&Sums) -> i64| {
        let amount = |minor| Money::new(minor, a.currency).to_string();
        let (left, right) = (of(&a.all), of(&b.all));
        let sign = if right >= left { "+" } else { "−" };
        let change = if left == right { "none".into() } else { format!("{sign}{}", amount((right - left).abs())) };
        Row { name, a: amount(left), b: amount(right), change }
    };
    let twice = Row {
        name: "Clients who paid more than once",
        a: a.charged_twice.to_string(),
        b: b.charged_twice.to_string(),
        change: signed(b.charged_twice as i64 - a.charged_twice as i64),
    };
    vec![
        count("Appointments", |sums| sums.appointments),
        count("Cancelled late by the client", |sums| sums.late),
        count("Missed by the client", |sums| sums.missed),
        count("Times lost", |sums| sums.lost),
        money("Fees", |sums| sums.fees_minor),
        twice,
        count("Refunds", |sums| sums.refunds),
        money("Money given back", |sums| sums.refunds_minor),
    ]
}

fn signed(difference: i64) -> String {
    match difference {
        0 => "none".into(),
        more if more > 0 => format!("+{more}"),
        less => format!("−{}", less.abs()),
    }
}

fn sentence(a: &Totals, b: &Totals, first: &str, second: &str) -> String {
    let amount = |totals: &Totals| Money::new(totals.all.fees_minor, totals.currency).to_string();
    format!("Fees month by month. {first} comes to {} in all, {second} to {}.", amount(a), amount(b))
}

/// How tall the chart is, and where it begins.
const CHART: (u32, u32) = (160, 10);
/// How wide one month is.
const MONTH_WIDTH: u32 = 44;

fn months(a: &Totals, b: &Totals) -> Vec<Month> {
    let names: BTreeSet<&String> = a.months.keys().chain(b.months.keys()).collect();
    let fees = |totals: &Totals, name: &str| totals.months.get(name).map_or(0, |sums| sums.fees_minor.max(0));
    let most = names.iter().flat_map(|name| [fees(a, name), fees(b, name)]).max().unwrap_or(0).max(1);
    let height = |minor: i64| (minor * i64::from(CHART.0) / most) as u32;
    let amount = |minor| Money::new(minor, a.currency).to_string();
    let month = |(number, name): (usize, &&String)| {
        let (left, right) = (fees(a, name), fees(b, name));
        let x = 20 + number as u32 * MONTH_WIDTH;
        let (height_a, height_b) = (height(left), height(right));
        let bottom = CHART.0 + CHART.1;
        Month {
            name: (*name).clone(),
            a: amount(left),
            b: amount(right),
            x,
            x_b: x + 17,
            y_a: bottom - height_a,
            y_b: bottom - height_b,
            height_a,
            height_b,
        }
    };
    names.iter().enumerate().map(month).collect()
}
