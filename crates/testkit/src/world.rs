//! The world that a story lives in: the application on a real listener over a real database, a clock that moves when
//! it is told to, a mail server or a shelf for letters, and a practice of each preset with its people.
//!
//! No story sleeps: `advance` moves the clock and stops at every moment at which something is due. When a world ends
//! well it checks that nothing was left behind: no due job, no lease, no letter that nobody read, and a whole record.

mod api;
mod house;
mod kept;
mod post;
mod visitor;

pub use api::{Api, Reply};
pub use house::{House, Member};
pub use kept::Engine;
pub use post::Way;
pub use visitor::Visitor;

use crate::exim::Exim;
use crate::kannel::Kannel;
use crate::letter::Letter;
use crate::lossy::LossyProxy;
use domain::person::PersonRef;
use domain::policy::Preset;
use domain::time::{Instant, Span};
use kept::Kept;
use post::PostRoom;
use server::app::{App, Parts};
use server::clock::{Clock, Pace};
use server::config::Config;
use server::dice::Dice;
use server::flow::Tools;
use server::keys::Keys;
use server::rate::Rates;
use server::work::{Nudge, Worker, post_letter, step};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use store::{DbError, Done, Store, Tx};
use tokio::sync::oneshot;

/// A Monday at noon in London, seven in the morning in New York, nothing strange about any clock nearby.
pub const MONDAY: &str = "2026-11-23T12:00:00Z";

/// What a world is made of, before it begins.
#[derive(Debug, Clone)]
pub struct Plan {
    engine: Engine,
    way: Way,
    seed: u64,
    starts: &'static str,
    presets: Vec<Preset>,
    client_email: Option<&'static str>,
    client_phone: Option<&'static str>,
    settings: Vec<(String, String)>,
    patience: Option<Span>,
}

impl Plan {
    /// A world over this engine: letters on a shelf, Monday at noon, a practice of each preset.
    #[must_use]
    pub fn on(engine: Engine) -> Self {
        Self {
            engine,
            way: Way::Shelf,
            seed: 1,
            starts: MONDAY,
            presets: Preset::ALL.to_vec(),
            client_email: None,
            client_phone: None,
            settings: Vec::new(),
            patience: None,
        }
    }

    /// Letters go this way.
    #[must_use]
    pub fn by(mut self, way: Way) -> Self {
        self.way = way;
        self
    }

    /// Begins at this moment instead.
    #[must_use]
    pub fn at(mut self, moment: &'static str) -> Self {
        self.starts = moment;
        self
    }

    /// Only this practice.
    #[must_use]
    pub fn only(mut self, preset: Preset) -> Self {
        self.presets = vec![preset];
        self
    }

    /// The client's address, which tells Exim what to do with them.
    #[must_use]
    pub fn client_at(mut self, address: &'static str) -> Self {
        self.client_email = Some(address);
        self
    }

    /// The client's number, which tells the message centre what to do with texts to them.
    #[must_use]
    pub fn client_on(mut self, number: &'static str) -> Self {
        self.client_phone = Some(number);
        self
    }

    /// Texts go through this gateway.
    #[must_use]
    pub fn texting(self, kannel: &Kannel) -> Self {
        self.setting("HOLDSPACE_SMS_KIND", "kannel")
            .setting("HOLDSPACE_SMS_URL", &kannel.url)
            .setting("HOLDSPACE_SMS_USER", kannel.user)
            .setting("HOLDSPACE_SMS_PASSWORD", kannel.password)
            .setting("HOLDSPACE_SMS_FROM", "+447700900100")
    }

