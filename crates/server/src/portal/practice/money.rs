//! The practice's money: what waits to be settled, and one client's account (`ux` 4.13).

use crate::actor::Staff;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::settings::client_in_scope;
use crate::portal::desk::{self, EntryView, People, When, balance_words, entry_views, words};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::id::ClientId;
use domain::person::PersonRef;

/// Lines of the page at most, and entries of an account.
const MANY: u32 = 100;
const ENTRIES: u32 = 500;

/// One appointment whose money waits for a person.
struct LineView {
    client: String,
    appointment: String,
    when: String,
    payment: String,
}

#[derive(Template)]
#[template(path = "practice/money.html")]
struct MoneyPage {
    shell: Shell,
    lines: Vec<LineView>,
    requests: usize,
}

#[derive(Template)]
#[template(path = "practice/account.html")]
struct AccountPage {
    shell: Shell,
    entries: Vec<EntryView>,
    balance: String,
}

/// GET: what waits to be settled.
pub(super) async fn page(app: App, call: Call<Staff>) -> Answer {
    let (ask, when) = (desk::ask(&call), When::of(&call));
    let (lines, requests) = desk::read(&app, move |tx| {
        let (scope, mut people, mut lines) = (ask.who.scope(), People::default(), Vec::new());
        for about in store::appointment::money_open(tx, &scope, MANY)? {
            let client = people.find(tx, PersonRef::Client(about.client))?.map(|p| p.name.clone()).unwrap_or_default();
            lines.push(LineView {
                client,
                appointment: about.id.to_string(),
                when: when.moment(about.start),
                payment: words::payment(&about, &when),
            });
        }
        Ok((lines, store::change_request::open(tx, &scope, MANY)?.len()))
    })
    .await?;
    render(&MoneyPage { shell: Shell::new(&app, &call, "Money").at("/p/money"), lines, requests })
}

/// GET: one client's account.
pub(super) async fn account(app: App, call: Call<Staff>) -> Answer {
    let (id, when): (ClientId, _) = (call.id("id")?, When::of(&call));
    let ask = desk::ask(&call);
    let found = desk::read(&app, move |tx| {
        let client = client_in_scope(tx, &ask, id)?;
        let scope = ask.who.scope();
        let entries = store::ledger::account(tx, &scope, id, None, ENTRIES)?.items;
        Ok((client, entries, store::ledger::balance(tx, &scope, id)?))
    });
    let (client, entries, balance) = found.await?;
    let balance = balance.ok_or_else(Problem::not_found)?;
    let page = AccountPage {
        shell: Shell::new(&app, &call, client.name).at("/p/money"),
        entries: entry_views(&entries, &when),
        balance: balance_words(balance),
    };
    render(&page)
}
