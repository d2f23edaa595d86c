//! A mail server on the wire that misbehaves on command.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

/// What the peer does at one point of the conversation.
#[derive(Debug, Clone)]
pub enum Act {
    /// Answers with this line.
    Say(&'static str),
    /// Answers nothing until the client goes away.
    Hang,
    /// Closes the line.
    Close,
    /// Sends its answer one byte at a time, for ever.
    Drip,
    /// Answers the DATA command, then closes without reading the body.
    CloseInBody,
}

/// Points: `greeting EHLO MAIL RCPT DATA dot RSET`, and what to do there. Elsewhere the peer is polite.
pub type Script = Vec<(&'static str, Act)>;

/// A running peer. It serves one script per connection, then politely.
pub struct Peer {
    pub port: u16,
    lines: Arc<Mutex<Vec<String>>>,
    closed: mpsc::Receiver<()>,
}

impl Peer {
    pub fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (tell, closed) = mpsc::channel();
        let log = lines.clone();
        std::thread::spawn(move || {
            let mut scripts = scripts.into_iter();
            for stream in listener.incoming() {
                let (script, log, tell) = (scripts.next().unwrap_or_default(), log.clone(), tell.clone());
                std::thread::spawn(move || {
                    // However the conversation ends, it has ended.
                    let _ = Conversation::begin(stream.expect("a connection"), script, log);
                    let _ = tell.send(());
                });
            }
        });
        Self { port, lines, closed }
    }

    /// Everything that clients said, in order; a body as one entry, as it arrived.
    pub fn heard(&self) -> Vec<String> {
        self.lines.lock().expect("no panic in the peer").clone()
    }

    /// How many times something began so.
    pub fn count(&self, beginning: &str) -> usize {
        self.heard().iter().filter(|line| line.starts_with(beginning)).count()
    }

    /// Waits until one conversation has ended.
    pub fn wait_for_a_close(&self) {
        self.closed.recv_timeout(Duration::from_secs(30)).expect("a conversation ends");
    }
}

struct Conversation {
    reader: BufReader<TcpStream>,
    script: Script,
    log: Arc<Mutex<Vec<String>>>,
}

/// Whether the conversation goes on.
type Go = std::io::Result<bool>;

impl Conversation {
    fn begin(stream: TcpStream, script: Script, log: Arc<Mutex<Vec<String>>>) -> Go {
        let mut own = Self { reader: BufReader::new(stream), script, log };
        if !own.act("greeting", "220 peer ready")? {
            return Ok(false);
        }
        loop {
            let mut line = String::new();
            if own.reader.read_line(&mut line)? == 0 {
                return Ok(false);
            }
            own.note(line.trim_end());
            let point = line.get(..4).unwrap_or_default().to_ascii_uppercase();
            let answer = match point.as_str() {
                "EHLO" => "250-peer\r\n250 8BITMIME",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            if !own.act(&point, answer)? || (point == "DATA" && !own.body()?) {
                return Ok(false);
            }
        }
    }

    fn note(&self, text: &str) {
        self.log.lock().expect("no panic in the peer").push(text.to_owned());
    }

    fn say(&mut self, text: &str) -> Go {
        self.reader.get_mut().write_all(format!("{text}\r\n").as_bytes())?;
        Ok(true)
    }

    fn act(&mut self, point: &str, polite: &'static str) -> Go {
        let act = self.script.iter().find(|(at, _)| *at == point).map(|(_, act)| act.clone());
        match act.unwrap_or(Act::Say(polite)) {
            Act::Say(text) => self.say(text),
            Act::Close => Ok(false),
            Act::Hang => self.reader.read_to_end(&mut Vec::new()).map(|_| false),
            Act::Drip => self.drip(),
            Act::CloseInBody => self.say("354 go on").map(|_| false),
        }
    }

    /// A byte whenever the client has said nothing for a moment.
    fn drip(&mut self) -> Go {
        self.reader.get_mut().set_read_timeout(Some(Duration::from_millis(5)))?;
        let mut ignored = [0; 1];
        loop {
            match self.reader.get_mut().read(&mut ignored) {
                Ok(0) => return Ok(false),
                _ => self.reader.get_mut().write_all(b"2")?,
            }
        }
    }

    /// The body up to the dot alone on a line, unstuffed.
    fn body(&mut self) -> Go {
        if self
            .script
            .iter()
            .any(|(at, act)| *at == "DATA" && matches!(act, Act::Say(text) if !text.starts_with("354")))
        {
            return Ok(true);
        }
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(false);
            }
            if line == b".\r\n" {
                break;
            }
            body.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        self.note(&format!("body:{}", String::from_utf8_lossy(&body)));
        self.act("dot", "250 2.0.0 queued as 42")
    }
}
