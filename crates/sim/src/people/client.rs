//! What clients do: book, come, call off, move, and choose among offered times, through the links that they saw.

use super::reading::Says;
use super::{Intent, Source};
use crate::faults::Fault;
use crate::promises::telling::is_past;
use crate::run::{Run, actor};
use domain::access::Purpose;
use domain::appointment::{Initiator, MeetingKind, State};
use domain::attendance::LateAnswer;
use domain::decide::{Book, Cancel, Live, NextStep, Reschedule};
use domain::id::{AppointmentId, ClientId, OfferId};
use domain::person::PersonRef;
use domain::time::{Instant, Interval, Span};
use server::dice::hash_of;
use server::flow::slots::Wanted;
use server::flow::{Who, appointment, live, offer, slots};

/// For how long after a change nobody can be blamed for a client at the wrong door: the duty to tell them is a person's
/// by then (`rulings` 2: 5, 15 and 30 minutes for live events, an hour at short notice).
const TO_BE_TOLD: Span = Span::hours(1);

impl Run<'_> {
    /// Somebody does what they have in mind.
    pub(crate) fn does(&mut self, intent: Intent) {
        match intent {
            Intent::Books(client) => self.books(client),
            Intent::ClientCancels(id) => self.client_cancels(id),
            Intent::ClientMoves(id) => self.client_moves(id),
            Intent::TherapistCancels(id) => self.therapist_cancels(id),
            Intent::TherapistAsks(id) => self.therapist_asks(id),
            Intent::TherapistMoves(id) => self.therapist_moves(id),
            Intent::PracticeCancels(id) => self.practice_cancels(id),
            Intent::Undoes(id) => self.undoes(id),
            Intent::IsIll => self.is_ill(),
            Intent::Near(id, start) => self.near(id, start),
            Intent::Connects(id) => self.connects(id),
            Intent::ReportsNobody(id) => self.reports_nobody(id),
            Intent::GivesUp(id, start) => self.gives_up(id, start),
            Intent::Updates(id, start) => self.updates(id, start),
            Intent::Opens { client, message } => self.opens(client, message),
            Intent::Looks(desk) => self.looks(desk),
        }
    }

    /// Free times that the product shows to this client, or to staff for them.
    pub(crate) fn free(&mut self, who: Who, client: PersonRef, window: Interval) -> Vec<Instant> {
        let PersonRef::Client(client) = client else { return Vec::new() };
        let (therapist, kind) = (self.house.therapist.id, MeetingKind::Video);
        let wanted = Wanted { therapist, client: Some(client), kind, window };
        let found = self.read(who, "free times", move |tx, tools, ask| slots::free(tx, tools, ask, wanted));
        found.unwrap_or_default().into_iter().map(|slot| slot.from).collect()
    }

    fn books(&mut self, client: usize) {
        let person = self.house.clients[client].clone();
        let far = self.whims.between(Span::hours(2), Span::hours(80));
        let window = Interval::new(self.now + far, self.now + far + Span::hours(30));
        let times = self.free(actor(&person), person.id, window);
        let Some(start) = self.whims.pick(&times).copied() else { return };
        self.books_at(client, start);
        if self.profile.rate(Fault::DoubleClick) > 0 && self.whims.happens(200) {
            // Somebody else has seen the same free time and presses just behind.
            let other = (client + 1) % self.house.clients.len();
            if self.book(other, start).is_err() {
                self.sometimes.reach("two wanted the same time");
            }
        }
    }

    /// A client books this time: through the link of an older message where they have one, else in the portal.
    pub(crate) fn books_at(&mut self, client: usize, start: Instant) {
        let _ = self.book(client, start);
    }

    fn book(&mut self, client: usize, start: Instant) -> Result<(), &'static str> {
        let (person, pair) = (self.house.clients[client].clone(), self.house.relationships[client]);
        let by_link = self.booking_link(person.id).filter(|_| self.whims.happens(700));
        let who = by_link.clone().unwrap_or_else(|| actor(&person));
        let wish = Book { start, kind: MeetingKind::Video, agreement: None };
        let answer =
            self.act(who, "books", move |tx, tools, ask| appointment::book_with(tx, tools, ask, pair, wish, true))?;
        self.sometimes.reach(if by_link.is_some() {
            "a client booked by a link"
        } else {
            "a client booked in the portal"
        });
        for booked in answer.appointment.iter().chain(&answer.booked) {
            self.knows(person.id, booked.id, Source::Own);
        }
        Ok(())
    }

    /// The client's booking link, if one of their messages had one.
    fn booking_link(&mut self, who: PersonRef) -> Option<Who> {
        let secrets: Vec<String> = self.links_of(who).take(3).collect();
        let found: Vec<Who> = secrets.iter().filter_map(|secret| self.behind(secret)).collect();
        found.into_iter().find(|who| matches!(who, Who::Link { purpose: Purpose::Book(_), .. }))
    }

    /// The secrets of the links in somebody's inbox, the newest first.
    fn links_of(&self, who: PersonRef) -> impl Iterator<Item = String> + '_ {
        let inbox = self.minds.get(&who).map(|mind| mind.inbox.as_slice()).unwrap_or_default();
        inbox.iter().rev().filter_map(|seen| seen.reading.link.clone())
    }

    /// Who somebody is behind a link, as the server sees them.
    fn behind(&mut self, secret: &str) -> Option<Who> {
        let hash = hash_of(secret);
        let found =
            self.read(Who::System("sim"), "a link", move |tx, _, ask| Ok(store::token::link(tx, hash, ask.now)?));
        let link = found.flatten()?;
        Some(Who::Link { token: link.token, practice: link.practice, client: link.client, purpose: link.purpose })
    }

    /// The client of an appointment, and how they come to it: through a link of theirs, or the portal.
    fn client_of(&mut self, about: AppointmentId) -> Option<(PersonRef, Who, bool)> {
        let client: ClientId = self.judge.shadow(about)?.now.client;
        let who = PersonRef::Client(client);
        let person = self.house.clients.iter().find(|person| person.id == who)?.clone();
        let inbox = &self.minds.get(&who)?.inbox;
        let of_it = inbox.iter().rev().filter(|seen| seen.about == Some(about));
        let secret = of_it.filter_map(|seen| seen.reading.link.clone()).next();
        let link = secret.and_then(|secret| self.behind(&secret));
        let fits = link.filter(|who| matches!(who, Who::Link { purpose: Purpose::Manage(id), .. } if *id == about));
        Some(match fits {
            Some(link) => (who, link, true),
            None => (who, actor(&person), false),
        })
    }

    fn client_cancels(&mut self, about: AppointmentId) {
        let Some((client, who, by_link)) = self.client_of(about) else { return };
        // Nobody calls off what they do not believe in.
        if !matches!(self.minds.get(&client).and_then(|mind| mind.says(about)), Some(Says::On(_))) {
            return;
        }
        let told = self.minds.get(&client).and_then(|mind| mind.free_until.get(&about)).copied();
        let wish = cancel(Initiator::Client, NextStep::default());
        let seen = self.seen(about);
        let done = self
            .act(who, "cancels", move |tx, tools, ask| appointment::cancel(tx, tools, ask, about, wish.clone(), seen));
        let Ok(answer) = done else { return };
        if by_link {
            self.sometimes.reach("a client called off through a link");
        }
        self.knows(client, about, Source::Own);
        let late = answer.appointment.as_ref().is_some_and(|ended| match &ended.state {
            State::Cancelled(how) => how.late,
            _ => false,
        });
        // What they were told last counts, to the minute that the message shows (B17).
        if late && told.is_some_and(|until| self.clocks.of_the_server(self.now) < until) {
            let what = format!("{about} was called off before {told:?}, until when it was free, and counts as late");
            self.judge.accuse("B17", self.now, what);
        }
    }

    /// The revision that somebody is looking at; now and then an older page.
    pub(crate) fn seen(&mut self, about: AppointmentId) -> Option<u32> {
        let revision = self.judge.shadow(about)?.now.revision;
        let stale = self.profile.rate(Fault::StaleForm) > 0 && revision > 1 && self.luck.happens(300);
        if stale {
            self.sometimes.reach("a stale form was refused");
        }
        Some(if stale { revision - 1 } else { revision })
    }

    fn client_moves(&mut self, about: AppointmentId) {
        let Some((client, who, by_link)) = self.client_of(about) else { return };
        let Some(Says::On(start)) = self.minds.get(&client).and_then(|mind| mind.says(about)) else { return };
        let window = Interval::new(self.now + Span::hours(3), start + Span::hours(40));
        let times = self.free(who.clone(), client, window);
        let Some(start) = self.whims.pick(&times).copied() else { return };
        let (initiator, agreement, reason, received_at) = (Initiator::Client, None, None, None);
        let wish = Reschedule { start, initiator, agreement, reason, received_at };
        let seen = self.seen(about);
        let done = self.act(who, "moves", move |tx, tools, ask| {
            appointment::reschedule(tx, tools, ask, about, wish.clone(), seen)
        });
        if done.is_ok() {
            if by_link {
                self.sometimes.reach("a client moved through a link");
            }
            self.knows(client, about, Source::Own);
        }
    }

    /// A client opens the link of a message, reads the page, and answers.
    fn opens(&mut self, client: usize, message: usize) {
        let person = self.house.clients[client].id;
        let Some(seen) = self.minds.get(&person).and_then(|mind| mind.inbox.get(message)).cloned() else { return };
        let Some(secret) = seen.reading.link.clone() else { return };
        let Some(who) = self.behind(&secret) else { return };
        let Who::Link { purpose, .. } = who else { return };
        self.sometimes.reach("a client opened the link of a message");
        let _ = self.act_once_more(who.clone(), purpose);
        if let Some(about) = seen.about {
            self.knows(person, about, Source::Own);
        }
        match purpose {
            Purpose::ChooseTime(id) => self.chooses(person, who, id, &seen.reading.offered),
            Purpose::Book(_) if self.whims.happens(self.plan.habits.accepts) => {
                self.intends(Span::minutes(1), Span::minutes(9), Intent::Books(client));
            }
            Purpose::Manage(id) if self.whims.happens(500) => {
                let answer = Live::Answer(LateAnswer::Wait);
                let done =
                    self.act(who, "answers", move |tx, tools, ask| live::act(tx, tools, ask, id, answer.clone(), None));
                if done.is_ok() {
                    self.sometimes.reach("a client answered that they wait");
                }
            }
            _ => {}
        }
    }

    fn act_once_more(&mut self, who: Who, purpose: Purpose) -> Result<(), &'static str> {
        self.act(who, "opens", move |tx, tools, ask| offer::opened(tx, tools, ask, purpose)).map(drop)
    }

    fn chooses(&mut self, person: PersonRef, who: Who, id: OfferId, offered: &[Instant]) {
        if self.whims.happens(self.plan.habits.accepts)
            && let Some(start) = self.whims.pick(offered).copied()
        {
            let done = self.act(who, "accepts", move |tx, tools, ask| offer::accept(tx, tools, ask, id, start));
            if let Ok(answer) = done {
                self.sometimes.reach("a client took an offered time");
                for booked in answer.appointment.iter().chain(&answer.booked) {
                    self.knows(person, booked.id, Source::Own);
                }
            }
        } else if self.whims.happens(350) {
            let done = self.act(who, "declines", move |tx, tools, ask| offer::decline(tx, tools, ask, id, false));
            if done.is_ok() {
                self.sometimes.reach("a client declined every offered time");
            }
        }
    }

    /// A client is at the door at the time that they were told last (N18).
    pub(crate) fn comes(&mut self, client: usize, about: AppointmentId, told: Instant) {
        let person = self.house.clients[client].id;
        if !self.minds.get(&person).is_some_and(|mind| mind.expects(about, told)) {
            return;
        }
        let Some(shadow) = self.judge.shadow(about).cloned() else { return };
        let is_expected =
            shadow.now.start == told && !matches!(shadow.now.state, State::Cancelled(_) | State::Requested);
        if is_expected {
            return self.is_there(person, about, &shadow.now);
        }
        let since = shadow.since();
        let owed = self.is_a_word_owed(about);
        if is_past(since, self.now, TO_BE_TOLD) && !owed && !self.is_underway(person, about, since) {
            let what =
                format!("{person} comes at {told} for {about}, which has been {:?} since {since}", shadow.truth());
            self.judge.accuse("N18", self.now, what);
        }
    }

    fn is_there(&mut self, person: PersonRef, about: AppointmentId, now: &domain::appointment::Appointment) {
        if now.sequence > 0 {
            self.sometimes.reach("a client came after a move");
        }
        if self.whims.happens(self.plan.habits.no_show) {
            self.sometimes.reach("a client did not come");
            return self.intends(Span::minutes(21), Span::minutes(26), Intent::GivesUp(about, now.start));
        }
        let _ = person;
        if self.is_missing_today(about) {
            self.intends(Span::minutes(11), Span::minutes(16), Intent::ReportsNobody(about));
        } else if now.state == State::Booked {
            self.client_arrives(about);
        }
    }
}

/// A wish to call something off.
pub(crate) fn cancel(initiator: Initiator, next_step: NextStep) -> Cancel {
    let ours = initiator != Initiator::Client;
    Cancel {
        initiator,
        reason: ours.then_some(if initiator == Initiator::Therapist {
            domain::reason::Reason::TherapistIllness
        } else {
            domain::reason::Reason::PracticeRoomOrClosure
        }),
        note: ours.then(|| "told on the phone".to_owned()),
        received_at: None,
        next_step,
        share_reason: false,
        words: None,
    }
}
