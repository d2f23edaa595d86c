//! As Twilio's Messages API speaks: <https://www.twilio.com/docs/messaging/api/message-resource>.

use super::gateway::{Gateway, Text, answer};
use crate::handed::Handed;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha1::Sha1;

/// Finer codes of refusals that no later try will change: no such number, not a mobile, barred by its owner, filtered,
/// nobody there (`reliability` 3.5).
const FOR_GOOD: [u32; 13] = [21211, 21214, 21217, 21408, 21602, 21610, 21612, 21614, 21617, 30004, 30005, 30006, 30007];

#[derive(Deserialize)]
struct Taken {
    sid: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    code: Option<u32>,
    message: Option<String>,
}

pub(super) fn hand_off(gateway: &Gateway, text: &Text<'_>) -> Handed {
    let settings = &gateway.settings;
    let url = format!("{}/2010-04-01/Accounts/{}/Messages.json", settings.url.trim_end_matches('/'), settings.user);
    let sign_in = BASE64_STANDARD.encode(format!("{}:{}", settings.user, settings.password.reveal()));
    let form = [("To", text.to), ("From", &settings.from), ("Body", text.body), ("StatusCallback", text.report_to)];
    let called = gateway.agent().post(url).header("Authorization", format!("Basic {sign_in}")).send_form(form);
    match answer(called) {
        Ok((status, words)) => judged(status, &words),
        Err(handed) => handed,
    }
}

fn judged(status: u16, words: &str) -> Handed {
    let problem: Problem = serde_json::from_str(words).unwrap_or(Problem { code: None, message: None });
    let said = match (problem.code, &problem.message) {
        (Some(code), Some(message)) => format!("{code} {message}"),
        _ => words.chars().take(200).collect(),
    };
    let sid = || serde_json::from_str::<Taken>(words).ok().and_then(|taken| taken.sid);
    match status {
        200..=299 => match sid() {
            Some(sid) => Handed::Accepted { reply: sid },
            // It says yes and not to what: it may have it.
            None => Handed::Unknown { why: format!("{status} without a sid: {said}") },
        },
        // Our own account, too much at once, or nobody at work: turned away at the door, unless it has given it a name.
        401 | 403 | 404 | 408 | 429 | 503 if sid().is_none() => Handed::NotAccepted { why: format!("{status} {said}") },
        // Any other 5xx may come after the text went out.
        401 | 403 | 404 | 408 | 429 | 500..=599 => Handed::Unknown { why: format!("{status} {said}") },
        _ => {
            let permanent = problem.code.is_none_or(|code| FOR_GOOD.contains(&code));
            Handed::Refused { code: status, reply: said, permanent }
        }
    }
}

/// The signature that Twilio puts into `X-Twilio-Signature` of a call to this address with these fields:
/// <https://www.twilio.com/docs/usage/security#validating-requests>.
pub fn signature(token: &str, url: &str, fields: &[(String, String)]) -> String {
    BASE64_STANDARD.encode(keyed(token, url, fields).finalize().into_bytes())
}

/// Whether a call to this address with these fields is signed with the account's token. Takes as long for any wrong one.
pub fn is_signed(token: &str, url: &str, fields: &[(String, String)], signature: &str) -> bool {
    let Ok(given) = BASE64_STANDARD.decode(signature) else { return false };
    keyed(token, url, fields).verify_slice(&given).is_ok()
}

fn keyed(token: &str, url: &str, fields: &[(String, String)]) -> Hmac<Sha1> {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).expect("a key of any length will do (RFC 2104 2)");
    let mut sorted: Vec<&(String, String)> = fields.iter().collect();
    sorted.sort();
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_twilios_own_documentation_verifies() {
        let fields = [
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let url = "https://example.com/myapp.php?foo=1&bar=2";
        assert_eq!(signature("12345", url, &fields), "L/OH5YylLD5NRKLltdqwSvS0BnU=");
        assert!(is_signed("12345", url, &fields, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        assert!(!is_signed("12346", url, &fields, "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        assert!(!is_signed("12345", url, &fields[1..], "L/OH5YylLD5NRKLltdqwSvS0BnU="));
        assert!(!is_signed("12345", url, &fields, "not base64"));
    }

    #[test]
    fn what_will_never_work_is_told_from_what_may_work_later() {
        let refused = |status, code: u32| judged(status, &format!("{{\"code\":{code},\"message\":\"no\"}}"));
        assert!(matches!(refused(400, 21610), Handed::Refused { permanent: true, .. }), "barred by its owner");
        assert!(matches!(refused(400, 21611), Handed::Refused { permanent: false, .. }), "queue full");
        assert!(matches!(refused(429, 20429), Handed::NotAccepted { .. }), "too many");
        assert!(matches!(refused(401, 20003), Handed::NotAccepted { .. }), "our password");
        assert!(matches!(judged(503, "busy"), Handed::NotAccepted { .. }));
        assert!(matches!(judged(503, "{\"sid\":\"SM1\"}"), Handed::Unknown { .. }), "it has a name, so it was taken");
        assert!(matches!(judged(500, "oh"), Handed::Unknown { .. }));
        assert!(matches!(judged(502, ""), Handed::Unknown { .. }));
        assert!(matches!(judged(201, "{}"), Handed::Unknown { .. }));
        assert_eq!(judged(201, "{\"sid\":\"SM1\"}"), Handed::Accepted { reply: "SM1".into() });
        assert!(matches!(judged(400, "<html>"), Handed::Refused { permanent: true, .. }));
    }
}
