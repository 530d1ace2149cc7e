//! Splits the release build into two modules: the early one, which runs before the first count is
//! shown, and the page, which is loaded after it.
//!
//! trunk builds one module with a split point in it (feature `split`). This code splits it there,
//! runs wasm-bindgen again, removes unused imports and exports, and replaces trunk's files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};

use super::{callers, name_section, names, wiring};
use crate::process;
use crate::stamp::Stamp;
use crate::tools::{self, cache};
use crate::workspace::{self, WASM};

/// The feature that marks the split point.
pub(super) const FEATURE: &str = "split";

/// Names of intermediate files. The split point is called `page`.
const EARLY: &str = "orchard";
pub(super) const EARLY_MODULE: &str = "orchard_bg.wasm";
const LINK: &str = "__wasm_split.js";
const LATE: &str = "split_page.wasm";

/// Features of WebAssembly that the compiler uses: the same list as in index.html.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Replaces the module that trunk wrote to `dist` by two.
pub(super) fn cut(dist: &Path) -> Result<()> {
    let folder = workspace::target()?.join("cut");
    cache::remove(&folder)?;
    cache::make(&folder)?;
    let whole = workspace::target()?.join(WASM).join("release/orchard.wasm");
    divide(&whole, &folder)?;
    bind(&folder)?;

    let early = folder.join(EARLY_MODULE);
    let glue = folder.join(format!("{EARLY}.js"));
    std::fs::write(folder.join("start.js"), start())?;
    let early = optimise(&early, Level::Size)?;
    let late = folder.join(LATE);
    write(&late, &name_section::without_labels(&read(&late)?)?)?;
    let late = shrink(&late, Level::Size)?;
    drop_imports(&early, &glue)?;
    let script = bundle(&folder)?;
    let (early, script) = names::shorten(&read(&early)?, &script)?;
    let late = read(&late)?;

    let late_name = hashed("page", &late, "wasm");
    let early_name = hashed("early", &early, "wasm");
    let script = script
        .replace(LATE, &late_name)
        .replace(EARLY_MODULE, &early_name);
    let script_name = hashed("start", script.as_bytes(), "js");
    wiring::rewire(dist, &script_name, &early_name)?;
    for (name, bytes) in [
        (&late_name, late.as_slice()),
        (&early_name, &early),
        (&script_name, script.as_bytes()),
    ] {
        write(&dist.join(name), bytes)?;
    }
    Ok(())
}

/// Splits the module.
fn divide(whole: &Path, folder: &Path) -> Result<()> {
    let bytes = names::without_idle_exports(&read(whole)?)?;
    let main = folder.join("main.wasm");
    let link = format!("./{LINK}");
    let module = format!("./{EARLY}.js");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &module;
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the page can't be split into two modules: {error:?}"))?;
    let [late] = parts.split_modules.as_slice() else {
        return Err(anyhow!(
            "the page has one split point, but was split into {} more modules",
            parts.split_modules.len()
        ));
    };
    ensure!(late.ends_with(LATE), "an unknown part: {}", late.display());
    Ok(())
}

fn bind(folder: &Path) -> Result<()> {
    let mut command = tools::wasm_bindgen()?.command()?;
    command
        .args(["--target", "web", "--no-typescript", "--out-name", EARLY])
        // The page shares the table of functions.
        .arg("--keep-lld-exports")
        .arg("--out-dir")
        .arg(folder)
        .arg(folder.join("main.wasm"));
    process::run(&mut command)
}

/// Returns the script that starts the early module once the document is parsed, and reports a
/// failure.
fn start() -> String {
    format!(
        "import init from \"./{EARLY}.js\";\n\
         new Promise((ready) => {{\n\
           if (document.readyState !== \"loading\") ready();\n\
           document.addEventListener(\"DOMContentLoaded\", ready);\n\
         }}).then(() => init({{ module_or_path: new URL(\"./{EARLY_MODULE}\", import.meta.url) }})).catch((error) => {{\n\
           const script = document.createElement(\"script\");\n\
           script.src = \"assets/trouble.js\";\n\
           document.head.append(script);\n\
           throw error;\n\
         }});\n"
    )
}

/// Removes the functions from the script that the module no longer imports.
fn drop_imports(early: &Path, glue: &Path) -> Result<()> {
    let imports = names::imports(&read(early)?)?;
    let text = std::fs::read_to_string(glue)?;
    let text = names::without_idle_imports(&text, |name| imports.iter().any(|it| it == name));
    write(glue, text.as_bytes())
}

/// Bundles and minifies all scripts into one.
fn bundle(folder: &Path) -> Result<String> {
    let bundled = folder.join("bundled.js");
    let mut command = tools::minifier()?;
    command
        .args(["--bundle", "--format=esm", "--target=es2020"])
        .arg(format!("--outfile={}", bundled.display()))
        .arg(folder.join("start.js"));
    process::run(&mut command)?;
    std::fs::read_to_string(&bundled)
        .with_context(|| format!("could not read {}", bundled.display()))
}

/// What wasm-opt optimises for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Size,
    Speed,
}

impl Level {
    fn options(self) -> &'static [&'static str] {
        match self {
            // A large function that is called from one place compresses better if it is not
            // inlined; the second pass makes the rest smaller.
            Self::Size => &[
                "--one-caller-inline-max-function-size=20",
                "-Oz",
                "-Oz",
                "--reorder-locals",
            ],
            Self::Speed => &["-O3"],
        }
    }
}

/// Optimises a module that wasm-bindgen wrote; writes the result beside it and returns its path.
pub(crate) fn optimise(module: &Path, level: Level) -> Result<PathBuf> {
    shrink(&used(module)?, level)
}

/// Removes wasm-bindgen's functions that nothing calls.
fn used(module: &Path) -> Result<PathBuf> {
    let used = module.with_extension("used.wasm");
    write(&used, &callers::without_idle(&read(module)?)?)?;
    Ok(used)
}

/// Runs wasm-opt; writes the result beside the module and returns its path.
fn shrink(module: &Path, level: Level) -> Result<PathBuf> {
    let optimised = module.with_extension("opt.wasm");
    let options = [level.options(), &["--strip-debug", "--strip-producers"]];
    wasm_opt(module, &optimised, &options.concat())?;
    Ok(optimised)
}

/// Like [`optimise`] for size, and keeps the names of functions.
pub(super) fn optimise_with_names(module: &Path) -> Result<PathBuf> {
    let optimised = module.with_extension("named.wasm");
    let options = [Level::Size.options(), &["--debuginfo"]];
    wasm_opt(&used(module)?, &optimised, &options.concat())?;
    Ok(optimised)
}

fn wasm_opt(from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let mut command = tools::wasm_opt().command()?;
    command.args(options).args(FEATURES);
    process::run(command.arg("-o").arg(to).arg(from))
}

/// Returns a name with a hash of the content: `early-0123456789abcdef.wasm`.
fn hashed(name: &str, bytes: &[u8], extension: &str) -> String {
    let mut stamp = Stamp::default();
    stamp.bytes(bytes);
    format!("{name}-{}.{extension}", stamp.key())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("could not read {}", file.display()))
}

fn write(file: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("could not write {}", file.display()))
}
