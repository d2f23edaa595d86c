//! Messages in the portal, as entries of the demo's outbox: nobody hands them over, so they are read from where they are.

use super::outbox::{Caught, Status, Wanted};
use crate::app::App;
use crate::error::Problem;
use crate::flow::Flow;
use domain::access::Scope;
use domain::conversation::LineId;
use domain::message::Message;
use domain::person::Channel;
use domain::time::Instant;
use store::Tx;
use store::message::{Filter, list};

/// Messages in one look at most.
const MANY: u32 = 500;

/// Those that are wanted.
pub async fn find(app: &App, wanted: &Wanted) -> Result<Vec<Caught>, Problem> {
    if wanted.channel.is_some_and(|channel| channel != Channel::InApp) {
        return Ok(Vec::new());
    }
    let filter = Filter {
        to: wanted.to_person,
        channel: Some(Channel::InApp),
        kind: wanted.kind,
        handed_only: true,
        since: wanted.since,
    };
    let inner = app.clone();
    let found = app.store.read_async(move |tx: &mut Tx| -> Flow<Vec<Caught>> {
        let (scope, mut all, mut after) = (Scope::System("demo"), Vec::new(), None);
        loop {
            let page = list(tx, &scope, &filter, after.as_ref(), MANY)?;
            for message in &page.items {
                let read_at = store::conversation::read_at(tx, LineId::Told(message.id))?;
                all.push(entry(&inner, message, read_at));
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    });
    Ok(found.await?)
}

fn entry(app: &App, message: &Message, read_at: Option<Instant>) -> Caught {
    let link = message.link.map(|link| app.tools.link_key.url(&app.tools.base_url, link)).unwrap_or_default();
    Caught {
        id: message.id.to_string(),
        channel: Channel::InApp,
        to: "the portal".to_owned(),
        to_person: message.to,
        subject: message.subject.clone(),
        body: message.text.replace("{link}", &link),
        html: None,
        attachments: Vec::new(),
        appointment: message.appointment,
        kind: message.kind,
        status: if read_at.is_some() { Status::Read } else { Status::Delivered },
        sent_at: message.handed_at.unwrap_or(message.send_at),
        tries: 1,
    }
}
