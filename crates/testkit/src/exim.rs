//! A real mail server: Exim with STARTTLS, a password, one Maildir, and faults chosen by the recipient's address.
//!
//! The beginning of the local part decides what happens; anything may follow (`hardbounce-anna@clients.test`):
//!
//! | recipient | what the sender meets |
//! |---|---|
//! | `hardbounce…` | 550 5.1.1 at RCPT, for ever |
//! | `greylist…` | 451 4.7.1 at RCPT, for ever |
//! | `greyonce…` | 451 4.7.1 until [`Exim::end_greylisting`] |
//! | `hang…` | no answer to RCPT for [`Delays::hang_seconds`] |
//! | `slow…` | an answer after [`Delays::slow_seconds`] |
//! | `dropconn…` | 550 4.3.2 at RCPT, then a closed connection |
//! | `latebounce…` | accepted, then a bounce letter to the sender |
//! | `support` | handed to an address of ours, once a test has named one |
//! | anyone, subject with `REJECTDATA` | 550 5.6.0 after the letter |

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::child::{self, Server};
use crate::letter::Letter;
use crate::scratch::Scratch;
use crate::tls::Certificates;
use crate::wait;

const PROGRAM: &str = "/usr/sbin/exim4";

/// How long the unhurried recipients take.
#[derive(Debug, Clone, Copy)]
pub struct Delays {
    /// Seconds before RCPT to `hang…` is answered; longer than any deadline of the sender.
    pub hang_seconds: u32,
    /// Seconds before RCPT to `slow…` is answered.
    pub slow_seconds: u32,
}

impl Default for Delays {
    fn default() -> Self {
        Self { hang_seconds: 60, slow_seconds: 1 }
    }
}

/// A running mail server.
#[derive(Debug)]
pub struct Exim {
    /// Port on 127.0.0.1.
    pub port: u16,
    /// The certificate authority to trust (PEM); the server's name is `localhost`.
    pub ca_pem: PathBuf,
    /// User for AUTH PLAIN, offered after STARTTLS only.
    pub user: &'static str,
    /// Its password.
    pub password: &'static str,
    folder: Scratch,
    server: Option<Server>,
}

impl Exim {
    /// Starts one with the usual delays and waits until it answers.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Delays::default())
    }

    /// Starts one with these delays and waits until it answers.
    #[must_use]
    pub fn start_with(delays: Delays) -> Self {
        let folder = Scratch::new("exim");
        let certificates = Certificates::make(folder.path());
        for name in ["spool", "log", "mail"] {
            std::fs::create_dir(folder.join(name)).expect("the folder is ours");
        }
        let mut exim = Self {
            port: wait::free_port(),
            ca_pem: certificates.ca.clone(),
            user: "app",
            password: "secret",
            folder,
            server: None,
        };
        exim.configure(&certificates, delays);
        exim.resume();
        exim
    }

    fn configure(&self, certificates: &Certificates, delays: Delays) {
        let (user, group) = account();
        let mut text = include_str!("exim.conf").to_owned();
        for (word, value) in [
            ("@USER@", user.as_str()),
            ("@GROUP@", &group),
            ("@FOLDER@", &self.folder.path().display().to_string()),
            ("@CERTIFICATE@", &certificates.certificate.display().to_string()),
            ("@KEY@", &certificates.key.display().to_string()),
            ("@HANG@", &delays.hang_seconds.to_string()),
            ("@SLOW@", &delays.slow_seconds.to_string()),
            ("@LOGIN@", self.user),
            ("@PASSWORD@", self.password),
        ] {
            text = text.replace(word, value);
        }
        std::fs::write(self.folder.join("exim.conf"), text).expect("the folder is ours");
        if crate::is_root() {
            self.folder.give_to(&user);
        }
    }

    /// Stops listening: connections are refused until [`Exim::resume`]. Letters stay.
    pub fn stop(&mut self) {
        self.server = None;
        // Exim gives each connection and each delivery a process of its own, which outlives the listening one.
        child::end_all_naming(self.folder.path());
    }

    /// Starts again on the same port.
    pub fn resume(&mut self) {
        // Not as root even when the tests are: Exim then trusts a configuration outside /etc without being told to.
        let mut command = child::command_as(&account().0, PROGRAM);
        command.arg("-C").arg(self.folder.join("exim.conf")).args(["-bdf", "-q5s", "-oX"]);
        command.arg(format!("127.0.0.1.{}", self.port));
        let log = self.folder.join("output");
        let mut server = Server::start("exim4", "TERM", &mut command, &log);
        wait::until("exim4 to listen", || {
            let said = || std::fs::read_to_string(&log).unwrap_or_default();
            assert!(!server.has_ended(), "exim4 ended: {}", said());
            wait::listens(self.port).then_some(())
        });
        self.server = Some(server);
    }

    /// From now on letters to `support@…` are handed to this address, as an operator's mail server would.
    pub fn hand_support_to(&self, url: &str) {
        std::fs::write(self.folder.join("hook"), url).expect("the folder is ours");
    }

    /// From now on our own sender address is refused at MAIL, until [`Exim::accept_sender`].
    pub fn refuse_sender(&self) {
        std::fs::write(self.folder.join("stranger"), "").expect("the folder is ours");
    }

    /// Our own sender address is taken again.
    pub fn accept_sender(&self) {
        std::fs::remove_file(self.folder.join("stranger")).expect("it was refused before");
    }

    /// From now on `greyonce…` is accepted.
    pub fn end_greylisting(&self) {
        std::fs::write(self.folder.join("greyonce.ok"), "").expect("the folder is ours");
    }

    /// The letters that arrived for this address, oldest first.
    #[must_use]
    pub fn letters(&self, to: &str) -> Vec<Letter> {
        self.all_letters().into_iter().filter(|letter| letter.was_sent_to(to)).collect()
    }

    /// Every letter that arrived, oldest first.
    #[must_use]
    pub fn all_letters(&self) -> Vec<Letter> {
        let Ok(entries) = std::fs::read_dir(self.folder.join("mail/new")) else { return Vec::new() };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort_by_key(|path| arrival(path));
        paths.iter().filter_map(|path| std::fs::read(path).ok()).map(Letter::new).collect()
    }

    /// Waits until at least `count` letters have arrived for this address. Acceptance comes a moment before arrival.
    #[must_use]
    pub fn wait_for_letters(&self, to: &str, count: usize) -> Vec<Letter> {
        wait::until(&format!("{count} letters for {to}"), || {
            let letters = self.letters(to);
            (letters.len() >= count).then_some(letters)
        })
    }

    /// What the server noted: one line an event.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log/mainlog")).unwrap_or_default()
    }
}

impl Drop for Exim {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The user and group that Exim runs as.
fn account() -> (String, String) {
    if crate::is_root() {
        return ("Debian-exim".to_owned(), "Debian-exim".to_owned());
    }
    let ask = |flag: &str| child::run(Command::new("id").arg(flag)).trim().to_owned();
    (ask("-un"), ask("-gn"))
}

/// When a letter arrived, from its name in the Maildir: `<seconds>.M<microseconds>P<process>.<host>`. The microseconds
/// have no zeros in front, so the names themselves do not sort.
fn arrival(path: &Path) -> Option<(u64, u64)> {
    let (seconds, rest) = path.file_name()?.to_str()?.split_once(".M")?;
    let (micros, _) = rest.split_once('P')?;
    Some((seconds.parse().ok()?, micros.parse().ok()?))
}
