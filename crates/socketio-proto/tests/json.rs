//! Tests of the protocol's JSON, by examples.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json as value};
use socketio_proto::Binary;
use socketio_proto::json::{
    self, DecodeErrorKind, EncodeError, MAX_NESTING, ScanErrorKind, from_str, from_str_with,
    to_string,
};

#[test]
fn accepts_what_the_rfc_allows() {
    for text in [
        "0",
        "-0",
        "10",
        "-1",
        "1.5",
        "-0.0",
        "1e5",
        "1E+5",
        "1e-5",
        "0.5e1",
        "0e0",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "true",
        "false",
        "null",
        r#""""#,
        r#""\u0000""#,
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\uD83D\uDE00""#,
        r#""\ud83d\ude00!""#,
        "\"\u{7f}\u{2028}种\"",
        "[]",
        "{}",
        " [ ] ",
        "\t{\r\n}\n",
        "[1 , 2]",
        r#"{"a" : 1 , "b":[{}]}"#,
        r#"{"":0}"#,
        r#"{"a":1,"a":2}"#,
        r#"{"\u0061":1}"#,
    ] {
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(from_str::<Value>(text), Ok(expected), "{text:?}");
        assert!(from_str::<IgnoredAny>(text).is_ok(), "{text:?}");
    }
}

#[test]
fn nan_and_infinity_are_read_as_null() {
    for word in ["NaN", "Infinity", "-Infinity"] {
        assert_eq!(from_str::<Option<f64>>(word).unwrap(), None);
        assert_eq!(from_str::<Option<String>>(word).unwrap(), None);
        from_str::<()>(word).unwrap();
        let any: Vec<Option<u8>> = from_str(&format!("[{word}, 1 ,{word}]")).unwrap();
        assert_eq!(any, [None, Some(1), None]);
        let ignored: (IgnoredAny, u8) = from_str(&format!("[{{\"a\":[{word}]}},2]")).unwrap();
        assert_eq!(ignored.1, 2);
        // No number is read as infinite: decoded floats are always finite.
        for error in [
            from_str::<f64>(word).map(drop).unwrap_err(),
            from_str::<f32>(word).map(drop).unwrap_err(),
            from_str::<i64>(word).map(drop).unwrap_err(),
            from_str::<u128>(word).map(drop).unwrap_err(),
            from_str::<String>(word).map(drop).unwrap_err(),
            from_str::<bool>(word).map(drop).unwrap_err(),
        ] {
            let text = error.to_string();
            assert!(text.contains("a number that JSON does not have"), "{text}");
        }
    }
}

#[test]
fn refuses_what_the_rfc_does_not_allow() {
    for text in [
        "",
        " ",
        "01",
        "-01",
        "00",
        "+1",
        "-",
        "1.",
        ".5",
        "-.5",
        "1e",
        "1e+",
        "1.e1",
        "0x1",
        "1_0",
        "+Infinity",
        "-NaN",
        "Infinit",
        "Na",
        "nan",
        "-I",
        "nul",
        "nulll",
        "True",
        "tru",
        "'a'",
        "\"",
        "\"a",
        r#""\"#,
        r#""\x""#,
        r#""\u12""#,
        r#""\u12"#,
        r#""\u12g4""#,
        r#""\u+123""#,
        r#""\U0041""#,
        "\"\0\"",
        "\"\n\"",
        "\"\u{1f}\"",
        "\0",
        "\u{feff}1",
        "\u{a0}1",
        "1\u{c}",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,]",
        "[,1]",
        "[1,,2]",
        "[1 2]",
        "[1}",
        "{",
        "}",
        "{]",
        "{,}",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        r#"{"a":1"#,
        r#"{"a":1]"#,
        r#"{"a" 1}"#,
        r#"{"a",1}"#,
        "{1:1}",
        "{null:1}",
        r#"{"a":1 "b":2}"#,
        "1 2",
        "[] []",
        "[]x",
        "[1]//",
        "/**/1",
        "[[]",
        "[]]",
        "{}}",
    ] {
        assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}");
        assert!(from_str::<Value>(text).is_err(), "{text:?}");
        assert!(from_str::<IgnoredAny>(text).is_err(), "{text:?}");
    }
}

