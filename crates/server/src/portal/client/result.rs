//! What came of a choice: "You're booked", "on its way back", "will contact you". Also what a used link shows.

use super::desk::Door;
use super::words::{kind_icon, kind_words, spell, state_words};
use crate::actor::Scoped;
use crate::app::App;
use crate::call::Call;
use crate::portal::{Effect, Shell, page as render};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::appointment::{Appointment, State};
use domain::money::Money;
use domain::practice::Therapist;
use domain::time::Instant;

/// What came of it.
pub(super) enum Outcome<'a> {
    /// A session was booked; it may have changed since.
    Booked {
        /// Which.
        booked: &'a Appointment,
        /// Whether an earlier payment followed it.
        carried: bool,
    },
    /// A time that was to move stands as it was.
    Kept {
        /// Which.
        kept: &'a Appointment,
    },
    /// They wanted their money back.
    Refund(MoneyBack),
    /// Somebody will be in touch.
    Contact {
        /// By when, where it was promised.
        by: Option<Instant>,
        /// Where to choose a time after all.
        times: &'a str,
    },
}

/// What becomes of money that a client wants back.
pub(super) enum MoneyBack {
    /// It goes back.
    Due(Money),
    /// The practice is asked (E-04).
    Asked(Money),
    /// None was taken.
    Nothing,
}

#[derive(Template)]
#[template(path = "client/result.html")]
struct ResultPage {
    shell: Shell,
    lines: Vec<Effect>,
    ways: Vec<Way>,
    note: &'static str,
}

/// A way on.
struct Way {
    href: String,
    label: &'static str,
    icon: &'static str,
    is_primary: bool,
}

/// The page of a result.
pub(super) fn page<A: Scoped>(app: &App, call: &Call<A>, base: &str, with: &Therapist, outcome: Outcome<'_>) -> Answer {
    let name = with.person.first_name();
    let when = When::of(call);
    match outcome {
        Outcome::Booked { booked, carried } if booked.state.is_live() => {
            let title = format!("You’re booked: {}", when.moment(booked.start));
            render(&ResultPage {
                shell: Shell::new(app, call, title),
                lines: booked_lines(booked, with, carried, &when),
                ways: booked_ways(app, call, base, booked),
                note: "You’ll get a confirmation.",
            })
        }
        Outcome::Booked { booked, .. } => {
            let words = state_words(booked, when.locale).unwrap_or_default();
            let line = line("calendar", &when.moment(booked.start), &words);
            let again = way(Door::of(call).session(app, booked.id), "See it now", "calendar", true);
            let ways = if matches!(booked.state, State::Cancelled(_)) { vec![again] } else { Vec::new() };
            let shell = Shell::new(app, call, "This session has changed since");
            render(&ResultPage { shell, lines: vec![line], ways, note: "" })
        }
        Outcome::Kept { kept } => render(&ResultPage {
            shell: Shell::new(app, call, format!("Your session stays: {}", when.moment(kept.start))),
            lines: booked_lines(kept, with, false, &when),
            ways: booked_ways(app, call, base, kept),
            note: "There is nothing more that you need to do.",
        }),
        Outcome::Refund(back) => render(&refund(app, call, back)),
        Outcome::Contact { by, times } => {
            let title = match by {
                Some(by) => format!("{name} will contact you by {}", when.moment(by)),
                None => format!("{name} will contact you"),
            };
            let told = format!("We’ve told {name} that you’d like to hear from them.");
            let lines = vec![line("message-square", &told, "You don’t have to do anything.")];
            let ways = vec![way(times.to_owned(), "Choose a time after all", "calendar", false)];
            render(&ResultPage { shell: Shell::new(app, call, title), lines, ways, note: "" })
        }
    }
}

fn refund<A: Scoped>(app: &App, call: &Call<A>, back: MoneyBack) -> ResultPage {
    let (title, line) = match back {
        MoneyBack::Due(amount) => (
            format!("Your {amount} is on its way back"),
            line(
                "banknote",
                "It goes back the way you paid",
                "That takes 5 to 10 days. We’ll write if anything goes wrong.",
            ),
        ),
        MoneyBack::Asked(amount) => (
            format!("We’ve asked the practice for your {amount}"),
            line("banknote", "The practice decides on it", "They will write to you."),
        ),
        MoneyBack::Nothing => (
            "We’ve noted that you’d like your money back".to_owned(),
            line("banknote", "Nothing was taken for this session", "So there is nothing to pay back."),
        ),
    };
    ResultPage { shell: Shell::new(app, call, title), lines: vec![line], ways: Vec::new(), note: "" }
}

fn booked_lines(booked: &Appointment, with: &Therapist, carried: bool, when: &When) -> Vec<Effect> {
    let (name, kind) = (with.person.first_name(), booked.kind);
    let there = when.elsewhere(booked.start, &booked.zone).unwrap_or_default();
    let mut lines = vec![line(
        kind_icon(kind),
        &format!("{} with {name}, {}", kind_words(kind), when.range(booked.interval())),
        &there,
    )];
    if carried {
        lines.push(line(
            "banknote",
            &format!("Your {} has moved to this session", booked.price),
            "Nothing more to pay.",
        ));
    }
    let cutoff = booked.policy.effective_cutoff();
    if cutoff > when.now {
        let free = spell(when.locale, &format!("You can change this free until {}", when.moment(cutoff)));
        lines.push(line("clock", &free, ""));
    }
    lines
}

fn booked_ways<A: Scoped>(app: &App, call: &Call<A>, base: &str, booked: &Appointment) -> Vec<Way> {
    let session = Door::of(call).session(app, booked.id);
    let calendar = match Door::of(call) {
        Door::Link => format!("{base}/calendar"),
        Door::Portal => format!("{session}/calendar"),
    };
    vec![way(calendar, "Add to calendar", "calendar", true), way(session, "Change this", "repeat", false)]
}

fn line(icon: &'static str, title: &str, detail: &str) -> Effect {
    Effect { icon, title: title.to_owned(), detail: detail.to_owned() }
}

fn way(href: String, label: &'static str, icon: &'static str, is_primary: bool) -> Way {
    Way { href, label, icon, is_primary }
}
