//! A promise that was not kept.

/// Which promise, and what happened instead.
#[derive(Debug, Clone)]
pub struct Broken {
    /// The invariant of the catalogue (B1, N3, M4 …) or the name of what the reference model expected.
    pub promise: &'static str,
    pub words: String,
}

/// The promise holds if the condition does.
pub fn hold(condition: bool, promise: &'static str, words: impl FnOnce() -> String) -> Result<(), Broken> {
    if condition { Ok(()) } else { Err(Broken { promise, words: words() }) }
}

/// The two are the same.
pub fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: T, promise: &'static str) -> Result<(), Broken> {
    hold(found == expected, promise, || format!("found {found:?}, expected {expected:?}"))
}
