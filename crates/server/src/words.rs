//! Writes messages: one notice in, the subject, the two bodies and the calendar part out. Pure: the same arguments give
//! the same bytes, so a retry sends what was decided (`rulings` 8).
//!
//! Every body is written once, in `templates/messages/<kind>.j2`, and rendered as plain text and as HTML, or as a short
//! text: the parts it is made of (paragraph, list, link) exist as each. So they can never state different facts (C7). Where
//! the body is too long for a phone's text it has a block `short` of its own, over the same names.
//! `{link}` and `{receipt}` stay open until hand-off; words of people can never spell them (see [`clean`]).

mod calendar;
pub mod clean;
pub mod owed;
mod own;
mod view;

use domain::appointment::Appointment;
use domain::decide::Situation;
use domain::id::CommandId;
use domain::message::{MessageKind, Notice};
use domain::person::{Channel, Person, PersonRef};
use domain::practice::Practice;
use domain::refusal::Named;
use domain::telling::short_text::{self, Size};
use domain::telling::template::{Editable, Template, TemplateWords};
use domain::time::Instant;
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use outside::address::EmailAddress;
use own::OwnWords;
use std::collections::BTreeMap;
use std::sync::Arc;
use view::Names;

/// Everything about a notice that is not a claim of its own.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The practice and the two people.
    pub situation: &'a Situation,
    /// The reader.
    pub to: &'a Person,
    /// The appointment as it is after the decision.
    pub appointment: &'a Appointment,
    /// When it is written, UTC: the "as of" line and the calendar's DTSTAMP.
    pub now: Instant,
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One neutral line.
    pub subject: String,
    /// Plain text; `{link}` once where the notice has a link, and `{receipt}` once, save in a letter to sign in.
    pub text: String,
    /// A whole HTML page that says the same, with the same two marks.
    pub html: String,
    /// iCalendar text (RFC 5545), where the notice asks for it and the reader has an e-mail address.
    pub calendar: Option<String>,
}

/// A letter about no appointment.
#[derive(Debug, Clone, Copy)]
pub struct Plain<'a> {
    /// What it is for.
    pub kind: MessageKind,
    /// The words.
    pub words: &'a str,
    /// Who writes, where a person does.
    pub sender: Option<&'a str>,
    /// Whether the client's own booking link goes along.
    pub with_booking_link: bool,
    /// A page of ours, and what its link is called.
    pub page: Option<(&'a str, &'a str)>,
}

/// A therapist's day, read when its letter is written.
#[derive(Debug, Clone)]
pub struct Day {
    /// Each appointment of today in one line, by its start.
    pub appointments: Vec<String>,
    /// What is owed, the most pressing first, each in one line.
    pub owed: Vec<String>,
    /// How much more is owed.
    pub more: usize,
}

/// The writer of messages. Made once at start; rendering needs no lock.
#[derive(Debug)]
pub struct Writer {
    templates: Environment<'static>,
    from: EmailAddress,
    domain: String,
    base_url: String,
    own: OwnWords,
}

/// Letters of the secret in a link (`links`).
const SECRET_LETTERS: usize = 26;

/// The templates that are not of one kind: name and text.
const SHARED: [(&str, &str); 10] = [
    ("frame.portal", include_str!("../templates/messages/frame.portal")),
    ("own.txt", include_str!("../templates/messages/own.j2")),
    ("own.html", include_str!("../templates/messages/own.j2")),
    ("frame.short", include_str!("../templates/messages/frame.short")),
    ("parts.short", include_str!("../templates/messages/parts.short")),
    ("frame.txt", include_str!("../templates/messages/frame.txt")),
    ("frame.html", include_str!("../templates/messages/frame.html")),
    ("parts.txt", include_str!("../templates/messages/parts.txt")),
    ("parts.html", include_str!("../templates/messages/parts.html")),
    ("subject", include_str!("../templates/messages/subject.j2")),
];

