//! Fetches the two third-party front-end packages named in `frontend/package-lock.json` (never committed) and turns
//! them into files under `OUT_DIR` that `src` embeds: the scripts, the icon table and the licence notices.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a build script speaks to cargo")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The drawings the pages use, by their lucide names. A template that names another fails the tidy test.
const ICONS: &[&str] = &[
    "arrow-right",
    "banknote",
    "bell",
    "bookmark",
    "calendar",
    "chart-column",
    "check",
    "chevron-down",
    "chevron-right",
    "circle",
    "circle-check",
    "clock",
    "copy",
    "ellipsis",
    "file-text",
    "heart",
    "house",
    "info",
    "layout-dashboard",
    "life-buoy",
    "link",
    "list",
    "log-out",
    "mail",
    "map-pin",
    "message-square",
    "phone",
    "plus",
    "repeat",
    "search",
    "send",
    "settings",
    "shield",
    "smartphone",
    "split",
    "triangle-alert",
    "undo-2",
    "user",
    "users",
    "video",
    "x",
];

/// Package and file in `node_modules`, and the name it gets in `OUT_DIR`.
const SCRIPTS: &[(&str, &str)] =
    &[("htmx.org/dist/htmx.min.js", "htmx.min.js"), ("htmx.org/dist/ext/hx-sse.min.js", "hx-sse.min.js")];

/// Packages whose licence travels with the binary.
const PACKAGES: &[&str] = &["htmx.org", "lucide-static"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=frontend/package.json");
    println!("cargo::rerun-if-changed=frontend/package-lock.json");
    if let Err(why) = prepare() {
        println!("cargo::error={why}");
    }
}

fn prepare() -> Result<(), String> {
    let frontend = PathBuf::from(var("CARGO_MANIFEST_DIR")?).join("frontend");
    let out = PathBuf::from(var("OUT_DIR")?);
    let modules = frontend.join("node_modules");
    if !is_installed(&frontend) {
        install(&frontend)?;
    }
    for (from, to) in SCRIPTS {
        write(&out.join(to), &read(&modules.join(from))?)?;
    }
    write(&out.join("icons.rs"), &icon_table(&modules)?)?;
    write(&out.join("NOTICES.txt"), &notices(&modules)?)
}

/// Whether npm's own record of what it installed is at least as new as the lock file.
fn is_installed(frontend: &Path) -> bool {
    let changed = |path: &str| fs::metadata(frontend.join(path)).and_then(|meta| meta.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

fn install(frontend: &Path) -> Result<(), String> {
    let npm = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(frontend)
        .output()
        .map_err(|error| {
            format!("the pages need two small npm packages at build time, but npm did not start ({error}). Install Node 20 with npm, then build again.")
        })?;
    if npm.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&npm.stderr).trim().replace('\n', " | ");
    Err(format!("`npm ci` in crates/server/frontend failed ({}): {said}. It needs the npm registry once.", npm.status))
}

/// Rust source of `ICON_NAMES` and `icon(name)`.
fn icon_table(modules: &Path) -> Result<String, String> {
    let mut source =
        String::from("/// Every icon this build carries, by its lucide name.\npub const ICON_NAMES: &[&str] = &[\n");
    for name in ICONS {
        // Writing to a String cannot fail.
        let _ = writeln!(source, "    {name:?},");
    }
    source.push_str(
        "];\n\n/// The drawing of an icon: what goes inside `<svg viewBox=\"0 0 24 24\">`. Empty for a name not in [`ICON_NAMES`].\n\
         #[must_use]\npub fn icon(name: &str) -> &'static str {\n    match name {\n",
    );
    for name in ICONS {
        let svg = read(&modules.join("lucide-static/icons").join(format!("{name}.svg")))?;
        let _ = writeln!(source, "        {name:?} => {:?},", inner(&svg).ok_or(format!("{name}.svg is not an svg"))?);
    }
    source.push_str("        _ => \"\",\n    }\n}\n");
    Ok(source)
}

/// What stands between `<svg …>` and `</svg>`, on one line.
fn inner(svg: &str) -> Option<String> {
    let (_, after) = svg.split_once("<svg")?;
    let (_, after) = after.split_once('>')?;
    let (drawing, _) = after.split_once("</svg>")?;
    Some(drawing.lines().map(str::trim).collect())
}

fn notices(modules: &Path) -> Result<String, String> {
    let mut text = String::from("Holdspace carries parts of these works.\n");
    for package in PACKAGES {
        let _ = write!(text, "\n---- {package} ----\n\n{}\n", read(&modules.join(package).join("LICENSE"))?.trim());
    }
    Ok(text)
}

fn var(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| {
        format!("{}: {error}. Delete crates/server/frontend/node_modules and build again.", path.display())
    })
}

/// Writes only what changed, so that an untouched asset rebuilds nothing.
fn write(path: &Path, text: &str) -> Result<(), String> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
