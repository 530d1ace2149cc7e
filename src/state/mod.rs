//! State that several parts of the page share.

pub(crate) mod gate;
pub(crate) mod panels;
pub(crate) mod toasts;
