//! JSON-RPC as other servers send it.

mod readers;

use orchard_contract::rpc::user::{
    Check, CheckResult, Info, InfoResult, Login, LoginParams, LoginResult, Logout, NoParams,
    Refresh, RefreshResult,
};
use orchard_contract::rpc::{
    ErrorObject, Id, Method, MethodResult, Request, Response, TokenKind, code,
};
use orchard_contract::{Errno, Money, Secret, UserId};
use readers::from_str;
use serde_json::{json, to_value};

#[test]
fn every_method_has_the_name_and_the_token_of_the_contract() {
    fn row<M: Method>() -> (&'static str, TokenKind) {
        (M::NAME, M::TOKEN)
    }
    assert_eq!(row::<Login>(), ("User.login", TokenKind::None));
    assert_eq!(row::<Check>(), ("User.check", TokenKind::Access));
    assert_eq!(row::<Refresh>(), ("User.refresh", TokenKind::Refresh));
    assert_eq!(row::<Logout>(), ("User.logout", TokenKind::Refresh));
    assert_eq!(row::<Info>(), ("User.info", TokenKind::Access));
}

#[test]
fn a_request_is_written_as_json_rpc_2() {
    let params = LoginParams {
        account: "demo".into(),
        password: Secret::new("p"),
        ..LoginParams::default()
    };
    let request = Request::of::<Login>("0b1c", params);
    assert_eq!(
        to_value(&request).unwrap(),
        json!({
            "jsonrpc": "2.0",
            "method": "User.login",
            "params": {"account": "demo", "password": "p"},
            "id": "0b1c",
        })
    );
    assert!(
        !format!("{request:?}").contains("\"p\""),
        "a password must not be printed"
    );
}

#[test]
fn login_is_read_with_all_its_irregular_fields() {
    let text = r#"{"jsonrpc":"2.0","id":"a","result":{
        "errno":1000,"errmsg":"ok","id":7,"nickname":"小明","avatar":null,
        "money":"12.5","credit":"30","access_token":"x","refresh_token":"y","more":[{}]}}"#;
    let response: Response<LoginResult> = from_str(text).unwrap();
    let result = response.result.unwrap();
    assert!(result.is_ok());
    assert_eq!(result.id, Some(UserId::Number(7)));
    assert_eq!(result.avatar, None);
    assert_eq!(result.money, Some(Money::from_cents(1250)));
    assert_eq!(result.credit, Some(30));
    assert_eq!(result.access_token, Some(Secret::new("x")));
    assert_eq!(response.id, Id::from("a"));
}