    /// Texts go through a gateway that speaks as Twilio does, at this address, and this Kannel is the second one. Neither has
    /// longer than `patience` for a text.
    #[must_use]
    pub fn texting_by_two(mut self, url: &str, kannel: &Kannel, patience: Span) -> Self {
        self.patience = Some(patience);
        self.setting("HOLDSPACE_SMS_KIND", "twilio")
            .setting("HOLDSPACE_SMS_URL", url)
            .setting("HOLDSPACE_SMS_USER", "AC1")
            .setting("HOLDSPACE_SMS_PASSWORD", "secret")
            .setting("HOLDSPACE_SMS_FROM", "+447700900100")
            .setting("HOLDSPACE_SMS_SECOND_KIND", "kannel")
            .setting("HOLDSPACE_SMS_SECOND_URL", &kannel.url)
            .setting("HOLDSPACE_SMS_SECOND_USER", kannel.user)
            .setting("HOLDSPACE_SMS_SECOND_PASSWORD", kannel.password)
            .setting("HOLDSPACE_SMS_SECOND_FROM", "+447700900101")
    }

    /// Notices to browsers go to a push service on this machine.
    #[must_use]
    pub fn pushing(self) -> Self {
        self.setting("HOLDSPACE_PUSH_PRIVATE", "true")
    }

    /// Chance rolls another way.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Another setting of the server, by the name of its variable.
    #[must_use]
    pub fn setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Begins.
    #[must_use]
    pub fn begin(&self) -> World {
        World::begin(self)
    }
}

/// The world.
pub struct World {
    /// The application.
    pub app: App,
    /// The practices.
    pub houses: Vec<House>,
    /// The mail server, if there is one.
    pub exim: Option<Exim>,
    /// The proxy in front of it, if there is one.
    pub proxy: Option<LossyProxy>,
    post: Arc<PostRoom>,
    listening: Option<Listening>,
    expected: Cell<Leftovers>,
    kept: Kept,
}

/// What a story may leave behind, said on purpose.
#[derive(Debug, Clone, Copy, Default)]
struct Leftovers {
    letters: bool,
    jobs: bool,
}

struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl World {
    fn begin(plan: &Plan) -> Self {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (exim, proxy) = post::servers(plan.way);
        let post = Arc::new(PostRoom::new(plan.way, exim.as_ref(), proxy.as_ref()));
        let kept = Kept::new(plan.engine.clone());
        let app = app(plan, address, kept.open());
        post.open_gateways(&app.config, app.keys.push());
        let settle = |preset: &Preset| {
            let command = app.dice.command(app.now());
            let client = (plan.client_email, plan.client_phone);
            House::settle(&app.store, *preset, client, app.now(), command)
        };
        let houses = plan.presets.iter().map(settle).collect();
        let listening = Some(Listening::start(&app, listener, address));
        Self { app, houses, exim, proxy, post, listening, expected: Cell::default(), kept }
    }

    /// The practice of this preset.
    #[must_use]
    pub fn house(&self, preset: Preset) -> &House {
        self.houses.iter().find(|house| house.preset == preset).expect("the plan has this practice")
    }

    /// The moment that it is.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.app.now()
    }

    /// Where the server is reached.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.app.tools.base_url
    }

    /// The database's own address, for those who must reach behind the application.
    #[must_use]
    pub fn database(&self) -> &store::Config {
        self.kept.config()
    }

    /// Programs that speak for this person.
    #[must_use]
    pub fn api(&self, member: &Member) -> Api {
        Api::new(self.url(), Some(&member.token))
    }

    /// Somebody whom nobody knows.
    #[must_use]
    pub fn stranger(&self) -> Api {
        Api::new(self.url(), None)
    }

    /// A browser in which nobody is signed in.
    #[must_use]
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.url())
    }

    /// A browser in which this person has signed in, by the letter that they were sent.
    #[must_use]
    pub fn signed_in(&self, member: &Member) -> Visitor {
        let visitor = self.visitor();
        visitor.open("/sign-in");
        visitor.send("/sign-in", &[("email", &member.email)]);
        self.work();
        let letter = self.read_letter(member).parsed();
        let text = letter.part("text/plain").expect("plain text");
        let link = text.split_whitespace().find(|word| word.contains("/sign-in/")).expect("a link to sign in with");
        let path = link.strip_prefix(self.url()).expect("our own address");
        visitor.open(path);
        visitor.send(path, &[]);
        visitor
    }

    /// Puts rows into the store as they could be after a restore or a hand's help, where no page or call leads there.
    pub fn arrange(&self, house: &House, mut act: impl FnMut(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static) {
        let now = self.now();
        let entry = house.entry(self.app.dice.command(now), now);
        let written = self.app.store.write(move |tx| {
            act(tx)?;
            Ok::<_, DbError>(Done::new((), entry.clone()))
        });
        written.expect("rows that fit their tables");
    }

    /// Does everything that is due now.
    pub fn work(&self) {
        while self.step() {}
    }

    /// One step of the worker; whether there was anything to do.
    pub fn step(&self) -> bool {
        step(&self.app, &*self.post).unwrap_or_else(|why| panic!("the worker stopped: {why:?}"))
    }

    /// As many threads of the server's own worker, until they are dropped.
    #[must_use]
    pub fn workers(&self, threads: usize) -> Worker {
        Worker::start(&self.app, self.post.clone(), threads)
    }

    /// Time goes by: stops at every due moment on the way and does what is due.
    pub fn advance(&self, by: Span) {
        self.advance_to(self.now() + by);
    }

    /// As `advance`, until this moment.
    pub fn advance_to(&self, to: Instant) {
        self.work();
        while let Some(next) = self.next_due().filter(|next| *next <= to) {
            self.app.clock.advance_to(next.max(self.now())).expect("time moves forward");
            self.work();
        }
        self.app.clock.advance_to(to).expect("time moves forward");
        self.work();
    }

    /// When something is due next.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        self.app.store.read(store::job::next_due).unwrap_or_else(|error: DbError| panic!("{error}"))
    }

    /// The letters for this person that nobody has read yet, oldest first. Waits until what the mail server accepted has
    /// arrived.
    #[must_use]
    pub fn read_letters(&self, member: &Member) -> Vec<Letter> {
        self.post.read(self.exim.as_ref(), &member.email)
    }

    /// The one unread letter of this person.
    #[must_use]
    pub fn read_letter(&self, member: &Member) -> Letter {
        let letters = self.read_letters(member);
        let subjects: Vec<_> = letters.iter().map(|letter| letter.header("Subject")).collect();
        let [letter] = <[Letter; 1]>::try_from(letters).unwrap_or_else(|_| panic!("{}: {subjects:?}", member.name));
        letter
    }

    /// How many letters went off so far, by the address that they went to.
    #[must_use]
    pub fn accepted(&self) -> BTreeMap<String, usize> {
        self.post.accepted()
    }

    /// Every row of every table, by table.
    #[must_use]
    pub fn rows(&self) -> BTreeMap<&'static str, Vec<String>> {
        self.app.store.all_rows().expect("the tables can be read")
    }

    /// Letters may be left unread: the story is about something else.
    pub fn ignore_letters(&self) {
        self.expected.set(Leftovers { letters: true, ..self.expected.get() });
    }

    /// Work may be left undone: the story is about something else.
    pub fn ignore_jobs(&self) {
        self.expected.set(Leftovers { jobs: true, ..self.expected.get() });
    }

    /// The public key that signs exports of the record.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.app.keys.signing().verifying_key().to_bytes()
    }

    fn leftovers(&self) -> Vec<String> {
        let (now, expected) = (self.now(), self.expected.get());
        let mut left = Vec::new();
        if !expected.letters {
            left.extend(self.post.unread());
        }
        if !expected.jobs {
            left.extend(self.next_due().filter(|due| *due <= now).map(|due| format!("a job due since {due}")));
            left.extend(self.stuck());
        }
        left.extend(self.broken_records());
        left
    }

    /// Leases that are open and jobs that were given up.
    fn stuck(&self) -> Vec<String> {
        let practices: Vec<_> = self.houses.iter().map(|house| house.practice.id).collect();
        let found = self.app.store.read(move |tx| {
            let far = Instant::from_micros(i64::MAX / 2);
            let mut found = Vec::new();
            for leased in store::job::overdue_leases(tx, far, 10)? {
                found.push(format!("{} {} is still leased", leased.kind, leased.subject));
            }
            for practice in &practices {
                for job in store::job::given_up(tx, *practice, 10)? {
                    found.push(format!("{} {} was given up: {}", job.kind, job.subject, job.why));
                }
            }
            Ok::<_, DbError>(found)
        });
        found.unwrap_or_else(|error| vec![error.to_string()])
    }

    /// Practices whose record or ledger does not hold.
    fn broken_records(&self) -> Vec<String> {
        let practices: Vec<_> = self.houses.iter().map(|house| house.practice.id).collect();
        let found = self.app.store.read(move |tx| {
            let mut found = Vec::new();
            for practice in &practices {
                if let Err(broken) = store::audit::check_chain(tx, *practice)? {
                    found.push(broken.to_string());
                }
                let unbalanced = store::ledger::unbalanced(tx, *practice, 10)?;
                found.extend(unbalanced.iter().map(|entry| format!("{entry} does not sum to 0")));
            }
            Ok::<_, DbError>(found)
        });
        found.unwrap_or_else(|error| vec![error.to_string()])
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.take() {
            listening.end();
        }
        // A story that failed has said why; what it left behind would only hide that.
        if !std::thread::panicking() {
            let left = self.leftovers();
            assert!(left.is_empty(), "left behind:\n  {}", left.join("\n  "));
        }
    }
}

