//! Comparison with socket.io-parser and engine.io-parser: how they decode a sequence of frames, and
//! what they encode.
//!
//! `DIFFERENTIAL_SEQUENCES=n` sets the number of sequences (a few thousand by default),
//! `DIFFERENTIAL_SEED=n` the seed.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use socketio_proto::packet::EncodeError;
use socketio_proto::{Limits, json};

use crate::inspect::{Inspector, Mode, answer};
use crate::model::{Model, model, same};
use crate::{nasty, node, rules};

/// The frames that one connection receives.
pub(crate) type Sequence = Vec<Incoming>;

#[derive(Clone, Debug)]
pub(crate) enum Incoming {
    Text(String),
    Binary(Vec<u8>),
}

#[test]
#[ignore = "needs Node.js: run by `cargo xtask test`"]
fn both_read_every_frame_alike_or_refuse_it() {
    let mut sequences = nasty::sequences();
    sequences.extend(generated(sequence()));
    let count = sequences.len();
    let mut uses: BTreeMap<&str, usize> = rules::NAMES.map(|name| (name, 0)).into();
    let (mut agreed, mut refused) = (0, 0);
    for (sequence, theirs) in with_answers(sequences) {
        let mut inspector = Inspector::new(Limits::default());
        for (at, (frame, theirs)) in sequence.iter().zip(theirs).enumerate() {
            let ours = answer(&mut inspector, Mode::Json, frame.line().as_bytes());
            let ours = read(&ours);
            let refusal = |answer: &Value| answer.get("error").is_some();
            if refusal(&ours) && refusal(&theirs) {
                refused += 1;
                // Neither continues after an error.
                break;
            }
            if same(&ours, &theirs) {
                agreed += 1;
                continue;
            }
            let Some(rule) = rules::rule(&sequence[..=at], &ours, &theirs) else {
                panic!(
                    "frame {at} of {sequence:?}\nours      {ours}\nreference {theirs}\nis no known difference"
                );
            };
            *uses.get_mut(rule).unwrap() += 1;
            break;
        }
    }
    println!("{agreed} the same, {refused} refused by both, known differences: {uses:?}");
    assert!(agreed.min(refused) > count / 4, "{agreed}, {refused}");
    let unused: Vec<_> = uses.iter().filter(|(_, uses)| **uses == 0).collect();
    assert!(unused.is_empty(), "differences that are none: {unused:?}");
}

#[test]
#[ignore = "needs Node.js: run by `cargo xtask test`"]
fn what_the_reference_encodes_is_decoded_to_the_same_packet() {
    let models = generated(model());
    let lines = models
        .iter()
        .map(|model: &Model| json!({ "encode": model.json() }).to_string());
    for (model, answer) in models.iter().zip(node::answers(lines.collect())) {
        // The reference can't decode this itself.
        if let Err(EncodeError::MisleadingPlaceholder | EncodeError::TooManyAttachments { .. }) =
            model.encode()
        {
            continue;
        }
        let mut inspector = Inspector::new(Limits::default());
        let mut last = Value::Null;
        for frame in answer["frames"].as_array().unwrap() {
            let line = frame.to_string();
            last = read(&crate::inspect::answer(
                &mut inspector,
                Mode::Json,
                line.as_bytes(),
            ));
        }
        assert!(
            same(&last["packet"], &model.json()),
            "{model:?}\nencoded {answer}\nread    {last}"
        );
    }
}

/// Our answer, decoded as a listener would decode it: lone surrogates become U+FFFD (M10).
fn read(answer: &str) -> Value {
    json::from_str(answer).unwrap_or_else(|error| json!({ "unreadable": error.to_string() }))
}

