//! The fault matrix, printed with the tests and kept in `docs/faults.md`: `UPDATE=1` writes it anew.

use holdspace_sim::Stage;
use holdspace_sim::matrix::{Cell, matrix, table};
use std::fs;
use std::path::Path;

const HEAD: &str = "# Faults, and how a client hears all the same

One cancellation at three in the afternoon, the day before, while one thing goes wrong all day. The columns are clients who
are told in different ways; a cell says by what they first knew, how soon after the therapist's click, and how many letters
or texts reached them a second time. It is played by the [simulator](simulator.md) and judged from what the client saw;
`UPDATE=1 cargo nextest run --cargo-profile sim -p holdspace-sim fault_matrix` writes this page.

";

// proves: V-04, V-05, G-10
#[test]
#[allow(clippy::disallowed_macros, reason = "the table is to be seen in the output of the tests")]
fn the_fault_matrix_tells_every_client_and_nobody_two_things() {
    let cells = matrix(&Stage::new());
    let table = table(&cells);
    println!("fault matrix\n{table}");
    let lost: Vec<String> = cells.iter().filter(|cell| !cell.is_kept()).map(said).collect();
    assert!(lost.is_empty(), "{lost:#?}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let wanted = format!("{HEAD}{table}");
    if crate::number("UPDATE").is_some() {
        fs::write(&page, &wanted).expect("the page is ours");
    }
    let kept = fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(kept, wanted, "docs/faults.md is out of date: see its head");
}

fn said(cell: &Cell) -> String {
    let why = cell.failure.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{:?}, {}: {} {why}", cell.fault, cell.client, cell.words())
}
