//! The sky over the orchard, which follows the player's local time.

use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;

/// The interval between two updates, in milliseconds.
const LOOK: u32 = 60_000;

/// The light at a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sky {
    Dawn,
    Day,
    Dusk,
    Night,
}

impl Sky {
    fn at(hour: u32) -> Self {
        match hour {
            5..7 => Self::Dawn,
            7..17 => Self::Day,
            17..19 => Self::Dusk,
            _ => Self::Night,
        }
    }

    /// Returns the name that the style sheet uses.
    fn name(self) -> &'static str {
        match self {
            Self::Dawn => "dawn",
            Self::Day => "day",
            Self::Dusk => "dusk",
            Self::Night => "night",
        }
    }

    /// Returns the theme colour, for the browser's own bars.
    fn colour(self) -> &'static str {
        match self {
            Self::Dawn => "#7fb6ee",
            Self::Day => "#4fb0e6",
            Self::Dusk => "#7671bb",
            Self::Night => "#151c52",
        }
    }
}

/// Updates the sky until the current owner is cleaned up.
pub(crate) fn follow() {
    show();
    StoredValue::new_local(Interval::new(LOOK, turn));
    // Timers do not run in a suspended page, which may resume on another day.
    let awake = window_event_listener(ev::visibilitychange, |_| turn());
    on_cleanup(move || awake.remove());
}

/// Updates the sky with a transition. The first update has none.
fn turn() {
    set("main", "data-turns", "");
    show();
}

fn show() {
    let sky = Sky::at(js_sys::Date::new_0().get_hours());
    set("main", "data-sky", sky.name());
    set("meta[name=theme-color]", "content", sky.colour());
}

fn set(selector: &str, attribute: &str, value: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        _ = element.set_attribute(attribute, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sky_turns_with_the_hours() {
        let day: Vec<_> = (0..24).map(|hour| Sky::at(hour).name()).collect();
        assert_eq!(day[0..5], ["night"; 5]);
        assert_eq!(day[5..7], ["dawn"; 2]);
        assert_eq!(day[7..17], ["day"; 10]);
        assert_eq!(day[17..19], ["dusk"; 2]);
        assert_eq!(day[19..24], ["night"; 5]);
    }
}
