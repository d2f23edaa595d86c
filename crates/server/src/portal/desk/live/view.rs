//! What the live page shows: which acts are possible now, the texts as they will read, and what others have sent.

use super::super::people::People;
use super::super::story::Story;
use super::super::words;
use crate::flow::{self, Flow, Who};
use crate::when::When;
use domain::appointment::State;
use domain::attendance::{LateAnswer, TechnicalSide};
use domain::disruption::Disruption;
use domain::id::AppointmentId;
use domain::obligation::ObligationKind;
use domain::person::PersonRef;
use domain::policy::lateness;
use domain::reason::Fault;
use domain::schedule::MeetingKind;
use domain::time::{Instant, Span};
use store::Tx;

/// How long before the start the live card stands on the first page.
const BEFORE: Span = Span::hours(1);
/// How far back the sends of others are of interest.
const RECENT: Span = Span::hours(12);

/// One act that becomes possible at a moment.
#[derive(Debug, Clone, Default)]
pub struct Readiness {
    /// Whether it is possible now.
    pub now: bool,
    /// From when on it will be: "09:20"; empty where it never will.
    pub from: String,
}

/// A choice of a form.
pub type Pair = (&'static str, &'static str);

/// What the case still asks.
#[derive(Debug, Clone)]
pub struct CaseView {
    /// Its page for the office.
    pub href: String,
    /// Whether the outcome is still to be told.
    pub asks_outcome: bool,
    /// Whether whose side it was on is open.
    pub asks_fault: bool,
    /// What was said about that so far.
    pub fault: String,
    /// Whether the therapist may offer a make-up.
    pub asks_make_up: bool,
    /// What was told to the practice.
    pub outcome: String,
}

/// Everything of the page that depends on the moment.
#[derive(Debug, Clone)]
pub struct LiveView {
    /// "12 minutes past the start".
    pub clock: String,
    /// How urgent that is: a tag's kind.
    pub kind: &'static str,
    /// Whether the therapist may say that they are late.
    pub may_be_late: bool,
    /// What was said about lateness, and the answer.
    pub late: Vec<String>,
    /// Whether the two may say that they have connected after it.
    pub may_connect: bool,
    /// Whether it may be said that the therapist missed it.
    pub may_be_missed: bool,
    /// Whether the client is not here yet.
    pub is_waiting: bool,
    /// Asking whether they are coming.
    pub check_in: Readiness,
    /// Stepping away.
    pub step_away: Readiness,
    /// Calling it missed by the client.
    pub no_show: Readiness,
    /// The text that asks.
    pub check_in_text: String,
    /// The text on stepping away.
    pub away_text: String,
    /// The text on lateness; the minutes stand as "10".
    pub late_text: String,
    /// What others have sent to the client, or are writing.
    pub others: Vec<String>,
    /// The case, if there is one.
    pub case: Option<CaseView>,
    /// The choices of whose side it was on.
    pub faults: Vec<Pair>,
    /// The sides of a technical failure.
    pub sides: Vec<Pair>,
    /// The date and time now, for a back-dated arrival.
    pub day: String,
    /// The same.
    pub time: String,
    /// When it ends: "09:50".
    pub end: String,
}

impl LiveView {
    /// Whether there is anything to say or do about this appointment now.
    pub fn is_of_now(&self) -> bool {
        self.may_be_late || self.may_connect || self.may_be_missed || self.is_waiting || self.case.is_some()
    }
}

/// The live view of one appointment, with its story; nothing where its day is not now.
pub fn load(
    tx: &mut Tx<'_>,
    who: &Who,
    when: &When,
    id: AppointmentId,
    me: PersonRef,
    is_therapist: bool,
) -> Flow<Option<(Story, LiveView)>> {
    let story = super::super::story::load(tx, who, when, id)?;
    let about = &story.appointment;
    let soon = about.start - BEFORE <= when.now && when.now < about.end;
    if !soon || !matches!(about.state, State::Booked | State::InProgress) {
        return Ok(None);
    }
    let live = of_story(tx, who, &story, when, me, is_therapist)?;
    Ok(Some((story, live)))
}

/// The same for a story that is loaded already.
pub fn of_story(
    tx: &mut Tx<'_>,
    who: &Who,
    story: &Story,
    when: &When,
    me: PersonRef,
    is_therapist: bool,
) -> Flow<LiveView> {
    let (about, parameters) = (&story.appointment, &story.policy.parameters);
    let (now, expected) = (when.now, about.expected_start());
    let is_booked = about.state == State::Booked && !about.has_begun();
    let has_ended = !matches!(about.state, State::Booked | State::InProgress | State::AwaitingUpdate);
    let soon = now + Span::hours(12) >= about.start;
    let (name, own) = (story.name(), When { zone: story.client.zone.clone(), ..when.clone() });
    let check_in = lateness::check_in_after(parameters, expected);
    let late = about.attendance.late_notice;
    Ok(LiveView {
        clock: clock(about.start, now),
        kind: if is_booked && now > expected { "due" } else { "live" },
        may_be_late: is_booked && soon && now < about.end,
        late: late.map(|late| said(late.minutes, late.answer, &name)).unwrap_or_default(),
        may_connect: late.is_some() && !has_ended && about.attendance.connected.is_none(),
        may_be_missed: !has_ended && now >= about.start && !about.has_begun(),
        is_waiting: is_booked && now >= expected,
        check_in: ready(check_in, check_in.map_or(now >= expected, |at| now > at), when),
        step_away: ready(
            lateness::step_away_from(parameters, expected),
            lateness::step_away_ready(parameters, expected, now) && about.attendance.stepped_away_at.is_none(),
            when,
        ),
        no_show: {
            let from = expected + Span::minutes(parameters.no_show.grace_min.into());
            ready(Some(from), now >= from, when)
        },
        check_in_text: format!(
            "Hi {name} — just checking in. We were scheduled for {}. Are you still able to make it today?",
            own.clock(about.start)
        ),
        away_text: away_text(story, &name),
        late_text: format!(
            "Hi {name} — I’m running behind and expect to be about 10 minutes late today. I’m sorry for the delay. \
             Are you able to wait, or would you prefer to reschedule?"
        ),
        others: others(tx, who, story, when, me)?,
        case: case(tx, story, is_therapist)?,
        faults: faults(is_therapist),
        sides: vec![
            (TechnicalSide::Client.as_str(), "The client’s"),
            (TechnicalSide::Therapist.as_str(), "The therapist’s"),
            (TechnicalSide::Platform.as_str(), "The practice’s or its platform’s"),
        ],
        day: when.date_value(now),
        time: when.time_value(now),
        end: when.clock(about.end),
    })
}

