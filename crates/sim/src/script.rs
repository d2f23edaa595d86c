//! Set pieces: who does what at which moment, for runs in which a worker is killed at every label in turn.

use domain::time::Span;

/// Something that is done at a set moment, with one client of the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The client books so many hours from then.
    Book(i64),
    /// The client calls it off.
    ClientCancels,
    /// The client moves it.
    ClientMoves,
    /// The therapist calls it off and offers times.
    TherapistOffers,
    /// The therapist calls it off and promises to be in touch.
    TherapistPromises,
    /// The therapist asks for another time.
    TherapistAsks,
    /// The therapist moves it, having asked.
    TherapistMoves,
    /// The practice calls it off.
    PracticeCancels,
    /// The last edit is taken back.
    Undo,
    /// The therapist is late.
    RunsLate,
}

/// A set piece.
#[derive(Debug, Clone)]
pub struct Piece {
    /// What it is called.
    pub name: &'static str,
    /// What is done, and when, counted from the first midnight.
    pub steps: Vec<(Span, Step)>,
    /// Whether every address is dead: nothing arrives by letter or text.
    pub unreachable: bool,
}

/// Every set piece.
pub fn pieces() -> Vec<Piece> {
    let hours = Span::hours;
    let piece = |name, steps: &[(i64, Step)]| Piece {
        name,
        steps: steps.iter().map(|(at, step)| (hours(*at), *step)).collect(),
        unreachable: false,
    };
    let quick = |name, steps: &[(Span, Step)]| Piece { name, steps: steps.to_vec(), unreachable: false };
    vec![
        piece("a client books", &[(10, Step::Book(26))]),
        piece("a client books and calls it off", &[(10, Step::Book(50)), (12, Step::ClientCancels)]),
        piece(
            "a client books and moves it twice",
            &[(10, Step::Book(50)), (12, Step::ClientMoves), (13, Step::ClientMoves)],
        ),
        quick(
            "a booking and two moves within a second",
            &[
                (hours(10), Step::Book(50)),
                (Span::micros(hours(10).as_micros() + 400_000), Step::ClientMoves),
                (Span::micros(hours(10).as_micros() + 800_000), Step::ClientMoves),
            ],
        ),
        piece(
            "a therapist calls it off and the client takes a time",
            &[(10, Step::Book(30)), (12, Step::TherapistOffers)],
        ),
        piece("a therapist calls it off an hour before", &[(10, Step::Book(3)), (12, Step::TherapistPromises)]),
        quick(
            "a therapist calls it off and takes that back",
            &[(hours(10), Step::Book(30)), (hours(12), Step::TherapistPromises), (Span::minutes(721), Step::Undo)],
        ),
        piece("a therapist asks for another time", &[(10, Step::Book(48)), (12, Step::TherapistAsks)]),
        piece("a therapist moves it", &[(10, Step::Book(48)), (12, Step::TherapistMoves)]),
        piece("the practice calls it off", &[(10, Step::Book(30)), (13, Step::PracticeCancels)]),
        quick("a therapist runs late", &[(hours(10), Step::Book(3)), (Span::minutes(770), Step::RunsLate)]),
        Piece {
            unreachable: true,
            ..piece("nobody can be reached", &[(10, Step::Book(30)), (12, Step::TherapistPromises)])
        },
    ]
}
