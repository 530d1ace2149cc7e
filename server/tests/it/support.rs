//! A server to test against, and a Socket.IO client that shows raw frames.

use std::fmt::Display;
use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use clap::Parser;
use futures_util::{SinkExt, StreamExt};
use orchard_server::config::Cli;
use orchard_server::{Clock, DemoAccount, Server, StartError};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{OnceCell, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

/// The timeout of every wait: longer than anything takes unless it never happens.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Waits until the condition holds.
pub(crate) async fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let so = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(DEADLINE, so)
        .await
        .unwrap_or_else(|_| panic!("waited for {what}"));
}

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) demo: DemoAccount,
    pub(crate) http: reqwest::Client,
    folder: TempDir,
    now: Arc<AtomicU64>,
    token: OnceCell<String>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), StartError>>,
}

impl TestServer {
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        lay_page(&folder);
        let database = folder.path().join("db/orchard.sqlite3");
        let dist = folder.path().join("dist");
        let mut arguments = vec!["orchard-server", "--listen", "127.0.0.1:0", "--log", "off"];
        arguments.extend(["--database", database.to_str().unwrap()]);
        arguments.extend(["--dist", dist.to_str().unwrap()]);
        arguments.extend(flags);
        let config = Cli::try_parse_from(arguments).unwrap().config;

        let now = Arc::new(AtomicU64::new(1_700_000_000));
        let clock = Clock::new({
            let now = Arc::clone(&now);
            move || now.load(Ordering::SeqCst)
        });
        let server = Server::bind(config, clock).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        let demo = DemoAccount::load(&database).unwrap();
        let http = reqwest::Client::builder()
            .timeout(DEADLINE)
            .build()
            .unwrap();
        Self {
            address,
            demo,
            http,
            folder,
            now,
            token: OnceCell::new(),
            stop,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("db/orchard.sqlite3")
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Calls a method; returns the status and the whole response.
    pub(crate) async fn call(&self, method: &str, params: Value, token: &str) -> (u16, Value) {
        let call = json!({"jsonrpc": "2.0", "method": method, "params": params, "id": "u"});
        let mut request = self.http.post(self.url("/api")).json(&call);
        if !token.is_empty() {
            request = request.header("Authorization", format!("jwt {token}"));
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Calls a method and returns its result.
    pub(crate) async fn result(&self, method: &str, params: Value, token: &str) -> Value {
        let (status, answer) = self.call(method, params, token).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["id"], "u");
        assert_eq!(answer["jsonrpc"], "2.0");
        answer["result"].clone()
    }

    pub(crate) async fn login(&self) -> Value {
        self.login_as(&self.demo.account).await
    }

    /// Signs in as a user with the demo account's password.
    pub(crate) async fn login_as(&self, account: &str) -> Value {
        let params = json!({"account": account, "password": self.demo.password.expose()});
        let result = self.result("User.login", params, "").await;
        assert_eq!(result["errno"], 1000, "{result}");
        result
    }

    /// Returns the access token of the demo account, the same one each time.
    pub(crate) async fn token(&self) -> &str {
        let token = self
            .token
            .get_or_init(async || access_token(&self.login().await));
        token.await
    }

    /// Creates a user with this account, name and id, and returns an access token.
    pub(crate) async fn token_of(&self, account: &str, id: i64) -> String {
        self.database_now()
            .execute(
                "INSERT INTO users (id, account, password, nickname, created_at)
                 SELECT ?1, ?2, password, ?2, 0 FROM users WHERE account = ?3",
                (id, account, &self.demo.account),
            )
            .unwrap();
        access_token(&self.login_as(account).await)
    }

    /// The path of the server's database.
    pub(crate) fn database_now(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.database()).unwrap()
    }

    /// Stops the server and waits until it has stopped.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(DEADLINE, self.task)
            .await
            .expect("it stops")
            .unwrap()
            .unwrap();
    }
}

pub(crate) fn access_token(login: &Value) -> String {
    login["access_token"].as_str().unwrap().to_owned()
}

/// A CONNECT packet to the orchard; without a token, that of a guest.
pub(crate) fn connect(token: &str) -> String {
    if token.is_empty() {
        return "40/mofang,".into();
    }
    format!("40/mofang,{}", json!({ "token": token }))
}

/// The extensions of the files in `/kinds` of the test page.
pub(crate) const KINDS: [&str; 8] = [
    "css",
    "html",
    "js",
    "mp3",
    "png",
    "svg",
    "wasm",
    "webmanifest",
];

