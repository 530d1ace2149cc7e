//! Benchmarks from a text frame to a struct and back: socketio-proto, the crates of the server
//! socketioxide, and rust_engineio, of which only the lower layer has a public interface. Also
//! benchmarks the state machine alone.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engineioxide_core::{Packet as EngineOxide, ProtocolVersion};
use rust_engineio::Packet as RustEngine;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use socketio_proto::engine::EnginePacket;
use socketio_proto::manager::{
    Config, EmitOptions, Event, Manager, Output, SocketId, TransportEvent, TransportId,
};
use socketio_proto::packet::{Arguments, Decoded, Decoder, encode_event};
use socketio_proto::{Auth, Instant, Limits};
use socketioxide_core::Str;
use socketioxide_core::packet::{Packet as OxidePacket, PacketData};
use socketioxide_core::parser::{Parse as _, ParseConfig, ParserState};
use socketioxide_parser_common::CommonParser;

/// An event with a frame of 66 bytes.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Small {
    count: u32,
    sid: String,
}

/// An event with 113 bytes per tree.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Trees {
    owner: String,
    trees: Vec<Tree>,
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Tree {
    id: u32,
    kind: String,
    owner: String,
    stage: u8,
    water: f64,
    ripe: bool,
    planted: String,
}

fn small() -> Small {
    Small {
        count: 12_345,
        sid: "AbCdEfGhIjKlMnOpQrSt".into(),
    }
}

fn trees(count: u32) -> Trees {
    let kinds = ["apple", "peach", "pear", "cherry", "plum", "walnut"];
    let tree = |index: u32| {
        let mixed = index.wrapping_mul(2_654_435_761);
        Tree {
            id: 100_000 + index,
            kind: kinds[index as usize % kinds.len()].into(),
            owner: format!("{mixed:08x}"),
            stage: (mixed >> 8) as u8 % 5,
            water: f64::from(mixed % 1000) / 1000.0,
            ripe: mixed & 4 == 0,
            planted: format!("2026-03-{:02}T08:{:02}:07.123Z", 1 + mixed % 28, mixed % 60),
        }
    };
    Trees {
        owner: "k3jx9q2m".into(),
        trees: (0..count).map(tree).collect(),
    }
}

fn decode_ours<T: DeserializeOwned>(decoder: &mut Decoder, frame: String) -> T {
    let Ok(Decoded::Packet(packet)) = decoder.text(frame, 1) else {
        panic!("a packet")
    };
    packet.arg(0).expect("what was sent")
}

fn decode_oxide<T: DeserializeOwned>(
    config: &ParseConfig,
    state: &ParserState,
    frame: String,
) -> T {
    let Ok(EngineOxide::Message(message)) =
        EngineOxide::parse(ProtocolVersion::V4, Str::from(frame))
    else {
        panic!("a message")
    };
    let packet = CommonParser
        .decode_str(config, state, message)
        .expect("a packet");
    let PacketData::Event(mut data, _) = packet.inner else {
        panic!("an event")
    };
    CommonParser
        .decode_value(&mut data, true)
        .expect("what was sent")
}

fn encode_ours<T: Serialize>(name: &str, value: &T) -> String {
    let mut arguments = Arguments::event(name).expect("a name");
    arguments.push(value).expect("a value");
    encode_event("/", None, arguments, &Limits::default())
        .expect("a frame")
        .text
}

fn encode_oxide<T: Serialize>(name: &str, value: &T) -> String {
    let data = CommonParser
        .encode_value(value, Some(name))
        .expect("a value");
    match CommonParser.encode(OxidePacket::event(Str::from("/"), data)) {
        socketioxide_core::Value::Str(text, _) => EngineOxide::Message(text).into(),
        socketioxide_core::Value::Bytes(_) => panic!("text"),
    }
}

