//! A practice's own words, filled in. They were checked when they were kept (`domain::telling::template`): they name known
//! facts and nothing else, so filling them in cannot fail, loop or reach anything.

use super::clean;
use super::view::Names;
use domain::id::CommandId;
use domain::message::MessageKind;
use domain::person::Locale;
use domain::refusal::Named;
use domain::telling::short_text;
use domain::telling::template::{Editable, SUBJECT_MAX, Template, TemplateWords, named};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Object;
use minijinja::{Environment, UndefinedBehavior, Value, context};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Steps that filling in one part may take: a few hundred words need far fewer.
const FUEL: u64 = 20_000;
/// Sets of words that are kept in memory; past that they are read again.
const KEPT: usize = 1_000;

/// One practice's words, with the version that they are.
type Words = BTreeMap<(MessageKind, &'static str), (u32, Arc<TemplateWords>)>;

/// What practices say in their own words, read once for each change of theirs.
#[derive(Debug)]
pub(super) struct OwnWords {
    /// No filters, no functions, no files: names and ifs.
    bare: Environment<'static>,
    known: RwLock<BTreeMap<CommandId, Arc<Words>>>,
}

/// Words with the facts in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filled {
    pub subject: String,
    pub letter: String,
    pub short: String,
}

/// The facts that words may name.
#[derive(Debug, Clone)]
struct Facts(Arc<BTreeMap<&'static str, String>>);

impl Object for Facts {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_str()?).map(|fact| Value::from(fact.as_str()))
    }
}

impl OwnWords {
    /// With nothing known yet.
    pub fn new() -> Self {
        let mut bare = Environment::empty();
        bare.set_undefined_behavior(UndefinedBehavior::Strict);
        bare.set_fuel(Some(FUEL));
        let tidy = SyntaxConfig::builder().trim_blocks(false).lstrip_blocks(false).build();
        bare.set_syntax(tidy.expect("the usual marks are different from each other"));
        Self { bare, known: RwLock::new(BTreeMap::new()) }
    }

    /// Whether the words that were last changed by this command are in memory.
    pub fn knows(&self, change: CommandId) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).contains_key(&change)
    }

    /// Keeps a practice's words as they are since this change.
    pub fn keep(&self, change: CommandId, templates: Vec<Template>) {
        let words = templates.into_iter().filter_map(|template| {
            let words = template.words?;
            Some(((template.kind, template.locale.tag()), (template.version, Arc::new(words))))
        });
        let words = Arc::new(words.collect());
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(change, words);
    }

    /// The practice's words for this kind in this English and which version they are, where it has any.
    pub fn of(&self, change: CommandId, kind: MessageKind, locale: Locale) -> Option<(u32, Arc<TemplateWords>)> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&change)?.get(&(kind, locale.tag())).cloned()
    }

    /// The words with the facts of a message in them.
    pub fn fill(&self, words: &TemplateWords, of: &Editable, names: &Names, is_short: bool) -> Option<Filled> {
        self.filled(words, facts(of, names, is_short)).map_err(|why| tracing::error!(%why, "a template is wrong")).ok()
    }

    fn filled(&self, words: &TemplateWords, facts: BTreeMap<&'static str, String>) -> Result<Filled, minijinja::Error> {
        let facts = Value::from_object(Facts(Arc::new(facts)));
        let fill = |text: &str| self.bare.template_from_str(text)?.render(facts.clone());
        Ok(Filled {
            subject: clean::line(&fill(&words.subject)?),
            letter: clean::lines(&fill(&words.letter)?).join("\n"),
            short: short_text::plain(&clean::lines(&fill(&words.short)?).join("\n")),
        })
    }

    /// The text message with every fact in it, as long as such facts usually are; none where it cannot be filled in.
    pub fn longest(&self, words: &TemplateWords, of: &Editable) -> Option<String> {
        let facts = shapes(of).into_iter().next()?;
        self.filled(words, facts).ok().map(|filled| filled.short)
    }

    /// What is wrong with words that an owner wants to keep, by their parts and with facts of every shape in them. `end` is
    /// as long as what stands behind a text.
    pub fn problems(&self, words: &TemplateWords, of: &Editable, end: &str) -> Vec<Named> {
        let mut problems = words.problems(of);
        if !problems.is_empty() {
            return problems;
        }
        for (n, facts) in shapes(of).into_iter().enumerate() {
            match self.filled(words, facts) {
                Ok(filled) => problems.extend(too_much(&filled, end)),
                Err(why) => problems.push(named("letter", "template_wrong", format!("It cannot be filled in: {why}."))),
            }
            if !problems.is_empty() && n > 0 {
                break;
            }
        }
        problems.dedup_by(|a, b| a.field == b.field && a.code == b.code);
        problems
    }
}

