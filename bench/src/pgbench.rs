//! The same statements by `pgbench -M prepared`: what PostgreSQL does for a client that does nothing else.
//!
//! Each of its clients works through the recorded acts of one practice. What is the same in all of them stands in the
//! script; what differs is fetched from a table, one row for each act, which is one statement more than the product
//! runs.

use crate::load::Run;
use crate::machine;
use crate::recording::Act;
use postgres::types::{ToSql, Type};
use postgres::{Client, NoTls, Statement};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use store::Kind;
use store::Value;
use store::record::Statement as Recorded;

/// Clients, as many as the product has connections.
pub const CLIENTS: usize = 16;

/// Runs `before` untimed and the first acts of `timed` as pgbench does. `process` is the server's.
pub fn run(
    url: &str,
    process: u32,
    before: &[(usize, Act)],
    timed: &[(usize, Act)],
    folder: &Path,
) -> Result<Run, Box<dyn Error>> {
    let mut client = Client::connect(url, NoTls)?;
    replay(&mut client, before.iter().map(|(_, act)| act))?;
    let mut of_client: BTreeMap<usize, Vec<&Act>> = BTreeMap::new();
    for (practice, act) in timed.iter().filter(|(practice, _)| *practice < CLIENTS) {
        of_client.entry(*practice).or_default().push(act);
    }
    // The first of each practice may differ: what is read once and then known is read there.
    replay(&mut client, of_client.values().filter_map(|acts| acts.first().copied()))?;
    let rows: Vec<Vec<&Act>> = of_client.into_values().map(|acts| acts.into_iter().skip(1).collect()).collect();
    let each = rows.iter().map(Vec::len).min().unwrap_or(0);
    let script = prepare(&mut client, &rows, each)?;
    client.batch_execute("VACUUM ANALYZE")?;
    let path = folder.join("acts.pgbench");
    std::fs::write(&path, script)?;
    let used = machine::family_time(process);
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-j", "2", "-D", "k=0"]);
    command.args(["-c", &rows.len().to_string(), "-t", &each.to_string(), "-f"]).arg(path).arg(url);
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let rate: Option<f64> = said.lines().find_map(|l| l.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    let rate = rate.filter(|_| output.status.success());
    let rate = rate.ok_or_else(|| format!("pgbench: {said}{}", String::from_utf8_lossy(&output.stderr)))?;
    let done = rows.len() * each;
    let took = Duration::from_secs_f64(done as f64 / rate);
    let processor = machine::family_time(process).saturating_sub(used);
    Ok(Run { done, took, processor, ..Run::default() })
}

/// The statements that pgbench runs: none that is for SQLite alone, and of a lock on known subjects the first only.
fn statements(act: &Act) -> impl Iterator<Item = &Recorded> {
    let mut locked = false;
    act.iter().filter(move |statement| {
        let lock = statement.postgres.contains("subject_lock");
        let again = lock && locked;
        locked |= lock;
        !again && !statement.postgres.is_empty()
    })
}

fn replay<'a>(client: &mut Client, acts: impl Iterator<Item = &'a Act>) -> Result<(), Box<dyn Error>> {
    let mut prepared: BTreeMap<&str, Statement> = BTreeMap::new();
    for act in acts {
        let mut transaction = client.transaction()?;
        for statement in statements(act) {
            let sql = statement.postgres;
            if !prepared.contains_key(sql) {
                let types: Vec<Type> = statement.values.iter().map(|value| type_of(value.kind())).collect();
                prepared.insert(sql, transaction.prepare_typed(sql, &types)?);
            }
            let values: Vec<Box<dyn ToSql + Sync>> = statement.values.iter().map(bound).collect();
            let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| &**value).collect();
            transaction.query(&prepared[sql], &values)?;
        }
        transaction.commit()?;
    }
    Ok(())
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Int => Type::INT8,
        Kind::Text => Type::TEXT,
        Kind::Blob => Type::BYTEA,
    }
}

fn bound(value: &Value<'static>) -> Box<dyn ToSql + Sync> {
    match value {
        Value::Null(Kind::Int) => Box::new(None::<i64>),
        Value::Null(Kind::Text) => Box::new(None::<String>),
        Value::Null(Kind::Blob) => Box::new(None::<Vec<u8>>),
        Value::Int(n) => Box::new(*n),
        Value::Text(text) => Box::new(text.to_string()),
        Value::Blob(bytes) => Box::new(bytes.to_vec()),
    }
}

