//! From bytes to components: line ends, folding, letters, BEGIN and END.

use super::{Place, Problems};

/// One property that somebody may ask for.
#[derive(Debug)]
pub(super) struct Property {
    /// In capitals.
    pub name: String,
    /// Names in capitals, values without quotes.
    parameters: Vec<(String, String)>,
    /// As written.
    pub value: String,
    /// Where the value begins.
    pub place: Place,
}

impl Property {
    /// The first value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A component that we read, with what belongs to it.
#[derive(Debug)]
pub(super) struct Component {
    pub name: String,
    /// Where it begins.
    pub place: Place,
    pub properties: Vec<Property>,
    /// STANDARD and DAYLIGHT of a VTIMEZONE.
    pub parts: Vec<Component>,
}

impl Component {
    /// The first property of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name == name)
    }
    /// All properties of that name.
    pub(super) fn all<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |p| p.name == name)
    }
}

/// The components of a diary that matter to us.
#[derive(Default)]
pub(super) struct Components {
    pub events: Vec<Component>,
    pub zones: Vec<Component>,
}

/// Properties that we read; everything else is passed over unread.
const WANTED: [&str; 20] = [
    "UID",
    "DTSTART",
    "DTEND",
    "DURATION",
    "SUMMARY",
    "TRANSP",
    "STATUS",
    "SEQUENCE",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "X-LIC-LOCATION",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "BEGIN",
    "END",
];

/// Deeper nesting than this is not a calendar.
const DEEPEST: usize = 16;

/// Splits a diary into components.
pub(super) fn components(bytes: &[u8], problems: &mut Problems) -> Components {
    let mut builder = Builder { open: Vec::new(), too_deep: 0, found: Components::default(), calendars: 0 };
    for logical in unfold(bytes) {
        let text = logical.text(problems);
        if !text.trim().is_empty() {
            builder.line(&logical, &text, problems);
        }
    }
    builder.finish(problems)
}

/// A content line put together again, and where its pieces stood.
struct Logical {
    bytes: Vec<u8>,
    line: u32,
    /// Offset in `bytes` and the physical line that begins there.
    folds: Vec<(usize, u32)>,
}

impl Logical {
    /// UTF-8, or else Latin-1 with a problem noted: no byte is lost and nothing stops.
    fn text(&self, problems: &mut Problems) -> String {
        match std::str::from_utf8(&self.bytes) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let place = self.place(error.valid_up_to());
                problems.add(place, "this is not UTF-8; it was read as Latin-1", "Save the diary as UTF-8.");
                self.bytes.iter().map(|byte| char::from(*byte)).collect()
            }
        }
    }

    /// Line and column of an offset. Columns count characters, and the blank that a folded line begins with.
    fn place(&self, offset: usize) -> Place {
        let fold = self.folds.iter().rev().find(|(at, _)| *at <= offset);
        let (from, line, lead) = fold.map_or((0, self.line, 1), |(at, line)| (*at, *line, 2));
        let piece = &self.bytes[from..offset.min(self.bytes.len())];
        let characters = piece.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        (line, u32::try_from(characters).unwrap_or(u32::MAX).saturating_add(lead))
    }
}

/// Joins folded lines. Lines may end with CRLF or a bare LF; a byte order mark is passed over.
fn unfold(bytes: &[u8]) -> impl Iterator<Item = Logical> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut physical = (1u32..).zip(bytes.split(|byte| *byte == b'\n')).peekable();
    std::iter::from_fn(move || {
        let (line, first) = physical.next()?;
        let mut logical = Logical { bytes: without_return(first).to_vec(), line, folds: Vec::new() };
        while let Some((line, next)) = physical.next_if(|(_, next)| matches!(next.first(), Some(b' ' | b'\t'))) {
            logical.folds.push((logical.bytes.len(), line));
            logical.bytes.extend_from_slice(without_return(&next[1..]));
        }
        Some(logical)
    })
}

fn without_return(mut line: &[u8]) -> &[u8] {
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    line
}

struct Builder {
    open: Vec<Component>,
    too_deep: usize,
    found: Components,
    calendars: usize,
}

