//! What is kept on the device: the page asks the store plugin for it, by the name that it has here.

use std::error::Error;
use std::fs::DirBuilder;
use std::path::Path;

use tauri::{App, Manager};
use tauri_plugin_store::StoreExt;

/// The one store there is. It is opened here, and the page may not open others: a name can lead to any file.
const NAME: &str = "player.json";

/// Opens the store, in a folder that only its owner can look into: there are tokens in it.
pub(crate) fn open(app: &App) -> Result<(), Box<dyn Error>> {
    private(&app.path().app_data_dir()?)?;
    app.store(NAME)?;
    Ok(())
}

#[cfg(unix)]
fn private(folder: &Path) -> std::io::Result<()> {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    const OWNER: u32 = 0o700;
    DirBuilder::new()
        .recursive(true)
        .mode(OWNER)
        .create(folder)?;
    // It may have been there.
    set_permissions(folder, Permissions::from_mode(OWNER))
}

#[cfg(not(unix))]
fn private(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_owner_can_look_into_the_folder() {
        let folder = std::env::temp_dir().join(format!("orchard-window-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        private(&folder).unwrap();
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::remove_dir(&folder).unwrap();
    }
}
