//! The page's language: chosen at the start, stored, and changeable while the page is open.

use std::ops::Deref;

use leptos::prelude::*;
use leptos::reactive::graph::Observer;

use crate::host::{Store, here};
use crate::i18n::language::Language;
use crate::i18n::text::Text;
use crate::i18n::{en, zh};

/// The key of the player's choice on the device.
const KEY: &str = "language";

/// The page's texts in the current language. Reading a text in a reactive context tracks the
/// language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Texts(RwSignal<Language>);

impl Texts {
    /// Starts in the language that [`Language::choose`] returns. `asked` is the value of the
    /// setting.
    pub(crate) fn start(asked: &str) -> Self {
        let chosen = here().read(Store::Device, KEY);
        let browser = window().navigator().language();
        let language = Language::choose(chosen.as_deref(), Some(asked), browser.as_deref());
        apply(language);
        Self(RwSignal::new(language))
    }

    pub(crate) fn from_context() -> Self {
        use_context().unwrap_or_else(|| Self(RwSignal::new(Language::Chinese)))
    }

    /// Changes the language to `language`, and stores the choice.
    pub(crate) fn speak(self, language: Language) {
        here().save(Store::Device, KEY, language.tag());
        apply(language);
        self.0.set(language);
    }

    /// Returns the current language. Tracks it in a reactive context.
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

/// Sets the language and the title of the document.
fn apply(language: Language) {
    let document = document();
    document.set_title(text_of(language).document_title);
    if let Some(root) = document.document_element() {
        _ = root.set_attribute("lang", language.tag());
    }
}

/// Returns the page's texts in `language`.
const fn text_of(language: Language) -> &'static Text {
    match language {
        Language::Chinese => &zh::TEXT,
        Language::English => &en::TEXT,
    }
}
