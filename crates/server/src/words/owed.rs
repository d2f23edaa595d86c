//! What is owed, in the words of pages and letters.

use domain::obligation::ObligationKind;

/// A duty from the client's side: "Daniel knows".
pub fn duty(kind: ObligationKind, name: &str) -> String {
    match kind {
        ObligationKind::InformClient => format!("{name} knows"),
        ObligationKind::NotifyPractice => "The practice knows".to_owned(),
        ObligationKind::NextStep => format!("A next step for {name}"),
        ObligationKind::KeepPromise => format!("Contact {name}, as promised"),
        ObligationKind::MarkAttendance => "Attendance is marked".to_owned(),
        ObligationKind::WriteContactNote => "Write the contact note".to_owned(),
        ObligationKind::BookNext => format!("Book what {name} agreed to"),
        ObligationKind::ConfirmOutcome => "Say what came of it".to_owned(),
        ObligationKind::DecideMoney => "Decide about the money".to_owned(),
        ObligationKind::AnswerRequest => format!("Answer what was asked about {name}"),
        ObligationKind::AnswerClient => format!("Read what {name} wrote, and answer"),
        ObligationKind::AttributeFault => "Say whose side it was on".to_owned(),
        ObligationKind::ConsiderMakeup => "Think about a make-up session".to_owned(),
        ObligationKind::UpdateLongAbsence => "Update everyone about the absence".to_owned(),
        ObligationKind::EscalateClinical => "Clinical advice is given".to_owned(),
        ObligationKind::EscalateRisk => "Risk duty has answered".to_owned(),
        ObligationKind::AttendanceUpdate => format!("Update how it went with {name}"),
        ObligationKind::ConfirmPlan => format!("Apologise and agree the plan with {name}"),
        ObligationKind::ReviewRisk => format!("Look at {name}’s risk screening again"),
        ObligationKind::CheckInWithClient => format!("See whether {name} is coming"),
    }
}

/// An open duty as something to do: "Make sure that Daniel knows", "Daniel has no next time yet".
pub fn task(kind: ObligationKind, name: &str) -> String {
    match kind {
        ObligationKind::InformClient => format!("Make sure that {name} knows"),
        ObligationKind::NotifyPractice => "Tell the practice".to_owned(),
        ObligationKind::NextStep => format!("{name} has no next time yet"),
        ObligationKind::MarkAttendance => "Mark the attendance".to_owned(),
        _ => duty(kind, name),
    }
}
