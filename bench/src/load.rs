//! Puts load on a server and says what came of it.

use crate::http::Connection;
use crate::machine;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What a run measured.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Operations that were done.
    pub done: usize,
    /// In how long.
    pub took: Duration,
    /// How long each took, sorted; empty where nobody waited for a single one.
    pub waits: Vec<Duration>,
    /// Processor time of the server's process, and of the database's where that is another.
    pub processor: Duration,
    /// Bodies, where they were kept, in no particular order: number of the request and body.
    pub bodies: Vec<(usize, Vec<u8>)>,
}

impl Run {
    /// Operations a second.
    pub fn rate(&self) -> f64 {
        self.done as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// Processor microseconds for each operation.
    pub fn processor_each(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.done.max(1) as f64
    }

    /// The wait that this share of operations stayed under, in milliseconds.
    pub fn wait(&self, share: f64) -> f64 {
        let last = self.waits.len().saturating_sub(1);
        let at = (self.waits.len() as f64 * share) as usize;
        self.waits.get(at.min(last)).map_or(f64::NAN, |wait| wait.as_secs_f64() * 1e3)
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>7.0}/s  {:>6} done", self.rate(), self.done)?;
        if !self.waits.is_empty() {
            write!(f, "  p50 {:.2} p99 {:.2} ms", self.wait(0.5), self.wait(0.99))?;
        }
        write!(f, "  cpu {:.0} µs each", self.processor_each())
    }
}

/// What a load is made of.
pub struct Load {
    /// Where to.
    pub to: SocketAddr,
    /// Whole requests, each sent once, in this order.
    pub requests: Vec<Vec<u8>>,
    /// Connections, each with one request under way.
    pub connections: usize,
    /// When to stop, done or not.
    pub at_most: Duration,
    /// The only status that counts as done.
    pub status: u16,
    /// Whether to begin again when every request was sent.
    pub again: bool,
    /// Whether to keep what came back.
    pub keep: bool,
}

struct Shared {
    load: Load,
    next: AtomicUsize,
    run: Mutex<Run>,
}

/// Runs the load on one thread of its own and reads the processor time of these processes before and after.
pub fn run(load: Load, processes: &[u32]) -> Result<Run, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let used = || processes.iter().map(|process| machine::family_time(*process)).sum::<Duration>();
    let connections = load.connections;
    let shared = Arc::new(Shared { load, next: AtomicUsize::new(0), run: Mutex::default() });
    let mut run = runtime.block_on(async {
        let mut open = Vec::new();
        for _ in 0..connections {
            open.push(Connection::open(shared.load.to).await?);
        }
        let (before, begun) = (used(), machine::now());
        let tasks: Vec<_> = open.into_iter().map(|c| tokio::spawn(work(shared.clone(), c, begun))).collect();
        for task in tasks {
            task.await??;
        }
        let took = begun.elapsed();
        let run = std::mem::take(&mut *shared.run.lock().unwrap_or_else(PoisonError::into_inner));
        Ok::<_, Box<dyn Error>>(Run { took, processor: used().saturating_sub(before), ..run })
    })?;
    run.waits.sort_unstable();
    Ok(run)
}

async fn work(
    shared: Arc<Shared>,
    mut connection: Connection,
    begun: std::time::Instant,
) -> Result<(), std::io::Error> {
    let load = &shared.load;
    let (mut waits, mut bodies) = (Vec::new(), Vec::new());
    while begun.elapsed() < load.at_most {
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        if number >= load.requests.len() && !load.again {
            break;
        }
        let sent = machine::now();
        let reply = connection.send(&load.requests[number % load.requests.len()]).await?;
        if reply.status != load.status {
            let body = String::from_utf8_lossy(&reply.body).into_owned();
            return Err(std::io::Error::other(format!("request {number} was answered {}: {body}", reply.status)));
        }
        waits.push(sent.elapsed());
        if load.keep {
            bodies.push((number, reply.body));
        }
    }
    let mut run = shared.run.lock().unwrap_or_else(PoisonError::into_inner);
    run.done += waits.len();
    run.waits.append(&mut waits);
    run.bodies.append(&mut bodies);
    Ok(())
}
