//! E-mail: one letter as bytes, and its hand-off to the practice's mail server over SMTP.
//!
//! A letter is rendered once and stored; every retry sends the same bytes (C1). The hand-off tells apart what was
//! certainly not accepted from what may have been (reliability 3.4).

mod hand_off;
mod letter;
mod pool;
pub mod received;
mod settings;

pub use crate::handed::Handed;
pub use hand_off::{Envelope, Mailer, MailerError};
pub use letter::{
    CalendarPart, ExtraHeader, Letter, MessageName, NotAHeader, NotAMessageName, Person, to_bytes, to_bytes_hiding,
};
pub use settings::{MailSettings, Secret, Timeouts, Tls};
