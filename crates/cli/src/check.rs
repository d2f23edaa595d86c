//! `holdspace check`: what an operator looks at in the morning.

use crate::settings::{self, Source};
use crate::talk::{Failure, Told};
use clap::Args as Arguments;
use domain::audit::Trusted;
use domain::id::PracticeId;
use serde_json::json;
use server::config::Config;
use server::dice::Dice;
use server::keys::Keys;
use server::start;
use store::{DbError, Store, Tx};

/// The most faults of one kind that are named.
const NAMED_MAX: u32 = 20;

/// What the command takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace check --config holdspace.toml --json\n\nReads only, so it may run beside `serve`. Exit code 0: all is well; 1: something is not."
)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
struct Finding {
    what: String,
    ok: bool,
    words: String,
}

impl Finding {
    fn ok(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { what: what.into(), ok: true, words: words.into() }
    }

    fn problem(what: impl Into<String>, words: impl Into<String>) -> Self {
        Self { what: what.into(), ok: false, words: words.into() }
    }
}

/// Looks at everything and prints what it finds.
///
/// # Errors
/// Where anything is not well.
pub fn run(args: &Args) -> Told {
    let findings = findings(&args.source);
    let bad = findings.iter().filter(|finding| !finding.ok).count();
    if args.json {
        let shown: Vec<_> = findings.iter().map(|f| json!({ "what": f.what, "ok": f.ok, "words": f.words })).collect();
        println!("{}", json!({ "ok": bad == 0, "findings": shown }));
    } else {
        for Finding { what, ok, words } in &findings {
            println!("{} {what}: {words}", if *ok { "ok     " } else { "PROBLEM" });
        }
    }
    match bad {
        0 => Ok(()),
        1 => Err(Failure::new("one problem was found; it is named above with its remedy")),
        _ => Err(Failure::new(format!("{bad} problems were found; they are named above with their remedies"))),
    }
}

fn findings(source: &Source) -> Vec<Finding> {
    let config = match settings::read(source.config.as_deref(), &[]) {
        Ok((config, _)) => config,
        Err(failure) => return vec![Finding::problem("configuration", failure.to_string())],
    };
    let mut findings = vec![Finding::ok("configuration", "readable")];
    findings.push(mail(&config));
    findings.push(keys(&config));
    match open(&config) {
        Ok(store) => findings.extend(database(&config, &store)),
        Err(finding) => findings.push(finding),
    }
    findings
}

fn mail(config: &Config) -> Finding {
    match start::office(config) {
        Err(error) => Finding::problem("mail", error.to_string()),
        Ok(_) => match &config.smtp {
            Some(smtp) => Finding::ok("mail", format!("messages go out through {}:{}", smtp.host, smtp.port)),
            None => Finding::ok("mail", "no mail server is set up, so messages wait; write smtp.host and smtp.from"),
        },
    }
}

/// Key files are made when a server starts for the first time; before that there is nothing to look at.
fn keys(config: &Config) -> Finding {
    let files = &config.keys;
    if !files.link.exists() && !files.signing.exists() {
        return Finding::ok("keys", "none yet; they are made when `serve` starts for the first time");
    }
    if let Some(file) = [&files.link, &files.signing].into_iter().find(|file| !file.exists()) {
        return Finding::problem("keys", format!("{} is missing; restore it from the backup", file.display()));
    }
    match Keys::load_or_create(&files.link, &files.signing, &Dice::System) {
        Err(error) => Finding::problem("keys", error.to_string()),
        Ok(keys) => {
            let public = keys.signing().verifying_key().to_bytes();
            let fingerprint = Trusted::fingerprint_of(&public);
            Finding::ok("keys", format!("exports are signed by the key with fingerprint {fingerprint}"))
        }
    }
}

fn open(config: &Config) -> Result<Store, Finding> {
    if let Some(path) = config.database.sqlite_path().filter(|path| !path.exists()) {
        let words = format!("{} is not there; run holdspace migrate, or correct database", path.display());
        return Err(Finding::problem("database", words));
    }
    start::readable(config).map_err(|error| Finding::problem("database", error.to_string()))
}

fn database(config: &Config, store: &Store) -> Vec<Finding> {
    let practices = match store.read(|tx: &mut Tx<'_>| store::practice::ids(tx)) {
        Ok(practices) => practices,
        Err(error) => {
            let words = format!("{error}; run holdspace migrate with this version of the program");
            return vec![Finding::problem("database", words)];
        }
    };
    let words = format!("{}, {} practices", config.database.redacted(), practices.len());
    let mut findings = vec![Finding::ok("database", words)];
    for practice in practices {
        for look in [record, books, jobs] {
            let found = store.read(move |tx: &mut Tx<'_>| look(tx, practice));
            findings.push(found.unwrap_or_else(|error| Finding::problem(practice.to_string(), error.to_string())));
        }
    }
    findings
}

fn record(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Finding, DbError> {
    let what = format!("record of {practice}");
    Ok(match store::audit::check_chain(tx, practice)? {
        Ok(Some(head)) => Finding::ok(what, format!("{} entries hold, up to {}", head.seq, head)),
        Ok(None) => Finding::ok(what, "empty"),
        Err(broken) => Finding::problem(what, format!("{broken}; keep this database and restore a backup from before")),
    })
}

fn books(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Finding, DbError> {
    let what = format!("books of {practice}");
    let wrong = store::ledger::unbalanced(tx, practice, NAMED_MAX)?;
    let named: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    Ok(match named.is_empty() {
        true => Finding::ok(what, "every entry has its two sides"),
        false => Finding::problem(what, format!("these entries do not sum to nothing: {}", named.join(", "))),
    })
}

fn jobs(tx: &mut Tx<'_>, practice: PracticeId) -> Result<Finding, DbError> {
    let what = format!("work of {practice}");
    let stuck = store::job::given_up(tx, practice, NAMED_MAX)?;
    let named: Vec<String> = stuck.iter().map(|job| format!("{} {} ({})", job.kind, job.subject, job.why)).collect();
    Ok(match named.is_empty() {
        true => Finding::ok(what, "nothing was given up"),
        false => Finding::problem(what, format!("given up after many tries, look at each: {}", named.join("; "))),
    })
}
