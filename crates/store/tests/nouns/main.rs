//! Stories of the practice's nouns, the same on both engines.

#[path = "../support/mod.rs"]
mod support;

/// Makes a test of a story for each engine. What the ways into an engine do differently is the facade's own story.
#[macro_export]
macro_rules! on_both_engines {
    ($($story:ident;)*) => {$(
        mod $story {
            #[test]
            fn on_sqlite() {
                super::$story(&$crate::support::Rig::sqlite());
            }
            #[test]
            fn on_postgres() {
                super::$story(&$crate::support::Rig::postgres());
            }
        }
    )*};
}

mod appointments;
mod books;
mod cases;
mod conversation;
mod files;
mod help;
mod inbound;
mod lists;
mod messages;
mod people;
mod policies;
mod telling;
mod world;
