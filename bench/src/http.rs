//! A small HTTP/1.1 client that costs little: one connection, kept open, one request at a time.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Connection {
    /// Opens a connection.
    pub async fn open(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(32 * 1024) })
    }

    /// Sends a whole request and reads the whole reply.
    pub async fn send(&mut self, request: &[u8]) -> Result<Reply> {
        self.write(request).await?;
        self.buffer.clear();
        let (status, begin, length) = loop {
            self.more().await?;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let (status, length) = head(&self.buffer[..end])?;
                break (status, end + 4, length);
            }
        };
        while self.buffer.len() < begin + length {
            self.more().await?;
        }
        Ok(Reply { status, body: self.buffer[begin..begin + length].to_vec() })
    }

    async fn write(&mut self, mut rest: &[u8]) -> Result<()> {
        while !rest.is_empty() {
            self.stream.writable().await?;
            match self.stream.try_write(rest) {
                Ok(n) => rest = &rest[n..],
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn more(&mut self) -> Result<()> {
        loop {
            self.stream.readable().await?;
            let begin = self.buffer.len();
            self.buffer.reserve(16 * 1024);
            match self.stream.try_read_buf(&mut self.buffer) {
                Ok(_) if self.buffer.len() == begin => {
                    return Err(Error::new(ErrorKind::UnexpectedEof, "the server closed the connection"));
                }
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Status and length of a reply's head.
fn head(head: &[u8]) -> Result<(u16, usize)> {
    let wrong = |what: &str| Error::new(ErrorKind::InvalidData, what.to_owned());
    let text = std::str::from_utf8(head).map_err(|_| wrong("a head that is not text"))?;
    let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).ok_or_else(|| wrong("no status"))?;
    let lines = text.lines().filter_map(|line| line.split_once(':'));
    let mut length =
        lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length")).map(|(_, value)| value.trim());
    let length = length.next_back().and_then(|text| text.parse().ok()).ok_or_else(|| wrong("no length"))?;
    Ok((status, length))
}

/// A request as bytes. `credential` is whole header lines, each with its end.
pub fn request(method: &str, path: &str, credential: &str, body: Option<&str>) -> Vec<u8> {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{credential}");
    match body {
        None => format!("{head}\r\n").into_bytes(),
        Some(body) => {
            let length = body.len();
            format!("{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
        }
    }
}
