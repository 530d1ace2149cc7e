//! The page in the game's APICloud app, for which there is a stand-in.

use std::fs;

use serde_json::{Value, json};

use super::{Case, everywhere, on_flask, short_lived};
use crate::apicloud::Arrives::{After, Never};
use crate::apicloud::{App, AppStore};
use crate::environment::Environment;
use crate::page::Store;
use crate::runner::Stage;
use crate::site::{self, AS_BUILT, IN_APICLOUD, QUIET};
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "apicloud_signs_in_in_the_login_window",
        signs_in_in_the_login_window,
    ),
    on_flask(
        "apicloud_prefers_the_session_in_memory",
        prefers_the_session_in_memory,
    ),
    on_flask("apicloud_defines_its_api_late", defines_its_api_late),
    on_flask("apicloud_never_defines_its_api", never_defines_its_api),
    on_flask(
        "apicloud_is_configured_and_missing",
        is_configured_and_missing,
    ),
    on_flask(
        "apicloud_defines_its_api_after_sign_in",
        defines_its_api_after_sign_in,
    ),
    short_lived(on_flask(
        "apicloud_stores_a_refreshed_token_on_the_device",
        stores_a_refreshed_token_on_the_device,
    )),
    short_lived(on_flask(
        "apicloud_stores_a_refreshed_token_in_memory",
        stores_a_refreshed_token_in_memory,
    )),
    on_flask("apicloud_back_closes_the_window", back_closes_the_window),
    on_flask(
        "apicloud_reconnects_after_a_pause",
        reconnects_after_a_pause,
    ),
    on_flask(
        "apicloud_reports_the_network_state",
        reports_the_network_state,
    ),
    on_flask(
        "apicloud_opens_windows_and_toasts",
        opens_windows_and_toasts,
    ),
    on_flask(
        "apicloud_page_param_overrides_settings",
        page_param_overrides_settings,
    ),
    on_flask(
        "apicloud_keeps_what_the_page_says",
        keeps_what_the_page_says,
    ),
    on_flask(
        "apicloud_loads_the_widget_from_files",
        loads_the_widget_from_files,
    ),
];

/// After the page's first look for the app, and well within its grace period.
const SOON: u32 = 300;

/// After the page's grace period.
const LATE: u32 = 700;

/// Signs the user in at `/api` and returns the response.
fn login(stage: &Stage<'_>) -> Value {
    let user = &stage.server.user;
    let params = json!({ "account": user.account, "password": user.password });
    stage.server.call("User.login", &params, None)
}

/// Stores the response in the way in which the game's login window does: on the device all values
/// are strings.
fn keep(app: App<'_>, store: AppStore, told: &Value) {
    for key in ["access_token", "refresh_token", "id", "nickname"] {
        app.keep(store, key, &told[key]);
    }
}

/// Opens the page in an app whose user has signed in before.
fn signed_in<'a>(stage: &'a Stage<'_>, store: AppStore, path: &str, page_param: &Value) -> App<'a> {
    let Stage { page, server, .. } = stage;
    let app = App::around(page, After(SOON), page_param);
    page.visit(&server.url(path));
    keep(app, store, &login(stage));
    page.reload();
    page.wait_for_state("live");
    app
}

fn signs_in_in_the_login_window(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, server, .. } = stage;
    let app = App::around(page, After(SOON), &Value::Null);
    page.visit(&server.url(QUIET));
    let opened = app.wait_for_calls("openWin", 1);
    assert_eq!(
        opened,
        [json!({
            "name": "login", "url": "login.html", "pageParam": {}, "bounces": false, "reload": true,
            "animation": { "type": "push", "subType": "from_right", "duration": 300 },
        })]
    );
    page.wait_for_presence("sign-in-elsewhere", true);
    assert_eq!(page.wire().calls, 0, "asked for without a token");

    // The window was closed without a sign-in: the page shows a button, and does not open the
    // window again by itself.
    app.tell("viewappear");
    page.click("open-sign-in");
    app.wait_for_calls("openWin", 2);

    let told = login(stage);
    keep(app, AppStore::Prefs, &told);
    app.tell("viewappear");
    page.wait_for_state("live");
    let logins = page.wire().sent("login");
    // The device's store returns text.
    assert_eq!(logins, [json!({ "uid": told["id"].to_string() })]);
    assert_eq!(app.called("openWin").len(), 2);
}

/// The app's memory has the current user; the device still has the token of another one.
fn prefers_the_session_in_memory(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = signed_in(stage, AppStore::Global, QUIET, &Value::Null);
    let Stage { page, .. } = stage;
    app.keep(AppStore::Prefs, "access_token", &json!("not.a.token"));
    page.reload();
    page.wait_for_state("live");
    // A number in memory is sent as text.
    assert_eq!(page.wire().sent("login"), [json!({ "uid": "1" })]);
}

