//! E-mail addresses that are safe to write into a header, an envelope or a calendar.

use std::fmt;
use std::str::FromStr;

/// One address such as `anna@example.org`, checked once. Compares without regard to letter case.
#[derive(Clone)]
pub struct EmailAddress(lettre::Address);

/// The text is not one e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address such as anna@example.org")]
pub struct NotAnAddress;

/// RFC 5321 4.5.3.1.3: a path has at most 256 octets, two of them brackets.
const LONGEST: usize = 254;

impl EmailAddress {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        self.0.as_ref()
    }

    /// As lettre's type.
    pub(crate) fn lettre(&self) -> lettre::Address {
        self.0.clone()
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;
    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(NotAnAddress);
        }
        text.parse().map(Self).map_err(|_| NotAnAddress)
    }
}
impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.as_str().eq_ignore_ascii_case(other.as_str())
    }
}
impl Eq for EmailAddress {}
impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
impl serde::Serialize for EmailAddress {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}
impl<'de> serde::Deserialize<'de> for EmailAddress {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_cannot_smuggle_a_line_or_a_second_address() {
        for text in
            ["", "anna", "anna@", "@example.org", "a b@example.org", "a@b.org\r\nBcc: x@y.org", "a@b.org,c@d.org"]
        {
            assert_eq!(text.parse::<EmailAddress>(), Err(NotAnAddress), "{text:?}");
        }
        assert!(format!("{}@example.org", "a".repeat(300)).parse::<EmailAddress>().is_err());
        assert_eq!(" Anna@Example.org ".parse::<EmailAddress>(), "anna@example.org".parse());
    }
}
