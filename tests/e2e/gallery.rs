//! The gallery: every component in all its states, compared with accepted pictures and checked by
//! axe-core.
//!
//! `cargo xtask gallery` shows it; `cargo xtask gallery --accept` replaces the pictures in
//! `tests/gallery/accepted`. For each difference, `target/e2e/gallery` has the new picture and one
//! that shows the different pixels in red.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::json;

use crate::axe::Audit;
use crate::backend;
use crate::environment::Environment;
use crate::picture::{Difference, Picture};
use crate::process::Guarded;
use crate::settled::settle;
use crate::wait::wait_for;
use crate::webdriver::{Driver, Session};

/// The names of the screens, and the sizes of their windows.
const SCREENS: [(&str, (u32, u32)); 2] = [("phone", (375, 667)), ("desktop", (1280, 800))];

const LANGUAGES: [&str; 2] = ["zh", "en"];

/// The margin around a component, in pixels: it shows the component's shadow, and that nothing
/// touches it.
const MARGIN: f64 = 6.0;

/// The scale of the pictures of a whole scene. They only show that the scene is drawn, and the
/// hour.
const SCENE_SCALE: f64 = 0.3;

/// The prefix of the scenes' names. They contain no text, so one language is enough.
const SCENE: &str = "scene-";

/// Prefixes of the components that are on a board of the scene. These frames do not contain the
/// board, so the end-to-end cases check the contrast of these components.
const ON_THE_BOARD: [&str; 2] = ["header-", "title-"];

/// Whether pictures are compared or accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Compare,
    Accept,
}

impl Mode {
    /// Returns the mode that `cargo xtask` asks for; `None` if it asks for other tests.
    pub(crate) fn requested() -> Option<Self> {
        match std::env::var("ORCHARD_GALLERY").as_deref() {
            Ok("accept") => Some(Self::Accept),
            Ok(_) => Some(Self::Compare),
            Err(_) => None,
        }
    }
}

/// A tour of all frames on one screen, in one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tour {
    screen: &'static str,
    size: (u32, u32),
    language: &'static str,
}

pub(crate) fn tours() -> impl Iterator<Item = Tour> {
    SCREENS.into_iter().flat_map(|(screen, size)| {
        LANGUAGES.map(|language| Tour {
            screen,
            size,
            language,
        })
    })
}

impl Tour {
    pub(crate) fn name(self) -> String {
        format!("gallery::{}_{}", self.screen, self.language)
    }

    /// Visits every frame, and then reports all differences.
    pub(crate) fn run(self, mode: Mode, environment: &Environment, driver: &Driver) {
        let data = tempfile::tempdir().expect("a temporary folder");
        let (_server, port) = serve(environment, data.path());
        let session = driver.open(&environment.chromium);
        session.set_size(self.size);
        session.reduce_motion();

        let address = format!("http://127.0.0.1:{port}/frame.html");
        session.visit(&address);
        let mut frames = frames(&session);
        assert_complete(&frames);
        frames.retain(|frame| self.language == LANGUAGES[0] || !frame.id.starts_with(SCENE));
        let names = frames.iter().map(|frame| self.file(&frame.id));
        let mut faults = unknown_pictures(&self.ending(), &names.collect::<Vec<_>>(), mode);
        let mut audit = Audit::new(&environment.axe);
        for frame in &frames {
            let picture = self.take(frame, &session);
            if let Err(fault) = self.compare(&frame.id, &picture, mode) {
                faults.push(fault);
            }
            if mode == Mode::Compare {
                let has_background = !ON_THE_BOARD.iter().any(|it| frame.id.starts_with(it));
                audit.check_part(
                    &self.file(&frame.id),
                    &session,
                    &json!("#frame"),
                    has_background,
                );
            }
        }
        let log = session.log("browser");
        let errors: Vec<_> = log.iter().filter(|it| it["level"] == "SEVERE").collect();
        assert!(errors.is_empty(), "errors in the console: {errors:#?}");
        assert!(
            faults.is_empty(),
            "{} of {} pictures differ:\n{}\nTo accept them: cargo xtask gallery --accept",
            faults.len(),
            frames.len(),
            faults.join("\n")
        );
        if mode == Mode::Compare {
            audit.assert_clean();
        }
    }

