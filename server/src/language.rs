/// Returns whether English is the first language in an `Accept-Language` header. If not, the game
/// speaks Chinese.
pub(crate) fn prefers_english(languages: &str) -> bool {
    let first = languages
        .split([',', ';'])
        .next()
        .unwrap_or_default()
        .trim();
    let language = first
        .split_once('-')
        .map_or(first, |(language, _)| language);
    language.eq_ignore_ascii_case("en")
}

#[cfg(test)]
mod tests {
    use super::prefers_english;

    #[test]
    fn the_first_language_counts() {
        for (languages, english) in [
            ("en", true),
            ("en-GB,zh;q=0.9", true),
            ("zh-CN,en;q=0.8", false),
            ("", false),
        ] {
            assert_eq!(prefers_english(languages), english, "{languages}");
        }
    }
}
