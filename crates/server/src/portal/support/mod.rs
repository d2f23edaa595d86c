//! Help of every kind: requests, guides, words to a client, a therapist's record and listing. Each page is written once
//! for whoever may open it.

mod ask;
mod edit;
mod files;
mod guides;
mod listing;
mod markup;
mod message;
mod practice_record;
mod public;
mod queue;
mod record;
mod request;
mod views;

pub(crate) use ask::client_kinds;
pub(crate) use public::{crisis, help_path};

use crate::actor::{Client, Manager, Public, Scoped, Staff, Therapist};
use crate::app::App;
use crate::call::Call;
use crate::flow::once::{self, Once};
use crate::flow::{Ask, Failed, Flow};
use crate::routes::{Route, get, post};
use domain::audit::Hash;
use domain::id::Ids;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::command::Key;
use store::{Done, Tx};

/// The same routes for each portal.
macro_rules! own {
    ($kind:ty, $base:literal) => {
        vec![
            get::<$kind>(concat!($base, "/tickets"), queue::page::<$kind>)
                .about("ticket")
                .says("Requests for help: those whose work they are see the queue, others their own"),
            get::<$kind>(concat!($base, "/tickets/{id}"), request::page::<$kind>)
                .about("ticket")
                .says("One request with its thread"),
            post::<$kind>(concat!($base, "/tickets/{id}"), request::act::<$kind>)
                .about("ticket")
                .audits("ticket_changed")
                .says("Takes it, answers, notes, phones, tells the client, or closes it"),
            post::<$kind>(concat!($base, "/help"), ask::raise::<$kind>)
                .about("ticket")
                .audits("ticket_raised")
                .says("Asks for help"),
        ]
    };
}

/// What colleagues have alike.
macro_rules! colleague {
    ($kind:ty, $base:literal) => {
        vec![
            get::<$kind>(concat!($base, "/help"), ask::page::<$kind>)
                .about("ticket")
                .says("Get help: whom to call, and a request"),
            get::<$kind>(concat!($base, "/guides"), guides::library::<$kind>).about("guide").says("The guides"),
            get::<$kind>(concat!($base, "/clients/{id}/message"), message::page::<$kind>)
                .about("message")
                .says("Words to a client"),
            post::<$kind>(concat!($base, "/clients/{id}/message"), message::send::<$kind>)
                .about("message")
                .audits("message_written")
                .says("Sends them"),
        ]
    };
}

/// The routes of this module.
pub fn routes() -> Vec<Route> {
    let public = vec![
        get::<Public>("/guides/{id}", guides::page)
            .about("guide")
            .says("One guide; what is written for clients needs no sign-in"),
        post::<Public>("/guides/{id}/feedback", guides::feedback)
            .about("guide")
            .audits("guide_answered")
            .says("Whether it answered the question"),
        get::<Public>("/guides/{id}/files/{file}", guides::file).about("guide").says("A file of a guide"),
        get::<Public>("/help/{practice}", public::page)
            .about("help")
            .says("Whom to call, and the guides for clients, without signing in"),
    ];
    let office = vec![
        get::<Manager>("/p/therapists", practice_record::list)
            .about("therapist")
            .says("How therapists are listed, and what is worth a talk"),
        get::<Manager>("/p/therapists/{id}", practice_record::page)
            .about("therapist")
            .says("One therapist’s record and listing"),
        post::<Manager>("/p/therapists/{id}/listing", listing::by_practice)
            .about("therapist")
            .audits("listing_changed")
            .says("Changes how a therapist is listed"),
        post::<Manager>("/p/appeals/{id}", practice_record::decide)
            .about("therapist")
            .audits("appeal_decided")
            .says("Decides an appeal"),
    ];
    let therapist = vec![
        get::<Therapist>("/t/record", record::page)
            .about("therapist")
            .says("My record: what counts and why, and how I am listed"),
        post::<Therapist>("/t/record/appeal", record::appeal)
            .about("therapist")
            .audits("event_appealed")
            .says("Says why an event should not count"),
        post::<Therapist>("/t/record/listing", listing::by_therapist)
            .about("therapist")
            .audits("listing_changed")
            .says("Hides the profile, closes to new clients, or lists it again"),
    ];
    [
        public,
        own!(Therapist, "/t"),
        own!(Staff, "/p"),
        own!(Client, "/c"),
        colleague!(Therapist, "/t"),
        colleague!(Staff, "/p"),
        therapist,
        office,
        editing(),
    ]
    .concat()
}

/// Changing the guides.
fn editing() -> Vec<Route> {
    vec![
        get::<Staff>("/p/guides/new", edit::new_page).about("guide").says("The form of a new guide"),
        post::<Staff>("/p/guides/new", edit::add).about("guide").audits("guide_added").says("Shows it, or adds it"),
        get::<Staff>("/p/guides/{id}/edit", edit::page).about("guide").says("The form of a guide, and its versions"),
        post::<Staff>("/p/guides/{id}/edit", edit::change)
            .about("guide")
            .audits("guide_changed")
            .says("Shows the change, or keeps it"),
        post::<Staff>("/p/guides/{id}/files", files::attach)
            .about("guide")
            .audits("guide_file_added")
            .at_most(files::FORM_MAX)
            .says("Puts a small file with a guide"),
        post::<Staff>("/p/guides/{id}/files/{file}/remove", files::detach)
            .about("guide")
            .audits("guide_file_removed")
            .says("Takes a file away"),
    ]
}

/// Somebody with a portal of their own.
pub(super) trait Portal: Scoped + std::ops::Deref<Target = domain::access::Actor> {
    /// Where their pages begin.
    const HOME: &'static str;
}

impl Portal for Therapist {
    const HOME: &'static str = "/t";
}
impl Portal for Staff {
    const HOME: &'static str = "/p";
}
impl Portal for Client {
    const HOME: &'static str = "/c";
}

/// Runs a write of a form, once for the form's key.
async fn save<A: Scoped, T, F>(app: &App, call: &Call<A>, mut flow: F) -> Result<T, Failed>
where
    T: Serialize + DeserializeOwned + Clone + Send + 'static,
    F: FnMut(&mut Tx, &App, &Ask, &mut Ids) -> Flow<Done<T>> + Send + 'static,
{
    let ask = call.ask();
    let key = call.idempotency().map(|idempotency| Once {
        key: Key { principal: call.scope().signature(), route: "support".to_owned(), key: idempotency.key.clone() },
        request: Hash::from_bytes(idempotency.fingerprint),
    });
    let (inner, asked) = (app.clone(), ask.clone());
    let answered = once::write(app, &ask, key, move |tx| {
        let mut ids = Ids::new(asked.command, asked.now);
        flow(tx, &inner, &asked, &mut ids)
    })
    .await?;
    Ok(answered.answer)
}
