//! Which language the page speaks: chosen, remembered, and changed while it is open.

use std::ops::Deref;

use leptos::prelude::*;
use leptos::reactive::graph::Observer;

use crate::host::{Store, here};
use crate::i18n::language::Language;
use crate::i18n::text::Text;
use crate::i18n::{en, zh};

/// The device's key of the player's choice.
const KEY: &str = "language";

/// The page's texts in the language of the moment. Read where signals are tracked, a text follows the language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts(RwSignal<Language>);

impl Texts {
    /// Starts in the language that [`Language::choose`] gives. A setting that names none means the browser's.
    pub(crate) fn start(asked: Option<&str>) -> Self {
        let chosen = here().read(Store::Device, KEY);
        let browser = window().navigator().language();
        let language = Language::choose(chosen.as_deref(), asked, browser.as_deref());
        apply(language);
        Self(RwSignal::new(language))
    }

    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Language::Chinese)))
    }

    /// Speaks `language` from now on, and remembers it.
    pub(crate) fn speak(self, language: Language) {
        here().save(Store::Device, KEY, language.tag());
        apply(language);
        self.0.set(language);
    }

    /// The language of the moment.
    pub(crate) fn language(self) -> Language {
        let language = if Observer::get().is_some() {
            self.0.try_get()
        } else {
            self.0.try_get_untracked()
        };
        language.unwrap_or(Language::Chinese)
    }
}

impl Deref for Texts {
    type Target = Text;

    fn deref(&self) -> &Text {
        text_of(self.language())
    }
}

/// Tells the document which language it is in.
fn apply(language: Language) {
    let document = document();
    document.set_title(text_of(language).document_title);
    if let Some(root) = document.document_element() {
        _ = root.set_attribute("lang", language.tag());
    }
}

/// Everything that the page says, in this language.
const fn text_of(language: Language) -> &'static Text {
    match language {
        Language::Chinese => &zh::TEXT,
        Language::English => &en::TEXT,
    }
}
