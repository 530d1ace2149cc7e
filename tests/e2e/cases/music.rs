//! The music, and its button: a record that turns only while music plays.

use serde_json::json;

use super::{Case, animated, everywhere, go_live, on_flask};
use crate::page::Page;
use crate::runner::Stage;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    animated(everywhere("music_plays_and_stops", music_plays_and_stops)),
    animated(on_flask(
        "music_waits_for_the_first_touch",
        music_waits_for_the_first_touch,
    )),
    animated(on_flask("music_off_is_remembered", music_off_is_remembered)),
    animated(on_flask(
        "music_pauses_while_the_page_is_hidden",
        music_pauses_while_the_page_is_hidden,
    )),
    animated(on_flask(
        "media_keys_control_the_music",
        media_keys_control_the_music,
    )),
    everywhere("the_music_is_seekable", the_music_is_seekable),
    on_flask(
        "a_music_file_that_fails_to_load_is_reported_once",
        a_music_file_that_fails_to_load_is_reported_once,
    ),
];

/// Music is on by default, and browsers only start it after the first touch. The record turns while
/// it plays.
fn music_plays_and_stops(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for_music(page, true);
    page.click("music");
    wait_for_music(page, false);
    page.click("music");
    wait_for_music(page, true);
}

fn music_waits_for_the_first_touch(stage: &mut Stage<'_>) {
    // For the browser, scripts of the driver are touches, so this script enforces its rule again.
    stage.page.session().run_first(
        "const play = HTMLMediaElement.prototype.play;
         let touched = false;
         addEventListener('pointerup', () => { touched = true }, true);
         HTMLMediaElement.prototype.play = function () {
             return touched ? play.call(this) : Promise.reject(new DOMException('', 'NotAllowedError'));
         };",
    );
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for_music(page, true);
    page.reload();
    page.wait_for_state("live");
    wait_for_music(page, false);
    assert_eq!(requests(page), 0, "requested before it may play");
    page.click("menu-help");
    wait_for_music(page, true);
}

fn music_off_is_remembered(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for_music(page, true);
    page.click("music");
    wait_for_music(page, false);
    page.reload();
    page.wait_for_state("live");
    page.click("menu-help");
    page.wait_for_presence("help", true);
    assert_eq!(requests(page), 0, "requested although it is off");
    wait_for_music(page, false);
}

fn music_pauses_while_the_page_is_hidden(stage: &mut Stage<'_>) {
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for_music(page, true);
    for hidden in [true, false] {
        page.set_hidden(hidden);
        wait_for_music(page, !hidden);
    }
}

fn media_keys_control_the_music(stage: &mut Stage<'_>) {
    // There are no media keys here: the page's handlers are recorded, and called by the test.
    stage.page.session().run_first(
        "window.keys = {};
         navigator.mediaSession.setActionHandler = (name, action) => { window.keys[name] = action };",
    );
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    wait_for_music(page, true);
    let title = "return navigator.mediaSession.metadata?.title";
    wait_for("the title", || match page.session().run(title) {
        title if title == "种植园" => Ok(()),
        title => Err(title.to_string()),
    });
    for (key, plays) in [("pause", false), ("play", true)] {
        page.session().run(&format!("window.keys.{key}()"));
        wait_for_music(page, plays);
    }
}

/// Without support for ranges in the server, browsers start the file from the beginning.
fn the_music_is_seekable(stage: &mut Stage<'_>) {
    let Stage { page, server, .. } = stage;
    page.visit(&server.url(QUIET));
    page.wait_for_form();
    let result = page.session().run_async(SEEK, &[]);
    assert_eq!(result, json!({ "status": 206, "bytes": 100, "second": 30 }));
}

/// Fetches a part of the file, seeks a player to second 30, and returns its position.
const SEEK: &str = r#"
const [done] = arguments;
const file = "assets/music/orchard.mp3";
(async () => {
    const part = await fetch(file, { headers: { Range: "bytes=1000-1099" } });
    const bytes = (await part.arrayBuffer()).byteLength;
    const audio = new Audio(file);
    const next = (event) => new Promise((resolve, reject) => {
        audio.addEventListener(event, resolve, { once: true });
        audio.addEventListener("error", () => reject(audio.error.message), { once: true });
    });
    audio.load();
    await next("loadedmetadata");
    audio.currentTime = 30;
    await next("seeked");
    return { status: part.status, bytes, second: Math.round(audio.currentTime) };
})().then(done, (error) => done(String(error)));
"#;

fn a_music_file_that_fails_to_load_is_reported_once(stage: &mut Stage<'_>) {
    stage.page.expect_console("orchard.mp3");
    stage.page.session().block("orchard.mp3");
    go_live(stage, QUIET);
    let Stage { page, .. } = stage;
    page.wait_for_toast("音乐加载失败");
    page.click("music");
    wait_for("the second attempt", || match requests(page) {
        0 | 1 => Err("one attempt".into()),
        _ => Ok(()),
    });
    wait_for_music(page, false);
    let toasts = page.shown().toasts;
    let reports = toasts.iter().filter(|it| it.contains("音乐加载失败"));
    assert_eq!(reports.count(), 1, "{toasts:?}");
}

#[track_caller]
fn wait_for_music(page: &Page, plays: bool) {
    wait_for(&format!("music plays: {plays}"), || {
        let now = page.session().run(MUSIC);
        if now == json!([plays.to_string(), plays]) {
            Ok(())
        } else {
            Err(now.to_string())
        }
    });
}

/// Returns the state of the button, and whether its picture turns.
const MUSIC: &str = r#"
const button = document.querySelector('[data-testid="music"]');
const turns = button.getAnimations({ subtree: true }).some((it) => it.playState === "running");
return [button.getAttribute("aria-pressed"), turns];
"#;

/// Returns how often the music was requested.
fn requests(page: &Page) -> u64 {
    let script = "return performance.getEntriesByType('resource')
        .filter((it) => it.name.includes('orchard.mp3')).length";
    page.session().run(script).as_u64().unwrap_or_default()
}
