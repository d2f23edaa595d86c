//! A small practice for these tests: Alder House, where Daniel and Leah see Maya. It is Tuesday 24 November 2026, 09:12.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use domain::access::{Actor, Scope, Via};
use domain::appointment::{Agreement, Appointment, Initiator, State};
use domain::audit::Entry;
use domain::decide::{Book, Cancel, Live, NextStep};
use domain::id::{AppointmentId, ClientId, Id, OfferId, PersonId, PracticeId, RelationshipId, TherapistId};
use domain::message::{LinkTo, Message};
use domain::money::{Currency, Money};
use domain::obligation::{Obligation, ObligationKind};
use domain::person::{Channel, ContactPreference, Locale, Person, PersonRef, Role};
use domain::policy::{Policy, Preset};
use domain::practice::{AgreementHow, PolicyAcceptance, Practice, Relationship, RelationshipState, Therapist};
use domain::reason::Reason;
use domain::schedule::{KindSetup, MeetingKind, Schedule, TimeOfDay, WeeklyHours};
use domain::time::{Instant, Span, Weekday, Zone};
use holdspace_server::app::{App, Parts};
use holdspace_server::clock::{Clock, Pace};
use holdspace_server::config::Config;
use holdspace_server::dice::Dice;
use holdspace_server::flow::signin::open_for;
use holdspace_server::flow::{self, Answer, Ask, Tools, Who};
use holdspace_server::keys::Keys;
use holdspace_server::rate::Rates;
use holdspace_server::routes::router;
use holdspace_server::work::Nudge;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{DbError, Done, Store, Tx};
use tower::ServiceExt as _;

pub const DANIEL: u8 = 11;
pub const LEAH: u8 = 12;

/// The practice as it runs.
pub struct House {
    pub app: App,
    pub router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// A browser without scripts: keeps its cookie, and sends each form with the hidden fields of the page it saw last.
pub struct Phone<'a> {
    house: &'a House,
    pub cookie: Option<String>,
    pub form_token: String,
    pub form_key: String,
}

pub fn at(text: &str) -> Instant {
    text.parse().expect("a moment")
}

pub fn client(n: u8) -> ClientId {
    Id::from_bytes([n; 16])
}

pub fn relationship(n: u8) -> RelationshipId {
    Id::from_bytes([n + 100; 16])
}

fn practice_id() -> PracticeId {
    Id::from_bytes([1; 16])
}

fn maya_id() -> TherapistId {
    Id::from_bytes([2; 16])
}

fn sam_id() -> PersonId {
    Id::from_bytes([3; 16])
}

impl House {
    /// A practice that runs by this preset, in its country.
    pub async fn of(preset: Preset) -> Self {
        let config = Config::parse(None, []).expect("a configuration");
        let keys = Keys::from_bytes([1; 32], [2; 32]);
        let app = App::new(Parts {
            store: Store::memory().expect("a store"),
            clock: Clock::standing(at("2026-11-20T09:00:00Z")),
            pace: Pace::Clock,
            dice: Dice::seeded(1),
            rates: Rates::new(1000),
            tools: Tools::new(&config, &keys),
            nudge: Nudge::default(),
            config,
            keys,
            post_letter: Arc::new(|_, _| Ok(())),
            is_demo: false,
        });
        let house = Self { router: router(&app), app };
        house.furnish(preset).await;
        house
    }

    /// The same a few days on: at 09:12 on Tuesday, with Daniel's session at 14:00 that day.
    pub async fn on_tuesday(preset: Preset) -> (Self, AppointmentId) {
        let house = Self::of(preset).await;
        let session = house.booked(DANIEL, "2026-11-24T14:00:00Z").await;
        house.go_to("2026-11-24T09:12:00Z");
        (house, session)
    }

    pub fn go_to(&self, text: &str) {
        self.app.clock.advance_to(at(text)).expect("time moves forward");
    }

