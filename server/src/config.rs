//! The options, from the command line or the environment. `--help` is the manual.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderValue;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use tracing_subscriber::filter::Targets;

use crate::address::Proxies;
use crate::net::Limits as NetLimits;
use crate::orchard::Limits as NoticeLimits;
use crate::rate::Rate;
use crate::session::{Bounds, Limits as SessionLimits};
use crate::web::Authority;

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "orchard-server",
    version,
    about = ABOUT,
    after_help = AFTER_HELP,
    args_override_self = true
)]
pub struct Cli {
    /// What to do instead of serving.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// The settings.
    #[command(flatten)]
    pub config: Config,
}

const ABOUT: &str = "The default server of the orchard: the page, its Socket.IO events and its \
JSON-RPC from one origin, with the users in one SQLite file.";

const AFTER_HELP: &str = "At first start a demo account is made; its password is printed and kept \
beside the database, in a file that only its owner can read, as is the key that signs tokens.";

/// What to do instead of serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print account and password of the demo account, and end.
    DemoAccount,
    /// Manage the users of the database, whether or not a server runs on it.
    #[command(subcommand)]
    User(UserCommand),
}

/// What to do with a user. A password is asked for at a terminal, and is otherwise the first line of
/// standard input; it is never an argument, which every user of the machine could read.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user.
    Add {
        /// The name to sign in with.
        account: String,
        /// The name shown to other players; the account if it is left out.
        #[arg(long, value_name = "NAME")]
        nickname: Option<String>,
        /// The mobile number, which is shown to the user only.
        #[arg(long, value_name = "NUMBER", default_value = "")]
        mobile: String,
    },
    /// List the users: id, account, name, sign-ins that last, and whether they are locked.
    List,
    /// Lock a user out: all sign-ins end, and no other begins.
    Lock {
        /// The name to sign in with.
        account: String,
    },
    /// Let a locked user in again.
    Unlock {
        /// The name to sign in with.
        account: String,
    },
    /// Set another password; all sign-ins end.
    Password {
        /// The name to sign in with.
        account: String,
    },
}

