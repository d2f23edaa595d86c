//! The sums: what counts in the window, the share that took place, how sure that is, and what it suggests.

use super::{Appeal, AppealState, Happened};
use crate::id::AppointmentId;
use crate::policy::{AtThreshold, Parameters};
use crate::time::{Instant, Span};
use std::collections::BTreeSet;

/// The z of a 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

/// How sure a share is, with 95 % (Wilson's interval): hundredths, from 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval95 {
    /// Not less than this.
    pub low: f64,
    /// Not more than this.
    pub high: f64,
}

impl Interval95 {
    /// Wilson's interval of `kept` out of `all`, in hundredths with one decimal. The whole range where there is nothing.
    pub fn of(kept: u32, all: u32) -> Self {
        if all == 0 {
            return Self { low: 0.0, high: 100.0 };
        }
        let (n, p) = (f64::from(all), f64::from(kept.min(all)) / f64::from(all));
        let z2 = Z * Z;
        let middle = p + z2 / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z2 / n;
        let clamp = |share: f64| tenths(share.clamp(0.0, 1.0) * 100.0);
        Self { low: clamp((middle - half) / scale), high: clamp((middle + half) / scale) }
    }
}

fn tenths(share: f64) -> f64 {
    (share * 10.0).round() / 10.0
}

/// The appointments of the window that were the therapist's to keep.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sample {
    /// Those whose hour has come and that neither the client nor the practice called off.
    pub came_due: BTreeSet<AppointmentId>,
}

/// What the practice or the therapist may want to do; nothing happens by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suggestion {
    /// The therapist may want to close to new clients for a while (E-10, E-11).
    Hide {
        /// Events that count.
        counted: u32,
    },
    /// An absence has no end yet: the same.
    HideWhileAway,
    /// The practice may want to talk with them, and to send no new clients for these days (preset `insurance`).
    PauseReferrals {
        /// Events that count.
        counted: u32,
        /// For how long.
        days: u32,
    },
    /// The practice may want to talk with them about the listing (E-09, preset `marketplace`).
    ConsiderListing {
        /// Events that count.
        counted: u32,
    },
}

impl Suggestion {
    /// The word on the wire.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hide { .. } | Self::HideWhileAway => "hide",
            Self::PauseReferrals { .. } => "pause_referrals",
            Self::ConsiderListing { .. } => "consider_listing",
        }
    }

    /// The reason in a sentence.
    pub fn text(self) -> String {
        match self {
            Self::Hide { counted } => format!(
                "{counted} events count at the moment. If the coming weeks are uncertain, hiding the profile for a month \
                 or closing to new clients can take the pressure off. It is a choice, not a duty."
            ),
            Self::HideWhileAway => {
                "It isn’t clear yet when the absence ends. Until it is, closing to new clients spares \
                                    them a change of plan. It is a choice, not a duty."
                    .to_owned()
            }
            Self::PauseReferrals { counted, days } => format!(
                "{counted} events count at the moment. The practice’s rule is to talk it through, and perhaps to send no \
                 new clients for {days} days. A person decides."
            ),
            Self::ConsiderListing { counted } => format!(
                "{counted} events count at the moment. The practice’s rule is to talk it through, and to consider whether \
                 the profile stays on display. A person decides."
            ),
        }
    }

    /// Whether it is for whoever runs the practice rather than for the therapist.
    pub const fn is_for_practice(self) -> bool {
        matches!(self, Self::PauseReferrals { .. } | Self::ConsiderListing { .. })
    }
}

/// One event with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What happened.
    pub event: Happened,
    /// Whether it counts in the end.
    pub counts: bool,
    /// How much; 0 where it does not count.
    pub weight: u8,
    /// The appeal, if there is one.
    pub appeal: Option<Appeal>,
}

