//! The other side of an HTTP call, misbehaving on command: what a gateway of others would do on a bad day. It also keeps
//! what it heard, so it serves as anybody's webhook too.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// A call as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// `POST` or another method.
    pub method: String,
    /// Path and query, undecoded.
    pub path: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
    /// The same where it is no text.
    pub bytes: Vec<u8>,
}

impl Heard {
    /// A header by its name in lower case; empty where there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// What it does with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Answers with this status and body.
    Say(u16, String),
    /// Takes it and closes without a word.
    LoseReply,
    /// Takes it and never answers.
    Hang,
}

type Script = dyn Fn(&Heard) -> Act + Send + Sync;

/// A listening peer. It ends with the process: a test's own.
pub struct HttpPeer {
    /// `http://127.0.0.1:…`, without a slash at the end.
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl HttpPeer {
    /// Starts one that does with each call what `script` says.
    #[must_use]
    pub fn start(script: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
        let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), heard.clone());
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let (script, kept) = (script.clone(), kept.clone());
                std::thread::spawn(move || serve(line, &*script, &kept));
            }
        });
        Self { url, heard }
    }

    /// Everything heard so far.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A caller that goes away in the middle is no concern of ours.
fn serve(mut line: TcpStream, script: &Script, kept: &Mutex<Vec<Heard>>) -> Option<()> {
    let heard = read(&line)?;
    kept.lock().unwrap_or_else(PoisonError::into_inner).push(heard.clone());
    match script(&heard) {
        Act::Say(status, body) => {
            let length = body.len();
            let reply =
                format!("HTTP/1.1 {status} Said\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
            line.write_all(reply.as_bytes()).ok()
        }
        Act::LoseReply => None,
        // Until the caller gives up and closes.
        Act::Hang => line.read(&mut [0; 1]).ok().map(|_| ()),
    }
}

fn read(line: &TcpStream) -> Option<Heard> {
    let mut reader = BufReader::new(line);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut words = first.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, n)| n.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Heard { method, path, headers, body: String::from_utf8_lossy(&body).into_owned(), bytes: body })
}
