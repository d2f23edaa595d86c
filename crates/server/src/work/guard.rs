//! A panic in one job ends neither the worker nor the other jobs.

use crate::flow::{Failed, Flow};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `act` gives; a panic in it becomes a fault in the words of the panic. What it was about to change is not looked at
/// again: whatever stands in the database was committed before, and locks of ours pass on what they guard.
pub(super) fn guarded<T>(act: impl FnOnce() -> Flow<T>) -> Flow<T> {
    caught(act).unwrap_or_else(|words| Err(Failed::Fault(format!("it panicked: {words}"))))
}

/// What `act` gives, or the words of its panic.
pub(super) fn caught<T>(act: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(act)).map_err(words)
}

fn words(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().map_or("no words", |text| text).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault_in_its_own_words() {
        let job = 7;
        let failed = guarded::<()>(|| panic!("no code for job {job}"));
        assert!(matches!(failed, Err(Failed::Fault(words)) if words == "it panicked: no code for job 7"));
        assert!(matches!(guarded::<()>(|| panic!("plain")), Err(Failed::Fault(words)) if words.ends_with("plain")));
        assert!(matches!(guarded(|| Ok(1)), Ok(1)));
        assert_eq!(caught(|| std::panic::panic_any(1)), Err::<(), _>("no words".to_owned()));
    }
}
