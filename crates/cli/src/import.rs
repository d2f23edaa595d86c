//! `holdspace import`: what a practice brings along, all or nothing.

mod bar;
mod file;
mod tell;

use crate::settings::Source;
use crate::talk::{Failure, Told};
use clap::{Args as Arguments, Subcommand};
use domain::practice::AgreementHow;
use domain::time::Zone;
use outside::address::EmailAddress;
use server::clock::Clock;
use server::dice::Dice;
use server::flow::Flow;
use server::flow::import::{self, Agreed, Appointments, Clients, Diary, Mode, Progress, Quiet, Report, Settings, When};
use server::start;
use std::path::PathBuf;
use std::sync::Arc;
use store::Store;

/// What can be taken over.
#[derive(Subcommand)]
pub enum Command {
    /// Take the busy times of a therapist's diary (iCalendar) over as time in which nothing is offered.
    Diary(DiaryArgs),
    /// Add the clients of a table (CSV), each with their therapist.
    Clients(ClientsArgs),
    /// Take the appointments of a table (CSV) over: what is to come is booked, what is over becomes history.
    Appointments(AppointmentsArgs),
}

/// What every import takes.
#[derive(Arguments)]
struct Common {
    #[command(flatten)]
    source: Source,
    /// The file.
    file: PathBuf,
    /// The practice's id or name; may be left out where there is only one.
    #[arg(long, value_name = "ID|NAME")]
    practice: Option<String>,
    /// Your own e-mail address at the practice, for the record.
    #[arg(long, value_name = "EMAIL")]
    by: Option<String>,
    /// Say what would be done and change nothing. May run beside `serve`.
    #[arg(long)]
    dry_run: bool,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What a diary takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace import diary maya.ics --therapist maya@alderhouse.example --dry-run\n\nImporting the same diary again replaces what it said before. Titles are not kept."
)]
pub struct DiaryArgs {
    #[command(flatten)]
    common: Common,
    /// Whose diary: the address that they sign in with.
    #[arg(long, value_name = "EMAIL")]
    therapist: EmailAddress,
    /// Where times without a zone and whole days are meant; the therapist's own zone where nothing is said.
    #[arg(long)]
    zone: Option<Zone>,
    /// The diary's name, for therapists with several: each replaces only its own times.
    #[arg(long, default_value = "diary", value_parser = name)]
    name: String,
    /// Go on without what cannot be understood; it is listed all the same.
    #[arg(long)]
    leave_out: bool,
}

/// What clients take.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace import clients clients.csv --practice \"Alder House\" --dry-run\n\nThe header line is: name,email,phone,prefers,voicemail,time_zone,therapist_email"
)]
pub struct ClientsArgs {
    #[command(flatten)]
    common: Common,
}

/// What appointments take.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace import appointments appointments.csv --agreed phone --agreed-at 2026-03-01 --dry-run\n\nThe header line is: client_email,therapist_email,start,minutes,kind,price,state"
)]
pub struct AppointmentsArgs {
    #[command(flatten)]
    common: Common,
    /// How the clients agreed to what is still to come: in_session, phone, email, sms or portal.
    #[arg(long, value_name = "HOW", value_parser = how, requires = "agreed_at")]
    agreed: Option<AgreementHow>,
    /// When they agreed: a day of the practice such as 2026-03-01, or a moment such as 2026-03-01T14:30:00Z.
    #[arg(long, value_name = "WHEN", value_parser = when, requires = "agreed")]
    agreed_at: Option<When>,
    /// Send each client and therapist a confirmation of what is still to come.
    #[arg(long)]
    tell: bool,
}

