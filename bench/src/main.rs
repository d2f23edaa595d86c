//! Benchmarks. Speed is printed as a ratio to a bare loop of the same statements in the same run, because a rate alone
//! says more about the machine than about the product.
#![allow(clippy::disallowed_macros, reason = "what it prints is what it is for")]
#![allow(clippy::disallowed_methods, reason = "measuring time is what it is for")]

mod acts;
mod clicks;
mod dataset;
mod flood;
mod host;
mod http;
mod load;
mod machine;
mod pgbench;
mod place;
mod policy;
mod raw;
mod reads;
mod recording;
mod replay;
mod report;
mod tell;
mod writes;

use clap::{Args, Parser, Subcommand};
use dataset::Dataset;
use place::Engine;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Measures Holdspace on this machine.
#[derive(Debug, Parser)]
struct Line {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Booking: HTTP and store against the bare loop of the same statements.
    Book(Options),
    /// Calling off with a promise: the same.
    Cancel(Options),
    /// Free times of one therapist over four weeks, with little past and much.
    Slots(Options),
    /// The page of a therapist's day.
    Page(Options),
    /// Memory of a server that has nothing to do.
    Idle(Options),
    /// Decisions a second of one core.
    Decide(Options),
    /// A preview of a cancellation over HTTP.
    Preview(Options),
    /// A hundred thousand past appointments under each preset.
    Replay(Options),
    /// From a click that calls off to the hand-off of its letters at a real mail server, at steady rates.
    Tell(Options),
    /// The same while two hundred thousand reminders are due.
    Flood(Options),
    /// Everything, one after the other.
    All(Options),
    /// The server that is measured; the others start it.
    #[command(hide = true)]
    Serve {
        #[arg(long)]
        database: String,
        #[arg(long)]
        listen: SocketAddr,
        /// The port of the mail server that letters go to; without it they wait.
        #[arg(long)]
        mail: Option<u16>,
        /// Whom to trust about it.
        #[arg(long)]
        authority: Option<PathBuf>,
    },
}

/// What every benchmark may be told.
#[derive(Debug, Clone, Args)]
struct Options {
    /// Which database.
    #[arg(long, value_enum, default_value = "sqlite")]
    engine: Engine,
    /// How long each run lasts.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections of the client, each with one request under way.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How often each pair is repeated.
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// Whether every write carries an Idempotency-Key.
    #[arg(long)]
    keys: bool,
    /// A handful of rows instead of thousands: to see that it runs, not how fast.
    #[arg(long)]
    small: bool,
}

/// An act that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Book,
    Cancel,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Self::Book => "book",
            Self::Cancel => "cancel",
        }
    }
}

impl Options {
    fn dataset(&self) -> Dataset {
        let (practices, therapists) = if self.small { (2, 2) } else { (50, 8) };
        Dataset { practices, therapists, now: host::now(), urgent: false }
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// Acts that are recorded for the bare loop.
    fn recorded(&self, engine: Engine) -> usize {
        let wanted = self.seconds as usize * if engine == Engine::Sqlite { 3_000 } else { 1_000 };
        if self.small { 60 } else { wanted.clamp(1_000, 20_000) }
    }

    /// Bookings that one run may come to.
    fn most(&self) -> usize {
        if self.small { 500 } else { self.seconds as usize * 12_000 }
    }

    /// Past appointments: little and much.
    fn past(&self) -> (usize, usize) {
        if self.small { (10, 100) } else { (1_000, 100_000) }
    }
}

fn main() -> ExitCode {
    let line = Line::parse();
    // A handful of rows in a debug build says nothing about speed: there the gates are shown and not held.
    let held = !line.what.is_small();
    match run(line.what) {
        Ok(()) if held && report::missed() > 0 => {
            eprintln!("{} of the gates missed", report::missed());
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

impl What {
    fn is_small(&self) -> bool {
        match self {
            Self::Book(options)
            | Self::Cancel(options)
            | Self::Slots(options)
            | Self::Page(options)
            | Self::Idle(options)
            | Self::Decide(options)
            | Self::Preview(options)
            | Self::Replay(options)
            | Self::Tell(options)
            | Self::Flood(options)
            | Self::All(options) => options.small,
            Self::Serve { .. } => true,
        }
    }
}

fn run(what: What) -> Result<(), Box<dyn Error>> {
    if let What::Serve { database, listen, mail, authority } = what {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(host::serve(&database, listen, mail.zip(authority)));
    }
    report::line("machine", &machine::facts());
    report::line("build", if cfg!(debug_assertions) { "debug: the figures mean nothing" } else { "release" });
    match what {
        What::Book(options) => writes::run(Act::Book, &options),
        What::Cancel(options) => writes::run(Act::Cancel, &options),
        What::Slots(options) => reads::slots(&options),
        What::Page(options) => reads::page(&options),
        What::Idle(options) => reads::idle(&options),
        What::Decide(options) => policy::decide(&options),
        What::Preview(options) => policy::preview(&options),
        What::Replay(options) => replay::run(&options),
        What::Tell(options) => tell::run(&options),
        What::Flood(options) => flood::run(&options),
        What::All(options) => all(&options),
        What::Serve { .. } => Ok(()),
    }
}

fn all(options: &Options) -> Result<(), Box<dyn Error>> {
    for act in [Act::Book, Act::Cancel] {
        writes::run(act, options)?;
    }
    writes::run(Act::Book, &Options { keys: true, ..options.clone() })?;
    reads::slots(options)?;
    reads::page(options)?;
    policy::decide(options)?;
    policy::preview(options)?;
    replay::run(options)?;
    tell::run(options)?;
    flood::run(options)?;
    reads::idle(options)
}
