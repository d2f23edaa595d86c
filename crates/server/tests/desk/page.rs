//! Pages as a person without JavaScript meets them: read as text, followed by the words of links and buttons.
#![allow(dead_code, reason = "each test uses its own part of it")]

use crate::house::{House, now};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION};
use axum::http::{Method, Request, StatusCode};
use domain::person::PersonRef;
use holdspace_server::flow::signin::open_for;
use holdspace_server::routes::router;
use tower::ServiceExt as _;

/// A browser that knows only text, with somebody signed in.
pub struct Reader {
    router: Router,
    cookie: String,
    /// Where it is.
    pub path: String,
    /// The status of the page.
    pub status: StatusCode,
    /// The page.
    pub html: String,
}

impl Reader {
    pub async fn of(house: &House, person: PersonRef) -> Self {
        let opened = open_for(&house.app, person, now()).await.expect("works").expect("a person");
        let cookie = format!("holdspace={}", opened.secret.text());
        Self { router: router(&house.app), cookie, path: String::new(), status: StatusCode::OK, html: String::new() }
    }

    pub async fn go(&mut self, path: &str) -> &mut Self {
        self.request(Method::GET, path, String::new()).await;
        self
    }

    async fn request(&mut self, method: Method, path: &str, body: String) {
        self.send(method, path, "application/x-www-form-urlencoded", body.into_bytes()).await;
    }

    async fn send(&mut self, method: Method, path: &str, kind: &str, body: Vec<u8>) {
        let mut next = Some((method, path.split('#').next().unwrap_or(path).to_owned(), body));
        while let Some((method, path, body)) = next.take() {
            let request = Request::builder().method(method).uri(&path).header(HOST, "127.0.0.1:8080");
            let request = request.header(CONTENT_TYPE, kind);
            let request = request.header(COOKIE, &self.cookie).header("sec-fetch-site", "same-origin");
            let request = request.body(Body::from(body)).expect("a request");
            let (parts, body) = self.router.clone().oneshot(request).await.expect("an answer").into_parts();
            let bytes = to_bytes(body, 2_000_000).await.expect("a body");
            (self.status, self.path) = (parts.status, path);
            self.html = String::from_utf8_lossy(&bytes).into_owned();
            if let Some(to) = parts.headers.get(LOCATION) {
                let to = to.to_str().expect("text").split('#').next().unwrap_or_default().to_owned();
                next = Some((Method::GET, to, Vec::new()));
            }
        }
    }

    /// Follows the link with these words.
    pub async fn follow(&mut self, words: &str) -> &mut Self {
        let href = self.link(words).unwrap_or_else(|| panic!("no link {words:?} on {}:\n{}", self.path, self.text()));
        self.go(&href.clone()).await;
        self
    }

    /// The address behind the first link that begins with these words.
    pub fn link(&self, words: &str) -> Option<String> {
        elements(&self.html, "a").into_iter().find_map(|(tag, inside)| {
            text_of(inside).starts_with(words).then(|| attribute(tag, "href").unwrap_or_default())
        })
    }

