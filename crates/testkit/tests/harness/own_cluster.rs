//! PostgreSQL that goes away and comes back.

use holdspace_testkit::cluster::Cluster;
use postgres::{Client, NoTls};

#[test]
fn a_killed_cluster_comes_back_with_what_was_committed() {
    let mut cluster = Cluster::start();
    let url = cluster.create_database("practice");
    let mut client = Client::connect(&url, NoTls).expect("a connection");
    client.batch_execute("create sequence kept").expect("committed");
    cluster.kill();
    assert!(client.batch_execute("checkpoint").is_err());
    assert!(Client::connect(&url, NoTls).is_err());
    cluster.resume();
    let mut client = Client::connect(&url, NoTls).expect("a connection");
    client.batch_execute("drop sequence kept").expect("still there");
    cluster.stop();
    assert!(Client::connect(&url, NoTls).is_err());
}
