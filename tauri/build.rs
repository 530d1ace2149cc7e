//! Generates code from the configuration, the capabilities and the icons.

fn main() {
    // Tauri's macro embeds the page, which Cargo does not track by itself.
    println!("cargo:rerun-if-changed=page");
    tauri_build::build();
}
