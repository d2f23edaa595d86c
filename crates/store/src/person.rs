//! People, and finding them by the beginnings of the words of their name (`crate::search`).

use crate::error::DbError;
use crate::page::{Cursor, Page, rows_for};
use crate::read::{Columns, json};
use crate::row::Row;
use crate::search;
use crate::sql;
use crate::sql::Sql;
use crate::tx::Tx;
use crate::vals;
use crate::value::Value;
use domain::access::Scope;
use domain::id::{ClientId, PracticeId};
use domain::person::{Channel, ContactPreference, Person, PersonRef, Role};
use domain::telling::consent::ContactFile;
use domain::time::Instant;

macro_rules! person_columns {
    () => {
        "p.id, p.practice, p.role, p.name, p.email, p.phone, p.zone, p.locale, p.channels, p.voicemail, \
         p.preference_at, p.active, p.contact_file"
    };
}

const INSERT: Sql = sql!(
    "INSERT INTO person (id, practice, role, name, name_search, email, phone, zone, locale, channels, voicemail,
         preference_at, active, contact_file)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
);
const INSERT_WORD: Sql = sql!("INSERT INTO person_word (practice, person, word) VALUES ($1, $2, $3)");
const LOAD: Sql = sql!("SELECT ", person_columns!(), " FROM person p WHERE p.id = $1");
// Not against those who only refer to the row.
const LOCK: Sql = sql!("SELECT ", person_columns!(), " FROM person p WHERE p.id = $1", pg " FOR NO KEY UPDATE");
const LOCK_BY_PHONE: Sql = sql!(
    "SELECT ",
    person_columns!(),
    " FROM person p WHERE p.phone = $1 AND p.role = 'client' ORDER BY p.id",
    pg " FOR NO KEY UPDATE"
);
const OF_ROLES: Sql = sql!(
    "SELECT ",
    person_columns!(),
    " FROM person p WHERE p.practice = $1 AND p.active = 1 AND p.role IN ($2, $3, $4, $5, $6, $7, $8)
     ORDER BY p.name_search, p.id"
);
const BY_EMAIL: Sql = sql!(
    "SELECT ",
    person_columns!(),
    " FROM person p WHERE lower(p.email) = $1 AND p.active = 1 ORDER BY p.practice, p.id"
);
const BY_PHONE: Sql = sql!(
    "SELECT ",
    person_columns!(),
    " FROM person p WHERE p.phone = $1 AND p.active = 1 AND p.role = 'client' ORDER BY p.practice, p.id"
);
// Whose clients a therapist may see is said by their relationships. A cursor is the id of the last person.
macro_rules! clients_in_scope {
    () => {
        " FROM person p WHERE p.practice = $1 AND p.role = 'client'
              AND (CAST($2 AS TEXT) IS NULL OR p.id IN (SELECT client FROM relationship WHERE therapist = $2))
              AND (CAST($3 AS TEXT) IS NULL OR p.id = $3)
              AND (CAST($4 AS TEXT) IS NULL
                  OR (p.name_search, p.id) > (SELECT name_search, id FROM person WHERE id = $4))"
    };
}
const CLIENTS: Sql = sql!("SELECT ", person_columns!(), clients_in_scope!(), " ORDER BY p.name_search, p.id LIMIT $5");
const CLIENTS_NAMED: Sql = sql!(
    "SELECT ",
    person_columns!(),
    clients_in_scope!(),
    " AND p.id IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $6 AND word < $7)
      AND (CAST($8 AS TEXT) IS NULL
          OR p.id IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $8 AND word < $9))
      AND (CAST($10 AS TEXT) IS NULL
          OR p.id IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $10 AND word < $11))
      AND (CAST($12 AS TEXT) IS NULL
          OR p.id IN (SELECT person FROM person_word WHERE practice = $1 AND word >= $12 AND word < $13))
      ORDER BY p.name_search, p.id LIMIT $5"
);
const PREFERENCE: Sql = sql!(
    "UPDATE person SET channels = $2, voicemail = $3, preference_at = $4, contact_file = $5
     WHERE id = $1 AND role = 'client'"
);
const CONTACT: Sql =
    sql!("UPDATE person SET email = $2, phone = $3, zone = $4, locale = $5 WHERE id = $1 AND role = 'client'");