    /// Fills in the form that has a button with these words and presses it: every control is sent as it stands, except
    /// the ones named here. A list of values stands for ticks; none unticks.
    pub async fn press(&mut self, button: &str, fields: &[(&str, &str)]) -> &mut Self {
        let (form, inside) = self.form(button);
        let mut sent: Vec<(String, String)> =
            controls(inside).into_iter().filter(|(name, _)| fields.iter().all(|(own, _)| own != name)).collect();
        sent.extend(fields.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        let (tag, _) =
            elements(inside, "button").into_iter().find(|(_, words)| text_of(words).contains(button)).expect("it");
        sent.extend(attribute(tag, "name").map(|name| (name, attribute(tag, "value").unwrap_or_default())));
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(sent).finish();
        let action = attribute(tag, "formaction").or_else(|| attribute(form, "action")).expect("an action");
        match attribute(form, "method").as_deref() {
            Some("post") => self.request(Method::POST, &action, body).await,
            _ => self.request(Method::GET, &format!("{action}?{body}"), String::new()).await,
        }
        self
    }

    /// The same with a file in its one control for files: name, kind, bytes.
    pub async fn upload(&mut self, button: &str, (name, kind, bytes): (&str, &str, &[u8])) -> &mut Self {
        let (form, inside) = self.form(button);
        assert_eq!(attribute(form, "enctype").as_deref(), Some("multipart/form-data"));
        let mut body = Vec::new();
        for (field, value) in controls(inside).into_iter().filter(|(field, _)| field != "file") {
            let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
        body.extend([head.as_bytes(), format!("Content-Type: {kind}\r\n\r\n").as_bytes(), bytes].concat());
        body.extend(b"\r\n--edge--\r\n");
        let action = attribute(form, "action").expect("an action");
        self.send(Method::POST, &action, "multipart/form-data; boundary=edge", body).await;
        self
    }

    fn form(&self, button: &str) -> (&str, &str) {
        let found = elements(&self.html, "form")
            .into_iter()
            .find(|(_, inside)| elements(inside, "button").iter().any(|(_, words)| text_of(words).contains(button)));
        found.unwrap_or_else(|| panic!("no button {button:?} on {}:\n{}", self.path, self.text()))
    }

    /// The values of one control's choices.
    pub fn values(&self, name: &str) -> Vec<String> {
        let inputs =
            tags(&self.html, "input").into_iter().filter(|tag| attribute(tag, "name").as_deref() == Some(name));
        inputs.filter_map(|tag| attribute(tag, "value")).collect()
    }

    /// The values of a dropdown by what they read.
    pub fn option(&self, words: &str) -> String {
        let found = elements(&self.html, "option").into_iter().find(|(_, inside)| text_of(inside).contains(words));
        found.and_then(|(tag, _)| attribute(tag, "value")).unwrap_or_else(|| panic!("no option {words:?}"))
    }

    /// The page as text, one space between words.
    pub fn text(&self) -> String {
        let main = self.html.split_once("<main").map_or(self.html.as_str(), |(_, main)| main);
        text_of(main.split_once('>').map_or(main, |(_, rest)| rest))
    }

    pub fn title(&self) -> String {
        elements(&self.html, "title").first().map(|(_, inside)| text_of(inside)).unwrap_or_default()
    }

    pub fn h1(&self) -> String {
        elements(&self.html, "h1").first().map(|(_, inside)| text_of(inside)).unwrap_or_default()
    }

    /// Fields without a label, by name; and forms that post without the proof that they are ours.
    pub fn faults(&self) -> Vec<String> {
        let labels: Vec<String> =
            elements(&self.html, "label").into_iter().filter_map(|(tag, _)| attribute(tag, "for")).collect();
        let wrapped: Vec<&str> = elements(&self.html, "label").into_iter().map(|(_, inside)| inside).collect();
        let mut faults = Vec::new();
        for kind in ["input", "select", "textarea"] {
            for tag in tags(&self.html, kind) {
                let is_hidden = attribute(tag, "type").as_deref() == Some("hidden");
                let has_label = attribute(tag, "id").is_some_and(|id| labels.contains(&id));
                if !is_hidden && !has_label && !wrapped.iter().any(|inside| inside.contains(tag)) {
                    faults.push(format!("no label: {tag}"));
                }
            }
        }
        for (form, inside) in elements(&self.html, "form") {
            if attribute(form, "method").as_deref() == Some("post") && !inside.contains("name=\"_csrf\"") {
                faults.push(format!("no proof: {form}"));
            }
        }
        faults
    }
}

/// Every element of this kind: its opening tag and what is inside. Elements of one kind do not nest here.
fn elements<'a>(html: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let close = format!("</{kind}>");
    let found = tag_places(html, kind).into_iter().map(|(from, to)| {
        let inside = html[to..].split(&close).next().unwrap_or("");
        (&html[from..to], inside)
    });
    found.collect()
}

fn tags<'a>(html: &'a str, kind: &str) -> Vec<&'a str> {
    tag_places(html, kind).into_iter().map(|(from, to)| &html[from..to]).collect()
}

fn tag_places(html: &str, kind: &str) -> Vec<(usize, usize)> {
    let open = format!("<{kind}");
    html.match_indices(&open)
        .filter(|(at, _)| html[at + open.len()..].starts_with([' ', '>']))
        .filter_map(|(at, _)| html[at..].find('>').map(|end| (at, at + end + 1)))
        .collect()
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next().map(unescaped)
}

fn unescaped(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
        .replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
}

fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let after = if text.is_empty() && !html.starts_with('<') {
            piece
        } else {
            piece.split_once('>').map_or(piece, |(_, t)| t)
        };
        text.push_str(after);
        text.push(' ');
    }
    unescaped(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the controls of a form send as they stand.
fn controls(form: &str) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for tag in tags(form, "input") {
        let (Some(name), kind) = (attribute(tag, "name"), attribute(tag, "type").unwrap_or_default()) else { continue };
        let is_choice = matches!(kind.as_str(), "radio" | "checkbox");
        if !is_choice || tag.contains(" checked") {
            sent.push((name, attribute(tag, "value").unwrap_or_default()));
        }
    }
    for (tag, inside) in elements(form, "textarea") {
        sent.extend(attribute(tag, "name").map(|name| (name, unescaped(inside))));
    }
    for (tag, inside) in elements(form, "select") {
        let chosen = tags(inside, "option").into_iter().find(|option| option.contains(" selected"));
        let chosen = chosen.or_else(|| tags(inside, "option").first().copied());
        sent.extend(attribute(tag, "name").zip(chosen.and_then(|option| attribute(option, "value"))));
    }
    sent
}
