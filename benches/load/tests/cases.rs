//! Runs every case in a small size against a server in this process whose faults are known.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "clippy.toml allows them in tests, and this is what the tests share"
)]

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use orchard_load::{Account, Case, Samples, Target};
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef, State};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

/// All tests read the figures of this one process.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// The fault of the server, if any.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Fault {
    #[default]
    None,
    /// After the first 100, it delivers only every second broadcast.
    Loses,
    /// It delivers the broadcasts in pairs, the later one first.
    Swaps,
    /// It answers the first right sign-in of the case with 503.
    IsBusy,
    /// It requires a token that no client has.
    Refuses,
}

#[derive(Clone, Debug, Default)]
struct Orchard {
    fault: Fault,
    broadcasts: Arc<AtomicU64>,
    kept: Arc<Mutex<Option<Value>>>,
}

async fn run(case: Case, fault: Fault) -> anyhow::Result<Samples> {
    let _alone = ONE_AT_A_TIME.lock().await;
    let target = serve(fault).await;
    case.run(&target, true).await
}

async fn serve(fault: Fault) -> Target {
    let orchard = Orchard {
        fault,
        ..Orchard::default()
    };
    let (layer, io) = SocketIo::builder()
        .max_buffer_size(10_000)
        .with_state(orchard)
        .build_layer();
    io.ns("/", async || {});
    io.ns("/mofang", async |socket: SocketRef, io: SocketIo| {
        socket.on("my_broadcast", broadcast);
        let welcome = json!({"count": 1, "sid": "public"});
        let all = io.of("/mofang").unwrap();
        all.emit("server_response", &welcome).await.ok();
    });
    let signed_in = Arc::new(AtomicU64::new(0));
    let app = Router::new()
        .route("/healthz", get(async || "ok"))
        .route(
            "/api",
            post(async move |call: String| sign_in(fault, &signed_in, &call)),
        )
        .layer(layer);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async { axum::serve(listener, app).await });
    let account = Account {
        name: "right".into(),
        password: "right".into(),
    };
    let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, port);
    Target::new(address, std::process::id(), Some(account)).unwrap()
}

async fn broadcast(
    io: SocketIo,
    State(orchard): State<Orchard>,
    Data(data): Data<Value>,
    ack: AckSender,
) {
    let number = orchard.broadcasts.fetch_add(1, Ordering::SeqCst);
    let deliver = match orchard.fault {
        Fault::Loses if number >= 100 && number % 2 == 1 => vec![],
        Fault::Swaps => {
            let mut kept = orchard.kept.lock().await;
            match kept.take() {
                Some(earlier) => vec![data, earlier],
                None => {
                    *kept = Some(data);
                    vec![]
                }
            }
        }
        _ => vec![data],
    };
    for data in deliver {
        let all = io.of("/mofang").unwrap();
        all.emit("broadcast_response", &data).await.ok();
    }
    ack.send(&[(); 0]).ok();
}

fn sign_in(fault: Fault, signed_in: &AtomicU64, call: &str) -> Response {
    let call: Value = serde_json::from_str(call).unwrap();
    if call["params"]["account"] != "right" || fault == Fault::Refuses {
        return r#"{"result":{"errno":1007}}"#.into_response();
    }
    // The first one is the driver's check of the account.
    if fault == Fault::IsBusy && signed_in.fetch_add(1, Ordering::SeqCst) == 1 {
        let headers = [(header::RETRY_AFTER, "1")];
        return (StatusCode::SERVICE_UNAVAILABLE, headers).into_response();
    }
    r#"{"result":{"errno":1000,"access_token":"token"}}"#.into_response()
}

#[tokio::test]
async fn a_broadcast_reaches_every_client_and_its_cost_is_measured() {
    for case in [Case::FanOut, Case::FanOutPolling] {
        let samples = run(case, Fault::None).await.unwrap();
        assert_eq!(samples["missing-percent"], 0.0, "{case:?}");
        assert!(samples["cpu-us"] > 0.0, "{case:?}: {samples:?}");
    }
}

#[tokio::test]
async fn undelivered_messages_are_reported_as_missing() {
    let samples = run(Case::Burst, Fault::Loses).await.unwrap();
    assert_eq!(samples["small-deliveries-missing"], 0.0);
    assert_eq!(samples["large-deliveries-missing"], 250.0);
    assert_eq!(samples["large-acks-missing"], 0.0);
}

#[tokio::test]
async fn reordered_messages_are_counted() {
    let swapped = run(Case::Burst, Fault::Swaps).await.unwrap();
    // Every second of 100 and of 500.
    assert_eq!(swapped["disordered"], 300.0);
    assert_eq!(swapped["large-deliveries-missing"], 0.0);
}

#[tokio::test]
async fn a_crowd_is_connected_measured_and_pushed_to() {
    let samples = run(Case::Crowd, Fault::None).await.unwrap();
    assert_eq!(samples["missing-percent"], 0.0);
    assert!(samples["connect-cpu-s"] > 0.0, "{samples:?}");
    // 100 at 300/s.
    assert!(samples["connect-wall-s"] >= 0.3, "{samples:?}");
    assert!(samples["memory-kb"] > 0.0, "{samples:?}");
    let (p50, p99) = (samples["push-p50-ms"], samples["push-p99-ms"]);
    assert!(0.0 < p50 && p50 <= p99, "{samples:?}");
}

#[tokio::test]
async fn the_memory_of_idle_connections_is_measured() {
    let samples = run(Case::Idle, Fault::None).await.unwrap();
    assert!(samples["memory-kb"] > 0.0, "{samples:?}");
}

#[tokio::test]
async fn other_clients_are_served_beside_a_flooder() {
    let samples = run(Case::Flooder, Fault::None).await.unwrap();
    assert!(samples["missing-percent"] < 100.0, "{samples:?}");
    assert!(samples["peak-mb"] > 1.0, "{samples:?}");
}

#[tokio::test]
async fn a_busy_server_delays_a_valid_sign_in() {
    let busy = run(Case::SignIn, Fault::IsBusy).await.unwrap();
    assert!(busy["wait-s"] >= 1.0, "{busy:?}");
    assert!(busy["peak-mb"] > 1.0, "{busy:?}");
}

#[tokio::test]
async fn half_open_connections_stay_open_while_health_is_requested() {
    let samples = run(Case::HalfOpen, Fault::None).await.unwrap();
    assert!(samples["healthz-ms"] > 0.0, "{samples:?}");
    assert!(samples["healthz-ms"] < 10_000.0, "{samples:?}");
}

#[tokio::test]
async fn an_account_that_cannot_sign_in_is_an_error_that_names_it() {
    let error = run(Case::FanOut, Fault::Refuses).await.unwrap_err();
    assert!(error.to_string().contains("right"), "{error:#}");
}
