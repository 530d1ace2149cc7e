//! The name section of a module, which is for debuggers.

use anyhow::{Context, Result};
use wasm_encoder::{CustomSection, Module, RawSection};
use wasmparser::{BinaryReader, Parser, Payload};

/// The subsection with the names of labels.
const LABELS: u8 = 3;

/// Returns `module` without the names of labels, which wasm-opt does not support and warns about.
pub(super) fn without_labels(module: &[u8]) -> Result<Vec<u8>> {
    let mut without = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.context("not a WebAssembly module")?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        match payload {
            Payload::CustomSection(section) if section.name() == "name" => {
                let data = subsections_but(LABELS, section.data())?;
                without.section(&CustomSection {
                    name: "name".into(),
                    data: data.into(),
                });
            }
            _ => {
                let data = module.get(range).context("a section is cut short")?;
                without.section(&RawSection { id, data });
            }
        }
    }
    Ok(without.finish())
}

fn subsections_but(unwanted: u8, section: &[u8]) -> Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(section.len());
    let mut reader = BinaryReader::new(section, 0);
    while !reader.eof() {
        let start = reader.original_position().try_into()?;
        let id = reader.read_u8()?;
        let length = reader.read_var_u32()?;
        reader.read_bytes(length.try_into()?)?;
        if id != unwanted {
            let subsection = section.get(start..reader.original_position().try_into()?);
            kept.extend_from_slice(subsection.context("a subsection is cut short")?);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{IndirectNameMap, NameMap, NameSection};

    #[test]
    fn only_the_names_of_labels_are_removed() {
        let mut functions = NameMap::new();
        functions.append(0, "f");
        let module = |labels: bool| {
            let mut names = NameSection::new();
            names.functions(&functions);
            if labels {
                names.labels(&IndirectNameMap::new());
            }
            names.globals(&functions);
            let mut module = Module::new();
            module.section(&names);
            module.finish()
        };
        assert_ne!(module(true), module(false));
        assert_eq!(without_labels(&module(true)).unwrap(), module(false));
        assert_eq!(without_labels(&module(false)).unwrap(), module(false));
    }
}
