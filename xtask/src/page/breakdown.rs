//! The size of a WebAssembly module by crate, to find the crate that has grown.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context, Result};
use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use super::cut;
use crate::workspace;

/// The entry for functions whose name contains no crate.
const NAMELESS: &str = "(no crate)";

/// Formats one line per crate of the early module, the largest first: bytes after optimisation,
/// before compression.
pub(crate) fn of_early() -> Result<String> {
    let folder = workspace::target()?.join("cut");
    of(&cut::optimise_with_names(&folder.join(cut::EARLY_MODULE))?)
}

fn of(module: &Path) -> Result<String> {
    let bytes =
        std::fs::read(module).with_context(|| format!("could not read {}", module.display()))?;
    let mut table = format!("{:>10}  uncompressed, by crate\n", "bytes");
    for (name, size) in by_crate(&bytes)? {
        table += &format!("{size:>10}  {name}\n");
    }
    Ok(table)
}

/// Returns the sizes of each crate's functions and of the data segments, the largest first.
fn by_crate(module: &[u8]) -> Result<Vec<(String, u64)>> {
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut names = HashMap::new();
    let mut weights = HashMap::<String, u64>::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("not a WebAssembly module")? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => sizes.push(size(&body.range())),
            Payload::DataSection(section) => {
                *weights.entry("(data)".to_owned()).or_default() += size(&section.range());
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(known) = section.as_known() {
                    for name in known {
                        if let Name::Function(functions) = name? {
                            for naming in functions {
                                let naming = naming?;
                                names.insert(naming.index, naming.name);
                            }
                        }
                    }
                }
            }
            _ => {}
        }
    }
    for (index, size) in (imported..).zip(sizes) {
        let name = names.get(&index).copied().and_then(crate_of);
        *weights
            .entry(name.unwrap_or(NAMELESS).to_owned())
            .or_default() += size;
    }
    let mut weights: Vec<_> = weights.into_iter().collect();
    weights.sort_by(|(one, less), (other, more)| more.cmp(less).then_with(|| one.cmp(other)));
    Ok(weights)
}

fn size(range: &Range<u64>) -> u64 {
    range.end.saturating_sub(range.start)
}

/// Returns the crate that a function is counted for: the crate of the implementing type for a trait
/// method, the crate of the dropped type for drop glue.
fn crate_of(function: &str) -> Option<&str> {
    let function = function
        .strip_prefix("core::ptr::drop_in_place")
        .filter(|value| value.starts_with('<'))
        .unwrap_or(function);
    function
        .split(" as ")
        .find_map(|part| first_crate(part.trim_start_matches(['<', '&', '*', '(', '['])))
}

fn first_crate(path: &str) -> Option<&str> {
    let path = ["mut ", "const ", "dyn "]
        .iter()
        .fold(path, |path, word| path.trim_start_matches(word));
    let (name, _) = path.split_once("::")?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, EntityType, Function, FunctionSection, ImportSection, Module, NameMap,
        NameSection, TypeSection,
    };

    use super::*;

    #[test]
    fn the_crate_is_derived_from_a_symbol() {
        for (function, name) in [
            ("orchard::early::start::h0123", Some("orchard")),
            (
                "<alloc::vec::Vec<T> as core::fmt::Debug>::fmt::h0",
                Some("alloc"),
            ),
            ("<&str as core::fmt::Display>::fmt::h0", Some("core")),
            (
                "<&mut serde::Reader as serde::de::Deserializer>::any",
                Some("serde"),
            ),
            (
                "core::ptr::drop_in_place<orchard::early::First>::h0",
                Some("orchard"),
            ),
            ("core::ptr::drop_in_place::h0", Some("core")),
            ("memcpy", None),
            ("__wbindgen_malloc", None),
        ] {
            assert_eq!(crate_of(function), name, "{function}");
        }
    }

    #[test]
    fn functions_count_for_their_crate_and_imports_for_none() {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("a", "b", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        let mut names = NameMap::new();
        names.append(0, "imported::one");
        for (index, (name, length)) in [("a::one", 5), ("b::two", 40), ("a::three", 7)]
            .into_iter()
            .enumerate()
        {
            functions.function(0);
            let mut body = Function::new([]);
            for _ in 0..length {
                body.instructions().nop();
            }
            body.instructions().end();
            code.function(&body);
            names.append(index as u32 + 1, name);
        }
        let mut section = NameSection::new();
        section.functions(&names);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&code)
            .section(&section);
        // A body consists of its instructions, the end and an empty list of locals.
        let expected = [("b".to_owned(), 42), ("a".to_owned(), 16)];
        assert_eq!(by_crate(&module.finish()).unwrap(), expected);
    }
}
