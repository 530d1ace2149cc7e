use leptos::ev;
use leptos::html::Button;
use leptos::prelude::*;

use crate::dom::window_events::{Inside, until_cleanup};
use crate::host::{Store, here};
use crate::i18n::context::Texts;
use crate::music::{Heard, MediaKeys, Record, Step, Tune};
use crate::state::toasts::Toasts;

/// The key of the player's choice on the device.
const KEY: &str = "music";
const OFF: &str = "off";

/// The record, which turns only while music sounds.
///
/// Music is on until the player turns it off; the choice is stored. Browsers block sound before the
/// first touch, so it starts then.
#[component]
pub(crate) fn Music() -> impl IntoView {
    let text = Texts::from_context();
    let toasts = Toasts::from_context();
    let wanted = here().read(Store::Device, KEY).as_deref() != Some(OFF);
    let player = Player {
        record: RwSignal::new(Record::new(wanted, !document().hidden())),
        tune: StoredValue::new_local(None),
        keys: StoredValue::new_local(None),
        complained: StoredValue::new(false),
        complain: Callback::new(move |()| toasts.say(text.music_broken.into())),
    };
    let button = NodeRef::<Button>::new();

    player.step(player.record.get_untracked().try_to_start());
    let touched = move |event: &ev::Event| {
        // The record's own click handler handles touches of it.
        if !event.is_inside(button) {
            player.step(player.record.get_untracked().try_to_start());
        }
    };
    until_cleanup(window_event_listener(ev::pointerup, move |event| {
        touched(&event);
    }));
    until_cleanup(window_event_listener(ev::keydown, move |event| {
        touched(&event);
    }));
    until_cleanup(window_event_listener(ev::visibilitychange, move |_| {
        player.turn(|record| record.seen(!document().hidden()));
    }));
    // An app in the background may leave its documents visible.
    for (name, shown) in [("pagehide", false), ("pageshow", true)] {
        until_cleanup(window_event_listener_untyped(name, move |_| {
            player.turn(|record| record.seen(shown && !document().hidden()));
        }));
    }
    let sounds = Memo::new(move |_| player.record.get().sounds());
    Effect::new(move |_| {
        let sounds = sounds.get();
        let (title, game) = (text.title, text.game);
        player.keys.try_with_value(|keys| {
            if let Some(keys) = keys {
                keys.name(title, game);
                keys.show(sounds);
            }
        });
    });

    view! {
        <button
            node_ref=button
            type="button"
            class="music"
            class:music2=sounds
            data-testid="music"
            aria-label=move || text.music
            aria-pressed=move || if sounds.get() { "true" } else { "false" }
            on:click=move |_| {
                player.turn(Record::tapped);
                player.remember();
            }
        >
            <img src="assets/player.svg" alt="" width="200" height="200" />
        </button>
    }
}

/// The record, the tune and the media keys. The tune is created when it is first played.
#[derive(Clone, Copy)]
struct Player {
    record: RwSignal<Record>,
    tune: StoredValue<Option<Tune>, LocalStorage>,
    keys: StoredValue<Option<MediaKeys>, LocalStorage>,
    complained: StoredValue<bool>,
    complain: Callback<()>,
}

impl Player {
    /// Changes the record, and runs the step that follows.
    fn turn(self, change: impl FnOnce(&mut Record) -> Step) {
        if let Some(step) = self.record.try_update(change) {
            self.step(step);
        }
    }

    fn step(self, step: Step) {
        match step {
            Step::Play => {
                self.tune.try_update_value(|tune| {
                    if tune.is_none() {
                        *tune = Tune::new(move |heard| self.hear(heard));
                    }
                    if let Some(tune) = tune {
                        tune.play();
                    }
                });
            }
            Step::Pause => {
                self.tune
                    .try_with_value(|tune| tune.as_ref().map(Tune::pause));
            }
            Step::Rest => {}
        }
    }

    fn hear(self, heard: Heard) {
        if heard == Heard::Sound {
            // Registers the media keys only once music sounds: other pages may use them.
            self.keys.try_update_value(|keys| {
                if keys.is_none() {
                    *keys = MediaKeys::take(move |on| {
                        self.turn(|record| record.asked(on));
                        self.remember();
                    });
                }
            });
        }
        self.record
            .try_update(|record| record.heard(heard == Heard::Sound));
        if heard == Heard::Broken && self.complained.try_get_value() == Some(false) {
            self.complained.set_value(true);
            self.complain.run(());
        }
    }

    fn remember(self) {
        let wanted = self.record.get_untracked().wanted();
        here().save(Store::Device, KEY, if wanted { "on" } else { OFF });
    }
}
