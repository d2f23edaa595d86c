//! Sample rows: every migration is tested over the data of the ones before it, and tests of the surfaces begin with
//! the people in them.

use crate::error::DbError;
use crate::store::Store;

/// One person of each role, and one who may no longer sign in, in one practice.
pub const PEOPLE: &str = include_str!("../migrations/sample/0003.sql");

impl Store {
    /// Adds sample rows. For tests only: nothing of it goes on record.
    #[doc(hidden)]
    pub fn load_sample(&self, script: &str) -> Result<(), DbError> {
        self.on_target(|target| {
            let script = target.dialect().render(script);
            target.run(&script)
        })
    }
}
