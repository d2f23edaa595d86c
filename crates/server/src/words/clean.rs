//! Words of people, made safe to stand in a message: nothing that ends a line early, turns the reading direction
//! around, or reads as one of our own marks.

/// On one line: for names, addresses, reasons. Line breaks and runs of white space become one space.
pub fn line(words: &str) -> String {
    if is_plain(words) {
        return words.to_owned();
    }
    lines(words).join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether there is nothing to clean: most names and addresses are so, and every message asks for many.
fn is_plain(words: &str) -> bool {
    let visible = words.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'{' && b != b'}');
    visible && !words.contains("  ") && words.trim().len() == words.len()
}

/// Line by line, as it was written; white space at the ends and more than one empty line in a row are left out.
pub fn lines(words: &str) -> Vec<String> {
    let unbroken =
        words.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let mut kept: Vec<String> = Vec::new();
    for line in unbroken.trim().split('\n') {
        let line: String = line.trim_end().chars().filter_map(safe).collect();
        if !line.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push(line);
        }
    }
    kept
}

/// Braces become round: whoever writes `{link}` gets the word and not our link. Marks that turn the reading direction
/// around (Unicode 2066 to 2069, 202A to 202E) and characters that mail may not carry are left out.
fn safe(letter: char) -> Option<char> {
    match letter {
        '{' => Some('('),
        '}' => Some(')'),
        '\t' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => None,
        other if other.is_control() => None,
        other => Some(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_line_or_spell_a_mark() {
        assert_eq!(line(" Anna\r\nBcc: x@y.org\u{202e}\0 {link}\u{2028}"), "Anna Bcc: x@y.org (link)");
        assert_eq!(line("{li\u{0}nk}"), "(link)");
    }

    #[test]
    fn words_keep_their_lines() {
        assert_eq!(lines("\nDear Anna,\r\n\r\n\n\nI'm away {receipt}.\n"), ["Dear Anna,", "", "I'm away (receipt)."]);
        assert_eq!(lines(" \n "), Vec::<String>::new());
    }
}
