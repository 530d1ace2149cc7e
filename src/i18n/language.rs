//! The page's languages, and their formats of numbers and times.

use js_sys::{Date, Object, Reflect};
use wasm_bindgen::JsValue;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Chinese,
    English,
}

impl Language {
    /// Returns the language of a tag such as `zh-CN` or `en`.
    pub(crate) fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// Returns the language of `words`, judged by their first 200 characters.
    pub(crate) fn of_words(words: &str) -> Option<Self> {
        let mut latin = false;
        for character in words.chars().take(200) {
            match character {
                // Chinese characters and punctuation.
                '\u{3001}'..='\u{303f}' | '\u{3400}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' => {
                    return Some(Self::Chinese);
                }
                _ => latin |= character.is_ascii_alphabetic(),
            }
        }
        latin.then_some(Self::English)
    }

    /// Returns the player's choice, or else the language of the settings, or else the browser's.
    /// Returns English if none of them is a language of the page.
    pub(crate) fn choose(chosen: Option<&str>, asked: Option<&str>, browser: Option<&str>) -> Self {
        [chosen, asked, browser]
            .into_iter()
            .flatten()
            .find_map(Self::of_tag)
            .unwrap_or(Self::English)
    }

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// Returns the language's name in the language itself.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chinese => "中文",
            Self::English => "English",
        }
    }

    pub(crate) fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    /// Formats a number for this language.
    pub(crate) fn number(self, number: u64) -> String {
        js_sys::Number::from(number as f64)
            .to_locale_string(self.tag())
            .into()
    }

    /// Formats a time, in milliseconds since 1970, for this language: the time of day, and the date
    /// as well if it is not today's.
    pub(crate) fn time(self, moment: f64) -> String {
        let date = Date::new(&JsValue::from_f64(moment));
        let is_today = date.to_date_string() == Date::new_0().to_date_string();
        let options = Object::new();
        let set = |key: &str, style: &str| {
            _ = Reflect::set(&options, &key.into(), &style.into());
        };
        if !is_today {
            set("month", "short");
            set("day", "numeric");
        }
        set("hour", "2-digit");
        set("minute", "2-digit");
        date.to_locale_string(self.tag(), &options).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_any_region_and_case_are_understood() {
        assert_eq!(Language::of_tag("zh-Hant-TW"), Some(Language::Chinese));
        assert_eq!(Language::of_tag("EN_us"), Some(Language::English));
        assert_eq!(Language::of_tag("fr"), None);
        assert_eq!(Language::of_tag(""), None);
    }

    #[test]
    fn texts_are_in_their_language() {
        for (words, language) in [
            ("登录成功", Some(Language::Chinese)),
            ("ok，", Some(Language::Chinese)),
            ("token 已过期", Some(Language::Chinese)),
            ("token expired", Some(Language::English)),
            ("1005", None),
            ("", None),
            ("Привет", None),
        ] {
            assert_eq!(Language::of_words(words), language, "{words}");
        }
    }

    #[test]
    fn the_player_s_choice_overrides_the_setting_and_that_overrides_the_browser() {
        use Language::{Chinese, English};
        let choose = Language::choose;
        assert_eq!(choose(Some("en"), Some("zh"), Some("zh-CN")), English);
        assert_eq!(choose(None, Some("zh"), Some("en-US")), Chinese);
        assert_eq!(choose(None, Some("auto"), Some("zh-TW")), Chinese);
        assert_eq!(choose(None, None, Some("en-US")), English);
    }

    #[test]
    fn a_browser_of_a_third_language_gets_english() {
        assert_eq!(
            Language::choose(None, Some("auto"), Some("fr")),
            Language::English
        );
        assert_eq!(Language::choose(None, None, None), Language::English);
    }
}
