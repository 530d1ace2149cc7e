//! Headers that make browsers careful with what is served.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use orchard_hosting::{Policy, SECURITY};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::Config;

/// Puts them on every response that doesn't say otherwise.
pub(super) fn secure(router: Router, config: &Config) -> Router {
    let security = SECURITY.into_iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_static(value)))
    });
    let policy = config.content_security_policy.clone().or_else(|| {
        // The origins in it were found to be fit for it when the command line was read.
        HeaderValue::try_from(policy(config).to_string()).ok()
    });
    let policy = policy.filter(|policy| !policy.is_empty());
    security
        .chain(policy.map(|policy| (header::CONTENT_SECURITY_POLICY, policy)))
        .fold(router, |router, (name, value)| {
            router.layer(SetResponseHeaderLayer::if_not_present(name, value))
        })
}

fn policy(config: &Config) -> Policy {
    Policy {
        connect: config.connect_origins.clone(),
        frame_ancestors: config.frame_ancestors.clone(),
    }
}
