//! What the worker of this process remembers between steps: whose turn it was, and how fast each way may be used.
//! Nothing of it is needed to lose nothing; a process that starts anew begins with a clean sheet.

use crate::config::Limits;
use domain::message::Message;
use domain::person::Channel;
use domain::telling::pace::Spread;
use domain::time::Instant;
use std::sync::{Mutex, PoisonError};
use store::job::Turns;

/// Remembered between steps, shared by the worker's threads.
pub struct Queue {
    turns: Mutex<Turns>,
    letters: Mutex<Option<Spread>>,
    texts: Mutex<Option<Spread>>,
}

impl Queue {
    /// One that lets out as much as the operator allows.
    pub fn new(limits: &Limits) -> Self {
        let spread = |many: Option<u32>| Mutex::new(many.map(Spread::per_second));
        let (letters, texts) = (spread(limits.letters_per_second), spread(limits.texts_per_second));
        Self { turns: Mutex::default(), letters, texts }
    }

    /// Whose turn it was last.
    pub(super) fn turns(&self) -> Turns {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whose turn it was now. Of two threads that claim at once the last one's word stands: both had served somebody.
    pub(super) fn keep(&self, turns: Turns) {
        *self.turns.lock().unwrap_or_else(PoisonError::into_inner) = turns;
    }

    /// Whether a message may go now. Urgent ones always may.
    ///
    /// # Errors
    /// From when it may.
    pub(super) fn go(&self, message: &Message, now: Instant) -> Result<(), Instant> {
        let way = match message.channel {
            Channel::Email => &self.letters,
            Channel::Sms => &self.texts,
            _ => return Ok(()),
        };
        if message.urgent {
            return Ok(());
        }
        let mut way = way.lock().unwrap_or_else(PoisonError::into_inner);
        way.as_mut().map_or(Ok(()), |spread| spread.go(message.id, now))
    }
}
