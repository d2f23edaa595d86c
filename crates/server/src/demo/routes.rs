//! The demo's routes. They are not part of the product's table: only `holdspace demo` mounts them.

use super::{Handles, inbound, pages, wire};
use crate::actor::Public;
use crate::app::App;
use crate::call::Call;
use crate::rate::RateClass;
use crate::routes::{Answer, Route, Surface, get, post};
use std::future::Future;
use std::sync::Arc;

/// The list.
pub fn routes(handles: &Arc<Handles>) -> Vec<Route> {
    let programs = vec![
        get("/demo/people", wire::people).says("Everybody of the demo, with a way in and a token"),
        get("/demo/outbox", with(handles, pages::outbox)).says("Every letter, in the order of hand-off"),
        post("/demo/inbound", inbound::receive).says("A letter arrives: to a support address it is a request for help"),
        get("/demo/clock", pages::clock).says("What time it is here"),
        post("/demo/clock", with(handles, |handles, _, call| wire::move_clock(handles, call)))
            .says("Moves time forward"),
        post("/demo/faults", with(handles, |handles, _, call| wire::set_fault(handles, call)))
            .says("The outside world misbehaves until set back"),
    ];
    let people = vec![
        get("/demo", pages::home).says("Who is who, and what can be tried"),
        get("/demo/sign-in/{person}", pages::sign_in).says("Signs in as somebody of the demo"),
        get("/demo/letters/{id}", with(handles, pages::letter)).says("One letter"),
        get("/demo/time", with(handles, pages::time)).says("The time machine"),
        post("/demo/time", with(handles, pages::move_time)).says("Moves time forward"),
        get("/demo/faults", with(handles, pages::faults)).says("What misbehaves"),
        post("/demo/faults/set", with(handles, pages::set_fault)).says("Sets what misbehaves"),
    ];
    let programs = programs.into_iter().map(|route: Route| route.surface(Surface::Api));
    let people = people.into_iter().map(|route: Route| route.surface(Surface::Page));
    programs.chain(people).map(|route| route.about("demo").rate(RateClass::Free)).collect()
}

/// A handler that also gets the demo's own things.
fn with<F, Fut>(handles: &Arc<Handles>, handler: F) -> impl Fn(App, Call<Public>) -> Fut + Clone + Send + Sync + 'static
where
    F: Fn(Arc<Handles>, App, Call<Public>) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let handles = handles.clone();
    move |app, call| handler(handles.clone(), app, call)
}
