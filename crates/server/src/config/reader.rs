//! Merges defaults, file and environment into texts by key, and parses each with an error that names the key.

use super::keys::{KEYS, Key, PREFIX};
use super::{Shown, redact_url};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;
use toml::{Table, Value};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nobody said.
    Default,
    /// The file.
    File,
    /// The environment.
    Environment,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
        })
    }
}

/// The configuration cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file is not TOML.
    #[error("the configuration file is not TOML: {0}")]
    Syntax(String),
    /// There is no such key.
    #[error("there is no setting {name}{hint}")]
    Unknown {
        /// As written.
        name: String,
        /// The nearest that exists, as a question; empty where none is near.
        hint: String,
    },
    /// The value does not fit.
    #[error("{name} = {value:?} will not do: write {what}")]
    Bad {
        /// The key or the variable.
        name: String,
        /// As written; hidden for secrets.
        value: String,
        /// What to write instead.
        what: &'static str,
    },
    /// A value that is needed because another was given.
    #[error("{name} is missing: write {what}")]
    Missing {
        /// The key.
        name: &'static str,
        /// What to write.
        what: &'static str,
    },
}

/// Texts by key.
pub(super) struct Reader {
    values: BTreeMap<&'static str, (String, Source)>,
}

impl Reader {
    pub(super) fn new(
        file: Option<&str>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let defaults = KEYS.iter().filter(|k| !k.default.is_empty());
        let mut values: BTreeMap<_, _> = defaults.map(|k| (k.name, (k.default.to_owned(), Source::Default))).collect();
        if let Some(text) = file {
            let table: Table = text.parse().map_err(|e: toml::de::Error| ConfigError::Syntax(e.to_string()))?;
            for (name, text) in flatten("", table) {
                let key = known(&name, |k| k.name.to_owned())?;
                values.insert(key.name, (text, Source::File));
            }
        }
        for (name, text) in environment {
            if name.starts_with(PREFIX) && !text.is_empty() {
                let key = known(&name, Key::variable)?;
                values.insert(key.name, (text, Source::Environment));
            }
        }
        Ok(Self { values })
    }

    /// Says what a key is where nobody did.
    pub(super) fn fall_back(&mut self, name: &'static str, text: &str) {
        self.values.entry(name).or_insert_with(|| (text.to_owned(), Source::Default));
    }

    pub(super) fn get<T: FromStr>(&self, name: &'static str) -> Result<T, ConfigError> {
        let missing = ConfigError::Missing { name, what: Key::named(name).map_or("", |k| k.what) };
        self.optional(name)?.ok_or(missing)
    }

    pub(super) fn optional<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, ConfigError> {
        let Some((text, _)) = self.values.get(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| self.bad(name))
    }

    pub(super) fn list<T: FromStr>(&self, name: &'static str) -> Result<Vec<T>, ConfigError> {
        let Some((text, _)) = self.values.get(name) else { return Ok(Vec::new()) };
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(|part| part.parse().map_err(|_| self.bad(name))).collect()
    }

    pub(super) fn within(&self, name: &'static str, range: RangeInclusive<u32>) -> Result<u32, ConfigError> {
        let number = self.get(name)?;
        if range.contains(&number) { Ok(number) } else { Err(self.bad(name)) }
    }

    pub(super) fn into_shown(self) -> Vec<Shown> {
        let shown = |key: &Key| {
            let (value, source) = self.values.get(key.name)?;
            Some(Shown { key: key.name, value: printable(key, value), source: *source })
        };
        KEYS.iter().filter_map(shown).collect()
    }

    fn bad(&self, name: &'static str) -> ConfigError {
        let (text, source) = self.values.get(name).cloned().unwrap_or((String::new(), Source::Default));
        let key = Key::named(name);
        ConfigError::Bad {
            name: match (source, key) {
                (Source::Environment, Some(key)) => key.variable(),
                _ => name.to_owned(),
            },
            value: key.map_or(text.clone(), |key| printable(key, &text)),
            what: key.map_or("", |k| k.what),
        }
    }
}

fn printable(key: &Key, text: &str) -> String {
    match key.name {
        _ if key.is_secret => "(hidden)".to_owned(),
        "database" => redact_url(text),
        _ => text.to_owned(),
    }
}

fn known(name: &str, called: impl Fn(&Key) -> String) -> Result<&'static Key, ConfigError> {
    KEYS.iter().find(|key| called(key) == name).ok_or_else(|| {
        let near = KEYS.iter().map(&called).min_by_key(|other| distance(name, other));
        let hint = near.filter(|other| distance(name, other) <= 3);
        let hint = hint.map_or(String::new(), |other| format!("; did you mean {other}?"));
        ConfigError::Unknown { name: name.to_owned(), hint }
    })
}

/// Dotted keys and texts of a table; a list reads as its parts with commas between.
fn flatten(prefix: &str, table: Table) -> Vec<(String, String)> {
    let mut flat = Vec::new();
    for (name, value) in table {
        let name = format!("{prefix}{name}");
        match value {
            Value::Table(inner) => flat.extend(flatten(&format!("{name}."), inner)),
            Value::Array(parts) => flat.push((name, parts.iter().map(text_of).collect::<Vec<_>>().join(","))),
            value => flat.push((name, text_of(&value))),
        }
    }
    flat
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Edit distance, to guess what was meant.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
