//! What the product does to the database when appointments are booked and called off: every statement and value of
//! every request, in order. The bare loops run these again.

use crate::acts;
use crate::dataset::{Dataset, Wish};
use crate::host;
use crate::http::{Connection, Reply};
use domain::time::Instant;
use std::error::Error;
use std::net::SocketAddr;
use store::Store;
use store::record::{self, Statement};
use tokio::net::TcpListener;

/// The statements of one request.
pub type Act = Vec<Statement>;

/// What was recorded.
pub struct Recording {
    /// Of each booking: in which practice, and its statements.
    pub books: Vec<(usize, Act)>,
    /// Of each cancellation of the same appointments, in the same order.
    pub cancels: Vec<(usize, Act)>,
}

impl Recording {
    /// Books so many over HTTP on a store in memory, one at a time, and calls them off again where `cancels`.
    pub fn make(dataset: Dataset, count: usize, keyed: bool, cancels: bool) -> Result<Self, Box<dyn Error>> {
        let store = Store::memory()?;
        dataset.seed(&store)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
            let address = listener.local_addr()?;
            let app = host::app(store, address)?;
            tokio::spawn(server::serve::serve(app, listener, std::future::pending()));
            record::start();
            let recorded = record_all(address, dataset, count, keyed, cancels).await;
            record::stop();
            recorded
        })
    }
}

async fn record_all(
    address: SocketAddr,
    dataset: Dataset,
    count: usize,
    keyed: bool,
    cancels: bool,
) -> Result<Recording, Box<dyn Error>> {
    let (mut connection, now) = (Connection::open(address).await?, host::now());
    let wishes: Vec<Wish> = dataset.wishes().take(count).collect();
    let mut recording = Recording { books: Vec::new(), cancels: Vec::new() };
    let mut appointments = Vec::new();
    for wish in &wishes {
        let reply = expect(connection.send(&acts::book(wish, keyed, now)).await?, 201)?;
        recording.books.push((wish.practice, record::take()));
        appointments.push(acts::booked(&reply.body)?);
    }
    if cancels {
        for (wish, appointment) in wishes.iter().zip(&appointments) {
            cancel(&mut connection, wish, appointment, keyed, now).await?;
            recording.cancels.push((wish.practice, record::take()));
        }
    }
    Ok(recording)
}

async fn cancel(
    connection: &mut Connection,
    wish: &Wish,
    appointment: &str,
    keyed: bool,
    now: Instant,
) -> Result<Reply, Box<dyn Error>> {
    expect(connection.send(&acts::cancel(wish, appointment, keyed, now)).await?, 200)
}

fn expect(reply: Reply, status: u16) -> Result<Reply, Box<dyn Error>> {
    if reply.status == status {
        return Ok(reply);
    }
    Err(format!("answered {}: {}", reply.status, String::from_utf8_lossy(&reply.body)).into())
}