    fn take(self, frame: &Frame, session: &Session) -> Picture {
        let name = format!("{}/{}", frame.id, self.language);
        session.run(&format!("location.hash = '#{name}'"));
        wait_for(&format!("the frame {name}"), || {
            let shown = session.run("return document.documentElement.dataset.shown ?? null");
            if shown == name {
                Ok(())
            } else {
                Err(shown.to_string())
            }
        });
        settle(session, &format!("the frame {name}"));
        let bounds = session.run(&BOUNDS.replace("SELECTOR", &frame.crop));
        let bounds: Option<Vec<f64>> = bounds.as_array().map(|bounds| {
            bounds
                .iter()
                .filter_map(serde_json::Value::as_f64)
                .collect()
        });
        let Some([left, top, right, bottom]) = bounds.as_deref() else {
            panic!("{name}: there is no {}", frame.crop)
        };
        let (wide, high) = (f64::from(self.size.0), f64::from(self.size.1));
        let (left, top) = (
            (left - MARGIN).floor().max(0.0),
            (top - MARGIN).floor().max(0.0),
        );
        let (right, bottom) = (
            (right + MARGIN).ceil().min(wide),
            (bottom + MARGIN).ceil().min(high),
        );
        assert!(
            right > left && bottom > top,
            "{name}: it is not in the window"
        );
        let scene = frame.id.starts_with(SCENE);
        let scale = if scene { SCENE_SCALE } else { 1.0 };
        let png = session.picture([left, top, right - left, bottom - top], scale);
        let png = BASE64_STANDARD.decode(png).expect("a picture in base64");
        Picture::of_png(&png).expect("a picture").coarse()
    }

    fn compare(self, id: &str, picture: &Picture, mode: Mode) -> Result<(), String> {
        let file = self.file(id);
        let path = accepted().join(&file);
        let before = Picture::load(&path)?;
        let difference = before.as_ref().map(|before| picture.difference(before));
        if mode == Mode::Accept {
            // A picture that looks like the accepted one stays unchanged in the repository.
            if !matches!(difference, Some(None)) {
                picture.save(&path);
            }
            return Ok(());
        }
        let now = evidence().join(&file);
        let mut fault = format!("{file}: ");
        match difference {
            Some(None) => return Ok(()),
            Some(Some(difference)) => {
                fault += &format!("{difference}\n    accepted: {}", path.display());
                if let Difference::Pixels { shown, .. } = &difference {
                    let red = evidence().join(file.replace(".png", ".differs.png"));
                    shown.save(&red);
                    fault += &format!("\n    differences in red: {}", red.display());
                }
            }
            None => fault += "there is no accepted picture",
        }
        picture.save(&now);
        Err(format!("{fault}\n    new: {}", now.display()))
    }

    fn file(self, id: &str) -> String {
        format!("{id}{}", self.ending())
    }

    fn ending(self) -> String {
        format!(".{}.{}.png", self.screen, self.language)
    }
}

/// A state of a component, and the selector of the part to take a picture of.
#[derive(Debug)]
struct Frame {
    id: String,
    crop: String,
}

fn frames(session: &Session) -> Vec<Frame> {
    let list = wait_for("the list of frames", || {
        let list = session.run("return document.documentElement.dataset.states ?? null");
        list.as_str()
            .map(str::to_owned)
            .ok_or_else(|| list.to_string())
    });
    list.lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(id, crop)| Frame {
            id: id.into(),
            crop: crop.into(),
        })
        .collect()
}

/// Asserts that every component has a frame.
fn assert_complete(frames: &[Frame]) {
    // These only combine other components and connect them to the socket.
    const WIRING: [&str; 2] = ["mod", "orchard"];
    let components = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/components");
    for entry in fs::read_dir(components).expect("src/components") {
        let path = entry.expect("a component").path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let shown = frames
            .iter()
            .any(|frame| frame.id.split_once('-').is_some_and(|(of, _)| of == name));
        assert!(
            shown || WIRING.contains(&name.as_ref()),
            "the component {name} has no frame: add it to src/gallery/states"
        );
    }
}

/// Finds accepted pictures without a frame. They are faults, or are removed in [`Mode::Accept`].
fn unknown_pictures(ending: &str, expected: &[String], mode: Mode) -> Vec<String> {
    fs::create_dir_all(accepted()).expect("the folder of the accepted pictures");
    fs::create_dir_all(evidence()).expect("a folder for the differences");
    let mut faults = Vec::new();
    for entry in fs::read_dir(accepted()).expect("the accepted pictures") {
        let path = entry.expect("an accepted picture").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.ends_with(ending) || expected.iter().any(|expected| *expected == name) {
            continue;
        }
        match mode {
            Mode::Accept => fs::remove_file(&path).expect("to remove a picture"),
            Mode::Compare => faults.push(format!("{name}: the frame no longer exists")),
        }
    }
    faults
}

fn serve(environment: &Environment, data: &Path) -> (Guarded, u16) {
    let mut command = Command::new(&environment.server);
    command
        .args(["--listen", "127.0.0.1:0", "--database"])
        .arg(data.join("orchard.sqlite3"))
        // The policy of the page, extended for the font of the gallery.
        .arg("--content-security-policy")
        .arg([backend::documented_policy(), "; font-src 'self'"].concat())
        .arg("--dist")
        .arg(&environment.dist);
    Guarded::start(&command, backend::port_of)
}

fn accepted() -> PathBuf {
    Environment::tests().join("gallery/accepted")
}

fn evidence() -> PathBuf {
    Environment::evidence().join("gallery")
}

/// Returns left, top, right and bottom of the first element that the selector matches.
const BOUNDS: &str = r#"
const box = document.querySelector("SELECTOR")?.getBoundingClientRect();
return box && [box.left, box.top, box.right, box.bottom];
"#;
