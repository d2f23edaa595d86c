//! Waiting for the outside world. The only place in the tests that sleeps: everything else waits for the thing itself.

use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a test waits for a server before it fails. Generous: a loaded machine is slow, not broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks until there is an answer. Panics, naming `what`, after half a minute.
#[allow(clippy::disallowed_methods, reason = "waits for processes that do not know our clock")]
pub fn until<T>(what: &str, mut probe: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = probe() {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited {} s for {what}", PATIENCE.as_secs());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Tries for a second; whether it worked. For tidying up, where a failure is no reason to fail.
#[allow(clippy::disallowed_methods, reason = "waits for processes that do not know our clock")]
pub fn briefly(mut attempt: impl FnMut() -> bool) -> bool {
    (0..100).any(|_| {
        attempt() || {
            std::thread::sleep(Duration::from_millis(10));
            false
        }
    })
}

/// Whether something listens on this port of 127.0.0.1.
#[must_use]
pub fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// A port of 127.0.0.1 that was free a moment ago.
///
/// Below the ports that the system lends for outgoing connections, so that nobody's connection takes it meanwhile; each
/// process begins elsewhere, so that tests that run side by side don't meet.
#[must_use]
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let begin = std::process::id().wrapping_mul(37);
    let next = || 12_000 + (begin.wrapping_add(TAKEN.fetch_add(1, Ordering::SeqCst)) % 20_000) as u16;
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    std::iter::repeat_with(next).take(20_000).find(free).expect("127.0.0.1 has a free port")
}