fn defines_its_api_late(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, server, .. } = stage;
    let app = App::around(page, After(LATE), &Value::Null);
    page.visit(&server.url(QUIET));
    // The page may have shown its own form by then.
    app.wait_for_calls("openWin", 1);
    page.wait_for_presence("sign-in-elsewhere", true);
    page.wait_for_presence("sign-in", false);
    keep(app, AppStore::Prefs, &login(stage));
    app.tell("viewappear");
    stage.page.wait_for_state("live");
}

fn never_defines_its_api(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, server, .. } = stage;
    App::around(page, Never, &Value::Null);
    page.visit(&server.url(QUIET));
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    assert!(page.stored(Store::Device, "access_token").is_some());
}

fn is_configured_and_missing(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, server, .. } = stage;
    App::around(page, Never, &Value::Null);
    page.visit(&server.url(IN_APICLOUD));
    page.wait_for_toast("apicloud");
    page.tap_toasts_away();
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

/// A player with a session of the browser stays signed in, and the page goes on using the browser's
/// stores.
fn defines_its_api_after_sign_in(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = &*stage;
    let app = App::around(page, Never, &Value::Null);
    page.visit(&server.url("/home.html"));
    let told = login(stage);
    for key in ["access_token", "refresh_token"] {
        page.put(Store::Device, key, told[key].as_str().expect("a token"));
    }
    page.put(Store::Device, "id", "1");
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    app.arrive();
    // Once the page responds to a click, it has processed the arrival of the app.
    page.click("menu-help");
    page.wait_for_presence("help", true);
    assert_eq!(page.state(), "live");
    assert!(app.called("getPrefs").is_empty());
    assert!(app.called("openWin").is_empty());
    assert_eq!(page.wire().sockets, 1);
}

fn stores_a_refreshed_token_on_the_device(stage: &mut Stage<'_>) {
    refreshed(stage, AppStore::Prefs, AppStore::Global);
}

fn stores_a_refreshed_token_in_memory(stage: &mut Stage<'_>) {
    refreshed(stage, AppStore::Global, AppStore::Prefs);
}

