//! What gateways say to us: what became of a text, and what somebody wrote back. Fields in, meaning out.

use super::Kind;

/// What became of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is on the phone.
    Delivered,
    /// It never will be.
    Failed,
    /// Somewhere between: nothing is decided.
    OnItsWay,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// What became of it.
    pub fate: Fate,
    /// The gateway's own words.
    pub words: String,
}

/// What somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// Their number, as `+447700900412`.
    pub from: String,
    /// The number that they wrote to.
    pub to: String,
    /// What they wrote.
    pub body: String,
    /// The gateway's own name for it: said twice, it is one text.
    pub reference: String,
}

/// A call that lacks a field or has a word nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct NotUnderstood {
    /// Which field.
    pub field: &'static str,
    /// What is wrong with it.
    pub why: &'static str,
}

type Fields = [(String, String)];

fn field<'a>(fields: &'a Fields, name: &'static str) -> Result<&'a str, NotUnderstood> {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).ok_or(NotUnderstood { field: name, why: "is missing" })
}

impl Receipt {
    /// Reads a receipt in the language of this gateway.
    ///
    /// # Errors
    /// [`NotUnderstood`] names the field.
    pub fn read(kind: Kind, fields: &Fields) -> Result<Self, NotUnderstood> {
        match kind {
            Kind::Twilio => Self::twilio(fields),
            Kind::Kannel => Self::kannel(fields),
        }
    }

    fn twilio(fields: &Fields) -> Result<Self, NotUnderstood> {
        let status = field(fields, "MessageStatus")?;
        let fate = match status {
            "delivered" | "read" => Fate::Delivered,
            "undelivered" | "failed" | "canceled" => Fate::Failed,
            "accepted" | "scheduled" | "queued" | "sending" | "sent" => Fate::OnItsWay,
            _ => return Err(NotUnderstood { field: "MessageStatus", why: "is no word that we know" }),
        };
        let code = field(fields, "ErrorCode").unwrap_or_default();
        Ok(Self { fate, words: format!("{status} {code}").trim_end().to_owned() })
    }

    /// The kind of report is a sum: 1 delivered, 2 not delivered, 4 buffered, 8 taken by the network, 16 refused by it,
    /// and 32 beside 2 where its time ran out.
    fn kannel(fields: &Fields) -> Result<Self, NotUnderstood> {
        let number = field(fields, "type")?.parse::<u32>();
        let number = number.map_err(|_| NotUnderstood { field: "type", why: "is no number" })?;
        let fate = match number {
            n if n & 1 != 0 => Fate::Delivered,
            n if n & (2 | 16) != 0 => Fate::Failed,
            n if n & (4 | 8) != 0 => Fate::OnItsWay,
            _ => return Err(NotUnderstood { field: "type", why: "is no kind that we know" }),
        };
        let answer: String = field(fields, "answer").unwrap_or_default().chars().take(200).collect();
        Ok(Self { fate, words: format!("{number} {answer}").trim_end().to_owned() })
    }
}

impl Inbound {
    /// Reads what somebody wrote, in the language of this gateway.
    ///
    /// # Errors
    /// [`NotUnderstood`] names the field.
    pub fn read(kind: Kind, fields: &Fields) -> Result<Self, NotUnderstood> {
        let [from, to, body, reference] = match kind {
            Kind::Twilio => ["From", "To", "Body", "MessageSid"],
            Kind::Kannel => ["from", "to", "text", "id"],
        };
        Ok(Self {
            from: number(field(fields, from)?).ok_or(NotUnderstood { field: from, why: "is no phone number" })?,
            to: field(fields, to)?.trim().to_owned(),
            body: field(fields, body)?.chars().take(1600).collect(),
            reference: field(fields, reference)?.chars().take(80).collect(),
        })
    }
}

/// A number as the network gives it: networks keep or drop the plus.
fn number(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches('+').trim_start_matches("00");
    let plain = (6..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| format!("+{digits}"))
}

/// Twilio's errors that say that a number is nobody's, or can never take a text: not a number, unknown or gone, a landline.
const NOBODY: [&str; 5] = ["21211", "21217", "21614", "30005", "30006"];

/// Whether these words of a gateway, at the hand-off or in a receipt, say that nobody has this number. Everything else may
/// be better tomorrow.
pub fn says_no_such_number(words: &str) -> bool {
    let is_code = |word: &str| NOBODY.contains(&word.trim_matches(|c: char| !c.is_ascii_digit()));
    let low = words.to_ascii_lowercase();
    // SMPP 3.4 5.1.3: ESME_RINVDSTADR, and what message centres write into the error field of a receipt.
    let by_name = ["unknown subscriber", "invalid destination address", "err:001", "0x0000000b"];
    words.split_whitespace().any(is_code) || by_name.iter().any(|said| low.contains(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_number_is_nobodys_only_where_the_network_says_so() {
        for said in
            ["failed 30005", "undelivered 30006", "400 21211 'To' is not a number", "2 id:7 stat:UNDELIV err:001"]
        {
            assert!(says_no_such_number(said), "{said}");
        }
        for said in
            ["undelivered 30003", "failed 30008", "34 NACK/EXPIRED", "400 21610 barred", "2 stat:UNDELIV err:000"]
        {
            assert!(!says_no_such_number(said), "{said}");
        }
    }

    #[test]
    fn receipts_of_both_gateways_mean_the_same_three_things() {
        let fate = |kind, pairs: &[(&str, &str)]| Receipt::read(kind, &fields(pairs)).expect("a receipt").fate;
        for (status, expected) in [
            ("delivered", Fate::Delivered),
            ("undelivered", Fate::Failed),
            ("failed", Fate::Failed),
            ("sent", Fate::OnItsWay),
        ] {
            assert_eq!(fate(Kind::Twilio, &[("MessageStatus", status)]), expected, "{status}");
        }
        for (number, expected) in [
            ("1", Fate::Delivered),
            ("2", Fate::Failed),
            ("34", Fate::Failed),
            ("16", Fate::Failed),
            ("4", Fate::OnItsWay),
            ("8", Fate::OnItsWay),
        ] {
            assert_eq!(fate(Kind::Kannel, &[("type", number)]), expected, "{number}");
        }
    }

    #[test]
    fn a_receipt_that_nobody_understands_names_its_field() {
        let wrong = |kind, pairs: &[(&str, &str)]| Receipt::read(kind, &fields(pairs)).expect_err("no receipt").field;
        assert_eq!(wrong(Kind::Twilio, &[]), "MessageStatus");
        assert_eq!(wrong(Kind::Twilio, &[("MessageStatus", "eaten")]), "MessageStatus");
        assert_eq!(wrong(Kind::Kannel, &[("type", "one")]), "type");
        assert_eq!(wrong(Kind::Kannel, &[("type", "64")]), "type");
    }

    #[test]
    fn a_reply_is_the_same_with_and_without_the_plus() {
        for from in ["+447700900412", "447700900412", "00447700900412"] {
            let kannel = fields(&[("from", from), ("to", "100"), ("text", "STOP"), ("id", "7")]);
            let read = Inbound::read(Kind::Kannel, &kannel).expect("a reply");
            assert_eq!((read.from.as_str(), read.body.as_str()), ("+447700900412", "STOP"));
        }
        let no_number = fields(&[("From", "Alder"), ("To", "100"), ("Body", "x"), ("MessageSid", "SM1")]);
        assert_eq!(Inbound::read(Kind::Twilio, &no_number).expect_err("a name").field, "From");
    }
}
