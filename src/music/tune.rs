//! What plays the tune: the browser's own player, made when it is first needed.

use std::cell::Cell;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, Url};

use super::file::{self, FILE};
use crate::host::here;

/// What is heard of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It can't be loaded or played here.
    Broken,
    Silence,
    Sound,
}

/// What the browser tells, and what that means. Wanting to play says nothing: it may be forbidden, or still loading.
const EVENTS: [(&str, Heard); 5] = [
    ("playing", Heard::Sound),
    ("pause", Heard::Silence),
    ("waiting", Heard::Silence),
    ("emptied", Heard::Silence),
    ("error", Heard::Broken),
];

type Listener = (&'static str, Closure<dyn FnMut()>);

/// The tune, over and over. Dropped, it is silent.
#[derive(Debug)]
pub(crate) struct Tune {
    audio: HtmlAudioElement,
    listeners: [Listener; EVENTS.len()],
    /// Whether it knows where the tune is, or somebody is on the way to tell it.
    told: Cell<bool>,
}

impl Tune {
    /// A player that tells `heard` what is heard; `None` where there is no sound at all.
    pub(crate) fn new(heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let audio = HtmlAudioElement::new().ok()?;
        audio.set_preload("none");
        audio.set_loop(true);
        let told = here().plays_files();
        if told {
            audio.set_src(FILE);
        }
        let listeners = EVENTS.map(|(event, means)| {
            let heard = heard.clone();
            let listener = Closure::<dyn FnMut()>::new(move || heard(means));
            _ = audio.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
            (event, listener)
        });
        Some(Self {
            audio,
            listeners,
            told: Cell::new(told),
        })
    }

    pub(crate) fn play(&self) {
        if !self.told.replace(true) {
            let audio = self.audio.clone();
            spawn_local(async move {
                // Where it can't be fetched, the player is the one to say so.
                let address = file::held().await.unwrap_or_else(|_| FILE.into());
                // By now nobody may want it any more.
                let wanted = !audio.paused();
                audio.set_src(&address);
                if wanted {
                    play(&audio);
                }
            });
        }
        if self.audio.error().is_some() {
            // It was out of reach; it may be there now.
            self.audio.load();
        }
        play(&self.audio);
    }

    pub(crate) fn pause(&self) {
        _ = self.audio.pause();
    }
}

impl Drop for Tune {
    fn drop(&mut self) {
        for (event, listener) in &self.listeners {
            let listener = listener.as_ref().unchecked_ref();
            _ = self
                .audio
                .remove_event_listener_with_callback(event, listener);
        }
        self.pause();
        // What was held for it. Of other addresses this does nothing.
        _ = Url::revoke_object_url(&self.audio.src());
    }
}

fn play(audio: &HtmlAudioElement) {
    if let Ok(playing) = audio.play() {
        // Refused before the first touch, and cut short by a pause: then nothing is heard, and no event says so.
        spawn_local(async move {
            _ = JsFuture::from(playing).await;
        });
    }
}
