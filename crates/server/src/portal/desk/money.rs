//! The money of one appointment: what was charged and taken, and what a person may decide about it (`ux` 4.13).

use super::agreement::Choice;
use super::story::{self, Story};
use super::{Desk, ask, read, refused, words, write};
use crate::app::App;
use crate::body::Raw;
use crate::call::Call;
use crate::error::FieldErrors;
use crate::flow::{self, Failed};
use crate::portal::{Shell, page_with, redirect};
use crate::routes::Answer;
use crate::when::When;
use askama::Template;
use axum::http::StatusCode;
use domain::decide::{AskRefund, GiveBack, MoneyAct, SettleByHand, SettledHow};
use domain::id::AppointmentId;
use domain::ledger::{Account, EntryKind, LedgerEntry};
use domain::money::{Currency, Money};
use domain::policy::RefundRule;
use domain::policy::money::refund_rule;

/// One entry of the account.
#[derive(Debug, Clone)]
pub struct EntryView {
    /// When, as shown.
    pub at: String,
    /// When, RFC 3339.
    pub at_exact: String,
    /// "Late fee".
    pub what: &'static str,
    /// Why.
    pub why: String,
    /// Signed.
    pub amount: String,
    /// The balance after it, in words.
    pub balance: String,
    /// The appointment that it is about; empty where there is none.
    pub appointment: String,
}

#[derive(Template)]
#[template(path = "desk/money.html")]
struct MoneyPage {
    shell: Shell,
    base: &'static str,
    errors: FieldErrors,
    story: Story,
    when: When,
    action: String,
    entries: Vec<EntryView>,
    payment: String,
    /// What may be let go, given back and settled, where there is anything.
    waivable: Option<String>,
    refundable: Option<String>,
    asks_team: bool,
    is_asked: bool,
    settles: Vec<Choice>,
    sent: Sent,
    done: &'static str,
}

/// What was typed before.
struct Sent {
    amount: String,
    words: String,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    show(&app, &call, Raw::default(), FieldErrors::default(), StatusCode::OK).await
}

/// POST of one of the forms.
pub async fn act<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, raw): (AppointmentId, _) = (call.id("id")?, call.raw().clone());
    let sent = raw.clone();
    let done = write(&app, &call, move |tx, app, ask| {
        let found = store::appointment::load(tx, &ask.who.scope(), id)?;
        let about = found.ok_or_else(|| domain::refusal::Refusal::not_found("appointment"))?;
        let reason = sent.get("words").trim().to_owned();
        let amount = amount(sent.get("amount"), about.price.currency)?;
        let give = GiveBack { reason: reason.clone(), amount };
        match sent.get("act") {
            "waive" => flow::money::act(tx, &app.tools, ask, id, None, MoneyAct::Waive(give)),
            "refund" => flow::money::act(tx, &app.tools, ask, id, None, MoneyAct::Refund(give)),
            "ask" => {
                let wish = AskRefund { reason, confirm_refund: sent.get("confirm_refund") == "yes" };
                flow::moves::ask_refund(tx, &app.tools, ask, id, wish)
            }
            _ => {
                let how: Option<SettledHow> = sent.get("how").parse().ok();
                let how =
                    how.ok_or_else(|| domain::refusal::Refusal::invalid("required", "how", "Say how it was settled."))?;
                let wish = SettleByHand { how, amount, reason: Some(reason).filter(|reason| !reason.is_empty()) };
                flow::money::act(tx, &app.tools, ask, id, None, MoneyAct::Settle(wish))
            }
        }
    })
    .await;
    match done {
        Ok(_) => {
            let word = if raw.get("act") == "ask" { "asked" } else { "kept" };
            Ok(redirect(&format!("{}/appointments/{id}/money?done={word}", D::BASE)))
        }
        Err(failed) => {
            let refusal = refused(failed)?;
            show(&app, &call, raw.clone(), to_fields(refusal.errors), refusal.status).await
        }
    }
}

/// The reason's box is called words, as everywhere at the desk.
fn to_fields(errors: FieldErrors) -> FieldErrors {
    let mut fields = FieldErrors::default();
    for error in errors.0 {
        let field = if error.field == "reason" { "words".to_owned() } else { error.field.to_string() };
        fields.push(&field, &error.message);
    }
    fields
}

/// An amount as people type it; nothing typed is everything.
fn amount(typed: &str, currency: Currency) -> Result<Option<Money>, Failed> {
    let wrong = "Write an amount such as 40.00, or leave it empty.";
    let minor = minor(typed).map_err(|NotAnAmount| domain::refusal::Refusal::invalid("malformed", "amount", wrong))?;
    Ok(minor.map(|minor| Money::new(minor, currency)))
}

/// What was typed is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnAmount;

