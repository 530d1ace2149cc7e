//! Client addresses: where a request comes from, and the key by which limits count.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The number of proxies that a chain is followed through. A real chain is shorter, but a header
/// may hold thousands.
const MOST_HOPS: usize = 32;

/// The key by which limits count: an IPv4 address, or the /64 of an IPv6 address, which is the
/// least that one customer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin(IpAddr);

impl From<IpAddr> for Origin {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.into(),
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                Ipv6Addr::from(network).into()
            }
        })
    }
}

/// The client's address, as the trusted proxies report it. Every request carries it as an
/// extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) IpAddr);

/// The proxies whose headers are trusted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies(Vec<IpNet>);

impl Proxies {
    pub(crate) fn new(trusted: Vec<IpNet>) -> Self {
        Self(trusted)
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Returns the address of the client: that of the peer or, if the peer is a trusted proxy, that
    /// of the nearest hop that is not one.
    ///
    /// A proxy appends to one of the two headers and passes on the other as the client sent it. So
    /// if both are present and disagree, neither is trusted, and the request counts as the proxy's
    /// own.
    pub(crate) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Client {
        let peer = peer.to_canonical();
        if !self.contain(peer) {
            return Client(peer);
        }
        let listed = |name| headers.get_all(name).into_iter();
        let texts = |name| listed(name).map(|value| value.to_str().unwrap_or_default());
        let one = self.follow(peer, texts(X_FORWARDED_FOR), |hop| address(hop.trim()));
        let other = self.follow(peer, texts(header::FORWARDED), forwarded_for);
        Client(match (one, other) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        })
    }

    /// Walks from the last hop to the first that is not a trusted proxy. Returns `None` without the
    /// header. An entry that can't be parsed ends the chain at the proxy that passed it on.
    fn follow<'a>(
        &self,
        peer: IpAddr,
        values: impl DoubleEndedIterator<Item = &'a str>,
        read: impl Fn(&str) -> Option<IpAddr>,
    ) -> Option<IpAddr> {
        let mut hops = values.rev().flat_map(|value| value.rsplit(',')).peekable();
        hops.peek()?;
        let mut nearest = peer;
        for hop in hops.take(MOST_HOPS) {
            let Some(address) = read(hop) else {
                break;
            };
            nearest = address;
            if !self.contain(address) {
                break;
            }
        }
        Some(nearest)
    }
}

/// Returns the `for` parameter of one element of `Forwarded` (RFC 7239, section 4).
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let is_for = name.trim().eq_ignore_ascii_case("for");
        is_for.then(|| address(value.trim().trim_matches('"')))?
    })
}

/// Parses an address as proxies write it: with or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || Some(text.parse::<SocketAddr>().ok()?.ip());
    let in_brackets = || {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        inner.parse::<Ipv6Addr>().ok().map(IpAddr::from)
    };
    let found = bare().or_else(with_port).or_else(in_brackets)?;
    Some(found.to_canonical())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    use super::{Origin, Proxies};

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn client(peer: &str, headers: &[(&str, &str)]) -> IpAddr {
        let trusted = ["10.0.0.0/8", "127.0.0.1/32", "2001:db8:aaaa::/48"];
        let proxies = Proxies::new(trusted.map(|it| it.parse().unwrap()).into());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).unwrap();
            map.append(name, HeaderValue::from_str(value).unwrap());
        }
        proxies.client(ip(peer), &map).0
    }

    #[test]
    fn a_client_is_one_origin() {
        let origin = |text: &str| Origin::from(ip(text));
        assert_eq!(origin("192.0.2.1"), origin("::ffff:192.0.2.1"));
        assert_ne!(origin("192.0.2.1"), origin("192.0.2.2"));
        assert_eq!(origin("2001:db8:0:1::1"), origin("2001:db8:0:1:ffff::"));
        assert_ne!(origin("2001:db8:0:1::1"), origin("2001:db8:0:2::1"));
    }

    #[test]
    fn only_proxies_are_trusted() {
        for name in ["x-forwarded-for", "forwarded"] {
            let headers = [(name, "for=192.0.2.9"), (name, "192.0.2.9")];
            assert_eq!(client("192.0.2.1", &headers), ip("192.0.2.1"));
        }
    }

    #[test]
    fn the_nearest_hop_that_is_not_a_proxy_is_the_client() {
        for (value, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            // What a client claims comes before what the proxies have added.
            ("198.51.100.7, 192.0.2.1", "192.0.2.1"),
            (
                "198.51.100.7, 192.0.2.1, 10.1.1.1, 2001:db8:aaaa::1",
                "192.0.2.1",
            ),
            ("10.1.1.1", "10.1.1.1"),
            ("", "127.0.0.1"),
            ("unknown", "127.0.0.1"),
            ("192.0.2.1, _hidden", "127.0.0.1"),
            ("192.0.2.1, unknown, 10.1.1.1", "10.1.1.1"),
        ] {
            let found = client("127.0.0.1", &[("x-forwarded-for", value)]);
            assert_eq!(found, ip(expected), "{value}");
        }
        let two = [
            ("x-forwarded-for", "198.51.100.7"),
            ("x-forwarded-for", "192.0.2.1"),
        ];
        assert_eq!(client("127.0.0.1", &two), ip("192.0.2.1"));
    }

    #[test]
    fn forwarded_is_read_as_its_rfc_says() {
        for (value, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("For=\"192.0.2.1:4711\";proto=http;by=10.0.0.1", "192.0.2.1"),
            ("proto=https; for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=198.51.100.7, for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
            ("for=192.0.2.1, for=unknown", "127.0.0.1"),
            ("by=10.0.0.1", "127.0.0.1"),
        ] {
            let found = client("127.0.0.1", &[("forwarded", value)]);
            assert_eq!(found, ip(expected), "{value}");
        }
    }

    #[test]
    fn headers_that_disagree_are_both_ignored() {
        let forged = [
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=198.51.100.7"),
        ];
        assert_eq!(client("127.0.0.1", &forged), ip("127.0.0.1"));
        let same = [
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.1"),
        ];
        assert_eq!(client("127.0.0.1", &same), ip("192.0.2.1"));
    }

    #[test]
    fn a_chain_is_followed_up_to_a_limit() {
        let long = ["10.0.0.1"; 1000].join(",");
        let value = format!("192.0.2.1,{long}");
        assert_eq!(
            client("127.0.0.1", &[("x-forwarded-for", &value)]),
            ip("10.0.0.1")
        );
    }
}