impl Listening {
    fn start(app: &App, listener: std::net::TcpListener, address: SocketAddr) -> Self {
        let (stop, stopped) = oneshot::channel();
        let app = app.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime").block_on(async move {
                listener.set_nonblocking(true).expect("a socket of ours");
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
                let until = async move { drop(stopped.await) };
                server::serve::serve(app, listener, until).await.expect("it serves");
            });
        });
        Self { address, stop, thread }
    }

    fn end(self) {
        let _ = self.stop.send(());
        // Connections that a browser keeps open would be waited for; closing ours is up to them, so we do not wait
        // longer than it takes to notice.
        let _ = std::net::TcpStream::connect(self.address);
        crate::wait::briefly(|| self.thread.is_finished());
    }
}

fn app(plan: &Plan, address: SocketAddr, store: Store) -> App {
    let url = format!("http://localhost:{}", address.port());
    let fixed = [
        ("HOLDSPACE_BASE_URL", url.as_str()),
        ("HOLDSPACE_SMTP_HOST", "localhost"),
        ("HOLDSPACE_SMTP_FROM", post::FROM),
        ("HOLDSPACE_LIMITS_RATE_FACTOR", "100000"),
    ];
    let fixed = fixed.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut config = Config::parse(None, fixed.chain(plan.settings.clone())).expect("a configuration");
    for gateway in &mut config.sms {
        gateway.whole = plan.patience.unwrap_or(gateway.whole);
    }
    let keys = Keys::from_bytes([1; 32], [2; 32]);
    let starts: Instant = plan.starts.parse().expect("a moment");
    App::new(Parts {
        store,
        clock: Clock::standing(starts),
        pace: Pace::Clock,
        dice: Dice::seeded(plan.seed),
        rates: Rates::new(config.limits.rate_factor),
        tools: Tools::new(&config, &keys),
        nudge: Nudge::default(),
        config,
        keys,
        post_letter: post_letter(),
        is_demo: false,
    })
}

/// Whose person this is, as the wire writes it.
impl From<&Member> for PersonRef {
    fn from(member: &Member) -> Self {
        member.id
    }
}
