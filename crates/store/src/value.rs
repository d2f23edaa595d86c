//! What can be bound to a statement: whole numbers, text, bytes and nothing, on both engines alike.

use domain::audit::Hash;
use domain::id::{Id, Kind as IdKind};
use domain::time::{Instant, Span};
use std::borrow::Cow;

/// The three types of column that both engines share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A 64-bit whole number: `{I}` in a migration.
    Int,
    /// Text: `{T}`.
    Text,
    /// Bytes: `{B}`.
    Blob,
}

/// One bound value. Even a missing value knows its type, so PostgreSQL never has to guess one.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// No value, of this type.
    Null(Kind),
    /// A whole number; also moments (microseconds), spans (microseconds) and flags (0 or 1).
    Int(i64),
    /// Text; also ids and words.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The type that the statement is prepared with.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null(kind) => *kind,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::Blob(_) => Kind::Blob,
        }
    }

    /// The same value, borrowing nothing.
    #[cfg(feature = "record")]
    pub(crate) fn into_owned(self) -> Value<'static> {
        match self {
            Self::Null(kind) => Value::Null(kind),
            Self::Int(n) => Value::Int(n),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Blob(bytes) => Value::Blob(Cow::Owned(bytes.into_owned())),
        }
    }
}

/// A Rust type whose values are always stored as one kind.
pub trait Stored {
    /// That kind.
    const KIND: Kind;
}

impl<'a, T: Stored + Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null(T::KIND), Into::into)
    }
}

macro_rules! stored {
    ($([$($generics:tt)*] $type:ty => $kind:ident, |$value:ident| $content:expr;)*) => {$(
        impl<'a, $($generics)*> From<$type> for Value<'a> {
            fn from($value: $type) -> Self {
                Value::$kind($content)
            }
        }
        impl<'a, $($generics)*> Stored for $type {
            const KIND: Kind = Kind::$kind;
        }
    )*};
}

stored! {
    [] i64 => Int, |n| n;
    [] i32 => Int, |n| i64::from(n);
    [] u32 => Int, |n| i64::from(n);
    [] bool => Int, |yes| i64::from(yes);
    [] Instant => Int, |at| at.micros();
    [] Span => Int, |span| span.as_micros();
    [] &'a str => Text, |text| Cow::Borrowed(text);
    [] &'a String => Text, |text| Cow::Borrowed(text.as_str());
    [] String => Text, |text| Cow::Owned(text);
    [K: IdKind] Id<K> => Text, |id| Cow::Owned(id.to_string());
    [] &'a [u8] => Blob, |bytes| Cow::Borrowed(bytes);
    [] &'a Vec<u8> => Blob, |bytes| Cow::Borrowed(bytes.as_slice());
    [] Vec<u8> => Blob, |bytes| Cow::Owned(bytes);
    [const N: usize] [u8; N] => Blob, |bytes| Cow::Owned(bytes.to_vec());
    [] Hash => Blob, |hash| Cow::Owned(hash.bytes().to_vec());
}

/// The values of a statement in the order of `$1`, `$2`, …: `vals![id, now, None::<&str>]`.
#[macro_export]
macro_rules! vals {
    ($($value:expr),* $(,)?) => {
        &[$($crate::Value::from($value)),*] as &[$crate::Value<'_>]
    };
}
