//! What happened on the day: who was there when, what was said about lateness, how it was recorded (`domain` 2.2, 6.4).

use crate::person::PersonRef;
use crate::policy::choices::words;
use crate::telling::answer::ClientWord;
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
    /// What the therapist says came of it (H-02, `rulings` 18).
    Attended {
        /// It took place.
        Yes = "yes",
        /// It took place, and the client came late.
        Late = "late",
        /// The client did not come.
        No = "no",
        /// The client came too late to be seen.
        LateNotSeen = "late_not_seen",
        /// The therapist was not there.
        TherapistMissed = "therapist_missed",
        /// A connection or equipment was in the way.
        Technical = "technical",
    }
}

impl Attended {
    /// Whether the client was seen.
    pub const fn is_seen(self) -> bool {
        matches!(self, Self::Yes | Self::Late)
    }

    /// Whether it was not the client's doing, so that nothing of theirs is touched.
    pub const fn is_our_side(self) -> bool {
        matches!(self, Self::TherapistMissed | Self::Technical)
    }
}

words! {
    /// Whether they go on at the same weekly time (H-02).
    WeeklySpace {
        /// The same.
        Same = "same",
        /// Another.
        Different = "different",
    }
}

/// The answers of the attendance update (H-01, H-02).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// When it was made, UTC.
    pub at: Instant,
    /// Who typed it.
    pub by: String,
    /// Whose word it is, where somebody else typed it (V-17).
    pub on_behalf_of: Option<PersonRef>,
    /// What came of it.
    pub attended: Attended,
    /// Whether the client goes on; "no" is also for unsure (H-07), none where nobody said.
    pub continues: Option<bool>,
    /// At which weekly time.
    pub weekly_space: Option<WeeklySpace>,
    /// Whether the money was given back here (E-07).
    pub refund: bool,
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

/// What the client wrote back, as it was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSaid {
    /// When they wrote, UTC.
    pub at: Instant,
    /// What it means.
    pub word: ClientWord,
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
    /// What the client last wrote back about it.
    pub client_said: Option<ClientSaid>,
    /// The therapist's update.
    pub update: Option<Update>,
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
            Some(_) => "5",
            // Nobody knows when, but the therapist says that it was late.
            None if self.update.as_ref().is_some_and(|update| update.attended == Attended::Late) => "6",
            None => "5",
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
