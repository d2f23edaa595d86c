//! The files of a guide: put beside it and taken away, on the page where the guide is changed.

use super::{edit, save};
use crate::actor::Staff;
use crate::app::App;
use crate::body::multipart::Upload;
use crate::call::Call;
use crate::error::{FieldError, FieldErrors};
use crate::flow::{Failed, guide};
use crate::portal::{desk, redirect};
use crate::routes::Answer;
use axum::http::StatusCode;
use domain::guidance::{ATTACHMENT_MAX, FileKind};
use domain::id::{AttachmentId, GuideId};
use store::Done;

/// Bytes of the form at most: files that are too large are told so on the page, unless they are far too large.
pub(super) const FORM_MAX: usize = 16 * ATTACHMENT_MAX;

/// What a file may be, in words.
pub(super) fn limits() -> String {
    format!("A PDF, a PNG or JPEG picture, or plain text. At most {} KB.", ATTACHMENT_MAX / 1024)
}

/// POST: puts a file beside the guide.
pub(super) async fn attach(app: App, call: Call<Staff>) -> Answer {
    let id: GuideId = call.id("id")?;
    let Some(sent) = call.uploads().iter().find(|one| one.field == "file" && !one.name.is_empty()).cloned() else {
        return refuse(&app, &call, "Choose a file first.").await;
    };
    let Ok(kind) = kind_of(&sent) else {
        return refuse(&app, &call, &format!("{} is of another kind. {}", sent.name, limits())).await;
    };
    let done = save(&app, &call, move |tx, app, ask, ids| {
        let file = (sent.name.clone(), kind, sent.bytes.clone());
        let done = guide::attach(tx, &app.tools, ask, ids, id, file)?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    answer(&app, &call, done, "added").await
}

/// POST: takes one away.
pub(super) async fn detach(app: App, call: Call<Staff>) -> Answer {
    let (id, file): (GuideId, AttachmentId) = (call.id("id")?, call.id("file")?);
    let done = save(&app, &call, move |tx, app, ask, _| {
        let done = guide::detach(tx, &app.tools, ask, id, file)?;
        Ok(Done { answer: (), audit: done.audit, more: done.more })
    })
    .await;
    answer(&app, &call, done, "removed").await
}

async fn answer(app: &App, call: &Call<Staff>, done: Result<(), Failed>, word: &str) -> Answer {
    match done {
        Ok(()) => Ok(redirect(&format!("/p/guides/{}/edit?done={word}#files", call.param("id")))),
        Err(failed) => {
            let refused = desk::refused(failed)?;
            let at_control = |error| FieldError { field: "file".to_owned(), ..error };
            let errors = FieldErrors(refused.errors.0.into_iter().map(at_control).collect());
            edit::show(app, call, None, errors, refused.status).await
        }
    }
}

async fn refuse(app: &App, call: &Call<Staff>, message: &str) -> Answer {
    let mut errors = FieldErrors::default();
    errors.push("file", message);
    edit::show(app, call, None, errors, StatusCode::UNPROCESSABLE_ENTITY).await
}

/// What the browser says, without parameters.
fn kind_of(sent: &Upload) -> Result<FileKind, ()> {
    sent.content_type.split(';').next().unwrap_or("").trim().parse().map_err(|_| ())
}
