//! What a short reply means. A small grammar, not guesswork: what it does not know goes to a person, unread by us.
//! Whether a *yes* answers anything is not decided here but by the question that was asked last.

use jiff::civil::Time;

/// What a client wrote back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// Write no more texts to this number.
    Stop,
    /// Texts may come again.
    Start,
    /// How to reach somebody.
    Help,
    /// They wait for their therapist.
    Wait,
    /// They would rather have another time.
    Reschedule,
    /// They are ready at this time of day, on the clock of their own zone.
    ReadyAt(Clock),
    /// Yes; where they said so, in how many minutes.
    Yes(Option<u32>),
    /// No.
    No,
    /// They take one of the offered times: its place in the list, from 1.
    Take(usize),
    /// Anything else: a person reads it.
    Unclear,
}

/// A time of day as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// As read with 24 hours; with *am* or *pm* that is settled.
    pub time: Time,
    /// Whether it may as well mean the afternoon: `2:30` without am or pm.
    pub or_afternoon: bool,
}

/// The longest reply that is looked at; a longer one is a letter, and a person's.
const LONGEST: usize = 80;
/// What may stand below a reply and still be no more than a name and a greeting.
const SIGN_OFF_LONGEST: usize = 120;
/// Minutes that somebody may be on their way, and still be on their way.
const MINUTES_MAX: u32 = 120;

const STOP: [&str; 7] = ["stop", "stopall", "stop all", "unsubscribe", "optout", "opt out", "stop texts"];
const START: [&str; 4] = ["start", "unstop", "optin", "opt in"];
const HELP: [&str; 2] = ["help", "info"];
const WAIT: [&str; 11] = [
    "wait",
    "waiting",
    "i wait",
    "i can wait",
    "i will wait",
    "i'll wait",
    "ill wait",
    "can wait",
    "will wait",
    "happy to wait",
    "i'm happy to wait",
];
const RESCHEDULE: [&str; 8] = [
    "reschedule",
    "rebook",
    "another time",
    "i'd prefer to reschedule",
    "i would prefer to reschedule",
    "i'd like to reschedule",
    "prefer to reschedule",
    "let's reschedule",
];
const YES: [&str; 8] = ["yes", "y", "yep", "yeah", "yes i am", "yes i can", "coming", "on my way"];
const NO: [&str; 7] = ["no", "n", "nope", "no i can't", "i can't", "no i cannot", "can't make it"];

/// Words below a reply that may take it back, or add to it: then nobody but a person can say what it means.
const DOUBTS: [&str; 28] = [
    "no",
    "not",
    "nope",
    "but",
    "can't",
    "cant",
    "cannot",
    "don't",
    "dont",
    "won't",
    "wont",
    "unless",
    "if",
    "except",
    "actually",
    "instead",
    "only",
    "or",
    "wait",
    "stop",
    "yes",
    "sorry",
    "however",
    "though",
    "rather",
    "coming",
    "reschedule",
    "start",
];

/// Reads a reply. Case, punctuation at the ends, *please* and *thanks*, a name below and what a letter quotes do not
/// matter. Whoever asks something back has not answered, and what is taken back below is not said.
pub fn read(text: &str) -> Reply {
    let (own, below) = paragraphs(text);
    let said = said(&own);
    let is = |words: &[&str]| words.contains(&said.as_str());
    match said.as_str() {
        _ if said.is_empty() || said.len() > LONGEST || !is_sign_off(&below) => Reply::Unclear,
        _ if is(&HELP) => Reply::Help,
        _ if own.contains('?') => Reply::Unclear,
        _ if is(&STOP) => Reply::Stop,
        _ if is(&START) => Reply::Start,
        _ if is(&WAIT) => Reply::Wait,
        _ if is(&RESCHEDULE) => Reply::Reschedule,
        _ if is(&YES) => Reply::Yes(None),
        _ if is(&NO) => Reply::No,
        other => taken(other).or_else(|| ready_at(other)).or_else(|| in_minutes(other)).unwrap_or(Reply::Unclear),
    }
}

/// The first paragraph, and what stands below it; of both what is not quoted from another letter.
fn paragraphs(text: &str) -> (String, String) {
    let mut own = text.lines().map(str::trim).take_while(|line| !is_quoted(line)).skip_while(|line| line.is_empty());
    let first: Vec<&str> = own.by_ref().take_while(|line| !line.is_empty()).collect();
    (plain(&first.join(" ")), plain(&own.collect::<Vec<_>>().join(" ")))
}

fn plain(words: &str) -> String {
    words.to_lowercase().replace('’', "'").replace([',', ';'], " ")
}

/// The words without trimmings.
fn said(own: &str) -> String {
    let bare = own.split_whitespace().map(|word| word.trim_end_matches(['.', '!', '?', ')']));
    let bare: Vec<&str> = bare.map(|word| word.trim_start_matches('(')).collect();
    let before = std::iter::once("").chain(bare.iter().copied());
    let words = before.zip(&bare).filter(|(before, word)| !is_polite(before, word)).map(|(_, word)| *word);
    words.collect::<Vec<_>>().join(" ")
}