/// Minor units of an amount as people type it; none where nothing is typed.
///
/// # Errors
/// Where it is no amount.
pub fn minor(typed: &str) -> Result<Option<i64>, NotAnAmount> {
    let typed = typed.trim().trim_start_matches(['£', '$']);
    if typed.is_empty() {
        return Ok(None);
    }
    let (units, cents) = typed.split_once('.').unwrap_or((typed, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(units) || !digits(cents) || cents.len() > 2 || units.len() > 9 {
        return Err(NotAnAmount);
    }
    let cents = if cents.len() == 1 { format!("{cents}0") } else { cents.to_owned() };
    format!("{units}{cents}").parse().map(Some).map_err(|_| NotAnAmount)
}

async fn show<D: Desk>(app: &App, call: &Call<D>, raw: Raw, errors: FieldErrors, status: StatusCode) -> Answer {
    let (id, when): (AppointmentId, _) = (call.id("id")?, When::of(call));
    let (ask, inner) = (ask(call), when.clone());
    let (story, entries, is_asked, new_client) = read(app, move |tx| {
        let story = story::load(tx, &ask.who, &inner, id)?;
        let entries = store::ledger::of_appointment(tx, story.appointment.client, id)?;
        let asked = store::change_request::open_of(tx, id)?.is_some();
        let new_client = !store::appointment::has_attended(tx, story.appointment.relationship)?;
        Ok((story, entries, asked, new_client))
    })
    .await?;
    let about = &story.appointment;
    let account = Account::of(&entries, about.id);
    let money = |minor: i64| Some(Money::new(minor, about.price.currency)).filter(|m| m.amount_minor > 0);
    let by_team = refund_rule(&story.policy.parameters, new_client) == RefundRule::TeamRequest;
    let asks_team = D::is_therapist() && by_team;
    let page = MoneyPage {
        shell: Shell::new(app, call, format!("Money for {}", story.which(&when))).at(&D::appointments()).with(&errors),
        base: D::BASE,
        errors,
        action: format!("{}/appointments/{id}/money", D::BASE),
        entries: entry_views(&entries, &when),
        payment: words::payment(about, &when),
        waivable: money(account.charged).map(|m| m.to_string()),
        refundable: money(account.kept()).map(|m| m.to_string()),
        asks_team,
        is_asked,
        settles: if D::is_therapist() { Vec::new() } else { settles(&account, &raw) },
        sent: Sent { amount: raw.get("amount").to_owned(), words: raw.get("words").to_owned() },
        done: match call.raw_query().get("done") {
            "asked" => "The team has been asked and will answer.",
            "kept" => "That is on the account now.",
            _ => "",
        },
        story,
        when,
    };
    page_with(status, &page)
}

/// What can be settled by hand now.
fn settles(account: &Account, raw: &Raw) -> Vec<Choice> {
    let owed = [
        (SettledHow::PaidByTransfer, "Paid by transfer"),
        (SettledHow::PaidInPerson, "Paid in person"),
        (SettledHow::WriteOff, "Write it off"),
    ];
    let back = [
        (SettledHow::ReturnedToCard, "Returned to card"),
        (SettledHow::ReturnedByTransfer, "Returned by transfer"),
        (SettledHow::KeptAsCredit, "Kept as credit; only if the client agrees"),
    ];
    let choices = if account.owed() > 0 {
        owed.as_slice()
    } else if account.due_back() > 0 {
        back.as_slice()
    } else {
        &[]
    };
    choices.iter().map(|(how, label)| Choice::new(how.as_str(), *label, raw.get("how") == how.as_str())).collect()
}

/// The entries with the balance after each, newest first.
pub fn entry_views(entries: &[LedgerEntry], when: &When) -> Vec<EntryView> {
    let mut balance = 0;
    let mut views: Vec<EntryView> = entries
        .iter()
        .map(|entry| {
            balance += entry.amount.amount_minor;
            EntryView {
                at: when.short_moment(entry.at),
                at_exact: entry.at.to_string(),
                what: what(entry.kind),
                why: entry.reason.clone(),
                amount: entry.amount.to_string(),
                balance: balance_words(Money::new(balance, entry.amount.currency)),
                appointment: entry.appointment.map(|id| id.to_string()).unwrap_or_default(),
            }
        })
        .collect();
    views.reverse();
    views
}

/// "£65.00 owed", "£65.00 credit", "£0.00".
pub fn balance_words(balance: Money) -> String {
    match balance.amount_minor {
        0 => balance.to_string(),
        n if n > 0 => format!("{balance} owed"),
        _ => format!("{} credit", balance.negated()),
    }
}

/// An entry in a word or two.
pub fn what(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::Charge => "Charge",
        EntryKind::LateFee => "Late fee",
        EntryKind::NoShowFee => "Fee for a missed session",
        EntryKind::Payment => "Payment",
        EntryKind::Waiver => "Let go",
        EntryKind::Refund => "Paid back",
        EntryKind::Credit => "Charge reversed",
        EntryKind::CarryOver => "Carried over",
        EntryKind::MakeUp => "Make-up session",
        EntryKind::Allowance => "Paid by the funder",
        EntryKind::WriteOff => "Written off",
    }
}
