//! The progress bar: on a terminal only, on standard error.

use indicatif::{ProgressBar, ProgressStyle};
use server::flow::import::Progress;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shows how far an import has come. Where standard error is not a terminal it shows nothing.
#[derive(Default)]
pub struct Bar(Mutex<Option<ProgressBar>>);

impl Bar {
    fn now(&self) -> MutexGuard<'_, Option<ProgressBar>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress for Bar {
    fn begin(&self, what: &'static str, steps: u64) {
        let style = ProgressStyle::with_template("{msg:24} [{bar:32}] {pos}/{len}");
        let bar = ProgressBar::new(steps).with_message(what);
        let bar = match style {
            Ok(style) => bar.with_style(style.progress_chars("=> ")),
            Err(_) => bar,
        };
        if let Some(before) = self.now().replace(bar) {
            before.finish_and_clear();
        }
    }

    fn step(&self) {
        if let Some(bar) = self.now().as_ref() {
            bar.inc(1);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = self.now().take() {
            bar.finish_and_clear();
        }
    }
}
