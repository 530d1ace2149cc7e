//! Seeded random numbers.

/// A SplitMix64 generator.
#[derive(Debug)]
pub(crate) struct Noise(u64);

impl Noise {
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a uniform number between -1 and 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        // The upper 53 bits fit a float exactly.
        (z >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }

    /// Returns a number around 0, rarely beyond ±1, for human deviations.
    pub(crate) fn human(&mut self) -> f64 {
        (self.next() + self.next() + self.next()) / 2.0
    }
}
