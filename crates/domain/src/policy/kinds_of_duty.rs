//! The kinds of duty, and who has them.

use super::choices::words;

words! {
    /// What somebody owes (`Obligation`). One kind, `next_step`, stands for an offer, a link and a promise alike.
    ObligationKind {
        /// Reach the client.
        InformClient = "inform_client",
        /// Tell the practice.
        NotifyPractice = "notify_practice",
        /// Give the client a way on (V-07, V-08, G-08, E-02).
        NextStep = "next_step",
        /// Be in touch by the moment that was promised.
        KeepPromise = "keep_promise",
        /// Mark the attendance record (V-14).
        MarkAttendance = "mark_attendance",
        /// Write when and how the client was informed and what was agreed (V-12, V-15).
        WriteContactNote = "write_contact_note",
        /// Book what was agreed (V-16).
        BookNext = "book_next",
        /// Tell the practice how it ended.
        ConfirmOutcome = "confirm_outcome",
        /// Decide on charge, waiver, refund or carry-over.
        DecideMoney = "decide_money",
        /// Answer what somebody asked for: a time (T2), or a change after the start (E-06).
        AnswerRequest = "answer_request",
        /// Read what the client wrote back, and answer them.
        AnswerClient = "answer_client",
        /// Say whose doing it was.
        AttributeFault = "attribute_fault",
        /// Think about a make-up appointment.
        ConsiderMakeup = "consider_makeup",
        /// Keep everybody informed of an absence that lasts (V-09).
        UpdateLongAbsence = "update_long_absence",
        /// A named person of the clinical team answers (V-18).
        EscalateClinical = "escalate_clinical",
        /// A named person of the risk team answers (V-19).
        EscalateRisk = "escalate_risk",
        /// Complete the attendance update (H-01).
        AttendanceUpdate = "attendance_update",
        /// Apologise and agree the plan once connected.
        ConfirmPlan = "confirm_plan",
        /// See whether a late client is coming.
        CheckInWithClient = "check_in_with_client",
        /// Look at a client's risk screening again. The therapist's and the clinical team's alone (V-20).
        ReviewRisk = "review_risk",
    }
}
words! {
    /// Whose duty it is.
    OwnerRole {
        /// The appointment's therapist.
        Therapist = "therapist",
        /// An admin of the practice.
        Admin = "admin",
        /// Support.
        Support = "support",
        /// The clinical lead.
        ClinicalLead = "clinical_lead",
        /// Whoever is on duty for risk.
        RiskDuty = "risk_duty",
        /// The owner of the practice.
        Owner = "owner",
    }
}
