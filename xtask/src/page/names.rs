//! The imports and exports between a module and its script: removes unused ones, shortens names.
//!
//! wasm-bindgen's names are long and end in a hash, which does not compress.

use std::collections::HashMap;

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Error, Reencode, RoundtripReencoder, utils};
use wasm_encoder::{CustomSection, ExportSection, ImportSection, Module, RawSection};
use wasmparser::{Export, Import, ImportSectionReader, Parser, Payload};

/// Prefixes of names that wasm-bindgen generates, and that no other code refers to.
const BOUND: [&str; 3] = ["__wbg_", "__wbindgen_", "wasm_bindgen__"];

/// Returns the names that `module` imports.
pub(super) fn imports(module: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ImportSection(section) = payload.context("not a WebAssembly module")? {
            for import in section.into_imports() {
                names.push(import?.name.to_owned());
            }
        }
    }
    Ok(names)
}

/// Part of the names of classes that a dependency of Leptos exports for streams. The page uses no
/// streams, but an export keeps all functions that it calls: four kilobytes of the early module.
const IDLE: &[u8] = b"ntoUnderlying";
const IDLE_EXPORTS: &str = "intounderlying";

/// The section with wasm-bindgen's descriptions of items, a sequence of `(length, header, length,
/// item)`.
const ITEMS: &str = "__wasm_bindgen_unstable";

/// Removes unused exports from the linker's output. All other sections keep their offsets, which
/// the relocations refer to.
pub(super) fn without_idle_exports(module: &[u8]) -> Result<Vec<u8>> {
    let mut without = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.context("not a WebAssembly module")?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let range = usize::try_from(range.start)?..usize::try_from(range.end)?;
        let data = module.get(range).context("a section is cut short")?;
        match payload {
            Payload::ExportSection(section) => {
                let mut exports = ExportSection::new();
                for export in section {
                    let export = export?;
                    if !export.name.contains(IDLE_EXPORTS) {
                        utils::parse_export(&mut RoundtripReencoder, &mut exports, export)?;
                    }
                }
                without.section(&exports);
            }
            Payload::CustomSection(section) if section.name() == ITEMS => {
                without.section(&CustomSection {
                    name: ITEMS.into(),
                    data: without_idle_items(section.data()).into(),
                });
            }
            _ => _ = without.section(&RawSection { id, data }),
        }
    }
    Ok(without.finish())
}

fn without_idle_items(mut rest: &[u8]) -> Vec<u8> {
    let mut items = Vec::with_capacity(rest.len());
    while let Some((_, after)) = item(rest).and_then(|(_header, after)| item(after)) {
        let (pair, after) = rest.split_at(rest.len() - after.len());
        if !pair.windows(IDLE.len()).any(|bytes| bytes == IDLE) {
            items.extend_from_slice(pair);
        }
        rest = after;
    }
    items.extend_from_slice(rest);
    items
}

/// Splits off an item, which is preceded by its length in four bytes.
fn item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length).try_into().ok()?)
}

/// Replaces the generated names in `module` and `script` by short ones.
pub(super) fn shorten(module: &[u8], script: &str) -> Result<(Vec<u8>, String)> {
    let mut short = HashMap::<String, String>::new();
    let module = rename(module, |name| {
        if !BOUND.iter().any(|beginning| name.starts_with(beginning)) {
            return name.to_owned();
        }
        let next = format!("${}", short.len());
        short.entry(name.to_owned()).or_insert(next).clone()
    })?;
    // Replace the longest first: one name may be the prefix of another.
    let mut long: Vec<_> = short.into_iter().collect();
    long.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut script = script.to_owned();
    for (name, short) in long {
        script = script.replace(&name, &short);
    }
    Ok((module, script))
}

/// Removes the functions from wasm-bindgen's script that the module does not import.
pub(super) fn without_idle_imports(script: &str, used: impl Fn(&str) -> bool) -> String {
    let mut text = String::with_capacity(script.len());
    let mut idle = false;
    for line in script.lines() {
        if let Some(name) = imported(line) {
            idle = !used(name);
        }
        if !idle {
            text += line;
            text.push('\n');
        }
        if line.starts_with("        }") && line.ends_with(',') {
            idle = false;
        }
    }
    text
}

