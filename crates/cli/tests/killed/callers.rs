//! Callers who book as fast as they can until the server dies under them, and remember what they were told.

use domain::time::Instant;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use testkit::wait;
use testkit::world::{Api, House, Reply};

const CALLERS: usize = 4;

/// A request under its key, and what came back if anything did.
#[derive(Debug, Clone)]
struct Asked {
    body: Value,
    answered: Option<Reply>,
}

/// The practice as its callers know it. Clones share what they know.
#[derive(Clone)]
pub struct Practice {
    house: House,
    api: Api,
    first_day: jiff::civil::Date,
    begun: Instant,
    next: Arc<AtomicUsize>,
    asked: Arc<(Mutex<BTreeMap<String, Asked>>, Condvar)>,
}

/// Callers at work.
pub struct Callers {
    practice: Practice,
    before: usize,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Practice {
    /// Nothing has been asked yet. The server is at `base`.
    pub fn new(house: &House, now: Instant, base: &str) -> Self {
        let today = now.in_zone(&house.practice.zone).date();
        Self {
            house: house.clone(),
            api: Api::new(base, Some(&house.admin.token)),
            first_day: today.checked_add(jiff::Span::new().days(3)).expect("a day of the calendar"),
            begun: now,
            next: Arc::default(),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> MutexGuard<'_, BTreeMap<String, Asked>> {
        self.asked.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next time that nobody has wanted yet, with one of the two therapists in turn.
    fn wish(&self) -> (String, Value) {
        let n = self.next.fetch_add(1, Ordering::SeqCst);
        let (therapist, client) = match n % 2 {
            0 => (&self.house.therapist, &self.house.client),
            _ => (&self.house.colleague, &self.house.neighbour),
        };
        let (day, hour) = (n / 2 / 12, 8 + n / 2 % 12);
        let date = self.open_days().nth(day).expect("a day of the calendar");
        let start = self.house.local(&format!("{date} {hour:02}:00"));
        let agreement = json!({ "how": "phone", "at": self.begun });
        let body = json!({ "therapist": therapist.id, "client": client.id, "start": start, "kind": "video",
            "agreement": agreement });
        (format!("booking-{n}"), body)
    }

    /// Every day from the first on but Saturdays.
    fn open_days(&self) -> impl Iterator<Item = jiff::civil::Date> {
        self.first_day.series(jiff::Span::new().days(1)).filter(|day| day.weekday() != jiff::civil::Weekday::Saturday)
    }

    fn post(&self, key: &str, body: &Value) -> Option<Reply> {
        let headers = [("Idempotency-Key", key)];
        self.api.try_call("POST", "/api/v1/appointments", &headers, &body.to_string()).ok()
    }

    /// Books one time and remembers what came of it: an answer, or nothing.
    fn book_one(&self) {
        let (key, body) = self.wish();
        self.asked().insert(key.clone(), Asked { body: body.clone(), answered: None });
        let answered = self.post(&key, &body).filter(acknowledged);
        if answered.is_some() {
            self.asked().insert(key, Asked { body, answered });
            self.asked.1.notify_all();
        }
    }

    /// How many bookings were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.asked().values().filter(|asked| asked.answered.is_some()).count()
    }

    /// Each acknowledged booking can be read as it was answered.
    pub fn everything_acknowledged_is_there(&self) {
        let asked = self.asked().clone();
        for reply in asked.values().filter_map(|asked| asked.answered.as_ref()) {
            let said = &reply.good()["appointment"];
            let path = format!("/api/v1/appointments/{}", said["id"].as_str().expect("an id"));
            let found = wait::until("the booking", || {
                let found = self.api.try_call("GET", &path, &[], "").ok();
                found.filter(|found| found.status != 503)
            });
            assert_eq!((found.status, &found.json()), (200, said));
        }
    }

    /// Asks everything once more under its key: the same answer where there was one, an answer where there was none.
    pub fn retry_everything(&self) {
        let asked = self.asked().clone();
        for (key, before) in asked {
            let again = wait::until("an answer", || self.post(&key, &before.body).filter(|reply| reply.status != 503));
            assert!(acknowledged(&again), "{key}: {}", again.body);
            if let Some(answered) = &before.answered {
                assert_eq!((again.status, &again.body), (answered.status, &answered.body), "{key}");
            }
            self.asked().insert(key, Asked { answered: Some(again), ..before });
        }
    }
}

/// Booked. A 503 says that nothing is known to be booked; anything else has no place here.
fn acknowledged(reply: &Reply) -> bool {
    assert!([201, 503].contains(&reply.status), "{}: {}", reply.status, reply.body);
    reply.status == 201
}

impl Callers {
    /// Sets them to work.
    pub fn start(practice: &Practice) -> Self {
        let (stop, before) = (Arc::new(AtomicBool::new(false)), practice.acknowledged());
        let threads = (0..CALLERS)
            .map(|_| {
                let (practice, stop) = (practice.clone(), stop.clone());
                std::thread::spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        practice.book_one();
                    }
                })
            })
            .collect();
        Self { practice: practice.clone(), before, stop, threads }
    }

    /// Until so many more bookings were acknowledged; others are under way at that moment. From then on nobody begins
    /// a new one.
    pub fn wait_for(&self, count: u64) {
        let wanted = self.before + count as usize;
        let mut asked = self.practice.asked();
        while asked.values().filter(|asked| asked.answered.is_some()).count() < wanted {
            asked = self.practice.asked.1.wait(asked).unwrap_or_else(PoisonError::into_inner);
        }
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Until each has heard something, or nothing.
    pub fn join(self) {
        for thread in self.threads {
            thread.join().expect("a caller");
        }
    }
}
