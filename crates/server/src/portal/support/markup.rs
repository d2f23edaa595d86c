//! The small markup of guides as HTML: headings, paragraphs, lists, tables, emphasis and links. HTML of others is text
//! here, and links lead to pages, mail and telephones only.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// A heading in the list of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Where it stands on the page.
    pub anchor: String,
    /// Its words.
    pub words: String,
}

/// A text as HTML, with its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The HTML: ours alone.
    pub html: String,
    /// The headings of the second level.
    pub contents: Vec<Heading>,
}

/// Renders a text. Headings begin at the second level: the page has a first one.
pub fn render(text: &str) -> Rendered {
    let mut contents: Vec<Heading> = Vec::new();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut open: Option<(HeadingLevel, usize)> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Html(words) | Event::InlineHtml(words) => events.push(Event::Text(words)),
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Heading { level, .. }) => {
                open = Some((lower(level), events.len()));
                events.push(Event::Text(CowStr::Borrowed("")));
            }
            Event::End(TagEnd::Heading(_)) => {
                let Some((level, at)) = open.take() else { continue };
                let words = words_of(&events[at..]);
                let anchor = anchor_of(&words, contents.len() + 1);
                if level == HeadingLevel::H2 {
                    contents.push(Heading { anchor: anchor.clone(), words });
                }
                let id = Some(CowStr::from(anchor));
                events[at] = Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() });
                events.push(Event::End(TagEnd::Heading(level)));
            }
            Event::Start(Tag::Link { dest_url, title, id, .. }) => {
                let dest_url = if is_ours_or_plain(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
                events.push(Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id }));
            }
            // Pictures would be fetched from elsewhere: their words stay.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            other => events.push(other),
        }
    }
    let mut written = String::with_capacity(text.len() * 2);
    html::push_html(&mut written, events.into_iter());
    Rendered { html: written, contents }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H2,
        _ => HeadingLevel::H3,
    }
}

fn words_of(events: &[Event<'_>]) -> String {
    let words = events.iter().filter_map(|event| match event {
        Event::Text(words) | Event::Code(words) => Some(words.to_string()),
        _ => None,
    });
    words.collect()
}

fn anchor_of(words: &str, number: usize) -> String {
    let letters = words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let joined: String = letters.collect();
    let parts: Vec<&str> = joined.split('-').filter(|part| !part.is_empty()).take(8).collect();
    format!("s{number}-{}", parts.join("-"))
}

/// A page of ours, a page elsewhere, mail or a telephone.
fn is_ours_or_plain(url: &str) -> bool {
    let known = ["https://", "http://", "mailto:", "tel:", "#"].iter().any(|start| url.starts_with(start));
    known || (url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // proves: V-21, G-18
    #[test]
    fn headings_become_the_contents() {
        let page = render("Hello.\n\n## What to *do* now\n\nThis.\n\n### More\n\n## What to do now\n");
        let words: Vec<_> = page.contents.iter().map(|heading| heading.words.as_str()).collect();
        assert_eq!(words, ["What to do now", "What to do now"]);
        assert_ne!(page.contents[0].anchor, page.contents[1].anchor);
        assert!(page.html.contains("<h2 id=\"s1-what-to-do-now\">What to <em>do</em> now</h2>"), "{}", page.html);
    }

    #[test]
    fn nobody_else_s_html_and_no_script_gets_onto_the_page() {
        let tricks = "<script>alert(1)</script>\n\nA <b onclick=x>word</b> [here](javascript:alert(1)) and \
                      [there](//evil.example) ![pic](https://evil.example/x.png) [ok](/t/record)\n\n# <img src=x>\n";
        let html = render(tricks).html;
        for bad in ["<script", "<b ", "<img", "javascript:", "evil.example", "onclick=x>"] {
            assert!(!html.contains(bad), "{bad}: {html}");
        }
        assert!(
            html.contains("&lt;script&gt;") && html.contains("href=\"/t/record\"") && html.contains("pic"),
            "{html}"
        );
        assert!(!html.contains("<h1"), "the page has its own");
    }
}
