//! Dependencies from outside this checkout: programs, browsers, and packages of npm, Python and
//! Debian.

pub(crate) mod apt;
pub(crate) mod browser;
pub(crate) mod cache;
pub(crate) mod engines;
pub(crate) mod lockfile;
mod minifier;
pub(crate) mod node;
pub(crate) mod path;
pub(crate) mod python;
pub(crate) mod target;
pub(crate) mod tool;
pub(crate) mod versions;
pub(crate) mod webkit;

pub(crate) use minifier::minifier;
pub(crate) use target::{has_wasm_target, set_up_wasm_target};
pub(crate) use versions::{
    all, cargo_fuzz, esbuild, geckodriver, set_up_all, trunk, wasm_bindgen, wasm_opt,
};
