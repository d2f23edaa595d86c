//! Words that clients' pages share.

use domain::appointment::{Appointment, Initiator, State};
use domain::person::Locale;
use domain::schedule::MeetingKind;

/// How they meet, as clients say it.
pub(super) const fn kind_words(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::InPerson => "In person",
        MeetingKind::Video => "Online",
        MeetingKind::Phone => "By phone",
    }
}

/// The drawing beside it.
pub(super) const fn kind_icon(kind: MeetingKind) -> &'static str {
    match kind {
        MeetingKind::InPerson => "map-pin",
        MeetingKind::Video => "video",
        MeetingKind::Phone => "phone",
    }
}

/// A British sentence of ours in the reader's spelling.
pub(super) fn spell(locale: Locale, sentence: &str) -> String {
    match locale {
        Locale::EnGb => sentence.to_owned(),
        Locale::EnUs => sentence.replace("ancelled", "anceled").replace("ancelling", "anceling"),
    }
}

/// What became of a session, in a word or two; nothing while it stands as booked.
pub(super) fn state_words(appointment: &Appointment, locale: Locale) -> Option<String> {
    let words = match &appointment.state {
        State::Requested => "Asked for, not confirmed yet",
        State::Booked | State::InProgress | State::AwaitingUpdate => return None,
        State::Attended => "Went ahead",
        State::Cancelled(how) => match how.initiator {
            Initiator::Client => "Cancelled by you",
            Initiator::Therapist => "Cancelled by your therapist",
            Initiator::Practice => "Cancelled by the practice",
        },
        State::ClientNoShow => "You weren’t able to come",
        State::LateNotSeen => "Too late to be seen",
        State::TherapistNoShow => "Your therapist missed it",
        State::TechnicalFailure => "The connection failed",
        State::EnteredInError => "Booked by mistake",
    };
    Some(spell(locale, words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn americans_read_their_own_spelling() {
        assert_eq!(spell(Locale::EnGb, "Cancelled by you"), "Cancelled by you");
        assert_eq!(spell(Locale::EnUs, "Cancelled by you"), "Canceled by you");
    }
}