#[test]
fn a_business_failure_is_a_result() {
    let response: Response<CheckResult> =
        from_str(r#"{"id":"a","result":{"errno":1005,"errmsg":"过期"},"error":null}"#).unwrap();
    let result = response.result.unwrap();
    assert!(!result.is_ok());
    assert_eq!(result.errno(), Some(Errno::TOKEN_EXPIRED));
    assert_eq!(result.errmsg(), Some("过期"));
    assert_eq!(response.error, None);
}

#[test]
fn refresh_may_answer_with_the_bare_token() {
    let bare: Response<RefreshResult> = from_str(r#"{"result":"new"}"#).unwrap();
    let object: Response<RefreshResult> =
        from_str(r#"{"result":{"errno":1000,"errmsg":"ok","access_token":"new"}}"#).unwrap();
    for result in [bare.result.unwrap(), object.result.unwrap()] {
        assert!(result.is_ok());
        assert_eq!(result.access_token, Some(Secret::new("new")));
    }
    let empty: Response<RefreshResult> = from_str(r#"{"result":{"errno":1000}}"#).unwrap();
    assert!(
        !empty.result.unwrap().is_ok(),
        "an ok without a token is none"
    );
}

#[test]
fn refresh_may_give_the_next_refresh_token() {
    let text = r#"{"result":{"errno":1000,"access_token":"a","refresh_token":"r"}}"#;
    let response: Response<RefreshResult> = from_str(text).unwrap();
    let result = response.result.unwrap();
    assert_eq!(result.refresh_token, Some(Secret::new("r")));
}

#[test]
fn an_error_object_is_read_from_old_servers_and_new() {
    let text = r#"{"error":{"code":-32601,"message":"no","name":"MethodNotFound","data":null}}"#;
    let response: Response<InfoResult> = from_str(text).unwrap();
    assert_eq!(
        response.error,
        Some(ErrorObject::new(code::METHOD_NOT_FOUND, "no"))
    );
    assert_eq!(response.id, Id::Null);
    let invalid: Response<InfoResult> = from_str(r#"{"id":3,"error":{"code":"500"}}"#).unwrap();
    assert_eq!(
        invalid.error,
        Some(ErrorObject {
            code: Some(500),
            message: None
        })
    );
    assert_eq!(invalid.id, Id::Number(3));
}

#[test]
fn a_response_holds_either_result_or_error() {
    let result = Response::result(
        Id::Number(3),
        CheckResult {
            errno: Some(Errno::OK),
            errmsg: Some("ok".into()),
        },
    );
    assert_eq!(
        to_value(result).unwrap(),
        json!({"jsonrpc": "2.0", "result": {"errno": 1000, "errmsg": "ok"}, "id": 3})
    );
    let error: Response<NoParams> =
        Response::error(Id::Null, ErrorObject::new(code::PARSE_ERROR, "not JSON"));
    assert_eq!(
        to_value(error).unwrap(),
        json!({"jsonrpc": "2.0", "error": {"code": -32700, "message": "not JSON"}, "id": null})
    );
}

#[test]
fn money_is_exact_in_every_form() {
    let table = [
        ("0", Some(0)),
        ("12", Some(1200)),
        ("-12", Some(-1200)),
        ("12.5", Some(1250)),
        ("0.29", Some(29)),
        ("-0.29", Some(-29)),
        ("\"12.50\"", Some(1250)),
        ("\"-0.05\"", Some(-5)),
        ("\"12.999\"", Some(1299)),
        ("\"\"", None),
        ("\"1.\"", None),
        ("\"+1\"", None),
        ("\"1e3\"", None),
        ("\"99999999999999999999\"", None),
        ("1e300", None),
        ("18446744073709551615", None),
        ("null", None),
        ("[1]", None),
    ];
    for (text, cents) in table {
        let result: InfoResult = from_str(&format!(r#"{{"money":{text}}}"#)).unwrap();
        assert_eq!(result.money.map(Money::cents), cents, "{text}");
    }
    for (cents, text) in [(0, "0.00"), (5, "0.05"), (1250, "12.50"), (-29, "-0.29")] {
        assert_eq!(Money::from_cents(cents).to_string(), text);
        assert_eq!(text.parse(), Ok(Money::from_cents(cents)));
    }
    assert_eq!(to_value(Money::from_cents(1250)).unwrap(), json!(12.5));
}

#[test]
fn an_unknown_errno_is_kept() {
    let result: CheckResult = from_str(r#"{"errno":4711}"#).unwrap();
    assert_eq!(result.errno, Some(Errno::new(4711)));
    assert_eq!(Errno::new(4711).to_string(), "4711");
    assert_eq!(Errno::WRONG_PASSWORD.to_string(), "1009 (wrong password)");
    let negative: CheckResult = from_str(r#"{"errno":"-3"}"#).unwrap();
    assert_eq!(negative.errno, Some(Errno::new(-3)));
}

#[test]
fn every_errno_of_the_table_has_a_message_in_both_languages() {
    for code in [1000, 1001, 1004, 1005, 1006, 1007, 1008, 1009, 1017, 1019] {
        assert!(Errno::new(code).meaning().is_some(), "{code}");
        assert!(Errno::new(code).meaning_zh().is_some(), "{code}");
    }
}
