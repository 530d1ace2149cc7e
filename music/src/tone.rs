/// One sound to synthesise.
#[derive(Clone, Debug)]
pub(crate) struct Tone {
    /// The start, in seconds.
    pub(crate) start: f64,
    pub(crate) seconds: f64,
    pub(crate) hertz: f64,
    /// The level, at most 1.
    pub(crate) level: f64,
    pub(crate) slide: bool,
    pub(crate) vibrato: bool,
}
