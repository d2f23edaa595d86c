//! Which gateway goes last where a text has a choice: one that takes texts and reports of none, and one that may have this
//! very text.

use super::parcel::Parcel;
use crate::app::App;
use crate::flow::Flow;
use domain::telling::made::TryOutcome;
use domain::telling::pace::{HEARD_AFTER, HEARD_OF, HEARD_WITHIN, is_silent};
use domain::time::Instant;
use store::{DbError, Tx};

/// Names them on a text that has a choice.
pub(super) fn name(app: &App, parcel: &mut Parcel, now: Instant) -> Flow<()> {
    let Parcel::Text(text) = parcel else { return Ok(()) };
    if app.config.sms.len() < 2 {
        return Ok(());
    }
    let names: Vec<String> = app.config.sms.iter().map(outside::sms::GatewaySettings::name).collect();
    let id = text.id;
    (text.silent, text.may_have) = app.store.read(move |tx: &mut Tx| {
        let mut silent = Vec::new();
        for name in &names {
            let (taken, reported) =
                store::message::reported(tx, name, now - HEARD_WITHIN, now - HEARD_AFTER, HEARD_OF)?;
            if is_silent(taken, reported) {
                silent.push(name.clone());
            }
        }
        let unknown = store::message::tries(tx, id)?.into_iter().filter(|tried| tried.outcome == TryOutcome::Unknown);
        Ok::<_, DbError>((silent, unknown.map(|tried| tried.through).collect()))
    })?;
    Ok(())
}
