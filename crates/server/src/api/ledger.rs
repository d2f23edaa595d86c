//! A client's account.

use super::wire::LedgerWire;
use super::{json, read};
use crate::actor::AnyRole;
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::routes::{Answer, Route, get};
use axum::http::StatusCode;
use domain::id::ClientId;
use serde::Deserialize;
use serde_json::json as object;

pub(super) fn routes() -> Vec<Route> {
    vec![get::<AnyRole>("/api/v1/clients/{id}/ledger", account).about("ledger").says("A client's account and balance")]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountQuery {
    cursor: Option<String>,
    limit: Option<u32>,
}

async fn account(app: App, call: Call<AnyRole>) -> Answer {
    let (query, id): (AccountQuery, ClientId) = (call.query()?, call.id("id")?);
    let (ask, limit, after) = (super::ask(&call), super::page_size(query.limit)?, super::cursor(query.cursor)?);
    let found = read(&app, move |tx| {
        let scope = ask.who.scope();
        if store::relationship::latest_of(tx, &scope, id)?.is_none() {
            return Ok(None);
        }
        let page = store::ledger::account(tx, &scope, id, after.as_ref(), limit)?;
        Ok(Some((page, store::ledger::balance(tx, &scope, id)?)))
    });
    let (page, balance) = found.await?.ok_or_else(Problem::not_found)?;
    let items: Vec<LedgerWire> = page.items.iter().map(Into::into).collect();
    let next = page.next.map(|cursor| cursor.to_string());
    json(StatusCode::OK, &object!({ "balance": balance, "items": items, "next": next }))
}
