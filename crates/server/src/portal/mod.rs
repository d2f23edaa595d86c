//! Pages for people: the client portal, the therapist portal and the practice portal share a frame and its pieces.

mod client;
mod confirm;
pub mod desk;
mod hours;
pub mod layout;
mod lost_link;
pub mod practice;
pub(crate) mod push;
mod reach;
pub mod signin;
mod support;
mod talk;
pub mod terms;
pub mod therapist;

pub use layout::Shell;
pub(crate) use signin::welcome;

use crate::actor::{Caller, Colleague, Public};
use crate::app::App;
use crate::call::Call;
use crate::error::Problem;
use crate::flow::signin::home_of;
use crate::routes::{Answer, Route, get};
use askama::Template;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

/// The content type of pages.
const HTML: &str = "text/html; charset=utf-8";

/// One line of "What this will do", or of what an act did (`ui::effects`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Its drawing.
    pub icon: &'static str,
    /// What happens.
    pub title: String,
    /// How, when, why; may be empty.
    pub detail: String,
}

/// Every page's routes: other portals add their lists here.
pub fn routes() -> Vec<Route> {
    let frame = vec![
        get::<Public>("/", begin).about("portal").says("The first page of whoever is signed in, or signing in"),
        get::<Colleague>("/more", more).about("portal").says("Every page, help, and signing out, for a small screen"),
    ];
    [
        frame,
        signin::routes(),
        lost_link::routes(),
        terms::routes(),
        confirm::routes(),
        hours::routes(),
        client::routes(),
        therapist::routes(),
        practice::routes(),
        support::routes(),
        talk::routes(),
        push::routes(),
    ]
    .concat()
}

/// A page.
///
/// # Errors
/// A fault of ours where the template cannot be rendered.
pub fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// A page with another status: 422 for a form that is shown again.
///
/// # Errors
/// A fault of ours where the template cannot be rendered.
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    let text = template.render().map_err(Problem::fault)?;
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    Ok(response)
}

/// Sends the browser on with a GET (303), after something was done. `path` is one of ours and begins with a slash.
pub fn redirect(path: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    // A browser reads "/\\" like "//": another host.
    let is_ours = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    // Our paths are ids and words; anything else goes to the first page rather than into a header.
    let location = HeaderValue::from_str(path).ok().filter(|_| is_ours);
    response.headers_mut().insert(LOCATION, location.unwrap_or(HeaderValue::from_static("/")));
    response
}

/// Sends somebody who has to sign in first there; htmx is told to load the whole page.
pub(crate) fn to_sign_in(headers: &HeaderMap) -> Response<Body> {
    if !headers.contains_key("HX-Request") {
        return redirect("/sign-in");
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response.headers_mut().insert("HX-Redirect", HeaderValue::from_static("/sign-in"));
    response
}

#[derive(Template)]
#[template(path = "error/page.html")]
struct ProblemPage<'a> {
    shell: Shell,
    problem: &'a Problem,
    onward: &'static str,
}

/// A problem as a page: what is wrong and what to do next, in the frame of whoever sees it.
pub(crate) fn problem_page(app: &App, caller: &Caller, problem: &Problem) -> Response<Body> {
    let shell = Shell::of(app, caller, problem.title());
    let onward = if matches!(caller, Caller::Person(_)) { "Go to your first page" } else { "Go to the first page" };
    let text = ProblemPage { shell, problem, onward }.render();
    // A page that cannot be rendered still says its sentence.
    problem.respond(HTML, text.unwrap_or_else(|_| problem.title().to_owned()))
}

async fn begin(_: App, call: Call<Public>) -> Answer {
    Ok(redirect(call.actor.0.map_or("/sign-in", |actor| home_of(actor.role))))
}

#[derive(Template)]
#[template(path = "layout/more.html")]
struct MorePage {
    shell: Shell,
}

async fn more(app: App, call: Call<Colleague>) -> Answer {
    page(&MorePage { shell: Shell::new(&app, &call, "More").at("/more") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::FieldErrors;
    use crate::when::{Due, When};

    #[derive(Template)]
    #[template(
        ext = "html",
        source = r#"{% import "pieces/ui.html" as ui %}{{ ui::mark() }}{{ ui::icon("clock") }}
{{ ui::tag("due", "Due & soon", "clock") }}{{ ui::tag("", "Plain") }}{{ ui::problems(errors) }}
<input id="next"{{ ui::described(errors, "next") }}>{{ ui::wrong(errors, "next") }}
{{ ui::text_field(errors, "note", "Note", "<b>") }}{{ ui::banner("done", "check", "Saved") }}
{{ ui::due(due) }}{{ ui::facts(pairs) }}{{ ui::effects(effects) }}{{ ui::copy_link("link", "Booking link", "/r/x") }}"#
    )]
    struct Pieces {
        errors: FieldErrors,
        due: Due,
        pairs: Vec<(&'static str, String)>,
        effects: Vec<Effect>,
    }

    #[test]
    fn every_piece_renders_and_escapes_what_people_wrote() {
        let mut errors = FieldErrors::default();
        errors.push("next", "Choose what happens next for <Daniel>");
        let now = "2026-11-24T09:12:00Z".parse().expect("a moment");
        let due = When::new(crate::actor::Manner::default(), now).due(now);
        let pairs = vec![("Client", "Daniel <Reyes>".to_owned())];
        let effects = vec![Effect { icon: "mail", title: "Daniel is told".into(), detail: "By text, at once".into() }];
        let text = Pieces { errors, due, pairs, effects }.render().expect("rendered");
        assert!(!text.contains("<Daniel>") && !text.contains("<Reyes>") && !text.contains("value=\"<b>\""), "{text}");
        assert!(text.contains("aria-describedby=\"next-error\"") && text.contains("href=\"#next\""), "{text}");
        assert!(text.contains("<dt>Client</dt>") && text.contains("<b>Daniel is told</b>"), "{text}");
        assert!(text.contains("data-copy=\"link\"") && text.contains("by 09:12"), "{text}");
    }

    #[test]
    fn a_redirect_never_leaves_our_own_site() {
        let to = |path| redirect(path).headers()[LOCATION].to_str().expect("text").to_owned();
        assert_eq!(to("/t"), "/t");
        for foreign in ["https://evil.example", "//evil.example", "/\\evil.example", "/\r\nSet-Cookie: a=b", "t"] {
            assert_eq!(to(foreign), "/", "{foreign:?}");
        }
    }
}
