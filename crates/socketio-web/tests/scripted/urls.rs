use js_sys::Function;
use socketio_web::{Builder, OpenError, Socket};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::owned::Owned;
use crate::support::script::{HANDSHAKE, Script};

const QUERY: &str = "EIO=4&transport=websocket";

fn url(builder: Builder) -> String {
    let script = Script::install();
    let _socket = Owned(builder.connect().unwrap());
    script.last().url()
}

fn namespace(url: &str) -> String {
    let socket = Owned(Socket::builder(url).build().unwrap());
    socket.namespace().unwrap()
}

fn page_host() -> String {
    web_sys::window().unwrap().location().host().unwrap()
}

#[wasm_bindgen_test]
fn a2_no_url_is_the_page_s_own_server() {
    let own = format!("ws://{}/socket.io/?{QUERY}", page_host());
    assert_eq!(url(Socket::builder("")), own);
    assert_eq!(namespace(""), "/");
}

#[wasm_bindgen_test]
fn a3_relative_urls() {
    let own = format!("ws://{}/socket.io/?{QUERY}", page_host());
    assert_eq!(url(Socket::builder("/x")), own);
    assert_eq!(namespace("/x"), "/x");
    let other = format!("ws://h:1/socket.io/?{QUERY}");
    assert_eq!(url(Socket::builder("//h:1/x")), other);
    assert_eq!(namespace("//h:1/x"), "/x");
}

#[wasm_bindgen_test]
fn a4_without_a_scheme_the_page_s_is_used() {
    let other = format!("ws://h:8080/socket.io/?{QUERY}");
    assert_eq!(url(Socket::builder("h:8080/x")), other);
    assert_eq!(namespace("h:8080/x"), "/x");
}

/// Makes the page appear to have another address: sets the origin of its URL, and the page's own
/// origin.
fn from_elsewhere<R>(address: &str, own: &str, f: impl FnOnce() -> R) -> R {
    let script = format!(
        "(() => {{
            const real = Reflect.get;
            const page = {{ location: {{ origin: {address:?} }}, origin: {own:?} }};
            Reflect.get = (object, name) =>
                (object === globalThis && name in page ? page : object)[name];
            return () => {{ Reflect.get = real; }};
        }})()"
    );
    let restore: Function = js_sys::eval(&script).unwrap().unchecked_into();
    let result = f();
    restore.call0(&JsValue::NULL).unwrap();
    result
}

#[wasm_bindgen_test]
fn a2_a3_a4_a_page_without_a_server_in_its_url_uses_its_origin() {
    // `about:srcdoc` and similar, and a sandboxed page, which has only the origin of its URL.
    for (address, own) in [("null", "https://h:1"), ("https://h:1", "null")] {
        from_elsewhere(address, own, || {
            assert_eq!(
                url(Socket::builder("")),
                format!("wss://h:1/socket.io/?{QUERY}")
            );
            assert_eq!(namespace("/x"), "/x");
            for other in ["other:2", "//other:2"] {
                let expected = format!("wss://other:2/socket.io/?{QUERY}");
                assert_eq!(url(Socket::builder(other)), expected);
            }
        });
    }
}

#[wasm_bindgen_test]
fn browsers_report_the_origin_of_a_document_without_a_url() {
    let script = "(() => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        const { location, origin } = frame.contentWindow;
        const found = [location.origin, origin, origin === self.origin];
        frame.remove();
        return found.join(' ');
    })()";
    let found = js_sys::eval(script).unwrap().as_string().unwrap();
    assert_eq!(found, format!("null http://{} true", page_host()));
}

#[wasm_bindgen_test]
fn a2_a3_a4_a_page_without_a_server_gets_an_error_that_asks_for_one() {
    let script = Script::install();
    // From a file, from `data:` or a sandbox within one, and from apps.
    for (address, own) in [
        ("file://", "null"),
        ("null", "null"),
        ("tauri://localhost", "tauri://localhost"),
        ("capacitor://localhost", "capacitor://localhost"),
        ("chrome-extension://abc", "chrome-extension://abc"),
        ("httpx://h", "httpx://h"),
        ("", ""),
    ] {
        from_elsewhere(address, own, || {
            for own in ["", "/x"] {
                let error = Socket::builder(own).connect().unwrap_err();
                assert!(matches!(error, OpenError::NoHost), "{address} {own}");
            }
            for bare in ["h:1", "//h:1/x", "localhost"] {
                let error = Socket::builder(bare).connect().unwrap_err();
                assert!(
                    matches!(&error, OpenError::Url(text) if text == bare),
                    "{error}"
                );
                assert!(error.to_string().contains("http(s)://"), "{error}");
            }
            let opened = Owned(Socket::builder("https://h").connect().unwrap());
            assert_eq!(opened.namespace().as_deref(), Some("/"));
        });
    }
    assert_eq!(script.count(), 7, "those that name their server");
}

