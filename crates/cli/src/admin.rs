//! `holdspace admin`: sets up practices and people, so that a fresh server can be used.
//!
//! On SQLite these write to the file themselves, so they are refused while `serve` has it.

mod hook;
mod people;
mod practice;

use crate::settings::Source;
use crate::talk::Told;
use clap::Subcommand;
use domain::id::{CommandId, Ids, PracticeId};
use domain::practice::Practice;
use domain::time::Instant;
use server::app::App;
use server::flow::{Ask, Failed, Flow, Who};
use server::start;
use store::{Done, Tx};

/// What can be set up.
#[derive(Subcommand)]
pub enum Command {
    /// Create a practice with its owner.
    PracticeCreate(practice::Create),
    /// List the practices.
    PracticeList(practice::List),
    /// Add a client, or somebody of the office.
    PersonAdd(people::PersonAdd),
    /// Add a therapist with their weekly hours.
    TherapistAdd(people::TherapistAdd),
    /// Let a therapist and a client work together.
    RelationshipAdd(people::RelationshipAdd),
    /// Make a link that signs somebody in once: for the first time, before messages go out.
    SignInLink(people::SignInLink),
    /// Print the address to which your mail server hands letters to the support address.
    MailHook(hook::MailHook),
    /// Print the address to which your gateway hands over what clients text back.
    SmsHook(hook::SmsHook),
    /// Make a token with which a program acts as somebody.
    TokenAdd(people::TokenAdd),
}

/// Runs one of them.
///
/// # Errors
/// What was refused, and the remedy.
pub fn run(command: Command) -> Told {
    match command {
        Command::PracticeCreate(args) => practice::create(args),
        Command::PracticeList(args) => practice::list(&args),
        Command::PersonAdd(args) => people::person_add(args),
        Command::TherapistAdd(args) => people::therapist_add(args),
        Command::RelationshipAdd(args) => people::relationship_add(&args),
        Command::SignInLink(args) => people::sign_in_link(&args),
        Command::MailHook(args) => hook::show_mail(&args),
        Command::SmsHook(args) => hook::show_sms(&args),
        Command::TokenAdd(args) => people::token_add(&args),
    }
}

/// How the record names whoever sets up from the command line.
const OPERATOR: &str = "operator";

/// The desk of an operator: the application, and one command with its ids.
struct Desk {
    app: App,
    ask: Ask,
}

impl Desk {
    fn open(source: &Source) -> Result<Self, crate::talk::Failure> {
        let app = start::app(source.read()?)?;
        let now = app.now();
        let command: CommandId = app.dice.command(now);
        Ok(Self { app, ask: Ask { who: Who::System(OPERATOR), now, command } })
    }

    fn now(&self) -> Instant {
        self.ask.now
    }

    /// Runs a write flow with ids of this command.
    fn write<T: Send + 'static>(
        &self,
        mut flow: impl FnMut(&mut Tx<'_>, &App, &Ask, &mut Ids) -> Flow<Done<T>> + Send + 'static,
    ) -> Result<T, crate::talk::Failure> {
        let (app, ask) = (self.app.clone(), self.ask.clone());
        let done = self.app.store.write(move |tx: &mut Tx<'_>| {
            let mut ids = Ids::new(ask.command, ask.now);
            flow(tx, &app, &ask, &mut ids)
        });
        done.map(|committed| committed.answer).map_err(|failed| told(&failed))
    }

    /// The practice with this id.
    fn practice(&self, id: PracticeId) -> Result<Practice, crate::talk::Failure> {
        let found = self.app.store.read(move |tx: &mut Tx<'_>| store::practice::load(tx, id))?;
        found.ok_or_else(|| {
            crate::talk::Failure::new(format!("there is no practice {id}; see holdspace admin practice-list"))
        })
    }
}

/// What a flow refused, for the person at the terminal.
pub fn told(failed: &Failed) -> crate::talk::Failure {
    crate::talk::Failure::new(match failed {
        Failed::Refused(refusal) => match refusal.field {
            Some(field) => format!("{field}: {}", refusal.detail),
            None => refusal.detail.clone(),
        },
        Failed::Store(error) => error.to_string(),
        Failed::Fault(words) => words.clone(),
        other => format!("{other:?}"),
    })
}
