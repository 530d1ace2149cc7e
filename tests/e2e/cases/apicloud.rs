//! The page in the game's APICloud app, for which there is a stand-in.

use std::fs;

use serde_json::{Value, json};

use super::{Case, everywhere, go_live, on_flask, short_lived};
use crate::apicloud::Definition::{After, Never};
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
    on_flask("apicloud_shows_toasts", shows_toasts),
    on_flask("apicloud_opens_windows", opens_windows),
    on_flask(
        "apicloud_page_param_overrides_settings",
        page_param_overrides_settings,
    ),
    on_flask(
        "apicloud_sign_out_clears_the_apps_stores",
        sign_out_clears_the_apps_stores,
    ),
    on_flask(
        "apicloud_form_of_the_page_uses_the_apps_stores",
        form_of_the_page_uses_the_apps_stores,
    ),
    on_flask(
        "apicloud_loads_the_widget_from_files",
        loads_the_widget_from_files,
    ),
];

/// After the page first looks for the app, and well within its grace period.
const SOON: u32 = 300;

/// After the page's grace period.
const LATE: u32 = 700;

/// Signs the user in at `/api` and returns the response.
fn login(stage: &Stage<'_>) -> Value {
    let user = &stage.server.user;
    let params = json!({ "account": user.account, "password": user.password });
    stage.server.call("User.login", &params, None)
}

/// Stores the response as the game's login window does: on the device all values are strings.
fn store_session(app: App<'_>, store: AppStore, session: &Value) {
    for key in ["access_token", "refresh_token", "id", "nickname"] {
        app.store(store, key, &session[key]);
    }
}

/// Opens the page in an app whose user has signed in before.
fn open_signed_in<'a>(
    stage: &'a Stage<'_>,
    store: AppStore,
    path: &str,
    page_param: &Value,
) -> App<'a> {
    let Stage { page, server, .. } = stage;
    let app = App::around(page, After(SOON), page_param);
    page.visit(&server.url(path));
    store_session(app, store, &login(stage));
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
    assert_eq!(page.wire().calls(), 0, "a call without a token");

    // If the window is closed without a sign-in, the page shows a button. It does not open the
    // window again by itself.
    app.send_event("viewappear");
    page.click("open-sign-in");
    app.wait_for_calls("openWin", 2);

    let session = login(stage);
    store_session(app, AppStore::Prefs, &session);
    app.send_event("viewappear");
    page.wait_for_state("live");
    let logins = page.wire().sent("login");
    // The device's store returns text.
    assert_eq!(logins, [json!({ "uid": session["id"].to_string() })]);
    assert_eq!(app.called("openWin").len(), 2);
}

/// The app's memory has the current user; the device still has the token of another one.
fn prefers_the_session_in_memory(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Global, QUIET, &Value::Null);
    let Stage { page, .. } = stage;
    app.store(AppStore::Prefs, "access_token", &json!("not.a.token"));
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
    store_session(app, AppStore::Prefs, &login(stage));
    app.send_event("viewappear");
    stage.page.wait_for_state("live");
}

fn never_defines_its_api(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, .. } = stage;
    App::around(page, Never, &Value::Null);
    go_live(stage, QUIET);
    assert!(page.stored(Store::Device, "access_token").is_some());
}

fn is_configured_and_missing(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let Stage { page, server, .. } = stage;
    App::around(page, Never, &Value::Null);
    page.visit(&server.url(IN_APICLOUD));
    page.wait_for_toast("apicloud");
    page.dismiss_toasts();
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
}

