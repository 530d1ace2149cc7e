//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use thiserror::Error;

/// What `orchard --help` prints.
pub(crate) const USAGE: &str = "\
orchard [--settings FILE]

  --settings FILE  read the settings from there: JSON, with the keys that the page's own settings have.
                   Left out: settings.json in the folder game.mofang.orchard of the user's configuration
                   (~/.config on Linux), else /etc/orchard/settings.json, else what the package came with
  --version        print the version
  --help           print this text";

/// One invocation.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Arguments {
    Help,
    Open { settings: Option<PathBuf> },
    Version,
}

/// What is wrong with the command line.
#[derive(Debug, Error)]
pub(crate) enum ArgumentError {
    #[error("--settings needs the name of a file")]
    NoFile,
    #[error("there is no argument `{}`", .0.display())]
    Unknown(OsString),
}

/// Reads the arguments after the program's name.
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
    fn settings_are_named_or_left_out() {
        let named = Arguments::Open {
            settings: Some("a.json".into()),
        };
        assert_eq!(parse_line("--settings a.json").unwrap(), named);
        let left_out = Arguments::Open { settings: None };
        assert_eq!(parse_line("").unwrap(), left_out);
    }

    #[test]
    fn what_is_not_known_is_named() {
        for line in ["--setting a.json", "a.json"] {
            let error = parse_line(line).unwrap_err().to_string();
            let first = line.split_whitespace().next().unwrap();
            assert!(error.contains(first), "{error}");
        }
        assert!(parse_line("--settings").is_err());
    }
}
