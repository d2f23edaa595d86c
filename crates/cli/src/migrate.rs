//! `holdspace migrate`.

use crate::settings::Source;
use crate::talk::Told;
use clap::Args as Arguments;
use serde_json::json;
use server::start;

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace migrate --config holdspace.toml\n\nSafe to run again; `serve` does it by itself when it starts."
)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Brings the tables up to date.
///
/// # Errors
/// What the database says.
pub fn run(args: &Args) -> Told {
    let config = args.source.read()?;
    let applied = start::writable(&config)?.migrate()?;
    match (args.json, applied.is_empty()) {
        (true, _) => println!("{}", json!({ "applied": applied })),
        (false, true) => println!("The tables are up to date."),
        (false, false) => println!("Applied: {}.", applied.join(", ")),
    }
    Ok(())
}
