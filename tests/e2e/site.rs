//! The built page, and copies of it with other settings.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

/// Where the settings start in `index.html`; a minifier omits the quotes.
const SETTINGS: [&str; 2] = ["id=\"settings\"", "id=settings"];

/// The page with its own settings.
pub(crate) const AS_BUILT: &str = "/";
/// Does not request the timed push, so that the first count stays.
pub(crate) const QUIET: &str = "/quiet.html";
/// Connects to a namespace that no server has.
pub(crate) const UNKNOWN_NAMESPACE: &str = "/nowhere.html";
/// Has the setting for an APICloud app as its host.
pub(crate) const IN_APICLOUD: &str = "/apicloud.html";
/// Goes back to [`HOME`].
pub(crate) const WITH_HOME: &str = "/with-home.html";
/// Has targets for the buttons of the footer: a window, an address, and a script, which the page
/// must not run.
pub(crate) const WITH_TARGETS: &str = "/with-targets.html";
/// Has unusable settings and an unusable server address: the page reports both, and the messages
/// stay.
pub(crate) const UNUSABLE: &str = "/unusable.html";
/// A page of another site.
pub(crate) const HOME: &str = "/home.html";

/// A copy of the build with additional pages, each with its own settings.
#[derive(Debug)]
pub(crate) struct Site(TempDir);

impl Site {
    pub(crate) fn copy(dist: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        copy(dist, folder.path());
        let site = Self(folder);
        site.write(
            HOME,
            "<!doctype html><link rel=icon href=data:,><title>home</title>",
        );
        site.write_page(QUIET, &json!({ "chat": false }));
        site.write_page(IN_APICLOUD, &json!({ "host": "apicloud", "chat": false }));
        site.write_page(
            UNKNOWN_NAMESPACE,
            &json!({ "socket_namespace": "/nowhere" }),
        );
        let targets =
            json!({ "bag": "bag", "shop": "/home.html?shop", "friends": "javascript:alert(1)" });
        site.write_page(WITH_TARGETS, &targets);
        site.write_page(WITH_HOME, &json!({ "home": HOME }));
        let unusable = json!({ "chat": "perhaps", "shops": 1, "socket_server": "nonsense://" });
        site.write_page(UNUSABLE, &unusable);
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path.trim_start_matches('/'));
        fs::write(path, text).expect("a file in the temporary folder");
    }

    pub(crate) fn write_page(&self, path: &str, changes: &Value) {
        let index = fs::read_to_string(self.path().join("index.html")).expect("dist/index.html");
        self.write(path, &with_settings(&index, changes));
    }
}

/// Copies the content of one folder into another.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder of the build") {
        let entry = entry.expect("an entry of the build");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).expect("a folder in the temporary folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy in the temporary folder");
        }
    }
}

/// Returns the page with some of its settings replaced.
pub(crate) fn with_settings(index: &str, changes: &Value) -> String {
    let block = SETTINGS.iter().find_map(|id| index.find(id));
    let block = block.expect("index.html has a block of settings");
    let start = block + index[block..].find('>').expect("the end of a tag") + 1;
    let end = start
        + index[start..]
            .find("</script>")
            .expect("the end of the settings");
    let mut settings: Value = serde_json::from_str(&index[start..end]).expect("settings in JSON");
    for (name, value) in changes.as_object().expect("changes are an object") {
        settings[name] = value.clone();
    }
    format!("{}{settings}{}", &index[..start], &index[end..])
}
