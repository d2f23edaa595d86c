//! Alder House before anything is brought along: Maya and Ruth, who see clients, and Sam in the office.
//! It is Monday 2 March 2026, 08:00 in London.

use domain::access::Scope;
use domain::appointment::Appointment;
use domain::audit::{Entry, Receipt};
use domain::id::{Id, PersonId, PracticeId, TherapistId};
use domain::money::{Currency, Money};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, Practice, Relationship, Therapist};
use domain::schedule::{KindSetup, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use domain::slots::{self, Search};
use domain::time::{Instant, Interval, Weekday, Zone};
use holdspace_server::config::Config;
use holdspace_server::flow::Tools;
use holdspace_server::flow::import::{self, *};
use holdspace_server::keys::Keys;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use store::appointment::{Filter, list};
use store::{DbError, Done, Store, Tx};
use testkit::postgres::TestDatabase;
use testkit::scratch::Scratch;

pub const MAYA: TherapistId = Id::from_bytes([2; 16]);
pub const PRACTICE: PracticeId = Id::from_bytes([1; 16]);
const RUTH: TherapistId = Id::from_bytes([4; 16]);
const SAM: PersonId = Id::from_bytes([3; 16]);
const EVERYTHING: Scope<'static> = Scope::System("test");

/// The practice's database, and whatever must outlive it.
pub struct House {
    pub store: Store,
    pub tools: Tools,
    commands: AtomicU8,
    _scratch: Option<Scratch>,
    database: Option<TestDatabase>,
}

/// All that an import could have changed.
#[derive(Debug, PartialEq)]
pub struct Everything {
    pub head: Option<Receipt>,
    pub clients: Vec<Person>,
    pub relationships: Vec<Relationship>,
    pub appointments: Vec<Appointment>,
    pub therapists: Vec<Therapist>,
    pub jobs: usize,
}

pub fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

pub fn now() -> Instant {
    at("2026-03-02T08:00:00Z")
}

pub fn london() -> Zone {
    "Europe/London".parse().expect("a zone")
}

/// A table of clients with these lines below the header.
pub fn clients_table(lines: &[&str]) -> String {
    format!("name,email,phone,prefers,voicemail,time_zone,therapist_email\n{}\n", lines.join("\n"))
}

/// A table of appointments with these lines below the header.
pub fn appointments_table(lines: &[&str]) -> String {
    format!("client_email,therapist_email,start,minutes,kind,price,state\n{}\n", lines.join("\n"))
}

/// Anna and Ben, whom most tables are about.
pub fn anna_and_ben() -> String {
    clients_table(&[
        "Anna Weiss,anna@example.org,+44 20 7946 0018,sms,no,Europe/London,maya@example.org",
        "Ben Holt,ben@example.org,,email,no,Europe/London,MAYA@example.org",
    ])
}

/// Everybody said yes by phone on the first of March.
pub fn by_phone() -> Option<Agreed> {
    Some(Agreed { how: AgreementHow::Phone, when: "2026-03-01".parse().expect("a day") })
}

pub fn problems(report: &Report) -> Vec<String> {
    report.problems.iter().map(Problem::to_string).collect()
}

impl House {
    pub fn sqlite() -> Self {
        let scratch = Scratch::new("import");
        let store = Store::open(store::Config::sqlite(scratch.join("practice.sqlite"))).expect("a store");
        Self::over(store, Some(scratch), None)
    }

    pub fn postgres() -> Self {
        let database = TestDatabase::create();
        let config =
            store::Config::Postgres { url: database.url().to_owned(), connections: 2, pooler: store::Pooler::None };
        Self::over(Store::open(config).expect("a store"), None, Some(database))
    }

    /// Tells the story on SQLite and then on PostgreSQL.
    pub fn on_each_engine(story: impl Fn(&House)) {
        story(&Self::sqlite());
        story(&Self::postgres());
    }

    pub fn memory() -> Self {
        Self::over(Store::memory().expect("a store"), None, None)
    }

    pub fn is_postgres(&self) -> bool {
        self.database.is_some()
    }

    fn over(store: Store, scratch: Option<Scratch>, database: Option<TestDatabase>) -> Self {
        store.migrate().expect("tables");
        let config = Config::parse(None, []).expect("a configuration");
        let tools = Tools::new(&config, &Keys::from_bytes([1; 32], [2; 32]));
        let house = Self { store, tools, commands: AtomicU8::new(10), _scratch: scratch, database };
        house.furnish();
        house
    }

    fn furnish(&self) {
        let flow = |tx: &mut Tx<'_>| {
            store::practice::insert(tx, &practice())?;
            store::policy::insert(tx, PRACTICE, &Policy::preset(Preset::Clinic), now(), "system:test")?;
            store::person::insert(tx, &person(PersonRef::Staff(SAM), Role::Admin, "Sam Turner"))?;
            store::therapist::insert(tx, &therapist(MAYA, "Maya Okafor"))?;
            store::therapist::insert(tx, &therapist(RUTH, "Ruth Hale"))?;
            Ok::<_, DbError>(Done::new((), entry()))
        };
        self.store.write(flow).expect("furnished");
    }

    /// An import of this file: each has a command of its own.
    pub fn settings(&self, file: &[u8]) -> Settings {
        let n = self.commands.fetch_add(1, Ordering::Relaxed);
        Settings {
            practice: Some("alder house".into()),
            by: Some("sam@example.org".into()),
            file: Arc::new(file.to_vec()),
            now: now(),
            command: Id::from_bytes([n; 16]),
        }
    }

    pub fn mode(&self, dry_run: bool) -> Mode {
        if dry_run { Mode::DryRun } else { Mode::Write(self.tools.clone()) }
    }

    pub fn clients(&self, file: &str, dry_run: bool) -> Report {
        let settings = self.settings(file.as_bytes());
        let wish = Clients::read(&settings);
        import::clients(&self.store, &self.mode(dry_run), &settings, wish, &quiet()).expect("no fault")
    }

    pub fn appointments(&self, file: &str, agreed: Option<Agreed>, dry_run: bool) -> Report {
        let settings = self.settings(file.as_bytes());
        let wish = Appointments::read(&settings, agreed, false);
        import::appointments(&self.store, &self.mode(dry_run), &settings, wish, &quiet()).expect("no fault")
    }

    pub fn diary(&self, file: &[u8], wish: Diary, dry_run: bool) -> Report {
        import::diary(&self.store, &self.mode(dry_run), &self.settings(file), wish, &quiet()).expect("no fault")
    }

    pub fn everything(&self) -> Everything {
        let read = |tx: &mut Tx<'_>| -> Result<Everything, DbError> {
            let states = None;
            let scope = Scope::System("test");
            let relationships = store::relationship::list(tx, &scope, states, None, 500)?.items;
            let mut clients = Vec::new();
            for relationship in &relationships {
                clients.extend(store::person::load(tx, PersonRef::Client(relationship.client))?);
            }
            let (mut appointments, mut after) = (Vec::new(), None);
            loop {
                let page = list(tx, &EVERYTHING, &Filter::default(), after.as_ref(), 500)?;
                appointments.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            Ok(Everything {
                head: store::audit::head(tx, PRACTICE)?,
                clients,
                relationships,
                appointments,
                therapists: store::therapist::list(tx, PRACTICE)?,
                jobs: usize::from(store::job::next_due(tx)?.is_some()),
            })
        };
        self.store.read(read).expect("readable")
    }

    /// The free times of Maya for what staff may offer, over this many days.
    pub fn free(&self, days: i64) -> Vec<Interval> {
        let maya = self.everything().therapists.into_iter().find(|t| t.id == MAYA).expect("Maya");
        let to = now() + domain::time::Span::hours(24 * days);
        let search = Search::for_staff(&Policy::preset(Preset::Clinic).parameters, now(), to, now());
        slots::free(&maya.schedule, MeetingKind::Video, &[], search)
    }

    /// The entries of the record about a subject.
    pub fn record(&self, subject: &str) -> Vec<domain::audit::Sealed> {
        let subject = subject.to_owned();
        let read = move |tx: &mut Tx<'_>| store::audit::entries(tx, PRACTICE, &subject, 0, 100);
        let found: Result<Vec<_>, DbError> = self.store.read(read);
        found.expect("readable").into_iter().map(|recorded| recorded.entry).collect()
    }
}

