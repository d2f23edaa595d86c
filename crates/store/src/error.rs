//! What can go wrong between a flow and its database, in kinds that mean the same on both engines.

/// A row says something impossible: a word that we do not know, or columns that contradict each other.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("corrupt row: {table} {id}, column {column}")]
pub struct Corrupt {
    /// The table.
    pub table: &'static str,
    /// The row's id as text.
    pub id: String,
    /// The column that cannot be.
    pub column: &'static str,
}

/// A fault of the database or of the way a flow used it. Decide by kind; names of constraints differ by engine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// A row with this key is already there. The name is for people: it differs by engine.
    #[error("already there: {0}")]
    Unique(String),
    /// A row points at one that is not there, or one that others point at was to go.
    #[error("refers to something that is not there")]
    ForeignKey,
    /// A check on the row refused it.
    #[error("refused by the check {0}")]
    Check(String),
    /// A column that must have a value has none.
    #[error("no value for {0}")]
    NotNull(String),
    /// The time is taken: two occupancies of one subject would overlap.
    #[error("the time is already taken")]
    Overlap,
    /// Lost to another transaction, or the connection was lost before COMMIT. The store runs the flow again itself;
    /// callers see this only from inside a flow.
    #[error("to be run again: {0}")]
    Retry(String),
    /// A read flow tried to write, or the store was opened for reading.
    #[error("this may only read")]
    ReadOnly,
    /// Too much is waiting, or another transaction held a lock for too long. Try later.
    #[error("the database is busy; try again in a moment")]
    Busy,
    /// The flow panicked. Its work is undone.
    #[error("the flow panicked: {0}")]
    Panicked(String),
    /// A statement failed, the flow went on regardless and wanted to commit. Use `Tx::attempt` to go on.
    #[error("a statement failed before and the flow went on: nothing was kept")]
    Poisoned,
    /// The store is shutting down.
    #[error("the store is shutting down")]
    Stopped,
    /// The disk refused the commit (full, or broken). Nothing of this command was kept.
    #[error("not committed: {0}")]
    NotCommitted(String),
    /// The connection was lost while COMMIT was under way. Look the command up by its key before trying again.
    #[error("the connection was lost during COMMIT; whether the command was kept is not known")]
    Unknown,
    /// The database cannot be reached, is too old, or is not one that we may use.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The code and the statement disagree: number of values, types, columns.
    #[error("statement and code disagree: {0}")]
    Shape(String),
    /// A row says something impossible.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// A bookkeeping flow tried to write a table that needs an audit entry.
    #[error("{0} may be written by an audited flow only")]
    NeedsAudit(String),
    /// Anything else, in the engine's words.
    #[error("database: {0}")]
    Other(String),
}
