use std::fmt;

/// The directives that are the same for every page. The rest depends on [`Policy`].
const ALWAYS: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'";

/// The page's content security policy. Its `Display` is the value of `Content-Security-Policy`.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Origins besides the page's own that it may connect to, by HTTP and WebSocket, and load
    /// images from.
    pub connect: Vec<String>,
    /// Origins besides the page's own that may embed it in a frame.
    pub frame_ancestors: Vec<String>,
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sockets = self.connect.iter().filter_map(|origin| sockets_of(origin));
        let connect: Vec<_> = self.connect.iter().cloned().chain(sockets).collect();
        f.write_str(ALWAYS)?;
        // A portrait may have any HTTPS origin: an image runs no code.
        directive(f, "img-src 'self' data: https:", &self.connect)?;
        directive(f, "connect-src 'self'", &connect)?;
        directive(f, "frame-ancestors 'self'", &self.frame_ancestors)
    }
}

/// Returns the WebSocket origin of an HTTP origin. A policy must list both: `https:` does not cover
/// `wss:`.
pub fn sockets_of(origin: &str) -> Option<String> {
    let rest = origin.strip_prefix("http")?;
    Some(["ws", rest].concat())
}

fn directive(f: &mut fmt::Formatter<'_>, start: &str, origins: &[String]) -> fmt::Result {
    write!(f, "; {start}")?;
    origins.iter().try_for_each(|origin| write!(f, " {origin}"))
}

#[cfg(test)]
mod tests {
    use super::Policy;

    fn list(origin: &str) -> Vec<String> {
        vec![origin.to_owned()]
    }

    #[test]
    fn the_policy_is_the_one_in_the_documentation() {
        let hosting = include_str!("../../../docs/hosting.md");
        let policy = Policy::default().to_string();
        assert!(hosting.contains(&policy), "{policy}");
    }

    #[test]
    fn inline_code_and_eval_are_forbidden() {
        let policy = Policy::default().to_string();
        assert!(!policy.contains("'unsafe-inline'"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
    }

    #[test]
    fn another_server_is_listed_with_its_websocket_origin() {
        let policy = Policy {
            connect: list("https://game.example:5000"),
            ..Policy::default()
        };
        let policy = policy.to_string();
        let connect = "connect-src 'self' https://game.example:5000 wss://game.example:5000;";
        assert!(policy.contains(connect), "{policy}");
        let pictures = "img-src 'self' data: https: https://game.example:5000;";
        assert!(policy.contains(pictures), "{policy}");
    }

    #[test]
    fn frame_ancestors_are_added() {
        let policy = Policy {
            frame_ancestors: list("https://portal.example"),
            ..Policy::default()
        };
        let end = "frame-ancestors 'self' https://portal.example";
        assert!(policy.to_string().ends_with(end));
    }
}
