//! The table of clients.

use super::rows::{Limits, Row, Seen, Table, read};
use crate::address::EmailAddress;
use domain::time::Zone;

/// The way in which a client would rather be told (rulings 17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefers {
    /// By e-mail.
    Email,
    /// By text message.
    Sms,
    /// By a call.
    Phone,
    /// On the portal.
    InApp,
    /// By a notice on their device.
    Push,
}

/// One client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRow {
    /// The line of the file.
    pub line: u64,
    /// As the client is addressed; at most 200 characters.
    pub name: String,
    /// Unique in the table.
    pub email: EmailAddress,
    /// Digits with an optional plus, without blanks.
    pub phone: Option<String>,
    /// How to tell this client things.
    pub prefers: Prefers,
    /// Whether a voicemail may count as having told them.
    pub voicemail: bool,
    /// The zone that the client lives in.
    pub time_zone: Zone,
    /// The therapist they work with.
    pub therapist_email: EmailAddress,
}

/// The headers of the table of clients.
const HEADERS: [&str; 7] = ["name", "email", "phone", "prefers", "voicemail", "time_zone", "therapist_email"];

/// Reads the table of clients: `name,email,phone,prefers,voicemail,time_zone,therapist_email`. Only `phone` may be
/// empty, and not where the client prefers a text or a call.
pub fn clients(bytes: &[u8], limits: &Limits) -> Table<ClientRow> {
    let mut seen = Seen::new();
    read(bytes, &HEADERS, limits, |row| client(row, &mut seen))
}

fn client(row: &mut Row<'_>, seen: &mut Seen<String>) -> Option<ClientRow> {
    let name = row.value("name", 200, "Write the client's name.", |text| Some(text.to_owned()));
    let email = email(row, "email");
    let phone = phone(row);
    let prefers = row.value("prefers", 20, "Write email, sms, phone, in_app or push.", prefers);
    let voicemail = row.value("voicemail", 5, "Write yes or no.", yes_or_no);
    let time_zone = row.value("time_zone", 60, "Write an IANA name such as Europe/London.", |text| text.parse().ok());
    let therapist_email = self::email(row, "therapist_email");
    if matches!(prefers, Some(Prefers::Sms | Prefers::Phone)) && phone.is_none() && row.is_good() {
        row.wrong("phone", "this is empty, but the client prefers sms or phone", "Write the number, or prefer email.");
    }
    if let Some(first) = email.as_ref().and_then(|email| seen.before(email.as_str().to_ascii_lowercase(), row.line)) {
        row.wrong("email", format!("line {first} has the same address"), "Keep one of the two rows.");
    }
    let client = ClientRow {
        line: row.line,
        name: name?,
        email: email?,
        phone,
        prefers: prefers?,
        voicemail: voicemail?,
        time_zone: time_zone?,
        therapist_email: therapist_email?,
    };
    row.is_good().then_some(client)
}

/// An e-mail address in a column.
pub(super) fn email(row: &mut Row<'_>, column: &'static str) -> Option<EmailAddress> {
    row.value(column, 254, "Write an address such as anna@example.org.", |text| text.parse().ok())
}

/// ITU-T E.164: at most 15 digits. Blanks, hyphens, dots and brackets are for the eye only.
fn phone(row: &mut Row<'_>) -> Option<String> {
    let text = row.text("phone", 40)?;
    let number: String = text.chars().filter(|c| !" -.()/".contains(*c)).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Some(number);
    }
    row.wrong("phone", format!("{text:?} is not a phone number"), "Write it as +44 20 7946 0018, or leave it empty.");
    None
}

fn prefers(text: &str) -> Option<Prefers> {
    Some(match text.to_ascii_lowercase().as_str() {
        "email" => Prefers::Email,
        "sms" => Prefers::Sms,
        "phone" => Prefers::Phone,
        "in_app" => Prefers::InApp,
        "push" => Prefers::Push,
        _ => return None,
    })
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}
