//! The two engines. Nothing outside this folder knows which one runs, except the migrations.

pub(crate) mod command;
pub(crate) mod postgres;
pub(crate) mod postgres_session;
pub(crate) mod queue;
pub(crate) mod sqlite;
pub(crate) mod sqlite_tx;
