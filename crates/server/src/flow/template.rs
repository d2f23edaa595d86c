//! A practice's own words for what clients are told: read, tried out, kept in versions, and let go again.

use super::load::{self, Mode};
use super::settings::entry;
use super::{Ask, Failed, Flow, Tools, letter};
use crate::words::{About, Written};
use domain::access::Scope;
use domain::decide::Situation;
use domain::id::{Ids, PracticeId};
use domain::message::{Facts, LinkTo, Message, MessageKind, MessageState, Notice};
use domain::person::{Channel, Locale, Person, PersonRef};
use domain::refusal::{Class, Refusal};
use domain::telling::short_text::{self, Size};
use domain::telling::template::{EDITABLE, Editable, Template, TemplateWords};
use domain::time::{Interval, Span};
use serde_json::json;
use similar::{ChangeTag, TextDiff};
use store::{Done, Tx};

/// Versions that a list shows.
pub const VERSIONS_MAX: u32 = 200;

/// The house's words for each kind, as an owner would write them: subject, letter and text between lines of three dashes.
const HOUSE: [(MessageKind, &str); 10] = [
    (MessageKind::Confirmation, include_str!("../../templates/messages/own/confirmation.txt")),
    (MessageKind::Rescheduled, include_str!("../../templates/messages/own/rescheduled.txt")),
    (MessageKind::Cancellation, include_str!("../../templates/messages/own/cancellation.txt")),
    (MessageKind::Offer, include_str!("../../templates/messages/own/offer.txt")),
    (MessageKind::BookingLink, include_str!("../../templates/messages/own/booking_link.txt")),
    (MessageKind::RunningLate, include_str!("../../templates/messages/own/running_late.txt")),
    (MessageKind::Missed, include_str!("../../templates/messages/own/missed.txt")),
    (MessageKind::ClientLate, include_str!("../../templates/messages/own/client_late.txt")),
    (MessageKind::SteppedAway, include_str!("../../templates/messages/own/stepped_away.txt")),
    (MessageKind::ClientNoShow, include_str!("../../templates/messages/own/client_no_show.txt")),
];

/// One kind in one English, as it stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What it may name.
    pub editable: &'static Editable,
    /// In which English.
    pub locale: Locale,
    /// The words in use: the practice's, or the house's.
    pub words: TemplateWords,
    /// The newest version, 0 where there is none.
    pub version: u32,
    /// Whether the words are the practice's own.
    pub is_own: bool,
}

/// How words read with the facts of an appointment in them.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Subject, letter and its HTML.
    pub letter: Written,
    /// The text message.
    pub short: String,
    /// How large that is on the network.
    pub size: Size,
}

/// What an owner writes for.
#[derive(Debug, Clone, Copy)]
pub struct Which {
    /// The kind.
    pub editable: &'static Editable,
    /// In which English.
    pub locale: Locale,
}

impl Which {
    /// By their words in an address; not found for a kind whose words are the house's alone.
    pub fn named(kind: &str, locale: &str) -> Result<Self, Refusal> {
        let missing = || Refusal::not_found("message");
        let kind: MessageKind = kind.parse().map_err(|_| missing())?;
        let editable = Editable::of(kind).ok_or_else(missing)?;
        Ok(Self { editable, locale: locale.parse().map_err(|()| missing())? })
    }
}

/// The house's words for a kind.
pub fn house(kind: MessageKind) -> TemplateWords {
    let text = HOUSE.iter().find(|(of, _)| *of == kind).map_or("", |(_, text)| text);
    let mut parts = text.split("\n---\n").map(|part| part.trim().to_owned());
    let mut next = || parts.next().unwrap_or_default();
    TemplateWords { subject: next(), letter: next(), short: next() }
}

/// Every kind in both Englishes, as it stands.
pub fn list(tx: &mut Tx, ask: &Ask) -> Flow<Vec<Standing>> {
    let latest = store::template::latest(tx, practice_of(ask)?)?;
    let both = [Locale::EnGb, Locale::EnUs];
    let all = EDITABLE.iter().flat_map(|editable| both.map(|locale| Which { editable, locale }));
    Ok(all.map(|which| standing(&latest, which)).collect())
}

/// One of them.
pub fn one(tx: &mut Tx, ask: &Ask, which: Which) -> Flow<Standing> {
    Ok(standing(&store::template::latest(tx, practice_of(ask)?)?, which))
}

fn standing(latest: &[Template], Which { editable, locale }: Which) -> Standing {
    let found = latest.iter().find(|template| template.kind == editable.kind && template.locale == locale);
    let own = found.and_then(|template| template.words.clone());
    Standing {
        editable,
        locale,
        version: found.map_or(0, |template| template.version),
        is_own: own.is_some(),
        words: own.unwrap_or_else(|| house(editable.kind)),
    }
}

