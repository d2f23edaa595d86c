//! A person's browser without scripts: keeps cookies, and sends a page's forms as its own button would.

use super::api::{Api, Reply};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// A browser.
#[derive(Debug)]
pub struct Visitor {
    api: Api,
    origin: String,
    cookies: RefCell<BTreeMap<String, String>>,
    last: RefCell<String>,
}

impl Visitor {
    pub(super) fn new(base: &str) -> Self {
        let (cookies, last) = (RefCell::default(), RefCell::default());
        Self { api: Api::new(base, None), origin: base.to_owned(), cookies, last }
    }

    /// Opens a page, as typing its address or pressing its link does.
    pub fn open(&self, path: &str) -> Reply {
        let path = path.strip_prefix(self.origin.as_str()).unwrap_or(path);
        self.request("GET", path, "")
    }

    /// Sends the form of the page that was seen last, its hidden fields included.
    pub fn send(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let page = self.last.borrow().clone();
        let hidden = ["_csrf", "_key", "seen"].into_iter().filter_map(|name| Some((name, hidden(&page, name)?)));
        let given = fields.iter().map(|(name, value)| (*name, (*value).to_owned()));
        let all: Vec<String> =
            given.chain(hidden).map(|(name, value)| format!("{}={}", escape(name), escape(&value))).collect();
        self.request("POST", path, &all.join("&"))
    }

    /// The cookies that it keeps, by name: for going on in a real browser.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.borrow().clone()
    }

    /// The page that was seen last.
    #[must_use]
    pub fn page(&self) -> String {
        self.last.borrow().clone()
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Reply {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let mut headers = vec![
            ("content-type", "application/x-www-form-urlencoded"),
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-user", "?1"),
            ("sec-fetch-site", if method == "GET" { "none" } else { "same-origin" }),
        ];
        if method == "POST" {
            headers.push(("origin", self.origin.as_str()));
        }
        if !cookies.is_empty() {
            headers.push(("cookie", cookies.as_str()));
        }
        let reply = self.api.call(method, path, &headers, body);
        self.keep(&reply);
        reply
    }

    fn keep(&self, reply: &Reply) {
        if let Some((pair, rest)) = reply.header("set-cookie").split_once(';')
            && let Some((name, value)) = pair.split_once('=')
        {
            let mut cookies = self.cookies.borrow_mut();
            match rest.contains("Max-Age=0") {
                true => drop(cookies.remove(name)),
                false => drop(cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        if reply.header("content-type").starts_with("text/html") {
            reply.body.clone_into(&mut self.last.borrow_mut());
        }
    }
}

/// The value of a hidden field of the page's first form that has one.
fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, after) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    after.split_once('"').map(|(value, _)| value.to_owned())
}

fn escape(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
