//! The demo as people see it: who is who, the letters, the time machine, the faults.

use super::Handles;
use super::catcher::{Fault, Line, Mode};
use super::outbox::Caught;
use super::people::{House, houses, sign_in_url};
use super::wire;
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem, fields_or};
use crate::flow::signin;
use crate::portal::{Shell, page, page_with, redirect, welcome};
use crate::routes::Answer;
use askama::Template;
use axum::http::StatusCode;
use domain::person::{Channel, Person, PersonRef};
use domain::telling::short_text::{self, Alphabet, Size};
use domain::time::{Instant, Span, Zone};
use serde::Deserialize;
use std::sync::Arc;

/// The most letters that one page shows.
const LETTERS_SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "demo/home.html")]
struct HomePage {
    shell: Shell,
    houses: Vec<HouseView>,
}

struct HouseView {
    name: String,
    preset: &'static str,
    zone: String,
    people: Vec<PersonView>,
}

struct PersonView {
    name: String,
    role: String,
    reached: String,
    href: String,
}

#[derive(Template)]
#[template(path = "demo/outbox.html")]
struct OutboxPage {
    shell: Shell,
    letters: Vec<LetterView>,
    total: usize,
}

struct LetterView {
    href: String,
    subject: String,
    to: String,
    kind: String,
    status: &'static str,
    sent_at: String,
}