/// The versions, the newest first.
pub fn versions(tx: &mut Tx, ask: &Ask, which: Which) -> Flow<Vec<Template>> {
    Ok(store::template::versions(tx, practice_of(ask)?, which.editable.kind, which.locale, VERSIONS_MAX)?)
}

/// The words of one version: 0 and the way back are the house's.
pub fn words_of(versions: &[Template], kind: MessageKind, version: u32) -> Option<TemplateWords> {
    if version == 0 {
        return Some(house(kind));
    }
    let found = versions.iter().find(|template| template.version == version)?;
    Some(found.words.clone().unwrap_or_else(|| house(kind)))
}

/// A line of two versions beside each other.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct DiffLine {
    /// `-` where it went, `+` where it came, a space where it stayed.
    pub sign: char,
    /// The line.
    pub line: String,
}

/// What changed from one text to another, line by line.
pub fn diff(before: &str, after: &str) -> Vec<DiffLine> {
    let changes = TextDiff::from_lines(before, after);
    let line = |change: similar::Change<&str>| DiffLine {
        sign: match change.tag() {
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
            ChangeTag::Equal => ' ',
        },
        line: change.value().trim_end_matches('\n').to_owned(),
    };
    changes.iter_all_changes().map(line).collect()
}

/// Keeps words as the next version. `seen` is the version that the owner was looking at.
///
/// # Errors
/// 422 that names what is wrong with each part (`template::problems`), `nothing_changed`, or stale.
pub fn keep(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    which: Which,
    words: Option<&TemplateWords>,
    seen: Option<u32>,
) -> Flow<Done<Standing>> {
    let practice = practice_of(ask)?;
    let before = one(tx, ask, which)?;
    if seen.is_some_and(|seen| seen != before.version) {
        return Err(Refusal::stale().into());
    }
    if let Some(words) = words {
        refuse(tools, which, words)?;
    }
    let is_same = match words {
        Some(words) => before.words == *words && (before.is_own || *words == house(which.editable.kind)),
        None => !before.is_own,
    };
    if is_same {
        return Err(Refusal::conflict("nothing_changed", "These are the words that are in use already.").into());
    }
    let template = Template {
        practice,
        kind: which.editable.kind,
        locale: which.locale,
        version: before.version + 1,
        words: words.cloned(),
        made_at: ask.now,
        made_by: ask.who.scope().signature(),
    };
    store::template::insert(tx, &template, ask.command)?;
    let details = json!({ "kind": template.kind, "language": which.locale.tag(), "version": template.version,
        "words": template.words });
    let entry = entry(tools, ask, practice, "template_changed", &practice.to_string(), details);
    Ok(Done::new(standing(&[template], which), entry))
}

/// Refuses words that will not do.
fn refuse(tools: &Tools, which: Which, words: &TemplateWords) -> Flow<()> {
    let problems = tools.writer.problems(words, which.editable);
    let Some(first) = problems.first() else { return Ok(()) };
    Err(Refusal {
        code: first.code,
        class: Class::Invalid,
        detail: first.message.clone(),
        field: None,
        problems,
        contact: None,
    }
    .into())
}

/// How the words read with the practice's newest appointment in them.
///
/// # Errors
/// 422 as for `keep`; 409 `nothing_to_show` while the practice has no appointment.
pub fn read(tx: &mut Tx, tools: &Tools, ask: &Ask, which: Which, words: &TemplateWords) -> Flow<Reading> {
    refuse(tools, which, words)?;
    let situation = example(tx, tools, ask)?;
    let to = Person { locale: which.locale, ..situation.client.clone() };
    reading(tools, ask, which, words, &situation, &to)
}

fn reading(
    tools: &Tools,
    ask: &Ask,
    which: Which,
    words: &TemplateWords,
    situation: &Situation,
    to: &Person,
) -> Flow<Reading> {
    let appointment = situation.appointment()?;
    let notice = notice(situation, which.editable.kind, to, ask)?;
    let about = About { situation, to, appointment: &appointment, now: ask.now };
    let letter = tools.writer.in_their_words(words, &notice, &about);
    let short = tools.writer.in_their_words(words, &Notice { channel: Channel::Sms, ..notice }, &about).text;
    let size = short_text::size(
        &short.replace("{link}", &tools.link_key.url(&tools.base_url, LinkTo::Booking(situation.relationship.id))),
    );
    Ok(Reading { letter, short, size })
}

/// The newest appointment that the practice has.
fn example(tx: &mut Tx, tools: &Tools, ask: &Ask) -> Flow<Situation> {
    let newest = store::appointment::Filter { order: store::appointment::Order::Descending, ..Default::default() };
    let found = store::appointment::list(tx, &ask.who.scope(), &newest, None, 1)?.items.into_iter().next();
    let detail = "There is no appointment yet to fill the words in with. Book one first.";
    let about = found.ok_or_else(|| Refusal::conflict("nothing_to_show", detail))?;
    load::appointment(tx, tools, ask, about.id, &[], Mode::Preview)
}