/// Runs one of them.
///
/// # Errors
/// What was wrong; then nothing was written.
pub fn run(command: Command) -> Told {
    match command {
        Command::Diary(args) => {
            let DiaryArgs { therapist, zone, name, leave_out, common } = args;
            let wish = Diary { therapist, zone, source: name, leave_out };
            import(&common, |store, mode, settings, progress| import::diary(store, mode, settings, wish, progress))
        }
        Command::Clients(args) => import(&args.common, |store, mode, settings, progress| {
            import::clients(store, mode, settings, Clients::read(settings), progress)
        }),
        Command::Appointments(args) => {
            let agreed = args.agreed.zip(args.agreed_at).map(|(how, when)| Agreed { how, when });
            import(&args.common, |store, mode, settings, progress| {
                import::appointments(store, mode, settings, Appointments::read(settings, agreed, args.tell), progress)
            })
        }
    }
}

fn import(common: &Common, act: impl FnOnce(&Store, &Mode, &Settings, &Arc<dyn Progress>) -> Flow<Report>) -> Told {
    let file = Arc::new(file::read(&common.file)?);
    let config = common.source.read()?;
    let now = Clock::System.now();
    let settings = Settings {
        practice: common.practice.clone(),
        by: common.by.clone(),
        file,
        now,
        command: Dice::System.command(now),
    };
    let progress: Arc<dyn Progress> = if common.json { Arc::new(Quiet) } else { Arc::new(bar::Bar::default()) };
    let report = if common.dry_run {
        act(&start::readable(&config)?, &Mode::DryRun, &settings, &progress)
    } else {
        let app = start::app(config)?;
        act(&app.store, &Mode::Write(app.tools.clone()), &settings, &progress)
    };
    let report = report.map_err(|failed| crate::admin::told(&failed))?;
    tell::print(&common.file, &report, common.json)?;
    match report.problems.len() {
        0 => Ok(()),
        1 => Err(Failure::new("nothing was imported: there is a problem, named above")),
        many => Err(Failure::new(format!("nothing was imported: there are {many} problems, named above"))),
    }
}

fn name(text: &str) -> Result<String, String> {
    let plain = text.chars().all(|c| c.is_alphanumeric() || " -_.".contains(c));
    match text.trim() {
        "" => Err("write a name such as work".to_owned()),
        trimmed if plain && trimmed.chars().count() <= 60 => Ok(trimmed.to_owned()),
        _ => Err("write at most 60 letters, digits, blanks, dots or hyphens".to_owned()),
    }
}

fn how(word: &str) -> Result<AgreementHow, String> {
    word.parse().map_err(|_| "write in_session, phone, email, sms or portal".to_owned())
}

fn when(text: &str) -> Result<When, String> {
    text.parse().map_err(|_| "write a day such as 2026-03-01 or a moment such as 2026-03-01T14:30:00Z".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: Command,
    }

    fn parsed(words: &str) -> Result<Command, String> {
        let line = Line::try_parse_from(std::iter::once("import").chain(words.split(' ')));
        line.map(|line| line.command).map_err(|error| error.to_string())
    }

    #[test]
    fn how_and_when_clients_agreed_are_said_together() {
        let said = parsed("appointments a.csv --agreed phone --agreed-at 2026-03-01");
        assert!(matches!(said, Ok(Command::Appointments(args)) if args.agreed == Some(AgreementHow::Phone)));
        assert!(parsed("appointments a.csv --agreed phone").is_err_and(|error| error.contains("--agreed-at")));
        assert!(parsed("appointments a.csv --agreed-at 2026-03-01").is_err_and(|error| error.contains("--agreed")));
        assert!(parsed("appointments a.csv --agreed shouting --agreed-at 2026-03-01").is_err());
        assert!(
            parsed("appointments a.csv --agreed sms --agreed-at yesterday").is_err_and(|e| e.contains("a day such as"))
        );
    }

    #[test]
    fn a_diary_names_its_therapist_and_an_unknown_zone_is_refused() {
        assert!(parsed("diary d.ics --therapist maya@example.org --zone Europe/London --name work").is_ok());
        assert!(parsed("diary d.ics").is_err_and(|error| error.contains("--therapist")));
        assert!(parsed("diary d.ics --therapist maya").is_err());
        assert!(parsed("diary d.ics --therapist maya@example.org --zone Europe/Lundon").is_err());
        assert!(parsed("diary d.ics --therapist maya@example.org --name a/b").is_err());
    }
}
