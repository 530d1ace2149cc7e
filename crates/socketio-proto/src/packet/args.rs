use core::fmt;
use core::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IgnoredAny, IntoDeserializer, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Deserializes the arguments in a payload's array, without the event's name if there is one.
#[derive(Debug)]
pub(super) struct Arguments<T, const NAMED: bool>(pub(super) T);

impl<'de, T: Deserialize<'de>, const NAMED: bool> Deserialize<'de> for Arguments<T, NAMED> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_seq(ArgumentsVisitor::<T, NAMED>(PhantomData))
            .map(Self)
    }
}

struct ArgumentsVisitor<T, const NAMED: bool>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const NAMED: bool> Visitor<'de> for ArgumentsVisitor<T, NAMED> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of arguments")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<T, A::Error> {
        if NAMED {
            elements.next_element::<IgnoredAny>()?;
        }
        let value = T::deserialize(Sequence(&mut elements))?;
        // Further arguments are ignored.
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(value)
    }
}

/// A deserializer of the remaining arguments, for any type.
struct Sequence<'a, A>(&'a mut A);

impl<'de, A: SeqAccess<'de>> Deserializer<'de> for Sequence<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_seq(Padded {
            elements: self.0,
            wanted: 0,
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_seq(Padded {
            elements: self.0,
            wanted: len,
        })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        seq map struct enum identifier ignored_any
    }
}

/// Yields the elements, then nulls up to the length that a tuple expects.
struct Padded<'a, A> {
    elements: &'a mut A,
    /// How many elements the tuple still expects.
    wanted: usize,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Padded<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let wanted = self.wanted > 0;
        self.wanted = self.wanted.saturating_sub(1);
        let mut seed = Some(seed);
        let found = self.elements.next_element_seed(Taken(&mut seed))?;
        match seed {
            Some(seed) if wanted && found.is_none() => {
                seed.deserialize(().into_deserializer()).map(Some)
            }
            _ => Ok(found),
        }
    }
}

/// A seed that stays available if no element used it.
struct Taken<'a, S>(&'a mut Option<S>);

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Taken<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        match self.0.take() {
            Some(seed) => seed.deserialize(deserializer),
            None => Err(serde::de::Error::custom("an element was read twice")),
        }
    }
}