fn refreshed(stage: &Stage<'_>, kept: AppStore, other: AppStore) {
    let app = signed_in(stage, kept, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    let old = app.kept(kept, "access_token");
    wait_for("the token to expire", || {
        let answer = server.call("User.check", &json!({}), old.as_str());
        if answer["errno"] == 1005 {
            Ok(())
        } else {
            Err(answer.to_string())
        }
    });
    page.reload();
    page.wait_for_state("live");
    let new = app.kept(kept, "access_token");
    assert!(new.is_string(), "{new}");
    assert_ne!(new, old, "the token was not refreshed");
    assert_eq!(app.kept(other, "access_token"), Value::Null);
    assert!(app.called("openWin").is_empty());
}

fn back_closes_the_window(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    page.click("back");
    let closed = json!({ "name": "orchard" });
    assert_eq!(app.wait_for_calls("closeWin", 1)[0], closed);

    // The device's back key closes an open panel first.
    page.click("menu-help");
    page.wait_for_presence("help", true);
    app.tell("keyback");
    page.wait_for_presence("help", false);
    assert_eq!(app.called("closeWin").len(), 1);
    app.tell("keyback");
    assert_eq!(app.wait_for_calls("closeWin", 2)[1], closed);
    assert_eq!(page.session().url(), server.url(QUIET));
}

fn reconnects_after_a_pause(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    let connections = || server.state()["connections"].as_array().map_or(0, Vec::len);
    assert_eq!(connections(), 1);
    app.tell("pause");
    wait_for("the server to see nobody", || match connections() {
        0 => Ok(()),
        many => Err(format!("{many} connections")),
    });
    app.sleep(60_000);
    app.tell("resume");
    page.wait_for_state("live");
    wait_for("the server to see the player again", || {
        match connections() {
            1 => Ok(()),
            many => Err(format!("{many} connections")),
        }
    });
    let wire = page.wire();
    assert_eq!(wire.ids().len(), 2);
    assert_eq!(wire.sent("login").len(), 2, "one login a connection");
}

/// The app's event counts like the browser's: see `offline_and_back`.
fn reports_the_network_state(stage: &mut Stage<'_>) {
    let Stage {
        page,
        server,
        environment,
        ..
    } = stage;
    page.expect_console("WebSocket connection to");
    let app = App::around(page, After(SOON), &Value::Null);
    page.visit(&server.url(QUIET));
    let user = &server.user;
    let params = json!({ "account": user.account, "password": user.password });
    keep(
        app,
        AppStore::Prefs,
        &server.call("User.login", &params, None),
    );
    page.reload();
    page.wait_for_state("live");

    server.kill(page);
    page.wait_for_state("reconnecting");
    app.tell("offline");
    page.wait_for_state("offline");
    server.go(environment);
    app.tell("online");
    page.wait_for_state("live");
}

fn opens_windows_and_toasts(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = signed_in(stage, AppStore::Prefs, QUIET, &json!({ "shop": "market" }));
    let Stage { page, .. } = stage;
    let toasts = wait_for("the toasts of the welcome", || {
        let toasts = app.called("toast");
        let said = |text: &str| {
            toasts
                .iter()
                .any(|toast| toast["msg"].as_str().is_some_and(|it| it.contains(text)))
        };
        if said("登录成功") && said("欢迎") {
            Ok(toasts.clone())
        } else {
            Err(format!("{toasts:?}"))
        }
    });
    for toast in toasts {
        assert_eq!(toast["duration"], 3000, "{toast}");
        assert_eq!(toast["location"], "middle", "{toast}");
    }
    assert_eq!(page.toasts(), 0, "the page toasts, too");
    page.click("menu-shop");
    let opened = app.wait_for_calls("openWin", 1);
    assert_eq!(opened[0]["name"], "market");
    assert_eq!(opened[0]["url"], "market.html");
}

fn page_param_overrides_settings(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let param = json!({ "chat": false, "language": "en", "name": "orchard" });
    let app = signed_in(stage, AppStore::Prefs, AS_BUILT, &param);
    let Stage { page, .. } = stage;
    assert!(page.wire().sent("chat").is_empty(), "a push was asked for");
    let language = page.session().run("return document.documentElement.lang");
    assert_eq!(language, "en");
    // An unknown key is reported, as for the settings of the page.
    page.wait_for_toast("name");
    assert!(app.called("openWin").is_empty());
}

fn keeps_what_the_page_says(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, .. } = stage;
    page.click("wallet");
    page.click("sign-out");
    app.wait_for_calls("openWin", 1);
    for (store, key) in [
        (AppStore::Prefs, "access_token"),
        (AppStore::Prefs, "refresh_token"),
        (AppStore::Prefs, "id"),
        (AppStore::Global, "access_token"),
    ] {
        let left = app.kept(store, key);
        assert!(left.is_null() || left == "", "{key} in {store:?}: {left}");
    }

    // The page's own form is available, and stores the tokens in the app's stores.
    page.click("sign-in-here");
    page.sign_in(&stage.server.user, true);
    page.wait_for_state("live");
    let token = app.kept(AppStore::Prefs, "access_token");
    assert!(
        token.as_str().is_some_and(|token| !token.is_empty()),
        "{token}"
    );
    assert_eq!(page.stored(Store::Device, "access_token"), None);
}

/// Opens the package from the device: no server serves the page, and the browser loads no modules
/// and fetches no files from `file:` addresses.
fn loads_the_widget_from_files(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    // The folder is kept until the page is closed: a browser may request the icon last.
    let widget = server.folder().join("widget");
    fs::create_dir(&widget).expect("a folder for the widget");
    site::copy(&Environment::widget(), &widget);
    let document = widget.join("html/orchard.html");
    let html = fs::read_to_string(&document).expect("the page of the widget");
    let settings =
        json!({ "socket_server": server.url(""), "api": server.url("/api"), "chat": false });
    fs::write(&document, site::with_settings(&html, &settings)).expect("the page is written");
    // The origin that a browser sends for a file.
    server.control("settings", &json!({ "allow_origin": "null" }));
    let user = &server.user;
    let params = json!({ "account": user.account, "password": user.password });
    let told = server.call("User.login", &params, None);

    let app = App::around(page, After(SOON), &Value::Null);
    page.visit(&format!("file://{}", document.display()));
    app.wait_for_calls("openWin", 1);
    keep(app, AppStore::Prefs, &told);
    app.tell("viewappear");
    page.wait_for_state("live");
    page.click("wallet");
    page.wait_for_presence("version", true);
    let version = page.text("version").expect("the version");
    let [.., number, commit, host] = version.split(' ').collect::<Vec<_>>()[..] else {
        panic!("no version and commit: {version}")
    };
    assert_eq!(number, env!("CARGO_PKG_VERSION"), "{version}");
    assert!(commit.len() > 6, "{version}");
    assert_eq!(host, "apicloud", "{version}");

    let broken = page.session().run(
        "return [...document.images].filter((it) => it.complete && !it.naturalWidth).map((it) => it.src)",
    );
    assert_eq!(broken, json!([]), "pictures that could not be loaded");
}
