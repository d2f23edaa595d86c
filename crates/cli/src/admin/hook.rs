//! The addresses to which a mail server hands letters over, and a gateway what clients text back.

use crate::settings::Source;
use crate::talk::Told;
use clap::Args as Arguments;
use server::dice::Dice;
use server::keys::Keys;

/// What printing the address for letters takes.
#[derive(Arguments)]
#[command(
    after_help = "Example, an Exim transport:\n  command = /usr/bin/curl -sSf --data-binary @- \"$(holdspace admin mail-hook)\"\n\ndocs/operator.md has the whole of it."
)]
pub struct MailHook {
    #[command(flatten)]
    source: Source,
}

/// What printing the address for texts takes.
#[derive(Arguments)]
#[command(
    after_help = "Give it to Twilio as the number's \"A message comes in\" webhook (HTTP POST), or to Kannel:\n  get-url = \"<address>?from=%p&to=%P&text=%a&id=%I\"\n\ndocs/operator.md has the whole of it."
)]
pub struct SmsHook {
    #[command(flatten)]
    source: Source,
}

/// Prints the address for letters. It holds a secret: whoever has it can raise requests.
///
/// # Errors
/// A key file that cannot be read or made.
pub fn show_mail(args: &MailHook) -> Told {
    show(&args.source, "mail", "mail")
}

/// Prints the address for texts. It holds a secret: whoever has it can write in a client's name.
///
/// # Errors
/// A key file that cannot be read or made.
pub fn show_sms(args: &SmsHook) -> Told {
    show(&args.source, "sms", "sms/replies")
}

fn show(source: &Source, of: &str, path: &str) -> Told {
    let config = source.read()?;
    let keys = Keys::load_or_create(&config.keys.link, &config.keys.signing, &Dice::System)?;
    println!("{}/hooks/{path}/{}", config.base_url, keys.links().hook(of));
    Ok(())
}
