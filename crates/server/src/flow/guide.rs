//! Guides: read, changed, answered, and the texts that every practice begins with (G-05, G-18, H-16, V-20, V-21).

use super::letter::{entry, person_of};
use super::{Ask, Flow, Tools, Who};
use domain::guidance::{ATTACHMENTS_MAX, Attachment, Audience, FileKind, Guide, Topic, Words};
use domain::id::{AttachmentId, GuideId, Ids, PracticeId};
use domain::person::{Locale, Role};
use domain::refusal::Refusal;
use domain::time::Instant;
use serde_json::json;
use store::guide::{Answers, FileName};
use store::{Done, Tx};

mod begin;

/// Guides of one practice at most.
const GUIDES_MAX: usize = 200;

/// The address of a guide, the same for everybody.
pub fn address(base_url: &str, id: GuideId) -> String {
    format!("{}/guides/{id}", base_url.trim_end_matches('/'))
}

/// A guide with what goes with it.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// The guide.
    pub guide: Guide,
    /// Its files.
    pub files: Vec<FileName>,
    /// Others that may help too.
    pub related: Vec<Guide>,
    /// What readers answered; for whoever may change it.
    pub answers: Answers,
}

/// The guides that a practice begins with.
pub fn begin_with(tx: &mut Tx, ids: &mut Ids, practice: PracticeId, locale: Locale, now: Instant) -> Flow<()> {
    for (about, words) in begin::texts(locale) {
        let id = ids.mint();
        store::guide::put(tx, &Guide { id, practice, about, version: 1, updated_at: now, updated_by: None, words })?;
    }
    Ok(())
}

/// One guide, if whoever asks may read it: colleagues everything of their practice, clients what is written for them.
pub fn readable(tx: &mut Tx, ask: &Ask, id: GuideId) -> Flow<Guide> {
    let guide = store::guide::load(tx, id)?.ok_or_else(|| Refusal::not_found("guide"))?;
    may_read(&guide, Some(&ask.who)).then_some(guide).ok_or_else(|| Refusal::not_found("guide").into())
}

/// Whether this reader may read it; nobody in particular reads what is written for clients.
fn may_read(guide: &Guide, who: Option<&Who>) -> bool {
    let Some(who) = who else { return guide.is_public() };
    let limits = who.scope().limits();
    let colleague = limits.client.is_none() && limits.practice.is_none_or(|practice| practice == guide.practice);
    guide.is_public() || colleague
}

/// One guide with what goes with it; `who` is nobody where nobody is signed in.
pub fn shelf(tx: &mut Tx, who: Option<&Who>, id: GuideId) -> Flow<Shelf> {
    let guide = store::guide::load(tx, id)?.ok_or_else(|| Refusal::not_found("guide"))?;
    if !may_read(&guide, who) {
        return Err(Refusal::not_found("guide").into());
    }
    let near = |other: &Guide| {
        other.id != guide.id && (other.about == guide.about || other.words.collection == guide.words.collection)
    };
    let audience = Some(guide.words.audience);
    let mut related = store::guide::list(tx, guide.practice, None, audience)?;
    related.retain(near);
    related.sort_by_key(|other| other.about != guide.about);
    related.truncate(4);
    let (files, answers) = (store::guide::files(tx, id)?, store::guide::answers(tx, id)?);
    Ok(Shelf { guide, files, related, answers })
}

/// The guides that whoever asks may read, about one thing or all.
pub fn library(tx: &mut Tx, ask: &Ask, about: Option<Topic>) -> Flow<Vec<Guide>> {
    let limits = ask.who.scope().limits();
    let practice = limits.practice.ok_or_else(|| Refusal::not_found("practice"))?;
    let audience = limits.client.map(|_| Audience::Client);
    Ok(store::guide::list(tx, practice, about, audience)?)
}

/// Every guide for clients of a practice, for whoever has its address.
pub fn for_clients(tx: &mut Tx, practice: PracticeId) -> Flow<Vec<Guide>> {
    Ok(store::guide::list(tx, practice, None, Some(Audience::Client))?)
}

/// Changes a guide: the next version; the earlier ones stay.
pub fn change(tx: &mut Tx, tools: &Tools, ask: &Ask, id: GuideId, words: Words) -> Flow<Done<Guide>> {
    let (by, before) = editable(tx, ask, id)?;
    let after = before.change(words, by, ask.now)?;
    store::guide::put(tx, &after)?;
    Ok(Done::new(after.clone(), written_down(tools, ask, &after, "guide_changed")))
}

