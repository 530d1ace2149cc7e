/// Returns the `Content-Type` for a file extension, or `None` if the page has no such files.
pub fn media_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "css" => "text/css",
        "html" => "text/html",
        "js" => "text/javascript",
        "mp3" => "audio/mpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        // A browser compiles a module while it downloads only if it has this type.
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