const ACTIVE: Sql = sql!("UPDATE person SET active = $2 WHERE id = $1");

/// Adds a person. For a therapist, `therapist::insert` does it.
pub fn insert(tx: &mut Tx<'_>, person: &Person) -> Result<(), DbError> {
    if !fits(person.id, person.role) {
        return Err(DbError::Check("person.role".to_owned()));
    }
    let (id, words) = (person.id.to_string(), search::words(&person.name));
    tx.execute(
        INSERT,
        vals![
            &id,
            person.practice,
            person.role.word(),
            &person.name,
            words.join(" "),
            person.email.as_deref(),
            person.phone.as_deref(),
            person.zone.name(),
            person.locale.tag(),
            channel_words(&person.preference.channels),
            person.preference.voicemail,
            person.preference.asked_at,
            person.active,
            file_words(&person.preference.file)?
        ],
    )?;
    for word in &words {
        tx.execute(INSERT_WORD, vals![person.practice, &id, word])?;
    }
    Ok(())
}

/// One person, if there is such a one.
pub fn load(tx: &mut Tx<'_>, id: PersonRef) -> Result<Option<Person>, DbError> {
    tx.query_opt(LOAD, vals![id.to_string()])?.map(|row| from_row(&row)).transpose()
}

/// One person, whom nobody else changes until the end of the transaction. Every flow that keeps a wish of theirs begins so:
/// wishes are one document, and whoever read it before and writes it after takes back what came between.
pub fn lock(tx: &mut Tx<'_>, id: PersonRef) -> Result<Option<Person>, DbError> {
    tx.query_opt(LOCK, vals![id.to_string()])?.map(|row| from_row(&row)).transpose()
}

/// Every client who has this number, of whatever practice, active or not, locked in one order.
pub fn lock_clients_by_phone(tx: &mut Tx<'_>, phone: &str) -> Result<Vec<Person>, DbError> {
    tx.query(LOCK_BY_PHONE, vals![phone])?.iter().map(from_row).collect()
}

/// The active people of these roles, by name.
pub fn of_roles(tx: &mut Tx<'_>, practice: PracticeId, roles: &[Role]) -> Result<Vec<Person>, DbError> {
    let Some(first) = roles.first() else { return Ok(Vec::new()) };
    let mut values = vals![practice].to_vec();
    // The list has a place for every role; what is left over says the first once more.
    values.extend((0..Role::ALL.len()).map(|n| Value::from(roles.get(n).unwrap_or(first).word())));
    tx.query(OF_ROLES, &values)?.iter().map(from_row).collect()
}

/// The active people who have this address, whatever the case of its letters: one in each practice, perhaps more.
pub fn by_email(tx: &mut Tx<'_>, email: &str) -> Result<Vec<Person>, DbError> {
    tx.query(BY_EMAIL, vals![email.to_ascii_lowercase()])?.iter().map(from_row).collect()
}

/// The active clients who have this number: a household may share one.
pub fn clients_by_phone(tx: &mut Tx<'_>, phone: &str) -> Result<Vec<Person>, DbError> {
    tx.query(BY_PHONE, vals![phone])?.iter().map(from_row).collect()
}

/// The clients in scope whose name has, for each word of `query`, a word that begins so; all of them for an empty
/// query. By name. A scope without a practice is a `Shape` error: names are searched within one practice.
pub fn find_clients(
    tx: &mut Tx<'_>,
    scope: &Scope<'_>,
    query: &str,
    after: Option<&Cursor>,
    limit: u32,
) -> Result<Page<Person>, DbError> {
    let limits = scope.limits();
    let practice = limits.practice.ok_or_else(search_needs_a_practice)?;
    let mut values =
        vals![practice, limits.therapist, limits.client, after.map(|c| c.id.as_str()), rows_for(limit)].to_vec();
    let ranges = search::ranges(query);
    let rows = if ranges.is_empty() {
        if !query.trim().is_empty() {
            return Ok(Page::empty());
        }
        tx.query(CLIENTS, &values)?
    } else {
        values.extend(range_values(&ranges));
        tx.query(CLIENTS_NAMED, &values)?
    };
    Page::of(rows.iter().map(from_row).collect(), limit, |person| (Instant::from_micros(0), person.id.to_string()))
}