/// Adds a guide of the practice's own.
pub fn add(tx: &mut Tx, tools: &Tools, ask: &Ask, ids: &mut Ids, about: Topic, words: Words) -> Flow<Done<Guide>> {
    let (by, practice) = editor(ask)?;
    if store::guide::list(tx, practice, None, None)?.len() >= GUIDES_MAX {
        let detail = format!("A practice has at most {GUIDES_MAX} guides. Change one of them instead.");
        return Err(Refusal::conflict("too_many_guides", detail).into());
    }
    let words = words.checked()?;
    let id = ids.mint();
    let guide = Guide { id, practice, about, version: 1, updated_at: ask.now, updated_by: Some(by), words };
    store::guide::put(tx, &guide)?;
    Ok(Done::new(guide.clone(), written_down(tools, ask, &guide, "guide_added")))
}

/// Puts a small file with a guide.
pub fn attach(
    tx: &mut Tx,
    tools: &Tools,
    ask: &Ask,
    ids: &mut Ids,
    id: GuideId,
    file: (String, FileKind, Vec<u8>),
) -> Flow<Done<FileName>> {
    let (_, guide) = editable(tx, ask, id)?;
    let (name, kind, bytes) = file;
    let file = Attachment::checked(ids.mint(), id, &name, kind, bytes)?;
    if store::guide::files(tx, id)?.len() >= ATTACHMENTS_MAX {
        let detail = format!("A guide has at most {ATTACHMENTS_MAX} files. Take one away first.");
        return Err(Refusal::conflict("too_many_files", detail).into());
    }
    store::guide::add_file(tx, &file)?;
    let size = u32::try_from(file.bytes.len()).unwrap_or(u32::MAX);
    let named = FileName { id: file.id, name: file.name, kind: file.kind, size };
    Ok(Done::new(named, written_down(tools, ask, &guide, "guide_file_added")))
}

/// Takes a file away.
pub fn detach(tx: &mut Tx, tools: &Tools, ask: &Ask, id: GuideId, file: AttachmentId) -> Flow<Done<()>> {
    let (_, guide) = editable(tx, ask, id)?;
    if !store::guide::remove_file(tx, id, file)? {
        return Err(Refusal::not_found("file").into());
    }
    Ok(Done::new((), written_down(tools, ask, &guide, "guide_file_removed")))
}

/// One reader's answer to "Did this answer your question?": counted, and nobody is remembered for it.
pub fn answer(tx: &mut Tx, tools: &Tools, ask: &Ask, who: Option<&Who>, id: GuideId, helped: bool) -> Flow<Done<()>> {
    let guide = store::guide::load(tx, id)?.ok_or_else(|| Refusal::not_found("guide"))?;
    if !may_read(&guide, who) {
        return Err(Refusal::not_found("guide").into());
    }
    store::guide::answer(tx, &guide, helped)?;
    let mut entry = written_down(tools, ask, &guide, "guide_answered");
    entry.actor = "reader".to_owned();
    entry.details = json!({ "version": guide.version, "helped": helped });
    Ok(Done::new((), entry))
}

/// Whoever runs the practice, and support, look after its guides.
fn editor(ask: &Ask) -> Flow<(domain::person::PersonRef, PracticeId)> {
    let practice = ask.who.scope().limits().practice;
    let able = person_of(ask)
        .filter(|(_, role)| matches!(role, Role::Admin | Role::Owner | Role::Support | Role::ClinicalLead));
    match (able, practice) {
        (Some((by, _)), Some(practice)) => Ok((by, practice)),
        _ => Err(Refusal::not_found("guide").into()),
    }
}

fn editable(tx: &mut Tx, ask: &Ask, id: GuideId) -> Flow<(domain::person::PersonRef, Guide)> {
    let (by, practice) = editor(ask)?;
    let guide = store::guide::load(tx, id)?.filter(|guide| guide.practice == practice);
    Ok((by, guide.ok_or_else(|| Refusal::not_found("guide"))?))
}

fn written_down(tools: &Tools, ask: &Ask, guide: &Guide, word: &str) -> domain::audit::Entry {
    let details = json!({ "about": guide.about, "version": guide.version, "title": guide.words.title });
    entry(tools, ask, guide.practice, word, vec![guide.id.to_string()], details)
}
