//! One message exactly as it was handed over.

use super::base;
use crate::app::App;
use crate::call::Call;
use crate::flow::sent::{self, Exact, Same};
use crate::flow::{Ask, Flow};
use crate::portal::desk::{Desk, MessageView, People, When, ask, message_view, read, sized, words};
use crate::portal::{Shell, page as render};
use crate::routes::Answer;
use askama::Template;
use domain::id::MessageId;
use domain::person::{Channel, PersonRef, Role};
use domain::telling::made::TryOutcome;
use domain::telling::template::Editable;
use store::Tx;

/// One try, as a line.
struct TryView {
    at: String,
    at_exact: String,
    came: &'static str,
    through: String,
    reply: String,
}

/// What the record says about it, as a line.
struct SaidView {
    at: String,
    at_exact: String,
    what: String,
    number: String,
}

struct View {
    message: MessageView,
    facts: Vec<(&'static str, String)>,
    bytes: String,
    is_text: bool,
    size: String,
    same: &'static str,
    tries: Vec<TryView>,
    said: Vec<SaidView>,
    appointment: Option<(String, String)>,
    case: Option<String>,
    wording: Option<String>,
    has_secret: bool,
    in_portal: bool,
    is_lost: bool,
}

#[derive(Template)]
#[template(path = "desk/sent_one.html")]
struct OnePage {
    shell: Shell,
    list: String,
    view: View,
}

/// GET.
pub async fn page<D: Desk>(app: App, call: Call<D>) -> Answer {
    let (id, ask, when): (MessageId, _, _) = (call.id("id")?, ask(&call), When::of(&call));
    let (inner, role) = (app.clone(), call.actor.role);
    let view = read(&app, move |tx| load::<D>(tx, &inner, &ask, &when, id, role)).await?;
    let title = format!("{} to {}", view.message.purpose, view.message.name);
    let list = base::<D>();
    let shell = Shell::new(&app, &call, title).at(&list);
    render(&OnePage { shell, list, view })
}

fn load<D: Desk>(tx: &mut Tx<'_>, app: &App, ask: &Ask, when: &When, id: MessageId, role: Role) -> Flow<View> {
    let found = sent::one(tx, app, ask, id)?;
    let mut people = People::default();
    let message = message_view(tx, &mut people, when, &found.message)?;
    let mut said = Vec::with_capacity(found.said.len());
    for recorded in &found.said {
        said.push(SaidView {
            at: when.moment(recorded.entry.at),
            at_exact: recorded.entry.at.to_string(),
            what: words::entry(&recorded.entry.word),
            number: recorded.receipt.to_string(),
        });
    }
    let appointment = found
        .appointment
        .as_ref()
        .map(|about| (format!("{}/appointments/{}", D::BASE, about.id), when.day_range(about.interval())));
    Ok(View {
        facts: facts(&found, &message, when),
        is_text: found.size.is_some(),
        size: found.size.map(sized).unwrap_or_default(),
        same: same(&found),
        tries: tries(&found, when),
        said,
        appointment,
        case: found.case.as_ref().filter(|_| !D::is_therapist()).map(|case| format!("/p/cases/{}", case.id)),
        wording: wording(&found, role),
        has_secret: found.message.link.is_some(),
        in_portal: found.message.channel == Channel::InApp,
        is_lost: found.message.state == domain::message::MessageState::Undeliverable && !D::is_therapist(),
        bytes: found.bytes,
        message,
    })
}

fn facts(found: &Exact, view: &MessageView, when: &When) -> Vec<(&'static str, String)> {
    let message = &found.message;
    let to = match (message.channel, message.address.as_str()) {
        (Channel::InApp, _) => "in the portal",
        (_, "") => "no address is known",
        (_, address) => address,
    };
    let mut facts = vec![
        ("To", format!("{}, {to}", view.name)),
        ("By", view.channel.to_owned()),
        ("Written", when.moment(message.written_at)),
    ];
    if message.send_at > message.written_at {
        facts.push(("Not before", when.moment(message.send_at)));
    }
    facts.extend(message.handed_at.map(|at| ("Handed over", when.moment(at))));
    facts.extend(message.last_reply.clone().map(|reply| ("The other side last said", reply)));
    facts.push(("Wording", template(found)));
    facts.extend(found.receipt.map(|receipt| ("On the record", receipt.to_string())));
    facts.push(("Its own name", message.id.to_string()));
    facts
}

/// Which words it was made from.
fn template(found: &Exact) -> String {
    match (found.template, &found.to.id) {
        (Some(0), _) => "The house’s words".to_owned(),
        (Some(version), _) => format!("The practice’s own words, version {version}"),
        (None, PersonRef::Client(_)) => "Not kept for this one".to_owned(),
        (None, _) => "The house’s words for colleagues".to_owned(),
    }
}

/// The page of the wording's versions, for whoever may see it.
fn wording(found: &Exact, role: Role) -> Option<String> {
    let may = matches!(role, Role::Admin | Role::Owner) && Editable::of(found.message.kind).is_some();
    let version = found.template.filter(|version| may && *version > 0)?;
    let (kind, language) = (found.message.kind, found.to.locale.tag());
    Some(format!("/p/templates/{kind}/{language}/versions?a={}&b={version}", version - 1))
}

fn same(found: &Exact) -> &'static str {
    match found.same {
        Same::Checked => "Checked: these are the bytes that were handed over, at every try the same.",
        Same::Changed => {
            "A name, an address or this server’s settings have changed since it went, so this is how it would be made now."
        }
        Same::NotKept if found.message.channel == Channel::InApp => "It stands in the conversation as it is here.",
        Same::NotKept if found.tries.is_empty() => "It has not been handed over. This is how it would go.",
        Same::NotKept => "No mark of the bytes was kept when it went. This is how it is made from what is stored.",
    }
}

fn tries(found: &Exact, when: &When) -> Vec<TryView> {
    let view = |done: &domain::telling::made::Try| TryView {
        at: when.moment(done.at),
        at_exact: done.at.to_string(),
        came: match done.outcome {
            TryOutcome::Accepted => "Taken",
            TryOutcome::Refused => "Refused for good",
            TryOutcome::NotYet => "Not taken, tried again",
            TryOutcome::Unknown => "Nobody knows whether it was taken",
        },
        through: done.through.clone(),
        reply: done.reply.clone(),
    };
    found.tries.iter().map(view).collect()
}
