/// Cached for a year without revalidation.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Revalidated on each use; the response has no body if the file is unchanged.
const ASK_AGAIN: &str = "no-cache";

/// Returns the `Cache-Control` of the file at `path`.
pub fn cache_control(path: &str) -> &'static str {
    if is_hashed(path) { FOR_EVER } else { ASK_AGAIN }
}

/// Returns whether the path contains a content hash, as in trunk's file names: 16 hex digits after
/// a hyphen. Such a file never changes.
fn is_hashed(path: &str) -> bool {
    let file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    file && path.split('/').any(|part| {
        part.split('-').skip(1).any(|rest| {
            let hash = rest.split(['.', '_']).next().unwrap_or_default();
            hash.len() == 16
                && hash
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_hashed;

    #[test]
    fn hashes_are_found_where_trunk_puts_them() {
        for path in [
            "/orchard-0123456789abcdef.js",
            "/orchard-0123456789abcdef_bg.wasm",
            "/my-style-fedcba9876543210.css",
            "/snippets/leptos-0123456789abcdef/inline0.js",
        ] {
            assert!(is_hashed(path), "{path}");
        }
        for path in [
            "/",
            "/index.html",
            "/orchard.js",
            "/music/tune-2.ogg",
            "/orchard-0123456789ABCDEF.js",
            "/orchard-0123456789abcde.js",
            "/0123456789abcdef.js",
            "/orchard-0123456789abcdef",
        ] {
            assert!(!is_hashed(path), "{path}");
        }
    }
}
