//! The description of the API for programs, made from the route table and from nothing else.

use super::json;
use crate::actor::{Public, Who};
use crate::app::App;
use crate::call::Call;
use crate::routes::{Answer, Route, Surface, get, table};
use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use domain::access::Scope;
use serde_json::{Map, Value, json as object};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get::<Public>("/api/openapi.json", describe).about("api").says("This description"),
        get::<Public>("/healthz", alive).about("server").says("Whether the process answers"),
        get::<Public>("/readyz", ready).about("server").says("Whether the database answers"),
        get::<Public>("/metrics", metrics).about("server").says("How much is owed and late, for a monitor"),
    ]
}

async fn describe(_: App, _: Call<Public>) -> Answer {
    json(StatusCode::OK, &description(&table()))
}

async fn alive(_: App, _: Call<Public>) -> Answer {
    json(StatusCode::OK, &object!({ "status": "ok" }))
}

async fn ready(app: App, _: Call<Public>) -> Answer {
    let practices = super::read(&app, |tx| Ok(store::practice::ids(tx)?.len())).await?;
    json(StatusCode::OK, &object!({ "status": "ok", "practices": practices }))
}

/// Numbers in the text format of Prometheus: sums over every practice, nothing about anybody.
async fn metrics(app: App, call: Call<Public>) -> Answer {
    let now = call.now;
    let counts =
        super::read(&app, move |tx| Ok(store::obligation::counts(tx, &Scope::System("metrics"), now)?)).await?;
    let lines = [("owed", counts.owed), ("overdue", counts.overdue), ("escalated", counts.escalated)];
    let text: String = lines
        .iter()
        .map(|(name, n)| format!("# TYPE holdspace_obligations_{name} gauge\nholdspace_obligations_{name} {n}\n"))
        .collect();
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"));
    Ok(response)
}

/// An OpenAPI 3.1 document of the routes that programs use.
pub fn description(routes: &[Route]) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for route in routes.iter().filter(|route| route.surface == Surface::Api) {
        let item = paths.entry(route.path).or_insert_with(|| object!({}));
        item[route.method.as_str().to_lowercase()] = operation(route);
    }
    object!({
        "openapi": "3.1.0",
        "info": { "title": "Holdspace", "version": env!("CARGO_PKG_VERSION"),
            "description": "Bodies and refusals of each act are described in API.md." },
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": problem() },
        },
    })
}

fn operation(route: &Route) -> Value {
    let names = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = names.map(|name| parameter(name, "path", true)).collect();
    if route.is_write() {
        parameters.push(parameter("Idempotency-Key", "header", false));
    }
    if route.previews {
        parameters.push(parameter("preview", "query", false));
    }
    let refused = object!({ "description": "A problem document (RFC 9457)",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    let mut operation = object!({ "summary": route.summary, "tags": [route.object], "parameters": parameters,
        "responses": { "2XX": { "description": "Done" }, "default": refused } });
    if let Who::Roles(roles) = route.who {
        operation["security"] = object!([{ "token": [] }]);
        operation["x-roles"] = roles.iter().map(|role| role.word()).collect();
    }
    if route.is_write() {
        let body = object!({ "application/json": { "schema": { "type": "object" } } });
        operation["requestBody"] = object!({ "required": true, "content": body });
    }
    operation
}

fn parameter(name: &str, place: &str, required: bool) -> Value {
    object!({ "name": name, "in": place, "required": required, "schema": { "type": "string" } })
}

fn problem() -> Value {
    let text = object!({ "type": "string" });
    let error = object!({ "type": "object", "properties": { "field": text, "code": text, "message": text } });
    object!({ "type": "object", "required": ["type", "title", "status", "detail", "code", "errors"],
        "properties": { "type": text, "title": text, "status": { "type": "integer" }, "detail": text, "code": text,
            "errors": { "type": "array", "items": error } } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_of_the_api_is_described_with_its_roles() {
        let (routes, described) = (table(), description(&table()));
        for route in routes.iter().filter(|route| route.surface == Surface::Api) {
            let operation = &described["paths"][route.path][route.method.as_str().to_lowercase()];
            assert_eq!(operation["summary"], route.summary, "{route:?}");
            assert_eq!(operation["x-roles"].is_array(), matches!(route.who, Who::Roles(_)), "{route:?}");
        }
    }
}
