//! A client's own booking link, for whoever passes it on by hand (G-12 to G-14).

use super::{Ask, Failed, Flow, Tools};
use domain::access::Purpose;
use domain::audit::Entry;
use domain::id::RelationshipId;
use domain::message::LinkTo;
use domain::refusal::Refusal;
use sha2::{Digest, Sha256};
use store::link::Link;
use store::{Done, Tx};

/// The address, and that it opens something: makes the link's row where no message has done so yet.
/// [`Failed::Nothing`] where it is there already.
pub fn booking(tx: &mut Tx, tools: &Tools, ask: &Ask, id: RelationshipId) -> Flow<Done<String>> {
    let found = store::relationship::load(tx, &ask.who.scope(), id)?.ok_or_else(|| Refusal::not_found("client"))?;
    let link = LinkTo::Booking(id);
    let secret_hash: [u8; 32] = Sha256::digest(tools.link_key.secret(link).as_bytes()).into();
    if store::link::by_hash(tx, secret_hash)?.is_some() {
        return Err(Failed::Nothing { look_again: None });
    }
    let row = Link {
        id: tools.link_key.token(link),
        practice: found.practice,
        client: found.client,
        purpose: Purpose::Book(id),
        secret_hash,
        created_at: ask.now,
        expires_at: None,
    };
    store::link::ensure(tx, &row)?;
    let entry = Entry {
        practice: found.practice,
        command: ask.command,
        at: ask.now,
        actor: ask.who.scope().signature(),
        on_behalf_of: None,
        word: "booking_link_made".to_owned(),
        subjects: vec![id.to_string(), found.client.to_string()],
        details: serde_json::json!({}),
        salt: tools.link_key.salt(ask.command),
    };
    Ok(Done::new(tools.link_key.url(&tools.base_url, link), entry))
}
