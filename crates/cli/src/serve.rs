//! `holdspace serve`.

use crate::talk::{Failure, Told};
use crate::{settings, stop};
use clap::Args as Arguments;
use server::app::App;
use server::config::{Config, Database};
use server::work::{THREADS, Worker};
use server::{serve, start};
use std::path::PathBuf;
use tokio::net::TcpListener;

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  HOLDSPACE_LISTEN=127.0.0.1:8080 holdspace serve --config holdspace.toml\n\nWithout a configuration it runs on SQLite in the working directory. Every key can be given as HOLDSPACE_…, for example HOLDSPACE_SMTP_HOST."
)]
pub struct Args {
    /// The configuration file; `holdspace.toml` in the working directory where there is one.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Write the log as JSON lines.
    #[arg(long)]
    log_json: bool,
}

/// Serves until it is told to stop.
///
/// # Errors
/// What could not be opened, and the remedy.
pub fn run(args: &Args) -> Told {
    let (config, file) = settings::read(args.config.as_deref(), &[])?;
    settings::log(&config.log, args.log_json)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let listener = runtime.block_on(TcpListener::bind(config.listen)).map_err(|error| {
        Failure::new(format!(
            "cannot listen on {}: {error}. Choose another address with listen or HOLDSPACE_LISTEN",
            config.listen
        ))
    })?;
    let app = start::app(config)?;
    let post = start::post(&app)?;
    tell(&app, file)?;
    let worker = app.config.database.sqlite_path().map(|_| Worker::start(&app, post, THREADS.into()));
    runtime.block_on(serve::serve(app, listener, stop::asked()))?;
    // The worker finishes what it has in hand.
    drop(worker);
    println!("Stopped.");
    Ok(())
}

/// Prints what was chosen, and what a person should know before anybody relies on it.
fn tell(app: &App, file: Option<PathBuf>) -> Told {
    let from = file.map_or("no configuration file".to_owned(), |file| file.display().to_string());
    println!("Holdspace {}, configured by {from}:", env!("CARGO_PKG_VERSION"));
    print!("{}", app.config);
    println!("People reach it at {}", app.config.base_url);
    tell_of_mail(&app.config);
    let practices = app.store.read(|tx: &mut store::Tx<'_>| store::practice::ids(tx))?;
    if practices.is_empty() {
        println!("There is no practice yet. Stop, then: holdspace admin practice-create --help");
    }
    Ok(())
}

fn tell_of_mail(config: &Config) {
    match (&config.smtp, &config.database) {
        (None, _) => {
            println!("No mail server is set up: messages wait. Write smtp.host and smtp.from into the configuration.")
        }
        (Some(_), Database::Postgres(_)) => println!("Messages are sent by `holdspace work`, which runs beside this."),
        (Some(smtp), Database::Sqlite(_)) => println!("Messages go out through {}.", smtp.host),
    }
}
