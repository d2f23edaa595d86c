//! A folder of a test's own, gone when the test ends.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// An empty folder under the system's temporary folder, removed on drop.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
}

impl Scratch {
    /// Makes the folder; `label` is part of its name.
    #[must_use]
    pub fn new(label: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("holdspace-{label}-{}-{count}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Self { path },
                // Left by a test that was killed, under a process id that came round again.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => panic!("{}: {error}", path.display()),
            }
        }
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path inside the folder.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Gives the folder and all in it to another user (needs root).
    pub fn give_to(&self, user: &str) {
        crate::child::run(std::process::Command::new("chown").arg("-R").arg(format!("{user}:")).arg(&self.path));
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A server's last child may still be writing. What stays, the system's temporary folder loses in its own time.
        crate::wait::briefly(|| std::fs::remove_dir_all(&self.path).is_ok() || !self.path.exists());
    }
}
