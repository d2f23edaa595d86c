//! One case: does the client know, do they have a next time, is the money right, is it on record (`ux` 1).

use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Flow};
use crate::portal::desk::words;
use crate::portal::desk::{self, Choice, DutyView, LiveView, People, Story, When};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::contact::AttemptResult;
use domain::decide::Live;
use domain::disruption::Disruption;
use domain::id::DisruptionId;
use domain::obligation::ObligationKind;
use domain::person::Channel;
use domain::refusal::Refusal;

/// One of the four answers.
struct AnswerView {
    question: &'static str,
    icon: &'static str,
    kind: &'static str,
    text: String,
}

/// One attempt to reach the client.
struct AttemptView {
    at: String,
    at_exact: String,
    text: String,
    agreed: String,
}

#[derive(Template)]
#[template(path = "practice/case.html")]
struct CasePage {
    shell: Shell,
    base: &'static str,
    here: String,
    story: Story,
    happened: String,
    is_closed: bool,
    opened: String,
    answers: Vec<AnswerView>,
    attempts: Vec<AttemptView>,
    channels: Vec<Choice>,
    results: Vec<Choice>,
    day: String,
    time: String,
    live: LiveView,
    errors: FieldErrors,
    /// Where its forms go.
    acts: String,
}

struct Read {
    live: LiveView,
    case: Disruption,
    story: Story,
    attempts: Vec<AttemptView>,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let (id, when): (DisruptionId, _) = (call.id("id")?, When::of(&call));
    if call.is_opened() {
        note_seen(&app, &call, id).await;
    }
    let (ask, inner, me) = (desk::ask(&call), when.clone(), call.actor.person);
    let found: Result<Read, Problem> = desk::read(&app, move |tx| {
        let case = store::disruption::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("case"))?;
        let story = desk::story_of(tx, &ask.who, &inner, case.appointment)?;
        let attempts = attempts(tx, &ask, &inner, &story)?;
        let live = desk::live_of_story(tx, &ask.who, &story, &inner, me, false)?;
        Ok(Read { live, case, story, attempts })
    })
    .await;
    let Read { live, case, story, attempts } = found?;
    let preferred = story.client.preference.preferred();
    let channels = [Channel::Phone, Channel::Sms, Channel::Email, Channel::InPerson];
    let channel = |way: Channel| Choice::new(way.word(), desk::capital(words::channel(way)), way == preferred);
    let results = AttemptResult::ALL.iter().map(|result| Choice::new(result.as_str(), words::result(*result), false));
    let page = CasePage {
        shell: Shell::new(&app, &call, story.title(&when)).at("/p"),
        base: "/p",
        here: format!("/p/cases/{id}"),
        happened: desk::capital(&words::happened(&case, &story.therapist.person.name)),
        is_closed: case.closed_at.is_some(),
        opened: case.closed_at.map_or_else(
            || format!("open since {}", when.brief(case.opened_at)),
            |at| format!("closed {}", when.brief(at)),
        ),
        answers: answers(&story, &when),
        attempts,
        channels: channels.into_iter().map(channel).collect(),
        results: results.collect(),
        day: when.date_value(when.now),
        time: when.time_value(when.now),
        acts: format!("/p/appointments/{}/live", story.appointment.id),
        story,
        live,
        errors: FieldErrors::default(),
    };
    render(&page)
}

/// Somebody of the office has opened the case, so the practice knows. The page is shown even where this cannot be
/// kept.
async fn note_seen(app: &App, call: &Call<Staff>, id: DisruptionId) {
    let (inner, ask) = (app.clone(), desk::ask(call));
    let kept = app.store.write_async(move |tx: &mut store::Tx<'_>| {
        flow::live::on_case(tx, &inner.tools, &ask, id, Live::SeenByPractice)
    });
    match kept.await {
        Ok(_) | Err(flow::Failed::Nothing { .. } | flow::Failed::Refused(_)) => {}
        Err(fault) => tracing::error!(?fault, case = %id, "that the office opened a case could not be kept"),
    }
}

fn attempts(tx: &mut store::Tx<'_>, ask: &crate::flow::Ask, when: &When, story: &Story) -> Flow<Vec<AttemptView>> {
    let mut people = People::default();
    let made = store::contact::attempts_of(tx, &ask.who.scope(), story.appointment.client)?;
    let mut views = Vec::new();
    for attempt in made.into_iter().rev().filter(|made| made.appointment == Some(story.appointment.id)) {
        let by = people.signed(tx, &attempt.by.to_string(), &story.client.name)?;
        let way = desk::capital(words::channel(attempt.channel));
        views.push(AttemptView {
            at: when.brief(attempt.at),
            at_exact: attempt.at.to_string(),
            text: format!("{way}: {}, {by}", words::outcome(attempt.result)),
            agreed: attempt.agreed.unwrap_or_default(),
        });
    }
    Ok(views)
}

/// Knows, next time, money, record: always the same four words in this order.
fn answers(story: &Story, when: &When) -> Vec<AnswerView> {
    let of = |kinds: &[ObligationKind]| -> Vec<&DutyView> {
        story.duties.iter().filter(|duty| kinds.contains(&duty.kind)).collect()
    };
    let answer = |question, icon, duties: Vec<&DutyView>, otherwise: String| {
        let owed = duties.iter().find(|duty| duty.is_owed);
        let (kind, text) = match (owed, duties.last()) {
            (Some(duty), _) => {
                let clock = duty.clock.as_ref();
                let words = clock.map(|clock| format!("{}, {}", clock.words, clock.left)).unwrap_or_default();
                (
                    clock.map_or("due", |clock| if clock.kind == "calm" { "" } else { clock.kind }),
                    format!("Not yet: {words}"),
                )
            }
            (None, Some(duty)) if !duty.detail.is_empty() => ("done", desk::capital(&duty.detail)),
            (None, Some(_)) => ("done", "Yes".to_owned()),
            (None, None) => ("done", otherwise),
        };
        AnswerView { question, icon, kind, text }
    };
    vec![
        answer("Knows", "user", of(&[ObligationKind::InformClient]), "Yes".to_owned()),
        answer(
            "Next time",
            "calendar",
            of(&[ObligationKind::NextStep, ObligationKind::KeepPromise]),
            "Nothing is owed".to_owned(),
        ),
        answer("Money", "banknote", of(&[ObligationKind::DecideMoney]), story.payment(when)),
        answer(
            "Record",
            "file-text",
            of(&[ObligationKind::WriteContactNote, ObligationKind::MarkAttendance]),
            story.record_number(),
        ),
    ]
}
