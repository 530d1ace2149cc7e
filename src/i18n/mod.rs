//! The page's texts, in Chinese and English.

pub(crate) mod amounts;
pub(crate) mod context;
pub(crate) mod en;
pub(crate) mod findings;
pub(crate) mod language;
pub(crate) mod shown;
pub(crate) mod text;
pub(crate) mod zh;
