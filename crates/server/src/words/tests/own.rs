//! Words of the practice's own, in the house's frame.

use super::sample::{Sample, links, sample, slot, writer};
use crate::flow::template::house;
use crate::words::{About, Writer, Written};
use domain::appointment::Initiator;
use domain::id::Id;
use domain::message::{Facts, MessageKind, Notice};
use domain::person::{Channel, Locale, Person};
use domain::telling::template::{EDITABLE, Editable, Template, TemplateWords};

fn words(subject: &str, letter: &str, short: &str) -> TemplateWords {
    TemplateWords { subject: subject.into(), letter: letter.into(), short: short.into() }
}

/// A writer that knows these words for this kind, and the story of the practice that has them.
fn with(kind: MessageKind, own: TemplateWords) -> (Writer, Sample) {
    let (writer, mut story) = (writer(), sample());
    let change = Id::from_bytes([9; 16]);
    let practice = story.situation.practice.id;
    let template = Template {
        practice,
        kind,
        locale: Locale::EnGb,
        version: 1,
        words: Some(own),
        made_at: story.now,
        made_by: String::new(),
    };
    assert!(!writer.knows(change));
    writer.keep(change, vec![template]);
    story.situation.practice.templates = Some(change);
    (writer, story)
}

fn written(writer: &Writer, story: &Sample, notice: &Notice, to: &Person) -> Written {
    let about = About { situation: &story.situation, to, appointment: &story.appointment, now: story.now };
    writer.write(notice, &about)
}

fn called_off(story: &Sample, to: &Person) -> Notice {
    let facts = Facts {
        initiator: Some(Initiator::Therapist),
        offered: vec![slot("2026-11-26T14:00:00Z"), slot("2026-11-27T10:00:00Z")],
        words: Some("I am <so> sorry {link}.".into()),
        shared_reason: Some("a family matter".into()),
        ..story.facts()
    };
    Notice { link: Some(links()[0]), ..story.notice(MessageKind::Cancellation, to, facts) }
}

const OWN: &str = "Dear {{ first_name }},\n\n{{ update }}{{ time }} with {{ therapist }} is {{ cancelled }} {link} & more.\n\n\
    {% if times %}Choose:\n{{ times }}{% endif %}\n\n{% if promise_by %}By {{ promise_by }}.{% endif %}";

// proves: V-05
#[test]
fn a_practices_own_words_stand_in_the_houses_frame_with_its_link_money_and_the_therapists_word() {
    let own = words("News for {{ day }}", OWN, "{{ time }} is {{ cancelled }}.\n{{ times }}");
    let (writer, story) = with(MessageKind::Cancellation, own);
    let client = story.client();
    let letter = written(&writer, &story, &called_off(&story, &client), &client);
    assert_eq!(letter.subject, "News for Tuesday 24 November");
    let start = "Dear Daniel,\n\nUpdate: Tuesday 24 November, 14:00 with Maya is cancelled (link) & more.\n\nChoose:\n\n\
        - Thursday 26 November, 14:00\n- Friday 27 November, 10:00\n\nMaya gave this reason: \"a family matter\".\n\n\
        Maya writes:\n\nI am <so> sorry (link).\n\nChoose a time at alderhouse.example:\n{link}\n\n";
    assert!(letter.text.starts_with(start), "{}", letter.text);
    assert!(
        letter.text.contains("You pay nothing for this appointment."),
        "the house says what it costs: {}",
        letter.text
    );
    assert!(letter.text.contains("Any questions?") && letter.text.contains("Receipt: {receipt}"), "{}", letter.text);
    assert!(
        letter.html.contains("<li>Friday 27 November, 10:00</li>") && letter.html.contains("&amp; more"),
        "{}",
        letter.html
    );
    assert_eq!((letter.html.matches("{link}").count(), letter.text.matches("{link}").count()), (1, 1));
    let text = written(&writer, &story, &Notice { channel: Channel::Sms, ..called_off(&story, &client) }, &client).text;
    let expected = "Tuesday 24 November, 14:00 is cancelled.\n1: Thursday 26 November, 14:00\n2: Friday 27 November, 10:00\n\
                    As of Tue 09:12.\n{link}";
    assert_eq!(text, expected);
}

#[test]
fn the_therapist_the_office_and_the_other_english_read_the_houses_words() {
    let (writer, story) =
        with(MessageKind::Cancellation, words("Own", "{{ time }} {{ cancelled }}", "{{ time }} {{ cancelled }}"));
    let american = Person { locale: Locale::EnUs, ..story.client() };
    for to in [story.therapist(), story.admin(), american] {
        let subject = written(&writer, &story, &called_off(&story, &to), &to).subject;
        assert!(subject.starts_with("A change to "), "{subject}");
    }
    let mut safe = story.client();
    safe.preference.file.safe_content = true;
    assert_eq!(written(&writer, &story, &called_off(&story, &safe), &safe).subject, "There is something new for you");
}

#[test]
fn what_no_owner_may_keep_is_refused_by_its_part() {
    let late = Editable::of(MessageKind::RunningLate).expect("one");
    let codes = |own: TemplateWords| -> Vec<(String, &'static str)> {
        writer().problems(&own, late).into_iter().map(|problem| (problem.field, problem.code)).collect()
    };
    assert_eq!(codes(words("a", "{{ late_minutes }}", "{{ late_minutes }}")), []);
    assert_eq!(
        codes(words("a", "{{ late_minutes }} {{ secret }}", "{{ late_minutes }}")),
        [("letter".into(), "unknown_variable")]
    );
    let only_sometimes = words("{% if update %}a{% endif %}", "{{ late_minutes }}", "{{ late_minutes }}");
    assert_eq!(codes(only_sometimes), [("subject".into(), "required")]);
    let endless = words(&format!("{{{{ day }}}} {}", "a".repeat(60)), "{{ late_minutes }}", "{{ late_minutes }}");
    assert_eq!(codes(endless), [("subject".into(), "too_long")]);
    let curly = words("a", "{{ late_minutes }}", &format!("{{{{ late_minutes }}}} {}", "\u{151}".repeat(500)));
    assert_eq!(codes(curly), [("short".into(), "too_many_parts")]);
}

#[test]
fn every_kind_in_the_houses_own_words_reads_with_all_facts_and_with_few() {
    for editable in EDITABLE {
        let (writer, story) = with(editable.kind, house(editable.kind));
        let to = story.client();
        for facts in [story.full_facts(Some(Initiator::Therapist)), story.facts()] {
            let notice = Notice { link: Some(links()[0]), ..story.notice(editable.kind, &to, facts) };
            let letter = written(&writer, &story, &notice, &to);
            let short = written(&writer, &story, &Notice { channel: Channel::Sms, ..notice }, &to).text;
            for text in [&letter.text, &short] {
                let rest = text.replace("{link}", "").replace("{receipt}", "");
                assert!(!rest.contains(['{', '}']) && !rest.contains("none"), "{}: {text}", editable.kind);
                assert_eq!(text.matches("{link}").count(), 1, "{}: {text}", editable.kind);
            }
            assert!(!letter.text.contains("\n\n\n") && letter.text.contains("Any questions?"), "{}", letter.text);
        }
    }
}
