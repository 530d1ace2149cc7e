//! A file server that delays each file until the test releases it.

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// The page to which the test adds the pictures.
const PAGE: &str = "<!doctype html><html lang=en><title>delayed</title><link rel=icon href=data:,>";

/// A green square, with a part for `<use>`.
const PICTURE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='20' viewBox='0 0 20 20'>\
    <g id='part'><rect width='20' height='20' fill='#0f0'/></g></svg>";

/// The server, which runs until this value is dropped.
#[derive(Debug)]
pub(super) struct DelayingServer {
    address: SocketAddr,
    files: Arc<Files>,
}

#[derive(Debug, Default)]
struct Files {
    font: Vec<u8>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    requested: Vec<String>,
    released: HashSet<String>,
    ended: bool,
}

impl DelayingServer {
    /// Starts the server. Every SVG is the same picture, every WOFF2 is this font, and there are no
    /// other files.
    pub(super) fn start(font: Vec<u8>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("its address");
        let files = Arc::new(Files {
            font,
            ..Files::default()
        });
        let serving = Arc::clone(&files);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if serving.state.lock().expect("no thread panics").ended {
                    return;
                }
                let files = Arc::clone(&serving);
                // An error means that the client hung up, and needs no response.
                thread::spawn(move || _ = files.serve(stream));
            }
        });
        Self { address, files }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Returns the requested files, in the order of the requests.
    pub(super) fn requested(&self) -> Vec<String> {
        self.files
            .state
            .lock()
            .expect("no thread panics")
            .requested
            .clone()
    }

    pub(super) fn release(&self, file: &str) {
        let mut state = self.files.state.lock().expect("no thread panics");
        state.released.insert(file.to_owned());
        self.files.changed.notify_all();
    }
}

impl Drop for DelayingServer {
    fn drop(&mut self) {
        if let Ok(mut state) = self.files.state.lock() {
            state.ended = true;
        }
        self.files.changed.notify_all();
        // Wakes the thread that accepts connections.
        _ = TcpStream::connect(self.address);
    }
}

impl Files {
    /// Answers one request, and closes the connection.
    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let file = line
            .split(' ')
            .nth(1)
            .unwrap_or_default()
            .trim_start_matches('/')
            .to_owned();
        while reader.read_line(&mut line)? > 2 {}
        let (status, kind, body) = match file.rsplit_once('.') {
            None => ("200 OK", "text/html", PAGE.as_bytes()),
            Some((_, "svg")) => ("200 OK", "image/svg+xml", PICTURE.as_bytes()),
            Some((_, "woff2")) => ("200 OK", "font/woff2", &self.font[..]),
            Some(_) => ("404 Not Found", "text/plain", &b"nothing"[..]),
        };
        if kind != "text/html" {
            let mut state = self.state.lock().expect("no thread panics");
            state.requested.push(file.clone());
            while status == "200 OK" && !state.ended && !state.released.contains(&file) {
                state = self.changed.wait(state).expect("no thread panics");
            }
        }
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        )?;
        stream.write_all(body)
    }
}
