//! The simulator at work: days by the thousand, set pieces with a worker killed at every label, and the same seed twice.

mod crashes;
mod days;
mod same;
