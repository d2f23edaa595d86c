//! The `holdspace` command: everything an operator does, one subcommand each.
//!
//! What went wrong is told in one line that names the remedy. Exit codes: 0 it worked, 1 it did not, 2 the command was
//! written wrongly.
#![allow(clippy::disallowed_macros, reason = "what it prints is what it is for")]

mod admin;
mod audit;
mod check;
mod demo;
mod hours;
mod import;
mod migrate;
mod serve;
mod settings;
mod sim;
mod stop;
mod talk;
mod work;

use clap::{Parser, Subcommand};
use std::process::ExitCode;
use talk::Told;

/// Holdspace keeps the promise of an appointment: when it does not go to plan, the client knows within minutes, has a
/// next step, and the record stands.
#[derive(Parser)]
#[command(name = "holdspace", version, propagate_version = true, arg_required_else_help = true)]
#[command(
    after_help = "Example:\n  holdspace demo\n\nTo run it for your own practice: holdspace admin practice-create --help, then holdspace serve --help."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start a living practice with made-up people; nothing leaves this machine.
    Demo(demo::Args),
    /// Serve the portals and the API. On SQLite this process also sends the messages.
    Serve(serve::Args),
    /// Send messages and act on deadlines, beside `serve` on PostgreSQL.
    Work(work::Args),
    /// Bring the database's tables up to date.
    Migrate(migrate::Args),
    /// Look at configuration, database, books and record, and say what is wrong.
    Check(check::Args),
    /// Export a part of the record, or check an export.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Set up practices and people.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Take over what a practice brings along: a diary, clients, appointments.
    #[command(subcommand)]
    Import(import::Command),
    /// Play practice-days with faulty post and people who act, and see whether every promise is kept.
    Sim(sim::Args),
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            eprintln!("holdspace: {failed}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Told {
    match command {
        Command::Demo(args) => demo::run(args),
        Command::Serve(args) => serve::run(&args),
        Command::Work(args) => work::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Audit(command) => audit::run(command),
        Command::Admin(command) => admin::run(command),
        Command::Import(command) => import::run(command),
        Command::Sim(args) => sim::run(&args),
    }
}
