//! Runs a write flow, once for the caller's key: the same key and the same request get the same answer (`api-contract`).

use super::{Ask, Failed, Flow};
use crate::app::App;
use domain::audit::{Hash, Receipt};
use domain::refusal::Refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::command::{self, Key, Lookup};
use store::{Done, Tx};

/// The caller's key for this route, and what the request was.
#[derive(Debug, Clone)]
pub struct Once {
    /// Whose key it is, for what.
    pub key: Key,
    /// What "the same request" means.
    pub request: Hash,
}

/// An answer with its place on the record; the same at every replay.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    /// What the flow answered.
    pub answer: T,
    /// Where it stands on the record.
    pub receipt: Option<Receipt>,
}

/// Runs the flow and commits it, or answers what it answered before under the same key.
///
/// # Errors
/// What the flow refused, `idempotency_key_reused` for another request under the same key, or a fault of the store.
pub async fn write<T, F>(app: &App, ask: &Ask, once: Option<Once>, mut flow: F) -> Flow<Answered<T>>
where
    T: Serialize + DeserializeOwned + Clone + Send + 'static,
    F: FnMut(&mut Tx) -> Flow<Done<T>> + Send + 'static,
{
    let (command, now) = (ask.command, ask.now);
    let committed = app.store.write_async(move |tx: &mut Tx| {
        if let Some(once) = &once {
            replay(tx, once, command, now)?;
        }
        let done = flow(tx)?;
        if let Some(once) = &once {
            command::save(tx, &once.key, 200, &bytes(&done.answer)?)?;
        }
        Ok::<_, Failed>(done)
    });
    match committed.await {
        Ok(committed) => {
            app.nudge.ring();
            Ok(Answered { answer: committed.answer, receipt: Some(committed.receipt) })
        }
        Err(Failed::Replay(before)) => {
            let answer = serde_json::from_slice(&before.body).map_err(|fault| Failed::Fault(fault.to_string()))?;
            Ok(Answered { answer, receipt: before.receipt })
        }
        Err(other) => Err(other),
    }
}

/// What was answered before under a key.
#[derive(Debug, Clone)]
pub struct Before {
    /// The answer as stored.
    pub body: Vec<u8>,
    /// Its place on the record.
    pub receipt: Option<Receipt>,
}

fn replay(tx: &mut Tx, once: &Once, command: domain::id::CommandId, now: domain::time::Instant) -> Flow<()> {
    match command::lookup(tx, &once.key, once.request, command, now)? {
        Lookup::New => Ok(()),
        Lookup::Same(before) => {
            let receipt = store::audit::receipt_of(tx, before.command)?;
            Err(Failed::Replay(Box::new(Before { body: before.body, receipt })))
        }
        Lookup::Other => {
            let detail = "This Idempotency-Key was used for another request. Send a fresh key with a new request.";
            Err(Refusal::invalid("idempotency_key_reused", "Idempotency-Key", detail).into())
        }
    }
}

fn bytes<T: Serialize>(answer: &T) -> Flow<Vec<u8>> {
    serde_json::to_vec(answer).map_err(|fault| Failed::Fault(fault.to_string()))
}
