//! Notices to browsers: one sealed payload (RFC 8291) handed to a browser maker's push service (RFC 8030), under a key by
//! which the service knows us (RFC 8292).

mod guard;
mod seal;
mod service;
mod vapid;

pub use guard::is_public;
pub use seal::{CannotSeal, Secrets, seal};
pub use service::{Answer, Notice, PushSender, PushSettings, Urgency, may_be_written_to};
pub use vapid::{NotAKey, VapidKey};
