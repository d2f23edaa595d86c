//! How many texts may still go today: what runs wild stops here, and letters and people go on.

use super::parcel::{self, Found, Parcel};
use crate::app::App;
use crate::flow::{self, Ask, Failed, Flow, Who};
use domain::message::Message;
use domain::person::Channel;
use domain::telling::made::TryOutcome;
use domain::telling::short_text;
use domain::time::{Instant, Span};
use store::Tx;

const HOUR: Span = Span::hours(1);
const DAY: Span = Span::hours(24);

/// What was used with this text, and whether it was within bounds.
struct Used {
    fits: bool,
    /// This one was the first that did not fit into the practice's day.
    was_last: bool,
}

/// Whether practice and number may have one more text. The practice's day is counted in parts, which is what is paid for. A
/// try after one that certainly did not go is the same text still; any other is a new one.
pub(super) fn is_left(app: &App, found: &Found, now: Instant) -> Flow<bool> {
    let message = &found.message;
    if message.channel != Channel::Sms {
        return Ok(true);
    }
    let parts = match parcel::make(app, found) {
        Some(Parcel::Text(text)) => u32::try_from(short_text::size(&text.body).parts).unwrap_or(u32::MAX).max(1),
        _ => return Ok(true),
    };
    let used = take(app, message, parts, now)?;
    if used.was_last {
        tell_office(app, message, now);
    }
    Ok(used.fits)
}

fn take(app: &App, message: &Message, parts: u32, now: Instant) -> Flow<Used> {
    let (practice, number) = (format!("texts {}", message.practice), format!("texts {}", message.address));
    let limits = &app.config.limits;
    let (id, most_a_day, most_an_hour) = (message.id, limits.texts_per_day, limits.texts_per_number);
    app.store.write_unaudited(move |tx: &mut Tx| -> Flow<Used> {
        let last = store::message::tries(tx, id)?.pop();
        if last.is_some_and(|last| last.outcome == TryOutcome::NotYet) {
            return Ok(Used { fits: true, was_last: false });
        }
        let of_practice = store::tally::take_many(tx, &practice, parts, DAY, now)?;
        let of_number = store::tally::take(tx, &number, HOUR, now)?;
        let was_last = of_practice > most_a_day && of_practice.saturating_sub(parts) <= most_a_day;
        Ok(Used { fits: of_practice <= most_a_day && of_number <= most_an_hour, was_last })
    })
}

/// Once a day, as the day's count passes the limit once. The text waits for nobody here.
fn tell_office(app: &App, message: &Message, now: Instant) {
    let ask = Ask { who: Who::System("deliver"), now, command: app.dice.command(now) };
    let (inner, practice, most) = (app.clone(), message.practice, app.config.limits.texts_per_day);
    let told = app.store.write(move |tx: &mut Tx| flow::given_up::no_room(tx, &inner.tools, &ask, practice, most));
    if let Err(failed @ (Failed::Fault(_) | Failed::Store(_) | Failed::Refused(_))) = told {
        tracing::error!(?failed, practice = %message.practice, "the office could not be told that no more texts can go");
    }
}