impl Builder {
    fn line(&mut self, logical: &Logical, text: &str, problems: &mut Problems) {
        let end = text.find([';', ':']).unwrap_or(text.len());
        let name = text[..end].trim().to_ascii_uppercase();
        if end == text.len() || name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            let remedy =
                "A line is a name, a colon and a value; a line that continues the one before begins with a blank.";
            return problems.add(logical.place(0), "this is not a line of a calendar", remedy);
        }
        if !WANTED.contains(&name.as_str()) {
            return;
        }
        match property(logical, text, name, end) {
            Ok(property) => self.property(property, logical.place(0), problems),
            Err((offset, what)) => {
                problems.add(logical.place(offset), what, "Export the diary again, or mend this line.");
            }
        }
    }

    fn property(&mut self, property: Property, place: Place, problems: &mut Problems) {
        match property.name.as_str() {
            "BEGIN" => self.begin(property.value.trim().to_ascii_uppercase(), place),
            "END" => self.end(&property.value.trim().to_ascii_uppercase(), place, problems),
            _ => {
                if let Some(component) = self.open.last_mut().filter(|_| self.too_deep == 0) {
                    component.properties.push(property);
                }
            }
        }
    }

    fn begin(&mut self, name: String, place: Place) {
        self.calendars += usize::from(name == "VCALENDAR");
        if self.open.len() >= DEEPEST || self.too_deep > 0 {
            self.too_deep += 1;
            return;
        }
        self.open.push(Component { name, place, properties: Vec::new(), parts: Vec::new() });
    }

    fn end(&mut self, name: &str, place: Place, problems: &mut Problems) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(depth) = self.open.iter().rposition(|c| c.name == name) else {
            return problems.add(place, format!("END:{name} without its BEGIN"), "Export the diary again.");
        };
        while self.open.len() > depth + 1 {
            self.unclosed(problems);
        }
        self.close();
    }

    /// The innermost component, ended by its END.
    fn close(&mut self) {
        let Some(component) = self.open.pop() else { return };
        match (component.name.as_str(), self.open.last_mut()) {
            ("VEVENT", _) => self.found.events.push(component),
            ("VTIMEZONE", _) => self.found.zones.push(component),
            ("STANDARD" | "DAYLIGHT", Some(zone)) if zone.name == "VTIMEZONE" => zone.parts.push(component),
            _ => {}
        }
    }

    /// The innermost component, ended by something else: what is there is used.
    fn unclosed(&mut self, problems: &mut Problems) {
        if let Some(component) = self.open.last() {
            let what = format!("BEGIN:{} has no END", component.name);
            problems.add(component.place, what, "The diary may be cut short: export it again.");
        }
        self.close();
    }

    fn finish(mut self, problems: &mut Problems) -> Components {
        while !self.open.is_empty() {
            self.unclosed(problems);
        }
        if self.calendars == 0 {
            let remedy = "Give an iCalendar file: it begins with BEGIN:VCALENDAR.";
            problems.add((1, 1), "this is not a diary", remedy);
        }
        self.found
    }
}

/// Parameters and value of a line whose name ends at `end`. The error says at which offset.
fn property(logical: &Logical, text: &str, name: String, end: usize) -> Result<Property, (usize, String)> {
    let mut parameters = Vec::new();
    let mut at = end;
    while text[at..].starts_with(';') {
        let from = at + 1;
        let stop = from + text[from..].find(['=', ';', ':']).ok_or((from, "this parameter has no value".to_owned()))?;
        let key = text[from..stop].trim().to_ascii_uppercase();
        if !text[stop..].starts_with('=') {
            // vCalendar 1.0 writes bare words; none of them matters to us.
            at = stop;
            continue;
        }
        let (value, next) = parameter_value(text, stop + 1)?;
        parameters.push((key, value));
        at = next;
    }
    let value = text[at..].strip_prefix(':').ok_or((at, "here a colon belongs".to_owned()))?;
    Ok(Property { name, parameters, value: value.to_owned(), place: logical.place(at + 1) })
}

/// The first value of a parameter from offset `at`, and where the next `;` or `:` stands.
fn parameter_value(text: &str, mut at: usize) -> Result<(String, usize), (usize, String)> {
    let mut first = None;
    loop {
        let (value, next) = match text[at..].strip_prefix('"') {
            Some(rest) => {
                let close = rest.find('"').ok_or((at, "this quotation mark is never closed".to_owned()))?;
                (&rest[..close], at + close + 2)
            }
            None => {
                let length = text[at..].find([',', ';', ':']).ok_or((at, "here a colon belongs".to_owned()))?;
                (&text[at..at + length], at + length)
            }
        };
        first.get_or_insert_with(|| value.to_owned());
        if !text[next..].starts_with(',') {
            return Ok((first.unwrap_or_default(), next));
        }
        at = next + 1;
    }
}
