use super::*;
use crate::telling::route::tests::{at, client};

fn now() -> Instant {
    at("2026-03-09T12:00:00Z")
}

fn later() -> Instant {
    at("2026-03-10T12:00:00Z")
}

fn wished(of: &Person, wish: Wish, source: Source) -> Result<Person, Refusal> {
    wish.granted(of, source, later())
}

fn stopped() -> Person {
    let mut nia = client(&[Channel::Sms, Channel::Email]);
    nia.preference.file = ContactFile::default().consent(Channel::Sms, false, Source::Text, now()).expect("a no");
    nia
}

// proves: V-05
#[test]
fn naming_channels_is_a_yes_to_each_with_time_and_source() {
    let nia = Wish::of(vec![Channel::Sms, Channel::Email], false).granted(&client(&[]), Source::Staff, now());
    let file = nia.expect("a preference").preference.file;
    let yes = Consent { given: true, at: now(), source: Source::Staff };
    assert_eq!(file.consents, BTreeMap::from([(Channel::Sms, yes), (Channel::Email, yes)]));
}

#[test]
fn a_yes_that_stands_keeps_its_first_time() {
    let nia = wished(&client(&[]), Wish::of(vec![Channel::Email], false), Source::Import).expect("a preference");
    let again = Wish::of(vec![Channel::Email], true).granted(&nia, Source::Portal, now()).expect("a preference");
    assert_eq!(again.preference.file.consents[&Channel::Email].source, Source::Import);
}

#[test]
fn after_stop_the_order_is_kept_and_texts_stay_away() {
    let nia = wished(&stopped(), Wish::of(vec![Channel::Sms, Channel::Email], false), Source::Staff).expect("kept");
    assert_eq!(nia.preference.channels, [Channel::Sms, Channel::Email]);
    assert_eq!((nia.address(Channel::Sms), nia.address(Channel::Phone)), (None, Some("+447700900412")));
    assert_eq!(nia.preference.file.stopped_by_text(), Some(now()));
}

#[test]
fn only_the_client_brings_texts_back_after_stop() {
    let yes = || Wish { consents: BTreeMap::from([(Channel::Sms, true)]), ..Wish::of(vec![Channel::Sms], false) };
    assert_eq!(wished(&stopped(), yes(), Source::Staff).expect_err("not theirs to say").code, "opted_out");
    let nia = wished(&stopped(), yes(), Source::Portal).expect("their own word");
    assert_eq!(nia.address(Channel::Sms), Some("+447700900412"));
    let file = stopped().preference.file.consent(Channel::Sms, true, Source::Text, later()).expect("START");
    assert_eq!(file.consents[&Channel::Sms], Consent { given: true, at: later(), source: Source::Text });
}

#[test]
fn stop_stays_the_clients_own_word_whoever_said_no_before_or_after() {
    let no = |file: ContactFile, source, at| file.consent(Channel::Sms, false, source, at).expect("a no");
    let theirs = Consent { given: false, at: later(), source: Source::Text };
    let after_the_office = no(no(ContactFile::default(), Source::Staff, now()), Source::Text, later());
    assert_eq!(after_the_office.consents[&Channel::Sms], theirs);
    for source in [Source::Staff, Source::Portal, Source::Import, Source::Text] {
        let kept = no(after_the_office.clone(), source, later() + crate::time::Span::hours(1));
        assert_eq!(kept.consents[&Channel::Sms], theirs, "{source:?}");
        assert!(kept.consent(Channel::Sms, true, Source::Staff, later()).is_err());
    }
}

#[test]
fn a_wrong_number_is_not_used_and_the_next_one_is() {
    let mut nia = client(&[Channel::Sms]);
    nia.preference.file = ContactFile::default().wrong("+447700900412", Source::Network, now());
    assert_eq!((nia.address(Channel::Sms), nia.address(Channel::Phone)), (None, None));
    nia.phone = Some("+447700900413".into());
    assert_eq!(nia.address(Channel::Sms), Some("+447700900413"));
}

#[test]
fn a_voicemail_is_left_by_phone() {
    let file = ContactFile::default().consent(Channel::Phone, false, Source::Portal, now()).expect("a no");
    assert!(file.refuses(Channel::Voicemail) && !file.refuses(Channel::Sms));
}

#[test]
fn quiet_hours_that_are_none_are_refused() {
    let nine: TimeOfDay = "21:00".parse().expect("a time");
    let quiet = Some(Some(OwnQuiet { from: nine, to: nine, urgent: true }));
    let refused = wished(&client(&[]), Wish { quiet, ..Wish::of(vec![Channel::Email], false) }, Source::Portal);
    assert_eq!(refused.expect_err("no hours").code, "quiet_hours_empty");
}

#[test]
fn what_is_on_file_reads_back_and_a_document_of_before_does_too() {
    let file = stopped().preference.file.wrong("+447700900412", Source::Staff, later());
    let text = serde_json::to_string(&file).expect("a document");
    assert_eq!(serde_json::from_str::<ContactFile>(&text).expect("the same"), file);
    assert_eq!(serde_json::from_str::<ContactFile>("{}").expect("an empty one"), ContactFile::default());
    let before = r#"{"channels":["sms"],"voicemail":false,"asked_at":null}"#;
    assert!(serde_json::from_str::<ContactPreference>(before).expect("one of before").file.is_empty());
}
