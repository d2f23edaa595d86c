//! People: clients, therapists, the office, who works with whom, and how they first get in.

use super::Desk;
use crate::hours::{self, Kind};
use crate::settings::Source;
use crate::talk::{Failure, Told};
use clap::Args as Arguments;
use domain::audit::Entry;
use domain::id::{ClientId, PracticeId, TherapistId, TokenId};
use domain::money::Money;
use domain::person::{Channel, ContactPreference, Person, PersonRef, Role};
use domain::schedule::Schedule;
use domain::telling::consent;
use domain::time::{Weekday, Zone};
use serde_json::json;
use server::dice::hash_of;
use server::flow::setup::{self, NewPerson, NewTherapist};
use server::flow::signin::{LINK_LASTS, link_of};
use store::{DbError, Done, Tx, token};

/// What a new person takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace admin person-add --practice prc_01… --role client --name \"Sam Turnerfield\" \\\n    --email sam@example.org --phone +447700900123 --prefers sms,email"
)]
pub struct PersonAdd {
    #[command(flatten)]
    source: Source,
    /// The practice.
    #[arg(long)]
    practice: PracticeId,
    /// client, admin, support, clinical_lead, risk_duty or owner.
    #[arg(long, value_parser = role)]
    role: Role,
    #[command(flatten)]
    person: PersonArgs,
    /// How a client wishes to be reached, in order: email, sms, phone, in_app, push.
    #[arg(long, value_delimiter = ',', value_parser = channel, default_value = "email")]
    prefers: Vec<Channel>,
    /// A voicemail may be left.
    #[arg(long)]
    voicemail: bool,
}

/// What every person takes.
#[derive(Arguments)]
struct PersonArgs {
    /// Full name.
    #[arg(long)]
    name: String,
    /// E-mail address: they sign in with it.
    #[arg(long)]
    email: Option<String>,
    /// Phone number in international form, such as +447700900123.
    #[arg(long)]
    phone: Option<String>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What a new therapist takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace admin therapist-add --practice prc_01… --name \"Ruth Calderbeck\" --email ruth@alderhouse.example \\\n    --hours \"monday 09:00-17:00, tuesday 09:00-13:00\" --kind \"video 50 6500\" --kind \"in_person 50 7000\""
)]
pub struct TherapistAdd {
    #[command(flatten)]
    source: Source,
    /// The practice.
    #[arg(long)]
    practice: PracticeId,
    #[command(flatten)]
    person: PersonArgs,
    /// Weekly hours in the therapist's zone, such as "monday 09:00-17:00, friday 09:00-13:00".
    #[arg(long)]
    hours: String,
    /// A kind of appointment with minutes and price in pence or cents, such as "video 50 6500"; one for each kind.
    #[arg(long, value_parser = hours::kind, required = true)]
    kind: Vec<Kind>,
    /// Their time zone; the practice's where nothing is said.
    #[arg(long)]
    zone: Option<Zone>,
    /// Their fee for a late cancellation in pence or cents.
    #[arg(long)]
    late_cancel_fee: Option<i64>,
    /// Their fee when a client does not come, in pence or cents.
    #[arg(long)]
    no_show_fee: Option<i64>,
}

/// What a working relationship takes.
#[derive(Arguments)]
#[command(after_help = "Example:\n  holdspace admin relationship-add --therapist thp_01… --client cli_01…")]
pub struct RelationshipAdd {
    #[command(flatten)]
    source: Source,
    /// The therapist.
    #[arg(long)]
    therapist: TherapistId,
    /// The client.
    #[arg(long)]
    client: ClientId,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What a sign-in link takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace admin sign-in-link --person per_01…\n\nThe link works once, for 15 minutes: start `serve` and open it."
)]
pub struct SignInLink {
    #[command(flatten)]
    source: Source,
    /// Who is to sign in.
    #[arg(long)]
    person: PersonRef,
}

/// What a token takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace admin token-add --person per_01… --label \"nightly report\"\n\nThe token is printed once and kept nowhere."
)]
pub struct TokenAdd {
    #[command(flatten)]
    source: Source,
    /// As whom the program acts.
    #[arg(long)]
    person: PersonRef,
    /// What it is for.
    #[arg(long)]
    label: String,
}

fn role(word: &str) -> Result<Role, String> {
    let wrong = "write client, admin, support, clinical_lead, risk_duty or owner; therapists have therapist-add";
    word.parse().ok().filter(|role| *role != Role::Therapist).ok_or_else(|| wrong.to_owned())
}

fn channel(word: &str) -> Result<Channel, String> {
    word.parse().map_err(|()| "write email, sms, phone, in_app or push".to_owned())
}

/// Adds a client or somebody of the office.
///
/// # Errors
/// What was refused, and the remedy.
pub fn person_add(args: PersonAdd) -> Told {
    let desk = Desk::open(&args.source)?;
    let practice = desk.practice(args.practice)?.id;
    let asked_at = (args.role == Role::Client).then(|| desk.now());
    let preference =
        ContactPreference { channels: args.prefers, voicemail: args.voicemail, asked_at, ..Default::default() };
    let PersonArgs { name, email, phone, json } = args.person;
    let wish = NewPerson { role: args.role, name, email, phone, preference };
    let now = desk.now();
    let person = desk.write(move |tx, app, ask, ids| {
        let made = setup::person(tx, &app.tools, ask, ids, practice, wish.clone())?;
        // Checked as if the person had said it themselves: a way that cannot be used is refused.
        let ContactPreference { channels, voicemail, .. } = made.answer.preference.clone();
        ContactPreference::stated(channels, voicemail, &made.answer, consent::Source::Staff, now)?;
        Ok(made)
    })?;
    added(&person, json);
    Ok(())
}

