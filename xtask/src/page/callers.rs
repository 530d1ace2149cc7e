//! The functions of wasm-bindgen that call closures: removes those that nothing calls.
//!
//! Each closure type that a binding takes has such a function, and a descriptor that refers to it
//! by its index in the function table. wasm-bindgen exports the functions of closures that are
//! created, and drops the descriptors. But an entry in the table looks like a use, so all other
//! functions, thirty of js-sys alone, would stay in each module.

use std::collections::HashSet;
use std::convert::Infallible;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ElementSection, Elements, Module, RawSection};
use wasmparser::{ElementItems, ExternalKind, KnownCustom, Name, Parser, Payload};

/// The prefix of the names of these functions, before their hash.
const CALLER: &str = "wasm_bindgen::convert::closures::_::invoke::";

/// Replaces the table entries of idle callers by a function that is used, in a module written by
/// wasm-bindgen, names included. wasm-opt then finds no reference to the callers and removes them.
pub(super) fn without_idle(module: &[u8]) -> Result<Vec<u8>> {
    let mut idle = Idle(idle(module)?);
    let mut without = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.context("not a WebAssembly module")?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        let data = module.get(range).context("a section is cut short")?;
        if let Payload::ElementSection(section) = payload {
            let mut elements = ElementSection::new();
            idle.parse_element_section(&mut elements, section)
                .context("the table of functions can't be read")?;
            without.section(&elements);
        } else {
            without.section(&RawSection { id, data });
        }
    }
    Ok(without.finish())
}

/// Returns the callers that are not exported.
fn idle(module: &[u8]) -> Result<HashSet<u32>> {
    let mut callers = HashSet::new();
    let mut exported = HashSet::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload.context("not a WebAssembly module")? {
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        exported.insert(export.index);
                    }
                }
            }
            Payload::CustomSection(section) => {
                let KnownCustom::Name(known) = section.as_known() else {
                    continue;
                };
                for name in known {
                    let Name::Function(functions) = name? else {
                        continue;
                    };
                    for naming in functions {
                        let naming = naming?;
                        if naming.name.starts_with(CALLER) {
                            callers.insert(naming.index);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(callers.difference(&exported).copied().collect())
}

struct Idle(HashSet<u32>);

impl Reencode for Idle {
    type Error = Infallible;

    fn element_items<'a>(
        &mut self,
        items: ElementItems<'a>,
    ) -> Result<Elements<'a>, Error<Self::Error>> {
        let ElementItems::Functions(functions) = items else {
            return utils::element_items(self, items);
        };
        let mut functions: Vec<u32> = functions.into_iter().collect::<Result<_, _>>()?;
        let is_used = |function: &u32| !self.0.contains(function);
        if let Some(used) = functions.iter().copied().find(is_used) {
            for function in &mut functions {
                if !is_used(function) {
                    *function = used;
                }
            }
        }
        Ok(Elements::Functions(functions.into()))
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, NameMap,
        NameSection, TypeSection,
    };

    use super::*;

    /// Four functions in the table: one of the program's, two callers of which one is exported, and
    /// the program's other one.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
        for _ in 0..4 {
            functions.function(0);
            let mut body = Function::new([]);
            body.instructions().end();
            code.function(&body);
        }
        let mut exports = ExportSection::new();
        exports.export("wasm_bindgen__convert__closures", ExportKind::Func, 1);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(1),
            Elements::Functions(vec![2, 0, 1, 3].into()),
        );
        let mut named = NameMap::new();
        for (index, name) in [
            "page::start::h0",
            "wasm_bindgen::convert::closures::_::invoke::h1",
            "wasm_bindgen::convert::closures::_::invoke::h2",
            "page::end::h3",
        ]
        .into_iter()
        .enumerate()
        {
            named.append(u32::try_from(index).unwrap(), name);
        }
        let mut names = NameSection::new();
        names.functions(&named);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&exports)
            .section(&elements)
            .section(&code)
            .section(&names);
        module.finish()
    }

    fn table(module: &[u8]) -> Vec<u32> {
        let mut table = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::ElementSection(section) = payload.unwrap() {
                for element in section {
                    if let ElementItems::Functions(functions) = element.unwrap().items {
                        table.extend(functions.into_iter().map(Result::unwrap));
                    }
                }
            }
        }
        table
    }

    #[test]
    fn unused_callers_are_removed_from_the_table_and_others_keep_their_index() {
        let before = module();
        assert_eq!(table(&before), [2, 0, 1, 3]);
        let after = without_idle(&before).unwrap();
        assert_eq!(table(&after), [0, 0, 1, 3]);
        // Nothing else has changed, not even the length: the new indices are encoded in as many
        // bytes.
        assert_eq!(before.len(), after.len());
    }
}