/// The settings of a server.
#[derive(Clone, Debug, Args)]
#[command(next_line_help = true)]
pub struct Config {
    /// Address and port to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "ORCHARD_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:5000"
    )]
    pub listen: SocketAddr,

    /// Folder of the built page; `.br` and `.gz` files beside its files are served to who takes
    /// them.
    #[arg(
        long,
        env = "ORCHARD_DIST",
        value_name = "FOLDER",
        default_value = "dist"
    )]
    pub dist: PathBuf,

    /// Serve no page: Socket.IO and JSON-RPC only.
    #[arg(long, env = "ORCHARD_API_ONLY")]
    pub api_only: bool,

    /// File of the database; made with its folder if it is missing.
    #[arg(
        long,
        global = true,
        env = "ORCHARD_DATABASE",
        value_name = "FILE",
        default_value = "data/orchard.sqlite3"
    )]
    pub database: PathBuf,

    /// Time to look through the database for damage at the start, in seconds; what is not looked at by then
    /// counts as whole. 0 to look at nothing.
    #[arg(
        long,
        env = "ORCHARD_DATABASE_CHECK_SECONDS",
        value_name = "S",
        default_value_t = 10
    )]
    pub database_check_seconds: u64,

    /// Origin whose pages may call this server and connect to it, such as `https://cdn.example`; `null` or
    /// `file://` for pages from files, as web views have them, though any site can make a page whose
    /// origin is `null`; `tauri://localhost` for the window; `*` for all. Give it several times, or
    /// several with commas. Without it only the page served here is let in, and on a loopback address
    /// the pages of other servers on this machine, such as `trunk serve`.
    #[arg(
        long = "cors-origin",
        visible_alias = "allow-origin",
        env = "ORCHARD_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub cors_origins: Vec<HeaderValue>,

    /// Host that this server may be asked for as, such as `game.example`, with a port or for all ports. A
    /// request for another, but for /healthz, is refused: somebody's name may lead here, too, and make
    /// their page this server's. Give it several times, or several with commas. Without it any host is
    /// taken.
    #[arg(
        long = "allowed-host",
        env = "ORCHARD_ALLOWED_HOST",
        value_name = "HOST",
        value_delimiter = ',',
        value_parser = host
    )]
    pub(crate) allowed_hosts: Vec<Authority>,

    /// Origin that the page may connect to besides this one, such as `https://game.example:5000`,
    /// when its settings name another server; its pictures may be shown, too. Give it several times,
    /// or several with commas.
    #[arg(
        long = "connect-origin",
        env = "ORCHARD_CONNECT_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = source
    )]
    pub connect_origins: Vec<String>,

    /// Origin whose pages may show this one in a frame. Give it several times, or several with
    /// commas. Without it only the page's own origin may.
    #[arg(
        long = "frame-ancestor",
        env = "ORCHARD_FRAME_ANCESTOR",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = source
    )]
    pub frame_ancestors: Vec<String>,

    /// Content-Security-Policy to send in place of the server's own; empty for none.
    #[arg(
        long,
        env = "ORCHARD_CONTENT_SECURITY_POLICY",
        value_name = "POLICY",
        value_parser = HeaderValue::from_str
    )]
    pub content_security_policy: Option<HeaderValue>,

    /// Let in whoever has no token, to watch: guests join no room, broadcast nothing, and do not
    /// count as players. Without it CONNECT is refused to whoever is not signed in; a token that is
    /// no good is refused in any case.
    #[arg(long, env = "ORCHARD_GUESTS")]
    pub guests: bool,

    /// Push random numbers from 1 to 100 as counts, from the first `chat` on, as the chapter's
    /// server does. Without it a count is the number of players connected, each counted once; it is
    /// pushed when it changes, and to whoever sends `chat`.
    #[arg(long, env = "ORCHARD_DEMO_COUNT")]
    pub demo_count: bool,

    /// Notices that are kept for whoever joins: the last broadcasts that carried text.
    #[arg(
        long,
        env = "ORCHARD_KEPT_NOTICES",
        value_name = "N",
        default_value_t = 50
    )]
    pub kept_notices: usize,

    /// Longest text of a notice that is kept, in bytes; a longer one is broadcast only.
    #[arg(
        long,
        env = "ORCHARD_MAX_NOTICE_BYTES",
        value_name = "BYTES",
        default_value_t = 1024
    )]
    pub max_notice_bytes: usize,

    /// Least time between two pushed counts, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PUSH_INTERVAL_MS",
        value_name = "MS",
        default_value_t = 1000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub push_interval_ms: u64,

    /// Life of an access token, in seconds (1 hour).
    #[arg(
        long,
        env = "ORCHARD_ACCESS_TOKEN_SECONDS",
        value_name = "S",
        default_value_t = 3600
    )]
    pub access_token_seconds: u64,

    /// Life of a refresh token, in seconds (30 days).
    #[arg(
        long,
        env = "ORCHARD_REFRESH_TOKEN_SECONDS",
        value_name = "S",
        default_value_t = 2_592_000
    )]
    pub refresh_token_seconds: u64,

    /// Sign-ins of one user that may last at a time; beyond that, the one that was refreshed least
    /// recently ends.
    #[arg(
        long,
        env = "ORCHARD_MAX_SIGN_INS",
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_sign_ins: u32,

    /// Time in which a refresh token that was replaced may be used once more in any case, in seconds:
    /// windows of one browser may refresh at once. Each is good once; the one before the last may be
    /// used again, whenever, until a token of the last came back, for the answer to a refresh may be
    /// lost. Any other use of an old one revokes the whole sign-in.
    #[arg(
        long,
        env = "ORCHARD_REFRESH_GRACE_SECONDS",
        value_name = "S",
        default_value_t = 30
    )]
    pub refresh_grace_seconds: u64,

    /// Time after which the server looks whether the sign-ins of connected sockets still last, in
    /// seconds: `user lock` and `user password` end them, too.
    #[arg(
        long,
        env = "ORCHARD_RECHECK_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub recheck_seconds: u64,

    /// Answer an unknown account as a wrong password, so that nobody finds out who has an account.
    #[arg(long, env = "ORCHARD_NO_ACCOUNT_HINTS")]
    pub no_account_hints: bool,

    /// Failed sign-ins from one address to one account before it has to wait; 0 for no limit. One
    /// address has ten times as many for all accounts together.
    #[arg(
        long,
        env = "ORCHARD_LOGIN_ATTEMPTS",
        value_name = "N",
        default_value_t = 10
    )]
    pub login_attempts: u32,

    /// Time after which failed sign-ins are forgotten, in seconds.
    #[arg(
        long,
        env = "ORCHARD_LOGIN_WINDOW_SECONDS",
        value_name = "S",
        default_value_t = 300
    )]
    pub login_window_seconds: u64,

    /// Threads that compare passwords, each with 19 MiB; half as many as there are processors, and
    /// four at most, if it is left out.
    #[arg(
        long,
        env = "ORCHARD_PASSWORD_WORKERS",
        value_name = "N",
        value_parser = at_least_one
    )]
    pub password_workers: Option<usize>,

    /// Sign-ins that may wait for these threads; beyond them one is told to try again later. Those
    /// whose address has tried least go first.
    #[arg(
        long,
        env = "ORCHARD_PASSWORD_QUEUE",
        value_name = "N",
        default_value = "64",
        value_parser = at_least_one
    )]
    pub password_queue: usize,

    /// Largest body of a JSON-RPC call, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_BODY_BYTES",
        value_name = "BYTES",
        default_value_t = 65_536
    )]
    pub max_body_bytes: usize,

    /// Largest Socket.IO frame or payload, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_PAYLOAD_BYTES",
        value_name = "BYTES",
        default_value_t = 100_000
    )]
    pub max_payload_bytes: usize,

    /// Network of a proxy in front of this server, such as `127.0.0.1` or `10.0.0.0/8`: whose request
    /// it passes on is read from its X-Forwarded-For or Forwarded. Give it several times, or several
    /// with commas. Without it all that comes through a proxy counts as one address.
    #[arg(
        long = "trust-proxy",
        env = "ORCHARD_TRUST_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Connections that may be open, and sessions of Socket.IO. Less, if the system allows fewer open
    /// files: some are kept for the server's own. A full server closes a connection that waits for
    /// a request for one that comes.
    #[arg(
        long,
        env = "ORCHARD_MAX_CONNECTIONS",
        value_name = "N",
        default_value = "10000",
        value_parser = at_least_one
    )]
    pub max_connections: usize,

    /// As --max-connections, of one address, or of one /64 of IPv6; 0 for no limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        default_value_t = 1000
    )]
    pub max_connections_per_address: usize,

    /// Time a connection has to send the head of a request, in seconds, from when it is open or was
    /// last answered.
    #[arg(
        long,
        env = "ORCHARD_HEADER_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub header_timeout_seconds: u64,

    /// Time it then has to send the body, in seconds.
    #[arg(
        long,
        env = "ORCHARD_BODY_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub body_timeout_seconds: u64,

    /// Time after which a connection is cut that takes nothing of what is sent to it, in seconds.
    #[arg(
        long,
        env = "ORCHARD_WRITE_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 20,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub write_timeout_seconds: u64,

    /// Bytes that are read from one connection in a second, in the long run; it may be four times as
    /// many at once. What comes faster waits. 0 for no limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_READ_BYTES_PER_SECOND",
        value_name = "BYTES",
        default_value_t = 1_048_576
    )]
    pub max_read_bytes_per_second: u64,

    /// Time a session of Socket.IO has to connect to a namespace, in seconds.
    #[arg(
        long,
        env = "ORCHARD_CONNECT_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub connect_timeout_seconds: u64,

    /// Events that one socket may send in a second, in the long run; a longer one counts as one a
    /// KiB. 0 for no limit. Whoever sends more is told so and disconnected.
    #[arg(
        long,
        env = "ORCHARD_MAX_EVENTS_PER_SECOND",
        value_name = "N",
        default_value_t = 100
    )]
    pub max_events_per_second: u64,

    /// Events that it may send at once.
    #[arg(
        long,
        env = "ORCHARD_MAX_EVENTS_AT_ONCE",
        value_name = "N",
        default_value_t = 2500,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub max_events_at_once: u64,

    /// Packets that may wait for one socket that reads slowly. One that has more is disconnected.
    #[arg(
        long,
        env = "ORCHARD_MAX_BUFFERED_PACKETS",
        value_name = "N",
        default_value = "8192",
        value_parser = at_least_one
    )]
    pub max_buffered_packets: usize,

    /// As --max-buffered-packets, in bytes, each packet with 128 for its place.
    #[arg(
        long,
        env = "ORCHARD_MAX_BUFFERED_BYTES",
        value_name = "BYTES",
        default_value_t = 1_048_576
    )]
    pub max_buffered_bytes: usize,

    /// Longest uid that `login` takes, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_UID_BYTES",
        value_name = "BYTES",
        default_value_t = 64
    )]
    pub max_uid_bytes: usize,

    /// Time between two heartbeats of Socket.IO, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PING_INTERVAL_MS",
        value_name = "MS",
        default_value_t = 25_000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub ping_interval_ms: u64,

    /// Time a client has to answer a heartbeat, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PING_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub ping_timeout_ms: u64,

    /// Time that open connections have to end after SIGINT or SIGTERM, in seconds.
    #[arg(
        long,
        env = "ORCHARD_SHUTDOWN_SECONDS",
        value_name = "S",
        default_value_t = 5
    )]
    pub shutdown_seconds: u64,

    /// What to log: error, warn, info, debug or trace; a part of the program can have its own, as in
    /// `warn,orchard_server=debug`.
    #[arg(
        long,
        env = "ORCHARD_LOG",
        value_name = "LEVELS",
        default_value = "info"
    )]
    pub log: Targets,

    /// Lines of one kind that are logged in a second; what is left out is counted. 0 for no limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_LOG_LINES_PER_SECOND",
        value_name = "N",
        default_value_t = 50
    )]
    pub max_log_lines_per_second: u64,

    /// How to log, on standard error.
    #[arg(
        long,
        env = "ORCHARD_LOG_FORMAT",
        value_name = "FORMAT",
        default_value = "human"
    )]
    pub log_format: LogFormat,
}

