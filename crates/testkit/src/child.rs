//! Servers as child processes: never daemonised, always waited for.

use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

/// A running server. Dropping it asks it to end with its own signal and waits until it is gone.
#[derive(Debug)]
pub struct Server {
    child: Child,
    name: &'static str,
    signal: &'static str,
}

impl Server {
    /// Starts `command` with its output in `log`. `signal` (such as `TERM`) is what ends it quickly and cleanly.
    #[must_use]
    pub fn start(name: &'static str, signal: &'static str, command: &mut Command, log: &Path) -> Self {
        let output = std::fs::OpenOptions::new().create(true).append(true).open(log);
        let output = output.unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let errors = output.try_clone().expect("a file handle can be copied");
        let child = command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn();
        let child = child.unwrap_or_else(|error| panic!("{name} did not start ({error}): run scripts/test once"));
        Self { child, name, signal }
    }

    /// Process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Sends a signal by name, such as `STOP`, `CONT` or `HUP`.
    pub fn signal(&self, name: &str) {
        signal(self.id(), name);
    }

    /// `kill -9`, as a crash would, and waits.
    pub fn kill(mut self) {
        self.child.kill().expect("an own child can be killed");
        self.child.wait().expect("an own child can be waited for");
    }

    /// Ends it with its own signal and waits.
    pub fn stop(mut self) -> ExitStatus {
        signal(self.id(), self.signal);
        self.child.wait().unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            signal(self.child.id(), self.signal);
            let _ = self.child.wait();
        }
    }
}

/// The shell's own `kill`: std offers only `SIGKILL`.
fn signal(id: u32, name: &str) {
    let _ = Command::new("sh").arg("-c").arg(format!("kill -{name} {id} 2>/dev/null")).status();
}

/// Ends what a server left behind: every process whose command line names this folder, which only our own do.
pub fn end_all_naming(folder: &Path) {
    let folder = folder.display().to_string();
    let Ok(processes) = std::fs::read_dir("/proc") else { return };
    for process in processes.flatten() {
        let Some(id) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        if id != std::process::id() && String::from_utf8_lossy(&line).contains(&folder) {
            signal(id, "KILL");
        }
    }
}

/// Runs a command to its end. Panics with what it said if it fails.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("{command:?} did not start ({error}): run scripts/test once"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A command run as `user` when the tests run as root, else as the caller. It stays one process: no fork, no PAM.
#[must_use]
pub fn command_as(user: &str, program: &str) -> Command {
    if !crate::is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.arg(format!("--reuid={user}")).arg(format!("--regid={user}")).arg("--init-groups").arg(program);
    command
}
