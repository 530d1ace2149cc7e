//! Cuts a release in two: what a player waits for, and the page that may come after it.
//!
//! trunk builds the whole as one module, with a seam in it (feature `split`). Here the module is taken apart along the
//! seam, bound to JavaScript again, freed of what nobody calls, and put in the place of trunk's.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};

use super::{name_section, names, wiring};
use crate::process;
use crate::stamp::Stamp;
use crate::tools::{self, cache};
use crate::workspace::{self, WASM};

/// The feature that leaves the seam.
pub(super) const FEATURE: &str = "split";

/// Names of files on the way. The seam's own name is `page`.
const EARLY: &str = "orchard";
pub(super) const EARLY_MODULE: &str = "orchard_bg.wasm";
const LINK: &str = "__wasm_split.js";
const LATE: &str = "split_page.wasm";

/// Features of WebAssembly that the compiler uses; the list that index.html gives trunk.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Puts the two modules in the place of the one that trunk left in `dist`.
pub(super) fn cut(dist: &Path) -> Result<()> {
    let room = workspace::target()?.join("cut");
    cache::remove(&room)?;
    cache::make(&room)?;
    let whole = workspace::target()?.join(WASM).join("release/orchard.wasm");
    divide(&whole, &room)?;
    bind(&room)?;

    let early = room.join(EARLY_MODULE);
    let glue = room.join(format!("{EARLY}.js"));
    std::fs::write(room.join("start.js"), start())?;
    let early = optimise(&early, Level::Size)?;
    let late = room.join(LATE);
    write(&late, &name_section::without_labels(&read(&late)?)?)?;
    let late = optimise(&late, Level::Size)?;
    drop_imports(&early, &glue)?;
    let script = bundle(&room)?;
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

/// Takes the module apart along its seam.
fn divide(whole: &Path, room: &Path) -> Result<()> {
    let bytes = names::without_idle_exports(&read(whole)?)?;
    let main = room.join("main.wasm");
    let link = format!("./{LINK}");
    let module = format!("./{EARLY}.js");
    let mut options = wasm_split_cli_support::Options::new(&bytes);
    options.output_dir = room;
    options.main_out_path = &main;
    options.link_name = &link;
    options.main_module = &module;
    let parts = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the page can't be cut in two: {error:?}"))?;
    let [late] = parts.split_modules.as_slice() else {
        return Err(anyhow!(
            "the page has one seam, but {} parts came off",
            parts.split_modules.len()
        ));
    };
    ensure!(late.ends_with(LATE), "an unknown part: {}", late.display());
    Ok(())
}

fn bind(room: &Path) -> Result<()> {
    let mut command = tools::wasm_bindgen()?.command()?;
    command
        .args(["--target", "web", "--no-typescript", "--out-name", EARLY])
        // The page shares the table of functions.
        .arg("--keep-lld-exports")
        .arg("--out-dir")
        .arg(room)
        .arg(room.join("main.wasm"));
    process::run(&mut command)
}

/// What starts it all when the document is there, or says that it can't.
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

/// Takes out of the script what the module doesn't import any more.
fn drop_imports(early: &Path, glue: &Path) -> Result<()> {
    let imports = names::imports(&read(early)?)?;
    let text = std::fs::read_to_string(glue)?;
    let text = names::without_idle_imports(&text, |name| imports.iter().any(|it| it == name));
    write(glue, text.as_bytes())
}

/// One script of all, in few bytes.
fn bundle(room: &Path) -> Result<String> {
    let bundled = room.join("bundled.js");
    let mut command = tools::esbuild().command()?;
    command
        .args(["--bundle", "--format=esm", "--minify", "--target=es2020"])
        .args(["--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outfile={}", bundled.display()))
        .arg(room.join("start.js"));
    process::run(&mut command)?;
    std::fs::read_to_string(&bundled)
        .with_context(|| format!("could not read {}", bundled.display()))
}

/// What wasm-opt works for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    Size,
    Speed,
}

impl Level {
    fn option(self) -> &'static str {
        match self {
            Self::Size => "-Oz",
            Self::Speed => "-O3",
        }
    }
}

/// The module by wasm-opt, beside the one that it was made of.
pub(crate) fn optimise(module: &Path, level: Level) -> Result<PathBuf> {
    let optimised = module.with_extension("opt.wasm");
    let options = [level.option(), "--strip-debug", "--strip-producers"];
    wasm_opt(module, &optimised, &options)?;
    Ok(optimised)
}

/// The same with the names of its functions.
pub(super) fn optimise_with_names(module: &Path) -> Result<PathBuf> {
    let optimised = module.with_extension("named.wasm");
    wasm_opt(module, &optimised, &[Level::Size.option(), "--debuginfo"])?;
    Ok(optimised)
}

fn wasm_opt(from: &Path, to: &Path, options: &[&str]) -> Result<()> {
    let mut command = tools::wasm_opt().command()?;
    command.args(options).args(FEATURES);
    process::run(command.arg("-o").arg(to).arg(from))
}

/// `early-0123456789abcdef.wasm`, by what is in it.
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
