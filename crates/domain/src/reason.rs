//! Why an appointment was called off: our own list, and how each reason reads in the standards (`Reason::fhir`,
//! `Reason::attendance_code`), in a therapist's form and in a client's form.

use crate::policy::choices::words;

words! {
    /// Who called it off, or asked for the move. Not who typed it.
    Initiator {
        /// The client, or somebody on the client's behalf.
        Client = "client",
        /// The therapist.
        Therapist = "therapist",
        /// The practice.
        Practice = "practice",
    }
}
words! {
    /// Whose doing it was.
    Fault {
        /// The therapist's alone.
        Therapist = "therapist",
        /// The administration's.
        PracticeAdmin = "practice_admin",
        /// The client's.
        Client = "client",
        /// The platform's or the connection's.
        PlatformTechnical = "platform_technical",
        /// Somebody else's.
        ThirdParty = "third_party",
        /// Nobody's.
        ForceMajeure = "force_majeure",
        /// More than one side's.
        Shared = "shared",
        /// Not settled yet.
        Undetermined = "undetermined",
    }
}
words! {
    /// How a reason counts in a therapist's record.
    Treatment {
        /// It counts.
        Counted = "counted",
        /// It counts, and the practice may excuse it.
        CountedExcusable = "counted_excusable",
        /// It counts at short notice only.
        CountedIfShortNotice = "counted_if_short_notice",
        /// It is excused, unless the practice decides otherwise.
        ExcusedByDefault = "excused_by_default",
        /// It does not count.
        NotCounted = "not_counted",
    }
}
words! {
    /// A reason. The codes are fixed; a practice chooses which of them may be given.
    Reason {
        /// The therapist is ill.
        TherapistIllness = "therapist_illness",
        /// Something personal cannot wait.
        TherapistPersonalEmergency = "therapist_personal_emergency",
        /// Other personal circumstances (V-02).
        TherapistPersonalCircumstances = "therapist_personal_circumstances",
        /// Somebody died.
        TherapistBereavement = "therapist_bereavement",
        /// The therapist is in hospital.
        TherapistHospitalised = "therapist_hospitalised" | "hospitalised",
        /// Leave that was planned.
        TherapistPlannedLeave = "therapist_planned_leave",
        /// Training or a meeting.
        TherapistTrainingMeeting = "therapist_training_meeting",
        /// The hours were wrong.
        TherapistAvailabilityError = "therapist_availability_error",
        /// Two appointments at one time.
        TherapistDoubleBooked = "therapist_double_booked" | "double_booked",
        /// Anything else on the therapist's side.
        TherapistOther = "therapist_other",
        /// Somebody else can help this client better (H-15).
        NotBestFitReferral = "not_best_fit_referral",
        /// The working relationship has ended (H-14).
        RelationshipEnded = "relationship_ended",
        /// No room, or the practice is closed.
        PracticeRoomOrClosure = "practice_room_or_closure",
        /// A mistake in the practice's administration.
        PracticeAdminError = "practice_admin_error",
        /// The platform or the connection failed.
        PlatformOrConnectionFailure = "platform_or_connection_failure",
        /// The weather.
        Weather = "weather",
        /// No interpreter.
        InterpreterUnavailable = "interpreter_unavailable",
        /// The client is ill.
        ClientIllness = "client_illness",
        /// Family or caring.
        ClientFamilyOrCaring = "client_family_or_caring",
        /// Work or another plan.
        ClientWorkOrSchedule = "client_work_or_schedule",
        /// No way to get there.
        ClientTransport = "client_transport",
        /// The client feels better.
        ClientFeelingBetter = "client_feeling_better",
        /// Money.
        ClientFinancial = "client_financial",
        /// The client is unhappy, or has changed therapist.
        ClientChangedTherapistOrUnhappy = "client_changed_therapist_or_unhappy",
        /// The client moved away.
        ClientMoved = "client_moved",
        /// The payer no longer covers the client.
        ClientCoverageEnded = "client_coverage_ended" | "coverage_ended",
        /// The client has died.
        ClientDeceased = "client_deceased" | "deceased",
        /// The client took a time from the waiting list instead.
        ClientMovedToWaitlistSlot = "client_moved_to_waitlist_slot",
        /// The client answered a reminder.
        ClientViaReminder = "client_via_reminder" | "via_reminder",
        /// The client used the portal and gave no reason.
        ClientViaPortal = "client_via_portal" | "via_portal",
        /// The client gave no reason.
        NoReasonGiven = "no_reason_given",
        /// It should never have been booked.
        EnteredInError = "entered_in_error",
    }
}

