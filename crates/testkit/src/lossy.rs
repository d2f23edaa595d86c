//! A TCP proxy that loses the one reply that matters: the server has taken the letter, the sender never learns of it.
//!
//! Inside TLS nobody sees the dot that ends a letter, so the proxy goes by the flow of bytes. SMTP commands are short
//! and each waits for its reply; a letter is long. A server reply that follows at least [`LETTER_BYTES`] from the
//! client, uninterrupted by any reply, is therefore the reply to a letter. TLS handshake records do not count.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// From this many bytes on, what the client says between two replies is a letter. Commands stay below it (AUTH PLAIN
/// and a pipelined MAIL, RCPT, DATA included); a letter with its usual headers is above.
pub const LETTER_BYTES: usize = 512;

/// A proxy on 127.0.0.1 in front of a server on 127.0.0.1. It passes everything until told otherwise.
#[derive(Debug)]
pub struct LossyProxy {
    /// Port for the sender to connect to.
    pub port: u16,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    server_port: u16,
    to_swallow: AtomicUsize,
    swallowed: AtomicUsize,
    cut: AtomicBool,
    ended: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
}

impl LossyProxy {
    /// Starts a proxy in front of this port.
    #[must_use]
    pub fn in_front_of(server_port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let shared = Arc::new(Shared { server_port, ..Shared::default() });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if accepting.ended.load(Ordering::SeqCst) {
                    return;
                }
                accepting.connect(client);
            }
        });
        Self { port, shared }
    }

    /// Loses the replies to the next `count` letters and closes those connections.
    pub fn swallow_replies(&self, count: usize) {
        self.shared.to_swallow.store(count, Ordering::SeqCst);
    }

    /// How many replies were lost so far.
    #[must_use]
    pub fn swallowed(&self) -> usize {
        self.shared.swallowed.load(Ordering::SeqCst)
    }

    /// Cuts every connection and closes new ones at once, until [`LossyProxy::restore`].
    pub fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
        self.shared.close_all();
    }

    /// Lets connections through again.
    pub fn restore(&self) {
        self.shared.cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for LossyProxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.shared.close_all();
        // Wakes the accepting thread, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn connect(self: &Arc<Self>, client: TcpStream) {
        if self.cut.load(Ordering::SeqCst) {
            return;
        }
        let Ok(server) = TcpStream::connect(("127.0.0.1", self.server_port)) else { return };
        let copies = [&client, &server].map(TcpStream::try_clone);
        let [Ok(client_copy), Ok(server_copy)] = copies else { return };
        {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            open.extend([&client, &server].into_iter().filter_map(|stream| stream.try_clone().ok()));
        }
        let said = Arc::new(Mutex::new(Said::default()));
        let (shared, said_up) = (Arc::clone(self), Arc::clone(&said));
        std::thread::spawn(move || {
            pass(client_copy, server_copy, |bytes| {
                said_up.lock().unwrap_or_else(PoisonError::into_inner).hear(bytes);
                true
            });
        });
        std::thread::spawn(move || {
            pass(server, client, |_| {
                let heard = std::mem::take(&mut said.lock().unwrap_or_else(PoisonError::into_inner).counted);
                !(heard >= LETTER_BYTES && shared.take_one())
            });
        });
    }

    /// Takes one of the replies that are to be lost.
    fn take_one(&self) -> bool {
        let took = self.to_swallow.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        self.swallowed.fetch_add(usize::from(took), Ordering::SeqCst);
        took
    }

    fn close_all(&self) {
        for stream in self.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Passes bytes on until one side ends or `allow` says no; then closes both.
fn pass(mut from: TcpStream, mut to: TcpStream, mut allow: impl FnMut(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        if !allow(&buffer[..length]) || to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// What the client said since the last reply.
#[derive(Debug, Default)]
struct Said {
    /// Bytes of SMTP, or of TLS application data.
    counted: usize,
    /// Set once the client speaks TLS.
    tls: Option<Record>,
}

/// Where we are in a TLS record (RFC 8446, 5.1).
#[derive(Debug, Default)]
struct Record {
    header: [u8; 5],
    header_length: usize,
    left: usize,
}

const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

impl Said {
    fn hear(&mut self, bytes: &[u8]) {
        // A client waits for "220 go ahead" before its first record, so TLS begins where a read begins.
        if self.tls.is_none() && bytes.first() == Some(&HANDSHAKE) {
            self.tls = Some(Record::default());
        }
        self.counted += match &mut self.tls {
            None => bytes.len(),
            Some(record) => bytes.iter().filter(|byte| record.is_data(**byte)).count(),
        };
    }
}

impl Record {
    /// Takes the next byte; whether it belongs to application data.
    fn is_data(&mut self, byte: u8) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return self.header[0] == APPLICATION_DATA;
        }
        self.header[self.header_length] = byte;
        self.header_length += 1;
        if self.header_length == self.header.len() {
            self.left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
            self.header_length = 0;
        }
        false
    }
}

#[test]
fn handshake_records_do_not_count_as_a_letter() {
    let mut said = Said::default();
    said.hear(b"STARTTLS\r\n");
    assert_eq!(std::mem::take(&mut said.counted), 10);
    let hello = [[22, 3, 1, 4, 0].as_slice(), &[0; 1024]].concat();
    said.hear(&hello[..700]);
    said.hear(&hello[700..]);
    assert_eq!(said.counted, 0);
    said.hear(&[[23, 3, 3, 2, 0].as_slice(), &[0; 512]].concat());
    assert_eq!(said.counted, LETTER_BYTES);
}