    async fn furnish(&self, preset: Preset) {
        let american = preset == Preset::Insurance;
        let now = self.app.now();
        self.write(move |tx| {
            let (locale, zone, currency) = country(american);
            store::practice::insert(tx, &practice(locale, zone.clone(), currency))?;
            store::policy::insert(tx, practice_id(), &Policy::preset(preset), now, "system:test")?;
            store::person::insert(tx, &person(PersonRef::Staff(sam_id()), Role::Admin, "Sam Turner", american))?;
            store::therapist::insert(tx, &maya(zone, currency, american))?;
            for (n, name) in [(DANIEL, "Daniel Reyes"), (LEAH, "Leah Stone")] {
                store::person::insert(tx, &person(PersonRef::Client(client(n)), Role::Client, name, american))?;
                let accepted = PolicyAcceptance { version: 1, at: now, how: AgreementHow::Portal };
                store::relationship::insert(
                    tx,
                    &Relationship {
                        id: relationship(n),
                        practice: practice_id(),
                        therapist: maya_id(),
                        client: client(n),
                        state: RelationshipState::Active,
                        accepted_policy: (n == DANIEL).then_some(accepted),
                        file: Default::default(),
                        pathway: None,
                    },
                )?;
            }
            Ok(())
        })
        .await;
    }

    /// From now on times are asked for, and somebody confirms them.
    pub async fn confirms_first(&self) {
        let now = self.app.now();
        self.write(move |tx| {
            let today = store::policy::latest(tx, practice_id())?.expect("a policy");
            let set = [("booking.mode".to_owned(), serde_json::json!("request"))].into_iter().collect();
            store::policy::insert(tx, practice_id(), &today.set(&set).expect("it will do"), now, "system:test")
        })
        .await;
    }

    async fn write(&self, act: impl Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static) {
        let (at, command) = (self.app.now(), self.app.dice.command(self.app.now()));
        let entry = Entry {
            practice: practice_id(),
            command,
            at,
            actor: "system:test".into(),
            on_behalf_of: None,
            word: "furnished".into(),
            subjects: vec!["prc_test".into()],
            details: serde_json::Value::Null,
            salt: [0; 16],
        };
        let done = self.app.store.write_async(move |tx: &mut Tx<'_>| act(tx).map(|()| Done::new((), entry.clone())));
        done.await.map_err(|error: DbError| error).expect("written");
    }

    /// Runs a flow for somebody of the practice.
    async fn run<F>(&self, who: Who, mut run: F) -> Answer
    where
        F: FnMut(&mut Tx<'_>, &App, &Ask) -> flow::Flow<Done<Answer>> + Send + 'static,
    {
        let (app, now) = (self.app.clone(), self.app.now());
        let ask = Ask { who, now, command: self.app.dice.command(now) };
        let done = self.app.store.write_async(move |tx: &mut Tx<'_>| run(tx, &app, &ask)).await;
        done.expect("the flow ran").answer
    }

    /// Sam books this time for a client, as agreed on the phone.
    pub async fn booked(&self, n: u8, start: &str) -> AppointmentId {
        let agreement = Agreement { how: AgreementHow::Phone, at: self.app.now() };
        let wish = Book { start: at(start), kind: MeetingKind::Video, agreement: Some(agreement) };
        let answer =
            self.run(sam(), move |tx, app, ask| flow::appointment::book(tx, &app.tools, ask, relationship(n), wish));
        answer.await.appointment.expect("booked").id
    }

    /// Maya says or does this on the day.
    pub async fn on_the_day(&self, id: AppointmentId, act: Live) {
        self.run(maya_herself(), move |tx, app, ask| flow::live::act(tx, &app.tools, ask, id, act.clone(), None)).await;
    }

    /// A session of last month that went ahead, so that this is no new client.
    pub async fn attended(&self, n: u8) {
        let model = self.appointments().await.into_iter().find(|one| one.client == client(n)).expect("an appointment");
        let start = at("2026-10-27T14:00:00Z");
        let past = Appointment {
            id: Id::from_bytes([n + 50; 16]),
            start,
            end: start + Span::minutes(50),
            state: State::Attended,
            ..model
        };
        self.write(move |tx| store::appointment::insert(tx, &past)).await;
    }

    /// The price is taken, as planned.
    pub async fn paid(&self, id: AppointmentId) {
        self.run(Who::System("capture"), move |tx, app, ask| flow::due::capture(tx, &app.tools, ask, id)).await;
    }

    /// Maya cancels and offers these times; the text of the link in Daniel's message.
    pub async fn cancelled_with(&self, id: AppointmentId, starts: &[&str]) -> (OfferId, String) {
        let wish = Cancel {
            initiator: Initiator::Therapist,
            reason: Some(Reason::TherapistIllness),
            note: Some("Called in sick".into()),
            received_at: None,
            next_step: NextStep { offer_slots: starts.iter().map(|start| at(start)).collect(), ..NextStep::default() },
            share_reason: false,
            words: None,
        };
        let answer = self.run(maya_herself(), move |tx, app, ask| {
            flow::appointment::cancel(tx, &app.tools, ask, id, wish.clone(), None)
        });
        let offer = answer.await.next_step.expect("a next step").offer.expect("an offer").id;
        (offer, self.link(LinkTo::Offer(offer)))
    }

    /// The usual three times of these tests.
    pub async fn cancelled(&self, id: AppointmentId) -> String {
        self.cancelled_with(id, &["2026-11-26T14:00:00Z", "2026-11-27T10:00:00Z", "2026-11-30T15:00:00Z"]).await.1
    }

    /// The address of a link.
    pub fn link(&self, to: LinkTo) -> String {
        format!("/r/{}", self.app.tools.link_key.secret(to))
    }

    /// A booking link that was sent to a client.
    pub async fn booking_link(&self, n: u8) -> String {
        let (to, now) = (LinkTo::Booking(relationship(n)), self.app.now());
        let key = self.app.tools.link_key.clone();
        self.write(move |tx| {
            let link = store::link::Link {
                id: key.token(to),
                practice: practice_id(),
                client: client(n),
                purpose: holdspace_server::links::purpose(to).expect("a link with a token"),
                secret_hash: holdspace_server::dice::hash_of(&key.secret(to)),
                created_at: now,
                expires_at: None,
            };
            store::link::ensure(tx, &link)
        })
        .await;
        self.link(to)
    }

    /// Every appointment of the practice, by start.
    pub async fn appointments(&self) -> Vec<Appointment> {
        let read = self.app.store.read_async(|tx: &mut Tx<'_>| {
            let filter = store::appointment::Filter::default();
            Ok::<_, DbError>(store::appointment::list(tx, &Scope::System("test"), &filter, None, 100)?.items)
        });
        read.await.expect("read")
    }

    pub async fn appointment(&self, id: AppointmentId) -> Appointment {
        self.appointments().await.into_iter().find(|one| one.id == id).expect("an appointment")
    }

    /// What was written to this address.
    pub async fn message_to(&self, address: &'static str) -> Message {
        let found = self.app.store.read_async(move |tx: &mut Tx<'_>| {
            let all = store::message::list(tx, &Scope::System("test"), &Default::default(), None, 200)?;
            Ok::<_, DbError>(all.items.into_iter().find(|message| message.address == address))
        });
        found.await.expect("no fault").expect("a message")
    }

    /// Whether anybody still owes it to the client of this appointment to tell them.
    pub async fn is_word_owed(&self, id: AppointmentId) -> bool {
        let read = self.app.store.read_async(move |tx: &mut Tx<'_>| {
            let duties: Vec<Obligation> = store::obligation::of_appointment(tx, id)?;
            Ok::<_, DbError>(duties.iter().any(|duty| duty.kind == ObligationKind::InformClient && duty.is_owed()))
        });
        read.await.expect("read")
    }