#[wasm_bindgen_test]
fn a5_default_ports() {
    for (given, origin) in [
        ("http://h:80", "ws://h"),
        ("ws://h", "ws://h"),
        ("https://h:443", "wss://h"),
        ("wss://h", "wss://h"),
        ("http://h:443", "ws://h:443"),
        ("HTTPS://h:80", "wss://h:80"),
    ] {
        let expected = format!("{origin}/socket.io/?{QUERY}");
        assert_eq!(url(Socket::builder(given)), expected, "{given}");
    }
}

#[wasm_bindgen_test]
fn a6_the_path_is_the_namespace_unchanged() {
    for (url, expected) in [
        ("http://h", "/"),
        ("http://h/", "/"),
        ("http://h/mofang", "/mofang"),
        ("http://h/admin/?x=1", "/admin/"),
        ("http://h/a/b#c", "/a/b"),
        ("http://h/种植园", "/种植园"),
        ("http://h/%20", "/%20"),
        ("http://h?x=/y", "/"),
    ] {
        assert_eq!(namespace(url), expected, "{url}");
    }
}

#[wasm_bindgen_test]
fn a6_the_option_replaces_the_path() {
    let script = Script::install();
    let builder = Socket::builder("http://h/x").namespace("admin");
    let socket = Owned(builder.connect().unwrap());
    assert_eq!(socket.namespace().as_deref(), Some("/admin"));
    script.last().deliver(HANDSHAKE);
    assert_eq!(script.last().sent(), ["40/admin,"]);
}

#[wasm_bindgen_test]
fn a9_w15_the_queries_of_url_and_option_are_merged_and_the_option_takes_precedence() {
    let builder = Socket::builder("http://h/?c=d%20e&a=1+2&x=url&flag")
        .query("e", "f&g")
        .query("x", "option");
    assert_eq!(
        url(builder),
        format!("ws://h/socket.io/?c=d%20e&a=1%2B2&flag=&e=f%26g&x=option&{QUERY}")
    );
    // A malformed escape is kept literally.
    assert_eq!(
        url(Socket::builder("http://h/?a=%zz")),
        format!("ws://h/socket.io/?a=%25zz&{QUERY}")
    );
}

#[wasm_bindgen_test]
fn i6_the_user_s_query_comes_first_and_does_not_change_the_protocol_s() {
    let builder = Socket::builder("http://h")
        .query("token", "果")
        .query("EIO", "3")
        .query("transport", "polling");
    assert_eq!(
        url(builder),
        format!("ws://h/socket.io/?token=%E6%9E%9C&{QUERY}")
    );
}

#[wasm_bindgen_test]
fn b3_path_of_the_requests() {
    for (path, expected) in [
        ("/chat", "ws://h/chat/?"),
        ("chat/", "ws://h/chat/?"),
        ("/a/b/", "ws://h/a/b/?"),
        ("/", "ws://h/?"),
    ] {
        let builder = Socket::builder("http://h/ns").path(path);
        assert_eq!(url(builder), format!("{expected}{QUERY}"), "{path}");
    }
}

#[wasm_bindgen_test]
fn i8_the_path_ends_with_a_slash_unless_disabled() {
    for (path, with, without) in [
        ("/chat/", "ws://h/chat/?", "ws://h/chat?"),
        ("/", "ws://h/?", "ws://h?"),
    ] {
        let builder = || Socket::builder("http://h/ns").path(path);
        let with_slash = builder().add_trailing_slash(true);
        assert_eq!(url(with_slash), format!("{with}{QUERY}"));
        let without_slash = builder().add_trailing_slash(false);
        assert_eq!(url(without_slash), format!("{without}{QUERY}"));
    }
}

#[wasm_bindgen_test]
fn k17_ipv6_keeps_its_brackets() {
    let expected = format!("ws://[::1]:3000/socket.io/?{QUERY}");
    assert_eq!(url(Socket::builder("http://[::1]:3000/x")), expected);
    assert_eq!(namespace("http://[::1]:3000/x"), "/x");
}

#[wasm_bindgen_test]
fn a_url_without_a_server_is_an_error() {
    for url in ["ftp://h", "http://", "http://h:99999", "file:///x"] {
        let error = Socket::builder(url).connect().unwrap_err();
        assert!(
            matches!(&error, OpenError::Url(text) if text == url),
            "{url}: {error}"
        );
        assert!(error.to_string().contains(url), "{error}");
    }
}

#[wasm_bindgen_test]
fn a_namespace_that_can_t_be_encoded_is_an_error() {
    let script = Script::install();
    let error = Socket::builder("http://h/a,b").connect().unwrap_err();
    assert!(matches!(error, OpenError::Namespace(_)), "{error}");
    assert_eq!(script.count(), 0);
}
