//! The headers of a site as configurations of common servers.

use anyhow::Result;
use orchard_hosting::cache_control;
use serde_json::{Map, Value, json};

use super::served::Served;

/// A regular expression for names with a hash, the same that `orchard_hosting` recognises.
const HASHED: &str = "-[0-9a-f]{16}(_[^/]*)?[.][a-z0-9]+$";

/// An example of such a name.
const A_HASHED_NAME: &str = "a-0123456789abcdef.js";

const MADE: &str = "The orchard's page, from `cargo xtask package cdn`.";

/// `_headers` of Netlify and Cloudflare Pages. Both join the values of a header that several rules
/// set, so each header of a file is set by one rule.
pub(super) fn headers_file(served: &Served) -> String {
    let mut text = format!("# {MADE}\n{}*\n", served.path);
    for (name, value) in &served.always {
        text += &format!("  {name}: {value}\n");
    }
    for file in &served.files {
        text += &format!(
            "\n{}\n  Cache-Control: {}\n  Content-Type: {}\n",
            file.path, file.cache_control, file.media_type
        );
    }
    text
}

/// Formats the headers for a `server` block of nginx.
pub(super) fn nginx(served: &Served) -> String {
    // In nginx, headers added in a `location` replace those added in the enclosing block.
    let headers = |cache: &str, indent: &str| {
        let caching = ("Cache-Control", cache.to_owned());
        let all = served.always.iter().chain(std::iter::once(&caching));
        all.map(|(name, value)| format!("{indent}add_header {name} \"{value}\" always;\n"))
            .collect::<String>()
    };
    let types: String = served
        .media_types()
        .into_iter()
        .map(|(media_type, extension)| format!("        {media_type} {extension};\n"))
        .collect();
    let path = &served.path;
    let (soon, late) = (
        headers(cache_control(""), "    "),
        headers(cache_control(A_HASHED_NAME), "        "),
    );
    format!(
        "# {MADE}\n\
         # Include this file in a `server` block whose `root` is the folder `site`.\n\
         location {path} {{\n    \
             index index.html;\n    \
             # The compressed copies. brotli_static needs Debian's libnginx-mod-http-brotli-static.\n    \
             gzip_static on;\n    \
             brotli_static on;\n    \
             # index.html is edited, so it has no copies.\n    \
             gzip on;\n    \
             gzip_vary on;\n\
         {soon}    \
             types {{\n{types}    }}\n    \
             location ~ \"{HASHED}\" {{\n{late}    }}\n\
         }}\n"
    )
}

/// Formats the headers for a site block of Caddy.
pub(super) fn caddy(served: &Served) -> String {
    let always: String = served
        .always
        .iter()
        .map(|(name, value)| format!("        {name} \"{value}\"\n"))
        .collect();
    let types: String = served
        .media_types()
        .into_iter()
        .map(|(media_type, extension)| {
            format!("    @{extension} path *.{extension}\n    header @{extension} Content-Type {media_type}\n")
        })
        .collect();
    let (path, soon, late) = (
        &served.path,
        cache_control(""),
        cache_control(A_HASHED_NAME),
    );
    format!(
        "# {MADE}\n\
         # Import this file in a site block whose `root` is the folder `site`.\n\
         handle {path}* {{\n    \
             header {{\n{always}    }}\n    \
             @hashed path_regexp {HASHED}\n    \
             @edited not path_regexp {HASHED}\n    \
             header @hashed Cache-Control \"{late}\"\n    \
             header @edited Cache-Control \"{soon}\"\n\
         {types}    \
             file_server {{\n        \
                 precompressed br gzip\n    \
             }}\n\
         }}\n"
    )
}

/// Formats the headers for other servers: `[{path, headers: {…}}]`.
pub(super) fn json(served: &Served) -> Result<String> {
    let list: Vec<Value> = served
        .files
        .iter()
        .map(|file| {
            let own = [
                ("Cache-Control", file.cache_control),
                ("Content-Type", file.media_type),
            ];
            let always = served
                .always
                .iter()
                .map(|(name, value)| (*name, value.as_str()));
            let headers: Map<_, _> = always
                .chain(own)
                .map(|(name, value)| (name.to_owned(), value.into()))
                .collect();
            json!({ "path": file.path, "headers": headers })
        })
        .collect();
    Ok(serde_json::to_string_pretty(&list)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::cdn::served::File;

    fn served() -> Served {
        let file = |path: &str, media_type| File {
            path: path.to_owned(),
            cache_control: cache_control(path),
            media_type,
        };
        Served {
            path: "/games/orchard/".into(),
            always: vec![("Referrer-Policy", "same-origin".into())],
            files: vec![
                file(
                    "/games/orchard/early-0123456789abcdef.wasm",
                    "application/wasm",
                ),
                file("/games/orchard/index.html", "text/html"),
            ],
        }
    }

    #[test]
    fn no_header_of_a_file_is_in_two_rules() {
        let text = headers_file(&served());
        assert_eq!(
            text.split_once('\n').unwrap().1,
            "/games/orchard/*\n  Referrer-Policy: same-origin\n\n\
             /games/orchard/early-0123456789abcdef.wasm\n  \
             Cache-Control: public, max-age=31536000, immutable\n  Content-Type: application/wasm\n\n\
             /games/orchard/index.html\n  Cache-Control: no-cache\n  Content-Type: text/html\n"
        );
    }

    #[test]
    fn each_location_of_nginx_has_all_headers() {
        let text = nginx(&served());
        assert_eq!(text.matches("Referrer-Policy \"same-origin\"").count(), 2);
        assert!(text.contains("Cache-Control \"no-cache\""), "{text}");
        assert!(text.contains("immutable"), "{text}");
        assert!(text.contains("        application/wasm wasm;"), "{text}");
    }
}
