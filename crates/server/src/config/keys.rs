//! Every key of the configuration: its default, what it is, and whether it is a secret.

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Dotted, as in the file: `smtp.host` is `host` under `[smtp]`.
    pub name: &'static str,
    /// What it has where nobody says otherwise; empty where that follows from other keys or is nothing.
    pub default: &'static str,
    /// What to write there. Part of every error about it.
    pub what: &'static str,
    /// Whether its value is hidden when printed.
    pub is_secret: bool,
}

impl Key {
    /// The variable that overrides it: `HOLDSPACE_SMTP_HOST`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_ascii_uppercase())
    }

    /// The key with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.name == name)
    }
}

/// What the names of our variables begin with.
pub const PREFIX: &str = "HOLDSPACE_";

const fn key(name: &'static str, default: &'static str, what: &'static str) -> Key {
    Key { name, default, what, is_secret: false }
}

const fn secret(name: &'static str, what: &'static str) -> Key {
    Key { name, default: "", what, is_secret: true }
}

/// Every key there is, in the order of printing.
pub const KEYS: &[Key] = &[
    key("listen", "127.0.0.1:8080", "an address and a port such as 127.0.0.1:8080"),
    key("base_url", "", "the address people use, such as https://practice.example, without a path"),
    key("database", "", "a file such as holdspace.sqlite, or a URL such as postgres://name:secret@host/holdspace"),
    key("data_dir", ".", "a directory that holdspace may write to"),
    key("log", "info", "what to log, such as info or holdspace_server=debug"),
    key("keys.link", "", "the file that holds the key for links"),
    key("keys.signing", "", "the file that holds the key that signs the record"),
    key("keys.push", "", "the file that holds the key by which push services know you"),
    key("smtp.host", "", "the name of your mail server, such as smtp.example.org"),
    key("smtp.port", "587", "a port, usually 587 (starttls) or 465 (tls)"),
    key("smtp.tls", "starttls", "starttls, tls or none"),
    key("smtp.user", "", "the account at the mail server"),
    secret("smtp.password", "that account's password"),
    key("smtp.from", "", "the address that messages come from, such as hello@practice.example"),
    key("sms.kind", "", "the language of your gateway for texts: twilio or kannel"),
    key("sms.url", "", "where the gateway is, such as https://api.twilio.com or http://127.0.0.1:13013"),
    key("sms.user", "", "the account at the gateway"),
    secret("sms.password", "that account's token or password"),
    key("sms.from", "", "the number that texts come from, such as +447700900100"),
    key("sms.second.kind", "", "the language of the gateway that takes over: twilio or kannel"),
    key("sms.second.url", "", "where the second gateway is"),
    key("sms.second.user", "", "the account at the second gateway"),
    secret("sms.second.password", "that account's token or password"),
    key("sms.second.from", "", "the number that its texts come from"),
    key(
        "push.contact",
        "",
        "where a push service finds you, such as mailto:office@practice.example; else your address",
    ),
    key("push.private", "false", "true lets notices to browsers go to this network and in the clear: for tests only"),
    key("proxy.trusted", "", "addresses of your proxies, such as [\"10.0.0.2\"]"),
    key("limits.rate_factor", "1", "a whole number of 1 or more; 10 is ten times as generous"),
    key("limits.body_bytes", "65536", "the largest request body in bytes, 1024 to 16777216"),
    key("limits.request_seconds", "30", "how long a request may take in seconds, 1 to 300"),
    key(
        "limits.staff_idle_hours",
        "12",
        "hours after which an idle therapist or member of staff is signed out, 1 to 720",
    ),
    key("limits.client_idle_days", "30", "days after which an idle client is signed out, 1 to 365"),
    key("limits.letters_per_second", "0", "letters a second at most, urgent ones apart; 0 is no limit"),
    key("limits.texts_per_second", "0", "texts a second at most, urgent ones apart; 0 is no limit"),
    key(
        "limits.texts_per_day",
        "2000",
        "parts of texts that one practice may send in a day; after that letters go instead",
    ),
    key("limits.texts_per_number", "20", "texts that one number may get in an hour; after that letters go instead"),
    key("limits.session_days", "90", "days after which everybody signs in again, 1 to 365"),
];
