//! Practices.

use super::Desk;
use crate::settings::Source;
use crate::talk::Told;
use clap::Args as Arguments;
use domain::money::Currency;
use domain::person::{Channel, ContactPreference, Locale, Role};
use domain::policy::Preset;
use domain::time::Zone;
use serde_json::json;
use server::flow::setup::{self, NewPerson, NewPractice};
use server::start;
use store::{DbError, Done, Tx};

/// What a new practice takes.
#[derive(Arguments)]
#[command(
    after_help = "Example:\n  holdspace admin practice-create --name \"Alder House\" --preset clinic --zone Europe/London \\\n    --support-phone \"+44 20 7946 0150\" --support-email support@alderhouse.example \\\n    --owner-name \"Miriam Coldstream\" --owner-email miriam@alderhouse.example"
)]
pub struct Create {
    #[command(flatten)]
    source: Source,
    /// Its name as clients know it.
    #[arg(long)]
    name: String,
    /// Where its policy starts from: network, insurance, marketplace or clinic. Every part of it can be changed later.
    #[arg(long)]
    preset: Preset,
    /// Its time zone, such as Europe/London.
    #[arg(long)]
    zone: Zone,
    /// Which English its messages are in: en-GB or en-US.
    #[arg(long, default_value = "en-GB", value_parser = locale)]
    locale: Locale,
    /// What it charges in, such as GBP.
    #[arg(long, default_value = "GBP")]
    currency: Currency,
    /// The phone of the people who help when the system cannot, in international form.
    #[arg(long)]
    support_phone: String,
    /// Their e-mail address.
    #[arg(long)]
    support_email: String,
    /// Where therapists ask for clinical advice; the support address where nothing is said.
    #[arg(long)]
    clinical_email: Option<String>,
    /// Where immediate risk is reported; the support address where nothing is said.
    #[arg(long)]
    risk_email: Option<String>,
    /// The owner's full name.
    #[arg(long)]
    owner_name: String,
    /// The owner's e-mail address: they sign in with it.
    #[arg(long)]
    owner_email: String,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// What a list takes.
#[derive(Arguments)]
#[command(after_help = "Example:\n  holdspace admin practice-list --json")]
pub struct List {
    #[command(flatten)]
    source: Source,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
}

/// Which English, from its tag.
fn locale(tag: &str) -> Result<Locale, String> {
    tag.parse().map_err(|()| "write en-GB or en-US".to_owned())
}

/// Creates a practice with its owner.
///
/// # Errors
/// What was refused, and the remedy.
pub fn create(args: Create) -> Told {
    let desk = Desk::open(&args.source)?;
    let json = args.json;
    let support = args.support_email;
    let wish = NewPractice {
        name: args.name,
        preset: args.preset,
        zone: args.zone,
        locale: args.locale,
        currency: args.currency,
        support_phone: args.support_phone,
        clinical_email: args.clinical_email.unwrap_or_else(|| support.clone()),
        risk_email: args.risk_email.unwrap_or_else(|| support.clone()),
        support_email: support,
    };
    let owner = NewPerson {
        role: Role::Owner,
        name: args.owner_name,
        email: Some(args.owner_email),
        phone: None,
        preference: ContactPreference {
            channels: vec![Channel::Email],
            voicemail: false,
            asked_at: None,
            ..Default::default()
        },
    };
    let (practice, owner) = desk.write(move |tx, app, ask, ids| {
        let made = setup::practice(tx, &app.tools, ask, ids, wish.clone())?;
        let owner = setup::person(tx, &app.tools, ask, ids, made.answer.id, owner.clone())?;
        let more = made.more.into_iter().chain([owner.audit]);
        Ok(Done::new((made.answer, owner.answer), made.audit).and(more))
    })?;
    if json {
        println!("{}", json!({ "practice": practice.id, "owner": owner.id }));
    } else {
        println!("Created {} ({}), owned by {} ({}).", practice.name, practice.id, owner.name, owner.id);
        println!("Next: holdspace admin therapist-add --practice {} --help", practice.id);
        println!("The owner signs in at /sign-in, or with: holdspace admin sign-in-link --person {}", owner.id);
    }
    Ok(())
}

/// Lists the practices.
///
/// # Errors
/// What the database says.
pub fn list(args: &List) -> Told {
    let config = args.source.read()?;
    let practices = start::readable(&config)?.read(|tx: &mut Tx<'_>| -> Result<Vec<_>, DbError> {
        let ids = store::practice::ids(tx)?;
        ids.into_iter().filter_map(|id| store::practice::load(tx, id).transpose()).collect()
    })?;
    if args.json {
        let items: Vec<_> =
            practices.iter().map(|p| json!({ "id": p.id, "name": p.name, "time_zone": p.zone })).collect();
        println!("{}", json!({ "items": items }));
    } else {
        for practice in &practices {
            println!("{}  {} ({})", practice.id, practice.name, practice.zone);
        }
        if practices.is_empty() {
            println!("There is no practice yet: holdspace admin practice-create --help");
        }
    }
    Ok(())
}
