//! Flows, portals, API and workers of Holdspace: everything between a request and the store.

pub mod actor;
pub mod api;
pub mod app;
pub mod assets;
pub mod body;
pub mod call;
pub mod clock;
pub mod config;
pub mod demo;
pub mod dice;
pub mod error;
pub mod flow;
pub mod keys;
pub mod links;
pub mod portal;
pub mod post;
pub mod rate;
pub mod routes;
pub mod security;
pub mod serve;
pub mod session;
pub mod start;
pub mod when;
pub mod words;
pub mod work;
