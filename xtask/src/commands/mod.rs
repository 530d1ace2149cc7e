//! The commands, one module each.

pub(crate) mod build;
pub(crate) mod check;
pub(crate) mod clean_cache;
pub(crate) mod doctor;
pub(crate) mod fuzz;
pub(crate) mod gallery;
pub(crate) mod lighthouse;
pub(crate) mod record;
pub(crate) mod run;
pub(crate) mod test;
