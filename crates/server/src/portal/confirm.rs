//! Behind the link that went to a new address: a button, so that a mail scanner that looks confirms nothing.

use super::{Shell, page_with};
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::{self, Ask, Failed, Who};
use crate::rate::RateClass;
use crate::routes::{Answer, Route, get, post};
use askama::Template;
use axum::http::StatusCode;
use domain::id::AddressChangeId;

/// The routes of this page.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Public>("/confirm/{word}", page)
            .about("client")
            .rate(RateClass::SignIn)
            .says("The button behind the link that went to a new address; looking does not use it up"),
        post::<Public>("/confirm/{word}", confirm)
            .about("client")
            .rate(RateClass::SignIn)
            .audits("address_changed")
            .says("Shows the new address to be the client's"),
    ]
}

#[derive(Template)]
#[template(path = "client/confirm_address.html")]
struct ConfirmPage {
    shell: Shell,
    action: String,
    is_over: bool,
    is_done: bool,
}

async fn page(app: App, call: Call<Public>) -> Answer {
    let (id, ask) = (change(&app, &call)?, ask(&call));
    let waits = super::desk::read(&app, move |tx| flow::address::waiting(tx, &ask, id)).await?;
    show(&app, &call, waits.is_none(), false)
}

async fn confirm(app: App, call: Call<Public>) -> Answer {
    let (id, ask, inner) = (change(&app, &call)?, ask(&call), app.clone());
    let done = app.store.write_async(move |tx: &mut store::Tx<'_>| flow::address::by_link(tx, &inner.tools, &ask, id));
    match done.await {
        Ok(_) => show(&app, &call, false, true),
        Err(Failed::Refused(refusal)) if refusal.code == "link_over" => show(&app, &call, true, false),
        Err(other) => Err(other.into()),
    }
}

/// The one who holds the link acts for nobody but the address itself.
fn ask(call: &Call<Public>) -> Ask {
    Ask { who: Who::System("address_link"), now: call.now, command: call.command }
}

fn change(app: &App, call: &Call<Public>) -> Result<AddressChangeId, Problem> {
    app.tools.link_key.address_change(call.param("word")).ok_or_else(Problem::not_found)
}

fn show(app: &App, call: &Call<Public>, is_over: bool, is_done: bool) -> Answer {
    let title = if is_done { "Confirmed" } else { "Confirm this address" };
    let action = format!("/confirm/{}", call.param("word"));
    let status = if is_over { StatusCode::GONE } else { StatusCode::OK };
    page_with(status, &ConfirmPage { shell: Shell::new(app, call, title), action, is_over, is_done })
}
