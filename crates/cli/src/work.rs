//! `holdspace work`.

use crate::settings::Source;
use crate::stop;
use crate::talk::{Failure, Told};
use clap::Args as Arguments;
use server::config::Database;
use server::start;
use server::work::{THREADS, Worker};

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  HOLDSPACE_DATABASE=postgres://holdspace:secret@db/holdspace holdspace work --threads 16\n\nAs many as you like may run beside each other."
)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// How many messages are handed over at the same time.
    #[arg(long, default_value_t = THREADS, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: u8,
}

/// Works until it is told to stop.
///
/// # Errors
/// On SQLite, where `serve` does this itself; what could not be opened.
pub fn run(args: &Args) -> Told {
    let config = args.source.read()?;
    if let Database::Sqlite(path) = &config.database {
        return Err(Failure::new(format!(
            "{} is SQLite, where `holdspace serve` sends the messages itself; `work` is for PostgreSQL",
            path.display()
        )));
    }
    let app = start::app(config)?;
    let post = start::post(&app)?;
    println!("Working on {} with {} threads.", app.config.database.redacted(), args.threads);
    let worker = Worker::start(&app, post, usize::from(args.threads));
    tokio::runtime::Runtime::new()?.block_on(stop::asked());
    drop(worker);
    println!("Stopped.");
    Ok(())
}