/// The record over the policy's window.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Whether the practice keeps such a record at all.
    pub is_kept: bool,
    /// How far back it looks.
    pub window_days: u32,
    /// Its first moment, UTC.
    pub since: Instant,
    /// Every event of the window, newest first.
    pub lines: Vec<Line>,
    /// How many of them count.
    pub counted: u32,
    /// What they weigh together.
    pub weight: u32,
    /// Appointments that were the therapist's to keep.
    pub sample: u32,
    /// The least that there must be for a score.
    pub min_sample: u32,
    /// Hundredths of the sample that took place as planned, one decimal; none while the sample is too small.
    pub score: Option<f64>,
    /// How sure that is.
    pub interval: Option<Interval95>,
    /// At how many counted events the practice talks with the therapist.
    pub threshold: u32,
    /// Whether the last `clean_days` are without a counted event.
    pub is_clean: bool,
    /// What it suggests.
    pub suggestions: Vec<Suggestion>,
}

/// Sums up. `away_without_end`: an absence has begun whose end nobody knows (E-11).
pub fn report(
    parameters: &Parameters,
    events: Vec<Happened>,
    appeals: &[Appeal],
    sample: &Sample,
    away_without_end: bool,
    now: Instant,
) -> Report {
    let rules = &parameters.reliability;
    let since = now - Span::hours(24 * i64::from(rules.window_days));
    let clean_since = now - Span::hours(24 * i64::from(rules.clean_days));
    let mut lines: Vec<Line> = events.into_iter().map(|event| line(event, appeals)).collect();
    let is_clean = lines.iter().all(|line| !line.counts || line.event.at < clean_since);
    lines.retain(|line| line.event.at >= since);
    lines.sort_by_key(|line| (std::cmp::Reverse(line.event.at), line.event.appointment));
    let broken: BTreeSet<AppointmentId> = counting(&lines).map(|line| line.event.appointment).collect();
    let all = sample.came_due.union(&broken).count() as u32;
    let (counted, weight) =
        (counting(&lines).count() as u32, counting(&lines).map(|line| u32::from(line.weight)).sum());
    let enough = rules.enabled && all >= rules.min_sample;
    let kept = all.saturating_sub(broken.len() as u32);
    let interval = enough.then(|| Interval95::of(kept, all));
    let score = enough.then(|| tenths(f64::from(kept) * 100.0 / f64::from(all.max(1))));
    Report {
        is_kept: rules.enabled,
        window_days: rules.window_days,
        since,
        suggestions: suggestions(parameters, counted, away_without_end),
        lines,
        counted,
        weight,
        sample: all,
        min_sample: rules.min_sample,
        score,
        interval,
        threshold: rules.threshold,
        is_clean,
    }
}

fn counting(lines: &[Line]) -> impl Iterator<Item = &Line> {
    lines.iter().filter(|line| line.counts)
}

fn line(event: Happened, appeals: &[Appeal]) -> Line {
    let its = |appeal: &&Appeal| appeal.appointment == event.appointment && appeal.kind == event.kind;
    let appeal = appeals.iter().find(its).cloned();
    let excluded = appeal.as_ref().is_some_and(|appeal| appeal.state == AppealState::Excluded);
    let counts = event.judged.counts && !excluded;
    Line { counts, weight: if counts { event.judged.weight } else { 0 }, appeal, event }
}

fn suggestions(parameters: &Parameters, counted: u32, away_without_end: bool) -> Vec<Suggestion> {
    let rules = &parameters.reliability;
    let mut all = Vec::new();
    if away_without_end {
        all.push(Suggestion::HideWhileAway);
    }
    if !rules.enabled {
        return all;
    }
    if counted >= 2 {
        all.push(Suggestion::Hide { counted });
    }
    if counted >= rules.threshold {
        match rules.at_threshold {
            AtThreshold::Nothing => {}
            AtThreshold::PauseReferrals => all.push(Suggestion::PauseReferrals { counted, days: rules.pause_days }),
            AtThreshold::ProposeDrop => all.push(Suggestion::ConsiderListing { counted }),
        }
    }
    all
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
