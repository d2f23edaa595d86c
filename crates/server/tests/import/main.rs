//! A practice brings its diaries, clients and appointments along: over a real database on each engine.

mod appointments;
mod clients;
mod diaries;
mod house;
mod large;

/// Makes a test of a story for each engine.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* $story:ident;)*) => {$(
        mod $story {
            $(#[$meta])*
            #[test]
            fn on_sqlite() {
                super::$story(&crate::house::House::sqlite());
            }
            $(#[$meta])*
            #[test]
            fn on_postgres() {
                super::$story(&crate::house::House::postgres());
            }
        }
    )*};
}
pub(crate) use on_both_engines;
