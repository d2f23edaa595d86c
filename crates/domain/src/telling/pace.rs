//! How fast messages may go out by one way, and when a way is left alone because nobody answers there.

use crate::id::MessageId;
use crate::time::{Instant, Span};
use std::collections::{HashMap, VecDeque};

/// So many a second, evenly: whoever comes too soon is given a later moment, and that moment is kept for them. Urgent
/// news does not ask.
#[derive(Debug, Clone)]
pub struct Spread {
    /// Between one and the next, microseconds.
    gap: i64,
    /// The next moment that nobody has, UTC.
    next: Option<Instant>,
    /// Those who were given a moment and come back for it, UTC.
    given: HashMap<MessageId, Instant>,
    /// The same by moment, the earliest first.
    moments: VecDeque<(Instant, MessageId)>,
}

/// How many moments may lie behind unused, to be used at once: a second's worth.
const BURST: Span = Span::seconds(1);
/// For how long a moment that has passed is still kept for whoever comes late. Many never come: another process took them.
const KEPT: Span = Span::minutes(10);

impl Spread {
    /// So many a second; at least one.
    pub fn per_second(many: u32) -> Self {
        Self { gap: 1_000_000 / i64::from(many.max(1)), next: None, given: HashMap::new(), moments: VecDeque::new() }
    }

    /// Whether this message may go now, or from when.
    ///
    /// # Errors
    /// The moment that is kept for it.
    pub fn go(&mut self, message: MessageId, now: Instant) -> Result<(), Instant> {
        self.forget(now - KEPT);
        if self.given.remove(&message).is_some() {
            return Ok(());
        }
        let free = self.next.unwrap_or(now).max(now - BURST);
        self.next = Some(Instant::from_micros(free.micros() + self.gap));
        if free <= now {
            return Ok(());
        }
        self.given.insert(message, free);
        self.moments.push_back((free, message));
        Err(free)
    }

    /// Moments before this one are nobody's any more.
    fn forget(&mut self, before: Instant) {
        while let Some((at, message)) = self.moments.front().copied().filter(|(at, _)| *at < before) {
            self.moments.pop_front();
            if self.given.get(&message) == Some(&at) {
                self.given.remove(&message);
            }
        }
    }
}

/// Tries in a row that found nobody, after which a way is left alone.
const FAILURES: u32 = 5;
/// For how long; then one try shows whether somebody is there again. That one is all the load that retrying adds.
const PAUSE: Span = Span::seconds(30);

/// For how long after trouble another way goes first, where there is one.
const REST: Span = Span::minutes(10);

/// Whether a way out is worth trying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Breaker {
    /// It is.
    #[default]
    Sound,
    /// So many tries in a row met trouble, the last of them at this moment, UTC.
    Shaky(u32, Instant),
    /// Not before this moment, UTC.
    Open(Instant),
}

impl Breaker {
    /// Whether to try now. After the pause one may, and the next only when that one is heard of or another pause is over.
    ///
    /// # Errors
    /// When to come back.
    pub fn try_now(&mut self, now: Instant) -> Result<(), Instant> {
        match *self {
            Self::Open(until) if until > now => Err(until),
            Self::Open(_) => {
                *self = Self::Open(now + PAUSE);
                Ok(())
            }
            Self::Sound | Self::Shaky(..) => Ok(()),
        }
    }

    /// Whether another way, where there is one, goes first: the last word from here was trouble. After a rest something that
    /// can wait shows whether it is over; what is urgent shows nothing.
    pub fn goes_last(self, urgent: bool, now: Instant) -> bool {
        match self {
            Self::Sound => false,
            Self::Shaky(_, last) => urgent || now - last < REST,
            Self::Open(until) => urgent || now - until < REST,
        }
    }

    /// Somebody answered, whatever they said.
    pub fn answered(&mut self) {
        *self = Self::Sound;
    }

    /// Nobody did, or nobody knows. True where the way is left alone from now on.
    pub fn silent(&mut self, now: Instant) -> bool {
        let (failures, was_open) = match *self {
            Self::Sound => (1, false),
            Self::Shaky(before, _) => (before + 1, false),
            Self::Open(_) => (FAILURES, true),
        };
        *self = if failures >= FAILURES { Self::Open(now + PAUSE) } else { Self::Shaky(failures, now) };
        failures >= FAILURES && !was_open
    }
}

/// How long to wait before another try: from `waits` by the number of tries so far, and anywhere in its upper half, so
/// that what failed together does not come back together. What has the same name (an id's bytes) waits the same at every
/// run.
pub fn wait_after(waits: &[Span], tries: u32, name: [u8; 16]) -> Span {
    let tried = usize::try_from(tries.saturating_sub(1)).unwrap_or(usize::MAX);
    let whole = waits[tried.min(waits.len() - 1)].as_micros();
    let chance = u16::from_be_bytes([name[14], name[15]].map(|byte| byte.wrapping_add(tries as u8)));
    Span::micros(whole / 2 + whole / 2 * i64::from(chance) / i64::from(u16::MAX))
}

