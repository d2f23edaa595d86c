//! A practice of each preset, set up once through the real flows and copied for every run.

use crate::faults::{Fault, Profile};
use domain::id::{Ids, RelationshipId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, PolicyAcceptance, Practice, Therapist};
use domain::schedule::{KindSetup, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use domain::time::{Instant, Weekday, Zone};
use server::app::{App, Parts};
use server::clock::{Clock, Pace};
use server::config::Config;
use server::dice::Dice;
use server::flow::setup::{self, NewPerson, NewPractice, NewTherapist};
use server::flow::{Ask, Flow, Tools, Who};
use server::keys::Keys;
use server::rate::Rates;
use server::work::{Nudge, post_letter};
use std::sync::Arc;
use store::policy::PolicyCache;
use store::{Done, Store, Tx};

/// Clients of each practice.
pub const CLIENTS: usize = 12;
/// Texts an hour to one number, where the cap is tried.
const FEW_TEXTS: u32 = 2;
/// When the practices were set up: before any run begins.
const SET_UP: &str = "2026-01-05T09:00:00Z";
/// Where the server says that it is.
pub const BASE_URL: &str = "https://practice.example";

/// A practice and its people.
#[derive(Debug, Clone)]
pub struct House {
    /// The practice.
    pub practice: Practice,
    /// Its therapist.
    pub therapist: Therapist,
    /// The therapist's clients.
    pub clients: Vec<Person>,
    /// Who works with whom, in the order of the clients.
    pub relationships: Vec<RelationshipId>,
    /// Runs the office.
    pub admin: Person,
    /// Answers for all of it.
    pub owner: Person,
}

impl House {
    /// Everybody.
    pub fn everybody(&self) -> impl Iterator<Item = &Person> {
        [&self.therapist.person, &self.admin, &self.owner].into_iter().chain(&self.clients)
    }

    /// The place of a client among the clients.
    pub fn place(&self, who: PersonRef) -> Option<usize> {
        self.clients.iter().position(|client| client.id == who)
    }
}

/// A practice that is set up, to be copied.
struct Set {
    store: Store,
    house: House,
}

/// The four practices, and what every server has in common.
pub struct Stage {
    sets: Vec<Set>,
    config: Config,
    tools: Tools,
}

fn keys() -> Keys {
    Keys::from_bytes([1; 32], [2; 32])
}

impl Stage {
    /// Sets the practices up.
    ///
    /// # Panics
    /// Where the product cannot set up a practice: no run can begin then.
    pub fn new() -> Self {
        let settings = [
            ("HOLDSPACE_BASE_URL", BASE_URL),
            ("HOLDSPACE_SMTP_HOST", "localhost"),
            ("HOLDSPACE_SMTP_FROM", "post@practice.example"),
            ("HOLDSPACE_SMS_KIND", "kannel"),
            ("HOLDSPACE_SMS_URL", "http://localhost:13013/cgi-bin/sendsms"),
            ("HOLDSPACE_SMS_USER", "practice"),
            ("HOLDSPACE_SMS_PASSWORD", "practice"),
            ("HOLDSPACE_SMS_FROM", "+447700900100"),
        ];
        let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::parse(None, settings).expect("settings that every server takes");
        let tools = Tools::new(&config, &keys());
        let sets = Preset::ALL.iter().map(|preset| Set::up(*preset, &tools)).collect();
        Self { sets, config, tools }
    }

    /// A fresh copy of this practice, and a server for it whose chance comes from the seed.
    ///
    /// # Panics
    /// Where memory for another copy is not to be had.
    pub fn copy(&self, preset: Preset, seed: u64, starts: Instant, profile: &Profile) -> (App, House) {
        let place = Preset::ALL.iter().position(|known| *known == preset).unwrap_or_default();
        let set = &self.sets[place];
        let store = set.store.twin().expect("a store in memory has twins");
        let tools =
            Tools { policies: PolicyCache::default(), writer: Arc::clone(&self.tools.writer), ..self.tools.clone() };
        let mut config = self.config.clone();
        if profile.rate(Fault::TextCap) > 0 {
            config.limits.texts_per_number = FEW_TEXTS;
        }
        let app = App::new(Parts {
            store,
            clock: Clock::standing(starts),
            pace: Pace::Clock,
            dice: Dice::seeded(seed),
            rates: Rates::new(self.config.limits.rate_factor),
            tools,
            nudge: Nudge::default(),
            config,
            keys: keys(),
            post_letter: post_letter(),
            is_demo: false,
        });
        (app, set.house.clone())
    }
}

impl Default for Stage {
    fn default() -> Self {
        Self::new()
    }
}

impl Set {
    fn up(preset: Preset, tools: &Tools) -> Self {
        let store = Store::memory().expect("a store in memory");
        let now: Instant = SET_UP.parse().expect("a moment");
        let ask = Ask { who: Who::System("sim"), now, command: Dice::seeded(preset as u64).command(now) };
        let tools = tools.clone();
        let written = store.write(move |tx: &mut Tx<'_>| set_up(tx, &tools, &ask, preset));
        let house = written.map_err(|why| format!("{why:?}")).expect("a practice that the flows take").answer;
        Self { store, house }
    }
}

/// Takes the answer out and keeps the entries.
fn keep<T>(done: Done<T>, entries: &mut Vec<domain::audit::Entry>) -> T {
    entries.push(done.audit);
    entries.extend(done.more);
    done.answer
}

fn set_up(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, preset: Preset) -> Flow<Done<House>> {
    let (mut ids, mut entries) = (Ids::new(ask.command, ask.now), Vec::new());
    let american = preset == Preset::Insurance;
    let practice = keep(setup::practice(tx, tools, ask, &mut ids, new_practice(preset, american))?, &mut entries);
    let own = |name: &str, role: Role, place: usize| NewPerson {
        role,
        name: name.to_owned(),
        email: Some(address(name)),
        phone: Some(number(place)),
        preference: prefers(&[Channel::Email]),
    };
    let id = practice.id;
    let admin = keep(setup::person(tx, tools, ask, &mut ids, id, own("Asha Patel", Role::Admin, 1))?, &mut entries);
    let owner = keep(setup::person(tx, tools, ask, &mut ids, id, own("Owen Hart", Role::Owner, 2))?, &mut entries);
    let wish = own("Ruth Okafor", Role::Therapist, 3);
    let work = work(&practice, american);
    let therapist = keep(setup::therapist(tx, tools, ask, &mut ids, id, wish, work)?, &mut entries);
    let (mut clients, mut relationships) = (Vec::new(), Vec::new());
    for place in 0..CLIENTS {
        let wish = client(place);
        let person = keep(setup::person(tx, tools, ask, &mut ids, id, wish)?, &mut entries);
        let version = Policy::preset(preset).version;
        let accepted = Some(PolicyAcceptance { version, at: ask.now, how: AgreementHow::Portal });
        let pair = keep(setup::relationship(tx, tools, ask, &mut ids, &therapist, &person, accepted)?, &mut entries);
        relationships.push(pair.id);
        clients.push(person);
    }
    let first = entries.remove(0);
    Ok(Done::new(House { practice, therapist, clients, relationships, admin, owner }, first).and(entries))
}

fn new_practice(preset: Preset, american: bool) -> NewPractice {
    let zone = if american { "America/New_York" } else { "Europe/London" };
    NewPractice {
        name: "Larch House".to_owned(),
        preset,
        zone: zone.parse().unwrap_or_else(|_| Zone::utc()),
        locale: if american { Locale::EnUs } else { Locale::EnGb },
        currency: if american { Currency::USD } else { Currency::GBP },
        support_phone: "+442079460110".to_owned(),
        support_email: "help@practice.example".to_owned(),
        clinical_email: "clinical@practice.example".to_owned(),
        risk_email: "risk@practice.example".to_owned(),
    }
}

/// Every day from eight to eight, Sundays from midnight on, the night on which clocks change included.
fn work(practice: &Practice, american: bool) -> NewTherapist {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let hour = |hour: u16| TimeOfDay::from_minutes(hour * 60).unwrap_or(TimeOfDay::END_OF_DAY);
    let weekly =
        [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday].map(|day| WeeklyHours::new(day, hour(8), hour(20)));
    let sunday = WeeklyHours::new(Sunday, hour(0), hour(18));
    let currency = if american { Currency::USD } else { Currency::GBP };
    let money = |minor| Money::new(minor, currency);
    let setup = KindSetup::usual(money(6_500));
    NewTherapist {
        schedule: Schedule {
            zone: practice.zone.clone(),
            weekly: weekly.into_iter().chain([sunday]).collect(),
            exceptions: Vec::new(),
            away: Vec::new(),
            kinds: MeetingKind::ALL.iter().map(|kind| (*kind, setup)).collect(),
        },
        late_cancel_fee: Some(money(4_000)),
        no_show_fee: Some(money(5_000)),
    }
}

/// First names of the clients.
const NAMES: [&str; CLIENTS] =
    ["Daniel", "Noor", "Tom", "Leila", "Ines", "Rhys", "Freya", "Owen", "Amara", "Felix", "George", "Zainab"];

/// Every third prefers texts first, and every fourth has no address, or no number.
fn client(place: usize) -> NewPerson {
    let name = format!("{} Rowan", NAMES[place]);
    let channels: &[Channel] = match place % 4 {
        0 => &[Channel::Sms, Channel::Email],
        1 => &[Channel::Email],
        2 => &[Channel::Email, Channel::Sms],
        _ => &[Channel::Sms],
    };
    let has_address = place % 8 != 3;
    NewPerson {
        role: Role::Client,
        email: has_address.then(|| address(&name)),
        phone: channels.contains(&Channel::Sms).then(|| number(10 + place)),
        preference: prefers(channels),
        name,
    }
}

fn prefers(channels: &[Channel]) -> ContactPreference {
    ContactPreference { channels: channels.to_vec(), voicemail: false, asked_at: None, file: Default::default() }
}

fn address(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}

/// Numbers that are kept for drama.
fn number(place: usize) -> String {
    format!("+447700900{place:03}")
}
