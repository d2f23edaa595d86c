//! The client's own account: what was charged, paid and given back, in plain words.

use super::desk;
use crate::actor::Client;
use crate::app::App;
use crate::call::Call;
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use domain::ledger::{EntryKind, LedgerEntry};
use domain::money::Money;

/// Entries on the page at most.
const MANY: u32 = 500;

/// One line of the account.
struct Line {
    at: String,
    what: String,
    amount: String,
}

#[derive(Template)]
#[template(path = "client/account.html")]
struct AccountPage {
    shell: Shell,
    balance: String,
    lines: Vec<Line>,
}

/// GET.
pub(super) async fn page(app: App, call: Call<Client>) -> Answer {
    let (id, when) = (call.actor.id, When::new(call.manner(), call.now));
    let (entries, balance) = desk::read(&app, &call, move |tx, _, ask| {
        let scope = ask.who.scope();
        let entries = store::ledger::account(tx, &scope, id, None, MANY)?.items;
        Ok((entries, store::ledger::balance(tx, &scope, id)?))
    })
    .await?;
    let lines = entries.iter().rev().map(|entry| line(entry, &when)).collect();
    let page = AccountPage {
        shell: Shell::new(&app, &call, "Your account").at("/c/account"),
        balance: balance.map_or_else(String::new, standing),
        lines,
    };
    render(&page)
}

fn standing(balance: Money) -> String {
    match balance.amount_minor {
        0 => "Everything is settled. You owe nothing, and nothing is owed to you.".to_owned(),
        n if n > 0 => format!("{balance} is still to be paid."),
        _ => format!("{} of yours is on its way back, or waits for your next session.", balance.negated()),
    }
}

fn line(entry: &LedgerEntry, when: &When) -> Line {
    let size = if entry.amount.amount_minor < 0 { entry.amount.negated() } else { entry.amount };
    let what = match (entry.kind, entry.amount.amount_minor > 0) {
        (EntryKind::Charge, _) => "The price of a session",
        (EntryKind::LateFee, _) => "Fee for a change at short notice",
        (EntryKind::NoShowFee, _) => "Fee for a missed session",
        (EntryKind::Payment, _) => "You paid",
        (EntryKind::Waiver, _) => "You don’t have to pay this",
        (EntryKind::Refund, _) => "Paid back to you",
        (EntryKind::Credit, _) => "Taken off your account",
        (EntryKind::CarryOver, true) => "Moved from this session to another",
        (EntryKind::CarryOver, false) => "Moved here from another session",
        (EntryKind::MakeUp, _) => "A session at no charge to you",
        (EntryKind::Allowance, _) => "Paid for you by your funder",
        (EntryKind::WriteOff, _) => "You no longer owe this",
    };
    Line { at: when.moment(entry.at), what: what.to_owned(), amount: size.to_string() }
}
