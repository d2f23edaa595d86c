//! Forms that carry a file (RFC 7578): read whole from a body whose size is limited already.

use super::Raw;
use crate::error::Problem;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

/// Parts that a form may have.
const PARTS_MAX: usize = 100;

/// A file of a form. An empty control sends one without a name and without bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The control.
    pub field: String,
    /// The file's name on the machine that it came from; nothing says that it is a good one.
    pub name: String,
    /// What the browser takes it for, `application/octet-stream` where it does not say.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The fields and the files of a form.
///
/// # Errors
/// 400 where it is not a form of this kind, whole.
pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<(Raw, Vec<Upload>), Problem> {
    let said = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    parameter(said, "boundary").and_then(|boundary| parse(&boundary, body)).ok_or_else(|| {
        let detail = "The form did not arrive whole. Go back and send it again.";
        Problem::new(StatusCode::BAD_REQUEST, "malformed_form", detail)
    })
}

fn parse(boundary: &str, body: &[u8]) -> Option<(Raw, Vec<Upload>)> {
    let delimiter = format!("\r\n--{boundary}");
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    // Every delimiter but the first follows the line end of what was before it.
    let mut rest = body.strip_prefix(&delimiter.as_bytes()[2..])?;
    for _ in 0..PARTS_MAX {
        if rest.starts_with(b"--") {
            return Some((Raw(fields), files));
        }
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, delimiter.as_bytes())?;
        let (part, after) = part.split_at(end);
        rest = after.get(delimiter.len()..)?;
        let head = find(part, b"\r\n\r\n")?;
        let (head, bytes) = (std::str::from_utf8(part.get(..head)?).ok()?, part.get(head + 4..)?);
        let header = |name: &str| {
            let found =
                head.lines().find_map(|line| line.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case(name)));
            found.map(|(_, value)| value.trim())
        };
        let disposition = header("content-disposition")?;
        let field = parameter(disposition, "name")?;
        match parameter(disposition, "filename") {
            None => fields.push((field, String::from_utf8(bytes.to_vec()).ok()?)),
            Some(name) => {
                let content_type = header("content-type").unwrap_or("application/octet-stream").to_owned();
                files.push(Upload { field, name, content_type, bytes: bytes.to_vec() });
            }
        }
    }
    None
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A parameter of a header, quotes taken off and what browsers escape put back.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if key.trim().trim_start_matches(';').trim().eq_ignore_ascii_case(name) {
            return Some(value.trim().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &[u8] = b"--xyz\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n\
        --xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a;b %22c%22.pdf\"\r\n\
        content-type: application/pdf\r\n\r\n%PDF-1.7\r\n--xy is not the end\r\n\r\n--xyz--\r\n";

    #[test]
    fn fields_and_files_are_read_byte_for_byte() {
        let (fields, files) = parse("xyz", FORM).expect("a form");
        assert_eq!(fields.get("title"), "Grüße");
        let bytes = b"%PDF-1.7\r\n--xy is not the end\r\n".to_vec();
        let (field, name) = ("file".to_owned(), "a;b \"c\".pdf".to_owned());
        assert_eq!(files, [Upload { field, name, content_type: "application/pdf".to_owned(), bytes }]);
    }

    #[test]
    fn whatever_is_cut_short_is_no_form() {
        let end = FORM.len() - 4;
        for cut in 0..end {
            assert_eq!(parse("xyz", &FORM[..cut]), None, "{cut} bytes");
        }
        assert_eq!(parse("other", FORM), None);
    }

    #[test]
    fn a_boundary_is_read_with_and_without_quotes() {
        for header in ["multipart/form-data; boundary=xyz", "multipart/form-data; charset=utf-8; boundary=\"xyz\""] {
            assert_eq!(parameter(header, "boundary").as_deref(), Some("xyz"));
        }
        assert_eq!(parameter("multipart/form-data", "boundary"), None);
    }
}
