//! Money: whole minor units of one currency. Never a float.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 code of three capital letters.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// The text is not three capital letters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a currency such as GBP")]
pub struct NotACurrency;

impl Currency {
    /// Pound sterling.
    pub const GBP: Self = Self(*b"GBP");
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// The three letters.
    pub fn code(&self) -> &str {
        // Made only by the constants above and by `FromStr`, which lets nothing else through.
        std::str::from_utf8(&self.0).expect("three capital letters")
    }
}
impl FromStr for Currency {
    type Err = NotACurrency;
    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Self(bytes)).ok_or(NotACurrency)
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount in minor units (pence, cents); may be negative on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units: 6000 is £60.00.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    pub const fn new(amount_minor: i64, currency: Currency) -> Self {
        Self { amount_minor, currency }
    }
    /// Whether there is nothing to pay or give back.
    pub const fn is_zero(self) -> bool {
        self.amount_minor == 0
    }
    /// The same amount on the other side of the account.
    pub const fn negated(self) -> Self {
        Self { amount_minor: -self.amount_minor, currency: self.currency }
    }
    /// This many hundredths of the amount, rounded towards zero. `percent(50)` of £65.01 is £32.50.
    pub const fn percent(self, percent: i64) -> Self {
        let scaled = self.amount_minor as i128 * percent as i128 / 100;
        Self { amount_minor: scaled as i64, currency: self.currency }
    }
}

impl fmt::Display for Money {
    /// As people read it, two decimals always: `£65.00`, `$120.00`, `65.00 EUR`, `-£5.00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.amount_minor < 0 { "-" } else { "" };
        let (units, cents) = (self.amount_minor.unsigned_abs() / 100, self.amount_minor.unsigned_abs() % 100);
        match self.currency {
            Currency::GBP => write!(f, "{sign}£{units}.{cents:02}"),
            Currency::USD => write!(f, "{sign}${units}.{cents:02}"),
            other => write!(f, "{sign}{units}.{cents:02} {}", other.code()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_reads_as_people_write_it() {
        assert_eq!(Money::new(6500, Currency::GBP).to_string(), "£65.00");
        assert_eq!(Money::new(-5, Currency::USD).to_string(), "-$0.05");
        assert_eq!(Money::new(6501, Currency::GBP).percent(50).amount_minor, 3250);
        assert!("gbp".parse::<Currency>().is_err());
    }
}
