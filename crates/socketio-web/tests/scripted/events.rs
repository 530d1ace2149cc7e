use serde::{Deserialize, Serialize};
use socketio_web::Event;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Count {
    pub(crate) count: u64,
}

impl Event for Count {
    const NAME: &'static str = "count";
    type Ack = u64;
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Chat(pub(crate) String);

impl Event for Chat {
    const NAME: &'static str = "chat";
    type Ack = ();
}