/// Makes the table of what differs, and the script.
fn prepare(client: &mut Client, rows: &[Vec<&Act>], each: usize) -> Result<String, Box<dyn Error>> {
    let acts = rows.iter().flat_map(|acts| acts.iter().take(each));
    let acts: Vec<Vec<&Recorded>> = acts.map(|act| statements(act).collect()).collect();
    let first = acts.first().ok_or("nothing was recorded")?;
    let alike =
        |act: &[&Recorded]| act.len() == first.len() && act.iter().zip(first).all(|(a, b)| a.postgres == b.postgres);
    if let Some(other) = acts.iter().find(|act| !alike(act)) {
        return Err(format!("two acts run different statements: {first:#?} {other:#?}").into());
    }
    let mut columns: Vec<Vec<&Value<'static>>> = Vec::new();
    let mut body = String::new();
    for (number, statement) in first.iter().enumerate() {
        let mut text = statement.postgres.split_whitespace().collect::<Vec<_>>().join(" ");
        for place in (0..statement.values.len()).rev() {
            let values: Vec<_> = acts.iter().map(|act| &act[number].values[place]).collect();
            text = text.replace(&format!("${}", place + 1), &spelled(&values, &mut columns));
        }
        writeln!(body, "{text};")?;
    }
    fill(client, &columns, rows.len(), each)?;
    let names: Vec<String> = (0..columns.len()).map(|n| format!("c{n}")).collect();
    let fetch = format!("SELECT {} FROM bench_act WHERE client = :client_id AND k = :k \\gset", names.join(", "));
    Ok(format!("{fetch}\nBEGIN;\n{body}COMMIT;\n\\set k :k + 1\n"))
}

/// A value as the script spells it: as it is where it is always the same and plain, else the column that has it.
fn spelled<'a>(values: &[&'a Value<'static>], columns: &mut Vec<Vec<&'a Value<'static>>>) -> String {
    let same = values.iter().all(|value| *value == values[0]);
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_ .@+-".contains(&b));
    let kind = match values[0].kind() {
        Kind::Int => "BIGINT",
        Kind::Text => "TEXT",
        Kind::Blob => "BYTEA",
    };
    let literal = match values[0] {
        Value::Null(_) => Some("NULL".to_owned()),
        Value::Int(n) => Some(n.to_string()),
        Value::Text(text) if plain(text) => Some(format!("'{text}'")),
        Value::Text(_) | Value::Blob(_) => None,
    };
    if let Some(literal) = literal.filter(|_| same) {
        return format!("CAST({literal} AS {kind})");
    }
    let known = columns.iter().position(|column| column == values);
    let number = known.unwrap_or_else(|| {
        columns.push(values.to_vec());
        columns.len() - 1
    });
    format!("CAST(:c{number} AS {kind})")
}

fn fill(
    client: &mut Client,
    columns: &[Vec<&Value<'static>>],
    clients: usize,
    each: usize,
) -> Result<(), Box<dyn Error>> {
    let named = columns.iter().enumerate().map(|(n, column)| {
        let kind = column.iter().map(|value| type_of(value.kind())).next().unwrap_or(Type::TEXT);
        format!(", c{n} {kind}")
    });
    let named: String = named.collect();
    client
        .batch_execute(&format!("CREATE TABLE bench_act (client BIGINT, k BIGINT{named}, PRIMARY KEY (client, k))"))?;
    let places: Vec<String> = (1..=columns.len() + 2).map(|n| format!("${n}")).collect();
    let insert = client.prepare(&format!("INSERT INTO bench_act VALUES ({})", places.join(", ")))?;
    let mut transaction = client.transaction()?;
    for row in 0..clients * each {
        let (of, k) = ((row / each) as i64, (row % each) as i64);
        let values: Vec<Box<dyn ToSql + Sync>> = columns.iter().map(|column| bound(column[row])).collect();
        let mut all: Vec<&(dyn ToSql + Sync)> = vec![&of, &k];
        all.extend(values.iter().map(|value| &**value));
        transaction.query(&insert, &all)?;
    }
    Ok(transaction.commit()?)
}
