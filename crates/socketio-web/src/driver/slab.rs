/// The key of a value in a [`Slab`]. It is not reused for another value.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Key {
    index: u32,
    generation: u32,
}

impl Key {
    /// The key of no value: no slab has as many slots.
    pub(crate) const NONE: Self = Self {
        index: u32::MAX,
        generation: 0,
    };
}

/// A collection of values with small `Copy` keys.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    slots: Vec<(u32, Option<T>)>,
}

impl<T> Slab<T> {
    pub(crate) const fn new() -> Self {
        Self { slots: Vec::new() }
    }

    pub(crate) fn insert(&mut self, value: T) -> Key {
        let free = self.slots.iter().position(|(_, value)| value.is_none());
        let index = free.unwrap_or(self.slots.len());
        if free.is_none() {
            self.slots.push((0, None));
        }
        let mut generation = 0;
        if let Some(slot) = self.slots.get_mut(index) {
            generation = slot.0.wrapping_add(1);
            *slot = (generation, Some(value));
        }
        Key {
            index: index as u32,
            generation,
        }
    }

    // Not inlined: called from dozens of places.
    #[inline(never)]
    pub(crate) fn get(&self, key: Key) -> Option<&T> {
        let (generation, value) = self.slots.get(key.index as usize)?;
        value.as_ref().filter(|_| *generation == key.generation)
    }

    #[inline(never)]
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let (generation, value) = self.slots.get_mut(key.index as usize)?;
        value.as_mut().filter(|_| *generation == key.generation)
    }

    pub(crate) fn remove(&mut self, key: Key) -> Option<T> {
        let (generation, value) = self.slots.get_mut(key.index as usize)?;
        value.take_if(|_| *generation == key.generation)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots
            .iter()
            .enumerate()
            .filter_map(|(index, (generation, value))| {
                Some((
                    Key {
                        index: index as u32,
                        generation: *generation,
                    },
                    value.as_ref()?,
                ))
            })
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Key, &mut T)> {
        self.slots
            .iter_mut()
            .enumerate()
            .filter_map(|(index, (generation, value))| {
                Some((
                    Key {
                        index: index as u32,
                        generation: *generation,
                    },
                    value.as_mut()?,
                ))
            })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.iter().all(|(_, value)| value.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::wasm_bindgen_test;

    #[wasm_bindgen_test(unsupported = test)]
    fn a_key_names_one_value_for_ever() {
        let mut slab = Slab::new();
        let first = slab.insert("a");
        assert_eq!(slab.remove(first), Some("a"));
        let second = slab.insert("b");
        assert_eq!((slab.get(first), slab.get(second)), (None, Some(&"b")));
        assert_eq!(slab.remove(first), None);
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.iter().count(), 1);
        slab.remove(second);
        assert!(slab.is_empty());
    }
}
