/// Tells a developer: on the browser's console, or on the standard error of a program that is none.
pub(crate) fn warn(text: &str) {
    match cfg!(target_arch = "wasm32") {
        true => web_sys::console::warn_1(&text.into()),
        false => eprintln!("{text}"),
    }
}
