//! Waiting for the outside world. The only place in the tests that sleeps: everything else waits for the thing itself.

use std::net::TcpStream;
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
#[must_use]
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}
