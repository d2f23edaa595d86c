//! Rust source split into what the compiler runs, what it quotes and what it skips. Enough of a lexer for our own
//! formatted code; it never sees a macro expanded.

/// A Rust file in three layers. Each layer has the same length and line breaks as the file, blanked where it does not
/// apply, so positions and line numbers agree.
pub struct Source {
    /// Code, with the inside of strings, characters and comments blanked.
    pub code: String,
    /// Comments only.
    pub comments: String,
    /// String literals: line number (from 1) and content.
    pub strings: Vec<(usize, String)>,
}

/// A function: its name, and its first and last line (from 1).
pub struct Function {
    pub name: String,
    pub first: usize,
    pub last: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Layer {
    Code,
    Comment,
    Literal,
}

impl Source {
    pub fn parse(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut layers = vec![Layer::Code; bytes.len()];
        let mut strings = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let (layer, end) = token(bytes, at);
            layers[at..end].fill(layer);
            if layer == Layer::Literal && bytes[at] != b'\'' {
                let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
                strings.push((line, text[at..end].trim_matches(['r', 'b', 'c', '#', '"']).to_owned()));
            }
            at = end;
        }
        let keep = |wanted: Layer| {
            let kept = bytes.iter().zip(&layers).map(|(byte, layer)| {
                if *byte == b'\n' || (*layer == wanted && byte.is_ascii()) { *byte as char } else { ' ' }
            });
            kept.collect()
        };
        Self { code: keep(Layer::Code), comments: keep(Layer::Comment), strings }
    }

    /// Every function with a body.
    pub fn functions(&self) -> Vec<Function> {
        words(&self.code).filter(|(_, word)| *word == "fn").filter_map(|(at, _)| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let rest = &self.code[at + 2..];
        let (name_at, name) = words(rest).next()?;
        // `fn(u8) -> u8` is a type: no name follows.
        if !rest[..name_at].trim().is_empty() {
            return None;
        }
        let (mut round, mut curly) = (0_i32, 0_i32);
        for (offset, byte) in rest.bytes().enumerate() {
            match byte {
                b'(' | b'[' => round += 1,
                b')' | b']' => round -= 1,
                b';' if round == 0 && curly == 0 => return None,
                b'{' => curly += 1,
                b'}' => curly -= 1,
                _ => continue,
            }
            if byte == b'}' && curly == 0 {
                let first = line_of(&self.code, at);
                return Some(Function { name: name.to_owned(), first, last: line_of(&self.code, at + 2 + offset) });
            }
        }
        None
    }
}

/// The line (from 1) of a byte position.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Identifier-like words and where they start.
pub fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(is_word)
        .filter(move |(at, _)| !text[..*at].ends_with(is_word))
        .map(move |(at, _)| (at, text[at..].split(|c| !is_word(c)).next().unwrap_or_default()))
}

fn token(bytes: &[u8], at: usize) -> (Layer, usize) {
    let rest = &bytes[at..];
    let fresh = at == 0 || !(bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
    match rest {
        [b'/', b'/', ..] => (Layer::Comment, at + find(rest, b"\n").unwrap_or(rest.len())),
        [b'/', b'*', ..] => (Layer::Comment, at + find(rest, b"*/").map_or(rest.len(), |end| end + 2)),
        [b'"', ..] => (Layer::Literal, at + quoted(rest)),
        [b'b' | b'c', b'"', ..] if fresh => (Layer::Literal, at + 1 + quoted(&rest[1..])),
        [b'r', b'"' | b'#', ..] if fresh => {
            raw(rest, 1).map_or((Layer::Code, at + 1), |end| (Layer::Literal, at + end))
        }
        [b'b', b'r', b'"' | b'#', ..] if fresh => {
            raw(rest, 2).map_or((Layer::Code, at + 1), |end| (Layer::Literal, at + end))
        }
        [b'\'', ..] => character(rest).map_or((Layer::Code, at + 1), |end| (Layer::Literal, at + end)),
        _ => (Layer::Code, at + 1),
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// Length of a string literal that starts with its quote.
fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// Length of a raw string whose hashes start at `from`.
fn raw(rest: &[u8], from: usize) -> Option<usize> {
    let hashes = rest[from..].iter().take_while(|byte| **byte == b'#').count();
    let open = from + hashes;
    if rest.get(open) != Some(&b'"') {
        return None;
    }
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    find(&rest[open + 1..], &close).map(|end| open + 1 + end + close.len())
}

/// Length of a character literal; `None` for a lifetime.
fn character(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return find(&rest[3..], b"'").map(|end| end + 4);
    }
    let width = match rest.get(1)? {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    (rest.get(1 + width) == Some(&b'\'')).then_some(2 + width)
}