/// A message of this kind about the appointment, with everything that such a message may know.
fn notice(situation: &Situation, kind: MessageKind, to: &Person, ask: &Ask) -> Flow<Notice> {
    let about = situation.appointment()?;
    let days = |n: i64| Span::hours(24 * n);
    let later = |n: i64| Interval::new(about.start + days(n), about.end + days(n));
    let facts = Facts {
        old_time: Some(later(-1)),
        offered: vec![later(2), later(3), later(7)],
        offer_expires_at: Some(about.start + days(1)),
        promise_by: Some(about.start + days(1)),
        next_start: Some(later(7).from),
        answer_by: Some(about.start - days(1)),
        minutes: Some(10),
        initiator: Some(domain::appointment::Initiator::Therapist),
        ..Facts::about(about.interval())
    };
    Ok(Notice {
        to: to.id,
        channel: Channel::Email,
        kind,
        appointment: about.id,
        revision: 2,
        urgent: false,
        send_at: ask.now,
        facts,
        link: Some(LinkTo::Booking(situation.relationship.id)),
        calendar: None,
    })
}

/// Sends the words to whoever asks, and to nobody else: the letter, and the text where they have a number and texts can be
/// sent. Their own name stands where the client's would.
///
/// # Errors
/// As `read`; 422 `address_missing`.
pub fn send_test(tx: &mut Tx, tools: &Tools, ask: &Ask, which: Which, words: &TemplateWords) -> Flow<Done<()>> {
    refuse(tools, which, words)?;
    let practice = practice_of(ask)?;
    let Scope::Actor(actor) = ask.who.scope() else { return Err(Refusal::not_found("person").into()) };
    let myself = store::person::load(tx, actor.person)?.ok_or_else(|| Refusal::not_found("person"))?;
    let situation = example(tx, tools, ask)?;
    let to = Person { locale: which.locale, name: myself.name.clone(), ..situation.client.clone() };
    let read = reading(tools, ask, which, words, &situation, &to)?;
    let mut ids = Ids::new(ask.command, ask.now);
    let Some(email) = myself.email.clone() else {
        return Err(
            Refusal::invalid("address_missing", "email", "You have no email address here to send it to.").into()
        );
    };
    letter::put(tx, &test(tools, ask, &mut ids, practice, (myself.id, email, Channel::Email), read.letter))?;
    if let (true, Some(phone)) = (tools.reach.sms, myself.phone) {
        let short = Written { subject: String::new(), text: read.short, html: String::new(), calendar: None };
        letter::put(tx, &test(tools, ask, &mut ids, practice, (myself.id, phone, Channel::Sms), short))?;
    }
    let details = json!({ "kind": which.editable.kind, "language": which.locale.tag() });
    let entry = entry(tools, ask, practice, "template_tried", &practice.to_string(), details);
    Ok(Done::new((), entry))
}

/// The link of a test leads to the first page: it is nobody's.
fn test(
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    practice: PracticeId,
    (to, address, channel): (PersonRef, String, Channel),
    written: Written,
) -> Message {
    let open = |text: &str| text.replace("{link}", &tools.base_url);
    Message {
        id: ids.mint(),
        practice,
        command: ask.command,
        appointment: None,
        revision: 0,
        to,
        address,
        channel,
        kind: MessageKind::Message,
        urgent: false,
        subject: if written.subject.is_empty() { String::new() } else { format!("Test: {}", written.subject) },
        text: open(&written.text),
        html: open(&written.html),
        calendar: None,
        link: None,
        written_at: ask.now,
        send_at: ask.now,
        state: MessageState::Pending,
        handed_at: None,
        last_reply: None,
    }
}

fn practice_of(ask: &Ask) -> Flow<PracticeId> {
    ask.who.scope().limits().practice.ok_or_else(|| Refusal::not_found("practice")).map_err(Failed::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Writer;

    #[test]
    fn the_houses_own_words_are_words_that_an_owner_may_keep() {
        let from = "hello@alderhouse.example".parse().expect("an address");
        let writer = Writer::new(from, "https://alderhouse.example/");
        for editable in EDITABLE {
            let words = house(editable.kind);
            assert_eq!(writer.problems(&words, Editable::of(editable.kind).expect("one")), [], "{}", editable.kind);
        }
    }

    #[test]
    fn two_versions_show_what_went_and_what_came() {
        let lines = diff("Hello\nSee you\n", "Hello\nSee you soon\n");
        let shown: Vec<String> = lines.iter().map(|line| format!("{}{}", line.sign, line.line)).collect();
        assert_eq!(shown, [" Hello", "-See you", "+See you soon"]);
    }
}