/// Creates a page as trunk writes it.
fn lay_page(folder: &TempDir) {
    let dist = folder.path().join("dist");
    fs::create_dir_all(dist.join("kinds")).unwrap();
    for extension in KINDS {
        fs::write(dist.join("kinds").join(format!("a.{extension}")), "kind").unwrap();
    }
    for (name, content) in [
        ("index.html", "<title>orchard</title>"),
        ("orchard-0123456789abcdef.js", "plain"),
        ("orchard-0123456789abcdef.js.br", "brotli"),
        ("orchard-0123456789abcdef.js.gz", "gzip"),
        ("orchard-0123456789abcdef_bg.wasm", "wasm"),
        ("tune.ogg", "music"),
    ] {
        fs::write(dist.join(name), content).unwrap();
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Frame {
    Text(String),
    Binary(Vec<u8>),
}

/// A WebSocket after its Engine.IO handshake.
pub(crate) struct Wire {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Wire {
    pub(crate) async fn open(server: &TestServer) -> Self {
        Self::connect(server.address).await
    }

    pub(crate) async fn connect(address: impl Display) -> Self {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (stream, _) = connect_async(url).await.unwrap();
        let mut wire = Self { stream };
        let open = wire.text().await;
        assert!(open.starts_with("0{"), "{open}");
        wire
    }

    /// Opens a connection like a browser with these languages.
    pub(crate) async fn open_in(server: &TestServer, languages: &str) -> Self {
        let url = format!(
            "ws://{}/socket.io/?EIO=4&transport=websocket",
            server.address
        );
        let mut request = url.into_client_request().unwrap();
        let languages = languages.parse().unwrap();
        request.headers_mut().insert("Accept-Language", languages);
        let (stream, _) = connect_async(request).await.unwrap();
        let mut wire = Self { stream };
        wire.text().await;
        wire
    }

    /// Joins the orchard. Returns `None` if the connection is closed before that.
    pub(crate) async fn try_join(address: SocketAddr, token: &str) -> Option<Self> {
        Self::try_join_over(TcpSocket::new_v4().unwrap(), address, token).await
    }

    /// Joins the orchard with the smallest receive buffer that the system allows.
    pub(crate) async fn join_narrowly(address: SocketAddr, token: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        Self::try_join_over(socket, address, token)
            .await
            .expect("it is admitted")
    }

    async fn try_join_over(socket: TcpSocket, address: SocketAddr, token: &str) -> Option<Self> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let stream = socket.connect(address).await.ok()?;
        let (stream, _) = client_async(url, MaybeTlsStream::Plain(stream))
            .await
            .ok()?;
        let mut wire = Self { stream };
        wire.frame().await?;
        wire.send(&connect(token)).await;
        match wire.frame().await? {
            Frame::Text(answer) if answer.starts_with("40/mofang,") => Some(wire),
            answer => panic!("it is not admitted: {answer:?}"),
        }
    }

    /// Returns the status of the WebSocket upgrade for a page of this origin.
    pub(crate) async fn status_for(server: &TestServer, origin: &str) -> u16 {
        let url = format!(
            "ws://{}/socket.io/?EIO=4&transport=websocket",
            server.address
        );
        let mut request = url.into_client_request().unwrap();
        let origin = origin.parse().unwrap();
        request.headers_mut().insert("Origin", origin);
        match connect_async(request).await {
            Ok((_, response)) => response.status().as_u16(),
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// Opens a connection and joins the orchard as the demo account; returns it with the public id.
    pub(crate) async fn join(server: &TestServer) -> (Self, String) {
        Self::join_as(server, server.token().await).await
    }

    /// Joins with this token, or as a guest.
    pub(crate) async fn join_as(server: &TestServer, token: &str) -> (Self, String) {
        let mut wire = Self::open(server).await;
        wire.send(&connect(token)).await;
        let reply = wire.text().await;
        assert!(payload(&reply, "40/mofang,")["sid"].is_string(), "{reply}");
        // The first event that a new player receives is its own welcome.
        let welcome = wire.event("server_response").await;
        let sid = welcome["sid"].as_str().unwrap().to_owned();
        (wire, sid)
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn send_binary(&mut self, bytes: &[u8]) {
        self.stream
            .send(Message::binary(bytes.to_vec()))
            .await
            .unwrap();
    }

    /// Returns the next frame that is not a heartbeat, or `None` once the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<Frame> {
        loop {
            let message = timeout(DEADLINE, self.stream.next())
                .await
                .expect("a frame arrives");
            match message? {
                Ok(Message::Text(text)) if text.as_str() == "2" => {
                    self.try_send("3").await;
                }
                Ok(Message::Text(text)) => return Some(Frame::Text(text.as_str().to_owned())),
                Ok(Message::Binary(bytes)) => return Some(Frame::Binary(bytes.to_vec())),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.frame().await {
            Some(Frame::Text(text)) => text,
            other => panic!("expected text, got {other:?}"),
        }
    }

    /// Sends a frame that may be lost, since the server may have closed the connection.
    pub(crate) async fn try_send(&mut self, text: &str) -> bool {
        self.stream.send(Message::text(text)).await.is_ok()
    }

    /// Returns the texts received until the connection ends.
    pub(crate) async fn rest(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(frame) = self.frame().await {
            if let Frame::Text(text) = frame {
                texts.push(text);
            }
        }
        texts
    }

    /// Returns the argument of the next event in the orchard, which must have this name.
    pub(crate) async fn event(&mut self, name: &str) -> Value {
        let text = self.text().await;
        let event = payload(&text, "42/mofang,");
        assert_eq!(event[0], name, "{text}");
        assert_eq!(event.as_array().unwrap().len(), 2, "{text}");
        event[1].clone()
    }

    /// Waits until the connection ends, or until an event sent now is answered.
    pub(crate) async fn rest_or_until_now(&mut self) {
        self.try_send(r#"42/mofang,99["message",{"uid":"fence"}]"#)
            .await;
        while let Some(frame) = self.frame().await {
            if frame == Frame::Text("43/mofang,99[]".into()) {
                return;
            }
        }
    }

    /// Returns all frames received before the answer to an event sent now.
    pub(crate) async fn until_now(&mut self) -> Vec<String> {
        self.send(r#"42/mofang,99["message",{"uid":"fence"}]"#)
            .await;
        let mut frames = Vec::new();
        loop {
            let text = self.text().await;
            if text == "43/mofang,99[]" {
                return frames;
            }
            frames.push(text);
        }
    }
}

/// A session that uses polling.
pub(crate) struct Polling {
    http: reqwest::Client,
    url: String,
    /// The session id, which is the secret from the handshake.
    pub(crate) sid: String,
}

impl Polling {
    pub(crate) async fn open(server: &TestServer) -> Self {
        Self::connect(server.http.clone(), &server.url("")).await
    }

    pub(crate) async fn connect(http: reqwest::Client, origin: &str) -> Self {
        let url = format!("{origin}/socket.io/?EIO=4&transport=polling");
        let answer = http.get(&url).send().await.unwrap();
        let open = answer.text().await.unwrap();
        let sid = payload(&open, "0")["sid"].as_str().unwrap().to_owned();
        Self { http, url, sid }
    }

    /// A client that knows only this session id.
    pub(crate) fn with_sid(&self, sid: &str) -> Self {
        Self {
            http: self.http.clone(),
            url: self.url.clone(),
            sid: sid.into(),
        }
    }

    /// Opens a session and joins the orchard; returns the session and the public id.
    pub(crate) async fn join(server: &TestServer) -> (Self, String) {
        let session = Self::open(server).await;
        let connect = connect(server.token().await);
        assert_eq!(session.post(&connect).await, 200);
        let welcome = session.until("server_response").await;
        let sid = welcome["sid"].as_str().unwrap().to_owned();
        (session, sid)
    }

    fn session_url(&self) -> String {
        format!("{}&sid={}", self.url, self.sid)
    }

    /// Sends a packet and returns the status.
    pub(crate) async fn post(&self, packet: &str) -> u16 {
        let request = self.http.post(self.session_url());
        let answer = request.body(packet.to_owned()).send().await.unwrap();
        answer.status().as_u16()
    }

    /// Returns the queued packets once there are any, or the status if the session does not exist.
    pub(crate) async fn poll(&self) -> Result<Vec<String>, u16> {
        let answer = self.http.get(self.session_url()).send().await.unwrap();
        if !answer.status().is_success() {
            return Err(answer.status().as_u16());
        }
        let text = answer.text().await.unwrap();
        Ok(text.split('\x1e').map(str::to_owned).collect())
    }

    /// Returns the argument of the first event in the orchard with this name.
    pub(crate) async fn until(&self, name: &str) -> Value {
        loop {
            for packet in self.poll().await.expect("the session lives") {
                if packet == "2" {
                    self.post("3").await;
                }
                let event = packet.strip_prefix("42/mofang,");
                let event = event.map(|event| serde_json::from_str::<Value>(event).unwrap());
                if let Some(event) = event.filter(|event| event[0] == name) {
                    return event[1].clone();
                }
            }
        }
    }
}

pub(crate) fn payload(text: &str, head: &str) -> Value {
    let json = text
        .strip_prefix(head)
        .unwrap_or_else(|| panic!("{head} begins {text}"));
    serde_json::from_str(json).unwrap()
}
