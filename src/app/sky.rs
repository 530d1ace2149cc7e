//! The sky over the orchard follows the player's own hour.

use gloo_timers::callback::Interval;
use leptos::ev;
use leptos::prelude::*;

/// Between two looks at the clock, in milliseconds.
const LOOK: u32 = 60_000;

/// The light of an hour.
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

    /// For the style sheet.
    fn name(self) -> &'static str {
        match self {
            Self::Dawn => "dawn",
            Self::Day => "day",
            Self::Dusk => "dusk",
            Self::Night => "night",
        }
    }

    /// What the browser's own bars around the page take.
    fn colour(self) -> &'static str {
        match self {
            Self::Dawn => "#7fb6ee",
            Self::Day => "#4fb0e6",
            Self::Dusk => "#7671bb",
            Self::Night => "#151c52",
        }
    }
}

/// Keeps the sky right for as long as the current owner lives.
pub(crate) fn follow() {
    show();
    StoredValue::new_local(Interval::new(LOOK, turn));
    // A page that sleeps has no timers, and may wake up on another day.
    let awake = window_event_listener(ev::visibilitychange, |_| turn());
    on_cleanup(move || awake.remove());
}

/// From now on it changes gently.
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
