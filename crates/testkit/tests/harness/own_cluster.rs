//! PostgreSQL that goes away and comes back.

use holdspace_testkit::postgres::{fresh_database, own_cluster};
use postgres::{Client, NoTls};

#[test]
fn every_test_has_an_empty_database_that_goes_with_it() {
    let first = fresh_database();
    let second = fresh_database();
    assert_ne!(first.url(), second.url());
    let mut client = Client::connect(first.url(), NoTls).expect("a connection");
    client.batch_execute("create extension btree_gist").expect("the extension that guards overlaps");
    let url = first.url().to_owned();
    drop(client);
    drop(first);
    assert!(Client::connect(&url, NoTls).is_err());
}

#[test]
fn a_killed_cluster_comes_back_with_what_was_committed() {
    let mut cluster = own_cluster();
    let url = cluster.url("postgres");
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
