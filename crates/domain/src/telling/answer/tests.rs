use super::*;
use crate::telling::reply;

fn zone() -> Zone {
    "Europe/London".parse().expect("a zone")
}

/// Five past two in London, in November.
fn now() -> Instant {
    "2026-11-26T14:05:00Z".parse().expect("a moment")
}

fn means(text: &str, asked: Option<Question>) -> Meaning {
    meaning(reply::read(text), asked, &zone(), now())
}

fn says(text: &str, asked: Question) -> ClientWord {
    match means(text, Some(asked)) {
        Meaning::Says(word) => word,
        other => panic!("{text:?} means {other:?}"),
    }
}

// proves: A-10
#[test]
fn yes_and_no_after_a_missed_appointment_are_about_a_new_time() {
    assert_eq!(says("Yes please", Question::NewTime), ClientWord::NewTime);
    assert_eq!(says("no thanks", Question::NewTime), ClientWord::NoNewTime);
    assert_eq!(means("2", Some(Question::NewTime)), Meaning::Take(2));
}

// proves: A-13
#[test]
fn yes_and_no_to_a_late_client_are_about_coming() {
    assert_eq!(says("yes", Question::AreTheyComing), ClientWord::Coming(None));
    assert_eq!(says("Yes, 10 mins", Question::AreTheyComing), ClientWord::Coming(Some(10)));
    assert_eq!(says("No", Question::AreTheyComing), ClientWord::NotComing);
}

// proves: A-15
#[test]
fn a_time_after_the_therapist_stepped_away_is_when_they_are_ready() {
    let at = |text: &str| text.parse::<Instant>().expect("a moment");
    let ready = |text| says(text, Question::WhenReady);
    assert_eq!(ready("ready at 14:25"), ClientWord::ReadyAt(at("2026-11-26T14:25:00Z")));
    assert_eq!(ready("2.25"), ClientWord::ReadyAt(at("2026-11-26T14:25:00Z")), "the afternoon is meant");
    assert_eq!(ready("in 10 minutes"), ClientWord::ReadyAt(at("2026-11-26T14:15:00Z")));
    assert_eq!(ready("ready at 09:00"), ClientWord::Unread, "that is long past");
}

// proves: A-06
#[test]
fn wait_or_reschedule_answers_news_of_lateness_and_a_bare_yes_does_not() {
    assert_eq!(means("wait", Some(Question::CanTheyWait)), Meaning::Late(LateAnswer::Wait));
    assert_eq!(means("Reschedule please", Some(Question::CanTheyWait)), Meaning::Late(LateAnswer::Reschedule));
    assert_eq!(says("yes", Question::CanTheyWait), ClientWord::Unread, "wait, or another time?");
}

#[test]
fn without_a_question_only_stop_start_and_help_mean_anything() {
    for text in ["yes", "no", "1", "wait", "reschedule", "10:25", "in 10 minutes", "see you"] {
        assert_eq!(means(text, None), Meaning::Says(ClientWord::Unread), "{text}");
    }
    assert_eq!(means("STOP", None), Meaning::Stop);
    assert_eq!(means("Start", None), Meaning::Start);
    assert_eq!(means("help", None), Meaning::Help);
}

#[test]
fn a_letter_that_proves_nothing_means_nothing_and_stop_by_letter_is_a_persons_to_ask_about() {
    let unread = Meaning::Says(ClientWord::Unread);
    let asked = Some(Question::NewTime);
    for text in ["1", "yes", "no", "STOP", "START", "help"] {
        assert_eq!(means(text, asked).coming_by(Channel::Email, false), unread, "{text}");
        assert_eq!(means(text, asked).coming_by(Channel::Sms, true), means(text, asked), "{text}");
    }
    for text in ["STOP", "unsubscribe", "START"] {
        assert_eq!(means(text, asked).coming_by(Channel::Email, true), unread, "{text}");
        assert_eq!(means(text, asked).coming_by(Channel::InApp, true), unread, "{text}");
    }
    assert_eq!(means("1", asked).coming_by(Channel::Email, true), Meaning::Take(1));
    assert_eq!(means("help", asked).coming_by(Channel::Email, true), Meaning::Help);
}
