//! Where the data lies: one seeded database, and a fresh copy of it for every run.

use crate::dataset::Dataset;
use std::error::Error;
use std::fs;
use std::path::Path;
use store::{Config, Store};
use testkit::cluster::Cluster;
use testkit::scratch::Scratch;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// Embedded, every commit flushed.
    Sqlite,
    /// A server of our own on this machine, every commit flushed.
    Postgres,
}

/// A folder and, on PostgreSQL, a server.
pub struct Place {
    /// What is in it.
    pub dataset: Dataset,
    cluster: Option<Cluster>,
    folder: Scratch,
    copies: std::cell::Cell<u32>,
}

impl Place {
    /// Makes the seeded database.
    pub fn seeded(engine: Engine, dataset: Dataset) -> Result<Self, Box<dyn Error>> {
        let folder = Scratch::new("bench");
        let cluster = (engine == Engine::Postgres).then(Cluster::durable);
        let place = Self { dataset, cluster, folder, copies: std::cell::Cell::new(0) };
        let database = match &place.cluster {
            Some(cluster) => cluster.create_database("seeded"),
            None => place.folder.join("seeded.sqlite").display().to_string(),
        };
        let store = Store::open(config(&database))?;
        dataset.seed(&store)?;
        drop(store);
        if engine == Engine::Sqlite {
            // So that one file holds everything.
            let connection = rusqlite::Connection::open(&database)?;
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        }
        Ok(place)
    }

    /// A fresh copy of the seeded database, by path or URL.
    pub fn fresh(&self) -> Result<String, Box<dyn Error>> {
        self.copies.set(self.copies.get() + 1);
        let name = format!("run{}", self.copies.get());
        match &self.cluster {
            Some(cluster) => {
                Ok(cluster.create_database(&format!("{name} TEMPLATE seeded")).replace(" TEMPLATE seeded", ""))
            }
            None => {
                let copy = self.folder.join(&format!("{name}.sqlite"));
                fs::copy(self.folder.join("seeded.sqlite"), &copy)?;
                Ok(copy.display().to_string())
            }
        }
    }

    /// Where the database's files are, for the flush probe.
    pub fn data(&self) -> &Path {
        self.cluster.as_ref().map_or(self.folder.path(), Cluster::folder)
    }

    /// The server's process, where there is one, and its port.
    pub fn server(&self) -> Option<(u32, u16)> {
        self.cluster.as_ref().and_then(|cluster| Some((cluster.id()?, cluster.port)))
    }
}

/// How the store opens a database.
pub fn config(database: &str) -> Config {
    if database.starts_with("postgres") { Config::postgres(database) } else { Config::sqlite(database) }
}
