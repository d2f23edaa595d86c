//! The form that says how a client is reached: the same fields in the client's own pages and at the desk.

use crate::body::Raw;
use crate::error::FieldErrors;
use crate::when::When;
use domain::person::{Channel, Locale, Person};
use domain::schedule::TimeOfDay;
use domain::telling::address::{AddressChange, What};
use domain::telling::consent::{Consent, OwnQuiet, Source, Wish};
use domain::telling::route::Reach;
use std::collections::BTreeMap;

/// Places in the order of preference.
const PLACES: [&str; 3] = ["first", "second", "third"];
/// What a client can say no to.
const REFUSABLE: [Channel; 3] = [Channel::Sms, Channel::Email, Channel::Phone];

/// One place of the order: its control and what may stand there.
pub struct Place {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<(&'static str, String, bool)>,
    pub may_be_empty: bool,
}

/// One channel that may be refused.
pub struct Never {
    pub code: &'static str,
    pub words: &'static str,
    pub is_refused: bool,
    /// What is known about it: since when, by whose word.
    pub known: String,
    /// They wrote STOP, and only they can take it back.
    pub is_locked: bool,
}

/// The form as it is shown.
pub struct ReachForm {
    pub places: Vec<Place>,
    pub nevers: Vec<Never>,
    pub voicemail: bool,
    pub has_phone: bool,
    pub safe_content: bool,
    pub quiet_from: String,
    pub quiet_to: String,
    pub quiet_urgent: bool,
    /// "21:00 to 08:00": the practice's.
    pub usual: String,
    pub locale: Locale,
    pub zone: String,
    /// Whether the client fills it in themselves.
    pub is_own: bool,
}

/// What stands about an address, in sentences.
pub struct AddressView {
    pub email: String,
    pub phone: String,
    /// "The number … was reported wrong on …": nothing where it is right.
    pub wrong: String,
    pub new_email: Option<String>,
    pub new_phone: Option<String>,
    /// Whether a code went to the new number.
    pub takes_code: bool,
}

impl ReachForm {
    /// As it stands.
    pub fn of(person: &Person, usual: (TimeOfDay, TimeOfDay), reach: Reach, when: &When, is_own: bool) -> Self {
        let (preference, file) = (&person.preference, &person.preference.file);
        Self {
            places: places(person, &preference.channels, reach),
            nevers: REFUSABLE.into_iter().map(|channel| never(person, channel, when, is_own)).collect(),
            voicemail: preference.voicemail,
            has_phone: person.phone.is_some(),
            safe_content: file.safe_content,
            quiet_from: file.quiet.map(|own| own.from.to_string()).unwrap_or_default(),
            quiet_to: file.quiet.map(|own| own.to.to_string()).unwrap_or_default(),
            quiet_urgent: file.quiet.is_none_or(|own| own.urgent),
            usual: format!("{} to {}", usual.0, usual.1),
            locale: person.locale,
            zone: person.zone.name().to_owned(),
            is_own,
        }
    }

    /// With what was typed, where it is shown again.
    #[must_use]
    pub fn typed(mut self, person: &Person, reach: Reach, raw: &Raw) -> Self {
        self.places = places(person, &channels(raw), reach);
        for never in &mut self.nevers {
            never.is_refused = raw.has("never", never.code);
        }
        self.voicemail = raw.has("voicemail", "yes");
        self.safe_content = raw.has("safe_content", "yes");
        self.quiet_from = raw.get("quiet_from").to_owned();
        self.quiet_to = raw.get("quiet_to").to_owned();
        self.quiet_urgent = raw.has("quiet_urgent", "yes");
        self.locale = raw.get("language").parse().unwrap_or(self.locale);
        self.zone = raw.get("time_zone").to_owned();
        self
    }

    /// Whether they read American English.
    pub fn is_american(&self) -> bool {
        self.locale == Locale::EnUs
    }
}

/// What the form says; what only a form can get wrong is said in `errors`.
pub fn wish(person: &Person, raw: &Raw, errors: &mut FieldErrors) -> Wish {
    let channels = channels(raw);
    // A short form, as of a page that was open since before, says nothing about the rest.
    if raw.get("whole").is_empty() {
        return Wish::of(channels, raw.has("voicemail", "yes"));
    }
    let mut consents = BTreeMap::new();
    for channel in REFUSABLE {
        let (no, was) = (raw.has("never", channel.word()), person.preference.file.refuses(channel));
        if no && channels.contains(&channel) {
            errors.push(
                PLACES[0],
                "You chose a way that is ticked below as not to be used. Untick it, or choose another.",
            );
        }
        if no != was {
            consents.insert(channel, !no);
        }
    }
    let zone = raw.get("time_zone").trim();
    let zone = (!zone.is_empty()).then(|| zone.parse());
    if zone.as_ref().is_some_and(Result::is_err) {
        errors.push("time_zone", "Write a time zone as Europe/London.");
    }
    Wish {
        channels,
        voicemail: raw.has("voicemail", "yes"),
        consents,
        safe_content: Some(raw.has("safe_content", "yes")),
        quiet: Some(quiet(raw, errors)),
        locale: raw.get("language").parse().ok(),
        zone: zone.and_then(Result::ok),
    }
}

fn quiet(raw: &Raw, errors: &mut FieldErrors) -> Option<OwnQuiet> {
    let (from, to) = (raw.get("quiet_from").trim(), raw.get("quiet_to").trim());
    if from.is_empty() && to.is_empty() {
        return None;
    }
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) => Some(OwnQuiet { from, to, urgent: raw.has("quiet_urgent", "yes") }),
        _ => {
            errors.push("quiet_hours", "Give both times, as 22:00 and 07:00, or leave both empty.");
            None
        }
    }
}

