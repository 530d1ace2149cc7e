//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use thiserror::Error;

/// What `orchard --help` prints.
pub(crate) const USAGE: &str = "\
orchard [--settings FILE]

  --settings FILE  read the settings from FILE: JSON, with the keys of the page's own settings.
                   By default the program reads game.mofang.orchard/settings.json in the user's
                   configuration folder (~/.config on Linux), or else /etc/orchard/settings.json.
                   If neither exists, it uses the settings of the package
  --version        print the version
  --help           print this text";

/// A parsed command line.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Arguments {
    Help,
    Open { settings: Option<PathBuf> },
    Version,
}

/// An invalid command line.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    /// `--settings` is the last argument.
    #[error("--settings needs the name of a file")]
    NoFile,
    /// An argument that the program does not have.
    #[error("unknown argument `{}`", .0.display())]
    Unknown(OsString),
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Arguments, ArgumentError> {
    let mut arguments = arguments.into_iter();
    let mut settings = None;
    while let Some(argument) = arguments.next() {
        match argument.to_str() {
            Some("--help" | "-h") => return Ok(Arguments::Help),
            Some("--version" | "-V") => return Ok(Arguments::Version),
            Some("--settings") => {
                let file = arguments.next().ok_or(ArgumentError::NoFile)?;
                settings = Some(PathBuf::from(file));
            }
            _ => return Err(ArgumentError::Unknown(argument)),
        }
    }
    Ok(Arguments::Open { settings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Arguments, ArgumentError> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_file_of_settings_is_optional() {
        let named = Arguments::Open {
            settings: Some("a.json".into()),
        };
        assert_eq!(parse_line("--settings a.json").unwrap(), named);
        let omitted = Arguments::Open { settings: None };
        assert_eq!(parse_line("").unwrap(), omitted);
    }

    #[test]
    fn the_error_names_an_unknown_argument() {
        for line in ["--setting a.json", "a.json"] {
            let error = parse_line(line).unwrap_err().to_string();
            let first = line.split_whitespace().next().unwrap();
            assert!(error.contains(first), "{error}");
        }
        assert!(parse_line("--settings").is_err());
    }
}
