//! Files and the imports between them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use super::source::{Names, Source};

/// The files of one crate, by module, and the imports of each.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The file of each module, relative to `src`.
    files: BTreeMap<Names, String>,
    sources: BTreeMap<Names, Source>,
    arrows: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    pub(super) fn read(source: &Path) -> Result<Self> {
        let mut texts = Vec::new();
        collect(source, "", &mut texts)?;
        Ok(Self::of(texts))
    }

    fn of(texts: Vec<(String, String)>) -> Self {
        let mut graph = Self::default();
        for (file, text) in texts {
            let module = module(&file);
            graph.sources.insert(module.clone(), Source::read(&text));
            graph.files.insert(module, file);
        }
        let mut arrows = BTreeMap::new();
        for (module, file) in &graph.files {
            let source = graph.sources.get(module);
            let imports = source.into_iter().flat_map(|source| &source.imports);
            let paths = imports.filter_map(|import| absolute(module, &import.path));
            let targets = paths.filter_map(|path| graph.definition(&path, 0));
            let others = targets.filter(|target| target != file);
            arrows.insert(file.clone(), others.collect());
        }
        graph.arrows = arrows;
        graph
    }

    /// Returns the file that defines the item that this path names.
    fn definition(&self, path: &[String], depth: usize) -> Option<String> {
        // A path that leads back to itself is left to the compiler to report.
        if depth > 16 {
            return None;
        }
        let splits = (0..=path.len()).rev();
        let mut splits = splits.filter_map(|length| path.split_at_checked(length));
        let (module, rest) = splits.find(|(module, _)| self.files.contains_key(*module))?;
        let file = self.files.get(module)?;
        let source = self.sources.get(module)?;
        let Some(name) = rest.first().filter(|name| *name != "*") else {
            return Some(file.clone());
        };
        if source.defined.contains(name) {
            return Some(file.clone());
        }
        let exported = source.imports.iter().find(|import| import.name == *name);
        match exported {
            Some(import) => {
                let mut target = absolute(module, &import.path)?;
                target.extend(rest.iter().skip(1).cloned());
                self.definition(&target, depth + 1)
            }
            None => Some(file.clone()),
        }
    }

    /// Returns the groups of files that import each other, each sorted by name.
    pub(super) fn circles(&self) -> Vec<Vec<String>> {
        let reach: BTreeMap<&String, BTreeSet<&String>> = self
            .arrows
            .keys()
            .map(|file| (file, self.reachable(file)))
            .collect();
        let mut circles = BTreeSet::new();
        for (file, targets) in &reach {
            if targets.contains(*file) {
                let circle: Vec<String> = targets
                    .iter()
                    .filter(|other| reach.get(**other).is_some_and(|back| back.contains(*file)))
                    .map(|other| (*other).clone())
                    .collect();
                circles.insert(circle);
            }
        }
        circles.into_iter().collect()
    }

    fn reachable<'a>(&'a self, from: &String) -> BTreeSet<&'a String> {
        let mut reached = BTreeSet::new();
        let mut next: Vec<&String> = self.arrows.get(from).into_iter().flatten().collect();
        while let Some(file) = next.pop() {
            if reached.insert(file) {
                next.extend(self.arrows.get(file).into_iter().flatten());
            }
        }
        reached
    }

    /// Returns the imports from files in `folder` to one of the `forbidden` places.
    pub(super) fn against(&self, folder: &str, forbidden: &[&str]) -> Vec<String> {
        let inside = |file: &str, place: &str| {
            file == place
                || file
                    .strip_prefix(place)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let mut faults = Vec::new();
        for (file, targets) in self.arrows.iter().filter(|(file, _)| inside(file, folder)) {
            for target in targets.iter().filter(|target| !inside(target, folder)) {
                if forbidden.iter().any(|place| inside(target, place)) {
                    faults.push(format!("{file} imports {target}, a layer above it"));
                }
            }
        }
        faults
    }
}

/// Returns the module of a file, as names starting at the crate's root.
fn module(file: &str) -> Names {
    let path = file.trim_end_matches(".rs");
    let mut names: Names = path.split('/').map(Into::into).collect();
    if matches!(
        names.last().map(String::as_str),
        Some("mod" | "lib" | "main")
    ) {
        names.pop();
    }
    names
}

/// Resolves the path of an import from the crate's root; `None` if it leads out of the crate.
fn absolute(module: &[String], path: &[String]) -> Option<Names> {
    let mut base = module.to_vec();
    let mut rest = path.iter().peekable();
    match rest.peek().map(|name| name.as_str())? {
        "crate" => {
            base.clear();
            rest.next();
        }
        "self" => drop(rest.next()),
        "super" => {
            while rest.next_if(|name| *name == "super").is_some() {
                base.pop();
            }
        }
        // A child module, or another crate, for which no file is found.
        _ => {}
    }
    base.extend(rest.cloned());
    Some(base)
}

fn collect(folder: &Path, prefix: &str, texts: &mut Vec<(String, String)>) -> Result<()> {
    let reading = || format!("could not read {}", folder.display());
    for entry in folder.read_dir().with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let file = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{file}/"), texts)?;
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let text = std::fs::read_to_string(&path).with_context(reading)?;
            texts.push((file, text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(files: &[(&str, &str)]) -> Graph {
        let text = |(file, text): &(&str, &str)| ((*file).into(), (*text).into());
        Graph::of(files.iter().map(text).collect())
    }

    #[test]
    fn files_that_import_each_other_are_a_cycle() {
        let graph = graph(&[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::B; pub struct A;"),
            ("b.rs", "use crate::c::{self, C}; pub struct B;"),
            ("c.rs", "pub struct C; fn f() { super::a::g() }"),
        ]);
        assert_eq!(graph.circles(), [["a.rs", "b.rs", "c.rs"]]);
    }

    #[test]
    fn a_name_is_followed_through_re_exports_to_its_definition() {
        let graph = graph(&[
            ("lib.rs", "mod outer; pub use outer::Inner;"),
            (
                "outer/mod.rs",
                "mod inner; mod other; pub use self::inner::Inner;",
            ),
            ("outer/inner.rs", "pub struct Inner;"),
            (
                "outer/other.rs",
                "use super::Inner; use crate::Inner as Same;",
            ),
        ]);
        assert!(graph.circles().is_empty());
        assert_eq!(
            graph.arrows["outer/other.rs"],
            BTreeSet::from(["outer/inner.rs".to_owned()])
        );
    }

    #[test]
    fn an_import_against_the_layers_is_a_fault_that_names_both_files() {
        let graph = graph(&[
            ("lib.rs", ""),
            ("low/mod.rs", "use crate::high::High;"),
            ("high.rs", "pub struct High; use crate::low::x;"),
        ]);
        let faults = graph.against("low", &["high.rs"]);
        assert_eq!(faults, ["low/mod.rs imports high.rs, a layer above it"]);
        assert!(graph.against("high.rs", &["other"]).is_empty());
    }
}