    /// A phone on which nobody is signed in.
    pub fn phone(&self) -> Phone<'_> {
        Phone { house: self, cookie: None, form_token: String::new(), form_key: String::new() }
    }

    /// A phone on which this client is signed in.
    pub async fn signed_in(&self, n: u8) -> Phone<'_> {
        let person = PersonRef::Client(client(n));
        let opened = open_for(&self.app, person, self.app.now()).await.expect("works").expect("a person");
        let name = if self.app.config.base_url.is_https() { "__Host-holdspace" } else { "holdspace" };
        Phone { cookie: Some(format!("{name}={}", opened.secret.text())), ..self.phone() }
    }
}

/// What a browser says of itself where a person opens a page (Fetch Metadata Request Headers, W3C).
pub const OPENED: [(&str, &str); 2] = [("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate")];

impl Phone<'_> {
    /// Opens a page, as a browser does for somebody who follows a link.
    pub async fn get(&mut self, path: &str) -> Reply {
        self.request(Method::GET, path, &OPENED, String::new()).await
    }

    /// Sends a form with the hidden fields of the page that this phone saw last.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let (token, key) = (self.form_token.clone(), self.form_key.clone());
        let fields = [fields, &[("_csrf", token.as_str()), ("_key", key.as_str())]].concat();
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        self.request(Method::POST, path, &[("sec-fetch-site", "same-origin")], body).await
    }

    /// Sends a form and goes where it leads.
    pub async fn follow(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.post(path, fields).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let to = reply.headers[LOCATION].to_str().expect("text").to_owned();
        self.get(&to).await
    }

    pub async fn request(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: String) -> Reply {
        let mut request = Request::builder().method(method).uri(path).header(HOST, "127.0.0.1:8080");
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let (parts, body) = self.house.router.clone().oneshot(request).await.expect("an answer").into_parts();
        let bytes = to_bytes(body, 2_000_000).await.expect("a body");
        let body = String::from_utf8_lossy(&bytes).into_owned();
        for (name, field) in [("_csrf", &mut self.form_token), ("_key", &mut self.form_key)] {
            if let Some((_, after)) = body.split_once(&format!("name=\"{name}\" value=\"")) {
                *field = after.split('"').next().unwrap_or("").to_owned();
            }
        }
        Reply { status: parts.status, headers: parts.headers, body }
    }
}

