//! Gateways that take texts and report of none: another one goes first while there is another.

use super::parcel::Parcel;
use crate::app::App;
use crate::flow::Flow;
use domain::telling::pace::{HEARD_AFTER, HEARD_OF, HEARD_WITHIN, is_silent};
use domain::time::Instant;
use store::{DbError, Tx};

/// Names the silent gateways on a text that has a choice.
pub(super) fn name(app: &App, parcel: &mut Parcel, now: Instant) -> Flow<()> {
    let Parcel::Text(text) = parcel else { return Ok(()) };
    if app.config.sms.len() < 2 {
        return Ok(());
    }
    let names: Vec<String> = app.config.sms.iter().map(outside::sms::GatewaySettings::name).collect();
    text.silent = app.store.read(move |tx: &mut Tx| {
        let mut silent = Vec::new();
        for name in &names {
            let (taken, reported) =
                store::message::reported(tx, name, now - HEARD_WITHIN, now - HEARD_AFTER, HEARD_OF)?;
            if is_silent(taken, reported) {
                silent.push(name.clone());
            }
        }
        Ok::<_, DbError>(silent)
    })?;
    Ok(())
}
