//! What becomes of a letter, told exactly, against a mail server that misbehaves on command.

mod peer;

use domain::time::Span;
use holdspace_outside::mail::{Envelope, Handed, MailSettings, Mailer, MailerError, Secret, Timeouts, Tls};
use peer::{Act, Peer, Script};

const LETTER: &[u8] = b"Subject: Appointment\r\n\r\nHello\r\n.\r\n..two dots\r\n";

fn settings(port: u16) -> MailSettings {
    MailSettings {
        host: "127.0.0.1".into(),
        port,
        tls: Tls::None,
        user: None,
        password: None,
        from: "practice@example.org".parse().expect("an address"),
        name: "Practice".into(),
        extra_ca: None,
        hello: Some("app.example.org".into()),
        timeouts: Timeouts::default(),
    }
}

fn mailer(port: u16) -> Mailer {
    Mailer::new(settings(port)).expect("settings that work")
}

/// Gives up after a moment, for servers that never answer.
fn hasty(port: u16) -> Mailer {
    let moment = Span::micros(150_000);
    let timeouts = Timeouts { connect: moment, command: moment, body: moment, whole: Span::seconds(20) };
    Mailer::new(MailSettings { timeouts, ..settings(port) }).expect("settings that work")
}

fn envelope() -> Envelope {
    Envelope {
        from: "practice@example.org".parse().expect("an address"),
        to: "anna@example.org".parse().expect("an address"),
    }
}

fn hand_off(script: Script) -> Handed {
    hasty(Peer::start(vec![script]).port).hand_off(&envelope(), LETTER)
}

#[test]
fn an_accepted_letter_arrives_byte_for_byte_and_brings_the_servers_words_back() {
    let peer = Peer::start(vec![]);
    let handed = mailer(peer.port).hand_off(&envelope(), LETTER);
    assert_eq!(handed, Handed::Accepted { reply: "250 2.0.0 queued as 42".into() });
    let body = peer.heard().into_iter().find_map(|line| line.strip_prefix("body:").map(str::to_owned));
    assert_eq!(body.as_deref().map(str::as_bytes), Some(LETTER));
    assert_eq!(peer.heard()[0], "EHLO app.example.org");
    assert!(peer.heard()[1].starts_with("MAIL FROM:<practice@example.org>"));
    assert_eq!(peer.heard()[2], "RCPT TO:<anna@example.org>");
}

#[test]
fn a_refusal_of_a_letter_keeps_its_code_and_words_wherever_it_is_said() {
    for point in ["RCPT", "DATA", "dot"] {
        let handed = hand_off(vec![(point, Act::Say("550 5.1.1 no such user"))]);
        let Handed::Refused { code: 550, reply, permanent: true } = &handed else { panic!("at {point}: {handed:?}") };
        assert!(reply.contains("5.1.1 no such user"), "{reply}");
        let handed = hand_off(vec![(point, Act::Say("451 4.7.1 greylisted"))]);
        assert!(matches!(handed, Handed::Refused { code: 451, permanent: false, .. }), "at {point}: {handed:?}");
    }
}

#[test]
fn a_server_that_does_not_want_us_has_not_refused_the_letter() {
    for words in ["550 5.7.1 sender refused", "554 5.7.1 not from you", "451 4.3.0 later", "530 5.7.0 sign in first"] {
        let handed = hand_off(vec![("MAIL", Act::Say(words))]);
        assert!(matches!(&handed, Handed::NotAccepted { why } if why.contains(&words[4..])), "{words}: {handed:?}");
    }
    let handed = hand_off(vec![("RCPT", Act::Say("530 5.7.0 authentication required"))]);
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
}

#[test]
fn before_the_final_dot_nothing_was_accepted() {
    for point in ["greeting", "EHLO", "MAIL", "RCPT", "DATA"] {
        for act in [Act::Close, Act::Hang, Act::Say("garbage")] {
            let handed = hand_off(vec![(point, act.clone())]);
            assert!(matches!(handed, Handed::NotAccepted { .. }), "{act:?} at {point}: {handed:?}");
        }
    }
    for point in ["greeting", "EHLO"] {
        let handed = hand_off(vec![(point, Act::Say("554 5.3.2 not today"))]);
        assert!(matches!(&handed, Handed::NotAccepted { why } if why.contains("not today")), "at {point}: {handed:?}");
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    for point in ["MAIL", "RCPT", "DATA", "dot"] {
        let handed = hand_off(vec![(point, Act::Say("421 4.3.2 closing"))]);
        assert!(matches!(&handed, Handed::NotAccepted { why } if why.contains("closing")), "at {point}: {handed:?}");
    }
    assert!(matches!(mailer(free).hand_off(&envelope(), LETTER), Handed::NotAccepted { .. }));
}

#[test]
fn a_line_that_breaks_inside_the_body_accepted_nothing() {
    let long = b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd\r\n".repeat(400_000);
    let peer = Peer::start(vec![vec![("DATA", Act::CloseInBody)]]);
    let handed = mailer(peer.port).hand_off(&envelope(), &long);
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
}

#[test]
fn after_the_final_dot_silence_means_that_we_do_not_know() {
    for act in [Act::Close, Act::Hang, Act::Say("garbage"), Act::Say("354 go on")] {
        let handed = hand_off(vec![("dot", act.clone())]);
        assert!(matches!(handed, Handed::Unknown { .. }), "{act:?}: {handed:?}");
    }
}

#[test]
fn a_server_that_drips_its_reply_cannot_hold_a_hand_off_for_ever() {
    let timeouts = Timeouts { whole: Span::micros(400_000), ..Timeouts::default() };
    for point in ["EHLO", "RCPT"] {
        let peer = Peer::start(vec![vec![(point, Act::Drip)]]);
        let mailer = Mailer::new(MailSettings { timeouts, ..settings(peer.port) }).expect("settings");
        let handed = mailer.hand_off(&envelope(), LETTER);
        assert!(matches!(handed, Handed::NotAccepted { .. }), "at {point}: {handed:?}");
        assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Accepted { .. }), "the next one is not held up");
    }
    let peer = Peer::start(vec![vec![("dot", Act::Drip)]]);
    let mailer = Mailer::new(MailSettings { timeouts, ..settings(peer.port) }).expect("settings");
    assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Unknown { .. }));
}