/// A body under its names: the ending decides which parts it is made of, and how values are escaped.
macro_rules! body {
    ($name:literal) => {
        [
            concat!($name, ".txt"),
            concat!($name, ".html"),
            concat!($name, ".short"),
            include_str!(concat!("../templates/messages/", $name, ".j2")),
        ]
    };
}

/// Every body.
const BODIES: [[&str; 4]; 35] = [
    body!("confirmation"),
    body!("cancellation"),
    body!("rescheduled"),
    body!("escalation"),
    body!("refund"),
    body!("fee_waived"),
    body!("promise"),
    body!("correction"),
    body!("closing"),
    body!("sign_in"),
    body!("plain"),
    body!("booking_link"),
    body!("offer"),
    body!("time_kept"),
    body!("requested"),
    body!("request_declined"),
    body!("fee"),
    body!("change_request"),
    body!("running_late"),
    body!("late_answer"),
    body!("reminder"),
    body!("client_wrote"),
    body!("passed_on"),
    body!("help"),
    body!("missed"),
    body!("client_late"),
    body!("stepped_away"),
    body!("client_no_show"),
    body!("technical_failure"),
    body!("outcome"),
    body!("make_up"),
    body!("receipt"),
    body!("confirm_address"),
    body!("news"),
    body!("digest"),
];

