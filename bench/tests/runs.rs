//! Every benchmark runs to its end and prints what it is for. How fast is not a test's business.

use std::process::Command;

fn bench(what: &str, printed: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdspace-bench"));
    command.args([what, "--small", "--seconds", "1", "--pairs", "1", "--connections", "8"]);
    let output = command.output().expect("the benchmark starts");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{what}: {said}\n{wrong}");
    for words in printed {
        assert!(said.contains(words), "{what} does not print {words:?}:\n{said}");
    }
}

#[test]
fn booking_is_compared_with_the_bare_loop() {
    bench("book", &["fdatasync", "bare loop of 64", "HTTP / bare", "store / bare"]);
}

#[test]
fn calling_off_is_compared_with_the_bare_loop() {
    bench("cancel", &["bare loop of 64", "HTTP / bare"]);
}

#[test]
fn searching_is_compared_with_a_longer_past() {
    bench("slots", &["100 past", "cost, much / little", "wanted at most 1.3: "]);
}

#[test]
fn the_policy_is_measured() {
    bench("decide", &["policy, marketplace", "whole cancellation"]);
    bench("preview", &["one after the other", "wanted at most 2: "]);
    bench("replay", &["1000 past, s"]);
}

#[test]
fn telling_is_compared_with_a_bare_loop_and_with_a_flood_of_reminders() {
    bench("tell", &["1/s, product / bare", "100/s, product / bare"]);
    bench("flood", &["urgent p95, s", "urgent left over", "reminders gone"]);
}

#[test]
fn the_day_and_an_idle_server_are_measured() {
    bench("page", &["list of the day"]);
    bench("idle", &["just started, MiB", "MiB resident"]);
}