/// Whether what stands below is at most a greeting and a name: no word that takes back or says another thing, no question,
/// nothing at length.
fn is_sign_off(below: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    // A number of a list or a time of day; that of a telephone is longer.
    let is_number = |word: &str| word.len() <= 5 && word.starts_with(|c: char| c.is_ascii_digit());
    let doubts = |word: &str| DOUBTS.contains(&bare(word).as_str()) || is_number(&bare(word));
    below.len() <= SIGN_OFF_LONGEST && !below.contains('?') && !below.split_whitespace().any(doubts)
}

/// Where a mail program begins to quote: `> …`, a line such as `On 9 March, Alder House wrote:` (which may be broken in
/// two), or the head of the letter below.
fn is_quoted(line: &str) -> bool {
    let begins = |word: &str| line.starts_with(word);
    let names_sender = line.contains('@') && (begins("On ") || begins("From:") || begins("*From:"));
    begins(">") || begins("-----") || begins("____") || line == "--" || line.ends_with("wrote:") || names_sender
}

/// *You* only where it is thanked: "you wait" is somebody else's to do.
fn is_polite(before: &str, word: &str) -> bool {
    matches!(word, "" | "please" | "pls" | "thanks" | "thank" | "thx" | "-") || (word == "you" && before == "thank")
}

/// `1`, `option 2`, `number 1`, `take 3`, `1)`. `No 1` may be a refusal or a number: a person reads it.
fn taken(said: &str) -> Option<Reply> {
    let number = ["option ", "number ", "take ", "i take ", "i'll take ", "#"]
        .iter()
        .find_map(|word| said.strip_prefix(word))
        .unwrap_or(said);
    let place = number.parse::<usize>().ok().filter(|place| (1..=9).contains(place) && number.len() == 1)?;
    Some(Reply::Take(place))
}

/// `ready at 10:25`, `i'll be ready at 2.30pm`, `at 10:25`, `10:25`.
fn ready_at(said: &str) -> Option<Reply> {
    let rest =
        ["i'll be", "i will be", "i can be", "i am", "i'm", "yes"].iter().find_map(|word| said.strip_prefix(word));
    let rest = rest.unwrap_or(said).trim();
    let (named, rest) = match rest.strip_prefix("ready") {
        Some(rest) => (true, rest.trim()),
        None => (false, rest),
    };
    let (named, rest) = match ["at ", "by ", "from ", "for "].iter().find_map(|word| rest.strip_prefix(word)) {
        Some(rest) => (true, rest.trim()),
        None => (named, rest),
    };
    clock(rest, named).map(Reply::ReadyAt)
}

/// A time of day: `10:25`, `10.25`, `2:30 pm`, and, where the words before say that it is one, `2pm`.
fn clock(text: &str, named: bool) -> Option<Clock> {
    let (digits, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(digits), _) => (digits.trim(), Some(0)),
        (_, Some(digits)) => (digits.trim(), Some(12)),
        _ => (text, None),
    };
    let (hour, minute) = match digits.split_once([':', '.']) {
        Some((hour, minute)) if minute.len() == 2 => (hour, minute),
        None if named && half.is_some() => (digits, "00"),
        _ => return None,
    };
    let (hour, minute): (i8, i8) = (number(hour)?, number(minute)?);
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(half) => hour % 12 + half,
        None => hour,
    };
    let time = Time::new(hour, minute, 0, 0).ok()?;
    Some(Clock { time, or_afternoon: half.is_none() && (1..12).contains(&hour) && !digits.starts_with('0') })
}

/// `10 min`, `in 10 minutes`, `yes in 10`, `yes 5 minutes`, `be there in 10 mins`.
fn in_minutes(said: &str) -> Option<Reply> {
    let rest = said.strip_prefix("yes").unwrap_or(said).trim();
    let rest = ["i'll be there", "i'll be", "be there", "there", "i'm", "running", "ready"]
        .iter()
        .find_map(|word| rest.strip_prefix(word))
        .unwrap_or(rest)
        .trim();
    let (within, rest) = match rest.strip_prefix("in ") {
        Some(rest) => (true, rest.trim()),
        None => (false, rest),
    };
    let rest = rest.strip_suffix("late").or(rest.strip_suffix("away")).unwrap_or(rest).trim();
    let unit = ["minutes", "minute", "mins", "min"].iter().find_map(|unit| rest.strip_suffix(unit));
    let digits = unit.or(within.then_some(rest))?;
    let minutes = number::<u32>(digits.trim()).filter(|minutes| *minutes <= MINUTES_MAX)?;
    Some(Reply::Yes(Some(minutes)))
}

/// Digits alone: no sign, no more than three.
fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    let plain = (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
