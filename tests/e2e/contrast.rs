//! Measures the contrast of text to its background from screenshots.
//!
//! Two screenshots are taken, one with the text and one without it. Where they differ, there are
//! letters. The pixels of the second screenshot below and next to the letters are the background,
//! with its picture, gradient and shadow. The lowest contrast to this background counts, except for
//! a few pixels that the eye does not notice.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::picture::Picture;
use crate::webdriver::Session;

/// A pixel belongs to a letter if one of its channels changes by more than this, of 255.
const INK: u8 = 40;

/// The distance from a letter up to which pixels count as its background, in pixels.
const AROUND: usize = 1;

/// How often a text is measured that changes meanwhile.
const TRIES: usize = 5;

/// One of this many pixels of the background may have any contrast.
const SPECKS: usize = 50;

/// The result for one text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    Enough,
    Nothing,
    /// The measured contrast, and the required one.
    Poor(f64, f64),
}

/// Measures the first element that the selector matches.
pub(crate) fn of(session: &Session, selector: &str) -> Seen {
    let mut seen = Seen::Nothing;
    for _ in 0..TRIES {
        let before = session.run_with(FIND, &[json!(selector)]);
        seen = look_at(session, selector, &before);
        // A text that changed or moved between the two screenshots was not measured.
        if session.run_with(FIND, &[json!(selector)]) == before {
            break;
        }
    }
    seen
}

fn look_at(session: &Session, selector: &str, told: &Value) -> Seen {
    if told["blank"] == true {
        return Seen::Enough;
    }
    let numbers = |name: &str| -> Vec<f64> {
        let list = told[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_f64).collect()
    };
    let ([left, top, width, height], [red, green, blue]) =
        (&numbers("box")[..], &numbers("colour")[..])
    else {
        return Seen::Nothing;
    };
    let wanted = if told["large"] == true { 3.0 } else { 4.5 };
    let part = [*left, *top, *width, *height];
    let with = taken(session, part);
    session.run_with(HIDE, &[json!(selector)]);
    let without = taken(session, part);
    session.run(SHOW);

    let mut ratios = ratios(&with, &without, luminance([*red, *green, *blue]));
    if ratios.is_empty() {
        return Seen::Nothing;
    }
    ratios.sort_by(f64::total_cmp);
    let least = ratios[ratios.len() / SPECKS];
    if least >= wanted {
        Seen::Enough
    } else {
        Seen::Poor(least, wanted)
    }
}

fn taken(session: &Session, part: [f64; 4]) -> Picture {
    let png = session.picture(part, 1.0);
    let png = BASE64_STANDARD.decode(png).expect("a picture in base64");
    Picture::of_png(&png).expect("a picture")
}

/// Returns the contrast of the text to each pixel of its background.
fn ratios(with: &Picture, without: &Picture, text: f64) -> Vec<f64> {
    let (width, height) = without.size();
    let inked = |x: usize, y: usize| {
        let (a, b) = (with.pixel(x, y), without.pixel(x, y));
        a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > INK)
    };
    let near = |at: usize, end: usize| at.saturating_sub(AROUND)..(at + AROUND + 1).min(end);
    let mut ratios = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let ground = near(y, height).any(|y| near(x, width).any(|x| inked(x, y)));
            if ground {
                let ground = luminance(without.pixel(x, y).map(f64::from));
                let (light, dark) = (text.max(ground), text.min(ground));
                ratios.push((light + 0.05) / (dark + 0.05));
            }
        }
    }
    ratios
}

/// Returns the relative luminance of a colour, as WCAG defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = channel / 255.0;
        if channel <= 0.040_45 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// Returns the position of the text, its colour, and whether it is large.
const FIND: &str = r#"
const it = document.querySelector(arguments[0]);
if (!it) return {};
if (it.matches("input, textarea") && !it.value) return { blank: true };
// What is out of sight is scrolled to, and nothing else: the scene stays where it is.
const port = it.closest(".sheet, .panel");
if (port) port.scrollTop += it.getBoundingClientRect().top - port.getBoundingClientRect().top - port.clientHeight / 2;
const range = document.createRange();
range.selectNodeContents(it);
const boxes = it.matches("input, textarea") ? [it.getBoundingClientRect()] : [...range.getClientRects()];
const seen = boxes.filter((box) => box.width > 0 && box.height > 0);
if (!seen.length) return {};
const left = Math.max(0, Math.floor(Math.min(...seen.map((box) => box.left))));
const top = Math.max(0, Math.floor(Math.min(...seen.map((box) => box.top))));
const right = Math.min(innerWidth, Math.ceil(Math.max(...seen.map((box) => box.right))));
const bottom = Math.min(innerHeight, Math.ceil(Math.max(...seen.map((box) => box.bottom))));
if (right <= left || bottom <= top) return {};
const style = getComputedStyle(it);
const size = parseFloat(style.fontSize);
return {
    text: it.innerText,
    box: [left, top, right - left, bottom - top],
    colour: style.color.match(/[\d.]+/g).slice(0, 3).map(Number),
    large: size >= 24 || (size >= 18.66 && style.fontWeight >= 700),
};
"#;

/// Hides the letters, but not their shadows.
const HIDE: &str = r#"
window.unpainted = document.querySelector(arguments[0]);
for (const it of [window.unpainted, ...window.unpainted.querySelectorAll("*")])
    it.style.setProperty("-webkit-text-fill-color", "transparent", "important");
"#;

const SHOW: &str = r#"
for (const it of [window.unpainted, ...window.unpainted.querySelectorAll("*")])
    it.style.removeProperty("-webkit-text-fill-color");
"#;
