//! Security headers of responses.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use orchard_hosting::{Policy, SECURITY};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::config::Config;

/// Adds them to every response that does not set its own.
pub(super) fn secure(router: Router, config: &Config) -> Router {
    let security = SECURITY.into_iter().filter_map(|(name, value)| {
        let name = HeaderName::try_from(name).ok()?;
        Some((name, HeaderValue::from_static(value)))
    });
    let policy = config.content_security_policy.clone().or_else(|| {
        // The origins in the policy were validated when the command line was parsed.
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
