//! From a therapist's click to the hand-off of every letter that it sends, at a real mail server with encryption and a
//! password, against a bare loop that hands the same letters to the same server at the same moments.

use crate::Options;
use crate::clicks::{self, between, moment, wait_for};
use crate::dataset::Dataset;
use crate::host::{self, Host};
use crate::load::Run;
use crate::machine;
use crate::place::Place;
use crate::report;
use domain::time::Span;
use outside::mail::{Envelope, Handed};
use std::error::Error;
use std::time::Duration;
use testkit::exim::Exim;
use testkit::letter::Letter;

/// Cancellations a second.
const RATES: [f64; 3] = [1.0, 10.0, 100.0];
/// So long without another letter means that no more will come.
const QUIET: Duration = Duration::from_secs(3);

/// Measures each rate, product and bare loop in turn.
pub fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    report::title(&format!("from click to hand-off on {:?}", options.engine));
    let place = Place::seeded(options.engine, Dataset { urgent: true, ..options.dataset() })?;
    for rate in RATES {
        let clicks = if options.small { 4 } else { (rate as usize * options.seconds as usize).max(30) };
        let (product, letters) = product(&place, rate, clicks)?;
        report::line(&format!("{rate}/s, product"), &words(&product));
        let bare = bare(rate, clicks, &letters)?;
        report::line(&format!("{rate}/s, bare loop"), &words(&bare));
        let ratio = |share| product.wait(share) / bare.wait(share);
        report::line(
            &format!("{rate}/s, product / bare"),
            &format!("p50 {:.2}, p99 {:.2}, load {}", ratio(0.5), ratio(0.99), machine::load()),
        );
    }
    Ok(())
}

fn words(run: &Run) -> String {
    format!("p50 {:.1} p99 {:.1} ms, {} letters", run.wait(0.5), run.wait(0.99), run.waits.len())
}

/// The product's waits, and the letters as they were handed over.
fn product(place: &Place, rate: f64, clicks: usize) -> Result<(Run, Vec<Letter>), Box<dyn Error>> {
    let (database, exim) = (place.fresh()?, Exim::start());
    let booked = clicks::booked(place, &database, clicks)?;
    let server = Host::sending(&database, place.data(), &exim)?;
    let begun = clicks::call_off(&server, &booked, rate)?;
    let letters = when_quiet(&exim);
    drop(server);
    let (waits, waiting) = clicks::waits(&database, &booked, begun, rate)?;
    if waiting > 0 || waits.is_empty() {
        return Err(format!("{waiting} letters were not handed over").into());
    }
    Ok((Run { done: waits.len(), waits, ..Run::default() }, letters))
}

/// The letters, once no more come.
fn when_quiet(exim: &Exim) -> Vec<Letter> {
    let mut known = exim.all_letters();
    loop {
        std::thread::sleep(QUIET);
        let now = exim.all_letters();
        if now.len() == known.len() {
            return now;
        }
        known = now;
    }
}

/// One connection that hands each click's letters over at its moment, or as soon as the ones before are gone.
fn bare(rate: f64, clicks: usize, letters: &[Letter]) -> Result<Run, Box<dyn Error>> {
    let exim = Exim::start();
    let mailer = host::mailer(exim.port, exim.ca_pem.clone())?;
    let begun = host::now() + Span::seconds(1);
    let each = letters.len().div_ceil(clicks);
    let mut waits = Vec::new();
    for (number, letters) in letters.chunks(each).enumerate() {
        let due = moment(begun, number, rate);
        wait_for(due);
        for letter in letters {
            let to = letter.header("Envelope-to").ok_or("a letter to nobody")?;
            let envelope = Envelope { from: host::FROM.parse()?, to: to.parse()? };
            match mailer.hand_off(&envelope, as_sent(letter).as_bytes()) {
                Handed::Accepted { .. } => waits.push(between(due, host::now())),
                other => return Err(format!("the bare loop was answered {other:?}").into()),
            }
        }
    }
    waits.sort_unstable();
    Ok(Run { done: waits.len(), waits, ..Run::default() })
}

/// The letter as its sender wrote it: without what servers on its way put in front.
fn as_sent(letter: &Letter) -> String {
    let text = letter.text().replace("\r\n", "\n");
    let at = text.find("\nMessage-ID:").or(text.find("\nFrom:")).map_or(0, |at| at + 1);
    text[at..].replace('\n', "\r\n")
}
