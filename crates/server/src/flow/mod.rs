//! One flow for each use case: load, decide, save, in one transaction. Pages, API and jobs all call these.

pub mod signin;
