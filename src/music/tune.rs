//! Plays the tune with an audio element of the browser.

use std::cell::Cell;

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlAudioElement, Url};

use super::file::{self, FILE};
use crate::host::here;

/// What the audio element reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The file can't be loaded or played.
    Broken,
    Silence,
    Sound,
}

/// The events of the audio element, and their meaning. `play` is not among them, because playing
/// may be blocked, or the file may still be loading.
const EVENTS: [(&str, Heard); 5] = [
    ("playing", Heard::Sound),
    ("pause", Heard::Silence),
    ("waiting", Heard::Silence),
    ("emptied", Heard::Silence),
    ("error", Heard::Broken),
];

type Listener = (&'static str, Closure<dyn FnMut()>);

/// The tune, which loops. Dropping it stops the sound.
#[derive(Debug)]
pub(crate) struct Tune {
    audio: HtmlAudioElement,
    listeners: [Listener; EVENTS.len()],
    /// Whether the source is set, or is being loaded.
    has_source: Cell<bool>,
}

impl Tune {
    /// Creates a player that reports to `heard`. Returns `None` if the browser has no audio.
    pub(crate) fn new(heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let audio = HtmlAudioElement::new().ok()?;
        audio.set_preload("none");
        audio.set_loop(true);
        let has_source = here().plays_files();
        if has_source {
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
            has_source: Cell::new(has_source),
        })
    }

    pub(crate) fn play(&self) {
        if !self.has_source.replace(true) {
            let audio = self.audio.clone();
            spawn_local(async move {
                // If it can't be fetched, the audio element reports the error.
                let address = file::held().await.unwrap_or_else(|_| FILE.into());
                // The player may have turned the music off meanwhile.
                let wanted = !audio.paused();
                audio.set_src(&address);
                if wanted {
                    play(&audio);
                }
            });
        }
        if self.audio.error().is_some() {
            // Loading failed before; it may succeed now.
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
        // Releases the blob, if the source is one.
        _ = Url::revoke_object_url(&self.audio.src());
    }
}

fn play(audio: &HtmlAudioElement) {
    if let Ok(playing) = audio.play() {
        // The promise is rejected before the first touch and by a pause. Nothing sounds then, so
        // the error is ignored.
        spawn_local(async move {
            _ = JsFuture::from(playing).await;
        });
    }
}