const CLIENT: &[Initiator] = &[Initiator::Client];
const THERAPIST: &[Initiator] = &[Initiator::Therapist];
const PRACTICE: &[Initiator] = &[Initiator::Practice];
const STAFF: &[Initiator] = &[Initiator::Therapist, Initiator::Practice];
const ANYBODY: &[Initiator] = Initiator::ALL;

impl Reason {
    /// Whose forms offer it.
    pub const fn initiators(self) -> &'static [Initiator] {
        match self {
            Self::TherapistIllness
            | Self::TherapistPersonalEmergency
            | Self::TherapistPersonalCircumstances
            | Self::TherapistBereavement
            | Self::TherapistHospitalised
            | Self::TherapistPlannedLeave
            | Self::TherapistTrainingMeeting
            | Self::TherapistAvailabilityError
            | Self::TherapistDoubleBooked
            | Self::TherapistOther
            | Self::NotBestFitReferral => THERAPIST,
            Self::PracticeRoomOrClosure | Self::PracticeAdminError => PRACTICE,
            Self::EnteredInError => STAFF,
            Self::RelationshipEnded
            | Self::PlatformOrConnectionFailure
            | Self::Weather
            | Self::InterpreterUnavailable => ANYBODY,
            _ => CLIENT,
        }
    }

    /// Whether it may be recorded for this initiator. A practice may also name its therapist's reason, and staff who
    /// enter a client's cancellation name the client's.
    pub fn fits(self, initiator: Initiator) -> bool {
        let own = self.initiators();
        own.contains(&initiator) || (initiator == Initiator::Practice && own.contains(&Initiator::Therapist))
    }

    /// The reasons that a form for this initiator offers, in the order of the list.
    pub fn offered_to(initiator: Initiator) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |reason| reason.initiators().contains(&initiator))
    }

    /// The code in `http://terminology.hl7.org/CodeSystem/appointment-cancellation-reason`.
    pub const fn fhir(self, initiator: Initiator) -> &'static str {
        match self {
            Self::TherapistHospitalised => "prov-hosp",
            Self::TherapistTrainingMeeting => "prov-edu",
            Self::TherapistAvailabilityError | Self::TherapistDoubleBooked | Self::PracticeAdminError => "oth-oerr",
            Self::NotBestFitReferral => "prov-dch",
            Self::RelationshipEnded => match initiator {
                Initiator::Client => "pat",
                _ => "prov-dch",
            },
            Self::PracticeRoomOrClosure => "oth-room",
            Self::PlatformOrConnectionFailure => "maint",
            Self::Weather => "oth-weath",
            Self::InterpreterUnavailable => "oth-int",
            Self::ClientIllness | Self::ClientFamilyOrCaring | Self::ClientWorkOrSchedule => "pat",
            Self::ClientTransport => "pat-lt",
            Self::ClientFeelingBetter => "pat-fb",
            Self::ClientFinancial => "oth-fin",
            Self::ClientChangedTherapistOrUnhappy => "pat-ucp",
            Self::ClientMoved => "pat-mv",
            Self::ClientCoverageEnded => "pat-mt",
            Self::ClientDeceased => "pat-dec",
            Self::ClientMovedToWaitlistSlot => "pat-swl",
            Self::ClientViaReminder => "pat-crs",
            Self::ClientViaPortal => "pat-cpp",
            Self::NoReasonGiven => "other",
            Self::EnteredInError => "oth-err",
            _ => "prov-pers",
        }
    }

    /// The reason that a FHIR code stands for when an appointment is cancelled through FHIR by this initiator.
    pub fn from_fhir(code: &str, initiator: Initiator) -> Option<Self> {
        let plain = match (code, initiator) {
            ("prov" | "prov-pers", _) => Some(Self::TherapistPersonalCircumstances),
            ("pat", _) => Some(Self::ClientWorkOrSchedule),
            ("other", Initiator::Client) => Some(Self::NoReasonGiven),
            ("other", _) => Some(Self::TherapistOther),
            ("oth-oerr", Initiator::Practice) => Some(Self::PracticeAdminError),
            _ => None,
        };
        plain.or_else(|| Self::ALL.iter().copied().find(|reason| reason.fhir(initiator) == code))
    }

    /// The NHS ATTENDED OR DID NOT ATTEND CODE: `2` cancelled by or for the client, `4` by the practice's side;
    /// none for a record that should never have been.
    pub const fn attendance_code(self, initiator: Initiator) -> Option<&'static str> {
        match (self, initiator) {
            (Self::EnteredInError, _) => None,
            (_, Initiator::Client) => Some("2"),
            (_, Initiator::Therapist | Initiator::Practice) => Some("4"),
        }
    }

    /// Whether the client is sent a link to choose a new time, unless the practice decides otherwise (G-11).
    pub const fn sends_link(self) -> bool {
        !matches!(
            self,
            Self::NotBestFitReferral
                | Self::RelationshipEnded
                | Self::ClientFinancial
                | Self::ClientChangedTherapistOrUnhappy
                | Self::ClientMoved
                | Self::ClientCoverageEnded
                | Self::ClientDeceased
                | Self::ClientMovedToWaitlistSlot
                | Self::EnteredInError
        )
    }

    /// How it counts in the therapist's record, unless the practice decides otherwise.
    pub const fn treatment(self) -> Treatment {
        match self {
            Self::TherapistIllness | Self::TherapistPersonalEmergency => Treatment::CountedExcusable,
            Self::TherapistBereavement | Self::TherapistHospitalised => Treatment::ExcusedByDefault,
            Self::TherapistPlannedLeave => Treatment::CountedIfShortNotice,
            Self::TherapistTrainingMeeting
            | Self::TherapistAvailabilityError
            | Self::TherapistDoubleBooked
            | Self::TherapistPersonalCircumstances
            | Self::TherapistOther => Treatment::Counted,
            _ => Treatment::NotCounted,
        }
    }

    /// As the person who gives it says it: a therapist's form reads "I'm ill", a client's or the practice's "Ill".
    pub const fn words(self) -> &'static str {
        match self {
            Self::TherapistIllness => "I'm ill",
            Self::TherapistPersonalEmergency => "I have a personal emergency",
            Self::TherapistPersonalCircumstances => "Other personal circumstances",
            Self::TherapistBereavement => "I've been bereaved",
            Self::TherapistHospitalised => "I'm in hospital",
            Self::TherapistPlannedLeave => "I'm on leave",
            Self::TherapistTrainingMeeting => "I have training or a meeting",
            Self::TherapistAvailabilityError => "My hours were wrong",
            Self::TherapistDoubleBooked => "I had two appointments at that time",
            Self::TherapistOther => "Something else",
            Self::NotBestFitReferral => "Someone else can help this client better",
            Self::RelationshipEnded => "We've finished working together",
            Self::PracticeRoomOrClosure => "No room, or we're closed",
            Self::PracticeAdminError => "Our mistake in the office",
            Self::PlatformOrConnectionFailure => "The connection failed",
            Self::Weather => "The weather",
            Self::InterpreterUnavailable => "No interpreter",
            Self::ClientIllness => "Ill",
            Self::ClientFamilyOrCaring => "Family or caring",
            Self::ClientWorkOrSchedule => "Work or another plan",
            Self::ClientTransport => "No way to get there",
            Self::ClientFeelingBetter => "Feeling better",
            Self::ClientFinancial => "Money",
            Self::ClientChangedTherapistOrUnhappy => "Not happy, or seeing someone else",
            Self::ClientMoved => "Moved away",
            Self::ClientCoverageEnded => "No longer covered",
            Self::ClientDeceased => "The client has died",
            Self::ClientMovedToWaitlistSlot => "Took another time from the waiting list",
            Self::ClientViaReminder => "Answered a reminder",
            Self::ClientViaPortal => "Cancelled online",
            Self::NoReasonGiven => "Rather not say",
            Self::EnteredInError => "Booked by mistake",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: V-02, G-07, E-13
    #[test]
    fn a_therapist_finds_illness_and_personal_circumstances_and_each_reason_in_plain_words() {
        let offered: Vec<_> = Reason::offered_to(Initiator::Therapist).collect();
        for reason in [
            Reason::TherapistIllness,
            Reason::TherapistPersonalCircumstances,
            Reason::TherapistPersonalEmergency,
            Reason::PlatformOrConnectionFailure,
        ] {
            assert!(offered.contains(&reason), "{reason}");
        }
        assert_eq!(Reason::TherapistIllness.words(), "I'm ill");
        assert_eq!(Reason::ClientIllness.words(), "Ill");
    }

    // proves: G-11
    #[test]
    fn whether_a_link_goes_depends_on_the_reason() {
        assert!(Reason::TherapistIllness.sends_link());
        assert!(!Reason::NotBestFitReferral.sends_link());
        assert!(!Reason::ClientDeceased.sends_link());
    }

    // proves: V-14
    #[test]
    fn every_reason_has_codes_of_the_standards_for_whoever_may_give_it() {
        for reason in Reason::ALL {
            for initiator in reason.initiators() {
                let code = reason.fhir(*initiator);
                assert!(Reason::from_fhir(code, *initiator).is_some(), "{reason}");
                let attendance = reason.attendance_code(*initiator);
                assert_eq!(attendance.is_none(), *reason == Reason::EnteredInError, "{reason}");
            }
        }
        assert_eq!(Reason::Weather.attendance_code(Initiator::Client), Some("2"));
        assert_eq!(Reason::Weather.attendance_code(Initiator::Practice), Some("4"));
        assert_eq!(Reason::RelationshipEnded.fhir(Initiator::Client), "pat");
        assert_eq!(Reason::RelationshipEnded.fhir(Initiator::Therapist), "prov-dch");
    }

    // proves: E-08
    #[test]
    fn therapist_reasons_count_as_the_list_says() {
        let table = [
            (Reason::TherapistIllness, Treatment::CountedExcusable),
            (Reason::TherapistPersonalEmergency, Treatment::CountedExcusable),
            (Reason::TherapistBereavement, Treatment::ExcusedByDefault),
            (Reason::TherapistHospitalised, Treatment::ExcusedByDefault),
            (Reason::TherapistPlannedLeave, Treatment::CountedIfShortNotice),
            (Reason::TherapistTrainingMeeting, Treatment::Counted),
            (Reason::TherapistDoubleBooked, Treatment::Counted),
            (Reason::TherapistOther, Treatment::Counted),
            (Reason::NotBestFitReferral, Treatment::NotCounted),
            (Reason::PracticeRoomOrClosure, Treatment::NotCounted),
            (Reason::ClientIllness, Treatment::NotCounted),
        ];
        for (reason, treatment) in table {
            assert_eq!(reason.treatment(), treatment, "{reason}");
        }
    }

    #[test]
    fn a_code_reads_back_and_short_forms_are_understood() {
        for reason in Reason::ALL {
            assert_eq!(reason.as_str().parse(), Ok(*reason));
        }
        assert_eq!("double_booked".parse(), Ok(Reason::TherapistDoubleBooked));
        assert!("because".parse::<Reason>().is_err());
    }
}
