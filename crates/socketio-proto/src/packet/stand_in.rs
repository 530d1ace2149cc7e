/// Stands for `json::DecodeError` until that is there.
#[derive(Clone, Debug)]
pub struct JsonDecodeError;

/// Stands for `json::EncodeError` until that is there.
#[derive(Clone, Debug)]
pub struct JsonEncodeError;
