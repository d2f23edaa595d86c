//! Links in messages. The secret of a link is a keyed MAC of what it is for, so a retry gives the same bytes and only
//! a hash is kept at rest (`rulings` 8).

use domain::access::Purpose;
use domain::id::{AddressChangeId, CommandId, MessageId, TokenId};
use domain::message::LinkTo;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// The installation's key for links. Never logged.
#[derive(Clone)]
pub struct LinkKey([u8; 32]);

impl LinkKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The row id of the link's token.
    pub fn token(&self, link: LinkTo) -> TokenId {
        let digest = self.mac("token", link);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        TokenId::from_bytes(bytes)
    }

    /// The secret that stands in the address: 26 letters, 128 bits.
    pub fn secret(&self, link: LinkTo) -> String {
        let digest = self.mac("secret", link);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        // The letters of a typed id are fit for an address; the prefix says nothing here.
        TokenId::from_bytes(bytes).to_string().split_off(4)
    }

    /// The whole address.
    pub fn url(&self, base_url: &str, link: LinkTo) -> String {
        let base = base_url.trim_end_matches('/');
        match link {
            LinkTo::Address(id) => format!("{base}/confirm/{id}.{}", self.secret(link)),
            _ => format!("{base}/r/{}", self.secret(link)),
        }
    }

    /// The change of an address that such an address of ours is about; none where we never gave it out.
    pub fn address_change(&self, word: &str) -> Option<AddressChangeId> {
        let (id, secret) = word.split_once('.')?;
        let id = id.parse().ok()?;
        bool::from(self.secret(LinkTo::Address(id)).as_bytes().ct_eq(secret.as_bytes())).then_some(id)
    }

    /// The code of six digits that goes to a new number.
    pub fn code(&self, id: AddressChangeId) -> String {
        let digest = self.mac_of("code", &id.to_string());
        let number = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        format!("{:06}", number % 1_000_000)
    }

    /// What a gateway brings back with a receipt: the message's id, and a proof that we sent it out.
    pub fn report(&self, message: MessageId) -> String {
        let digest = self.mac_of("report", &message.to_string());
        let proof: String = digest[..12].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{message}.{proof}")
    }

    /// The message of such a word; none where we never gave it out.
    pub fn reported(&self, word: &str) -> Option<MessageId> {
        let id = word.split_once('.')?.0.parse().ok()?;
        bool::from(self.report(id).as_bytes().ct_eq(word.as_bytes())).then_some(id)
    }

    /// The secret in the address to which a mail server (`mail`) hands letters over, or a gateway (`sms`) texts: 26
    /// letters, 128 bits.
    pub fn hook(&self, of: &str) -> String {
        let digest = self.mac_of("hook", of);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        TokenId::from_bytes(bytes).to_string().split_off(4)
    }

    /// Whether this is that secret. Takes as long for any wrong one.
    pub fn is_hook(&self, of: &str, word: &str) -> bool {
        self.hook(of).as_bytes().ct_eq(word.as_bytes()).into()
    }

    /// Salt for the commitment of an audit entry: nobody without the key can guess it, and a rerun gives the same.
    pub fn salt(&self, command: CommandId) -> [u8; 16] {
        let digest = self.mac_of("salt", &command.to_string());
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest[..16]);
        salt
    }

    fn mac(&self, use_for: &str, link: LinkTo) -> [u8; 32] {
        self.mac_of(use_for, &object(link))
    }

    fn mac_of(&self, use_for: &str, subject: &str) -> [u8; 32] {
        #[allow(clippy::expect_used)]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(use_for.as_bytes());
        mac.update(b"\0");
        mac.update(subject.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn object(link: LinkTo) -> String {
    match link {
        LinkTo::Offer(id) => id.to_string(),
        LinkTo::Booking(id) => id.to_string(),
        LinkTo::Appointment(id) => id.to_string(),
        LinkTo::Address(id) => id.to_string(),
    }
}

/// What the token of a link may be used for; none where the link is no token: it shows an address to be somebody's.
pub fn purpose(link: LinkTo) -> Option<Purpose> {
    match link {
        LinkTo::Offer(id) => Some(Purpose::ChooseTime(id)),
        LinkTo::Booking(id) => Some(Purpose::Book(id)),
        LinkTo::Appointment(id) => Some(Purpose::Manage(id)),
        LinkTo::Address(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::Id;

    #[test]
    fn a_link_is_the_same_at_every_writing_and_another_key_gives_another() {
        let link = LinkTo::Offer(Id::from_bytes([7; 16]));
        let (key, other) = (LinkKey::new([1; 32]), LinkKey::new([2; 32]));
        assert_eq!(key.secret(link), key.secret(link));
        assert_ne!(key.secret(link), other.secret(link));
        assert_ne!(key.secret(link), key.secret(LinkTo::Offer(Id::from_bytes([8; 16]))));
        assert_eq!(key.secret(link).len(), 26);
        assert!(key.url("http://localhost:8080/", link).starts_with("http://localhost:8080/r/"));
    }

    #[test]
    fn an_address_is_shown_by_what_we_gave_out_alone() {
        let (key, other) = (LinkKey::new([1; 32]), LinkKey::new([2; 32]));
        let (one, two) = (Id::from_bytes([7; 16]), Id::from_bytes([8; 16]));
        let url = key.url("http://localhost:8080/", LinkTo::Address(one));
        let word = url.strip_prefix("http://localhost:8080/confirm/").expect("an address of its own");
        assert_eq!((key.address_change(word), other.address_change(word)), (Some(one), None));
        assert_eq!(key.address_change(&word.replace(&one.to_string(), &two.to_string())), None);
        assert!(key.code(one).len() == 6 && key.code(one) != key.code(two) && key.code(one) != other.code(one));
    }
}