/// Returns the name of the imported function whose definition begins with this line.
fn imported(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("        ")?.split_once(": function(")?;
    let bound = BOUND.iter().any(|beginning| name.starts_with(beginning));
    (bound && rest.ends_with('{')).then_some(name)
}

/// Renames the imports and exports of `module`.
fn rename(module: &[u8], name: impl FnMut(&str) -> String) -> Result<Vec<u8>> {
    let mut renamed = Module::new();
    Renaming(name)
        .parse_core_module(&mut renamed, Parser::new(0), module)
        .context("the module's names can't be changed")?;
    Ok(renamed.finish())
}

struct Renaming<F>(F);

impl<F: FnMut(&str) -> String> Reencode for Renaming<F> {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error<Self::Error>> {
        for import in section.into_imports() {
            let import = import?;
            let name = (self.0)(import.name);
            let renamed = Import {
                name: &name,
                ..import
            };
            utils::parse_import(self, imports, renamed)?;
        }
        Ok(())
    }

    fn parse_export(
        &mut self,
        exports: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), Error<Self::Error>> {
        let name = (self.0)(export.name);
        let renamed = Export {
            name: &name,
            ..export
        };
        utils::parse_export(self, exports, renamed)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{EntityType, ExportKind, FunctionSection, TypeSection};

    use super::*;

    /// Imports `__wbg_a_0123` and `__wbg_ab`, and exports the first by two names.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("./bg.js", "__wbg_a_0123", EntityType::Function(0));
        imports.import("./bg.js", "__wbg_ab", EntityType::Function(0));
        let mut exports = ExportSection::new();
        exports.export("__wbindgen_start", ExportKind::Func, 0);
        exports.export("shared", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types);
        module.section(&imports);
        module.section(&FunctionSection::new());
        module.section(&exports);
        module.finish()
    }

    fn exports_of(module: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::ExportSection(section) = payload.unwrap() {
                names.extend(section.into_iter().map(|it| it.unwrap().name.to_owned()));
            }
        }
        names
    }

    #[test]
    fn both_sides_get_the_same_short_names() {
        let script = "wasm.__wbindgen_start(); i = { __wbg_ab: f, __wbg_a_0123: g }; shared";
        let (module, script) = shorten(&module(), script).unwrap();
        assert_eq!(imports(&module).unwrap(), ["$0", "$1"]);
        assert_eq!(exports_of(&module), ["$2", "shared"]);
        assert_eq!(script, "wasm.$2(); i = { $1: f, $0: g }; shared");
    }

    #[test]
    fn an_unused_export_is_removed_with_its_metadata() {
        let item = |text: &str| {
            let length = u32::try_from(text.len()).unwrap().to_le_bytes();
            [&length, text.as_bytes()].concat()
        };
        let used = [item("header"), item("used")].concat();
        let idle = [item("header"), item("class IntoUnderlyingSource")].concat();
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut exports = ExportSection::new();
        exports.export("__wbg_intounderlyingsource_free", ExportKind::Func, 0);
        exports.export("used", ExportKind::Func, 0);
        let mut module = Module::new();
        module.section(&types);
        module.section(&exports);
        module.section(&CustomSection {
            name: ITEMS.into(),
            data: [used.as_slice(), &idle, &used].concat().into(),
        });

        let module = without_idle_exports(&module.finish()).unwrap();
        assert_eq!(exports_of(&module), ["used"]);
        let items = Parser::new(0).parse_all(&module).find_map(|it| match it {
            Ok(Payload::CustomSection(section)) => Some(section.data().to_vec()),
            _ => None,
        });
        assert_eq!(items.unwrap(), [used.as_slice(), &used].concat());
    }

    #[test]
    fn functions_that_are_not_imported_are_removed_completely() {
        let script = "    const import0 = {\n        __wbg_a_0: function(arg0) {\n            return arg0;\n        },\n        \
            __wbg_b_1: function() { return handleError(function (arg0) {\n            arg0.b();\n        }, arguments); },\n    };\n";
        let without = without_idle_imports(script, |name| name == "__wbg_b_1");
        assert_eq!(
            without,
            script.replace(
                "        __wbg_a_0: function(arg0) {\n            return arg0;\n        },\n",
                ""
            )
        );
        assert_eq!(without_idle_imports(script, |_| true), script);
    }
}
