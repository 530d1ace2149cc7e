//! The items that a source file defines and imports.

/// A path as a list of names.
pub(super) type Names = Vec<String>;

/// The definitions and imports of a source file; everything else is ignored.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// The names of the defined items.
    pub(super) defined: Vec<String>,
    /// The imported paths, and the names they are bound to; a glob has the name `*`.
    pub(super) imports: Vec<Import>,
}

/// One name that is brought into scope.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Import {
    pub(super) path: Names,
    pub(super) name: String,
}

const ITEMS: &[&str] = &[
    "const", "enum", "fn", "static", "struct", "trait", "type", "union",
];

impl Source {
    pub(super) fn read(text: &str) -> Self {
        let text = without_comments(text);
        let words = words(without_tests(&text));
        let mut source = Self::default();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            match word.as_str() {
                "use" => {
                    let rest = words.iter().skip(at + 1);
                    let names: Names = rest.take_while(|word| *word != ";").cloned().collect();
                    tree(&names, &mut Vec::new(), &mut source.imports);
                    at += names.len();
                }
                item if ITEMS.contains(&item) => {
                    source.defined.extend(words.get(at + 1).cloned());
                }
                // A path in an expression or a type, without a `use`.
                "crate" | "super" if words.get(at + 1).is_some_and(|next| next == "::") => {
                    let mut path = vec![word.clone()];
                    while let (Some(sign), Some(next)) = (words.get(at + 1), words.get(at + 2))
                        && sign == "::"
                        && is_name(next)
                    {
                        path.push(next.clone());
                        at += 2;
                    }
                    let name = path.last().cloned().unwrap_or_default();
                    source.imports.push(Import { path, name });
                }
                _ => {}
            }
            at += 1;
        }
        source
    }
}

/// Parses the tree between `use` and its semicolon.
fn tree(words: &[String], prefix: &mut Names, imports: &mut Vec<Import>) {
    for branch in branches(words) {
        let depth = prefix.len();
        let mut at = 0;
        while let Some(word) = branch.get(at) {
            match word.as_str() {
                "{" => {
                    let inside = branch.get(at + 1..branch.len() - 1);
                    tree(inside.unwrap_or_default(), prefix, imports);
                    break;
                }
                "as" => break,
                "::" => {}
                name => prefix.push(name.to_owned()),
            }
            at += 1;
        }
        let is_leaf = !branch.iter().any(|word| word == "{");
        if is_leaf && prefix.len() > depth {
            let renamed = branch.iter().position(|word| word == "as");
            let name = renamed.and_then(|at| branch.get(at + 1)).cloned();
            let mut path = prefix.clone();
            if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                path.pop();
            }
            let name = name.or_else(|| path.last().cloned()).unwrap_or_default();
            imports.push(Import { path, name });
        }
        prefix.truncate(depth);
    }
}

/// Splits at commas outside of braces.
fn branches(words: &[String]) -> Vec<&[String]> {
    let (mut branches, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, word) in words.iter().enumerate() {
        match word.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 0 => {
                branches.extend(words.get(start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    branches.extend(words.get(start..));
    branches.retain(|branch| !branch.is_empty());
    branches
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Returns the tokens that imports consist of; skips everything else.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            let mut word = String::from(c);
            while let Some(next) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                word.push(next);
            }
            words.push(word);
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            words.push("::".into());
        } else if matches!(c, '{' | '}' | ',' | ';' | '*') {
            words.push(c.into());
        } else if c == '"' {
            while let Some(next) = chars.next() {
                match next {
                    '\\' => drop(chars.next()),
                    '"' => break,
                    _ => {}
                }
            }
        }
    }
    words
}

fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once("//") {
        Some((code, _)) if !code.contains('"') => code,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Cuts off the tests module, which is at the end of a file and may import anything.
fn without_tests(text: &str) -> &str {
    let mut starts = ["\n#[cfg(test)]\nmod ", "\n#[cfg(all(test"].iter();
    let start = starts.find_map(|start| text.find(start));
    start.and_then(|start| text.get(..start)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        let imports = Source::read(text).imports;
        let line = |import: Import| format!("{} as {}", import.path.join("::"), import.name);
        imports.into_iter().map(line).collect()
    }

    #[test]
    fn imports_are_read_as_paths() {
        let text = "use crate::a::{self, b::{C, d as e}, *};\npub use super::f;";
        let expected = [
            "crate::a as a",
            "crate::a::b::C as C",
            "crate::a::b::d as e",
            "crate::a::* as *",
            "super::f as f",
        ];
        assert_eq!(paths(text), expected);
    }

    #[test]
    fn paths_in_code_count_and_those_in_comments_texts_and_tests_do_not() {
        let text = "// use crate::no;\nfn f() { crate::yes::go(\"crate::no\") }\n#[cfg(test)]\nmod tests { use crate::no; }";
        assert_eq!(paths(text), ["crate::yes::go as go"]);
        let text = "use crate::yes;\n#[cfg(all(test, unix))]\nmod tests { use super::no; }";
        assert_eq!(paths(text), ["crate::yes as yes"]);
    }

    #[test]
    fn items_are_known_by_name() {
        let source = Source::read("pub(crate) struct A;\nenum B {}\nconst fn c() {}\n");
        assert_eq!(source.defined, ["A", "B", "fn", "c"]);
    }
}
