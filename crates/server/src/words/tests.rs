//! Messages as their readers find them.

mod sample;

use sample::{Sample, sample, slot, at, links, pounds};
use domain::message::*;
use domain::appointment::*;

#[test]
fn show() {
    let s = sample();
    for kind in MessageKind::ALL {
        for to in [s.client(), s.therapist(), s.admin()] {
            for by in [Some(Initiator::Therapist), Some(Initiator::Client), None] {
            let mut n = s.notice(*kind, &to, s.full_facts(by));
            n.link = Some(links()[0]);
            let w = s.write(&n, &to);
            println!("=== {kind} {:?} {by:?}\n{}\n{}", to.id, w.subject, w.text);
            if to.id.to_string().starts_with("cli") { println!("{}", w.html); }
            }
        }
    }
}
