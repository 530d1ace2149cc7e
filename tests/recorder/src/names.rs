//! Replaces ids, which differ in each run, by numbered names.

/// Object keys whose values are ids.
const KEYS: [&str; 3] = ["\"sid\":\"", "\"pid\":\"", "\"id\":\""];

/// The ids so far, in order of appearance.
#[derive(Debug, Default)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// Returns the text with each id replaced by its name.
    pub(crate) fn replace(&mut self, text: &str) -> String {
        for key in KEYS {
            for (at, _) in text.match_indices(key) {
                let rest = text.get(at + key.len()..).unwrap_or_default();
                if let Some((id, _)) = rest.split_once('"')
                    && !self.0.iter().any(|known| known == id)
                {
                    self.0.push(id.to_owned());
                }
            }
        }
        (1..).zip(&self.0).fold(text.to_owned(), |text, (n, id)| {
            text.replace(id.as_str(), &format!("id-{n}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_name_wherever_it_occurs() {
        let mut names = Names::default();
        let text = names.replace(r#"0{"sid":"XyZ","upgrades":[]}"#);
        assert_eq!(text, r#"0{"sid":"id-1","upgrades":[]}"#);
        let text = names.replace(r#"42["welcome",{"id":"AbC","auth":{}}]"#);
        assert_eq!(text, r#"42["welcome",{"id":"id-2","auth":{}}]"#);
        let text = names.replace(r#"40{"sid":"AbC","pid":"P"}"#);
        assert_eq!(text, r#"40{"sid":"id-2","pid":"id-3"}"#);
        assert_eq!(names.replace("42[\"XyZ\"]"), "42[\"id-1\"]");
    }
}
