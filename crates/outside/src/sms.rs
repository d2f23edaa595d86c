//! Short text messages: one text handed to a gateway over HTTP, and what gateways say back: receipts and replies.
//!
//! Two kinds of gateway are known: any that speaks as Twilio's Messages API does, and Kannel's `sendsms`. Both are
//! told where to report, by an address that carries our own name for the text, so a receipt finds its message even
//! where the answer to the hand-off was lost.

mod gateway;
mod heard;
mod kannel;
mod twilio;

pub use gateway::{Gateway, GatewayError, GatewaySettings, Kind, Text};
pub(crate) use gateway::{answer, certificates};
pub use heard::{Fate, Inbound, NotUnderstood, Receipt, says_no_such_number};
pub use twilio::signature;
