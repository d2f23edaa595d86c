//! Diaries that others wrote: the calendars that two Python projects test themselves with.
//!
//! `scripts/fetch-diaries` fetches them; without them these tests fail.

use domain::time::{Interval, Zone};
use holdspace_outside::ical::read::{Diary, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn cache() -> PathBuf {
    let cache = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.cache/diaries");
    assert!(
        cache.join("venv/bin/python").exists(),
        "{} is missing or incomplete: run scripts/fetch-diaries first",
        cache.display()
    );
    cache
}

fn diaries(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(under).expect("a folder that can be listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("venv") {
            diaries(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "ics") {
            found.push(path);
        }
    }
    found.sort();
}

fn window() -> Interval {
    let at = |text: &str| text.parse().expect("a moment");
    Interval::new(at("2010-01-01T00:00:00Z"), at("2031-01-01T00:00:00Z"))
}

fn read_file(path: &Path) -> Diary {
    read(&std::fs::read(path).expect("a readable file"), &Zone::utc(), window())
}

#[test]
fn every_diary_is_read_to_its_end_and_every_problem_says_where() {
    let mut all = Vec::new();
    diaries(&cache(), &mut all);
    assert!(all.len() > 200, "only {} diaries: run scripts/fetch-diaries again", all.len());
    let mut events = 0;
    for path in &all {
        let bytes = std::fs::read(path).expect("a readable file");
        let lines = bytes.split(|byte| *byte == b'\n').count();
        let diary = read_file(path);
        for problem in &diary.problems {
            assert!((1..=lines).contains(&(problem.line as usize)) && problem.column > 0, "{path:?}: {problem}");
            assert!(!problem.what.is_empty() && !problem.remedy.is_empty(), "{path:?}: {problem}");
        }
        for event in &diary.events {
            assert!(event.start <= event.end && event.start < window().to, "{path:?}: {event:?}");
        }
        events += diary.events.len();
    }
    assert!(events > 1_000, "only {events} events in all of them");
}

/// Where we read a calendar otherwise than the other project does, and why.
const WE_DIFFER: &[(&str, &str)] = &[
    (
        "bad_rrule_missing_until_event.ics",
        "a rule that cannot be read: we keep the first time and say so, they drop the event",
    ),
    (
        "issue_253_additional_recurrence_id.ics",
        "a changed time outside its newer series: we keep it, busy is the safer side",
    ),
    (
        "issue_75_range_parameter.ics",
        "UNTIL as a day for an event with a time: we include that day, they end as it begins",
    ),
    (
        "issue_86_x_wr_timezone_without_time_zone_in_dt.ics",
        "times without a zone: we take the reader's, they X-WR-TIMEZONE",
    ),
];

#[test]
fn we_find_the_same_times_as_the_reader_that_these_diaries_were_written_for() {
    let cache = cache();
    let mut all = Vec::new();
    diaries(&cache, &mut all);
    all.retain(|path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("recurring_ical")));
    let mut compared = 0;
    let mut wrong = Vec::new();
    for (path, theirs) in answers(&cache, &all) {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut ours: Vec<String> = read_file(&path).events.iter().map(|event| event.start.to_string()).collect();
        ours.sort();
        compared += 1;
        if ours != theirs && !WE_DIFFER.iter().any(|(known, _)| *known == name) {
            let only =
                |a: &[String], b: &[String]| a.iter().filter(|t| !b.contains(t)).take(3).cloned().collect::<Vec<_>>();
            wrong.push(format!(
                "{name}: {} of ours, {} of theirs; only ours {:?}, only theirs {:?}",
                ours.len(),
                theirs.len(),
                only(&ours, &theirs),
                only(&theirs, &ours)
            ));
        }
    }
    let explained = WE_DIFFER.iter().all(|(name, why)| !why.is_empty() && all.iter().any(|path| path.ends_with(name)));
    assert!(explained, "a difference is listed that is no longer there");
    assert!(compared >= 60, "only {compared} diaries could be compared");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// The other reader's starts, for every diary that it can read.
fn answers(cache: &Path, paths: &[PathBuf]) -> BTreeMap<PathBuf, Vec<String>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/count_instances.py");
    let (from, to) = (window().from.to_string(), window().to.to_string());
    let output = Command::new(cache.join("venv/bin/python"))
        .arg(script)
        .args([&from[..10], &to[..10]])
        .args(paths)
        .output()
        .expect("python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers: BTreeMap<PathBuf, serde_json::Value> = serde_json::from_slice(&output.stdout).expect("JSON");
    let starts = |value: &serde_json::Value| {
        let list = value.get("starts")?.as_array()?;
        Some(list.iter().filter_map(|text| text.as_str().map(str::to_owned)).collect())
    };
    answers.into_iter().filter_map(|(path, value)| Some((path, starts(&value)?))).collect()
}
