//! Compares the protocol's JSON with `serde_json`, on inputs that proptest generates.

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use socketio_proto::Binary;
use socketio_proto::json::{self, compact, from_str, from_str_with, to_string};

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        string().prop_map(Value::from),
    ]
}

/// Strings with many characters that need an escape.
fn string() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[\"\\\\/\u{0}-\u{1f}a-z种😀]{0,40}"]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(6, 64, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(string(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Text of JSON tokens in any order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\n", "0", "1",
            "9", "-", "+", ".", "e", "E", "true", "false", "null", " ", "\n", "\t", "\u{0}",
            "\u{feff}", "\"a\"", "\"a\":", "[]", "{}", "1,", "种",
        ])
        .prop_map(String::from),
        any::<char>().prop_map(String::from),
    ];
    vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Valid JSON with a few characters inserted, removed or changed.
fn damaged() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..3_u8, soup());
    (tree(), vec(change, 1..3)).prop_map(|(tree, changes)| {
        let mut text: Vec<char> = tree.to_string().chars().collect();
        for (at, what, piece) in changes {
            let at = at.index(text.len() + 1);
            let taken = at..(at + usize::from(what != 0)).min(text.len());
            let put = if what == 1 { "" } else { &piece };
            text.splice(taken, put.chars().take(2));
        }
        text.into_iter().collect()
    })
}

/// `serde_json` refuses a lone surrogate, which `JSON.parse` accepts.
fn is_about_surrogates(error: &serde_json::Error) -> bool {
    let message = error.to_string();
    message.contains("surrogate") || message.contains("unexpected end of hex escape")
}

fn same_verdict(text: &str) -> Result<(), TestCaseError> {
    let ours = from_str::<Value>(text);
    match (&ours, serde_json::from_str::<Value>(text)) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, &theirs),
        (Ok(_), Err(error)) => prop_assert!(is_about_surrogates(&error), "{:?}: {}", text, error),
        (Err(error), Ok(_)) => prop_assert!(false, "{:?}: {}", text, error),
        (Err(_), Err(_)) => {}
    }
    // The scanner alone, which `IgnoredAny` uses.
    let skipped = from_str::<IgnoredAny>(text);
    prop_assert_eq!(
        skipped.is_ok(),
        serde_json::from_str::<IgnoredAny>(text).is_ok(),
        "{:?}",
        text
    );
    prop_assert!(
        skipped.is_ok() || ours.is_err(),
        "{:?}: the reader took what the scanner refused",
        text
    );
    let compacted = compact(text, 0, &mut String::new(), |_, _| {});
    prop_assert_eq!(compacted.is_ok(), skipped.is_ok());
    Ok(())
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Node {
    name: String,
    data: Binary,
    more: Option<Binary>,
    nodes: Vec<Node>,
    pair: (f64, i32),
}

fn node() -> impl Strategy<Value = Node> {
    let bytes = || vec(any::<u8>(), 0..8).prop_map(Binary);
    let number = prop::num::f64::NORMAL | prop::num::f64::ZERO;
    let flat = (
        string(),
        bytes(),
        prop::option::of(bytes()),
        (number, any::<i32>()),
    )
        .prop_map(|(name, data, more, pair)| Node {
            name,
            data,
            more,
            nodes: vec![],
            pair,
        });
    flat.prop_recursive(4, 24, 4, |inner| {
        (inner.clone(), vec(inner, 0..4)).prop_map(|(node, nodes)| Node { nodes, ..node })
    })
}

