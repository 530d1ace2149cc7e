//! The window, which shows the page and nothing else.

use tauri::{App, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// The label of the window, to which `capabilities/page.json` grants its permissions.
const NAME: &str = "orchard";

/// The initial size in logical pixels: that of a phone, for which the page is designed.
const SIZE: (f64, f64) = (412.0, 860.0);

/// The minimum size in logical pixels.
const MIN_SIZE: (f64, f64) = (320.0, 480.0);

/// Opens the window.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, NAME, WebviewUrl::default())
        .title("种植园 · 魔方")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(MIN_SIZE.0, MIN_SIZE.1)
        .on_navigation(may_navigate)
        .build()?;
    print_console(&window)
}

/// Prints the console messages of the page and its web view to standard output, so that errors are
/// visible when the program is started in a terminal. Only WebKitGTK has this setting.
#[cfg(target_os = "linux")]
fn print_console(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};

    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn print_console(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Returns whether the window may navigate to `url`, which is true only of the page itself. Any
/// other HTTP URL is opened in the player's browser instead.
fn may_navigate(url: &Url) -> bool {
    let is_page = is_page(url);
    if !is_page && matches!(url.scheme(), "http" | "https") {
        // If there is no browser, the link has no effect.
        _ = open::that_detached(url.as_str());
    }
    is_page
}

/// Returns whether `url` is the page. On Windows and Android, Tauri serves it over HTTP from
/// `tauri.localhost`.
///
/// Other paths are excluded: for a path that does not exist Tauri would show the page again, whose
/// relative URLs would then resolve to files that do not exist.
fn is_page(url: &Url) -> bool {
    let is_embedded = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" if cfg!(any(windows, target_os = "android")) => {
            url.host_str() == Some("tauri.localhost")
        }
        _ => false,
    };
    is_embedded && matches!(url.path(), "" | "/" | "/index.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_is_shown() {
        let is_page = |url: &str| is_page(&Url::parse(url).unwrap());
        assert!(is_page("tauri://localhost"));
        assert!(is_page("tauri://localhost/index.html#a"));
        assert_eq!(is_page("http://tauri.localhost/"), cfg!(windows));
        for url in [
            "https://game.example/",
            "http://localhost/",
            "tauri://localhost/shop.html",
            "tauri://localhost/assets/bg2.svg",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
        ] {
            assert!(!is_page(url), "{url}");
        }
    }
}
