//! Statements: one text for both engines, and fragments for one engine only where the macro says so.

use std::fmt;

/// A statement. Made by `sql!` alone, from literals, so nothing that a person typed can become part of one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sql {
    pub(crate) sqlite: &'static str,
    pub(crate) postgres: &'static str,
}

impl Sql {
    /// Only for `sql!`.
    #[doc(hidden)]
    pub const fn new(sqlite: &'static str, postgres: &'static str) -> Self {
        Self { sqlite, postgres }
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.postgres.is_empty() { self.sqlite } else { self.postgres })
    }
}

impl fmt::Debug for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Joins pieces into a statement. A piece is a literal or a macro that expands to one (a shared list of columns);
/// `pg` or `lite` in front keeps it for one engine: `sql!("SELECT …", pg " FOR NO KEY UPDATE")`. A statement that
/// one engine does not need at all is empty there and is skipped.
///
/// The lint list of what must not be written lives in `tests/statements.rs`, which prepares every statement of this
/// crate on both engines.
#[macro_export]
macro_rules! sql {
    (@ [$($lite:tt)*] [$($pg:tt)*]) => {
        $crate::Sql::new(concat!($($lite)*), concat!($($pg)*))
    };
    (@ [$($lite:tt)*] [$($pg:tt)*] pg $piece:expr $(, $($rest:tt)*)?) => {
        $crate::sql!(@ [$($lite)*] [$($pg)* $piece,] $($($rest)*)?)
    };
    (@ [$($lite:tt)*] [$($pg:tt)*] lite $piece:expr $(, $($rest:tt)*)?) => {
        $crate::sql!(@ [$($lite)* $piece,] [$($pg)*] $($($rest)*)?)
    };
    (@ [$($lite:tt)*] [$($pg:tt)*] $piece:expr $(, $($rest:tt)*)?) => {
        $crate::sql!(@ [$($lite)* $piece,] [$($pg)* $piece,] $($($rest)*)?)
    };
    ($($pieces:tt)+) => {
        $crate::sql!(@ [] [] $($pieces)+)
    };
}
