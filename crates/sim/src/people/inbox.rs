//! What arrives, is read, and is believed.

use super::reading::{Reader, Says, diary};
use super::{Belief, Desk, Intent, Seen, Source};
use crate::promises::telling::{is_client, is_past};
use crate::run::Run;
use crate::scheduler::Event;
use crate::world::Post;
use domain::id::AppointmentId;
use domain::message::Message;
use domain::person::{Channel, PersonRef};
use domain::time::{Instant, Span};
use store::{DbError, Tx};

impl Run<'_> {
    /// A letter or a text reaches somebody, who reads it.
    pub(crate) fn arrives(&mut self, post: Post) {
        let (id, who) = (post.id, post.to);
        let message = self.app.store.read(move |tx: &mut Tx<'_>| store::message::load(tx, id));
        let message = match message {
            Ok(Some(message)) => message,
            Ok(None) => return self.judge.accuse("N3", self.now, format!("{id} arrives and stands nowhere")),
            Err(why) => return self.judge.accuse("S0", self.now, why_not(&why)),
        };
        self.judge.handings.entry(id).or_default().arrived += 1;
        let practice = &self.house.practice;
        let written = post.dated.unwrap_or(post.handed_at);
        let reader = Reader { locale: practice.locale, zone: &practice.zone, written };
        let reading = reader.read(&post.text);
        let in_diary = post.calendar.as_deref().and_then(diary);
        if let (Some(in_diary), said) = (in_diary, reading.says)
            && said != Says::Other
            && in_diary != said
        {
            let what = format!("{id} ({}) says {said:?} in words and {in_diary:?} in the diary", message.kind);
            return self.judge.accuse("N8", self.now, what);
        }
        self.trace.note(self.now, format_args!("{who} reads {} {:?}", message.kind, reading.says));
        let at = self.now;
        let seen = Seen { at, about: message.appointment, revision: message.revision, reading, post };
        self.reads(who, &message, seen);
    }

    fn reads(&mut self, who: PersonRef, message: &Message, seen: Seen) {
        let believed = self.news(who, message, &seen);
        let place = self.minds.get(&who).map_or(0, |mind| mind.inbox.len());
        let has_link = seen.reading.link.is_some();
        let free_until = seen.reading.free_until;
        if let Some(mind) = self.minds.get_mut(&who) {
            match (message.appointment, free_until, seen.reading.says) {
                (Some(about), Some(until), _) => drop(mind.free_until.insert(about, until)),
                (Some(about), None, Says::On(_)) => drop(mind.free_until.remove(&about)),
                _ => {}
            }
            mind.inbox.push(seen);
        }
        if let (Some(about), Some(belief)) = (message.appointment, believed) {
            self.believes(who, about, belief);
        }
        if !is_client(who) {
            if message.kind.as_str() == "escalation" {
                self.intends(Span::minutes(2), Span::minutes(20), Intent::Looks(Desk::Office));
            }
            return;
        }
        let offers =
            matches!(message.kind.as_str(), "cancellation" | "offer" | "missed" | "technical_failure" | "running_late");
        if has_link
            && offers
            && let Some(client) = self.house.place(who)
            && (self.whims.happens(self.plan.habits.opens) || !self.plan.script.is_empty())
        {
            self.intends(Span::minutes(1), Span::minutes(90), Intent::Opens { client, message: place });
        }
    }

    /// What a message makes somebody believe: a letter says of when it is; a text that contradicts what they know already
    /// makes them open its link, unless it says itself that it is an update.
    fn news(&mut self, who: PersonRef, message: &Message, seen: &Seen) -> Option<Belief> {
        let (about, says) = (message.appointment?, seen.reading.says);
        if says == Says::Other {
            return None;
        }
        let before = self.minds.get(&who)?.beliefs.get(&about).copied();
        let (of, source) = match seen.post.channel {
            Channel::Sms => (seen.reading.as_of.unwrap_or(seen.post.handed_at), Source::Text),
            _ => (seen.post.dated.unwrap_or(self.now), Source::Letter),
        };
        let news = Belief { says, of, source };
        let Some(before) = before else { return Some(news) };
        if before.says == says {
            return Some(Belief { of: of.max(before.of), ..news });
        }
        // Two words of about the same time make people open the link; of others they go by the newer one (C4). A text says no
        // more than the minute.
        let by_text = [source, before.source].contains(&Source::Text);
        let of_one_time = by_text && minute(of) == minute(before.of);
        let is_older = of < before.of && !of_one_time;
        if is_older {
            let by_text = source == Source::Text;
            self.sometimes.reach(if by_text {
                "a text came after a newer word"
            } else {
                "a letter overtook an older one"
            });
        }
        let at_once = is_past(before.of, self.now, Span::minutes(30)) && seen.reading.is_update && !of_one_time;
        if by_text && !at_once && seen.reading.link.is_some() {
            return Some(self.on_the_page(about).unwrap_or(news));
        }
        (!is_older).then_some(news)
    }

    /// What the page behind a link shows of an appointment: always what is true now (C4).
    pub(crate) fn on_the_page(&self, about: AppointmentId) -> Option<Belief> {
        let truth = self.judge.shadow(about)?.truth();
        let says = match truth {
            crate::promises::Truth::On(start) => Says::On(start),
            crate::promises::Truth::Off(start) => Says::Off(start),
            crate::promises::Truth::Neither => return None,
        };
        Some(Belief { says, of: self.now, source: Source::Own })
    }

    /// Somebody believes something about an appointment; a client who believes in a time will be there.
    pub(crate) fn believes(&mut self, who: PersonRef, about: AppointmentId, belief: Belief) {
        let Some(mind) = self.minds.get_mut(&who) else { return };
        mind.history.push((self.now, about, belief));
        let before = mind.beliefs.insert(about, belief);
        let Says::On(start) = belief.says else { return };
        if before.is_some_and(|before| before.says == belief.says) {
            return;
        }
        if let Some(client) = self.house.place(who)
            && start > self.now
        {
            self.queue.add(start, Event::ComesAt { client, appointment: about, told: start });
        }
    }

    /// Both people of an appointment saw on a page, or said to each other, what is true now.
    pub(crate) fn knows(&mut self, who: PersonRef, about: AppointmentId, source: Source) {
        if let Some(belief) = self.on_the_page(about) {
            self.believes(who, about, Belief { source, ..belief });
        }
    }

    /// Whether a client believes that something is still to come.
    pub(crate) fn has_something_booked(&self, client: usize) -> bool {
        let now = self.now;
        let to_come = |says: Says| matches!(says, Says::On(start) if start > now);
        let mind = self.house.clients.get(client).and_then(|person| self.minds.get(&person.id));
        mind.is_some_and(|mind| mind.beliefs.values().any(|belief| to_come(belief.says)))
    }

    /// Since when somebody could have known better: a newer letter that a server took is still on its way to them.
    pub(crate) fn is_underway(&self, who: PersonRef, about: AppointmentId, since: Instant) -> bool {
        self.judge.taken.iter().any(|(id, taken)| {
            taken.to == who
                && taken.about == Some(about)
                && taken.at >= since
                && self.judge.handings.get(id).is_some_and(|handing| handing.arrived == 0)
        })
    }
}

/// A moment as people write it down.
fn minute(at: Instant) -> i64 {
    at.micros().div_euclid(Span::minutes(1).as_micros())
}

fn why_not(why: &DbError) -> String {
    format!("a message cannot be read: {why}")
}
