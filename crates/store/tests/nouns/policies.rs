//! Versions of the policy, and the cache of what was read.

use crate::support::{self, Rig, noon};
use crate::world::*;
use domain::policy::{Policy, Preset};
use holdspace_store::policy::PolicyCache;
use holdspace_store::{DbError, policy, sql};
use std::sync::Arc;

crate::on_both_engines! {
    every_version_stays_what_it_was;
    a_cache_reads_each_document_once;
    a_document_that_was_changed_is_found_out;
}

fn version(preset: Preset, version: u32) -> Policy {
    Policy { version, ..Policy::preset(preset) }
}

fn every_version_stays_what_it_was(rig: &Rig) {
    settle(rig);
    assert_eq!(see(rig, |tx| policy::latest(tx, ELM)), None);
    assert_eq!(see(rig, |tx| policy::latest_version(tx, ELM)), None);
    for (number, preset) in (1..).zip([Preset::Network, Preset::Insurance, Preset::Marketplace, Preset::Clinic]) {
        save(rig, move |tx| policy::insert(tx, ELM, &version(preset, number), noon(), "per_owner"));
        assert_eq!(see(rig, |tx| policy::latest(tx, ELM)), Some(version(preset, number)));
        assert_eq!(see(rig, |tx| policy::latest_version(tx, ELM)), Some(number));
    }
    assert_eq!(see(rig, |tx| policy::load(tx, ELM, 2)), Some(version(Preset::Insurance, 2)));
    assert_eq!(see(rig, |tx| policy::load(tx, ELM, 5)), None);
    assert_eq!(see(rig, |tx| policy::latest(tx, OAK)), None);
    let again = support::write(&rig.store, |tx| policy::insert(tx, ELM, &version(Preset::Clinic, 2), noon(), "per"));
    assert!(matches!(again, Err(DbError::Unique(_))), "{again:?}");
}

fn a_cache_reads_each_document_once(rig: &Rig) {
    settle(rig);
    let cache = PolicyCache::default();
    let ask = |cache: &PolicyCache| {
        let cache = cache.clone();
        see(rig, move |tx| cache.latest(tx, ELM))
    };
    assert_eq!(ask(&cache), None);
    save(rig, |tx| policy::insert(tx, ELM, &version(Preset::Clinic, 1), noon(), "per"));
    let (first, second) = (ask(&cache).expect("a policy"), ask(&cache).expect("a policy"));
    assert!(Arc::ptr_eq(&first, &second), "it is read once");
    assert_eq!(*first, version(Preset::Clinic, 1));

    // A flow that read what it had just written, and then failed, leaves nothing that is taken for the truth.
    let inner = cache.clone();
    let failed = support::write(&rig.store, move |tx| {
        policy::insert(tx, ELM, &version(Preset::Network, 2), noon(), "per")?;
        assert_eq!(inner.latest(tx, ELM)?.map(|p| p.preset), Some(Preset::Network));
        Err::<(), _>(DbError::Busy)
    });
    assert_eq!(failed, Err(DbError::Busy));
    assert_eq!(ask(&cache).map(|p| p.version), Some(1));
    save(rig, |tx| policy::insert(tx, ELM, &version(Preset::Insurance, 2), noon(), "per"));
    assert_eq!(ask(&cache).map(|p| (p.version, p.preset)), Some((2, Preset::Insurance)));
    let old = cache.clone();
    assert_eq!(see(rig, move |tx| old.load(tx, ELM, 1)).map(|p| p.preset), Some(Preset::Clinic));
}

fn a_document_that_was_changed_is_found_out(rig: &Rig) {
    settle(rig);
    save(rig, |tx| policy::insert(tx, ELM, &version(Preset::Clinic, 1), noon(), "per"));
    let harm = sql!("UPDATE policy SET document = document || ' '");
    assert_eq!(blamed(rig, harm, |tx| policy::latest(tx, ELM)), "digest");
    assert_eq!(blamed(rig, sql!("UPDATE policy SET version = 7"), |tx| policy::latest(tx, ELM)), "version");
}
