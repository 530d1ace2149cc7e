//! What nginx sends with the configuration snippet of the package.

use std::fs;

use super::cdn::Cdn;
use crate::http::Http;

/// A case: its name and its function.
type Case = (&'static str, fn(&Cdn));

pub(super) const ALL: &[Case] = &[
    (
        "files_have_the_listed_headers",
        files_have_the_listed_headers,
    ),
    (
        "the_compressed_copies_are_sent",
        the_compressed_copies_are_sent,
    ),
    ("all_configurations_agree", all_configurations_agree),
];

fn files_have_the_listed_headers(cdn: &Cdn) {
    let http = Http::new();
    assert!(cdn.listed.len() > 30, "{}", cdn.listed.len());
    for file in &cdn.listed {
        let path = file["path"].as_str().expect("a path");
        let sent = http.headers(&cdn.address(path), "identity").expect(path);
        for (name, value) in file["headers"].as_object().expect("headers") {
            let sent = sent.get(name).and_then(|sent| sent.to_str().ok());
            assert_eq!(sent, value.as_str(), "{path}: {name}");
        }
    }
    // The address of the folder is the address of the page.
    let sent = http.headers(&cdn.url, "identity").expect("the page");
    assert_eq!(sent["cache-control"], "no-cache");
    assert!(sent.contains_key("content-security-policy"));
}

fn the_compressed_copies_are_sent(cdn: &Cdn) {
    let http = Http::new();
    let mut copies = 0;
    for file in &cdn.listed {
        let path = file["path"].as_str().expect("a path");
        for (encoding, suffix) in [("br", "br"), ("gzip", "gz")] {
            let copy = cdn
                .site()
                .join(format!("{}.{suffix}", path.trim_start_matches('/')));
            let Ok(copy) = fs::metadata(&copy) else {
                continue;
            };
            let sent = http.headers(&cdn.address(path), encoding).expect(path);
            let header = |name: &str| sent.get(name).and_then(|sent| sent.to_str().ok());
            assert_eq!(header("content-encoding"), Some(encoding), "{path}");
            assert_eq!(
                header("content-length"),
                Some(&*copy.len().to_string()),
                "{path}"
            );
            let varies =
                header("vary").is_some_and(|vary| vary.eq_ignore_ascii_case("accept-encoding"));
            assert!(varies, "{path}: {sent:?}");
            assert_eq!(
                header("content-type"),
                file["headers"]["Content-Type"].as_str(),
                "{path}"
            );
            copies += 1;
        }
    }
    assert!(copies > 10, "{copies} copies");
}

/// The file for Netlify and Cloudflare Pages lists every file, and the snippets for the other
/// servers have the same policy.
fn all_configurations_agree(cdn: &Cdn) {
    let read = |name: &str| fs::read_to_string(cdn.site().join(name)).expect(name);
    let headers = read("_headers");
    let policy = cdn.listed[0]["headers"]["Content-Security-Policy"]
        .as_str()
        .expect("a policy");
    for text in [&headers, &read("../nginx.conf"), &read("../Caddyfile")] {
        assert!(text.contains(policy), "{text}");
    }
    for file in &cdn.listed {
        let entry = format!(
            "\n{}\n  Cache-Control: {}\n",
            file["path"].as_str().expect("a path"),
            file["headers"]["Cache-Control"]
                .as_str()
                .expect("a lifetime")
        );
        assert!(headers.contains(&entry), "{entry}");
    }
}
