//! Content lines: folding and escaping (RFC 5545 3.1 and 3.3.11).

/// The longest content line in octets, without its line break.
const LONGEST: usize = 75;

/// Appends one content line, folded at 75 octets and never inside a character, with CRLF ends.
pub fn fold(line: &str, out: &mut String) {
    let mut room = LONGEST;
    for character in line.chars() {
        if character.len_utf8() > room {
            out.push_str("\r\n ");
            room = LONGEST - 1;
        }
        out.push(character);
        room -= character.len_utf8();
    }
    out.push_str("\r\n");
}

/// TEXT as a property value: backslash, semicolon, comma and line breaks escaped; other controls left out.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// The text behind a TEXT value. A backslash before anything unusual stands for what follows it.
pub fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

/// A parameter value in quotes. What quotes cannot hold is written as RFC 6868 says.
pub(super) fn quoted(value: &str) -> String {
    let mut out = String::from("\"");
    for character in value.chars() {
        match character {
            '"' => out.push_str("^'"),
            '^' => out.push_str("^^"),
            '\n' => out.push_str("^n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
