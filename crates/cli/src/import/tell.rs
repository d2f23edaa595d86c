//! Prints what an import did, or would do.

use crate::talk::Failure;
use server::flow::import::{Line, Report};
use std::path::Path;

/// Prints the report: as JSON, or a line for each line of the file and the sum last.
///
/// # Errors
/// Where the report is no JSON, which cannot be.
pub fn print(file: &Path, report: &Report, json: bool) -> Result<(), Failure> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    print!("{}", text(&file.display().to_string(), report));
    Ok(())
}

fn text(file: &str, report: &Report) -> String {
    let mut told = Vec::new();
    told.extend(report.lines.iter().map(|line| about(file, "", line)));
    told.extend(report.notes.iter().map(|line| about(file, "note: ", line)));
    told.extend(report.problems.iter().map(|problem| format!("{file}: problem: {problem}")));
    told.push(sum(report));
    told.iter().map(|line| format!("{line}\n")).collect()
}

fn about(file: &str, kind: &str, line: &Line) -> String {
    match line.line {
        0 => format!("{file}: {kind}{}", line.said),
        number => format!("{file}: line {number}: {kind}{}", line.said),
    }
}

fn sum(report: &Report) -> String {
    let counts: Vec<String> =
        report.counts.iter().map(|(what, many)| format!("{many} {}", what.replace('_', " "))).collect();
    let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let practice = report.practice.as_deref().unwrap_or("the practice");
    let record = report.receipt.as_ref().map(|receipt| format!(" On record as {receipt}.")).unwrap_or_default();
    if !report.problems.is_empty() {
        return format!("Nothing was imported; without the problems it would be: {counts}.");
    }
    match (report.written, report.dry_run) {
        (true, _) => format!("Imported into {practice}: {counts}.{record}"),
        (false, true) => format!("Nothing was changed (dry run). Into {practice} would go: {counts}."),
        (false, false) => format!("Nothing was changed in {practice}: {counts}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_each_line_then_what_is_worth_knowing_then_the_sum() {
        let report = Report {
            what: "clients",
            dry_run: true,
            written: false,
            practice: Some("Alder House".into()),
            counts: [("clients", 2)].into(),
            lines: vec![Line { line: 2, said: "anna@example.org is added".into() }],
            notes: vec![Line { line: 0, said: "3 payments fall due at once".into() }],
            problems: Vec::new(),
            receipt: None,
        };
        let expected = "c.csv: line 2: anna@example.org is added\nc.csv: note: 3 payments fall due at once\n\
                        Nothing was changed (dry run). Into Alder House would go: 2 clients.\n";
        assert_eq!(text("c.csv", &report), expected);
    }
}
