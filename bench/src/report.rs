//! Printing.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many gates were missed so far.
static MISSED: AtomicUsize = AtomicUsize::new(0);

/// What a figure must keep to.
#[derive(Debug, Clone, Copy)]
pub enum Gate {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
}

/// One line of a table that is judged. A gate that is missed makes the whole run fail; a figure that could not be
/// measured misses every gate.
pub fn judge(name: &str, figure: f64, gate: Gate) {
    let (met, words) = match gate {
        Gate::AtLeast(least) => (figure >= least, format!("at least {least}")),
        Gate::AtMost(most) => (figure <= most, format!("at most {most}")),
    };
    if !met {
        MISSED.fetch_add(1, Ordering::Relaxed);
    }
    line(name, &format!("{figure:.2}, wanted {words}: {}", if met { "met" } else { "MISSED" }));
}

/// Gates that were missed in this run.
pub fn missed() -> usize {
    MISSED.load(Ordering::Relaxed)
}

/// A heading.
pub fn title(text: &str) {
    println!("\n== {text}");
}

/// One line of a table.
pub fn line(name: &str, value: &str) {
    println!("{name:<22} {value}");
}

/// Ratios of paired runs.
#[derive(Debug, Clone, Default)]
pub struct Ratio(Vec<f64>);

impl Ratio {
    /// One more pair.
    pub fn add(&mut self, ratio: f64) {
        self.0.push(ratio);
    }

    /// The middle one; not a number where nothing was measured.
    pub fn middle(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match (sorted.first(), sorted.last()) {
            (Some(least), Some(most)) => {
                write!(f, "{:.2} ({least:.2} to {most:.2}, {} pairs)", self.middle(), sorted.len())
            }
            _ => f.write_str("not measured"),
        }
    }
}