/// A player who is signed in by the browser's stores stays signed in, and the page continues to use
/// these stores.
fn defines_its_api_after_sign_in(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = &*stage;
    let app = App::around(page, Never, &Value::Null);
    page.visit(&server.url("/home.html"));
    let session = login(stage);
    for key in ["access_token", "refresh_token"] {
        page.store(Store::Device, key, session[key].as_str().expect("a token"));
    }
    page.store(Store::Device, "id", "1");
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    app.define_api();
    // Once the page responds to a click, it has noticed the app.
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

fn refreshed(stage: &Stage<'_>, store: AppStore, other: AppStore) {
    let app = open_signed_in(stage, store, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    let old = app.stored(store, "access_token");
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
    let new = app.stored(store, "access_token");
    assert!(new.is_string(), "{new}");
    assert_ne!(new, old, "the token was not refreshed");
    assert_eq!(app.stored(other, "access_token"), Value::Null);
    assert!(app.called("openWin").is_empty());
}

fn back_closes_the_window(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    page.click("back");
    let closed = json!({ "name": "orchard" });
    assert_eq!(app.wait_for_calls("closeWin", 1)[0], closed);

    // The device's back key closes an open panel first.
    page.click("menu-help");
    page.wait_for_presence("help", true);
    app.send_event("keyback");
    page.wait_for_presence("help", false);
    assert_eq!(app.called("closeWin").len(), 1);
    app.send_event("keyback");
    assert_eq!(app.wait_for_calls("closeWin", 2)[1], closed);
    assert_eq!(page.session().url(), server.url(QUIET));
}

fn reconnects_after_a_pause(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, server, .. } = stage;
    let connections = || server.state()["connections"].as_array().map_or(0, Vec::len);
    assert_eq!(connections(), 1);
    app.send_event("pause");
    wait_for("the end of the connection", || match connections() {
        0 => Ok(()),
        many => Err(format!("{many} connections")),
    });
    app.sleep(60_000);
    app.send_event("resume");
    page.wait_for_state("live");
    wait_for("another connection", || match connections() {
        1 => Ok(()),
        many => Err(format!("{many} connections")),
    });
    let wire = page.wire();
    assert_eq!(wire.ids().len(), 2);
    assert_eq!(wire.sent("login").len(), 2, "one login per connection");
}

/// The app's events have the same effect as the browser's.
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
    store_session(
        app,
        AppStore::Prefs,
        &server.call("User.login", &params, None),
    );
    page.reload();
    page.wait_for_state("live");

    server.kill(page);
    page.wait_for_state("reconnecting");
    app.send_event("offline");
    page.wait_for_state("offline");
    server.launch(environment);
    app.send_event("online");
    page.wait_for_state("live");
}

fn shows_toasts(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
    let Stage { page, .. } = stage;
    let toasts = wait_for("the toasts of the login and the welcome", || {
        let toasts = app.called("toast");
        let has = |text: &str| {
            toasts
                .iter()
                .any(|toast| toast["msg"].as_str().is_some_and(|it| it.contains(text)))
        };
        if has("登录成功") && has("欢迎") {
            Ok(toasts.clone())
        } else {
            Err(format!("{toasts:?}"))
        }
    });
    for toast in toasts {
        assert_eq!(toast["duration"], 3000, "{toast}");
        assert_eq!(toast["location"], "middle", "{toast}");
    }
    assert_eq!(page.toasts(), 0, "the page shows toasts, too");
}

fn opens_windows(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Prefs, QUIET, &json!({ "shop": "market" }));
    stage.page.click("menu-shop");
    let opened = app.wait_for_calls("openWin", 1);
    assert_eq!(opened[0]["name"], "market");
    assert_eq!(opened[0]["url"], "market.html");
}

fn page_param_overrides_settings(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let param = json!({ "chat": false, "language": "en", "name": "orchard" });
    let app = open_signed_in(stage, AppStore::Prefs, AS_BUILT, &param);
    let Stage { page, .. } = stage;
    assert!(
        page.wire().sent("chat").is_empty(),
        "the page requested counts"
    );
    let language = page.session().run("return document.documentElement.lang");
    assert_eq!(language, "en");
    // An unknown key is reported, as for the settings of the page.
    page.wait_for_toast("name");
    assert!(app.called("openWin").is_empty());
}

fn sign_out_clears_the_apps_stores(stage: &mut Stage<'_>) {
    let stage = &*stage;
    let app = open_signed_in(stage, AppStore::Prefs, QUIET, &Value::Null);
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
        let value = app.stored(store, key);
        assert!(
            value.is_null() || value == "",
            "{key} in {store:?}: {value}"
        );
    }
}

/// The page's own form is available instead of the login window.
fn form_of_the_page_uses_the_apps_stores(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    let app = App::around(page, After(SOON), &Value::Null);
    page.visit(&server.url(QUIET));
    page.click("sign-in-here");
    page.sign_in(&server.user, true);
    page.wait_for_state("live");
    let token = app.stored(AppStore::Prefs, "access_token");
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
    // The folder exists until the page is closed: a browser may request the icon last.
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
    let session = server.call("User.login", &params, None);

    let app = App::around(page, After(SOON), &Value::Null);
    page.visit(&format!("file://{}", document.display()));
    app.wait_for_calls("openWin", 1);
    store_session(app, AppStore::Prefs, &session);
    app.send_event("viewappear");
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
