//! The queue of appointments that await their update (H-01): clients who need more care first, then the oldest.

use super::gone::{self, GoneView};
use crate::app::App;
use crate::call::Call;
use crate::flow::{Ask, Flow};
use crate::portal::desk::{Desk, People, When, ask, read};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::Due;
use askama::Template;
use domain::appointment::{Appointment, State};
use domain::obligation::ObligationKind;
use domain::person::PersonRef;
use store::Tx;
use store::appointment::Filter;

/// Appointments that the queue shows at most.
const MANY: u32 = 200;

struct RowView {
    id: String,
    client: String,
    therapist: String,
    at: String,
    at_exact: String,
    is_flagged: bool,
    clock: Option<Due>,
}

#[derive(Template)]
#[template(path = "desk/updates.html")]
struct UpdatesPage {
    shell: Shell,
    base: &'static str,
    is_therapist: bool,
    is_saved: bool,
    gone: Option<GoneView>,
    rows: Vec<RowView>,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (asked, when, query) = (ask(&call), When::of(&call), call.raw_query());
    let gone = query.get("gone").to_owned();
    let (gone, rows) = read(&app, move |tx| Ok((gone::of(tx, &asked, &gone)?, rows(tx, &asked, &when)?))).await?;
    let here = format!("{}/updates", D::BASE);
    let page = UpdatesPage {
        shell: Shell::new(&app, &call, "Awaiting updates").at(&here).count(&here, rows.len()),
        base: D::BASE,
        is_therapist: D::is_therapist(),
        is_saved: query.get("saved") == "yes",
        gone,
        rows,
    };
    render(&page)
}

/// What awaits its update in the scope of whoever asks: flagged clients first, for those who may know of it.
pub fn waiting(tx: &mut Tx<'_>, ask: &Ask) -> Flow<Vec<Appointment>> {
    let filter = Filter { states: vec![State::AwaitingUpdate.word()], ..Filter::default() };
    let mut found = store::appointment::list(tx, &ask.who.scope(), &filter, None, MANY)?.items;
    let flagged = store::risk::flagged(tx, &ask.who.scope())?;
    found.sort_by_key(|about| (!flagged.contains(&about.client), about.start));
    Ok(found)
}

fn rows(tx: &mut Tx<'_>, ask: &Ask, when: &When) -> Flow<Vec<RowView>> {
    let flagged = store::risk::flagged(tx, &ask.who.scope())?;
    let mut people = People::default();
    let mut rows = Vec::new();
    for about in waiting(tx, ask)? {
        let duties = store::obligation::of_appointment(tx, about.id)?;
        let duty = duties.into_iter().find(|o| o.kind == ObligationKind::AttendanceUpdate && o.is_owed());
        let client = people.find(tx, PersonRef::Client(about.client))?.map(|person| person.name.clone());
        rows.push(RowView {
            id: about.id.to_string(),
            client: client.unwrap_or_default(),
            therapist: people.therapist(tx, about.therapist)?,
            at: when.short_moment(about.start),
            at_exact: about.start.to_string(),
            is_flagged: flagged.contains(&about.client),
            clock: duty.map(|duty| when.due(duty.due_at)),
        });
    }
    Ok(rows)
}
