//! The operator's commands, as the built program runs them.

use serde_json::Value;
use std::process::{Command, Output};
use testkit::child::Server;
use testkit::scratch::Scratch;
use testkit::wait;

/// A directory with its own database, and the commands run in it.
struct Desk {
    scratch: Scratch,
}

impl Desk {
    fn new(label: &str) -> Self {
        Self { scratch: Scratch::new(label) }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdspace"));
        // The tests' own variables begin as the program's do, and it refuses a setting that it does not know.
        command.env_clear().args(arguments).current_dir(self.scratch.path()).env("HOLDSPACE_LISTEN", "127.0.0.1:0");
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    /// What a command that works prints.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// What a command that does not work complains of: one line.
    fn refused(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    fn practice(&self) -> String {
        let said = self.ok(&[
            "admin",
            "practice-create",
            "--json",
            "--name",
            "Alder House",
            "--preset",
            "clinic",
            "--zone",
            "Europe/London",
            "--support-phone",
            "+44 20 7946 0150",
            "--support-email",
            "support@alderhouse.example",
            "--owner-name",
            "Miriam Coldstream",
            "--owner-email",
            "miriam@alderhouse.example",
        ]);
        id(&said, "practice")
    }
}

fn id(json: &str, field: &str) -> String {
    let value: Value = serde_json::from_str(json).expect("JSON");
    value[field].as_str().expect("an id").to_owned()
}

#[test]
fn a_practice_is_set_up_served_and_found_in_order() {
    let desk = Desk::new("operator");
    assert!(desk.refused(&["check"], 1).contains("problem"), "there is no database yet");
    let practice = desk.practice();
    let therapist = desk.ok(&[
        "admin",
        "therapist-add",
        "--json",
        "--practice",
        &practice,
        "--name",
        "Ruth Calderbeck",
        "--email",
        "ruth@alderhouse.example",
        "--hours",
        "monday 09:00-17:00, friday 09:00-13:00",
        "--kind",
        "video 50 6500",
    ]);
    let client = desk.ok(&[
        "admin",
        "person-add",
        "--json",
        "--practice",
        &practice,
        "--role",
        "client",
        "--name",
        "Sam Turnerfield",
        "--email",
        "sam@example.org",
        "--phone",
        "+447700900123",
        "--prefers",
        "sms,email",
    ]);
    desk.ok(&["admin", "relationship-add", "--therapist", &id(&therapist, "id"), "--client", &id(&client, "id")]);
    let without =
        ["admin", "person-add", "--practice", &practice, "--role", "client", "--name", "A", "--prefers", "sms"];
    assert!(desk.refused(&without, 1).contains("Add the address or number first"));
    let report: Value = serde_json::from_str(&desk.ok(&["check", "--json"])).expect("JSON");
    assert_eq!(report["ok"], true, "{report}");
    assert!(desk.ok(&["migrate"]).contains("up to date"));
    let link = desk.ok(&["admin", "sign-in-link", "--person", &id(&client, "id")]);
    assert!(link.contains("/sign-in/"), "{link}");
}

#[test]
fn a_second_server_on_the_same_file_is_refused_with_the_remedy() {
    let desk = Desk::new("second");
    let practice = desk.practice();
    let log = desk.scratch.join("said.txt");
    let server = Server::start("holdspace serve", "TERM", &mut desk.command(&["serve"]), &log);
    wait::until("the server", || std::fs::read_to_string(&log).ok().filter(|said| said.contains("People reach it")));
    for writes in [
        &["serve"][..],
        &["migrate"],
        &["admin", "person-add", "--practice", &practice, "--role", "admin", "--name", "A"],
    ] {
        let said = desk.refused(writes, 1);
        assert!(said.contains("stop it first"), "{writes:?}: {said}");
        assert_eq!(said.lines().count(), 1, "one line: {said}");
    }
    desk.ok(&["check"]);
    assert!(std::fs::read_to_string(&log).expect("what it said").contains("messages wait"));
    assert!(server.stop().success(), "it stops when asked to");
}

// proves: V-13
#[test]
fn an_export_holds_until_one_byte_of_it_is_changed() {
    let desk = Desk::new("export");
    let practice = desk.practice();
    let file = desk.scratch.join("practice.jsonl");
    let path = file.to_str().expect("a path");
    let said = desk.ok(&["audit", "export", "--practice", &practice, "--subject", &practice, "--out", path]);
    let fingerprint = said.rsplit(' ').next().expect("the fingerprint").trim().to_owned();
    let elsewhere = Desk::new("elsewhere");
    let told = elsewhere.ok(&["audit", "verify", path, "--fingerprint", &fingerprint, "--json"]);
    assert_eq!(id(&told, "subject"), practice);
    assert!(
        desk.refused(&["audit", "export", "--practice", &practice, "--subject", &practice, "--out", path], 1)
            .contains("new file")
    );

    let whole = std::fs::read(&file).expect("the export");
    for at in (0..whole.len()).step_by(whole.len() / 23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        std::fs::write(&file, &bytes).expect("written");
        let said = elsewhere.refused(&["audit", "verify", path, "--fingerprint", &fingerprint], 1);
        assert!(said.contains("does not hold"), "byte {at}: {said}");
    }
    std::fs::write(&file, &whole).expect("written");
    let other = "0".repeat(64);
    assert!(elsewhere.refused(&["audit", "verify", path, "--fingerprint", &other], 1).contains("not the trusted one"));
}

#[test]
fn the_worker_has_no_place_on_sqlite() {
    let desk = Desk::new("work");
    assert!(desk.refused(&["work"], 1).contains("PostgreSQL"));
    desk.refused(&["work", "--threads", "0"], 2);
    desk.refused(&["serve", "--no-such-thing"], 2);
    std::fs::write(desk.scratch.join("holdspace.toml"), "smtp.hots = \"a\"").expect("written");
    assert!(desk.refused(&["serve"], 1).contains("smtp.host"), "the nearest setting is named");
}

#[test]
fn every_command_shows_an_example() {
    let desk = Desk::new("help");
    let commands = [
        "demo",
        "serve",
        "work",
        "migrate",
        "check",
        "audit export",
        "audit verify",
        "admin practice-create",
        "admin practice-list",
        "admin person-add",
        "admin therapist-add",
        "admin relationship-add",
        "admin sign-in-link",
        "admin token-add",
    ];
    for command in commands {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let said = desk.ok(&arguments);
        assert!(said.contains("Example:") && said.contains(&format!("holdspace {command}")), "{command}: {said}");
    }
}
