//! The route table. The router, the authorisation matrix and the tests are made from it and from nothing else.

mod matrix;
mod pass;

pub use matrix::matrix;

use crate::actor::{ActorKind, Who};
use crate::app::App;
use crate::call::{Arrived, Call};
use crate::error::Problem;
use crate::rate::RateClass;
use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request};
use axum::http::{Method, Response};
use axum::routing::{MethodFilter, on};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a handler gives back.
pub type Answer = Result<Response<Body>, Problem>;

type Running = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// How a problem is told: as a page, as a problem document, or as an OperationOutcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    /// People in a browser: cookie, forms, pages.
    Page,
    /// Programs: bearer token, JSON.
    Api,
    /// FHIR programs: bearer token, FHIR JSON.
    Fhir,
}

/// One route. Made by [`get`], [`post`], [`put`] and [`delete`], then described.
#[derive(Clone)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, parameters in braces.
    pub path: &'static str,
    /// Who may use it; follows from the handler's type.
    pub who: Who,
    /// The noun it is about.
    pub object: &'static str,
    /// Which limit counts it.
    pub rate: RateClass,
    /// The word under which it stands in the audit record; `None` where it changes and reveals nothing of note.
    pub audit: Option<&'static str>,
    /// One line for the matrix and the API's description.
    pub summary: &'static str,
    /// Whether it can say what it would do and do nothing (`?preview=true`).
    pub previews: bool,
    /// How problems are told.
    pub surface: Surface,
    /// Bytes that a body may have where that is more than usual: files.
    pub body_max: Option<usize>,
    handler: Arc<dyn Fn(App, Arc<Arrived>) -> Option<Running> + Send + Sync>,
}

/// A handler: `async fn(App, Call<A>) -> Answer`.
pub trait Handler<A>: Clone + Send + Sync + 'static {
    /// Runs it.
    fn run(&self, app: App, call: Call<A>) -> Running;
}

impl<A, F, Fut> Handler<A> for F
where
    F: Fn(App, Call<A>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    fn run(&self, app: App, call: Call<A>) -> Running {
        Box::pin(self(app, call))
    }
}

/// A read.
pub fn get<A: ActorKind>(path: &'static str, handler: impl Handler<A>) -> Route {
    Route::new(Method::GET, path, handler)
}

/// A write.
pub fn post<A: ActorKind>(path: &'static str, handler: impl Handler<A>) -> Route {
    Route::new(Method::POST, path, handler)
}

/// A replacement.
pub fn put<A: ActorKind>(path: &'static str, handler: impl Handler<A>) -> Route {
    Route::new(Method::PUT, path, handler)
}

/// A removal.
pub fn delete<A: ActorKind>(path: &'static str, handler: impl Handler<A>) -> Route {
    Route::new(Method::DELETE, path, handler)
}

impl Route {
    fn new<A: ActorKind>(method: Method, path: &'static str, handler: impl Handler<A>) -> Self {
        let rate = match (A::WHO, &method) {
            (Who::Link, _) => RateClass::Link,
            (_, &Method::GET) => RateClass::Read,
            _ => RateClass::Write,
        };
        Self {
            method,
            path,
            who: A::WHO,
            object: "",
            rate,
            audit: None,
            summary: "",
            previews: false,
            surface: Surface::of(path),
            body_max: None,
            handler: Arc::new(move |app, arrived| Some(handler.run(app, Call::admit(arrived)?))),
        }
    }

    /// The noun it is about.
    #[must_use]
    pub fn about(mut self, object: &'static str) -> Self {
        self.object = object;
        self
    }

    /// One line that says what it does.
    #[must_use]
    pub fn says(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// The word under which it stands in the audit record.
    #[must_use]
    pub fn audits(mut self, word: &'static str) -> Self {
        self.audit = Some(word);
        self
    }

    /// Can say what it would do and do nothing; any other write refuses `?preview=true`, lest it be done in earnest.
    #[must_use]
    pub fn previews(mut self) -> Self {
        self.previews = true;
        self
    }

    /// Takes a larger body than usual.
    #[must_use]
    pub fn at_most(mut self, bytes: usize) -> Self {
        self.body_max = Some(bytes);
        self
    }

    /// Counted by another limit than reads or writes.
    #[must_use]
    pub fn rate(mut self, class: RateClass) -> Self {
        self.rate = class;
        self
    }

    /// A page or a program's route where the path does not tell.
    #[must_use]
    pub fn surface(mut self, surface: Surface) -> Self {
        self.surface = surface;
        self
    }

    /// Whether it changes anything.
    pub fn is_write(&self) -> bool {
        self.method != Method::GET
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.who)
    }
}

impl Surface {
    /// Where a path belongs, unless its route says otherwise.
    pub fn of(path: &str) -> Self {
        let below =
            |prefix: &str| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        match path {
            _ if below("/fhir") => Self::Fhir,
            _ if below("/api") || below("/demo") || below("/healthz") || below("/readyz") || below("/metrics") => {
                Self::Api
            }
            _ => Self::Page,
        }
    }
}

/// The whole table: every module contributes its list here.
pub fn table() -> Vec<Route> {
    [crate::assets::routes(), crate::portal::routes(), crate::api::routes()].concat()
}

/// The router of the application.
pub fn router(app: &App) -> Router {
    build(app, table())
}

/// A router of these routes; anything else is 404, told like the path's surface tells it.
pub fn build(app: &App, routes: Vec<Route>) -> Router {
    let mut router = Router::new();
    for route in routes {
        let (app, method, path) = (app.clone(), filter(&route.method), route.path);
        let route = Arc::new(route);
        let serve = move |params: RawPathParams, request: Request| {
            pass::serve(app.clone(), route.clone(), owned(&params), request)
        };
        router = router.route(path, on(method, serve));
    }
    let (nowhere, not_so) = (app.clone(), app.clone());
    router
        .fallback(move |request: Request| pass::serve_nothing(nowhere.clone(), Problem::not_found(), request))
        .method_not_allowed_fallback(move |request: Request| {
            pass::serve_nothing(not_so.clone(), Problem::method_not_allowed(None), request)
        })
}

fn owned(params: &RawPathParams) -> Vec<(String, String)> {
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn filter(method: &Method) -> MethodFilter {
    // The constructors above make four methods only.
    MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET)
}
