//! Mutations of a corpus like those of a fuzzer, but without feedback and always the same.

const BYTES: &[u8] = b"0123456789[]{}\",:-/\\\n\x1e\xfe\xffebcdhmnprstTuzASZ<>!._";

pub(crate) struct Mutator<'a> {
    corpus: &'a [Vec<u8>],
    random: u64,
}

impl<'a> Mutator<'a> {
    pub(crate) fn new(corpus: &'a [Vec<u8>]) -> Self {
        let random = 0x9E37_79B9_7F4A_7C15;
        Self { corpus, random }
    }

    pub(crate) fn next(&mut self) -> Vec<u8> {
        let mut input = self.pick().clone();
        for _ in 0..=self.below(4) {
            let at = self.below(input.len() + 1);
            match self.below(5) {
                0 => input.insert(at, BYTES[self.below(BYTES.len())]),
                1 if at < input.len() => input[at] = self.below(256) as u8,
                2 if at < input.len() => drop(input.remove(at)),
                3 => input.truncate(at),
                _ => {
                    // The rest comes from another input.
                    let other = self.pick();
                    let from = self.below(other.len() + 1);
                    input.truncate(at);
                    input.extend_from_slice(&other[from..]);
                    input.truncate(4096);
                }
            }
        }
        input
    }

    fn pick(&mut self) -> &'a Vec<u8> {
        let index = self.below(self.corpus.len());
        &self.corpus[index]
    }

    /// Returns a number below `end` (xorshift64).
    fn below(&mut self, end: usize) -> usize {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random % end.max(1) as u64) as usize
    }
}
