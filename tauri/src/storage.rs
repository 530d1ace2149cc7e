//! The data that the page stores on the device. The page accesses it through the store plugin.

use std::error::Error;
use std::fs::DirBuilder;
use std::path::Path;

use tauri::{App, Manager};
use tauri_plugin_store::StoreExt;

/// The only store, by the name that the page uses. The program opens it, because the name of a
/// store can be the path of any file: the page itself may open none.
const NAME: &str = "player.json";

/// Opens the store in a folder that only the user can read, since it contains tokens.
pub(crate) fn open(app: &App) -> Result<(), Box<dyn Error>> {
    create_private(&app.path().app_data_dir()?)?;
    app.store(NAME)?;
    Ok(())
}

/// Creates `folder` and its parents. On Unix only the user can access it.
#[cfg(unix)]
fn create_private(folder: &Path) -> std::io::Result<()> {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    const OWNER: u32 = 0o700;
    DirBuilder::new()
        .recursive(true)
        .mode(OWNER)
        .create(folder)?;
    // An existing folder keeps its permissions above.
    set_permissions(folder, Permissions::from_mode(OWNER))
}

#[cfg(not(unix))]
fn create_private(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn only_the_user_can_access_the_folder() {
        let folder = std::env::temp_dir().join(format!("orchard-window-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        create_private(&folder).unwrap();
        let mode = folder.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        std::fs::remove_dir(&folder).unwrap();
    }
}
