//! Lists in pages. A cursor names the last thing of a page by its key and id, so nothing is skipped or told twice
//! when things are added meanwhile.

use crate::error::DbError;
use domain::time::Instant;
use std::fmt;
use std::str::FromStr;

/// Where a page ended. Opaque to whoever passes it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) at: Instant,
    pub(crate) id: String,
}

/// The text is not a cursor that a list of ours gave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor; use the value of `next` of the page before")]
pub struct NotACursor;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The things, in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins; none at the end.
    pub next: Option<Cursor>,
}

/// The most that a page may hold; a wish for more, or for none, is brought between.
pub const LONGEST: u32 = 500;

impl Cursor {
    /// Before everything in a list that goes up.
    pub(crate) fn lowest() -> Self {
        Self { at: Instant::from_micros(i64::MIN), id: String::new() }
    }

    /// Before everything in a list that goes down.
    pub(crate) fn highest() -> Self {
        Self { at: Instant::from_micros(i64::MAX), id: char::MAX.to_string() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.at.micros(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('-').ok_or(NotACursor)?;
        let digits = at.len() <= 16 && at.bytes().all(|b| b.is_ascii_hexdigit());
        let is_id = id.len() <= 40 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let at = u64::from_str_radix(at, 16).map_err(|_| NotACursor)?;
        (digits && is_id).then(|| Self { at: Instant::from_micros(at as i64), id: id.to_owned() }).ok_or(NotACursor)
    }
}

/// How many rows to ask for: one more than the page holds, to know whether there is a next one.
pub(crate) fn rows_for(limit: u32) -> u32 {
    limit.clamp(1, LONGEST) + 1
}

impl<T> Page<T> {
    /// No page at all.
    pub(crate) fn empty() -> Self {
        Self { items: Vec::new(), next: None }
    }

    /// The page that these rows make; `key` gives the place of a thing.
    pub(crate) fn of(
        items: Result<Vec<T>, DbError>,
        limit: u32,
        key: impl Fn(&T) -> (Instant, String),
    ) -> Result<Self, DbError> {
        let mut items = items?;
        let full = items.len() >= rows_for(limit) as usize;
        items.truncate(rows_for(limit) as usize - 1);
        let last = items.last().filter(|_| full).map(key);
        Ok(Self { items, next: last.map(|(at, id)| Cursor { at, id }) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        for micros in [0, 1_800_000_000_000_000, i64::MIN, i64::MAX] {
            let cursor = Cursor { at: Instant::from_micros(micros), id: "apt_01".to_owned() };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for bad in ["", "-", "g-apt", "12", "12-a'b", "+1-a", "11111111111111111-a"] {
            assert_eq!(bad.parse::<Cursor>(), Err(NotACursor), "{bad}");
        }
    }

    #[test]
    fn a_page_says_whether_there_is_more() {
        let key = |n: &i64| (Instant::from_micros(*n), n.to_string());
        let page = |rows: Vec<i64>| Page::of(Ok(rows), 2, key).expect("a page");
        assert_eq!(page(vec![1, 2, 3]).next.map(|c| c.id), Some("2".to_owned()));
        assert_eq!(page(vec![1, 2]).next, None);
        assert_eq!((rows_for(0), rows_for(9_999)), (2, LONGEST + 1));
    }
}
