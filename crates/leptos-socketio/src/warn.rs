/// Logs a warning for the developer: on the browser's console, or on standard error in a native
/// build.
pub(crate) fn warn(text: &str) {
    match cfg!(target_arch = "wasm32") {
        true => web_sys::console::warn_1(&text.into()),
        false => eprintln!("{text}"),
    }
}