fn codec<T>(criterion: &mut Criterion, size: &str, name: &str, value: &T)
where
    T: DeserializeOwned + Serialize + PartialEq + std::fmt::Debug,
{
    let frame = encode_ours(name, value);
    assert_eq!(frame, encode_oxide(name, value));
    let (config, state) = (ParseConfig::default(), ParserState::default());
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(&decode_ours::<T>(&mut decoder, frame.clone()), value);
    assert_eq!(&decode_oxide::<T>(&config, &state, frame.clone()), value);

    let mut group = criterion.benchmark_group(format!("decode-{size}"));
    group.bench_function("ours", |bencher| {
        bencher.iter_batched(
            || frame.clone(),
            |frame| decode_ours::<T>(&mut decoder, frame),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("theirs", |bencher| {
        bencher.iter_batched(
            || frame.clone(),
            |frame| decode_oxide::<T>(&config, &state, frame),
            BatchSize::SmallInput,
        );
    });
    group.finish();

    let mut group = criterion.benchmark_group(format!("encode-{size}"));
    group.bench_function("ours", |bencher| {
        bencher.iter(|| encode_ours(name, black_box(value)))
    });
    group.bench_function("theirs", |bencher| {
        bencher.iter(|| encode_oxide(name, black_box(value)))
    });
    group.finish();
}

fn codecs(criterion: &mut Criterion) {
    codec(criterion, "66b", "server_response", &small());
    codec(criterion, "1kb", "garden", &trees(8));
    codec(criterion, "30kb", "orchard", &trees(265));
}

/// Benchmarks the lower layer alone.
fn engine(criterion: &mut Criterion) {
    let frame = encode_ours("server_response", &small());
    let bytes = Bytes::from(frame.clone());
    let mut group = criterion.benchmark_group("engine-66b");
    group.bench_function("ours", |bencher| {
        bencher.iter(|| EnginePacket::decode(black_box(&frame)));
    });
    group.bench_function("theirs", |bencher| {
        bencher.iter(|| RustEngine::try_from(black_box(bytes.clone())));
    });
    group.finish();
}

/// Returns a manager that is connected to a server.
fn connected() -> (Manager, SocketId, TransportId) {
    let now = Instant::from_millis(0);
    let mut manager = Manager::new(Config::default(), 1);
    let socket = manager.socket("/", Auth::NONE).expect("a namespace");
    manager.connect(socket, now);
    let Some(Output::OpenTransport(transport)) = manager.poll_output() else {
        panic!("it opens one")
    };
    for frame in [
        r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#,
        r#"40{"sid":"b"}"#,
    ] {
        manager.handle_transport(transport, TransportEvent::Text(frame.into()), now);
        while manager.poll_output().is_some() {}
    }
    assert!(manager.is_connected(socket));
    (manager, socket, transport)
}

fn machine(criterion: &mut Criterion) {
    let now = Instant::from_millis(5);
    let mut group = criterion.benchmark_group("machine");
    let (mut manager, socket, transport) = connected();
    let frame = encode_ours("server_response", &small());
    group.bench_function("receive-66b", |bencher| {
        bencher.iter_batched(
            || frame.clone(),
            |frame| {
                manager.handle_transport(transport, TransportEvent::Text(frame), now);
                let Some(Output::Event(Event::Received { packet, .. })) = manager.poll_output()
                else {
                    panic!("an event")
                };
                assert!(manager.poll_output().is_none());
                packet
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("heartbeat", |bencher| {
        bencher.iter(|| {
            manager.handle_transport(transport, TransportEvent::Text("2".into()), now);
            while manager.poll_output().is_some() {}
            manager.poll_timeout()
        });
    });
    let arguments = || {
        let mut arguments = Arguments::event("server_response").expect("a name");
        arguments.push(&small()).expect("a value");
        arguments
    };
    group.bench_function("emit-66b", |bencher| {
        bencher.iter_batched(
            arguments,
            |arguments| {
                manager
                    .emit(socket, arguments, EmitOptions::default(), now)
                    .expect("it is sent");
                manager.poll_output()
            },
            BatchSize::SmallInput,
        );
    });
    let wanted = EmitOptions {
        ack: true,
        ..EmitOptions::default()
    };
    group.bench_function("acked-emit", |bencher| {
        bencher.iter_batched(
            arguments,
            |arguments| {
                let emitted = manager
                    .emit(socket, arguments, wanted, now)
                    .expect("it is sent");
                while manager.poll_output().is_some() {}
                let ack = emitted.ack.expect("an ack is awaited");
                manager.handle_transport(
                    transport,
                    TransportEvent::Text(format!("43{ack}[]")),
                    now,
                );
                while manager.poll_output().is_some() {}
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, codecs, engine, machine);
criterion_main!(benches);
