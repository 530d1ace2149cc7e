//! What the page does in every browser engine with its server on another origin.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::cdn::Cdn;
use super::engine::Engine;
use crate::environment::Environment;
use crate::failure;
use crate::page::{Page, Store};
use crate::wait::wait_for;

/// The page under test, and what it runs on.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    cdn: &'a Cdn,
    page: &'a Page,
}

/// A case: its name and its function.
type Case = (&'static str, fn(&Stage<'_>));

pub(super) const ALL: &[Case] = &[(
    "the_page_works_with_a_server_on_another_origin",
    the_page_works_with_a_server_on_another_origin,
)];

/// Runs a case in its own browser, and saves a screenshot of its end, whether it passed or failed.
pub(super) fn run(cdn: &Cdn, engine: Engine, name: &str, case: fn(&Stage<'_>)) {
    let browser = engine.open(&cdn.paths);
    let page = Page::unrecorded(browser.session);
    failure::with_evidence(
        || case(&Stage { cdn, page: &page }),
        || save_screenshot(&page, engine, name),
    );
    save_screenshot(&page, engine, name);
}

/// Saves a screenshot of the page and returns its folder.
fn save_screenshot(page: &Page, engine: Engine, name: &str) -> PathBuf {
    let folder = Environment::evidence().join(format!("{engine}-{name}"));
    fs::create_dir_all(&folder).expect("a folder for the picture");
    let picture = page.session().screenshot().expect("a picture");
    let picture = BASE64_STANDARD
        .decode(picture)
        .expect("a picture in base64");
    fs::write(folder.join("page.png"), picture).expect("a file for the picture");
    folder
}

/// One visit instead of several, because each needs a browser of its own: sign-in, the connection,
/// a count, both toasts, a notice sent and received, a reload, and music.
fn the_page_works_with_a_server_on_another_origin(stage: &Stage<'_>) {
    let Stage { cdn, page } = stage;
    page.visit(&cdn.url);
    page.sign_in(&cdn.user, true);
    page.wait_for_state("live");
    page.wait_for_toast("登录成功");
    page.wait_for_toast("来到种植园");
    wait_for("a count", || {
        page.count()
            .filter(|count| !count.is_empty())
            .ok_or("none".into())
    });
    assert_compressed(page);

    let notice = "from a CDN / 远方";
    page.click("menu-news");
    wait_for("the field", || page.find("notice")?.fill(notice));
    page.click("notice-send");
    wait_for("the broadcast of the notice", || {
        match page.text("notices") {
            Some(text) if text.contains(notice) => Ok(()),
            text => Err(format!("{text:?}")),
        }
    });

    page.session().reload();
    page.wait_for_state("live");
    assert!(page.stored(Store::Device, "access_token").is_some());
    assert!(page.text("sign-in").is_none(), "it asks to sign in again");
    assert_plays(page);
    assert_no_violation(page);
}

/// Asserts that the files were transferred compressed: they are smaller in transfer than on disk.
fn assert_compressed(page: &Page) {
    let script = "return performance.getEntriesByType('resource')
        .filter((it) => /[.](wasm|js|css)$/.test(it.name) && !it.name.includes('recorder'))
        .map((it) => [it.name.split('/').pop(), it.encodedBodySize, it.decodedBodySize])";
    let loaded = page.session().run(script);
    let loaded = loaded.as_array().expect("a list");
    // By name: WebKit lists a module twice, for its preload and for its use.
    let names: BTreeSet<_> = loaded.iter().filter_map(|it| it[0].as_str()).collect();
    let modules = names.iter().filter(|name| name.ends_with(".wasm")).count();
    assert_eq!(modules, 2, "{loaded:?}");
    for file in loaded {
        let [encoded, decoded] = [1, 2].map(|at| file[at].as_f64().unwrap_or_default());
        assert!(encoded > 0.0 && encoded < decoded * 0.6, "{file}");
    }
}

/// Asserts that the engine supports the format of the music, and can start to play the file.
fn assert_plays(page: &Page) {
    let script = "
        const done = arguments[arguments.length - 1];
        const music = new Audio('assets/music/orchard.mp3');
        music.addEventListener('error', () => done(['error', music.error?.message ?? '']));
        music.addEventListener('canplay', () => done([music.canPlayType('audio/mpeg'), music.readyState >= 3]));
        music.load();";
    let [support, ready] = match page.session().run_async(script, &[]) {
        Value::Array(answer) => [0, 1].map(|at| answer.get(at).cloned().unwrap_or_default()),
        other => panic!("{other}"),
    };
    assert!(
        support == "probably" || support == "maybe",
        "{support}: {ready}"
    );
    assert_eq!(ready, json!(true));
}

fn assert_no_violation(page: &Page) {
    let violations = page.session().run("return window.recorded.violations");
    assert_eq!(
        violations,
        json!([]),
        "violations of the content security policy"
    );
}
