//! Size budgets, measured from the codebases this one learned from: short functions in short files.

use crate::source::Source;

pub const FILE_LINES: usize = 500;
pub const FUNCTION_LINES: usize = 70;

/// What one file breaks.
pub fn broken(path: &str, text: &str, source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        broken.push(format!("{path}: {lines} lines; split it by meaning (at most {FILE_LINES})"));
    }
    for function in source.functions() {
        let lines = function.last - function.first + 1;
        if lines > FUNCTION_LINES {
            broken.push(format!(
                "{path}:{}: fn {} has {lines} lines (at most {FUNCTION_LINES})",
                function.first, function.name
            ));
        }
    }
    broken
}

/// Median, 90th percentile and maximum.
pub fn spread(mut numbers: Vec<usize>) -> (usize, usize, usize) {
    numbers.sort_unstable();
    let at = |percent: usize| numbers.get(numbers.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default();
    (at(50), at(90), at(100))
}