fn quiet() -> Arc<dyn Progress> {
    Arc::new(Quiet)
}

fn practice() -> Practice {
    Practice {
        id: PRACTICE,
        name: "Alder House".into(),
        zone: london(),
        locale: Locale::EnGb,
        currency: Currency::GBP,
        support_phone: "+442079460010".into(),
        support_email: "support@example.org".into(),
        clinical_email: "clinical@example.org".into(),
        risk_email: "risk@example.org".into(),
        templates: None,
    }
}

fn person(id: PersonRef, role: Role, name: &str) -> Person {
    let first = name.split(' ').next().expect("a name").to_lowercase();
    Person {
        id,
        practice: PRACTICE,
        role,
        name: name.into(),
        email: Some(format!("{first}@example.org")),
        phone: None,
        zone: london(),
        locale: Locale::EnGb,
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
        active: true,
    }
}

/// Every day from eight to eight: fifty minutes by video; ten more kept free after meeting in one room.
fn therapist(id: TherapistId, name: &str) -> Therapist {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let hour = |hour: u16| TimeOfDay::from_minutes(hour * 60).expect("a time");
    let week = [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday];
    let video = KindSetup::usual(Money::new(6500, Currency::GBP));
    let in_person = KindSetup { buffer_after_minutes: 10, ..video };
    Therapist {
        id,
        person: person(PersonRef::Therapist(id), Role::Therapist, name),
        schedule: Schedule {
            zone: london(),
            weekly: week.map(|day| WeeklyHours::new(day, hour(8), hour(20))).to_vec(),
            exceptions: Vec::new(),
            kinds: [(MeetingKind::Video, video), (MeetingKind::InPerson, in_person)].into(),
            away: Vec::new(),
        },
        late_cancel_fee: None,
        no_show_fee: None,
        reserved: Vec::new(),
        listing: Default::default(),
        overrides: Default::default(),
    }
}

fn entry() -> Entry {
    Entry {
        practice: PRACTICE,
        command: Id::from_bytes([9; 16]),
        at: now(),
        actor: "system:test".into(),
        on_behalf_of: None,
        word: "furnished".into(),
        subjects: vec![PRACTICE.to_string()],
        details: serde_json::Value::Null,
        salt: [0; 16],
    }
}
