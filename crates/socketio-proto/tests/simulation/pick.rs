//! Choices of this test alone.

use crate::random::Random;

impl Random {
    /// One of these.
    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.range(0, all.len() as u64) as usize]
    }
}