impl Config {
    pub(crate) fn push_interval(&self) -> Duration {
        Duration::from_millis(self.push_interval_ms)
    }

    pub(crate) fn recheck_interval(&self) -> Duration {
        Duration::from_secs(self.recheck_seconds)
    }

    pub(crate) fn notice_limits(&self) -> NoticeLimits {
        NoticeLimits {
            most: self.kept_notices,
            text_bytes: self.max_notice_bytes,
        }
    }

    pub(crate) fn database_check(&self) -> Duration {
        Duration::from_secs(self.database_check_seconds)
    }

    pub(crate) fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_timeout_seconds)
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        Duration::from_secs(self.connect_timeout_seconds)
    }

    /// Returns the limits of connections; their number depends on the system and is passed in.
    pub(crate) fn net_limits(&self, connections: usize) -> NetLimits {
        let bytes = self.max_read_bytes_per_second;
        NetLimits {
            connections,
            connections_of_origin: self.max_connections_per_address,
            header_timeout: Duration::from_secs(self.header_timeout_seconds),
            write_timeout: Duration::from_secs(self.write_timeout_seconds),
            read_rate: Rate::new(bytes, bytes.saturating_mul(4)),
            proxies: Proxies::new(self.trusted_proxies.clone()),
        }
    }

    pub(crate) fn session_limits(&self) -> SessionLimits {
        SessionLimits {
            events: Rate::new(self.max_events_per_second, self.max_events_at_once),
            outgoing: Bounds {
                bytes: self.max_buffered_bytes,
                packets: self.max_buffered_packets,
            },
        }
    }

    pub(crate) fn shutdown_limit(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "a network is an address, or one with a prefix such as 10.0.0.0/8".into())
}

