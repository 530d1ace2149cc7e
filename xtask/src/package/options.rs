//! The options of `cargo xtask package`.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

/// The options of `package`.
#[derive(Args, Debug)]
pub(crate) struct Package {
    /// The place that the page will be used in
    pub(crate) target: Target,
    /// A file of settings (JSON) instead of those of index.html
    #[arg(long, value_name = "FILE")]
    pub(crate) settings: Option<PathBuf>,
    /// A setting that overrides those; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) set: Vec<(String, String)>,
    /// The page's path on its origin, such as /games/orchard/ (cdn) [default: /]
    #[arg(long, value_parser = folder)]
    pub(crate) path: Option<String>,
    /// The output folder [default: packages/TARGET]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
}

impl Package {
    /// Returns the options for a target with the page's own settings.
    pub(crate) fn plain(target: Target) -> Self {
        Self {
            target,
            settings: None,
            set: Vec::new(),
            path: None,
            out: None,
        }
    }
}

/// A place that the page is used in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Target {
    Apicloud,
    Cdn,
    Tauri,
}

impl Target {
    /// Returns the name of the package's folder.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Apicloud => "apicloud",
            Self::Cdn => "cdn",
            Self::Tauri => "tauri",
        }
    }
}

fn pair(text: &str) -> Result<(String, String)> {
    let (key, value) = text.split_once('=').context("there is no `=` in it")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Parses a path with a slash at both ends, without characters that are special in a server's
/// configuration.
fn folder(path: &str) -> Result<String> {
    let inner = path.trim_matches('/');
    let name = |part: &str| {
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        part.bytes().any(|byte| byte != b'.') && part.bytes().all(fit)
    };
    match inner {
        "" => Ok("/".to_owned()),
        _ if inner.split('/').all(name) => Ok(format!("/{inner}/")),
        _ => bail!("it is no path of folders, such as /games/orchard/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_slash_at_both_ends() {
        for path in ["games/orchard", "/games/orchard/", "games/orchard/"] {
            assert_eq!(folder(path).unwrap(), "/games/orchard/");
        }
        assert_eq!(folder("").unwrap(), "/");
    }

    #[test]
    fn a_path_has_no_special_characters_for_a_server_s_configuration() {
        for path in ["/a/../b", "/a;b/", "/a b/", "/a/{b}"] {
            assert!(folder(path).is_err(), "{path}");
        }
    }

    #[test]
    fn the_value_of_a_setting_may_have_an_equals_sign() {
        let setting = ("a".to_owned(), "b=c".to_owned());
        assert_eq!(pair("a=b=c").unwrap(), setting);
        assert!(pair("a").is_err());
    }
}
