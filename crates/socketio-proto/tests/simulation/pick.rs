//! Random choices that only this test needs.

use crate::random::Random;

impl Random {
    /// Returns one of these items.
    pub(crate) fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.range(0, all.len() as u64) as usize]
    }
}
