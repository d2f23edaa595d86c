//! The `holdspace` command: everything an operator does, one subcommand each.
//!
//! What went wrong is told in one line that names the remedy. Exit codes: 0 it worked, 1 it did not, 2 the command was
//! written wrongly.
#![allow(clippy::disallowed_macros, reason = "what it prints is what it is for")]

mod demo;
mod settings;
mod stop;
mod talk;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use talk::Told;

/// Holdspace keeps the promise of a therapy appointment: when it does not go to plan, the client knows within minutes,
/// has a next step, and the record stands.
#[derive(Parser)]
#[command(name = "holdspace", version, propagate_version = true, subcommand_required = true, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts a living practice with made-up people: nothing leaves this machine.
    Demo(demo::Args),
}

fn main() -> ExitCode {
    let done: Told = match Cli::parse().command {
        Command::Demo(args) => demo::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("holdspace: {failed}");
            ExitCode::FAILURE
        }
    }
}