/// A tree that contains objects that are, or nearly are, placeholders.
fn tree_with_placeholders() -> impl Strategy<Value = Value> {
    let num = prop_oneof![
        8 => (0..3_u8).prop_map(Value::from),
        1 => leaf(),
        1 => prop::sample::select(vec![-1.0, -0.0, 0.5, 1.0, 2.0, 3.0]).prop_map(Value::from),
    ];
    let mark = prop_oneof![8 => Just(Value::from(true)), 1 => leaf()];
    let placeholder =
        (mark, num, btree_map(string(), leaf(), 0..2)).prop_map(|(mark, num, more)| {
            let mut object: serde_json::Map<_, _> = more.into_iter().collect();
            object.insert("_placeholder".into(), mark);
            object.insert("num".into(), num);
            Value::Object(object)
        });
    prop_oneof![leaf(), placeholder].prop_recursive(5, 24, 4, |inner| {
        let key = prop_oneof![
            string(),
            Just("num".to_owned()),
            Just("_placeholder".to_owned())
        ];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key, inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// What the reference does with a tree: replaces each placeholder with a string, or returns `None`
/// if one is invalid.
fn replaced(tree: &Value, attachments: usize) -> Option<Value> {
    Some(match tree {
        Value::Object(object) if object.get("_placeholder") == Some(&Value::Bool(true)) => {
            let num = object.get("num")?.as_f64()?;
            if num.fract() != 0.0 || num < 0.0 || num >= attachments as f64 {
                return None;
            }
            Value::from(format!("attachment {num:.0}").replace('-', ""))
        }
        Value::Object(object) => Value::Object(
            object
                .iter()
                .map(|(key, value)| Some((key.clone(), replaced(value, attachments)?)))
                .collect::<Option<_>>()?,
        ),
        Value::Array(array) => Value::Array(
            array
                .iter()
                .map(|value| replaced(value, attachments))
                .collect::<Option<_>>()?,
        ),
        other => other.clone(),
    })
}

/// Numbers, and texts that nearly are numbers.
const NUMBER: &str = "-?[0-9]{1,22}(\\.[0-9]{0,22})?([eE][+-]?[0-9]{0,3})?";

proptest! {
    #[test]
    fn what_is_written_reads_the_same_with_serde_json(tree in tree()) {
        let text = to_string(&tree).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &tree);
        prop_assert_eq!(&from_str::<Value>(&text).unwrap(), &tree);
    }

    #[test]
    fn what_serde_json_writes_reads_the_same(tree in tree()) {
        prop_assert_eq!(&from_str::<Value>(&tree.to_string()).unwrap(), &tree);
        let pretty = serde_json::to_string_pretty(&tree).unwrap();
        prop_assert_eq!(&from_str::<Value>(&pretty).unwrap(), &tree);
        let mut compacted = String::new();
        compact(&pretty, 0, &mut compacted, |_, _| {}).unwrap();
        prop_assert_eq!(compacted, tree.to_string());
    }

    #[test]
    fn strings_are_written_as_serde_json_writes_them(text in string()) {
        prop_assert_eq!(to_string(&text).unwrap(), serde_json::to_string(&text).unwrap());
    }

    #[test]
    fn any_text_gets_the_verdict_of_serde_json(text in any::<String>()) {
        same_verdict(&text)?;
    }

    #[test]
    fn any_bytes_get_the_verdict_of_serde_json(bytes in vec(any::<u8>(), 0..64)) {
        same_verdict(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_sequence_of_tokens_gets_the_verdict_of_serde_json(text in soup()) {
        same_verdict(&text)?;
    }

    #[test]
    fn damaged_json_gets_the_verdict_of_serde_json(text in damaged()) {
        same_verdict(&text)?;
    }

    #[test]
    fn damaged_packets_never_panic(text in prop_oneof![soup(), damaged()], node in node()) {
        let attachments = [vec![1], vec![2]];
        let _ = from_str_with::<Value>(&text, &attachments);
        let _ = from_str_with::<Node>(&text, &attachments);
        let mut written = String::new();
        json::write(&node, &mut written, &mut Vec::new()).unwrap();
        let _ = from_str_with::<Node>(&written, &attachments);
    }

    #[test]
    fn numbers_get_the_verdict_of_serde_json(text in NUMBER) {
        same_verdict(&text)?;
        // An integer type accepts it if its exact value is whole and fits.
        if let (Ok(integer), Ok(float)) = (from_str::<i64>(&text), from_str::<f64>(&text)) {
            prop_assert_eq!(integer as f64, float);
        }
    }

    #[test]
    fn whole_numbers_read_as_integers(number: i32, zeros in 0..4_usize, exponent in 0..4_i32) {
        let text = format!("{number}.{}e{exponent}", "0".repeat(zeros + 1));
        let expected = i64::from(number) * 10_i64.pow(exponent as u32);
        prop_assert_eq!(from_str::<i64>(&text).unwrap(), expected);
        let text = format!("{number}{}e-{zeros}", "0".repeat(zeros));
        prop_assert_eq!(from_str::<i32>(&text).unwrap(), number);
    }

    #[test]
    fn m4_bytes_anywhere_round_trip(node in node()) {
        let (mut text, mut attachments) = (String::new(), Vec::new());
        json::write(&node, &mut text, &mut attachments).unwrap();
        prop_assert_eq!(&from_str_with::<Node>(&text, &attachments).unwrap(), &node);
    }

    #[test]
    fn m9_placeholders_are_those_of_the_reference(tree in tree_with_placeholders()) {
        let attachments = vec![Vec::new(); 2];
        let expected = replaced(&tree, attachments.len());
        for text in [to_string(&tree).unwrap(), serde_json::to_string_pretty(&tree).unwrap()] {
            let mut out = String::new();
            let replacing = compact(&text, attachments.len(), &mut out, |num, out| {
                out.push_str(&format!("\"attachment {num}\""));
            });
            let ours = replacing.ok().map(|()| serde_json::from_str::<Value>(&out).unwrap());
            prop_assert_eq!(&ours, &expected, "{}", text);
            let read = from_str_with::<IgnoredAny>(&text, &attachments);
            prop_assert_eq!(read.is_ok(), expected.is_some());
        }
    }
}