/// What is too long or empty once it is filled in.
fn too_much(filled: &Filled, end: &str) -> Vec<Named> {
    let mut problems = Vec::new();
    if filled.subject.chars().count() > SUBJECT_MAX {
        problems.push(named("subject", "too_long", format!("With its facts it is longer than {SUBJECT_MAX} letters.")));
    }
    for (field, text) in [("subject", &filled.subject), ("letter", &filled.letter), ("short", &filled.short)] {
        if text.trim().is_empty() {
            let detail = "Without the facts that may be missing it says nothing. Add words outside the ifs.";
            problems.push(named(field, "required", detail.to_owned()));
        }
    }
    if short_text::size(&format!("{}\n{end}", filled.short)).parts > short_text::PARTS_MAX {
        let detail = format!(
            "With what stands behind it, it would be sent in more than {} parts. Say less; the letter may say more.",
            short_text::PARTS_MAX
        );
        problems.push(named("short", "too_many_parts", detail));
    }
    problems
}

/// The facts of a message under the names that owners use.
fn facts(of: &Editable, names: &Names, is_short: bool) -> BTreeMap<&'static str, String> {
    let fact = |name: &'static str| match name {
        "first_name" => names.text("hello"),
        "place" => names.text("away_from"),
        "times" => listed(&names.list("offered"), is_short),
        "update" => {
            if names.is_true("update") {
                "Update: ".to_owned()
            } else {
                String::new()
            }
        }
        "old_time" if names.text("old_time").is_empty() => names.text("replaced"),
        other => names.text(other),
    };
    of.variables().map(|variable| (variable.name, fact(variable.name))).collect()
}

/// A line for each: with numbers in a text, so that an answer can be short.
fn listed(times: &[String], is_short: bool) -> String {
    let lines = times.iter().enumerate();
    let lines = lines.map(|(n, time)| if is_short { format!("{}: {time}", n + 1) } else { format!("- {time}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// Every fact that may be there or not: all, none, and each alone, for a name as long as they come.
fn shapes(of: &Editable) -> Vec<BTreeMap<&'static str, String>> {
    let optional: Vec<&'static str> = of.own.iter().map(|variable| variable.name).collect();
    let with = |there: &dyn Fn(&str) -> bool| -> BTreeMap<&'static str, String> {
        let all = of.variables().map(|variable| (variable.name, example(variable.name)));
        all.map(|(name, fact)| {
            let may_miss = (optional.contains(&name) && !of.required.contains(&name)) || name == "update";
            (name, if may_miss && !there(name) { String::new() } else { fact })
        })
        .collect()
    };
    let mut shapes = vec![with(&|_| true), with(&|_| false)];
    shapes.extend(optional.iter().map(|one| with(&|name| name == *one)));
    shapes
}

/// A fact as long as such a fact usually is.
pub(super) fn example(name: &str) -> String {
    match name {
        "first_name" => "Alexandra",
        "therapist" => "Christopher",
        "practice" => "Alder House",
        "phone" => "020 7946 0018",
        "email" => "help@alderhouse.example",
        "day" => "Wednesday 23 September",
        "time" | "old_time" | "held_until" | "answer_by" | "promise_by" | "next" => "Wednesday 23 September, 14:00",
        "clock" => "14:00",
        "minutes" => "50",
        "late_minutes" => "10",
        "how" => "by video",
        "place" => "screen",
        "cancelled" => "cancelled",
        "update" => "Update: ",
        "times" => "1: Thursday 24 September, 14:00\n2: Friday 25 September, 10:00\n3: Monday 28 September, 15:00",
        _ => "",
    }
    .to_owned()
}

/// The letter in parts: paragraphs and lists.
pub(super) fn parts(letter: &str) -> Vec<Value> {
    let mut parts = Vec::new();
    for paragraph in letter.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()) {
        let mut lines = Vec::new();
        let mut items: Vec<String> = Vec::new();
        for line in paragraph.lines().map(str::trim).filter(|line| !line.is_empty()) {
            match line.strip_prefix("- ") {
                Some(item) => items.push(item.to_owned()),
                None => {
                    parts.extend(list(&mut items));
                    lines.push(line);
                    continue;
                }
            }
            parts.extend(text(&mut lines));
        }
        parts.extend(text(&mut lines));
        parts.extend(list(&mut items));
    }
    parts
}

fn text(lines: &mut Vec<&str>) -> Option<Value> {
    let said = std::mem::take(lines).join(" ");
    (!said.is_empty()).then(|| context! { text => said, items => Vec::<String>::new() })
}

fn list(items: &mut Vec<String>) -> Option<Value> {
    let items = std::mem::take(items);
    (!items.is_empty()).then(|| context! { text => "", items => items })
}