#[derive(Template)]
#[template(path = "demo/letter.html")]
struct LetterPage {
    shell: Shell,
    facts: Vec<(&'static str, String)>,
    subject: String,
    body: Vec<Piece>,
    attachments: Vec<super::outbox::Attachment>,
}

/// A piece of a letter's text.
struct Piece {
    text: String,
    is_link: bool,
}

#[derive(Template)]
#[template(path = "demo/time.html")]
struct TimePage {
    shell: Shell,
    errors: FieldErrors,
    now: String,
    stands: bool,
    to: String,
}

#[derive(Template)]
#[template(path = "demo/faults.html")]
struct FaultsPage {
    shell: Shell,
    errors: FieldErrors,
    on: Vec<String>,
    lines: [&'static str; 3],
    modes: [&'static str; 5],
}

/// `GET /demo`.
pub async fn home(app: App, call: Call<Public>) -> Answer {
    let houses = houses(&app).await?.into_iter().map(|house| house_view(&app, house)).collect();
    page(&HomePage { shell: Shell::new(&app, &call, "The demo"), houses })
}

fn house_view(app: &App, house: House) -> HouseView {
    let people = house.people.iter().map(|person| person_view(app, person)).collect();
    HouseView {
        name: house.practice.name,
        preset: house.preset.as_str(),
        zone: house.practice.zone.name().to_owned(),
        people,
    }
}

fn person_view(app: &App, person: &Person) -> PersonView {
    let role = person.role.word().replace('_', " ");
    let prefers = person.preference.preferred().word().replace('_', " ");
    let reached = match person.id {
        PersonRef::Client(_) => format!("prefers {prefers}"),
        _ => String::new(),
    };
    let path = format!("/demo/sign-in/{}", person.id);
    // The same address as the wire gives, without the host that this page is on already.
    debug_assert!(sign_in_url(app, person).ends_with(&path));
    PersonView { name: person.name.clone(), role, reached, href: path }
}

/// `GET /demo/sign-in/{person}`: the demo's own door, as often as you like.
pub async fn sign_in(app: App, call: Call<Public>) -> Answer {
    let person: PersonRef = call.param("person").parse().map_err(|_| Problem::not_found())?;
    let opened = signin::open_for(&app, person, call.now).await?.ok_or_else(Problem::not_found)?;
    Ok(welcome(&app, &opened))
}

/// `GET /demo/outbox`: JSON for programs, a list for people.
pub async fn outbox(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    if !wire::prefers_html(call.headers()) {
        return wire::outbox(handles, app, call).await;
    }
    let letters = wire::letters(&handles, &app, &call).await?;
    let total = letters.len();
    let letters = letters.iter().rev().take(LETTERS_SHOWN).map(letter_view).collect();
    page(&OutboxPage { shell: Shell::new(&app, &call, "Outbox"), letters, total })
}

/// What it is called in a list: its subject, or how a text begins.
fn title(letter: &Caught) -> String {
    const SHOWN: usize = 60;
    if !letter.subject.is_empty() {
        return letter.subject.clone();
    }
    let line = letter.body.lines().next().unwrap_or_default();
    if line.chars().count() <= SHOWN {
        line.to_owned()
    } else {
        format!("{}…", line.chars().take(SHOWN).collect::<String>())
    }
}

fn letter_view(letter: &Caught) -> LetterView {
    LetterView {
        href: format!("/demo/letters/{}", letter.id),
        subject: title(letter),
        to: letter.to.clone(),
        kind: letter.kind.as_str().replace('_', " "),
        status: letter.status.word(),
        sent_at: clock_words(letter.sent_at),
    }
}

/// `GET /demo/letters/{id}`.
pub async fn letter(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    let letter = match handles.outbox.find(call.param("id")) {
        Some(letter) => letter,
        None => {
            let in_app = super::portal::find(&app, &super::outbox::Wanted::default()).await?;
            in_app.into_iter().find(|one| one.id == call.param("id")).ok_or_else(Problem::not_found)?
        }
    };
    let mut facts = vec![
        ("To", letter.to.clone()),
        ("What for", letter.kind.as_str().replace('_', " ")),
        ("Handed over", clock_words(letter.sent_at)),
        ("What became of it", format!("{} ({} so far)", letter.status.word(), tries(letter.tries))),
        ("Number", letter.id.clone()),
    ];
    if letter.channel == Channel::Sms {
        let size = short_text::size(&letter.body);
        facts.push(("Size", size_words(size)));
    }
    let base = app.config.base_url.to_string();
    let body = pieces(&letter.body, &base);
    let shell = Shell::new(&app, &call, "A letter");
    page(&LetterPage { shell, facts, subject: title(&letter), body, attachments: letter.attachments })
}

/// How many parts a text is sent and paid for as.
fn size_words(size: Size) -> String {
    let alphabet = if size.alphabet == Alphabet::Ucs2 { "UCS-2" } else { "GSM-7" };
    let parts = if size.parts == 1 { "one part".to_owned() } else { format!("{} parts", size.parts) };
    format!("{parts}, {} units of {alphabet}", size.units)
}

fn tries(count: u32) -> String {
    if count == 1 { "one try".into() } else { format!("{count} tries") }
}

/// The text with links of ours set apart, so that they can be pressed.
fn pieces(text: &str, base: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(base) {
        let (before, from_link) = rest.split_at(at);
        let end = from_link.find(char::is_whitespace).unwrap_or(from_link.len());
        let (link, after) = from_link.split_at(end);
        pieces.push(Piece { text: before.to_owned(), is_link: false });
        pieces.push(Piece { text: link.to_owned(), is_link: true });
        rest = after;
    }
    pieces.push(Piece { text: rest.to_owned(), is_link: false });
    pieces
}

/// `GET /demo/clock`: JSON for programs; people are sent to the time machine.
pub async fn clock(app: App, call: Call<Public>) -> Answer {
    if wire::prefers_html(call.headers()) { Ok(redirect("/demo/time")) } else { wire::clock(app, call).await }
}

/// `GET /demo/time`.
pub async fn time(_: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    page(&time_page(&app, &call, FieldErrors::default()))
}

fn time_page(app: &App, call: &Call<Public>, errors: FieldErrors) -> TimePage {
    let shell = Shell::new(app, call, "Time machine").with(&errors);
    let (stands, to) = (shell.is_still, call.raw().get("set").to_owned());
    TimePage { shell, errors, now: clock_words(app.now()), stands, to }
}

#[derive(Deserialize)]
struct MoveForm {
    advance: Option<Span>,
    set: Option<Instant>,
}

/// `POST /demo/time`.
pub async fn move_time(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    let moved = match call.form::<MoveForm>() {
        Ok(form) => wire::travel(handles, form.advance, form.set).await,
        Err(errors) => Err(errors.into()),
    };
    match moved {
        Ok(_) => Ok(redirect("/demo/time")),
        Err(problem) => {
            let message = "Write a moment that is still to come, such as 2026-03-09T08:00:00Z.";
            let mut errors = FieldErrors::default();
            if !fields_or(problem)?.is_empty() {
                errors.push("set", message);
            }
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &time_page(&app, &call, errors))
        }
    }
}

/// `GET /demo/faults`.
pub async fn faults(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    page(&faults_page(&handles, &app, &call, FieldErrors::default()))
}

fn faults_page(handles: &Handles, app: &App, call: &Call<Public>, errors: FieldErrors) -> FaultsPage {
    FaultsPage {
        shell: Shell::new(app, call, "Faults").with(&errors),
        errors,
        on: handles.faults.list().iter().map(fault_words).collect(),
        lines: Line::ALL.map(Line::word),
        modes: Mode::ALL.map(Mode::word),
    }
}

fn fault_words(fault: &Fault) -> String {
    let whom = fault.to.as_deref().map_or("everybody".to_owned(), str::to_owned);
    format!("{}: {}, for {whom}", fault.channel.word(), fault.mode.word().replace('_', " "))
}

#[derive(Deserialize)]
struct FaultForm {
    channel: String,
    mode: String,
    #[serde(default)]
    to: String,
}

/// `POST /demo/faults/set`.
pub async fn set_fault(handles: Arc<Handles>, app: App, call: Call<Public>) -> Answer {
    let fault = call.form::<FaultForm>().ok().and_then(|form| wire::fault_of(&form.channel, &form.mode, &form.to));
    match fault {
        Some(fault) => {
            wire::put_fault(&handles, fault).await?;
            Ok(redirect("/demo/faults"))
        }
        None => {
            let mut errors = FieldErrors::default();
            errors.push("mode", "Choose what misbehaves and how");
            page_with(StatusCode::UNPROCESSABLE_ENTITY, &faults_page(&handles, &app, &call, errors))
        }
    }
}

/// A moment in UTC, as a person reads it.
fn clock_words(at: Instant) -> String {
    at.in_zone(&Zone::utc()).strftime("%A %-d %B %Y, %H:%M:%S UTC").to_string()
}
