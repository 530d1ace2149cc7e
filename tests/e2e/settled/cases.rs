//! Tests that `settle` waits for every kind of picture: a page with all of them, and a server that
//! delays their files.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use super::server::DelayingServer;
use super::{missing, settle};
use crate::environment::Environment;
use crate::picture::Picture;
use crate::wait::wait_for;
use crate::webdriver::{Driver, Session};

/// A case: its name and its function.
type Case = (&'static str, fn(&Environment, &Driver));

pub(crate) const ALL: &[Case] = &[
    ("waits_for_delayed_files", waits_for_delayed_files),
    (
        "reports_files_that_fail_to_load",
        reports_files_that_fail_to_load,
    ),
    ("waits_for_animations", waits_for_animations),
];

/// The font of the gallery.
const FONT: &str = "noto-sans-sc-latin-400-normal.woff2";

/// Every way in which a page can show a picture, each in its own square: the name of the file, and
/// the markup. Each square is green once its file is loaded.
const PICTURES: [(&str, &str); 11] = [
    (
        "background.svg",
        "<i style='background: url(background.svg)'></i>",
    ),
    (
        "second.svg",
        "<i style='background: none, url(second.svg) 0 0 / 100% 100%'></i>",
    ),
    ("border.svg", "<i class='border'></i>"),
    (
        "mask.svg",
        "<i style='background: lime; mask: url(mask.svg)'></i>",
    ),
    ("before.svg", "<i class='before'></i>"),
    ("after.svg", "<i class='after'></i>"),
    ("image.svg", "<i><img src='image.svg' alt=''></i>"),
    ("set.svg", "<i><img srcset='set.svg 1x' alt=''></i>"),
    (
        "inner.svg",
        "<i><svg width='20' height='20'><image href='inner.svg' width='20' height='20' /></svg></i>",
    ),
    (
        "used.svg",
        "<i><svg width='20' height='20'><use href='used.svg#part' /></svg></i>",
    ),
    (
        "filtered.svg",
        "<i><svg width='20' height='20'><filter id='f' x='0' y='0' width='1' height='1'>\
         <feImage href='filtered.svg' /></filter><rect width='20' height='20' filter='url(#f)' /></svg></i>",
    ),
];

/// The side of a square, in pixels.
const SIDE: usize = 20;

const STYLE: &str = "
    @font-face { font-family: Delayed; src: url(delayed.woff2) }
    body { margin: 0; background: white; font: 10px Delayed }
    i { display: block; width: 20px; height: 20px; overflow: hidden }
    .border { box-sizing: border-box; border: 10px solid; border-image: url(border.svg) 10 }
    .before::before { content: ''; display: block; height: 20px; background: url(before.svg) }
    .after::after { content: url(after.svg); display: block; height: 20px }
    .unused { display: none; background: url(unused.svg) }
";

fn waits_for_delayed_files(environment: &Environment, driver: &Driver) {
    let font = std::fs::read(environment.dist.join(FONT)).expect("the font of the gallery");
    let server = DelayingServer::start(font);
    let session = driver.open(&environment.chromium);
    let body = PICTURES.map(|(_, markup)| markup).concat();
    show(
        &session,
        &server,
        &[&body, "<p>text</p><p class=unused></p>"].concat(),
    );

    let mut delayed: Vec<_> = PICTURES.iter().map(|(file, _)| *file).collect();
    delayed.push("delayed.woff2");
    // Every delayed file is reported as missing until it is released.
    while !delayed.is_empty() {
        let missing = missing(&session).expect("a list");
        let is_reported = |file: &str| {
            let what = if file == "delayed.woff2" {
                "Delayed"
            } else {
                file
            };
            missing.iter().any(|it| it.contains(what))
        };
        let unreported: Vec<_> = delayed.iter().filter(|file| !is_reported(file)).collect();
        assert!(
            unreported.is_empty(),
            "{unreported:?} are delayed, and not reported in {missing:?}"
        );
        // A browser requests only a few files of one server at a time.
        let next = wait_for("the next request for a file", || {
            let requested = server.requested();
            let next = delayed
                .iter()
                .position(|file| requested.iter().any(|it| it == file));
            next.ok_or_else(|| format!("{requested:?}"))
        });
        server.release(delayed.swap_remove(next));
    }
    settle(&session, "the page of pictures");

    let height = SIDE * PICTURES.len();
    let png = session.picture([0.0, 0.0, SIDE as f64, height as f64], 1.0);
    let png = BASE64_STANDARD.decode(png).expect("a picture in base64");
    let picture = Picture::of_png(&png).expect("a picture");
    for (at, (file, _)) in PICTURES.iter().enumerate() {
        let seen = picture.pixel(SIDE / 2, at * SIDE + SIDE / 2);
        assert_eq!(seen, [0, 255, 0], "{file}");
    }
    let requested = server.requested();
    assert!(
        !requested.iter().any(|it| it == "unused.svg"),
        "{requested:?}"
    );
}

fn reports_files_that_fail_to_load(environment: &Environment, driver: &Driver) {
    let server = DelayingServer::start(Vec::new());
    let session = driver.open(&environment.chromium);
    show(
        &session,
        &server,
        "<i style='background: url(nothing.png)'></i>",
    );
    wait_for("the report of the file", || {
        let missing = missing(&session)?;
        match &missing[..] {
            // With the browser's reason.
            [it] if it.contains("nothing.png (") => Ok(()),
            _ => Err(format!("{missing:?}")),
        }
    });
}

fn waits_for_animations(environment: &Environment, driver: &Driver) {
    let server = DelayingServer::start(Vec::new());
    let session = driver.open(&environment.chromium);
    show(&session, &server, "<i class='turning'></i>");
    session.run(
        "document.querySelector('.turning').animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1e9, id: 'turn' })",
    );
    let missing = missing(&session).expect("a list");
    assert_eq!(missing, ["the end of turn at i.turning"]);
    session.run("for (const it of document.getAnimations()) it.finish()");
    settle(&session, "the animated element");
}

/// Inserts markup into an empty page of the server that is already loaded, so that the files of the
/// markup don't delay the loading of the page.
fn show(session: &Session, server: &DelayingServer, body: &str) {
    session.visit(&server.url());
    session.run_with(
        "document.head.append(Object.assign(document.createElement('style'), { textContent: arguments[0] }));
         document.body.innerHTML = arguments[1];",
        &[json!(STYLE), json!(body)],
    );
}