impl Writer {
    /// A writer whose calendars are organised from `from` and whose links lead to the host of `base_url`.
    pub fn new(from: EmailAddress, base_url: &str) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        // Lines that hold only a tag leave nothing behind.
        let tidy = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
        templates.set_syntax(tidy.expect("the usual marks are different from each other"));
        templates.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        templates.add_filter("flow", flow);
        let bodies =
            BODIES.iter().flat_map(|[text, html, short, source]| [text, html, short].map(|name| (*name, *source)));
        for (name, source) in SHARED.into_iter().chain(bodies) {
            // The texts are part of the program, and a test renders each of them for every reader.
            templates.add_template(name, source).expect("a template of ours is well formed");
        }
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { templates, from, domain: clean::line(host(&base_url)), base_url, own: OwnWords::new() }
    }

    /// The notice in words, for its reader, in their English and on their clock. In the portal, which nobody else opens,
    /// it says what it has to say to whoever asked that messages say nothing.
    pub fn write(&self, notice: &Notice, about: &About<'_>) -> Written {
        if notice.channel == Channel::Push {
            let safe = about.to.preference.file.safe_content;
            return push(if changes(notice.kind) && !safe { PUSH_CHANGE } else { PUSH_NEWS });
        }
        if notice.channel == Channel::InApp {
            return self.in_the_portal(notice, about);
        }
        if about.to.preference.file.safe_content {
            let (practice, link) = (&about.situation.practice, notice.link.is_some());
            return self.news(notice.channel, practice, about.to, link, about.now);
        }
        match self.words_of(notice, about) {
            Some((_, words)) => self.in_their_words(&words, notice, about),
            None => self.in_the_houses(notice, about),
        }
    }

    /// The words of the letter without what stands around them: they stand in a conversation.
    fn in_the_portal(&self, notice: &Notice, about: &About<'_>) -> Written {
        let mut view = view::of_notice(notice, about, &self.domain);
        let own = self.words_of(notice, about).zip(Editable::of(notice.kind));
        let own = own.and_then(|((_, words), of)| self.own.fill(&words, of, &view, false));
        let base = format!("{}.txt", body(notice.kind));
        let name = match own {
            Some(filled) => {
                view.set("own", own::parts(&filled.letter));
                view.set("base", base);
                "own.txt".to_owned()
            }
            None => base,
        };
        view.set("frame", "frame.portal");
        view.set("parts", "parts.txt");
        let text = self.fill(&name, &view).trim().to_owned();
        Written { subject: String::new(), text, html: String::new(), calendar: None }
    }

    /// Which version of the practice's words the notice is written in; 0 is the house's.
    pub fn version(&self, notice: &Notice, about: &About<'_>) -> u32 {
        let own = self.words_of(notice, about).filter(|_| !about.to.preference.file.safe_content);
        own.map_or(0, |(version, _)| version)
    }

    /// The practice's own words for this notice and their version, where it has any.
    fn words_of(&self, notice: &Notice, about: &About<'_>) -> Option<(u32, Arc<TemplateWords>)> {
        let change = about.situation.practice.templates.filter(|_| matches!(about.to.id, PersonRef::Client(_)))?;
        self.own.of(change, notice.kind, about.to.locale)
    }

    /// The notice in words of the practice's own: its paragraphs in the house's frame, with the house's link, money and
    /// whom to ask. Words that cannot be filled in, which `problems` does not let happen, are the house's after all.
    pub fn in_their_words(&self, words: &TemplateWords, notice: &Notice, about: &About<'_>) -> Written {
        let mut view = view::of_notice(notice, about, &self.domain);
        let is_short = notice.channel == Channel::Sms;
        let filled = Editable::of(notice.kind).and_then(|of| self.own.fill(words, of, &view, is_short));
        let Some(filled) = filled else { return self.in_the_houses(notice, about) };
        if is_short {
            let dated = if view.is_true("dated") { format!("\nAs of {}.", view.text("dated")) } else { String::new() };
            let link = if view.text("link").is_empty() { "" } else { "\n{link}" };
            let text = format!("{}{dated}{link}", filled.short);
            return Written { subject: String::new(), text, html: String::new(), calendar: None };
        }
        let calendar = notice.calendar.and_then(|method| calendar::part(method, notice, about, &self.from));
        view.set("own", own::parts(&filled.letter));
        let written = self.in_parts("own", Some(body(notice.kind)), &filled.subject, view);
        Written { calendar, ..written }
    }

    /// What is wrong with words that an owner wants to keep for this kind.
    pub fn problems(&self, words: &TemplateWords, of: &Editable) -> Vec<Named> {
        self.own.problems(words, of, &self.end_as_long(of.kind))
    }

    /// How large the text message is on the network with every fact in it, as long as such facts usually are, and with what
    /// stands behind it; none where the words cannot be filled in.
    pub fn size(&self, words: &TemplateWords, of: &Editable) -> Option<Size> {
        let text = self.own.longest(words, of)?;
        Some(short_text::size(&format!("{text}\n{}", self.end_as_long(of.kind))))
    }

    /// Facts as long as they usually are, by the names that owners use.
    pub fn examples(of: &Editable) -> BTreeMap<&'static str, String> {
        of.variables().map(|variable| (variable.name, own::example(variable.name))).collect()
    }

    /// What stands behind the words of a text of this kind, as long as it comes: as of when they hold, and a link, which opens
    /// nothing here.
    pub fn end_as_long(&self, kind: MessageKind) -> String {
        let dated = if kind.is_dated_in_texts() { "As of Wed 12:00 PM.\n" } else { "" };
        format!("{dated}{}/r/{}", self.base_url, "x".repeat(SECRET_LETTERS))
    }

    /// Whether the words that a practice has since this change are in memory.
    pub fn knows(&self, change: CommandId) -> bool {
        self.own.knows(change)
    }

    /// Keeps a practice's words in memory, as they are since this change.
    pub fn keep(&self, change: CommandId, templates: Vec<Template>) {
        self.own.keep(change, templates);
    }

    fn in_the_houses(&self, notice: &Notice, about: &About<'_>) -> Written {
        let view = view::of_notice(notice, about, &self.domain);
        if notice.channel == Channel::Sms {
            return self.short(body(notice.kind), view);
        }
        let calendar = notice.calendar.and_then(|method| calendar::part(method, notice, about, &self.from));
        Written { calendar, ..self.render(body(notice.kind), view) }
    }

    /// A letter with a link to sign in, which lasts until `good_until`. It is about no appointment and stands in no
    /// record, so it has no `{receipt}`.
    pub fn sign_in(&self, practice: &Practice, to: &Person, good_until: Instant, now: Instant) -> Written {
        self.render("sign_in", view::of_sign_in(practice, to, good_until, now, &self.domain))
    }

    /// A letter about no appointment: words to a client, or word of a request for help.
    pub fn plain(&self, practice: &Practice, to: &Person, plain: &Plain<'_>, now: Instant) -> Written {
        if to.preference.file.safe_content {
            return self.news(Channel::Email, practice, to, plain.with_booking_link, now);
        }
        self.render(plain_body(plain.kind), view::of_plain(practice, to, plain, now, &self.domain))
    }

    /// A therapist's day, with the way to their page.
    pub fn digest(&self, practice: &Practice, to: &Person, day: &Day, now: Instant) -> Written {
        self.render("digest", view::of_digest(practice, to, day, &self.base_url, now, &self.domain))
    }

    /// The same as a short text.
    pub fn plain_short(&self, practice: &Practice, to: &Person, plain: &Plain<'_>, now: Instant) -> String {
        self.short(plain_body(plain.kind), view::of_plain(practice, to, plain, now, &self.domain)).text
    }

    /// Word that something waits in the portal, and nothing of what it is.
    pub fn waiting(&self, channel: Channel, practice: &Practice, to: &Person, now: Instant) -> Written {
        self.news(channel, practice, to, false, now)
    }

    /// A client's own link to book with a therapist with whom nothing was booked yet: the house's words.
    pub fn booking_link(
        &self,
        channel: Channel,
        practice: &Practice,
        to: &Person,
        therapist: &Person,
        now: Instant,
    ) -> Written {
        if to.preference.file.safe_content {
            return self.news(channel, practice, to, true, now);
        }
        let view = view::of_booking_link(practice, to, therapist, now, &self.domain);
        if channel == Channel::Sms { self.short("booking_link", view) } else { self.render("booking_link", view) }
    }

    /// Word to a client who asked that messages say nothing: there is news, and where it can be read.
    fn news(&self, channel: Channel, practice: &Practice, to: &Person, has_link: bool, now: Instant) -> Written {
        if channel == Channel::Push {
            return push(PUSH_NEWS);
        }
        let view = view::of_news(practice, to, has_link, &self.base_url, now, &self.domain);
        if channel == Channel::Sms { self.short("news", view) } else { self.render("news", view) }
    }

    /// A link or code that shows a new address or number to be the client's. It says no more than a stranger may read.
    pub fn confirm_address(&self, channel: Channel, practice: &Practice, to: &Person, now: Instant) -> Written {
        let view = view::of_confirmation(practice, to, now, &self.domain);
        let body = "confirm_address";
        if channel == Channel::Sms { self.short(body, view) } else { self.render(body, view) }
    }

    fn render(&self, body: &str, view: Names) -> Written {
        let subject = clean::line(&self.fill("subject", &view));
        self.in_parts(body, None, &subject, view)
    }

    /// Both bodies under this subject; `base` is the body that this one stands in.
    fn in_parts(&self, body: &str, base: Option<&str>, subject: &str, mut view: Names) -> Written {
        view.set("subject", subject);
        let mut with_parts = |ending: &str| {
            view.set("base", base.map(|base| format!("{base}.{ending}")).unwrap_or_default());
            view.set("frame", format!("frame.{ending}"));
            view.set("parts", format!("parts.{ending}"));
            let filled = self.fill(&format!("{body}.{ending}"), &view);
            format!("{}\n", filled.trim())
        };
        let (text, html) = (with_parts("txt"), with_parts("html"));
        Written { subject: subject.to_owned(), text, html, calendar: None }
    }

    /// A short text: no subject, nothing but what the reader needs and the link, in marks that every phone has. Words that
    /// people wrote and reasons stay out of it: it is read on lock screens.
    fn short(&self, body: &str, mut view: Names) -> Written {
        view.set("frame", "frame.short");
        view.set("parts", "parts.short");
        view.set("words", Vec::<String>::new());
        view.set("reason", Value::from(()));
        let text = short_text::plain(&self.fill(&format!("{body}.short"), &view));
        Written { subject: String::new(), text, html: String::new(), calendar: None }
    }

    fn fill(&self, name: &str, view: &Names) -> String {
        // Every template is known at the start and names only what `view` always holds; a test proves both.
        let template = self.templates.get_template(name).expect("every template is known");
        template.render(Value::from_object(view.clone())).expect("a template of ours names only what the view holds")
    }
}

