//! The environment of the benchmarks: browser, peers, and the scripts that drive them.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use super::machine;
use crate::tools::browser::{self, Browser};
use crate::tools::node::{self, Packages};
use crate::{process, workspace};

/// Where the scripts are, in the checkout.
const SCRIPTS: &str = "benches/drive";

/// The environment of a part.
#[derive(Debug)]
pub(crate) struct Context {
    /// Whether to take few samples, for a first impression.
    pub(crate) quick: bool,
    browser: OnceCell<Browser>,
    modules: OnceCell<PathBuf>,
}

/// The results of a script: the samples of each figure, by its id.
pub(crate) type Samples = BTreeMap<String, Pair>;

/// Samples taken alternately.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Pair {
    pub(crate) ours: Vec<f64>,
    #[serde(default)]
    pub(crate) theirs: Vec<f64>,
}

impl Context {
    pub(super) fn new(quick: bool) -> Self {
        Self {
            quick,
            browser: OnceCell::new(),
            modules: OnceCell::new(),
        }
    }

    /// Returns `many`, or `few` in quick mode.
    pub(crate) fn rounds(&self, many: u32, few: u32) -> u32 {
        if self.quick { few } else { many }
    }

    fn browser(&self) -> Result<&Browser> {
        if let Some(browser) = self.browser.get() {
            return Ok(browser);
        }
        let browser = browser::set_up()?;
        Ok(self.browser.get_or_init(|| browser))
    }

    /// Returns the folder `node_modules` of the bench, which contains all peers.
    pub(crate) fn modules(&self) -> Result<&Path> {
        if let Some(modules) = self.modules.get() {
            return Ok(modules);
        }
        let modules = node::set_up_beside(Packages::Bench)?;
        Ok(self.modules.get_or_init(|| modules))
    }

    /// Returns name and version of a peer, for [`Figure::theirs`](super::Figure::theirs). `package`
    /// is its folder in `node_modules`.
    pub(crate) fn peer(&self, package: &str) -> Result<(String, String)> {
        installed(self.modules()?, package)
    }

    /// Runs a script of `benches/drive` and returns the samples that it prints. Adds the path of
    /// Chromium to `options`.
    pub(crate) fn drive(&self, script: &str, mut options: Value) -> Result<Samples> {
        self.modules()?;
        if let Some(options) = options.as_object_mut() {
            options.insert("chromium".to_owned(), json!(self.browser()?.chromium));
        }
        let file = workspace::root().join(SCRIPTS).join(script);
        let mut node = Command::new("node");
        node.arg(file).arg(options.to_string());
        let printed = process::answer(&mut node)?;
        let samples: Samples = serde_json::from_str(printed.trim())
            .with_context(|| format!("{script} printed no samples"))?;
        ensure!(!samples.is_empty(), "{script} measured nothing");
        Ok(samples)
    }

    /// Returns names and versions of the tools used so far.
    pub(super) fn versions(&self) -> Vec<String> {
        let browser = self.browser.get();
        let mut versions = Vec::from_iter(browser.map(|it| machine::version(&it.chromium)));
        versions.push(format!("Node.js {}", machine::version(Path::new("node"))));
        versions.extend(workspace::rustc_version());
        versions
    }
}

/// Returns name and version of a package in this `node_modules` folder.
pub(super) fn installed(modules: &Path, package: &str) -> Result<(String, String)> {
    #[derive(Deserialize)]
    struct Package {
        name: String,
        version: String,
    }
    let file = modules.join(package).join("package.json");
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("could not read {}", file.display()))?;
    let Package { name, version } = serde_json::from_str(&text)
        .with_context(|| format!("{} is not a package's", file.display()))?;
    Ok((name, version))
}

/// Removes the samples of one figure and returns them.
///
/// # Errors
/// If the script did not measure it.
pub(crate) fn take(samples: &mut Samples, id: &str) -> Result<Pair> {
    samples
        .remove(id)
        .with_context(|| format!("the script measured no `{id}`"))
}
