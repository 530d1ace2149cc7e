//! The window, which shows the page and nothing else.

use tauri::{App, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

/// Capabilities are given to this name.
const NAME: &str = "orchard";

/// In logical pixels: a phone's, as the page is made for one.
const SIZE: (f64, f64) = (412.0, 860.0);

const SMALLEST: (f64, f64) = (320.0, 480.0);

/// Opens the window.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, NAME, WebviewUrl::default())
        .title("种植园 · 魔方")
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .on_navigation(stays)
        .build()?;
    speak(&window)
}

/// Has all that the page and its web view complain of printed, for whoever starts the program in a terminal.
#[cfg(target_os = "linux")]
fn speak(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{SettingsExt, WebViewExt};

    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_enable_write_console_messages_to_stdout(true);
        }
    })
}

#[cfg(not(target_os = "linux"))]
fn speak(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Whether the window may go to `url`. What is elsewhere on the web is a matter for the player's browser.
fn stays(url: &Url) -> bool {
    let own = is_own(url);
    if !own && matches!(url.scheme(), "http" | "https") {
        // There may be no browser. Then nothing happens, as with any link that leads nowhere.
        _ = open::that_detached(url.as_str());
    }
    own
}

/// Whether it is the page, which Windows and Android know by another scheme. Other files of the program are not for show, and
/// for a path that is none of them Tauri would show the page, below an address that all of its own files are missing from.
fn is_own(url: &Url) -> bool {
    let ours = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" if cfg!(any(windows, target_os = "android")) => {
            url.host_str() == Some("tauri.localhost")
        }
        _ => false,
    };
    ours && matches!(url.path(), "" | "/" | "/index.html")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_page_itself_is_shown() {
        let own = |url: &str| is_own(&Url::parse(url).unwrap());
        assert!(own("tauri://localhost"));
        assert!(own("tauri://localhost/index.html#a"));
        assert_eq!(own("http://tauri.localhost/"), cfg!(windows));
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
            assert!(!own(url), "{url}");
        }
    }
}
