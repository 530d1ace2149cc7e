/// `Content-Type` of a file with this extension; `None` for a kind that the page has no files of.
pub fn media_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "css" => "text/css",
        "html" => "text/html",
        "js" => "text/javascript",
        "mp3" => "audio/mpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        // A browser compiles it while it comes only if it has this type.
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}
