//! Events as types: the derive macro. The documentation of `Event` has examples that must not
//! compile.

use serde::{Deserialize, Serialize};
use socketio_proto::{AckPayload, Event, NoAck};

#[derive(Debug, Event, Serialize)]
#[event(name = "my login", ack = Welcome)]
struct Login {
    uid: String,
}

#[derive(Debug, Deserialize, Event, PartialEq)]
struct ServerResponse {
    count: u64,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Welcome {
    seats: u32,
}

fn ack_name<E: Event>() -> &'static str
where
    E::Ack: AckPayload,
{
    core::any::type_name::<E::Ack>()
}

#[test]
fn q1_the_derive_binds_name_payload_and_ack() {
    assert_eq!(Login::NAME, "my login");
    assert!(ack_name::<Login>().ends_with("Welcome"));
    assert_eq!(ServerResponse::NAME, "server_response");
    let _: Option<NoAck> = None::<<ServerResponse as Event>::Ack>;
}

#[test]
fn q1_a_generic_payload_can_be_an_event() {
    #[derive(Event, Serialize)]
    #[event(name = "board")]
    struct Board<T: Serialize>
    where
        T: Clone,
    {
        line: T,
    }
    assert_eq!(Board::<u8>::NAME, "board");
}
