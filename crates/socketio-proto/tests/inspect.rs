//! The example `inspect`, line by line.

#[path = "../examples/inspect/lib.rs"]
mod inspect;

use inspect::{Inspector, Mode, answer};
use socketio_proto::Limits;

fn answers<const N: usize>(mode: Mode, lines: [&str; N]) -> [String; N] {
    let mut inspector = Inspector::new(Limits::default());
    lines.map(|line| answer(&mut inspector, mode, line.as_bytes()))
}

fn json<const N: usize>(lines: [&str; N]) -> [String; N] {
    answers(Mode::Json, lines)
}

fn plain<const N: usize>(lines: [&str; N]) -> [String; N] {
    answers(Mode::Plain { color: false }, lines)
}

#[test]
fn json_output_is_as_documented() {
    let answers = json([
        r#""42/mofang,7[\"login\",{\"uid\":\"7\"}]""#,
        r#""451-[\"x\",{\"_placeholder\":true,\"num\":0}]""#,
        r#"{"base64":"AQI="}"#,
        r#""42{}""#,
    ]);
    assert_eq!(
        answers,
        [
            r#"{"engine":"message","packet":{"type":"event","namespace":"/mofang","id":7,"data":["login",{"uid":"7"}]}}"#,
            r#"{"engine":"message","waiting":1}"#,
            r#"{"engine":"message","packet":{"type":"event","namespace":"/","id":null,"data":["x",{"base64":"AQI="}]}}"#,
            r#"{"engine":"message","error":{"kind":"invalid_payload","message":"invalid payload of event: it must be an array"}}"#,
        ]
    );
}

#[test]
fn json_reports_every_packet_of_the_engine() {
    assert_eq!(
        json([
            r#""0{\"sid\": \"x\"}""#,
            r#""1""#,
            r#""2""#,
            r#""2probe""#,
            r#""3""#,
            r#""3probe""#,
            r#""5""#,
            r#""6""#
        ]),
        [
            r#"{"engine":"open","data":{"sid":"x"}}"#,
            r#"{"engine":"close"}"#,
            r#"{"engine":"ping"}"#,
            r#"{"engine":"ping","data":"probe"}"#,
            r#"{"engine":"pong"}"#,
            r#"{"engine":"pong","data":"probe"}"#,
            r#"{"engine":"upgrade"}"#,
            r#"{"engine":"noop"}"#,
        ]
    );
    for (line, kind) in [
        (r#""""#, r#"{"error":{"kind":"empty_frame""#),
        (r#""7""#, r#"{"error":{"kind":"unknown_engine_type""#),
        (r#""b!""#, r#"{"error":{"kind":"invalid_base64""#),
        (
            r#""0{""#,
            r#"{"engine":"open","error":{"kind":"invalid_handshake""#,
        ),
    ] {
        let [answer] = json([line]);
        assert!(answer.starts_with(kind), "{line}: {answer}");
    }
}

#[test]
fn json_reports_every_packet() {
    assert_eq!(
        json([
            r#""40""#,
            r#""41/mofang""#,
            r#""43/a,3[ 1,\n2 ]""#,
            r#""44/a,{\"message\":\"no\"}""#,
            r#""461-0[{\"num\":0,\"_placeholder\":true}]""#,
            r#""bAQID""#,
            r#""42[1,{\"_placeholder\":true,\"num\":0}]""#,
        ]),
        [
            r#"{"engine":"message","packet":{"type":"connect","namespace":"/","id":null,"data":null}}"#,
            r#"{"engine":"message","packet":{"type":"disconnect","namespace":"/mofang","id":null,"data":null}}"#,
            r#"{"engine":"message","packet":{"type":"ack","namespace":"/a","id":3,"data":[1,2]}}"#,
            r#"{"engine":"message","packet":{"type":"connect_error","namespace":"/a","id":null,"data":{"message":"no"}}}"#,
            r#"{"engine":"message","waiting":1}"#,
            r#"{"engine":"message","packet":{"type":"ack","namespace":"/","id":0,"data":[{"base64":"AQID"}]}}"#,
            r#"{"engine":"message","packet":{"type":"event","namespace":"/","id":null,"data":[1,{"_placeholder":true,"num":0}]}}"#,
        ]
    );
}

#[test]
fn json_starts_afresh_after_a_reset_or_an_error() {
    let waiting = r#""451-[\"x\"]""#;
    let binary = r#"{"base64":"AQ=="}"#;
    for between in [r#"{"reset":true}"#, r#""42{}""#, waiting, r#""9""#] {
        let [_, reset, after] = json([waiting, between, binary]);
        assert!(after.contains("unexpected_binary"), "{between}: {after}");
        assert_eq!(reset == r#"{"reset":true}"#, between == r#"{"reset":true}"#);
    }
    // A ping and a packet without attachments may arrive in between, and an invalid line changes
    // nothing.
    for between in [r#""2""#, r#""42[\"y\"]""#, "", "x", "{}"] {
        let [_, _, after] = json([waiting, between, binary]);
        assert!(after.contains(r#""data":["x"]"#), "{between}: {after}");
    }
}

#[test]
fn json_continues_after_a_bad_line() {
    for line in [
        "",
        "x",
        "1",
        "null",
        "[]",
        "{}",
        "\"a",
        "{\"reset\":false}",
        "{\"reset\":1}",
        "{\"base64\":1}",
        "{\"base64\":\"!\"}",
        "{\"base64\":\"AQ==\",\"reset\":true}",
        "{\"b\":1}",
    ] {
        let [answer, next] = json([line, "\"2\""]);
        assert!(
            answer.starts_with(r#"{"error":{"kind":"invalid_input""#),
            "{line}: {answer}"
        );
        assert_eq!(next, r#"{"engine":"ping"}"#);
    }
    let mut inspector = Inspector::new(Limits::default());
    let answer = answer(&mut inspector, Mode::Json, b"\"\xff\"");
    assert!(answer.contains("UTF-8"), "{answer}");
}

#[test]
fn limits_are_those_of_the_decoder() {
    let mut inspector = Inspector::new(Limits {
        nesting: 1,
        ..Limits::default()
    });
    let answer = answer(&mut inspector, Mode::Json, br#""42[[1]]""#);
    assert!(answer.contains("nesting_too_deep"), "{answer}");
}

#[test]
fn plain_lines_are_aligned_and_accept_text_copied_from_developer_tools() {
    assert_eq!(
        plain([
            "\t42/mofang,7[\"login\", {\"uid\":\"7\"}]\r",
            "⬇\u{fe0f} 43/mofang,7[]",
            "451-[\"x\",{\"_placeholder\":true,\"num\":0}]",
            "bAQI=",
            "-> 2probe",
            "9",
            "  ",
            "reset",
            "42[\"\u{202e}\"]",
        ]),
        [
            "  message  event         /mofang    #7    [\"login\",{\"uid\":\"7\"}]",
            "⬇ message  ack           /mofang    #7    []",
            "  message  …             1 attachment to come",
            "  message  event         /                [\"x\",‹2 B 01 02›]",
            "→ ping     probe",
            "  ✗        unknown_engine_type: the frame begins with '9': an Engine.IO packet begins with 0 to 6, or b",
            "",
            "  ──────── a new connection",
            "  message  event         /                [\"\\u{202e}\"]",
        ]
    );
}
