//! The code that the fuzz targets run on each input. A panic is a finding.

pub mod decoder;
pub mod manager;
#[path = "../../support/value.rs"]
mod value;
