//! With the feature `split`, the linker keeps its relocations: `cargo xtask build` needs them to split
//! the page into two modules.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
}
