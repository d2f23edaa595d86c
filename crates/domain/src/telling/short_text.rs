//! Short text messages: which alphabet the network needs for a text, into how many parts it is cut, and how a text is
//! put so that it needs no more parts than its words do (3GPP TS 23.038 6.2.1 and 23.040 9.2.3.24.1).

/// The most parts that one message may have. More is a letter, not a text.
pub const PARTS_MAX: usize = 6;

/// How the network writes a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// The network's own seven-bit alphabet: 160 characters, or 153 for each of several parts.
    Gsm7,
    /// UTF-16, as soon as one character is not in the alphabet: 70 units, or 67 for each of several parts.
    Ucs2,
}

impl Alphabet {
    /// Units that fit into one message.
    const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    /// Units that fit into each of several parts.
    const fn in_parts(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }
}

/// How large a text is on the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The alphabet that it needs.
    pub alphabet: Alphabet,
    /// Seven-bit units, of which those behind the escape take two, or UTF-16 units.
    pub units: usize,
    /// Parts that it is sent, and paid for, as. None for an empty text.
    pub parts: usize,
}

/// The basic table, without the escape.
pub const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What stands behind the escape and takes two units.
pub const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// How large this text is, as it stands.
pub fn size(text: &str) -> Size {
    let septets = |c: char| match c {
        _ if BASIC.contains(c) => Some(1),
        _ if EXTENDED.contains(c) => Some(2),
        _ => None,
    };
    match text.chars().map(septets).collect::<Option<Vec<usize>>>() {
        Some(each) => counted(Alphabet::Gsm7, &each),
        None => counted(Alphabet::Ucs2, &text.chars().map(char::len_utf16).collect::<Vec<_>>()),
    }
}

/// Counts parts as the network cuts them: no character is cut in two, so a part may end one unit early.
fn counted(alphabet: Alphabet, each: &[usize]) -> Size {
    let units: usize = each.iter().sum();
    if units <= alphabet.alone() {
        return Size { alphabet, units, parts: usize::from(units > 0) };
    }
    let (mut parts, mut filled) = (1, 0);
    for unit in each {
        if filled + unit > alphabet.in_parts() {
            parts += 1;
            filled = 0;
        }
        filled += unit;
    }
    Size { alphabet, units, parts }
}

/// The same words in plain marks: curly quotes, long dashes, dots in one, hard spaces and the like are put as the
/// network's alphabet has them, and lines are trimmed. Letters stay as they are: nobody's name is respelt to save a part.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '`' | '´' => plain.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => plain.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '•' => plain.push('-'),
            '…' => plain.push_str("..."),
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => plain.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\r' => {}
            _ if c.is_control() && c != '\n' => {}
            _ => plain.push(c),
        }
    }
    let lines = plain.lines().map(|line| line.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_holds_160_characters_and_each_of_several_parts_153() {
        for (length, parts) in [(0, 0), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (918, 6), (919, 7)] {
            assert_eq!(
                size(&"a".repeat(length)),
                Size { alphabet: Alphabet::Gsm7, units: length, parts },
                "{length} characters"
            );
        }
    }

    #[test]
    fn one_character_outside_the_alphabet_makes_every_part_shorter() {
        let of = |length: usize| size(&format!("ő{}", "a".repeat(length - 1)));
        assert_eq!(of(70), Size { alphabet: Alphabet::Ucs2, units: 70, parts: 1 });
        assert_eq!(of(71).parts, 2);
        assert_eq!(of(134).parts, 2);
        assert_eq!(of(135).parts, 3);
    }

    #[test]
    fn what_stands_behind_the_escape_takes_two_units_and_is_not_cut_in_two() {
        assert_eq!(size("€"), Size { alphabet: Alphabet::Gsm7, units: 2, parts: 1 });
        assert_eq!(size(&"€".repeat(80)).parts, 1);
        // 76 fill a part of 153 to 152: the next one does not fit its last unit.
        assert_eq!(size(&"€".repeat(152)).parts, 2);
        assert_eq!(size(&"€".repeat(153)).parts, 3);
    }

    #[test]
    fn a_picture_of_two_units_is_not_cut_in_two_either() {
        assert_eq!(size(&"😀".repeat(35)), Size { alphabet: Alphabet::Ucs2, units: 70, parts: 1 });
        // 33 fill a part of 67 to 66.
        assert_eq!(size(&"😀".repeat(66)).parts, 2);
        assert_eq!(size(&"😀".repeat(67)).parts, 3);
    }

    #[test]
    fn marks_become_plain_and_letters_stay() {
        let written = "Hi Zoë — I’m running behind…\u{a0}It’s “about” 10\u{2011}15 minutes.\r\n\n  Sorry!\u{200b} ";
        assert_eq!(plain(written), "Hi Zoë - I'm running behind... It's \"about\" 10-15 minutes.\n\nSorry!");
        assert_eq!(size(&plain("Hi Zoé — I’m late")).alphabet, Alphabet::Gsm7);
        assert_eq!(size(&plain("Hi Zoë — I’m late")).alphabet, Alphabet::Ucs2, "ë is in no table of the network");
    }
}
