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
    /// The action to take instead of serving.
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

/// The action to take instead of serving.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Print the account and password of the demo account, and exit.
    DemoAccount,
    /// Manage the users of the database, with or without a server running on it.
    #[command(subcommand)]
    User(UserCommand),
}

/// The action on users. A password is prompted for on a terminal, and is otherwise read from the
/// first line of standard input. It is never an argument, which every user of the machine could
/// read.
#[derive(Clone, Debug, Subcommand)]
pub enum UserCommand {
    /// Add a user.
    Add {
        /// The name to sign in with.
        account: String,
        /// The name shown to other players [default: the account].
        #[arg(long, value_name = "NAME")]
        nickname: Option<String>,
        /// The mobile number, shown only to the user.
        #[arg(long, value_name = "NUMBER", default_value = "")]
        mobile: String,
    },
    /// List the users: id, account, name, number of active sign-ins, and whether they are locked.
    List,
    /// Lock a user: end all their sign-ins, and refuse new ones.
    Lock {
        /// The name to sign in with.
        account: String,
    },
    /// Unlock a user.
    Unlock {
        /// The name to sign in with.
        account: String,
    },
    /// Change a user's password, and end all their sign-ins.
    Password {
        /// The name to sign in with.
        account: String,
    },
}

/// The settings of a server.
#[derive(Clone, Debug, Args)]
#[command(next_line_help = true)]
pub struct Config {
    /// Address and port to listen on. Port 0 selects a free port.
    #[arg(
        long,
        env = "ORCHARD_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:5000"
    )]
    pub listen: SocketAddr,

    /// Folder of the built page. Its `.br` and `.gz` files are served to clients that accept the
    /// encoding.
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

    /// Database file. It and its folder are created if they are missing.
    #[arg(
        long,
        global = true,
        env = "ORCHARD_DATABASE",
        value_name = "FILE",
        default_value = "data/orchard.sqlite3"
    )]
    pub database: PathBuf,

    /// Time limit of the integrity check of the database at startup, in seconds. The part that is
    /// not checked by then is assumed to be intact. 0 disables the check.
    #[arg(
        long,
        env = "ORCHARD_DATABASE_CHECK_SECONDS",
        value_name = "S",
        default_value_t = 10
    )]
    pub database_check_seconds: u64,

    /// Origin whose pages may call this server and connect to it, such as `https://cdn.example`.
    /// `null` or `file://` allows pages opened from files, as in web views, but any site can make a
    /// page whose origin is `null`; `tauri://localhost` allows the window; `*` allows all. Can be
    /// given several times, or once with commas. By default, only the page served here is allowed
    /// and, on a loopback address, the pages of other servers on this machine, such as
    /// `trunk serve`.
    #[arg(
        long = "cors-origin",
        visible_alias = "allow-origin",
        env = "ORCHARD_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub cors_origins: Vec<HeaderValue>,

    /// Host name that requests may use, such as `game.example`, with a port or for all ports. A
    /// request with another one is refused, except for /healthz. This prevents DNS rebinding: a
    /// foreign name that resolves to this server would make its page same-origin. Can be given
    /// several times, or once with commas. By default, any host is accepted.
    #[arg(
        long = "allowed-host",
        env = "ORCHARD_ALLOWED_HOST",
        value_name = "HOST",
        value_delimiter = ',',
        value_parser = host
    )]
    pub(crate) allowed_hosts: Vec<Authority>,

    /// Another origin that the page may connect to and show images from, such as
    /// `https://game.example:5000`, for settings that name another server. Can be given several
    /// times, or once with commas.
    #[arg(
        long = "connect-origin",
        env = "ORCHARD_CONNECT_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = source
    )]
    pub connect_origins: Vec<String>,

    /// Origin whose pages may show this one in a frame. Can be given several times, or once with
    /// commas. By default, only the page's own origin may.
    #[arg(
        long = "frame-ancestor",
        env = "ORCHARD_FRAME_ANCESTOR",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = source
    )]
    pub frame_ancestors: Vec<String>,

    /// Content-Security-Policy to send in place of the server's own. If empty, none is sent.
    #[arg(
        long,
        env = "ORCHARD_CONTENT_SECURITY_POLICY",
        value_name = "POLICY",
        value_parser = HeaderValue::from_str
    )]
    pub content_security_policy: Option<HeaderValue>,

    /// Let in clients without a token, to watch: guests join no room, broadcast nothing, and do not
    /// count as players. Without it CONNECT is refused to clients that are not signed in; an
    /// invalid token is refused in any case.
    #[arg(long, env = "ORCHARD_GUESTS")]
    pub guests: bool,

    /// Push random counts from 1 to 100, from the first `chat` on, as the chapter's server does. By
    /// default, the count is the number of connected players, each counted once. It is pushed when
    /// it changes, and sent to each client that emits `chat`.
    #[arg(long, env = "ORCHARD_DEMO_COUNT")]
    pub demo_count: bool,

    /// Number of notices kept for clients that join later: the last broadcasts with text.
    #[arg(
        long,
        env = "ORCHARD_KEPT_NOTICES",
        value_name = "N",
        default_value_t = 50
    )]
    pub kept_notices: usize,

    /// Maximum text of a kept notice, in bytes. A longer notice is broadcast, but not kept.
    #[arg(
        long,
        env = "ORCHARD_MAX_NOTICE_BYTES",
        value_name = "BYTES",
        default_value_t = 1024
    )]
    pub max_notice_bytes: usize,

    /// Minimum time between two pushed counts, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PUSH_INTERVAL_MS",
        value_name = "MS",
        default_value_t = 1000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub push_interval_ms: u64,

    /// Lifetime of an access token, in seconds (1 hour).
    #[arg(
        long,
        env = "ORCHARD_ACCESS_TOKEN_SECONDS",
        value_name = "S",
        default_value_t = 3600
    )]
    pub access_token_seconds: u64,

    /// Lifetime of a refresh token, in seconds (30 days).
    #[arg(
        long,
        env = "ORCHARD_REFRESH_TOKEN_SECONDS",
        value_name = "S",
        default_value_t = 2_592_000
    )]
    pub refresh_token_seconds: u64,

    /// Maximum number of active sign-ins of one user. A further sign-in ends the least recently
    /// refreshed one.
    #[arg(
        long,
        env = "ORCHARD_MAX_SIGN_INS",
        value_name = "N",
        default_value_t = 100,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub max_sign_ins: u32,

    /// Time in which a replaced refresh token is accepted once more, in seconds, because two
    /// windows of one browser may refresh at the same time. The token before the latest is also
    /// accepted until the latest is used, because the response to a refresh may be lost. Any other
    /// use of a replaced token revokes the sign-in.
    #[arg(
        long,
        env = "ORCHARD_REFRESH_GRACE_SECONDS",
        value_name = "S",
        default_value_t = 30
    )]
    pub refresh_grace_seconds: u64,

    /// Interval at which the sign-ins of connected sockets are checked again, in seconds.
    /// `user lock` and `user password` take effect on them within this time.
    #[arg(
        long,
        env = "ORCHARD_RECHECK_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub recheck_seconds: u64,

    /// Answer an unknown account like a wrong password, so that accounts cannot be enumerated.
    #[arg(long, env = "ORCHARD_NO_ACCOUNT_HINTS")]
    pub no_account_hints: bool,

    /// Failed sign-ins allowed from one address to one account in a window. One address may fail
    /// ten times as often for all accounts together. 0 disables the limit.
    #[arg(
        long,
        env = "ORCHARD_LOGIN_ATTEMPTS",
        value_name = "N",
        default_value_t = 10
    )]
    pub login_attempts: u32,

    /// Window of --login-attempts, in seconds.
    #[arg(
        long,
        env = "ORCHARD_LOGIN_WINDOW_SECONDS",
        value_name = "S",
        default_value_t = 300
    )]
    pub login_window_seconds: u64,

    /// Number of threads that verify passwords, each of which uses 19 MiB [default: half of the
    /// processors, at most 4].
    #[arg(
        long,
        env = "ORCHARD_PASSWORD_WORKERS",
        value_name = "N",
        value_parser = at_least_one
    )]
    pub password_workers: Option<usize>,

    /// Maximum number of sign-ins that wait for these threads. A further one is answered with 503
    /// and Retry-After. Addresses with the fewest attempts go first.
    #[arg(
        long,
        env = "ORCHARD_PASSWORD_QUEUE",
        value_name = "N",
        default_value = "64",
        value_parser = at_least_one
    )]
    pub password_queue: usize,

    /// Maximum body of a JSON-RPC call, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_BODY_BYTES",
        value_name = "BYTES",
        default_value_t = 65_536
    )]
    pub max_body_bytes: usize,

    /// Maximum Socket.IO frame or payload, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_PAYLOAD_BYTES",
        value_name = "BYTES",
        default_value_t = 100_000
    )]
    pub max_payload_bytes: usize,

    /// Network of trusted proxies, such as `127.0.0.1` or `10.0.0.0/8`. The client's address is
    /// read from their X-Forwarded-For or Forwarded header. Can be given several times, or once
    /// with commas. By default, all clients behind a proxy count as one address.
    #[arg(
        long = "trust-proxy",
        env = "ORCHARD_TRUST_PROXY",
        value_name = "NETWORK",
        value_delimiter = ',',
        value_parser = network
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Maximum number of open connections, and of Socket.IO sessions. It is lowered if the system
    /// allows fewer open files; some are reserved for the server itself. A full server closes an
    /// idle connection to accept a new one.
    #[arg(
        long,
        env = "ORCHARD_MAX_CONNECTIONS",
        value_name = "N",
        default_value = "10000",
        value_parser = at_least_one
    )]
    pub max_connections: usize,

    /// Like --max-connections, for one address or one IPv6 /64. 0 disables the limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "N",
        default_value_t = 1000
    )]
    pub max_connections_per_address: usize,

    /// Time to send the head of a request, in seconds, since the connection opened or since its
    /// last response.
    #[arg(
        long,
        env = "ORCHARD_HEADER_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub header_timeout_seconds: u64,

    /// Time to send the body of a request after its head, in seconds.
    #[arg(
        long,
        env = "ORCHARD_BODY_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub body_timeout_seconds: u64,

    /// Time after which a connection that reads nothing of what is sent to it is closed, in
    /// seconds.
    #[arg(
        long,
        env = "ORCHARD_WRITE_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 20,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub write_timeout_seconds: u64,

    /// Sustained rate at which one connection is read, in bytes per second; a burst may be four
    /// times as large. Faster data waits. 0 disables the limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_READ_BYTES_PER_SECOND",
        value_name = "BYTES",
        default_value_t = 1_048_576
    )]
    pub max_read_bytes_per_second: u64,

    /// Time for a Socket.IO session to connect to a namespace, in seconds.
    #[arg(
        long,
        env = "ORCHARD_CONNECT_TIMEOUT_SECONDS",
        value_name = "S",
        default_value_t = 15,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub connect_timeout_seconds: u64,

    /// Sustained number of events per second of one socket; a large event counts once per KiB. A
    /// client that sends more receives an error event and is disconnected. 0 disables the limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_EVENTS_PER_SECOND",
        value_name = "N",
        default_value_t = 100
    )]
    pub max_events_per_second: u64,

    /// Maximum burst of events of one socket.
    #[arg(
        long,
        env = "ORCHARD_MAX_EVENTS_AT_ONCE",
        value_name = "N",
        default_value_t = 2500,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub max_events_at_once: u64,

    /// Maximum number of packets buffered for one socket. A socket that exceeds it is disconnected.
    #[arg(
        long,
        env = "ORCHARD_MAX_BUFFERED_PACKETS",
        value_name = "N",
        default_value = "8192",
        value_parser = at_least_one
    )]
    pub max_buffered_packets: usize,

    /// Like --max-buffered-packets, in bytes, with an overhead of 128 per packet.
    #[arg(
        long,
        env = "ORCHARD_MAX_BUFFERED_BYTES",
        value_name = "BYTES",
        default_value_t = 1_048_576
    )]
    pub max_buffered_bytes: usize,

    /// Maximum uid that `login` accepts, in bytes.
    #[arg(
        long,
        env = "ORCHARD_MAX_UID_BYTES",
        value_name = "BYTES",
        default_value_t = 64
    )]
    pub max_uid_bytes: usize,

    /// Interval of the Socket.IO heartbeat, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PING_INTERVAL_MS",
        value_name = "MS",
        default_value_t = 25_000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub ping_interval_ms: u64,

    /// Time for a client to answer a heartbeat, in milliseconds.
    #[arg(
        long,
        env = "ORCHARD_PING_TIMEOUT_MS",
        value_name = "MS",
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u64).range(1..)
    )]
    pub ping_timeout_ms: u64,

    /// Grace period for open connections after SIGINT or SIGTERM, in seconds.
    #[arg(
        long,
        env = "ORCHARD_SHUTDOWN_SECONDS",
        value_name = "S",
        default_value_t = 5
    )]
    pub shutdown_seconds: u64,

    /// Log level: error, warn, info, debug or trace. A module can have its own, as in
    /// `warn,orchard_server=debug`.
    #[arg(
        long,
        env = "ORCHARD_LOG",
        value_name = "LEVELS",
        default_value = "info"
    )]
    pub log: Targets,

    /// Maximum log lines of one kind per second. Omitted lines are counted. 0 disables the limit.
    #[arg(
        long,
        env = "ORCHARD_MAX_LOG_LINES_PER_SECOND",
        value_name = "N",
        default_value_t = 50
    )]
    pub max_log_lines_per_second: u64,

    /// Format of the log on standard error.
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

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text for people.
    Human,
    /// One JSON object per line.
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
    fn a_repeated_flag_replaces_the_first_and_origins_accumulate() {
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
    fn only_origins_are_added_to_a_policy() {
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
