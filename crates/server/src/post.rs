//! Messages as letters: who writes, to whom, under which name. The bytes follow from the stored message alone.

use crate::app::App;
use domain::message::{CalendarMethod, Message};
use domain::person::Person as Recipient;
use domain::practice::Practice;
use outside::ical::write::Method;
use outside::mail::{CalendarPart, Letter, Person};

/// The letter of a stored message; `None` where its address is not one.
pub fn letter(
    app: &App,
    message: &Message,
    practice: &Practice,
    to: &Recipient,
    text: String,
    html: String,
) -> Option<Letter> {
    let calendar = message.calendar.as_ref().map(|(method, text)| CalendarPart {
        method: match method {
            CalendarMethod::Request => Method::Request,
            CalendarMethod::Cancel => Method::Cancel,
        },
        text: text.clone(),
    });
    Some(Letter {
        message_id: format!("{}@{}", message.id, app.config.base_url.host()).parse().ok()?,
        date: message.written_at,
        from: Person { name: practice.name.clone(), address: app.tools.from.clone() },
        reply_to: None,
        to: Person { name: to.name.clone(), address: message.address.parse().ok()? },
        subject: message.subject.clone(),
        text,
        html: Some(html).filter(|html| !html.is_empty()),
        calendar,
        headers: Vec::new(),
    })
}
