//! What happened on the day: who was there when, what was said about lateness, how it was recorded (`domain` 2.2, 6.4).

use crate::policy::choices::words;
use crate::time::{Instant, Interval};
use serde::{Deserialize, Serialize};

words! {
    /// What client and therapist agreed when they connected after lateness.
    Plan {
        /// The full time, counted from when they connected.
        FullTime = "full_time",
        /// Shorter: until the moment that they agreed.
        Shortened = "shortened",
        /// Another time.
        Rescheduled = "rescheduled",
    }
}

words! {
    /// How the client answered the news that the therapist is late.
    LateAnswer {
        /// They wait.
        Wait = "wait",
        /// They would rather have another time.
        Reschedule = "reschedule",
    }
}

words! {
    /// Whose side a technical failure was on (T21).
    TechnicalSide {
        /// The client's connection or device.
        Client = "client",
        /// The therapist's.
        Therapist = "therapist",
        /// The practice's or its platform's.
        Platform = "platform",
    }
}

/// Word that the therapist is running late (T11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LateNotice {
    /// When they said so, UTC.
    pub at: Instant,
    /// By how many minutes.
    pub minutes: u32,
    /// What the client answered.
    pub answer: Option<LateAnswer>,
}

/// What was agreed when they connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connected {
    /// When it was recorded, UTC.
    pub at: Instant,
    /// Whether the therapist said sorry.
    pub apologised: bool,
    /// What they agreed.
    pub plan: Plan,
    /// When it ends by that plan, UTC.
    pub ends_at: Option<Instant>,
}

/// Everything that is known of the day of one appointment. Moments are UTC.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Attendance {
    /// Word that the therapist is late; the last one given.
    pub late_notice: Option<LateNotice>,
    /// What was agreed when they connected.
    pub connected: Option<Connected>,
    /// When the client arrived; back-dated where it is recorded later.
    pub client_arrived_at: Option<Instant>,
    /// When the therapist was ready to see them.
    pub therapist_ready_at: Option<Instant>,
    /// When the therapist stepped away from screen or office; the client may still come.
    pub stepped_away_at: Option<Instant>,
    /// When it really began.
    pub started_at: Option<Instant>,
    /// When it really ended.
    pub ended_at: Option<Instant>,
    /// Whose side failed (T21).
    pub technical_side: Option<TechnicalSide>,
}

impl Attendance {
    /// Whether nothing is known yet.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The minutes that it really lasted, whole ones; none until both ends are on record.
    pub fn minutes(&self) -> Option<i64> {
        let (from, to) = (self.started_at?, self.ended_at?);
        (from <= to).then(|| (to - from).as_minutes())
    }

    /// The NHS code of an appointment that took place: 5 in time, or late but before the therapist was ready; 6 late
    /// and seen (`domain` 6.4).
    pub fn seen_code(&self, planned: Interval) -> &'static str {
        match self.client_arrived_at {
            Some(arrived) if arrived > planned.from && arrived > self.therapist_ready_at.unwrap_or(planned.from) => "6",
            _ => "5",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    #[test]
    fn a_client_who_came_late_but_before_the_therapist_was_ready_counts_as_in_time() {
        let start = Instant::from_micros(1_800_000_000_000_000);
        let planned = Interval::new(start, start + Span::minutes(50));
        let came = |client: i64, therapist: i64| Attendance {
            client_arrived_at: Some(start + Span::minutes(client)),
            therapist_ready_at: Some(start + Span::minutes(therapist)),
            ..Attendance::default()
        };
        assert_eq!("5", came(-3, 0).seen_code(planned));
        assert_eq!("5", came(6, 8).seen_code(planned), "late, but the therapist was later");
        assert_eq!("6", came(6, 0).seen_code(planned));
        assert_eq!("5", Attendance::default().seen_code(planned), "nobody said that they were late");
    }
}
