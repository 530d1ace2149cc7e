//! Turns configuration, capabilities and icons into code.

fn main() {
    // The page goes into the program, unseen by Cargo.
    println!("cargo:rerun-if-changed=page");
    tauri_build::build();
}