#[test]
fn an_answer_out_of_turn_is_not_taken_for_the_one_that_belongs_there() {
    for (point, words) in [("DATA", "250 ok"), ("MAIL", "235 2.7.0 signed in"), ("RCPT", "354 go on")] {
        let peer = Peer::start(vec![vec![(point, Act::Say(words))]]);
        let handed = mailer(peer.port).hand_off(&envelope(), LETTER);
        assert!(matches!(handed, Handed::NotAccepted { .. }), "at {point}: {handed:?}");
        assert_eq!(peer.count("body:"), 0);
    }
}

#[test]
fn one_connection_serves_many_letters_even_after_a_refusal() {
    let peer = Peer::start(vec![vec![("RSET", Act::Say("250 flushed"))]]);
    let mailer = mailer(peer.port);
    for _ in 0..3 {
        assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Accepted { .. }));
    }
    assert_eq!((peer.count("EHLO"), peer.count("body:")), (1, 3));
    let picky = Peer::start(vec![vec![("RCPT", Act::Say("550 no"))]]);
    let mailer = self::mailer(picky.port);
    for _ in 0..2 {
        assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Refused { .. }));
    }
    drop(mailer);
    picky.wait_for_a_close();
    assert_eq!((picky.count("EHLO"), picky.count("RSET")), (1, 2));
}

#[test]
fn a_connection_is_closed_politely_after_ten_letters_so_that_none_waits_for_a_queue_run() {
    let peer = Peer::start(vec![]);
    let mailer = mailer(peer.port);
    for _ in 0..21 {
        assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Accepted { .. }));
    }
    drop(mailer);
    (0..3).for_each(|_| peer.wait_for_a_close());
    assert_eq!((peer.count("EHLO"), peer.count("QUIT"), peer.count("body:")), (3, 3, 21));
}

#[test]
fn what_happens_after_the_answer_does_not_change_it() {
    let mailer = mailer(Peer::start(vec![vec![("RCPT", Act::Say("550 no")), ("RSET", Act::Hang)]]).port);
    assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Refused { code: 550, .. }));
}

#[test]
fn a_kept_line_that_died_is_replaced_without_anybody_noticing() {
    let peer = Peer::start(vec![vec![("RSET", Act::Close), ("RCPT", Act::Say("450 4.2.1 later"))]]);
    let mailer = mailer(peer.port);
    assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Refused { permanent: false, .. }));
    assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Accepted { .. }));
    let idle = Peer::start(vec![vec![("dot", Act::Say("250 queued\r\n421 4.4.2 idle too long"))]]);
    let mailer = self::mailer(idle.port);
    for _ in 0..2 {
        assert!(matches!(mailer.hand_off(&envelope(), LETTER), Handed::Accepted { .. }));
    }
    assert_eq!((idle.count("EHLO"), idle.count("body:")), (2, 2));
}

#[test]
fn hand_offs_at_the_same_time_do_not_wait_for_each_other() {
    let peer = Peer::start(vec![vec![("dot", Act::Hang)], vec![]]);
    let mailer = hasty(peer.port);
    let outcomes: Vec<Handed> = std::thread::scope(|scope| {
        let both: Vec<_> = (0..2).map(|_| scope.spawn(|| mailer.hand_off(&envelope(), LETTER))).collect();
        both.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    assert_eq!(outcomes.iter().filter(|one| matches!(one, Handed::Accepted { .. })).count(), 1, "{outcomes:?}");
    assert_eq!(outcomes.iter().filter(|one| matches!(one, Handed::Unknown { .. })).count(), 1, "{outcomes:?}");
    drop(mailer);
    peer.wait_for_a_close();
}

#[test]
fn a_password_never_travels_in_the_clear() {
    let password = Some(Secret::new("open sesame"));
    let open = MailSettings { user: Some("app".into()), password: password.clone(), ..settings(25) };
    assert!(matches!(Mailer::new(open.clone()), Err(MailerError::PasswordInTheClear)));
    assert!(!format!("{open:?}").contains("sesame"));
    let peer = Peer::start(vec![]);
    let wants_tls = MailSettings { user: Some("app".into()), password, tls: Tls::StartTls, ..settings(peer.port) };
    let handed = Mailer::new(wants_tls).expect("settings that work").hand_off(&envelope(), LETTER);
    assert!(matches!(handed, Handed::NotAccepted { .. }), "{handed:?}");
    assert_eq!((peer.count("AUTH"), peer.count("MAIL")), (0, 0));
    let half = MailSettings { user: Some("app".into()), tls: Tls::Implicit, ..settings(465) };
    assert!(matches!(Mailer::new(half), Err(MailerError::HalfCredentials)));
}

#[test]
fn a_certificate_file_that_cannot_be_read_is_named() {
    let lost = MailSettings { extra_ca: Some("/nowhere/ca.pem".into()), tls: Tls::StartTls, ..settings(587) };
    let error = Mailer::new(lost).err().expect("no such file").to_string();
    assert!(error.contains("mail.extra_ca") && error.contains("/nowhere/ca.pem"), "{error}");
}
