//! The fuzz targets without a fuzzer: the corpus, and a short run of mutations of it that is the
//! same every time.
//!
//! `cargo xtask fuzz` runs the same harness under libFuzzer, which needs nightly, and adds to the
//! corpus. Each bug that it finds is fixed with a regression test next to the code at fault.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]
#![allow(unreachable_pub, reason = "the fuzz targets use the harness, too")]

mod harness;
mod mutate;

use std::panic::catch_unwind;
use std::path::Path;

use mutate::Mutator;

/// The number of inputs of the short run, which takes some seconds without optimization.
/// `FUZZ_INPUTS=n` sets another.
const INPUTS: usize = 30_000;

#[test]
fn the_decoder_survives_its_corpus_and_mutations_of_it() {
    run("decoder", harness::decoder::run);
}

#[test]
fn the_manager_survives_its_corpus_and_mutations_of_it() {
    run("manager", harness::manager::run);
}

fn run(target: &str, harness: fn(&[u8])) {
    let corpus = corpus(target);
    assert!(corpus.len() > 100, "the corpus of {target} is not there");
    for input in &corpus {
        check(target, harness, input);
    }
    let mut mutator = Mutator::new(&corpus);
    let wanted = std::env::var("FUZZ_INPUTS").ok();
    let inputs = wanted.map_or(INPUTS, |count| count.parse().expect("a number"));
    for _ in 0..inputs {
        check(target, harness, &mutator.next());
    }
}

/// Prints the input that failed.
fn check(target: &str, harness: fn(&[u8]), input: &[u8]) {
    if catch_unwind(|| harness(input)).is_err() {
        panic!(
            "the harness `{target}` failed on this input: b\"{}\"",
            input.escape_ascii()
        );
    }
}

/// Returns the inputs in the order of their names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target);
    let entries = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} can't be read: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .iter()
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}