fn host(text: &str) -> Result<Authority, String> {
    Authority::parse(text).ok_or_else(|| {
        "a host is a name or an address, and maybe a port, such as game.example".into()
    })
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let number: usize = text.parse().map_err(|_| "not a whole number".to_owned())?;
    if number == 0 {
        return Err("at least 1 is needed".into());
    }
    Ok(number)
}

fn origin(text: &str) -> Result<HeaderValue, String> {
    let host = text.split_once("://").map(|(_, host)| host);
    let special = ["*", "null", "file://"].contains(&text);
    if !special && !host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*'])) {
        return Err("an origin is a scheme, a host and maybe a port, such as \
                    https://cdn.example:8443, and has no path"
            .into());
    }
    HeaderValue::from_str(text).map_err(|_| "an origin has only visible ASCII characters".into())
}

/// Parses an origin that can be a source in a content security policy.
fn source(text: &str) -> Result<String, String> {
    origin(text)?;
    let named = !["*", "null", "file://"].contains(&text);
    let lone = named && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !lone || text.contains([',', ';', '\'']) {
        return Err("name each origin by itself, in ASCII".into());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::{Cli, host, network, origin, source};

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_setting_has_a_default_and_no_origin_is_allowed() {
        let cli = Cli::try_parse_from(["orchard-server"]).unwrap();
        assert_eq!(cli.config.listen.to_string(), "127.0.0.1:5000");
        assert!(cli.config.cors_origins.is_empty());
    }

    #[test]
    fn a_flag_given_again_wins_and_origins_add_up() {
        let arguments = ["orchard-server", "--dist", "a", "--dist", "b"];
        let origins = [
            "--cors-origin",
            "http://a,http://b",
            "--cors-origin",
            "http://c",
        ];
        let cli = Cli::try_parse_from(arguments.into_iter().chain(origins)).unwrap();
        assert_eq!(cli.config.dist.to_str(), Some("b"));
        assert_eq!(cli.config.cors_origins.len(), 3);
    }

    #[test]
    fn nothing_but_an_origin_gets_into_a_policy() {
        assert!(source("https://game.example:5000").is_ok());
        for bad in [
            "*",
            "null",
            "https://a;script-src *",
            "https://a b",
            "'none'",
        ] {
            assert!(source(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_network_may_be_one_address() {
        for good in ["127.0.0.1", "10.0.0.0/8", "::1", "2001:db8::/32"] {
            assert!(network(good).is_ok(), "{good}");
        }
        for bad in ["", "localhost", "10.0.0.0/33", "*"] {
            assert!(network(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_has_no_scheme_and_no_path() {
        for good in ["game.example", "game.example:5000", "127.0.0.1", "[::1]:80"] {
            assert!(host(good).is_ok(), "{good}");
        }
        for bad in ["", "https://game.example", "game.example/", "*.example"] {
            assert!(host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_have_no_path() {
        for good in [
            "*",
            "https://cdn.example",
            "http://127.0.0.1:8080",
            "capacitor://localhost",
            "tauri://localhost",
            "http://tauri.localhost",
            "null",
            "file://",
        ] {
            assert!(origin(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "cdn.example",
            "https://",
            "https://a/",
            "https://*.example",
            "a://b\n",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