/// Each sequence with the reference's answers to its frames.
fn with_answers(sequences: Vec<Sequence>) -> Vec<(Sequence, Vec<Value>)> {
    let mut lines = Vec::new();
    for sequence in &sequences {
        lines.push(json!({ "reset": true }).to_string());
        lines.extend(sequence.iter().map(Incoming::line));
    }
    let mut answers = node::answers(lines).into_iter();
    let answered = |sequence: Sequence| {
        assert_eq!(answers.next().unwrap(), json!({ "reset": true }));
        let answers = answers.by_ref().take(sequence.len()).collect();
        (sequence, answers)
    };
    sequences.into_iter().map(answered).collect()
}

/// The requested number of sequences; the same ones for the same seed.
fn generated<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let number = |name, otherwise| match std::env::var(name) {
        Ok(text) => text.parse().expect("it is a number"),
        Err(_) => otherwise,
    };
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&u64::to_le_bytes(number("DIFFERENTIAL_SEED", 1)));
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let mut next = || strategy.new_tree(&mut runner).unwrap().current();
    (0..number("DIFFERENTIAL_SEQUENCES", 4000))
        .map(|_| next())
        .collect()
}

impl Incoming {
    /// Returns the line that both sides read.
    fn line(&self) -> String {
        match self {
            Self::Text(text) => json!(text).to_string(),
            Self::Binary(data) => json!({ "base64": STANDARD.encode(data) }).to_string(),
        }
    }
}

fn sequence() -> impl Strategy<Value = Sequence> {
    prop_oneof![
        3 => packet(),
        5 => (packet(), vec((any::<Index>(), change()), 1..4)).prop_map(|(mut frames, changes)| {
            if let Some(Incoming::Text(text)) = frames.first_mut() {
                let mut chars: Vec<char> = text.chars().collect();
                for (at, change) in changes {
                    change.apply(&mut chars, at);
                }
                *text = chars.into_iter().collect();
            }
            frames
        }),
        // Surplus frames, missing frames, or frames of another packet.
        1 => (packet(), packet(), any::<Index>()).prop_map(|(mut frames, others, at)| {
            let at = at.index(frames.len() + 1);
            frames.splice(at..at, others);
            frames
        }),
        1 => (packet(), any::<Index>()).prop_map(|(mut frames, at)| {
            frames.remove(at.index(frames.len()));
            frames
        }),
        3 => nasty::built(),
        1 => any::<String>().prop_map(|text| vec![Incoming::Text(text)]),
        1 => "[0-6b][0-6]?\\PC{0,12}".prop_map(|text| vec![Incoming::Text(text)]),
    ]
}

/// Returns the frames of one packet, as we encode it.
fn packet() -> impl Strategy<Value = Sequence> {
    model().prop_filter_map("can't be sent", |model| {
        let frame = model.encode().ok()?;
        let mut frames = vec![Incoming::Text(frame.text)];
        frames.extend(frame.attachments.into_iter().map(Incoming::Binary));
        Some(frames)
    })
}

#[derive(Clone, Debug)]
enum Change {
    Insert(char),
    Replace(char),
    Remove,
    Double,
    Cut,
}

impl Change {
    fn apply(self, chars: &mut Vec<char>, at: Index) {
        if chars.is_empty() {
            return;
        }
        let at = at.index(chars.len());
        match self {
            Self::Insert(char) => chars.insert(at, char),
            Self::Replace(char) => chars[at] = char,
            Self::Remove => drop(chars.remove(at)),
            Self::Double => chars.insert(at, chars[at]),
            Self::Cut => chars.truncate(at),
        }
    }
}

fn change() -> impl Strategy<Value = Change> {
    let char = || {
        let likely: Vec<char> = "[]{}\",:-/\\0123456789.eutn+ab \u{1e}\n\té"
            .chars()
            .collect();
        prop_oneof![6 => prop::sample::select(likely), 1 => any::<char>()]
    };
    prop_oneof![
        3 => char().prop_map(Change::Insert),
        3 => char().prop_map(Change::Replace),
        3 => Just(Change::Remove),
        1 => Just(Change::Double),
        1 => Just(Change::Cut),
    ]
}
