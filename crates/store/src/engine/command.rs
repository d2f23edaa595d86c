//! A flow on its way through an engine, whatever its types.

use crate::error::DbError;
use crate::tx::{May, Tx};
use domain::audit::Receipt;
use domain::id::PracticeId;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What the engine should do with the work of a flow that has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ran {
    Keep,
    Undo,
}

/// Where an audited command's entry stands in the chain, if it was committed: settles a lost COMMIT.
pub(crate) type Proof = (PracticeId, Receipt);

/// A flow with its caller waiting. An engine may run it more than once; only the last run counts.
pub(crate) trait Command: Send {
    fn may(&self) -> May;
    fn run(&mut self, tx: &mut Tx<'_>) -> Ran;
    fn proof(&self) -> Option<Proof>;
    /// Answers the caller: with the flow's own answer where the engine did its part, else with the engine's fault.
    fn finish(self: Box<Self>, fate: Result<(), DbError>);
}

/// An answer that may know its place in the chain.
pub(crate) trait Provable {
    fn proof(&self) -> Option<Proof>;
}

pub(crate) struct FlowCommand<F, A, E> {
    flow: F,
    may: May,
    result: Option<Result<A, E>>,
    caller: oneshot::Sender<Result<A, E>>,
}

impl<F, A, E> FlowCommand<F, A, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<A, E> + Send + 'static,
    A: Provable + Send + 'static,
    E: From<DbError> + Send + 'static,
{
    /// The command, and where its answer will arrive.
    pub fn with_caller(may: May, flow: F) -> (Box<dyn Command>, oneshot::Receiver<Result<A, E>>) {
        let (caller, answer) = oneshot::channel();
        (Box::new(Self { flow, may, result: None, caller }), answer)
    }
}

impl<F, A, E> Command for FlowCommand<F, A, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<A, E> + Send + 'static,
    A: Provable + Send + 'static,
    E: From<DbError> + Send + 'static,
{
    fn may(&self) -> May {
        self.may
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> Ran {
        // The closure's state after a panic is not looked at again: the command is answered and dropped.
        let result = catch_unwind(AssertUnwindSafe(|| (self.flow)(tx)))
            .unwrap_or_else(|panic| Err(DbError::Panicked(panic_text(panic)).into()));
        let result = match result {
            Ok(_) if tx.failed().is_some() => Err(DbError::Poisoned.into()),
            result => result,
        };
        let ran = if result.is_ok() { Ran::Keep } else { Ran::Undo };
        self.result = Some(result);
        ran
    }

    fn proof(&self) -> Option<Proof> {
        self.result.as_ref()?.as_ref().ok()?.proof()
    }

    fn finish(self: Box<Self>, fate: Result<(), DbError>) {
        let result = match (fate, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(DbError::Stopped.into()),
            (Err(fault), _) => Err(fault.into()),
        };
        // A caller that has gone away does not need the answer.
        let _ = self.caller.send(result);
    }
}

fn panic_text(panic: Box<dyn Any + Send>) -> String {
    match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic.downcast_ref::<&str>().map_or("no message", |text| text).to_owned(),
    }
}
