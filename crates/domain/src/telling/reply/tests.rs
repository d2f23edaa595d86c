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
    all(Reply::Take(1), &["1", "1.", "1)", "Option 1", "number 1 please", "I'll take 1", "take 1"]);
    all(Reply::Take(3), &["3", "#3"]);
    all(Reply::Unclear, &["0", "10", "1 or 2", "1 2", "the first"]);
}

#[test]
fn a_refusal_beside_a_number_takes_nothing() {
    all(
        Reply::Unclear,
        &["No, 1", "no 1", "No. 1", "no thanks, 1", "not 1", "yes but not 1", "1 no", "1, no", "no, option 1", "n 1"],
    );
    all(Reply::Unclear, &["stop by at 3", "stop 1", "no, 10:25", "no, in 10 minutes", "can't wait", "you wait"]);
}

#[test]
fn whoever_asks_back_has_not_answered() {
    all(
        Reply::Unclear,
        &["1?", "option 1?", "10:25?", "yes?", "wait?", "another time?", "Reschedule? 1", "in 10 min?"],
    );
    all(Reply::Help, &["help?", "Info?"]);
}

#[test]
fn what_stands_below_may_be_a_name_and_takes_nothing_back() {
    all(Reply::Take(1), &["1\n\nNia", "1\n\nKind regards,\n\nNia Okafor\n\nSent from my iPhone"]);
    all(Reply::Unclear, &["1\n\nActually no, I can't", "Yes\n\nbut not before 3", "1\n\nOr would 2 do?"]);
    let letter = format!("Yes\n\n{}", "It has been a hard week and I have been thinking about it a lot. ".repeat(3));
    all(Reply::Unclear, &[&letter]);
}

#[test]
fn the_letter_that_is_quoted_below_is_nobodys_word() {
    let broken = "1\n\nOn Thu, 26 Nov 2026 at 13:55, Alder House <hello@alder.example>\nwrote:\n\n> not before 3?";
    let office = "1\n\nNia\n\n________________________________\nFrom: Alder House\nSent: Thursday\n\nIf not, when?";
    let headed = "1\n\nFrom: Alder House <hello@alder.example>\nSent: Thursday\n\nIf not, when?";
    all(Reply::Take(1), &[broken, office, headed]);
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
    fn no_refusal_is_heard_as_a_yes(
        refusal in proptest::sample::select(vec!["no", "not", "don't", "can't", "but", "n", "nope", "never", "cancel"]),
        word in proptest::sample::select(vec![
            "1", "option 2", "take 3", "yes", "10:25", "at 3pm", "in 10 minutes", "wait", "coming", "start", "reschedule",
        ]),
        between in proptest::sample::select(vec![" ", ", ", ". ", "; ", " - ", " please ", "! ", "\n", "\n\n"]),
        refusal_first: bool,
    ) {
        let text = if refusal_first { format!("{refusal}{between}{word}") } else { format!("{word}{between}{refusal}") };
        // Below the answer *n* may be a name, and so may *never*: only words that take back are looked for there.
        proptest::prop_assume!(!(between == "\n\n" && matches!(refusal, "n" | "never" | "cancel")));
        let read = read(&text);
        proptest::prop_assert_eq!(read, Reply::Unclear, "{:?}", text);
    }

    #[test]
    fn no_text_makes_it_stumble(text in ".{0,200}") {
        let _ = read(&text);
    }
}
