//! The orchard page.
fn main() {}
