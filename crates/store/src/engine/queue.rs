//! A bounded queue between callers and the threads of the store.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The queue did not take the item: it is full, or closed.
pub(crate) enum Refused<T> {
    Full(T),
    Closed(T),
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
}

/// Many callers put in, a few threads take out; never more than `capacity` wait.
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    capacity: usize,
}

impl<T> Queue<T> {
    pub fn new(capacity: usize) -> Self {
        let state = State { items: VecDeque::with_capacity(capacity.min(1024)), closed: false };
        Self { state: Mutex::new(state), filled: Condvar::new(), capacity }
    }

    /// Puts one item in, without waiting.
    pub fn push(&self, item: T) -> Result<(), Refused<T>> {
        let mut state = self.lock();
        if state.closed {
            return Err(Refused::Closed(item));
        }
        if state.items.len() >= self.capacity {
            return Err(Refused::Full(item));
        }
        state.items.push_back(item);
        drop(state);
        self.filled.notify_one();
        Ok(())
    }

    /// Waits for at least one item and moves up to `most` into `batch`. False: closed and empty.
    pub fn take(&self, most: usize, batch: &mut Vec<T>) -> bool {
        let mut state = self.lock();
        while state.items.is_empty() {
            if state.closed {
                return false;
            }
            state = self.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let n = state.items.len().min(most);
        batch.extend(state.items.drain(..n));
        true
    }

    /// Takes no more items; what waits is still handed out.
    pub fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// No code of ours panics while it holds this lock, so a poisoned lock still guards a whole queue.
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
