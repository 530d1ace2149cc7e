use leptos::prelude::*;
use leptos::{ev, leptos_dom::helpers::WindowListenerHandle};

use crate::host::{Here, Host, Store};
use crate::music::Player;
use crate::text::Text;

/// The device's key of the player's choice.
const KEY: &str = "music";
const OFF: &str = "off";

/// The record: it turns while there is sound, and only then.
///
/// Music is wanted until it is turned off, and the choice is remembered. Browsers forbid sound
/// before the first touch, so it starts with that.
#[component]
pub(crate) fn Music() -> impl IntoView {
    let text = Text::from_context();
    let wanted = RwSignal::new(Here.read(Store::Device, KEY).as_deref() != Some(OFF));
    let playing = RwSignal::new(false);
    let player = StoredValue::new_local(None::<Player>);

    let play = move || {
        player.try_update_value(|player| {
            if player.is_none() {
                *player = Player::new(move |sounds| {
                    playing.try_set(sounds);
                });
            }
            if let Some(player) = player {
                player.play();
            }
        });
    };
    let pause = move || {
        player.try_with_value(|player| player.as_ref().map(Player::pause));
    };
    let toggle = move |event: ev::MouseEvent| {
        // Else the window's listener would take this for the first touch.
        event.stop_propagation();
        let on = !playing.get_untracked();
        wanted.set(on);
        Here.save(Store::Device, KEY, if on { "on" } else { OFF });
        if on { play() } else { pause() }
    };

    let start = move || {
        let silent = player.try_with_value(Option::is_none).unwrap_or(false);
        if silent && wanted.get_untracked() {
            play();
        }
    };
    until_cleanup(window_event_listener(ev::click, move |_| start()));
    until_cleanup(window_event_listener(ev::keydown, move |_| start()));
    until_cleanup(window_event_listener(ev::visibilitychange, move |_| {
        let started = player.try_with_value(Option::is_some).unwrap_or(false);
        match document().hidden() {
            true => pause(),
            false if started && wanted.get_untracked() => play(),
            false => {}
        }
    }));

    view! {
        <button
            type="button"
            class="music"
            class:music2=playing
            data-testid="music"
            aria-label=move || text.music
            aria-pressed=move || if playing.get() { "true" } else { "false" }
            on:click=toggle
        >
            <img src="assets/player.svg" alt="" width="200" height="200" />
        </button>
    }
}

fn until_cleanup(listener: WindowListenerHandle) {
    on_cleanup(move || listener.remove());
}