/// Keeps how a client wishes to be reached. Says whether there is such a client.
pub fn update_preference(tx: &mut Tx<'_>, client: ClientId, preference: &ContactPreference) -> Result<bool, DbError> {
    let (channels, file) = (channel_words(&preference.channels), file_words(&preference.file)?);
    Ok(tx.execute(PREFERENCE, vals![client, channels, preference.voicemail, preference.asked_at, file])? == 1)
}

/// Keeps a client's address, number, time zone and language with their preference. Says whether there is such a client.
pub fn update_contact(tx: &mut Tx<'_>, client: ClientId, person: &Person) -> Result<bool, DbError> {
    let (email, phone) = (person.email.as_deref(), person.phone.as_deref());
    tx.execute(CONTACT, vals![client, email, phone, person.zone.name(), person.locale.tag()])?;
    update_preference(tx, client, &person.preference)
}

/// What is on file as a document; none where nothing is.
fn file_words(file: &ContactFile) -> Result<Option<String>, DbError> {
    (!file.is_empty()).then(|| json(file)).transpose()
}

/// Lets a person sign in and be written to, or no longer. Says whether there is such a person.
pub fn set_active(tx: &mut Tx<'_>, id: PersonRef, active: bool) -> Result<bool, DbError> {
    Ok(tx.execute(ACTIVE, vals![id.to_string(), active])? == 1)
}

/// The bounds of up to `search::WORDS` words, empty where there are fewer.
pub(crate) fn range_values<'a>(ranges: &'a [(String, String)]) -> impl Iterator<Item = Value<'a>> {
    (0..search::WORDS).flat_map(|n| {
        let range = ranges.get(n);
        [Value::from(range.map(|r| r.0.as_str())), Value::from(range.map(|r| r.1.as_str()))]
    })
}

pub(crate) fn search_needs_a_practice() -> DbError {
    DbError::Shape("names are searched within one practice".to_owned())
}

/// A person from columns that begin at `first`, in the order of `person_columns`.
pub(crate) fn from_columns(row: &Row, first: usize) -> Result<Person, DbError> {
    let mut columns = Columns::from(row, first);
    let mut person = Person {
        id: columns.parse("person.id")?,
        practice: columns.parse("person.practice")?,
        role: columns.parse("person.role")?,
        name: columns.get()?,
        email: columns.get()?,
        phone: columns.get()?,
        zone: columns.parse("person.zone")?,
        locale: columns.parse("person.locale")?,
        preference: ContactPreference {
            channels: read_channels(columns.text()?).ok_or_else(|| columns.corrupt("person.channels"))?,
            voicemail: columns.get()?,
            asked_at: columns.get()?,
            file: ContactFile::default(),
        },
        active: columns.get()?,
    };
    person.preference.file = columns.json_opt("person.contact_file")?.unwrap_or_default();
    if !fits(person.id, person.role) {
        return Err(row.corrupt("person.role"));
    }
    Ok(person)
}

fn from_row(row: &Row) -> Result<Person, DbError> {
    from_columns(row, 0)
}

/// A client's id begins `cli_`, a therapist's `thp_`, everybody else's `per_`.
fn fits(id: PersonRef, role: Role) -> bool {
    match id {
        PersonRef::Client(_) => role == Role::Client,
        PersonRef::Therapist(_) => role == Role::Therapist,
        PersonRef::Staff(_) => role.is_staff(),
    }
}

fn channel_words(channels: &[Channel]) -> String {
    channels.iter().map(|channel| channel.word()).collect::<Vec<_>>().join(" ")
}

fn read_channels(words: &str) -> Option<Vec<Channel>> {
    words.split_whitespace().map(|word| word.parse().ok()).collect()
}
