//! The frame of the forms that change one appointment: shown with what the change would do, looked at again whenever
//! something in the form changes, then done; where it is refused everything that was typed stays.

use super::effects::Panel;
use super::story::{self, Story};
use super::{Desk, ask, changed, next_step, read, refused, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::{FieldErrors, Problem};
use crate::flow::{self, Ask, Failed, Flow, Tools};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::id::AppointmentId;
use store::{Done, Tx};

/// One of these forms.
pub(super) trait Form: Sized + Send + 'static {
    /// What the form wishes for.
    type Wish: Clone + Send + 'static;

    /// The last part of its address.
    const PATH: &'static str;
    /// Where it leads once it is done, behind the appointment's own address.
    const DONE: &'static str;
    /// What the panel says while too little is chosen; the first thing that is wrong where this says nothing.
    const UNCHOSEN: &'static str = "";

    /// The title of the page.
    fn title(story: &Story, when: &When) -> String;

    /// Whether the appointment still allows it; its own page follows where it does not.
    fn is_open(story: &Story, when: &When) -> bool {
        story.is_pending(when)
    }

    /// Whether the address may fill the form in.
    fn heeds_query() -> bool {
        false
    }

    /// What the page shows of it, and the form with what is proposed filled in.
    fn read<D: Desk>(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, at: (&Story, &When), raw: Raw) -> Flow<(Self, Raw)>;

    /// The form as a wish; what only a form can get wrong is said here, all else the flow refuses.
    fn wish<D: Desk>(raw: &Raw, when: &When, errors: &mut FieldErrors) -> Option<Self::Wish>;

    /// The wish as far as its consequences can be shown, and whether those for the record are known.
    fn draft<D: Desk>(wish: Self::Wish, _: &Story) -> Option<(Self::Wish, bool)> {
        Some((wish, true))
    }

    /// What it would do.
    fn preview(tx: &mut Tx<'_>, tools: &Tools, ask: &Ask, id: AppointmentId, wish: Self::Wish) -> Flow<flow::Answer>;

    /// Does it; `seen` is the revision that the person was looking at.
    fn act(
        tx: &mut Tx<'_>,
        tools: &Tools,
        ask: &Ask,
        id: AppointmentId,
        wish: Self::Wish,
        seen: Option<u32>,
    ) -> Flow<Done<flow::Answer>>;

    /// The page.
    fn page<D: Desk>(self, frame: Frame) -> impl Template;
}

/// What every such page has.
pub(super) struct Frame {
    pub shell: Shell,
    pub base: &'static str,
    pub errors: FieldErrors,
    pub story: Story,
    pub when: When,
    /// Where the form goes.
    pub action: String,
    /// The revision that is shown.
    pub seen: u32,
    pub raw: Raw,
    pub panel: Panel,
}

/// The page has what the frame has.
macro_rules! framed {
    ($page:ty) => {
        impl std::ops::Deref for $page {
            type Target = crate::portal::desk::frame::Frame;

            fn deref(&self) -> &Self::Target {
                &self.frame
            }
        }
    };
}
pub(super) use framed;

#[derive(Template)]
#[template(path = "desk/panel.html")]
struct PanelFragment {
    panel: Panel,
}

/// GET: a fresh form.
pub(super) async fn page<D: Desk, F: Form>(app: App, call: Call<D>) -> Answer {
    let raw = if F::heeds_query() { call.raw_query() } else { Raw::default() };
    show::<D, F>(&app, &call, raw, FieldErrors::default(), StatusCode::OK).await
}

/// POST of the whole form, to look: nothing is saved.
pub(super) async fn preview<D: Desk, F: Form>(app: App, call: Call<D>) -> Answer {
    let raw = call.raw().clone();
    if !call.is_fragment() {
        return show::<D, F>(&app, &call, raw, FieldErrors::default(), StatusCode::OK).await;
    }
    let (_, _, _, panel) = read_form::<D, F>(&app, &call, raw).await?;
    page_with(StatusCode::OK, &PanelFragment { panel })
}

/// POST: does it.
pub(super) async fn act<D: Desk, F: Form>(app: App, call: Call<D>) -> Answer {
    let (id, when, raw): (AppointmentId, _, _) = (call.id("id")?, When::of(&call), call.raw().clone());
    let mut errors = FieldErrors::default();
    let Some(wish) = F::wish::<D>(&raw, &when, &mut errors).filter(|_| errors.is_empty()) else {
        return show::<D, F>(&app, &call, raw, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let seen = raw.get("seen").parse().ok();
    match write(&app, &call, move |tx, app, ask| F::act(tx, &app.tools, ask, id, wish.clone(), seen)).await {
        Ok(_) => Ok(redirect(&format!("{}/appointments/{id}{}", D::BASE, F::DONE))),
        Err(failed) if changed::is_overtaken(&failed) => changed::page(&app, &call, id, failed).await,
        Err(failed) => {
            let refusal = refused(failed)?;
            show::<D, F>(&app, &call, raw, next_step::to_fields(refusal.errors), refusal.status).await
        }
    }
}

async fn show<D: Desk, F: Form>(
    app: &App,
    call: &Call<D>,
    raw: Raw,
    errors: FieldErrors,
    status: StatusCode,
) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (story, form, raw, panel) = read_form::<D, F>(app, call, raw).await?;
    if !F::is_open(&story, &when) {
        return Ok(redirect(&format!("{}/appointments/{id}", D::BASE)));
    }
    let frame = Frame {
        shell: Shell::new(app, call, F::title(&story, &when)).at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: format!("{}/appointments/{id}/{}", D::BASE, F::PATH),
        seen: raw.get("seen").parse().unwrap_or(story.appointment.revision),
        raw,
        panel,
        story,
        when,
    };
    page_with(status, &form.page::<D>(frame))
}

async fn read_form<D: Desk, F: Form>(app: &App, call: &Call<D>, raw: Raw) -> Result<(Story, F, Raw, Panel), Problem> {
    let (id, ask, when, tools): (AppointmentId, _, _, _) =
        (call.id("id")?, ask(call), When::of(call), app.tools.clone());
    let reader = call.actor.person;
    read(app, move |tx| {
        let story = story::load(tx, &ask.who, &when, id)?;
        let (form, raw) = F::read::<D>(tx, &tools, &ask, (&story, &when), raw.clone())?;
        let mut errors = FieldErrors::default();
        let wish = F::wish::<D>(&raw, &when, &mut errors).filter(|_| errors.is_empty());
        let panel = match wish.and_then(|wish| F::draft::<D>(wish, &story)) {
            None => {
                let first = errors.0.first().map(|error| error.message.clone()).unwrap_or_default();
                Panel::refused(if F::UNCHOSEN.is_empty() { first } else { F::UNCHOSEN.to_owned() })
            }
            Some((wish, with_record)) => match F::preview(tx, &tools, &ask, id, wish) {
                Ok(answer) => Panel::of(&answer, &story, &when, reader, with_record),
                Err(Failed::Refused(refusal)) => Panel::refused(refusal.detail),
                Err(other) => return Err(other),
            },
        };
        Ok((story, form, raw, panel))
    })
    .await
}
