use super::*;

fn at(hour: i8, minute: i8, or_afternoon: bool) -> Reply {
    Reply::ReadyAt(Clock { time: Time::constant(hour, minute, 0, 0), or_afternoon })
}

fn all(expected: Reply, texts: &[&str]) {
    for text in texts {
        assert_eq!(read(text), expected, "{text:?}");
    }
}

#[test]
fn stop_and_start_are_understood_however_they_are_typed() {
    all(Reply::Stop, &["STOP", "Stop.", " stop ", "Please stop", "stop all", "UNSUBSCRIBE", "STOP!!"]);
    all(Reply::Start, &["START", "start", "Unstop"]);
    all(Reply::Help, &["HELP", "info", "Help?"]);
}

#[test]
fn words_that_could_mean_the_appointment_do_not_stop_the_texts() {
    all(Reply::Unclear, &["cancel", "CANCEL", "end", "quit", "stop it hurts", "don't stop"]);
}

// proves: A-06
#[test]
fn a_client_waits_or_would_rather_reschedule() {
    all(Reply::Wait, &["wait", "Wait", "I’ll wait", "I can wait.", "Happy to wait, thanks!"]);
    all(Reply::Reschedule, &["reschedule", "Reschedule please", "I'd prefer to reschedule.", "another time"]);
}

// proves: A-15
#[test]
fn a_client_says_when_they_are_ready() {
    all(at(10, 25, true), &["10:25", "ready at 10:25", "Ready at 10.25.", "I’ll be ready at 10:25", "at 10:25 please"]);
    all(at(14, 30, false), &["14:30", "2:30pm", "2.30 PM", "Ready at 2:30 pm"]);
    all(at(15, 0, false), &["ready at 3pm", "at 3 pm"]);
    all(at(0, 5, false), &["12:05am", "00:05"]);
    all(at(12, 5, false), &["12:05", "12:05pm"]);
    all(at(9, 5, false), &["09:05", "9:05am"]);
}

#[test]
fn a_number_alone_is_no_time_of_day() {
    all(Reply::Unclear, &["25:00", "10:60", "3pm", "13pm", "at 13pm", "10:5", "10:2525", "0", "12", "+1", "-1", "1.5"]);
}

// proves: A-13
#[test]
fn yes_may_say_in_how_many_minutes() {
    all(Reply::Yes(None), &["yes", "Y", "Yes please", "yep!", "Yeah", "Yes, thank you", "on my way"]);
    all(
        Reply::Yes(Some(10)),
        &["yes 10 minutes", "Yes, in 10", "10 min", "in 10 mins", "be there in 10 minutes", "running 10 minutes late"],
    );
    all(Reply::No, &["no", "No.", "nope", "No thanks", "no thank you", "I can’t"]);
    all(Reply::Unclear, &["yes in 500 minutes", "yes but not today", "no idea", "not sure", "maybe"]);
}

#[test]
fn a_number_takes_an_offered_time() {
    all(Reply::Take(1), &["1", "1.", "1)", "Option 1", "number 1 please", "I'll take 1", "take 1", "no 1"]);
    all(Reply::Take(3), &["3", "#3"]);
    all(Reply::Unclear, &["0", "10", "1 or 2", "1 2", "the first"]);
}

#[test]
fn what_a_letter_quotes_is_not_the_reply() {
    let letter = "Wait\n\nBest\nNia\n\nOn 9 March 2026 at 10:01, Alder House wrote:\n> Are you able to wait, or would you\n> prefer to reschedule?";
    assert_eq!(read(letter), Reply::Wait);
    assert_eq!(read("> STOP\n> wait"), Reply::Unclear);
    assert_eq!(read("\n\n  yes\r\n"), Reply::Yes(None));
}

#[test]
fn anything_longer_goes_to_a_person() {
    all(
        Reply::Unclear,
        &[
            "",
            "   ",
            "I can't wait to see you",
            "I do not feel safe",
            "Can you ring me?",
            "yes I would love to come but my mother is in hospital and I do not know how to get to you today at all",
            "ok",
            "👍",
        ],
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_stumble(text in ".{0,200}") {
        let _ = read(&text);
    }
}
