//! What is handed over, made from the stored message: the letter or the text, with its late fields filled in. Every try makes
//! it anew and gets the same bytes (C1), and so does the page that shows what was sent.

use super::push;
use crate::app::App;
use crate::flow::{Failed, Flow};
use crate::when::When;
use domain::audit::Receipt;
use domain::id::MessageId;
use domain::message::{LinkTo, Message};
use domain::person::{Channel, Person};
use domain::practice::Practice;
use domain::telling::push::PushDevice;
use domain::time::{Instant, Span};
use outside::mail::{to_bytes, to_bytes_hiding};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt::Write as _;
use store::Tx;

pub use outside::mail::Letter;
pub use outside::push::Secrets;

/// What is handed over.
#[derive(Debug)]
pub enum Parcel {
    /// A letter, to the mail server.
    Letter(Box<Letter>),
    /// A short text, to a gateway.
    Text(Text),
    /// A notice, to somebody's browsers.
    Push(Box<Push>),
}

impl Parcel {
    /// The address or number that it goes to.
    pub fn to(&self) -> &str {
        match self {
            Self::Letter(letter) => letter.to.address.as_str(),
            Self::Text(text) => &text.to,
            Self::Push(push) => push.devices.first().map_or("", |to| to.device.label.as_str()),
        }
    }
}

/// A short text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Our own name for it: the message's id.
    pub id: MessageId,
    /// The number.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Where the gateway reports what became of it.
    pub report_to: String,
    /// Gateways of which nothing has been heard for a while, by name: they are tried last.
    pub silent: Vec<String>,
    /// Gateways that may have it from an earlier try, by name: it goes by another one.
    pub may_have: Vec<String>,
    /// Whether minutes matter.
    pub urgent: bool,
}

/// A notice to the browsers of one person.
#[derive(Debug)]
pub struct Push {
    /// What it says, as stored.
    pub text: String,
    /// The same as a browser gets it: JSON, before it is sealed.
    pub payload: Vec<u8>,
    /// How long a push service keeps it for a browser that is away.
    pub keep: Span,
    /// Whether seconds matter.
    pub urgent: bool,
    /// Where it goes.
    pub devices: Vec<PushTo>,
}

/// One browser, and what is ours alone in what it gets.
pub struct PushTo {
    /// The browser.
    pub device: PushDevice,
    /// Ours alone.
    pub secrets: Secrets,
}

impl std::fmt::Debug for PushTo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PushTo({})", self.device.id)
    }
}

/// What a letter or text is made of.
pub(crate) struct Found {
    /// The message.
    pub message: Message,
    receipt: Option<Receipt>,
    /// Whose client or member they are.
    pub practice: Practice,
    /// Its reader.
    pub to: Person,
    /// When the newest message was written that this one replaces and that they may have got.
    older: Option<Instant>,
    /// Their browsers, where it goes there.
    pub devices: Vec<PushDevice>,
}

/// Everything that it is made of.
///
/// # Errors
/// A fault where it is to nobody of any practice; faults of the store.
pub(crate) fn gather(tx: &mut Tx, message: Message) -> Flow<Found> {
    let receipt = store::audit::receipt_of(tx, message.command)?;
    let practice = store::practice::load(tx, message.practice)?;
    let to = store::person::load(tx, message.to)?;
    let (Some(practice), Some(to)) = (practice, to) else {
        return Err(Failed::Fault(format!("message {} is to nobody of any practice", message.id)));
    };
    let replaces = message.revision > 1 && message.kind.tells_the_time() && message.channel == Channel::Email;
    let older = match message.appointment.filter(|_| replaces && !to.preference.file.safe_content) {
        Some(about) => store::message::older_may_have_left(tx, about, message.revision, message.to)?,
        None => None,
    };
    let devices = if message.channel == Channel::Push { store::push::of(tx, message.to)? } else { Vec::new() };
    Ok(Found { message, receipt, practice, to, older, devices })
}

/// The letter or text with link and receipt filled in; `None` where there is no address for it.
pub(crate) fn make(app: &App, found: &Found) -> Option<Parcel> {
    let message = &found.message;
    let fill = |text: &str| match (message.link, message.channel) {
        (Some(LinkTo::Address(id)), Channel::Sms) => text.replace("{link}", &app.tools.link_key.code(id)),
        _ => fill(app, &replacing(text, found), message.link, found.receipt),
    };
    match message.channel {
        Channel::Email => {
            let (text, html) = (fill(&message.text), fill(&message.html));
            let letter = crate::post::letter(app, message, &found.practice, &found.to, text, html)?;
            Some(Parcel::Letter(Box::new(letter)))
        }
        Channel::Sms if !message.address.is_empty() => {
            let report_to =
                format!("{}/hooks/sms/reports/{}", app.tools.base_url, app.tools.link_key.report(message.id));
            let (id, to, body) = (message.id, message.address.clone(), fill(&message.text));
            let (silent, may_have) = (Vec::new(), Vec::new());
            Some(Parcel::Text(Text { id, to, body, report_to, silent, may_have, urgent: message.urgent }))
        }
        Channel::Push => push::parcel(app, found),
        _ => None,
    }
}

/// The mark of the bytes that are handed over: SHA-256 in hex.
pub(crate) fn digest(parcel: &Parcel) -> String {
    let sum = match parcel {
        Parcel::Letter(letter) => Sha256::digest(to_bytes(letter)),
        Parcel::Text(text) => Sha256::digest(text.body.as_bytes()),
        Parcel::Push(push) => Sha256::digest(&push.payload),
    };
    sum.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bytes as a person may see them: what opens something is covered with stars, everything else stands as it went.
pub(crate) fn shown(app: &App, found: &Found, parcel: &Parcel) -> String {
    let secrets = secrets(app, found.message.link);
    match parcel {
        Parcel::Letter(letter) => String::from_utf8_lossy(&to_bytes_hiding(letter, &secrets)).into_owned(),
        Parcel::Text(text) => {
            secrets.iter().fold(text.body.clone(), |body, secret| body.replace(secret, &"*".repeat(secret.len())))
        }
        Parcel::Push(push) => String::from_utf8_lossy(&push.payload).into_owned(),
    }
}

/// What nobody but the reader may have: the secret of the link, and the code that shows a number to be theirs.
fn secrets(app: &App, link: Option<LinkTo>) -> Vec<String> {
    let key = &app.tools.link_key;
    match link {
        None => Vec::new(),
        Some(LinkTo::Address(id)) => vec![key.secret(LinkTo::Address(id)), key.code(id)],
        Some(link) => vec![key.secret(link)],
    }
}

/// Behind the receipt stands which message this one replaces, where an older one may have left (C3). It is told by the
/// moment at which this one was written, so that every try says the same.
fn replacing<'a>(text: &'a str, found: &Found) -> Cow<'a, str> {
    let Some(older) = found.older else { return Cow::Borrowed(text) };
    let when = When { locale: found.to.locale, zone: found.to.zone.clone(), now: found.message.written_at };
    let words = format!("{{receipt}}. This replaces our message of {}.", when.brief(older));
    Cow::Owned(text.replace("{receipt}", &words))
}

/// Fills the two late fields (`rulings` 8).
pub(crate) fn fill(app: &App, text: &str, link: Option<LinkTo>, receipt: Option<Receipt>) -> String {
    let url = link.map(|link| app.tools.link_key.url(&app.tools.base_url, link)).unwrap_or_default();
    let receipt = receipt.map(|r| format!("{}-{}", r.seq, &r.hash.to_string()[..12])).unwrap_or_default();
    text.replace("{link}", &url).replace("{receipt}", &receipt)
}
