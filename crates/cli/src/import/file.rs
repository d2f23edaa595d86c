//! Reads the file that is to be imported, and says what it is where it is not one.

use crate::talk::Failure;
use std::path::Path;

/// The largest file that the readers take (`outside`).
const LARGEST: u64 = 10 * 1024 * 1024;

/// The file's bytes.
///
/// # Errors
/// A sentence that names the file and the remedy.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let shown = path.display();
    let wrong = |words: String| Failure::new(format!("{shown}: {words}"));
    let known = std::fs::metadata(path).map_err(|error| wrong(format!("{error}. Check the path")))?;
    if known.is_dir() {
        return Err(wrong("this is a folder. Name the file in it".to_owned()));
    }
    if !known.is_file() {
        return Err(wrong("this is not an ordinary file. Save it to one first".to_owned()));
    }
    if known.len() > LARGEST {
        let (size, most) = (known.len() / (1024 * 1024), LARGEST / (1024 * 1024));
        return Err(wrong(format!(
            "it has {size} MB, more than the {most} that can be read. Split it into smaller files"
        )));
    }
    let bytes = std::fs::read(path).map_err(|error| wrong(format!("{error}. Check who may read it")))?;
    if bytes.is_empty() {
        return Err(wrong("it is empty. Export it again".to_owned()));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(wrong("it is written in UTF-16. Save it as UTF-8".to_owned()));
    }
    if bytes.contains(&0) {
        return Err(wrong("it is not text. Export it as iCalendar (.ics) or as CSV".to_owned()));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, bytes: &[u8]) -> String {
        let path = std::env::temp_dir().join(format!("holdspace-import-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).expect("a file");
        let answer = read(&path);
        std::fs::remove_file(&path).expect("gone");
        answer.map_or_else(|failure| failure.to_string(), |bytes| format!("{} bytes", bytes.len()))
    }

    #[test]
    fn what_is_no_readable_text_is_named_with_a_remedy() {
        assert_eq!(said("good.csv", b"name,email\n"), "11 bytes");
        assert!(said("empty.csv", b"").ends_with("it is empty. Export it again"));
        assert!(said("wide.csv", b"\xff\xfen\0a\0").ends_with("it is written in UTF-16. Save it as UTF-8"));
        assert!(said("book.xlsx", b"PK\x03\x04\0\0").contains("it is not text"));
        assert!(said("large.ics", &vec![b'a'; 10 * 1024 * 1024 + 1]).contains("more than the 10 that can be read"));
    }

    #[test]
    fn a_folder_and_a_missing_file_are_named() {
        let folder = std::env::temp_dir();
        assert!(read(&folder).is_err_and(|failure| failure.to_string().contains("this is a folder")));
        let missing = folder.join("holdspace-no-such-file.csv");
        assert!(read(&missing).is_err_and(|failure| failure.to_string().contains("Check the path")));
    }
}
