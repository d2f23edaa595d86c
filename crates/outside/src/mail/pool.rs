//! Connections kept between hand-offs, each on a thread of its own, so that a hand-off ends in time even when a
//! server drips its replies slowly enough to satisfy every per-read limit.

use super::hand_off::{Envelope, Line, Stopped, reset};
use super::settings::duration;
use crate::handed::Handed;
use lettre::transport::smtp::client::SmtpConnection;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

const BEFORE: u8 = 0;
const BODY: u8 = 1;
const DOT: u8 = 2;
const GIVEN_UP: u8 = 3;

/// How far a hand-off has come, shared by the thread that talks and the one that waits.
#[derive(Default)]
pub(super) struct Progress(AtomicU8);

impl Progress {
    /// The body is about to begin. False: the waiting side has given up, so it must not.
    pub(super) fn begin_body(&self) -> bool {
        self.0.compare_exchange(BEFORE, BODY, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
    /// The final dot is about to be written.
    pub(super) fn final_dot(&self) {
        self.0.store(DOT, Ordering::SeqCst);
    }
    fn still_before(&self) -> bool {
        self.0.load(Ordering::SeqCst) == BEFORE
    }
    /// Gives up. True: the letter will certainly not be sent. A body that has begun cannot be called back.
    fn give_up(&self) -> bool {
        self.0.compare_exchange(BEFORE, GIVEN_UP, Ordering::SeqCst, Ordering::SeqCst).is_ok()
    }
}

/// Letters over one connection before it is closed politely. Exim, for one, delivers only the first ten of a
/// connection at once and leaves the others to its next queue run, perhaps half an hour later.
const LETTERS_PER_CONNECTION: u32 = 10;

/// An open connection and how many letters have gone over it.
struct Kept {
    connection: SmtpConnection,
    letters: u32,
    /// Whether the last letter was refused, so that the conversation must be reset.
    refused: bool,
}

struct Job {
    envelope: Envelope,
    bytes: Arc<[u8]>,
    progress: Arc<Progress>,
    done: Sender<Handed>,
}

/// Idle talkers. A talker in use is owned by the hand-off that uses it.
pub(super) struct Pool {
    line: Arc<Line>,
    idle: Mutex<Vec<Sender<Job>>>,
}

impl Pool {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self { line, idle: Mutex::new(Vec::new()) }
    }

    pub(super) fn hand_off(&self, envelope: Envelope, bytes: Arc<[u8]>) -> Handed {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let talker = match idle.map_or_else(|| start(self.line.clone()), Ok) {
            Ok(talker) => talker,
            Err(error) => return Handed::NotAccepted { why: format!("cannot start a thread: {error}") },
        };
        let (done, outcome) = channel();
        let progress = Arc::new(Progress::default());
        let job = Job { envelope, bytes, progress: progress.clone(), done };
        if talker.send(job).is_err() {
            return Handed::NotAccepted { why: "the thread that talks to the mail server has ended".into() };
        }
        match outcome.recv_timeout(duration(self.line.settings.timeouts.whole)) {
            Ok(handed) => {
                self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(talker);
                handed
            }
            Err(error) => late(&outcome, &progress, error),
        }
    }
}

/// No outcome in time, or the talker died. Its channel is dropped, so it ends after its present step.
fn late(outcome: &Receiver<Handed>, progress: &Progress, error: RecvTimeoutError) -> Handed {
    let given_up = progress.give_up();
    if let Ok(handed) = outcome.try_recv() {
        return handed;
    }
    let why = match error {
        RecvTimeoutError::Timeout => "the mail server took longer than mail.timeouts.whole".to_owned(),
        RecvTimeoutError::Disconnected => "the thread that talks to the mail server ended".to_owned(),
    };
    if given_up { Handed::NotAccepted { why } } else { Handed::Unknown { why } }
}

fn start(line: Arc<Line>) -> std::io::Result<Sender<Job>> {
    let (jobs, inbox) = channel::<Job>();
    std::thread::Builder::new().name("mail".into()).spawn(move || {
        let mut open = None;
        for job in inbox {
            let (handed, kept) = talk(&line, open.take(), &job);
            let waited_for = job.done.send(handed).is_ok();
            // Tidying up comes after the answer, so that nobody waits for it and it cannot spoil the outcome.
            open = kept.and_then(Kept::tidy);
            // Nobody waits any more: the waiting side has settled the outcome, and will not use this thread again.
            if !waited_for {
                break;
            }
        }
        if let Some(kept) = open {
            kept.close();
        }
    })?;
    Ok(jobs)
}

/// Sends over the kept connection, or a fresh one where the kept one has died: servers close idle lines, and a
/// letter whose body has not begun is certainly not accepted.
fn talk(line: &Line, open: Option<Kept>, job: &Job) -> (Handed, Option<Kept>) {
    if let Some(mut kept) = open {
        let outcome = line.send(&mut kept.connection, &job.envelope, &job.bytes, &job.progress);
        let stale = matches!(&outcome, Err(Stopped::Before(_)) | Err(Stopped::Refused { code: 421, .. }));
        if !stale || !job.progress.still_before() {
            return settle(outcome, kept);
        }
    }
    match line.open() {
        Ok(connection) => {
            let mut fresh = Kept { connection, letters: 0, refused: false };
            let outcome = line.send(&mut fresh.connection, &job.envelope, &job.bytes, &job.progress);
            settle(outcome, fresh)
        }
        Err(why) => (Handed::NotAccepted { why }, None),
    }
}

/// Keeps the connection where it may be fit for the next letter.
fn settle(outcome: Result<Handed, Stopped>, mut kept: Kept) -> (Handed, Option<Kept>) {
    kept.letters += 1;
    kept.refused = outcome.is_err();
    let usable = matches!(&outcome, Ok(_) | Err(Stopped::Refused { .. }))
        && !matches!(&outcome, Err(Stopped::Refused { code: 421, .. }));
    (outcome.unwrap_or_else(Handed::from), usable.then_some(kept))
}

impl Kept {
    /// Makes it ready for the next letter; none where it is not, or has carried enough.
    fn tidy(mut self) -> Option<Self> {
        if self.letters >= LETTERS_PER_CONNECTION {
            self.close();
            return None;
        }
        (!self.refused || reset(&mut self.connection)).then_some(self)
    }

    fn close(mut self) {
        // A server that does not say goodbye changes nothing.
        let _: Result<_, _> = self.connection.quit();
    }
}