#[test]
fn errors_say_what_and_where() {
    #[derive(Debug, Deserialize)]
    struct Login {
        #[serde(rename = "uid")]
        _uid: String,
        #[serde(default, rename = "count")]
        _count: u8,
    }

    for (text, message) in [
        (
            r#"{"uid":7}"#,
            "found a number, expected a string at byte 7",
        ),
        (
            r#"{"uid": null}"#,
            "found null, expected a string at byte 8",
        ),
        (r#" {"count":1}"#, "missing field `uid` at byte 1"),
        (
            r#"{"uid":"7","count":300}"#,
            "found the integer 300, expected u8 at byte 19",
        ),
        (
            r#"{"uid":"7","count":-3}"#,
            "found the integer -3, expected u8 at byte 19",
        ),
        (
            r#"{"uid":"7","count":1.5}"#,
            "found a number that is not whole or is beyond 64 bits, expected u8 at byte 19",
        ),
        (
            r#"["7"]"#,
            "found an array, expected struct Login at byte 0",
        ),
        (
            r#"{"uid":"a","uid":"b"}"#,
            "duplicate field `uid` at byte 11",
        ),
        (r#"{"uid":"\q"}"#, "invalid escape in a string at byte 8"),
        (r#"{"uid":"7"} ,"#, "text after the value at byte 12"),
        (
            r#"{"uid":"7""#,
            "the text ends in the midst of a value at byte 10",
        ),
        (r#"{"uid":"7";"#, "expected `,` or `}` at byte 10"),
        (r#"{"uid" "7"}"#, "expected `:` at byte 7"),
        ("{uid:7}", "expected a string as key at byte 1"),
        ("?", "expected a value at byte 0"),
    ] {
        assert_eq!(
            from_str::<Login>(text).unwrap_err().to_string(),
            message,
            "{text}"
        );
    }
}

#[test]
fn offsets_count_bytes() {
    let error = from_str::<Vec<&str>>(r#"["种",?]"#).unwrap_err();
    assert_eq!(error.offset(), 7);
    assert_eq!(
        error.kind(),
        &DecodeErrorKind::Text(ScanErrorKind::ExpectedValue)
    );
}

#[test]
fn secrets_stay_out_of_errors() {
    let error = from_str::<u8>(r#""hunter2""#).unwrap_err();
    assert!(!error.to_string().contains("hunter2"));
}

#[test]
fn whole_numbers_are_integers_however_written() {
    for text in [
        "1000",
        "1000.0",
        "1e3",
        "1E+3",
        "1.000e3",
        "10000e-1",
        "0.1e4",
        "100000.00e-2",
    ] {
        assert_eq!(from_str::<u16>(text), Ok(1000), "{text}");
        assert_eq!(from_str::<i64>(text), Ok(1000), "{text}");
        assert_eq!(from_str::<u128>(text), Ok(1000), "{text}");
    }
    for text in [
        "0",
        "-0",
        "0.0",
        "-0e9",
        "0e999999999999999999999",
        "0.000e-5",
    ] {
        assert_eq!(from_str::<u8>(text), Ok(0), "{text}");
        assert_eq!(from_str::<i128>(text), Ok(0), "{text}");
    }
    assert_eq!(from_str::<i8>("-1.28e2"), Ok(-128));
    for text in [
        "1.5",
        "1e-1",
        "256",
        "2.56e2",
        "-1",
        "1e20",
        "1e999999999999999999999",
        "null",
        "\"1\"",
    ] {
        assert!(from_str::<u8>(text).is_err(), "{text}");
    }
}

#[test]
fn integers_of_every_width_round_trip() {
    fn check<T: Serialize + DeserializeOwned + PartialEq + Debug + std::fmt::Display>(
        values: &[T],
    ) {
        for number in values {
            let text = to_string(number).unwrap();
            assert_eq!(text, number.to_string());
            assert_eq!(from_str::<T>(&text).as_ref(), Ok(number));
        }
    }
    check(&[u8::MIN, u8::MAX]);
    check(&[i8::MIN, i8::MAX]);
    check(&[u16::MAX]);
    check(&[i16::MIN]);
    check(&[u32::MAX]);
    check(&[i32::MIN]);
    check(&[
        u64::MAX,
        9_999_999_999_999_999_999,
        10_000_000_000_000_000_000,
        9,
        10,
        99,
        100,
    ]);
    check(&[i64::MIN, i64::MAX, -1, 0]);
    check(&[u128::MAX, u128::from(u64::MAX) + 1]);
    check(&[i128::MIN, i128::MAX]);
    for text in ["18446744073709551616", "-9223372036854775809"] {
        assert!(from_str::<u64>(text).is_err());
        assert!(from_str::<i64>(text).is_err());
    }
}

#[test]
fn floats() {
    for number in [
        0.0,
        -0.0,
        1.0,
        0.1,
        1e300,
        -1e-300,
        5e-324,
        f64::MAX,
        1e16,
        123_456.789,
    ] {
        let text = to_string(&number).unwrap();
        assert_eq!(
            from_str::<f64>(&text).map(f64::to_bits),
            Ok(f64::to_bits(number)),
            "{text}"
        );
        assert_eq!(
            serde_json::from_str::<f64>(&text).unwrap().to_bits(),
            number.to_bits()
        );
    }
    for number in [0.1_f32, f32::MIN_POSITIVE, f32::MAX, 16_777_217.0] {
        let text = to_string(&number).unwrap();
        assert_eq!(from_str::<f32>(&text), Ok(number), "{text}");
    }
    assert_eq!(from_str::<f64>("7"), Ok(7.0));
    for text in ["1e400", "-1e400", "null", "\"1\""] {
        assert!(from_str::<f64>(text).is_err(), "{text}");
    }
    assert!(from_str::<f32>("1e39").is_err());
}

#[test]
fn h17_not_a_number_is_null() {
    assert_eq!(
        to_string(&[f64::NAN, f64::INFINITY, -1.0]).unwrap(),
        "[null,null,-1.0]"
    );
    assert_eq!(to_string(&f32::NEG_INFINITY).unwrap(), "null");
}

#[test]
fn strings_are_escaped_as_json_stringify_does() {
    let text = "\0\u{1}\u{8}\t\n\u{b}\u{c}\r\u{f}\u{10}\u{1f} \"\\/\u{7f}é种😀\u{2028}";
    let expected = concat!(
        r#""\u0000\u0001\b\t\n\u000b\f\r\u000f\u0010\u001f \"\\/"#,
        "\u{7f}é种😀\u{2028}\""
    );
    assert_eq!(to_string(text).unwrap(), expected);
    assert_eq!(from_str::<String>(expected).unwrap(), text);
    // Special characters at every position of a word.
    for at in 0..20 {
        for special in ['"', '\\', '\n', '\u{1f}'] {
            let mut text = "a".repeat(20);
            text.insert(at, special);
            let written = to_string(&text).unwrap();
            assert_eq!(written, serde_json::to_string(&text).unwrap());
            assert_eq!(from_str::<String>(&written).unwrap(), text);
        }
    }
}

#[test]
fn half_surrogates_become_the_replacement_character() {
    for (text, expected) in [
        (r#""\ud800""#, "\u{fffd}"),
        (r#""a\udc00b""#, "a\u{fffd}b"),
        (r#""\ud800\u0041""#, "\u{fffd}A"),
        (r#""\ud800x""#, "\u{fffd}x"),
        (r#""\ud800\n""#, "\u{fffd}\n"),
        (r#""\ud800\ud83d\ude00""#, "\u{fffd}😀"),
        (r#""\ude00\ud83d""#, "\u{fffd}\u{fffd}"),
    ] {
        assert_eq!(from_str::<String>(text).unwrap(), expected, "{text}");
        assert_eq!(from_str::<Value>(text).unwrap(), expected, "{text}");
    }
}

#[test]
fn strings_are_borrowed_where_they_can_be() {
    let text = r#"["plain","种"]"#;
    let strings: Vec<&str> = from_str(text).unwrap();
    assert_eq!(strings, ["plain", "种"]);
    assert!(
        text.as_bytes()
            .as_ptr_range()
            .contains(&strings[0].as_ptr())
    );
    assert!(from_str::<&str>(r#""\n""#).is_err());
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct Everything {
    unit: (),
    none: Option<u8>,
    some: Option<Option<bool>>,
    letter: char,
    pair: (i8, String),
    list: Vec<Shape>,
    by_number: BTreeMap<i16, u8>,
    by_letter: BTreeMap<char, u8>,
    by_bool: BTreeMap<bool, u8>,
    by_variant: BTreeMap<Kind, u8>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
enum Shape {
    Unit,
    Newtype(u8),
    Tuple(u8, u8),
    Struct { a: u8 },
}

#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
enum Kind {
    #[serde(rename = "first \"kind\"")]
    First,
    Second,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Wrapped(u8);

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Nothing;

fn everything() -> Everything {
    Everything {
        unit: (),
        none: None,
        some: Some(Some(true)),
        letter: '种',
        pair: (-7, "a\"b".into()),
        list: vec![
            Shape::Unit,
            Shape::Newtype(1),
            Shape::Tuple(2, 3),
            Shape::Struct { a: 4 },
        ],
        by_number: [(-1, 1), (300, 2)].into(),
        by_letter: [('"', 1)].into(),
        by_bool: [(false, 0), (true, 1)].into(),
        by_variant: [(Kind::First, 1), (Kind::Second, 2)].into(),
        rest: [("extra".to_owned(), value!([1, {"deep": null}]))].into(),
    }
}

#[test]
fn shapes_are_those_of_serde_json() {
    let text = to_string(&everything()).unwrap();
    assert_eq!(text, serde_json::to_string(&everything()).unwrap());
    assert_eq!(from_str::<Everything>(&text).unwrap(), everything());
    let pretty = serde_json::to_string_pretty(&everything()).unwrap();
    assert_eq!(from_str::<Everything>(&pretty).unwrap(), everything());

    assert_eq!(to_string(&Wrapped(1)).unwrap(), "1");
    assert_eq!(from_str::<Wrapped>("1"), Ok(Wrapped(1)));
    assert_eq!(to_string(&Nothing).unwrap(), "null");
    assert_eq!(from_str::<Nothing>("null"), Ok(Nothing));
    assert_eq!(from_str::<Shape>(r#"{"Unit":null}"#), Ok(Shape::Unit));
    assert_eq!(
        from_str::<Shape>(r#" { "Newtype" : 1 } "#),
        Ok(Shape::Newtype(1))
    );
    assert_eq!(to_string(&format_args!("\"{}\"", 1)).unwrap(), r#""\"1\"""#);
}

#[test]
fn wrong_shapes_are_refused() {
    for text in [
        "{}",
        "[]",
        r#""Newtype""#,
        r#""Other""#,
        r#"{"Unit":1}"#,
        r#"{"Newtype":1,"Unit":null}"#,
        r#"{"Tuple":[1]}"#,
        r#"{"Tuple":[1,2,3]}"#,
        r#"{"Tuple":{}}"#,
        r#"{"Struct":[1]}"#,
        "null",
        "1",
        r#"{"Newtype"}"#,
        r#"{"Newtype":1"#,
    ] {
        assert!(from_str::<Shape>(text).is_err(), "{text}");
    }
    for text in ["[1]", "[1,2,3]", "[1,2", "[1,2,]", "[1 2]", "[]", "{}"] {
        assert!(from_str::<(u8, u8)>(text).is_err(), "{text}");
    }
    for text in [
        r#"{"x":1}"#,
        r#"{"":1}"#,
        r#"{"1 ":1}"#,
        r#"{"+1":1}"#,
        r#"{"01":1}"#,
        r#"{"300":1}"#,
    ] {
        assert!(from_str::<BTreeMap<u8, u8>>(text).is_err(), "{text}");
    }
    assert_eq!(
        from_str::<BTreeMap<u8, u8>>(r#"{"\u0031":1}"#),
        Ok([(1, 1)].into())
    );
    assert_eq!(
        from_str::<BTreeMap<i128, u8>>(r#"{"-1":1}"#),
        Ok([(-1, 1)].into())
    );
    assert!(from_str::<BTreeMap<bool, u8>>(r#"{"yes":1}"#).is_err());
    assert!(from_str::<char>(r#""ab""#).is_err());
    assert!(from_str::<bool>("0").is_err());
}

#[test]
fn keys_that_are_not_strings_are_refused() {
    let nested: BTreeMap<Vec<u8>, u8> = [(vec![1], 1)].into();
    assert_eq!(to_string(&nested), Err(EncodeError::Key));
    let unit: BTreeMap<(), u8> = [((), 1)].into();
    assert_eq!(to_string(&unit), Err(EncodeError::Key));
}

#[test]
fn nesting_is_limited() {
    fn nested(depth: usize, open: &str, close: &str) -> String {
        open.repeat(depth) + "1" + &close.repeat(depth)
    }
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (" [ ", " ] ")] {
        for depth in [MAX_NESTING - 1, MAX_NESTING] {
            let text = nested(depth, open, close);
            assert!(from_str::<Value>(&text).is_ok(), "{depth}");
            assert!(from_str::<IgnoredAny>(&text).is_ok(), "{depth}");
            assert!(from_str_with::<Value>(&text, &[vec![]]).is_ok(), "{depth}");
        }
        for depth in [MAX_NESTING + 1, 100_000] {
            let text = nested(depth, open, close);
            let expected = DecodeErrorKind::Text(ScanErrorKind::Nesting);
            assert_eq!(from_str::<Value>(&text).unwrap_err().kind(), &expected);
            assert_eq!(from_str::<IgnoredAny>(&text).unwrap_err().kind(), &expected);
            assert_eq!(
                from_str_with::<Value>(&text, &[vec![]]).unwrap_err().kind(),
                &expected
            );
        }
    }
    // Closed arrays and objects no longer count.
    let wide = format!("[{}1]", "[[[]]],".repeat(1000));
    assert!(from_str::<Value>(&wide).is_ok());
    // The levels around a skipped value count, too.
    let inner = nested(MAX_NESTING - 1, "[", "]");
    assert!(from_str::<(IgnoredAny,)>(&format!("[{inner}]")).is_ok());
    assert!(from_str::<(IgnoredAny,)>(&format!("[[{inner}]]")).is_err());
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
struct Album {
    cover: Binary,
    back: Option<Binary>,
    pages: Vec<(u8, Binary)>,
    by_name: BTreeMap<String, Binary>,
    inner: Option<Box<Album>>,
}

fn album() -> Album {
    Album {
        cover: Binary::from([1]),
        back: Some(Binary::default()),
        pages: vec![(1, Binary::from([2, 2])), (2, Binary::from([3]))],
        by_name: [("x\ny".to_owned(), Binary::from([4]))].into(),
        inner: Some(Box::new(Album {
            cover: Binary::from([5]),
            ..Album::default()
        })),
    }
}

#[test]
fn m4_bytes_become_placeholders_depth_first() {
    let mut text = String::from("51-");
    let mut attachments = vec![vec![0]];
    json::write(&album(), &mut text, &mut attachments).unwrap();
    assert!(
        text.starts_with(r#"51-{"cover":{"_placeholder":true,"num":1},"back":{"#),
        "{text}"
    );
    assert_eq!(
        attachments,
        [
            vec![0],
            vec![1],
            vec![],
            vec![2, 2],
            vec![3],
            vec![4],
            vec![5]
        ]
    );
    let text = text.strip_prefix("51-").unwrap();
    assert_eq!(from_str_with::<Album>(text, &attachments).unwrap(), album());
    // The reader looks a placeholder up by its position: white space must not matter.
    let tree: Value = serde_json::from_str(text).unwrap();
    let pretty = serde_json::to_string_pretty(&tree).unwrap();
    assert_eq!(
        from_str_with::<Album>(&pretty, &attachments).unwrap(),
        album()
    );
}

#[test]
fn attachments_are_borrowed_and_found_by_any() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Part {
        Number(u8),
        // Before the string: serde's `String` accepts bytes too, if they are UTF-8.
        Bytes(Binary),
        Text(String),
    }

    let attachments = [vec![1, 2], vec![3]];
    let text = r#"[1,{"num":1,"_placeholder":true},"x",{"_placeholder":true,"num":0,"more":[{}]}]"#;
    let parts: Vec<Part> = from_str_with(text, &attachments).unwrap();
    assert_eq!(
        parts,
        [
            Part::Number(1),
            Part::Bytes(Binary::from([3])),
            Part::Text("x".into()),
            Part::Bytes(Binary::from([1, 2])),
        ]
    );
    let (_, bytes, ..): (IgnoredAny, &[u8], IgnoredAny, IgnoredAny) =
        from_str_with(text, &attachments).unwrap();
    assert_eq!(bytes, [3]);
    assert_eq!(bytes.as_ptr(), attachments[1].as_ptr());
}

#[test]
fn bytes_where_there_are_none_are_refused() {
    let error = |text| {
        from_str_with::<Binary>(text, &[vec![1]])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error("1"),
        "found a number, expected an attachment or an array of bytes at byte 0"
    );
    assert_eq!(
        error(" {}"),
        "found an object, expected an attachment or an array of bytes at byte 1"
    );
    assert_eq!(
        error("\"a\""),
        "found a string, expected an attachment or an array of bytes at byte 0"
    );
    assert!(from_str::<Binary>(r#"{"_placeholder":true,"num":0}"#).is_err());
    assert_eq!(from_str::<Binary>("[1, 255]"), Ok(Binary::from([1, 255])));
    assert!(from_str::<Binary>("[256]").is_err());
    let placeholder = r#"{"_placeholder":true,"num":0}"#;
    assert_eq!(
        from_str_with::<Shape>(placeholder, &[vec![]])
            .unwrap_err()
            .to_string(),
        "found an attachment, expected enum Shape at byte 0"
    );
    assert_eq!(
        from_str_with::<BTreeMap<String, Value>>(placeholder, &[vec![]])
            .unwrap_err()
            .to_string(),
        "found an attachment, expected a map at byte 0"
    );
    assert_eq!(
        from_str_with::<String>(placeholder, &[vec![]])
            .unwrap_err()
            .to_string(),
        "found an attachment, expected a string at byte 0"
    );
}

#[test]
fn bytes_in_plain_json_are_refused() {
    assert_eq!(to_string(&album()), Err(EncodeError::Bytes));
    // Without attachments a placeholder is an ordinary object.
    let text = r#"{"_placeholder":true,"num":0}"#;
    assert_eq!(
        from_str::<Value>(text).unwrap(),
        value!({"_placeholder": true, "num": 0})
    );
}

#[test]
fn after_an_error_nothing_was_written() {
    struct Broken;

    impl Serialize for Broken {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("broken"))
        }
    }

    let (mut text, mut attachments) = (String::from("2"), vec![vec![9]]);
    let written = json::write(&(Binary::from([1]), Broken), &mut text, &mut attachments);
    assert_eq!(written, Err(EncodeError::Custom("broken".into())));
    assert_eq!((text.as_str(), attachments.len()), ("2", 1));
}

fn compact(text: &str, attachments: usize) -> Result<String, json::ScanError> {
    let mut out = String::new();
    json::compact(text, attachments, &mut out, |num, out| {
        *out += &format!("<{num}>")
    })?;
    Ok(out)
}

#[test]
fn m9_compact_replaces_placeholders() {
    for (text, expected) in [
        (r#" [ 1 , "a b \" {" , { } ] "#, r#"[1,"a b \" {",{}]"#),
        (r#"{"_placeholder":true,"num":0}"#, "<0>"),
        (r#"[{"_placeholder" : true , "num" : 1 } , 2]"#, "[<1>,2]"),
        (r#"{"num":1,"x":[1],"_placeholder":true}"#, "<1>"),
        (
            r#"{"_placeholder":1,"num":0}"#,
            r#"{"_placeholder":1,"num":0}"#,
        ),
        (
            r#"{"_placeholder":"true","num":7}"#,
            r#"{"_placeholder":"true","num":7}"#,
        ),
        (
            r#"{"_placeholder":true,"_placeholder":false}"#,
            r#"{"_placeholder":true,"_placeholder":false}"#,
        ),
        (
            r#"{"_placeholder":false,"_placeholder":true,"num":9,"num":1}"#,
            "<1>",
        ),
        (r#"{"_\u0070laceholder":true,"n\u0075m":1}"#, "<1>"),
        (r#"{"_placeholder":true,"num":1.0}"#, "<1>"),
        (r#"{"_placeholder":true,"num":-0}"#, "<0>"),
        // The content of a placeholder is ignored, as in the reference.
        (
            r#"{"_placeholder":true,"num":0,"in":{"_placeholder":true,"num":9}}"#,
            "<0>",
        ),
        (
            r#"[{"in":{"_placeholder":true,"num":0}},{"num":5}]"#,
            r#"[{"in":<0>},{"num":5}]"#,
        ),
        (
            r#"{"a":[{"_placeholder":true,"num":1}],"num":0}"#,
            r#"{"a":[<1>],"num":0}"#,
        ),
        (
            r#"["_placeholder",true,"num",0]"#,
            r#"["_placeholder",true,"num",0]"#,
        ),
    ] {
        assert_eq!(compact(text, 2).as_deref(), Ok(expected), "{text}");
    }
    for text in [
        r#"{"_placeholder":true}"#,
        r#"{"_placeholder":true,"num":2}"#,
        r#"{"_placeholder":true,"num":-1}"#,
        r#"{"_placeholder":true,"num":0.5}"#,
        r#"{"_placeholder":true,"num":"0"}"#,
        r#"{"_placeholder":true,"num":null}"#,
        r#"{"_placeholder":true,"num":[0]}"#,
        r#"{"_placeholder":true,"num":0,"num":2}"#,
        r#"{"_placeholder":true,"num":1e99}"#,
    ] {
        let nested = format!("[[ ],{text}]");
        let error = compact(&nested, 2).unwrap_err();
        assert_eq!(
            (error.kind, error.offset),
            (ScanErrorKind::Placeholder, 5),
            "{text}"
        );
        let error = from_str_with::<IgnoredAny>(&nested, &[vec![], vec![]]).unwrap_err();
        assert_eq!(
            error.kind(),
            &DecodeErrorKind::Text(ScanErrorKind::Placeholder),
            "{text}"
        );
        // Without attachments it is an ordinary object.
        assert_eq!(compact(text, 0).as_deref(), Ok(text));
    }
    assert!(compact("[1,]", 0).is_err());
    assert!(compact("[1] 2", 0).is_err());
}

#[test]
fn json_stays_valid_after_many_levels() {
    let text = "[".repeat(1000) + &"]".repeat(1000);
    assert_eq!(compact(&text, 1).as_deref(), Ok(&*text));
}
