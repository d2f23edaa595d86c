//! Finding people by the beginnings of the words of their name.
//!
//! Names are folded: lower case, accents of Latin letters taken off, apostrophes left out, everything else that is
//! neither letter nor digit parts two words. So "Zoë O'Brien-Łuk" is found by "zoe", "obri" and "luk".

/// Words of a query that are used; of more, the longest.
pub(crate) const WORDS: usize = 4;

/// The words of a name, folded, each once, in their order.
pub(crate) fn words(name: &str) -> Vec<String> {
    let folded: String = name.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)).map(base).collect();
    let mut words: Vec<String> = Vec::new();
    for word in folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let word = expanded(word);
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The ranges of words that a query asks for, from the first up to but without the second; at most `WORDS` of them.
pub(crate) fn ranges(query: &str) -> Vec<(String, String)> {
    let mut words = words(query);
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.truncate(WORDS);
    words.into_iter().map(|word| (word.clone(), format!("{word}{}", char::MAX))).collect()
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\'' | '\u{2019}' | '\u{2bc}' | '`')
}

fn expanded(word: &str) -> String {
    word.replace('ß', "ss").replace('æ', "ae").replace('œ', "oe").replace('þ', "th")
}

/// The letter without its accent: Latin-1, Latin Extended-A, and the letters of Romanian and Vietnamese that are common.
fn base(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ạ' | 'ả' => 'a',
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => 'c',
        'ð' | 'ď' | 'đ' => 'd',
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẻ' => 'e',
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ĥ' | 'ħ' => 'h',
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => 'i',
        'ĵ' => 'j',
        'ķ' => 'k',
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => 'l',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ọ' => 'o',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => 's',
        'ţ' | 'ť' | 'ŧ' | 'ț' => 't',
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' => 'u',
        'ŵ' => 'w',
        'ý' | 'ÿ' | 'ŷ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_folded_into_words() {
        assert_eq!(words("Zoë O'Brien-Łuk"), ["zoe", "obrien", "luk"]);
        assert_eq!(words("Jörg  Groß, Jörg"), ["jorg", "gross"]);
        assert_eq!(words("Renée"), words("Rene\u{301}e"));
        assert_eq!(words("İlker Şahin"), ["ilker", "sahin"]);
        assert_eq!(words("李 雷"), ["李", "雷"]);
        assert!(words(" - ").is_empty());
    }

    #[test]
    fn a_range_holds_every_word_that_begins_so() {
        let (from, to) = ranges("Mar").remove(0);
        for word in ["mar", "maria", "mar\u{fb01}", "mar李"] {
            assert!(from.as_str() <= word && word < to.as_str(), "{word}");
        }
        assert!("mas" >= to.as_str() && "ma" < from.as_str());
        assert_eq!(ranges("a bb ccc dddd eeeee").len(), WORDS);
    }
}