impl Reply {
    /// Whether a person reads these words on the page, marks and line breaks aside.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        assert!(self.text().contains(words), "not said: {words}\n{}", self.text());
        self
    }

    #[track_caller]
    pub fn never_says(&self, words: &str) -> &Self {
        assert!(!self.text().contains(words), "said: {words}\n{}", self.text());
        self
    }

    /// The words of the page's main part.
    pub fn text(&self) -> String {
        let main = self.body.split_once("<main").map_or(self.body.as_str(), |(_, rest)| rest);
        let main = main.split("</main>").next().unwrap_or(main);
        let mut text = String::new();
        for piece in main.split('<') {
            text.push_str(piece.split_once('>').map_or(piece, |(_, words)| words));
            text.push(' ');
        }
        let words: Vec<_> = text.split_whitespace().collect();
        words.join(" ").replace("&#39;", "'").replace("&amp;", "&").replace(" .", ".").replace(" ,", ",")
    }

    /// The addresses of the page's main part.
    pub fn links(&self) -> Vec<String> {
        let links = self.body.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        links.map(|href| href.replace("&#38;", "&").replace("&amp;", "&")).collect()
    }

    pub fn location(&self) -> &str {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

fn sam() -> Who {
    who(PersonRef::Staff(sam_id()), Role::Admin, "Sam Turner")
}

fn maya_herself() -> Who {
    who(PersonRef::Therapist(maya_id()), Role::Therapist, "Maya Ashworth")
}

fn who(person: PersonRef, role: Role, name: &str) -> Who {
    Who::Actor(Actor { person, practice: practice_id(), role, name: name.into(), via: Via::Portal })
}

fn country(american: bool) -> (Locale, Zone, Currency) {
    match american {
        true => (Locale::EnUs, "America/New_York".parse().expect("a zone"), Currency::USD),
        false => (Locale::EnGb, "Europe/London".parse().expect("a zone"), Currency::GBP),
    }
}

fn practice(locale: Locale, zone: Zone, currency: Currency) -> Practice {
    Practice {
        id: practice_id(),
        name: "Alder House".into(),
        zone,
        locale,
        currency,
        support_phone: "020 7946 0010".into(),
        support_email: "help@alderhouse.example".into(),
        clinical_email: "clinical@alderhouse.example".into(),
        risk_email: "risk@alderhouse.example".into(),
        templates: None,
    }
}

fn maya(zone: Zone, currency: Currency, american: bool) -> Therapist {
    let hour = |hour: u16| TimeOfDay::from_minutes(hour * 60).expect("a time");
    let days = [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let setup = KindSetup { start_every_minutes: 60, ..KindSetup::usual(Money::new(6500, currency)) };
    let kinds = BTreeMap::from([(MeetingKind::Video, setup), (MeetingKind::InPerson, setup)]);
    Therapist {
        id: maya_id(),
        person: person(PersonRef::Therapist(maya_id()), Role::Therapist, "Maya Ashworth", american),
        schedule: Schedule {
            zone,
            weekly: days.into_iter().map(|day| WeeklyHours::new(day, hour(9), hour(17))).collect(),
            exceptions: Vec::new(),
            away: Vec::new(),
            kinds,
        },
        late_cancel_fee: Some(Money::new(4000, currency)),
        no_show_fee: None,
        reserved: Vec::new(),
        listing: Default::default(),
        overrides: Default::default(),
    }
}

fn person(id: PersonRef, role: Role, name: &str, american: bool) -> Person {
    let first = name.split(' ').next().unwrap_or(name).to_lowercase();
    let (locale, zone, _) = country(american);
    Person {
        id,
        practice: practice_id(),
        role,
        name: name.into(),
        email: Some(format!("{first}@example.org")),
        phone: Some("+447700900412".into()),
        zone,
        locale,
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
        active: true,
    }
}
