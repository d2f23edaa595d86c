//! Independent parsers: small Python scripts that read bytes and answer JSON.

use std::io::Write as _;
use std::process::{Command, Stdio};

/// Gives `input` to a script of `src/python` and returns its answer. Panics with what it said if it fails.
#[must_use]
pub fn run(script: &str, input: &[u8]) -> serde_json::Value {
    let python = crate::root().join(".venv/bin/python");
    let path = crate::root().join("crates/testkit/src/python").join(script);
    let mut command = Command::new(&python);
    command.arg("-I").arg(path).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{}: {error}: run scripts/test once", python.display()));
    let mut stdin = child.stdin.take().expect("stdin is a pipe");
    // A script that fails early closes its end; its own words come below.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("an own child can be waited for");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}: {said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{script}: {error}"))
}