/// Of the texts of so long a gateway should have reported.
pub const HEARD_WITHIN: Span = Span::minutes(60);
/// A text that a gateway took so short a time ago need not have been reported yet.
pub const HEARD_AFTER: Span = Span::minutes(5);
/// So many texts are looked at.
pub const HEARD_OF: u32 = 10;

/// Whether a gateway has fallen silent: it took texts, and of none of them anything was heard. Then another one goes first.
pub const fn is_silent(taken: u32, reported: u32) -> bool {
    taken >= 5 && reported == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: i64) -> Instant {
        Instant::from_micros(1_800_000_000_000_000 + micros)
    }

    fn message(n: u8) -> MessageId {
        MessageId::from_bytes([n; 16])
    }

    #[test]
    fn ten_a_second_go_out_a_tenth_of_a_second_apart_after_a_first_second_at_once() {
        let mut spread = Spread::per_second(10);
        let first: Vec<_> = (0..30).map(|n| spread.go(message(n), at(0))).collect();
        let now = first.iter().filter(|given| given.is_ok()).count();
        assert_eq!(now, 1, "nothing lay unused before the first");
        assert_eq!(first[1], Err(at(100_000)));
        assert_eq!(first[29], Err(at(2_900_000)));
        assert_eq!(spread.go(message(29), at(2_900_000)), Ok(()), "the moment was kept");
        assert_eq!(spread.go(message(99), at(60_000_000)), Ok(()));
        let burst = (100..120).filter(|n| spread.go(message(*n), at(60_000_000)).is_ok()).count();
        assert_eq!(burst, 10, "a second's worth, which nobody had used");
    }

    #[test]
    fn after_five_silences_a_way_is_left_alone_and_then_tried_once() {
        let mut way = Breaker::default();
        for n in 0..4 {
            assert_eq!((way.try_now(at(n)), way.silent(at(n))), (Ok(()), false));
        }
        assert!(way.silent(at(4)));
        let until = at(4) + PAUSE;
        assert_eq!(way.try_now(at(5)), Err(until));
        assert_eq!(way.try_now(until), Ok(()), "one try");
        assert_eq!(way.try_now(until), Err(until + PAUSE), "and no second beside it");
        assert!(!way.silent(until));
        assert!(way.try_now(until).is_err());
        assert_eq!(way.try_now(until + PAUSE), Ok(()));
        way.answered();
        assert_eq!(way, Breaker::Sound);
    }

    #[test]
    fn moments_that_nobody_came_for_are_forgotten() {
        let mut spread = Spread::per_second(10);
        let id = |n: u32| MessageId::from_bytes(std::array::from_fn(|i| n.to_be_bytes()[i % 4]));
        // Another process takes each of them at its moment, for an hour.
        for n in 0..36_000 {
            let _ = spread.go(id(n), at(i64::from(n) * 90_000));
        }
        assert!(spread.given.len() < 9_700, "{}", spread.given.len());
        assert_eq!(spread.given.len(), spread.moments.len());
        let (late, last) = (at(36_000 * 100_000 + 60_000_000), id(35_999));
        assert_eq!(spread.go(last, late), Ok(()), "a minute late is not too late");
    }

    #[test]
    fn after_trouble_another_way_goes_first_until_something_that_can_wait_shows_that_it_is_over() {
        let mut way = Breaker::default();
        assert!(!way.goes_last(true, at(0)));
        way.silent(at(0));
        assert!(way.goes_last(true, at(1)) && way.goes_last(false, at(1)));
        let rested = at(0) + REST;
        assert!(way.goes_last(true, rested) && !way.goes_last(false, rested));
        for _ in 0..5 {
            let _ = way.silent(rested);
        }
        assert!(way.goes_last(false, rested + PAUSE));
        way.answered();
        assert!(!way.goes_last(true, rested));
    }

    #[test]
    fn what_failed_together_comes_back_apart_and_the_same_each_time() {
        let waits = [Span::seconds(5), Span::minutes(1)];
        let wait = |n, tries| wait_after(&waits, tries, [n; 16]);
        assert_ne!(wait(1, 1), wait(2, 1));
        assert_eq!(wait(1, 1), wait(1, 1));
        for n in 0..=255 {
            assert!((Span::micros(2_500_000)..=Span::seconds(5)).contains(&wait(n, 1)));
            assert!((Span::seconds(30)..=Span::minutes(1)).contains(&wait(n, 9)));
        }
    }
}
