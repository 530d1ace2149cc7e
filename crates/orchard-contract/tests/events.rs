//! The events as other servers send them.

mod readers;

use orchard_contract::events::{
    Auth, Broadcast, BroadcastResponse, Chat, ErrorResponse, Login, LoginResponse, Message,
    Notices, RefusalData, ServerResponse, SomeEvent,
};
use orchard_contract::{Errno, Secret, UserId};
use readers::from_str;
use serde_json::{json, to_value};
use socketio_proto::Event;

#[test]
fn every_event_has_the_name_of_the_contract() {
    let names = [
        Message::NAME,
        Login::NAME,
        Chat::NAME,
        Broadcast::NAME,
        ServerResponse::NAME,
        LoginResponse::NAME,
        BroadcastResponse::NAME,
        Notices::NAME,
        SomeEvent::NAME,
        ErrorResponse::NAME,
    ];
    let contract = [
        "message",
        "login",
        "chat",
        "my_broadcast",
        "server_response",
        "login_response",
        "broadcast_response",
        "notices",
        "some event",
        "error_response",
    ];
    assert_eq!(names, contract);
}

#[test]
fn a_count_is_read_in_every_form_a_server_may_send() {
    let table = [
        (r#"{"count":12}"#, Some(12)),
        (r#"{"count":"12"}"#, Some(12)),
        (r#"{"count":" 12 "}"#, Some(12)),
        (r#"{"count":"12.0"}"#, Some(12)),
        (r#"{"count":12.0}"#, Some(12)),
        (r#"{"count":12.9}"#, Some(12)),
        (r#"{"count":0}"#, Some(0)),
        (r#"{"count":18446744073709551615}"#, Some(u64::MAX)),
        (r#"{"count":null}"#, None),
        (r#"{}"#, None),
        (r#"{"count":-1}"#, None),
        (r#"{"count":-0.5}"#, None),
        (r#"{"count":1e300}"#, None),
        (r#"{"count":"many"}"#, None),
        (r#"{"count":"12.x"}"#, None),
        (r#"{"count":""}"#, None),
        (r#"{"count":true}"#, None),
        (r#"{"count":[1,{"a":2}]}"#, None),
        (r#"{"count":{"n":[1]}}"#, None),
    ];
    for (text, count) in table {
        let event: ServerResponse = from_str(text).expect(text);
        assert_eq!(event.count, count, "{text}");
    }
}

#[test]
fn an_invalid_field_does_not_affect_the_others() {
    let event: ServerResponse = from_str(r#"{"count":{"a":[1]},"new":1,"sid":"s"}"#).unwrap();
    assert_eq!(
        event,
        ServerResponse {
            sid: Some("s".into()),
            ..ServerResponse::default()
        }
    );
}

#[test]
fn login_response_of_the_chapter_and_of_later_chapters() {
    let chapter: LoginResponse = from_str(r#"{"data":"登录成功"}"#).unwrap();
    assert_eq!(chapter.data.as_deref(), Some("登录成功"));
    assert_eq!(chapter.errno, None);

    let later: LoginResponse =
        from_str(r#"{"errno":"1000","errmsg":"ok","tree":{"total":3},"data":{"x":1}}"#).unwrap();
    assert_eq!(later.errno, Some(Errno::OK));
    assert_eq!(later.errmsg.as_deref(), Some("ok"));
    assert_eq!(later.data, None);
}

#[test]
fn a_broadcast_may_be_any_json() {
    let table = [
        (r#"{"text":"hi","from":{"id":7}}"#, Some("hi")),
        (r#"{"from":7}"#, None),
        (r#"{"text":5}"#, Some("5")),
        (r#""hi""#, Some("hi")),
        ("5", Some("5")),
        ("-5", Some("-5")),
        ("5.0", Some("5")),
        ("null", None),
        ("false", None),
        (r#"[1,["x"]]"#, None),
    ];
    for (text, expected) in table {
        let event: BroadcastResponse = from_str(text).expect(text);
        assert_eq!(event.text.as_deref(), expected, "{text}");
    }
}

#[test]
fn only_stamped_broadcasts_have_a_name_and_a_time() {
    let event = |text| from_str::<BroadcastResponse>(text).expect(text);
    let stamped = event(r#"{"nickname":"阿桃","text":"hi","at":1760000000000,"id":"m"}"#);
    assert_eq!(
        stamped,
        BroadcastResponse {
            text: Some("hi".into()),
            id: Some("m".into()),
            nickname: Some("阿桃".into()),
            at: Some(1_760_000_000_000),
        }
    );
    // A server broadcasts these unchanged, so the name is unverified.
    for text in [
        r#"{"data":"hi","nickname":"阿桃","at":1}"#,
        r#"{"nickname":"阿桃","at":1,"text":null}"#,
        r#"{"nickname":"阿桃","at":1}"#,
    ] {
        assert_eq!(
            (event(text).nickname, event(text).at),
            (None, None),
            "{text}"
        );
    }
    let invalid = event(r#"{"text":"hi","nickname":{"a":1},"at":"noon"}"#);
    assert_eq!((invalid.nickname, invalid.at), (None, None));
    assert_eq!(invalid.text.as_deref(), Some("hi"));
}

#[test]
fn the_errno_of_a_refusal_is_read_in_every_form() {
    for text in [r#"{"errno":1005}"#, r#"{"errno":"1005","more":[1]}"#] {
        let data: RefusalData = from_str(text).unwrap();
        assert_eq!(data.errno, Some(Errno::TOKEN_EXPIRED), "{text}");
    }
    assert_eq!(
        from_str::<RefusalData>(r#"{"code":7}"#).unwrap().errno,
        None
    );
}

#[test]
fn the_last_notices_are_read_whatever_each_is() {
    let Notices { notices } = from_str(r#"{"notices":[{"text":"a","at":1},"b",null]}"#).unwrap();
    let texts: Vec<_> = notices.iter().map(|it| it.text.as_deref()).collect();
    assert_eq!(texts, [Some("a"), Some("b"), None]);
    assert_eq!(from_str::<Notices>("{}").unwrap(), Notices::default());
}

#[test]
fn some_event_carries_its_number() {
    assert_eq!(
        from_str::<SomeEvent>(r#"{"data":42}"#).unwrap().data,
        Some(42)
    );
}

#[test]
fn uid_is_sent_in_its_own_form_and_read_in_both() {
    assert_eq!(
        to_value(Login { uid: "7".into() }).unwrap(),
        json!({"uid": "7"})
    );
    assert_eq!(
        to_value(Login { uid: 7.into() }).unwrap(),
        json!({"uid": 7})
    );
    assert_eq!(
        from_str::<Login>(r#"{"uid":"7"}"#).unwrap().uid,
        UserId::from("7")
    );
    assert_eq!(
        from_str::<Login>(r#"{"uid":7.0}"#).unwrap().uid,
        UserId::Number(7)
    );
    assert_eq!(UserId::Number(7).into_text(), UserId::from("7"));
}

#[test]
fn events_of_the_page_are_read_strictly() {
    for text in [
        "{}",
        r#"{"uid":null}"#,
        r#"{"uid":true}"#,
        r#"{"uid":-1}"#,
        r#"{"uid":1.5}"#,
        r#"{"uid":["7"]}"#,
        r#"{"uid":{"id":7}}"#,
        r#""7""#,
        "7",
        "null",
    ] {
        assert!(from_str::<Login>(text).is_err(), "{text}");
    }
}

#[test]
fn missing_fields_are_not_written() {
    let push = ServerResponse {
        count: Some(3),
        ..ServerResponse::default()
    };
    assert_eq!(to_value(push).unwrap(), json!({"count": 3}));
    let auth = Auth {
        token: Some(Secret::new("t")),
    };
    assert_eq!(to_value(auth).unwrap(), json!({"token": "t"}));
    assert_eq!(to_value(Auth::default()).unwrap(), json!({}));
}
