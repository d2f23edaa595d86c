//! Help of every kind: requests, guides, words to a client, records and listings; over the API and on pages.

#[path = "../desk/house.rs"]
mod house;
#[path = "../desk/page.rs"]
mod page;

mod guidance;
mod hours;
mod office;
mod pages;
mod reasons;
mod standing;
mod terms;
mod tickets;
