/// One sound to make.
#[derive(Clone, Debug)]
pub(crate) struct Tone {
    /// In seconds.
    pub(crate) start: f64,
    pub(crate) seconds: f64,
    pub(crate) hertz: f64,
    /// How loud, up to 1.
    pub(crate) level: f64,
    pub(crate) slide: bool,
    pub(crate) vibrato: bool,
}
