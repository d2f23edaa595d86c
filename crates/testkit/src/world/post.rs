//! How letters leave a world: to a real mail server, perhaps through a line that loses replies, or onto a shelf.

use crate::exim::{Delays, Exim};
use crate::letter::Letter;
use crate::lossy::LossyProxy;
use domain::time::Span;
use outside::mail::{Envelope, MailSettings, Mailer, Secret, Timeouts, Tls, to_bytes};
use outside::push::{PushSender, PushSettings, VapidKey};
use outside::sms::Gateway;
use server::config::Config;
use server::post::PostOffice;
use server::work::{Call, Outcome, Parcel, Post};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Where messages come from.
pub const FROM: &str = "post@practice.test";

/// How letters leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Every letter is taken and kept in memory.
    Shelf,
    /// To Exim, with STARTTLS and a password.
    Exim,
    /// To Exim through a proxy that loses replies when told to.
    Lossy,
}

/// The real servers of this way.
pub(super) fn servers(way: Way) -> (Option<Exim>, Option<LossyProxy>) {
    let exim = (way != Way::Shelf).then(|| Exim::start_with(Delays { hang_seconds: 60, slow_seconds: 0 }));
    let proxy = exim.as_ref().filter(|_| way == Way::Lossy).map(|exim| LossyProxy::in_front_of(exim.port));
    (exim, proxy)
}

/// Counts what was accepted, by address, so that nobody waits for a letter that never went.
pub(super) struct PostRoom {
    mailer: Option<Mailer>,
    gateways: OnceLock<PostOffice>,
    books: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    accepted: BTreeMap<String, usize>,
    read: BTreeMap<String, usize>,
    shelf: Vec<(String, Letter)>,
}

impl PostRoom {
    pub(super) fn new(way: Way, exim: Option<&Exim>, proxy: Option<&LossyProxy>) -> Self {
        let port = proxy.map(|proxy| proxy.port).or(exim.map(|exim| exim.port));
        let mailer = exim.zip(port).map(|(exim, port)| mailer(exim, port));
        debug_assert_eq!(mailer.is_none(), way == Way::Shelf);
        Self { mailer, gateways: OnceLock::new(), books: Mutex::default() }
    }

    /// From now on texts and notices to browsers go where the configuration says.
    pub(super) fn open_gateways(&self, config: &Config, key: &VapidKey) {
        let gateways = config.sms.iter().cloned().map(|settings| Gateway::new(settings).expect("settings that work"));
        let office = PostOffice::new(None, gateways.collect()).with_push(push(config, key));
        assert!(self.gateways.set(office).is_ok(), "a world opens once");
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn accepted(&self) -> BTreeMap<String, usize> {
        self.books().accepted.clone()
    }

    /// The letters to this address beyond those that were read before.
    pub(super) fn read(&self, exim: Option<&Exim>, address: &str) -> Vec<Letter> {
        let accepted = self.books().accepted.get(address).copied().unwrap_or_default();
        let all = match exim {
            Some(exim) => exim.wait_for_letters(address, accepted),
            None => {
                let books = self.books();
                books.shelf.iter().filter(|(to, _)| to == address).map(|(_, letter)| letter.clone()).collect()
            }
        };
        let before = self.books().read.insert(address.to_owned(), all.len()).unwrap_or_default();
        all.into_iter().skip(before).collect()
    }

    /// Addresses with letters that nobody read.
    pub(super) fn unread(&self) -> Vec<String> {
        let books = self.books();
        let left = books.accepted.iter().filter_map(|(to, accepted)| {
            let unread = accepted.saturating_sub(books.read.get(to).copied().unwrap_or_default());
            (unread > 0).then(|| format!("{unread} unread letters to {to}"))
        });
        left.collect()
    }
}

impl Post for PostRoom {
    fn hand_off(&self, call: &Call) -> Outcome {
        self.hand_off_by(call).0
    }

    fn begin(&self, threads: usize) {
        self.gateways.get().expect("a world opens its gateways first").begin(threads);
    }

    fn hand_off_by(&self, call: &Call) -> (Outcome, String) {
        let to = call.parcel.to().to_owned();
        let Parcel::Letter(letter) = &call.parcel else {
            return self.gateways.get().expect("a world opens its gateways first").hand_off_by(call);
        };
        let through = self.mailer.as_ref().map_or("the shelf", Mailer::name).to_owned();
        let outcome = match &self.mailer {
            Some(mailer) => {
                let envelope = Envelope { from: letter.from.address.clone(), to: letter.to.address.clone() };
                mailer.hand_off(&envelope, &to_bytes(letter)).into()
            }
            None => {
                // As a mail server would store it, so that both ways are read alike.
                let envelope = format!("Envelope-to: {to}\r\n");
                let raw = [envelope.as_bytes(), &to_bytes(letter)].concat();
                self.books().shelf.push((to.clone(), Letter::new(raw)));
                Outcome::Accepted("250 on the shelf".into())
            }
        };
        if matches!(outcome, Outcome::Accepted(_)) {
            *self.books().accepted.entry(to).or_default() += 1;
        }
        (outcome, through)
    }
}

/// Whoever writes to the story's own push service, where it has one.
fn push(config: &Config, key: &VapidKey) -> Option<PushSender> {
    let settings = PushSettings {
        key: key.clone(),
        contact: config.push.contact.clone(),
        whole: Span::seconds(1),
        private: config.push.private,
    };
    config.push.private.then(|| PushSender::new(settings).expect("this machine has certificates"))
}

/// A client of this Exim that gives up soon, so that a hanging recipient costs a test a second and not a minute.
fn mailer(exim: &Exim, port: u16) -> Mailer {
    let settings = MailSettings {
        host: "localhost".into(),
        port,
        tls: Tls::StartTls,
        user: Some(exim.user.into()),
        password: Some(Secret::new(exim.password)),
        from: FROM.parse().expect("an address"),
        name: "Practice".into(),
        extra_ca: Some(exim.ca_pem.clone()),
        hello: Some("app.practice.test".into()),
        timeouts: Timeouts { command: Span::seconds(3), ..Timeouts::default() },
    };
    Mailer::new(settings).expect("settings that work")
}