/// The template of a letter about no appointment.
const fn plain_body(kind: MessageKind) -> &'static str {
    if matches!(kind, MessageKind::Help) { "help" } else { "plain" }
}

/// The template of a kind.
const fn body(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::Confirmation => "confirmation",
        MessageKind::Cancellation => "cancellation",
        MessageKind::Rescheduled => "rescheduled",
        MessageKind::Escalation | MessageKind::CallTask => "escalation",
        MessageKind::Refund => "refund",
        MessageKind::FeeWaived => "fee_waived",
        MessageKind::Promise => "promise",
        MessageKind::Correction => "correction",
        MessageKind::Closing => "closing",
        MessageKind::SignIn => "sign_in",
        MessageKind::BookingLink => "booking_link",
        MessageKind::Message | MessageKind::Ticket | MessageKind::TicketAnswer => "plain",
        MessageKind::Offer => "offer",
        MessageKind::TimeKept => "time_kept",
        MessageKind::Requested => "requested",
        MessageKind::RequestDeclined => "request_declined",
        MessageKind::Fee => "fee",
        MessageKind::ChangeRequest => "change_request",
        MessageKind::RunningLate => "running_late",
        MessageKind::LateAnswer => "late_answer",
        MessageKind::Reminder => "reminder",
        MessageKind::Digest => "digest",
        MessageKind::ClientWrote => "client_wrote",
        MessageKind::PassedOn => "passed_on",
        MessageKind::Help => "help",
        MessageKind::Missed => "missed",
        MessageKind::ClientLate => "client_late",
        MessageKind::SteppedAway => "stepped_away",
        MessageKind::ClientNoShow => "client_no_show",
        MessageKind::Receipt => "receipt",
        MessageKind::TechnicalFailure => "technical_failure",
        MessageKind::Outcome => "outcome",
        MessageKind::MakeUp => "make_up",
        MessageKind::ConfirmAddress => "confirm_address",
        MessageKind::MessageWaiting => "news",
    }
}

/// What a browser says when an appointment is not as it was.
pub const PUSH_CHANGE: &str = "Your appointment has changed. Open to see.";
/// What a browser says when there is anything else.
pub const PUSH_NEWS: &str = "There is something new for you. Open to see.";

/// Whether an appointment is not as it was, or is not going as it should.
const fn changes(kind: MessageKind) -> bool {
    matches!(
        kind,
        MessageKind::Cancellation
            | MessageKind::Rescheduled
            | MessageKind::RunningLate
            | MessageKind::Missed
            | MessageKind::SteppedAway
            | MessageKind::TechnicalFailure
    )
}

/// What a browser shows under the practice's name: neutral, for it stands on lock screens. The words wait in the portal.
fn push(text: &str) -> Written {
    Written { subject: String::new(), text: text.to_owned(), html: String::new(), calendar: None }
}

/// `alderhouse.example` of `https://alderhouse.example/`: what a reader sees of an address.
fn host(base_url: &str) -> &str {
    let rest = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// A paragraph as one line: templates may break lines where they like.
fn flow(value: Value) -> Value {
    let line = value.as_str().unwrap_or_default().split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if value.is_safe() { Value::from_safe_string(line) } else { Value::from(line) }
}

#[cfg(test)]
mod tests;
