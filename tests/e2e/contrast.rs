//! Measures the contrast of text to its background from screenshots.
//!
//! Two screenshots are taken, one with the text and one without it. Where they differ, there are
//! letters. The pixels of the second screenshot below and next to the letters are the background,
//! with its picture, gradient and shadow. The result is the lowest contrast to this background,
//! except for a few pixels that are not noticeable.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};

use crate::picture::Picture;
use crate::webdriver::Session;

/// A pixel belongs to a letter if one of its channels changes by more than this, of 255.
const MIN_CHANGE: u8 = 40;

/// The distance from a letter up to which pixels count as its background, in pixels.
const MARGIN: usize = 1;

/// How often a text is measured if it changes meanwhile.
const TRIES: usize = 5;

/// One in this many pixels of the background may have any contrast.
const OUTLIERS: usize = 50;

/// The result for one text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Contrast {
    /// At least the required contrast.
    Sufficient,
    /// No text is visible.
    Invisible,
    /// The measured contrast, and the required one.
    Low(f64, f64),
}

/// Measures the first element that the selector matches.
pub(crate) fn of(session: &Session, selector: &str) -> Contrast {
    let mut contrast = Contrast::Invisible;
    for _ in 0..TRIES {
        let before = session.run_with(FIND, &[json!(selector)]);
        contrast = measure(session, selector, &before);
        // A text that changed or moved between the two screenshots was not measured.
        if session.run_with(FIND, &[json!(selector)]) == before {
            break;
        }
    }
    contrast
}

fn measure(session: &Session, selector: &str, text: &Value) -> Contrast {
    if text["blank"] == true {
        return Contrast::Sufficient;
    }
    let numbers = |name: &str| -> Vec<f64> {
        let list = text[name].as_array().into_iter().flatten();
        list.filter_map(Value::as_f64).collect()
    };
    let ([left, top, width, height], [red, green, blue]) =
        (&numbers("box")[..], &numbers("colour")[..])
    else {
        return Contrast::Invisible;
    };
    let required = if text["large"] == true { 3.0 } else { 4.5 };
    let part = [*left, *top, *width, *height];
    let with = screenshot(session, part);
    session.run_with(HIDE, &[json!(selector)]);
    let without = screenshot(session, part);
    session.run(SHOW);

    let mut ratios = ratios(&with, &without, luminance([*red, *green, *blue]));
    if ratios.is_empty() {
        return Contrast::Invisible;
    }
    ratios.sort_by(f64::total_cmp);
    let least = ratios[ratios.len() / OUTLIERS];
    if least >= required {
        Contrast::Sufficient
    } else {
        Contrast::Low(least, required)
    }
}

fn screenshot(session: &Session, part: [f64; 4]) -> Picture {
    let png = session.picture(part, 1.0);
    let png = BASE64_STANDARD.decode(png).expect("a picture in base64");
    Picture::of_png(&png).expect("a picture")
}

/// Returns the contrast of the text to each pixel of its background.
fn ratios(with: &Picture, without: &Picture, text: f64) -> Vec<f64> {
    let (width, height) = without.size();
    let is_letter = |x: usize, y: usize| {
        let (a, b) = (with.pixel(x, y), without.pixel(x, y));
        a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > MIN_CHANGE)
    };
    let near = |at: usize, end: usize| at.saturating_sub(MARGIN)..(at + MARGIN + 1).min(end);
    let mut ratios = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let is_background = near(y, height).any(|y| near(x, width).any(|x| is_letter(x, y)));
            if is_background {
                let background = luminance(without.pixel(x, y).map(f64::from));
                let (light, dark) = (text.max(background), text.min(background));
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
// Only panels are scrolled: the scene must not move.
const port = it.closest(".sheet, .panel");
if (port) port.scrollTop += it.getBoundingClientRect().top - port.getBoundingClientRect().top - port.clientHeight / 2;
const range = document.createRange();
range.selectNodeContents(it);
const boxes = it.matches("input, textarea") ? [it.getBoundingClientRect()] : [...range.getClientRects()];
const visible = boxes.filter((box) => box.width > 0 && box.height > 0);
if (!visible.length) return {};
const left = Math.max(0, Math.floor(Math.min(...visible.map((box) => box.left))));
const top = Math.max(0, Math.floor(Math.min(...visible.map((box) => box.top))));
const right = Math.min(innerWidth, Math.ceil(Math.max(...visible.map((box) => box.right))));
const bottom = Math.min(innerHeight, Math.ceil(Math.max(...visible.map((box) => box.bottom))));
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
window.hiddenText = document.querySelector(arguments[0]);
for (const it of [window.hiddenText, ...window.hiddenText.querySelectorAll("*")])
    it.style.setProperty("-webkit-text-fill-color", "transparent", "important");
"#;

const SHOW: &str = r#"
for (const it of [window.hiddenText, ...window.hiddenText.querySelectorAll("*")])
    it.style.removeProperty("-webkit-text-fill-color");
"#;
