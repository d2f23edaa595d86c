//! A real browser: Chromium, driven by scripts in `crates/testkit/browser`.
//!
//! A story is a module whose default export is `async ({ open, args }) => result`; `page.mjs` documents what it gets.
//! Put `browser` into the name of the test or of its module: such tests run one at a time.

use std::path::Path;
use std::process::Command;

use serde::Serialize;
use serde_json::{Value, json};

/// A page to look at.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Its name in findings and pictures.
    pub name: String,
    /// Its address.
    pub url: String,
}

/// Runs `crates/testkit/browser/<story>` with `args` and returns what it returns, or what went wrong.
///
/// # Errors
/// What the story threw, with the line, and any fault that the page showed.
pub fn run(story: &str, args: &Value) -> Result<Value, String> {
    run_file(&crate::root().join("crates/testkit/browser").join(story), args)
}

/// Runs a story from anywhere, for instance from the tests of another crate.
///
/// # Errors
/// As [`run`].
pub fn run_file(story: &Path, args: &Value) -> Result<Value, String> {
    let folder = crate::root().join("crates/testkit/browser");
    assert!(
        folder.join("node_modules/playwright-core").exists(),
        "the browser's packages are missing: run scripts/test once"
    );
    let output = Command::new("node").arg(folder.join("run.mjs")).arg(story).arg(args.to_string()).output();
    let output = output.unwrap_or_else(|error| panic!("node did not start ({error}): run scripts/test once"));
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    serde_json::from_slice(&output.stdout).map_err(|error| format!("{}: {error}", story.display()))
}

/// Looks at each page on a phone and a desktop, light and dark: accessible (WCAG 2.2 AA and best practice, by axe), quiet
/// (no error in the console, nothing failed to load), and nothing wider than the screen at 320, 390 and 1280 px.
/// Returns every finding. `cookies` are Playwright's (`name`, `value`, `url`); pictures go to `pictures`, if given, as
/// `<name>-<size>-<scheme>.png`.
///
/// # Errors
/// What kept the browser from looking.
pub fn look_at(pages: &[Page], cookies: &Value, pictures: Option<&Path>) -> Result<Vec<String>, String> {
    let found = run("look.mjs", &json!({ "pages": pages, "cookies": cookies, "pictures": pictures }))?;
    serde_json::from_value(found).map_err(|error| format!("look.mjs: {error}"))
}
