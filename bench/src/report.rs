//! Printing.

use std::fmt;

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
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match (sorted.first(), sorted.last()) {
            (Some(least), Some(most)) => {
                let middle = sorted[sorted.len() / 2];
                write!(f, "{middle:.2} ({least:.2} to {most:.2}, {} pairs)", sorted.len())
            }
            _ => f.write_str("not measured"),
        }
    }
}
