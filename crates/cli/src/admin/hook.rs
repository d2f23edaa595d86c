//! The address to which a mail server hands letters over.

use crate::settings::Source;
use crate::talk::Told;
use clap::Args as Arguments;
use server::dice::Dice;
use server::keys::Keys;

/// What printing it takes.
#[derive(Arguments)]
#[command(
    after_help = "Example, an Exim transport:\n  command = /usr/bin/curl -sSf --data-binary @- \"$(holdspace admin mail-hook)\"\n\ndocs/operator.md has the whole of it."
)]
pub struct MailHook {
    #[command(flatten)]
    source: Source,
}

/// Prints it. It holds a secret: whoever has it can raise requests.
///
/// # Errors
/// A key file that cannot be read or made.
pub fn show(args: &MailHook) -> Told {
    let config = args.source.read()?;
    let keys = Keys::load_or_create(&config.keys.link, &config.keys.signing, &Dice::System)?;
    println!("{}/hooks/mail/{}", config.base_url, keys.links().mail_hook());
    Ok(())
}
