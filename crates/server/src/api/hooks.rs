//! Where other servers call us: a mail server with a letter, a gateway with word of a text. The address itself proves
//! that it was given out, to an operator or with one text.

mod mail;
mod texts;

use crate::app::App;
use crate::flow::{Ask, Failed, Flow, receipt};
use crate::routes::Route;
use domain::id::MessageId;
use outside::sms::Receipt;
use store::Tx;

pub(super) fn routes() -> Vec<Route> {
    [mail::routes(), texts::routes()].concat()
}

/// Keeps what became of a message of ours. What is no news, or about none that we know, is taken alike.
async fn keep(app: &App, ask: &Ask, message: MessageId, said: Receipt) -> Flow<()> {
    let (inner, asked) = (app.clone(), ask.clone());
    let kept = app.store.write_async(move |tx: &mut Tx| receipt::heard(tx, &inner.tools, &asked, message, &said));
    match kept.await {
        Ok(_) => {
            app.nudge.ring();
            Ok(())
        }
        Err(Failed::Nothing { .. } | Failed::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