fn clock(start: Instant, now: Instant) -> String {
    if now < start {
        return format!("starts in {}", When::length(start - now));
    }
    match (now - start).as_minutes() {
        0 => "at the start".to_owned(),
        1 => "1 minute past the start".to_owned(),
        n => format!("{n} minutes past the start"),
    }
}

fn ready(from: Option<Instant>, is_ready: bool, when: &When) -> Readiness {
    let from = from.filter(|at| *at > when.now).map(|at| when.clock(at)).unwrap_or_default();
    Readiness { now: is_ready, from }
}

fn said(minutes: u32, answer: Option<LateAnswer>, name: &str) -> Vec<String> {
    let answer = match answer {
        None => format!("Waiting for {name}’s answer."),
        Some(LateAnswer::Wait) => format!("{name} will wait."),
        Some(LateAnswer::Reschedule) => format!("{name} would rather reschedule."),
    };
    vec![format!("About {minutes} minutes late."), answer]
}

fn away_text(story: &Story, name: &str) -> String {
    let place = match story.appointment.kind {
        MeetingKind::InPerson => "office",
        MeetingKind::Video => "screen",
        MeetingKind::Phone => "phone",
    };
    let minutes = story.policy.parameters.late.client_stepaway_min.unwrap_or_default();
    format!(
        "Hi {name} — I’m going to step away from the {place} for now since it’s been {minutes} minutes past our start \
         time. If you’re still able to meet today, please reply and let me know what time you’ll be ready. Otherwise, \
         we can reschedule."
    )
}

/// What others have sent or tried of late, and who is writing just now.
fn others(tx: &mut Tx<'_>, who: &Who, story: &Story, when: &When, me: PersonRef) -> Flow<Vec<String>> {
    let mut people = People::default();
    let mut lines = Vec::new();
    for person in flow::live::others_writing(tx, story.appointment.id, me, when.now)? {
        let name = people.find(tx, person)?.map_or_else(|| "Somebody".to_owned(), |found| found.name.clone());
        lines.push(format!("{name} is writing to {} now.", story.name()));
    }
    for made in store::contact::attempts_of(tx, &who.scope(), story.appointment.client)?.into_iter().rev() {
        let recent = made.appointment == Some(story.appointment.id) && made.at > when.now - RECENT;
        if recent && made.by != me {
            let by = people.signed(tx, &made.by.to_string(), &story.client.name)?;
            let way = words::channel(made.channel);
            lines.push(format!("{}: {by}, {way}, {}.", when.brief(made.at), words::outcome(made.result)));
        }
    }
    // What was taken back or replaced told nobody anything.
    let told = story.messages.iter().filter(|message| message.to_client && message.state.kind != "bare");
    for message in told.filter(|message| message.purpose != "Booking confirmed") {
        let (what, who, state) = (message.purpose, &message.name, message.state.text.to_lowercase());
        lines.push(format!("{}: {what} to {who} by {}: {state}.", message.at, message.channel));
    }
    Ok(lines)
}

fn case(tx: &mut Tx<'_>, story: &Story, is_therapist: bool) -> Flow<Option<CaseView>> {
    let Some(case) = store::disruption::latest_of(tx, story.appointment.id)? else { return Ok(None) };
    let owed = |kind| story.duties.iter().any(|duty| duty.kind == kind && duty.is_owed);
    Ok(Some(CaseView {
        href: format!("/p/cases/{}", case.id),
        asks_outcome: owed(ObligationKind::ConfirmOutcome),
        asks_fault: owed(ObligationKind::AttributeFault),
        fault: fault_words(&case),
        asks_make_up: is_therapist && owed(ObligationKind::ConsiderMakeup),
        outcome: case.outcome.as_deref().unwrap_or_default().replace('_', " "),
    }))
}

fn fault_words(case: &Disruption) -> String {
    let fault: Option<Fault> = case.fault.as_deref().and_then(|fault| fault.parse().ok());
    let known = faults(false).into_iter().find(|(code, _)| fault.is_some_and(|fault| fault.as_str() == *code));
    known.map(|(_, words)| words.to_owned()).unwrap_or_default()
}

fn faults(is_therapist: bool) -> Vec<Pair> {
    vec![
        (Fault::Therapist.as_str(), if is_therapist { "Mine alone" } else { "The therapist’s alone" }),
        (Fault::PracticeAdmin.as_str(), "The practice’s booking"),
        (Fault::PlatformTechnical.as_str(), "Connection or equipment"),
        (Fault::Shared.as_str(), "More than one side’s"),
        (Fault::Client.as_str(), "The client’s"),
        (Fault::ThirdParty.as_str(), "Somebody else’s"),
        (Fault::ForceMajeure.as_str(), "Nobody’s"),
        (Fault::Undetermined.as_str(), "Not sure"),
    ]
}