fn channels(raw: &Raw) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for place in PLACES {
        let named = raw.get(place).parse::<Channel>().ok();
        channels.extend(named.filter(|channel| channel.can_be_preferred() && !channels.contains(channel)));
    }
    channels
}

/// What is offered: what there is a way to, and what was chosen already.
fn places(person: &Person, chosen: &[Channel], reach: Reach) -> Vec<Place> {
    let labels = ["First, try", "If that doesn’t work", "And after that"];
    let offered: Vec<Channel> = [Channel::Sms, Channel::Email, Channel::Phone, Channel::InApp, Channel::Push]
        .into_iter()
        .filter(|channel| match channel {
            Channel::InApp => reach.in_app || chosen.contains(channel),
            Channel::Push => reach.push || chosen.contains(channel),
            _ => true,
        })
        .collect();
    let place = |n: usize| Place {
        name: PLACES[n],
        label: labels[n],
        options: offered.iter().map(|channel| option(person, *channel, chosen.get(n) == Some(channel))).collect(),
        may_be_empty: n > 0,
    };
    (0..PLACES.len()).map(place).collect()
}

/// A channel with the address behind it, so that nobody has to wonder which.
fn option(person: &Person, channel: Channel, is_chosen: bool) -> (&'static str, String, bool) {
    let phone = person.phone.as_deref().unwrap_or("no number yet");
    let label = match channel {
        Channel::Sms => format!("A text to {phone}"),
        Channel::Phone => format!("A call to {phone}"),
        Channel::InApp => "A message in the portal".to_owned(),
        Channel::Push => "A notice from the browser".to_owned(),
        _ => format!("An email to {}", person.email.as_deref().unwrap_or("no address yet")),
    };
    (channel.word(), label, is_chosen)
}

fn never(person: &Person, channel: Channel, when: &When, is_own: bool) -> Never {
    let file = &person.preference.file;
    let stopped = file.stopped_by_text().filter(|_| channel == Channel::Sms);
    let known = match (stopped, file.consents.get(&channel)) {
        (Some(at), _) => format!("STOP was texted {}", when.moment(at)),
        (None, Some(consent)) => known(*consent, when, is_own),
        (None, None) => String::new(),
    };
    Never {
        code: channel.word(),
        words: match channel {
            Channel::Sms => "No texts",
            Channel::Phone => "No calls",
            _ => "No emails",
        },
        is_refused: file.refuses(channel),
        known,
        is_locked: stopped.is_some() && !is_own,
    }
}

/// "Agreed 9 March, noted by the practice".
fn known(consent: Consent, when: &When, is_own: bool) -> String {
    let by = match consent.source {
        Source::Portal if is_own => "on this page",
        Source::Portal => "in their own pages",
        Source::Staff => "noted by the practice",
        Source::Text => "by text",
        Source::Import => "from the practice’s earlier records",
        Source::Network => "by the network",
    };
    format!("{} {}, {by}", if consent.given { "Agreed" } else { "Declined" }, when.moment(consent.at))
}

impl AddressView {
    /// As it stands.
    pub fn of(person: &Person, waits: &[AddressChange], reach: Reach, when: &When) -> Self {
        let waiting = |what| waits.iter().find(|change| change.what == what && change.is_open(when.now));
        let file = &person.preference.file;
        let wrong = file.wrong_number.as_ref().filter(|wrong| person.phone.as_deref() == Some(wrong.number.as_str()));
        Self {
            email: person.email.clone().unwrap_or_else(|| "None yet".to_owned()),
            phone: person.phone.clone().unwrap_or_else(|| "None yet".to_owned()),
            wrong: wrong
                .map(|it| format!("{} was reported wrong {}", it.number, when.moment(it.at)))
                .unwrap_or_default(),
            new_email: waiting(What::Email).map(|change| change.to.clone()),
            new_phone: waiting(What::Phone).map(|change| change.to.clone()),
            takes_code: reach.sms && !file.refuses(Channel::Sms),
        }
    }
}
