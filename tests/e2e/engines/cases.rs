//! What the page does in every browser engine with its server on another origin.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use super::engine::Engine;
use super::far::Far;
use crate::environment::Environment;
use crate::failure;
use crate::page::{Page, Store};
use crate::wait::wait_for;

/// The page under test, and what it runs on.
#[derive(Debug)]
pub(super) struct Stage<'a> {
    far: &'a Far,
    page: &'a Page,
}

/// A case: its name and its function.
type Case = (&'static str, fn(&Stage<'_>));

pub(super) const ALL: &[Case] = &[(
    "the_page_works_with_a_server_on_another_origin",
    the_page_works_with_a_server_on_another_origin,
)];

/// Runs a case in its own browser, and saves a screenshot of its end, whether it passed or failed.
pub(super) fn watched(far: &Far, engine: Engine, name: &str, run: fn(&Stage<'_>)) {
    let browser = engine.open(&far.surroundings);
    let page = Page::unrecorded(browser.session);
    failure::watched(
        || run(&Stage { far, page: &page }),
        || keep(&page, engine, name),
    );
    keep(&page, engine, name);
}

/// Saves a screenshot of the page and returns its folder.
fn keep(page: &Page, engine: Engine, name: &str) -> PathBuf {
    let folder = Environment::evidence().join(format!("{engine}-{name}"));
    fs::create_dir_all(&folder).expect("a folder for the picture");
    let picture = page.session().screenshot().expect("a picture");
    let picture = BASE64_STANDARD
        .decode(picture)
        .expect("a picture in base64");
    fs::write(folder.join("page.png"), picture).expect("a file for the picture");
    folder
}

/// One visit instead of several, as each needs a browser: sign in, live, a count, both toasts, a
/// notice sent and received, music, and signed in again after a reload.
fn the_page_works_with_a_server_on_another_origin(stage: &Stage<'_>) {
    let Stage { far, page } = stage;
    page.visit(&far.url);
    page.sign_in(&far.user, true);
    page.wait_for_state("live");
    page.wait_for_toast("登录成功");
    page.wait_for_toast("来到种植园");
    wait_for("a count", || {
        page.count()
            .filter(|count| !count.is_empty())
            .ok_or("none".into())
    });
    has_used_the_copies(page);

    let notice = "far away / 远方";
    page.click("menu-news");
    wait_for("the field", || page.find("notice")?.fill(notice));
    page.click("notice-send");
    wait_for("the notice to come back", || match page.text("notices") {
        Some(text) if text.contains(notice) => Ok(()),
        text => Err(format!("{text:?}")),
    });

    page.session().reload();
    page.wait_for_state("live");
    assert!(page.stored(Store::Device, "access_token").is_some());
    assert!(page.text("sign-in").is_none(), "signed in, and asked again");
    can_play(page);
    no_breach(page);
}

/// Files that were transferred compressed are smaller in transfer than on disk.
fn has_used_the_copies(page: &Page) {
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

/// The engine supports the format of the tune, and the file is intact enough to start playing.
fn can_play(page: &Page) {
    let script = "
        const done = arguments[arguments.length - 1];
        const tune = new Audio('assets/music/orchard.mp3');
        tune.addEventListener('error', () => done(['error', tune.error?.message ?? '']));
        tune.addEventListener('canplay', () => done([tune.canPlayType('audio/mpeg'), tune.readyState >= 3]));
        tune.load();";
    let [said, ready] = match page.session().run_async(script, &[]) {
        Value::Array(answer) => [0, 1].map(|at| answer.get(at).cloned().unwrap_or_default()),
        other => panic!("{other}"),
    };
    assert!(said == "probably" || said == "maybe", "{said}: {ready}");
    assert_eq!(ready, json!(true));
}

fn no_breach(page: &Page) {
    let breaches = page.session().run("return window.recorded.breaches");
    assert_eq!(breaches, json!([]), "breaches of the content policy");
}
