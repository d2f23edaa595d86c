use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn without_a_file_it_is_sqlite_in_the_working_directory_and_it_says_so() {
    let config = Config::parse(None, environment(&[("PATH", "/bin")])).expect("defaults");
    assert_eq!(config.database, Database::Sqlite("./holdspace.sqlite".into()));
    assert_eq!(config.base_url.to_string(), "http://127.0.0.1:8080");
    assert!(config.smtp.is_none());
    let printed = config.to_string();
    assert!(printed.contains("holdspace.sqlite  (default)"), "{printed}");
}

#[test]
fn the_environment_overrides_the_file_and_secrets_are_never_printed() {
    let file = r#"
        base_url = "https://Practice.example/"
        database = "postgres://hold:s3cret@db.example/holdspace?sslmode=require&password=other"
        [smtp]
        host = "smtp.example.org"
        password = "hunter2"
        from = "hello@practice.example"
        [proxy]
        trusted = ["10.0.0.2", "10.0.0.3"]
    "#;
    let config = Config::parse(Some(file), environment(&[("HOLDSPACE_SMTP_HOST", "relay.example.org")])).expect("fits");
    let smtp = config.smtp.clone().expect("mail");
    assert_eq!((smtp.host.as_str(), smtp.port, smtp.tls), ("relay.example.org", 587, Tls::StartTls));
    assert!(config.base_url.is_https());
    assert_eq!(config.trusted_proxies.len(), 2);
    let printed = format!("{config}{config:?}{smtp:?}{:?}", config.database);
    assert!(
        !printed.contains("hunter2") && !printed.contains("s3cret") && !printed.contains("password=other"),
        "{printed}"
    );
    assert!(printed.contains("relay.example.org  (environment)"), "{printed}");
    assert!(printed.contains("postgres://hold:***@db.example/holdspace"), "{printed}");
}

#[test]
fn an_error_names_the_key_and_the_remedy() {
    let said = |file: &str, pairs: &[(&str, &str)]| {
        Config::parse(Some(file), environment(pairs)).expect_err("will not do").to_string()
    };
    assert_eq!(said("[smtp]\nhots = \"a\"", &[]), "there is no setting smtp.hots; did you mean smtp.host?");
    assert!(
        said("", &[("HOLDSPACE_LISTEN", "8080")])
            .starts_with("HOLDSPACE_LISTEN = \"8080\" will not do: write an address")
    );
    assert!(said("", &[("HOLDSPACE_SMPT_HOST", "x")]).contains("did you mean HOLDSPACE_SMTP_HOST?"));
    assert!(said("smtp.host = \"a\"", &[]).starts_with("smtp.from is missing"));
    assert!(said("[smtp]\nhost = \"a\"\nfrom = \"hello\"", &[]).starts_with("smtp.from = \"hello\" will not do"));
    assert!(said("[limits]\nbody_bytes = 5", &[]).starts_with("limits.body_bytes = \"5\" will not do"));
    assert!(said("database = \"mysql://x\"", &[]).contains("database"));
    assert!(said("listen = ", &[]).contains("not TOML"));
}

#[test]
fn every_key_has_its_own_variable() {
    let mut variables: Vec<_> = KEYS.iter().map(Key::variable).collect();
    variables.sort();
    variables.dedup();
    assert_eq!(variables.len(), KEYS.len());
}
