//! The way out: messages as letters and texts, and who takes them. The bytes follow from the stored message alone.

use crate::app::App;
use crate::work::{Call, Outcome, Parcel, Post, Text};
use domain::message::{CalendarMethod, Message};
use domain::person::Person as Recipient;
use domain::practice::Practice;
use outside::handed::Handed;
use outside::ical::write::Method;
use outside::mail::{CalendarPart, Envelope, Letter, Mailer, Person, to_bytes};
use outside::sms::{self, Gateway};

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

/// The practice's mail server and its gateways for short texts, as far as they are set up.
pub struct PostOffice {
    /// The mail server.
    pub mailer: Option<Mailer>,
    /// The gateways, in the order in which they are tried.
    pub gateways: Vec<Gateway>,
}

impl Post for PostOffice {
    fn hand_off(&self, call: &Call) -> Outcome {
        match &call.parcel {
            Parcel::Letter(letter) => self.letter(letter),
            Parcel::Text(text) => self.text(text),
        }
    }
}

impl PostOffice {
    fn letter(&self, letter: &Letter) -> Outcome {
        let Some(mailer) = &self.mailer else {
            let why = "no mail server is set up: write smtp.host and smtp.from into the configuration";
            return Outcome::NotYet(why.into());
        };
        let envelope = Envelope { from: letter.from.address.clone(), to: letter.to.address.clone() };
        mailer.hand_off(&envelope, &to_bytes(letter)).into()
    }

    /// The first gateway, and the next where one certainly did not take it. What may have gone is not tried elsewhere.
    fn text(&self, text: &Text) -> Outcome {
        let sent = sms::Text { to: &text.to, body: &text.body, report_to: &text.report_to };
        let mut outcome = Outcome::NotYet("no gateway for texts is set up: write sms.kind and sms.url".into());
        for gateway in &self.gateways {
            let handed = gateway.hand_off(&sent);
            let elsewhere = matches!(handed, Handed::NotAccepted { .. } | Handed::Refused { permanent: false, .. });
            outcome = handed.into();
            if !elsewhere {
                break;
            }
        }
        outcome
    }
}
