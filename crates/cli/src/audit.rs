//! `holdspace audit`: exports of the record, and their check on any machine.

use crate::settings::Source;
use crate::talk::{Failure, Told};
use clap::{Args as Arguments, Subcommand};
use domain::audit::{Hash, Summary, Trusted, verify};
use domain::id::PracticeId;
use serde_json::{Value, json};
use server::dice::Dice;
use server::keys::Keys;
use server::start;
use std::path::PathBuf;
use store::{DbError, Tx};

/// What can be done with the record.
#[derive(Subcommand)]
pub enum Command {
    /// Write everything on record about one subject to a signed file.
    Export(Export),
    /// Check such a file: needs neither the server nor its configuration.
    Verify(Verify),
}

/// What the export takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace audit export --practice prc_01… --subject cli_01… --out client.jsonl\n\nReads only, so it may run beside `serve`."
)]
pub struct Export {
    #[command(flatten)]
    source: Source,
    /// The practice.
    #[arg(long)]
    practice: PracticeId,
    /// The id of a client, an appointment, a case: whatever the entries are about.
    #[arg(long)]
    subject: String,
    /// The file to write; one that is there is not overwritten.
    #[arg(long)]
    out: PathBuf,
}

/// What the check takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace audit verify client.jsonl --fingerprint 3f9a…\n\nThe fingerprint is what the practice has told you by another way; `holdspace check` prints it there."
)]
pub struct Verify {
    /// The file.
    file: PathBuf,
    /// The practice's public key, 64 hexadecimal digits.
    #[arg(long, value_parser = key, conflicts_with = "fingerprint")]
    key: Option<Key>,
    /// The fingerprint of that key, 64 hexadecimal digits.
    #[arg(long)]
    fingerprint: Option<Hash>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// An Ed25519 public key.
#[derive(Debug, Clone, Copy)]
struct Key([u8; 32]);

/// Runs one of them.
///
/// # Errors
/// What does not hold, and where.
pub fn run(command: Command) -> Told {
    match command {
        Command::Export(args) => export(&args),
        Command::Verify(args) => check(&args),
    }
}

fn export(args: &Export) -> Told {
    let config = args.source.read()?;
    if !config.keys.signing.exists() {
        let path = config.keys.signing.display();
        return Err(Failure::new(format!(
            "{path} is missing, so nothing can be signed; restore it or correct keys.signing"
        )));
    }
    let keys = Keys::load_or_create(&config.keys.link, &config.keys.signing, &Dice::System)?;
    let (practice, subject, key) = (args.practice, args.subject.clone(), keys.signing().to_bytes());
    let store = start::readable(&config)?;
    let found = store.read(move |tx: &mut Tx<'_>| -> Result<Option<Vec<u8>>, DbError> {
        if store::audit::entries(tx, practice, &subject, 0, 1)?.is_empty() {
            return Ok(None);
        }
        store::audit::export(tx, practice, &subject, &key).map(Some)
    })?;
    let Some(bytes) = found else {
        let words = format!("{practice} has nothing on record about {}; check both ids", args.subject);
        return Err(Failure::new(words));
    };
    write_new(&args.out, &bytes)?;
    let fingerprint = Trusted::fingerprint_of(&keys.signing().verifying_key().to_bytes());
    println!(
        "Wrote {}. Check it with: holdspace audit verify {} --fingerprint {fingerprint}",
        args.out.display(),
        args.out.display()
    );
    Ok(())
}

fn write_new(path: &PathBuf, bytes: &[u8]) -> Told {
    let failed =
        |error| Failure::new(format!("{}: {error}. Name a new file that you may write with --out", path.display()));
    let mut file = std::fs::File::create_new(path).map_err(failed)?;
    std::io::Write::write_all(&mut file, bytes).map_err(failed)
}

fn check(args: &Verify) -> Told {
    let path = args.file.display();
    let bytes =
        std::fs::read(&args.file).map_err(|error| Failure::new(format!("{path}: {error}. Check the file's name")))?;
    let own = own_key(&bytes);
    let given = args.key.map(|key| Trusted::Key(key.0)).or(args.fingerprint.map(Trusted::Fingerprint));
    let trusted = given.or(own.map(|key| Trusted::Key(key.0)));
    let Some(trusted) = trusted else {
        return Err(Failure::new(format!(
            "{path} does not hold: its last line names no key, so it is cut off or no export"
        )));
    };
    let summary = verify(&bytes, trusted).map_err(|broken| Failure::new(format!("{path} does not hold: {broken}")))?;
    let fingerprint = own.map(|key| Trusted::fingerprint_of(&key.0).to_string()).unwrap_or_default();
    tell(args, &summary, &fingerprint, given.is_some());
    Ok(())
}

fn tell(args: &Verify, summary: &Summary, fingerprint: &str, is_trusted: bool) {
    if args.json {
        let answer = json!({
            "ok": true, "practice": summary.practice, "subject": summary.subject, "entries": summary.entries,
            "whole": summary.whole, "erased": summary.erased, "head": summary.head.to_string(),
            "period": summary.period, "key_fingerprint": fingerprint, "key_was_given": is_trusted,
        });
        println!("{answer}");
        return;
    }
    println!("{} holds.", args.file.display());
    println!(
        "It has {} of {} entries of {} whole, about {}.",
        summary.whole, summary.entries, summary.practice, summary.subject
    );
    if let Some((first, last)) = summary.period {
        println!("They are from {first} to {last}.");
    }
    if summary.erased > 0 {
        println!("The particulars of {} of them have been erased.", summary.erased);
    }
    if !is_trusted {
        println!(
            "Signed by the key with fingerprint {fingerprint}. Whether that is the practice's key only they can say: ask them, and give it with --fingerprint."
        );
    }
}

/// The key that the last line names.
fn own_key(bytes: &[u8]) -> Option<Key> {
    let last = std::str::from_utf8(bytes).ok()?.lines().last()?;
    let line: Value = serde_json::from_str(last).ok()?;
    key(line.get("key")?.as_str()?).ok()
}

fn key(text: &str) -> Result<Key, String> {
    let wrong = || "a public key has 64 hexadecimal digits".to_owned();
    if text.len() != 64 || !text.is_ascii() {
        return Err(wrong());
    }
    let mut bytes = [0; 32];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * n..2 * n + 2], 16).map_err(|_| wrong())?;
    }
    Ok(Key(bytes))
}
