use alloc::vec::Vec;

/// A FIFO queue. Items that are removed leave their places empty, until most places are. A
/// `VecDeque` is a ring buffer instead, whose methods take more code for each item type.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    places: Vec<Option<T>>,
    /// The index of the first place that may be taken; those before it are empty.
    front: usize,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self {
            places: Vec::new(),
            front: 0,
        }
    }
}

impl<T> Queue<T> {
    pub(crate) fn len(&self) -> usize {
        self.places.len() - self.front
    }

    pub(crate) fn push(&mut self, item: T) {
        self.places.push(Some(item));
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.places.get_mut(self.front)?.take();
        self.front += 1;
        // Amortized: each removed item pays for at most one move.
        if self.front * 2 >= self.places.len() {
            self.compact();
        }
        item
    }

    pub(crate) fn front(&self) -> Option<&T> {
        self.places.get(self.front)?.as_ref()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.iter().flatten()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.places.iter_mut().flatten()
    }

    /// Removes and returns the items that meet the condition. The others keep their order.
    pub(crate) fn take_where(&mut self, condition: &dyn Fn(&T) -> bool) -> Vec<T> {
        let mut taken = Vec::new();
        for place in &mut self.places {
            if place.as_ref().is_some_and(condition) {
                taken.extend(place.take());
            }
        }
        self.compact();
        taken
    }

    fn compact(&mut self) {
        self.places.retain(Option::is_some);
        self.front = 0;
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::VecDeque;

    use super::*;

    #[test]
    fn it_behaves_as_a_vec_deque() {
        let (mut queue, mut oracle) = (Queue::default(), VecDeque::new());
        let mut random = 1_u32;
        for number in 0..10_000 {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match random >> 29 {
                0..4 => {
                    queue.push(number);
                    oracle.push_back(number);
                }
                4..7 => assert_eq!(queue.pop(), oracle.pop_front()),
                _ if random >> 20 & 7 == 0 => {
                    let odd = |number: &i32| number % 2 == 1;
                    let taken: Vec<_> = oracle.iter().copied().filter(odd).collect();
                    oracle.retain(|number| !odd(number));
                    assert_eq!(queue.take_where(&odd), taken);
                }
                _ => {}
            }
            assert_eq!(queue.len(), oracle.len());
            assert_eq!(queue.front(), oracle.front());
            assert!(queue.iter().eq(&oracle));
            assert!(queue.places.len() <= oracle.len() * 2 + 1);
        }
    }
}