/// Adds a therapist.
///
/// # Errors
/// What was refused, and the remedy.
pub fn therapist_add(args: TherapistAdd) -> Told {
    let weekly = hours::hours(&args.hours).map_err(Failure::new)?;
    let desk = Desk::open(&args.source)?;
    let practice = desk.practice(args.practice)?;
    let money = |minor: i64| Money::new(minor, practice.currency);
    let work = NewTherapist {
        schedule: Schedule {
            zone: args.zone.unwrap_or_else(|| practice.zone.clone()),
            weekly,
            exceptions: Vec::new(),
            away: Vec::new(),
            kinds: args.kind.iter().map(|kind| (kind.kind, kind.setup(practice.currency))).collect(),
        },
        late_cancel_fee: args.late_cancel_fee.map(money),
        no_show_fee: args.no_show_fee.map(money),
    };
    let days: Vec<Weekday> = work.schedule.weekly.iter().map(|window| window.weekday).collect();
    let PersonArgs { name, email, phone, json } = args.person;
    let preference =
        ContactPreference { channels: vec![Channel::Email], voicemail: false, asked_at: None, ..Default::default() };
    let wish = NewPerson { role: Role::Therapist, name, email, phone, preference };
    let id = practice.id;
    let therapist = desk
        .write(move |tx, app, ask, ids| setup::therapist(tx, &app.tools, ask, ids, id, wish.clone(), work.clone()))?;
    added(&therapist.person, json);
    if !json {
        println!("They work in {} windows a week.", days.len());
    }
    Ok(())
}

fn added(person: &Person, json: bool) {
    if json {
        println!("{}", json!({ "id": person.id, "role": person.role, "name": person.name }));
    } else {
        println!("Added {} ({}).", person.name, person.id);
    }
}

/// Lets a therapist and a client work together.
///
/// # Errors
/// What was refused, and the remedy.
pub fn relationship_add(args: &RelationshipAdd) -> Told {
    let desk = Desk::open(&args.source)?;
    let (therapist, client) = (args.therapist, args.client);
    let found = desk.app.store.read(move |tx: &mut Tx<'_>| -> Result<_, DbError> {
        let therapist = store::therapist::load(tx, therapist)?;
        Ok(therapist.zip(store::person::load(tx, PersonRef::Client(client))?))
    })?;
    let Some((therapist, client)) = found.filter(|(therapist, client)| therapist.person.practice == client.practice)
    else {
        return Err(Failure::new("there are no such two in one practice; check both ids"));
    };
    let made =
        desk.write(move |tx, app, ask, ids| setup::relationship(tx, &app.tools, ask, ids, &therapist, &client, None))?;
    match args.json {
        true => println!("{}", json!({ "id": made.id })),
        false => println!("They work together now ({}).", made.id),
    }
    Ok(())
}

/// Makes a link that signs somebody in once.
///
/// # Errors
/// Where there is no such person.
pub fn sign_in_link(args: &SignInLink) -> Told {
    let desk = Desk::open(&args.source)?;
    let person = existing(&desk, args.person)?;
    let (now, id) = (desk.now(), person.id);
    let token: TokenId = domain::id::Ids::new(desk.ask.command, now).mint();
    let hash = hash_of(&desk.app.keys.sign_in_text(token));
    desk.app
        .store
        .write_unaudited(move |tx: &mut Tx<'_>| token::ask(tx, token, hash, Some(id), now, now + LINK_LASTS))?;
    println!("{}", link_of(&desk.app, token));
    Ok(())
}

/// Makes a token with which a program acts as somebody.
///
/// # Errors
/// Where there is no such person.
pub fn token_add(args: &TokenAdd) -> Told {
    let desk = Desk::open(&args.source)?;
    let person = existing(&desk, args.person)?;
    let secret = desk.app.dice.secret();
    let (hash, label) = (secret.hash(), args.label.clone());
    desk.write(move |tx, app, ask, ids| {
        let token: TokenId = ids.mint();
        token::add_api(tx, token, hash, person.id, &label, ask.now)?;
        let entry = Entry {
            practice: person.practice,
            command: ask.command,
            at: ask.now,
            actor: ask.who.scope().signature(),
            on_behalf_of: None,
            word: "token_added".to_owned(),
            subjects: vec![token.to_string(), person.id.to_string()],
            details: json!({ "label": label }),
            salt: app.tools.link_key.salt(ask.command),
        };
        Ok(Done::new((), entry))
    })?;
    println!("{}", secret.text());
    Ok(())
}

fn existing(desk: &Desk, id: PersonRef) -> Result<Person, Failure> {
    let found = desk.app.store.read(move |tx: &mut Tx<'_>| store::person::load(tx, id))?;
    found.ok_or_else(|| Failure::new(format!("there is nobody with the id {id}; check it")))
}
