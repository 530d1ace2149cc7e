//! Deserialization of values from text.

use alloc::string::String;
use alloc::vec::Vec;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};

use super::error::{DecodeError, ScanErrorKind};
use super::float;
use super::number::whole;
use super::placeholder::{Placeholder, find_placeholders};
use super::scan::{MAX_NESTING, Scanner};
use super::text::unescape_into;

/// Deserializes values from text and validates the text, in one pass.
///
/// Methods have a type parameter only where they need one, and the work between two values is done
/// in one call. So little code is instantiated per type, and few calls are made in builds for size,
/// which inline nothing.
#[derive(Debug)]
pub(super) struct Reader<'de> {
    scan: Scanner<'de>,
    /// The start of the current value or key: the offset that errors report.
    mark: usize,
    attachments: &'de [Vec<u8>],
    placeholders: Vec<Placeholder>,
    /// How many placeholders have been passed.
    passed: usize,
    /// A buffer for strings with decoded escapes, shared by all of them.
    scratch: String,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str, attachments: &'de [Vec<u8>]) -> Result<Self, DecodeError> {
        let placeholders = match attachments.is_empty() {
            true => Vec::new(),
            false => find_placeholders(text, attachments.len(), MAX_NESTING)?,
        };
        Ok(Self {
            scan: Scanner::new(text, 0, MAX_NESTING),
            mark: 0,
            attachments,
            placeholders,
            passed: 0,
            scratch: String::new(),
        })
    }

    /// Creates a reader within an array, positioned after one of its elements.
    pub(super) fn behind(text: &'de str, pos: usize, max_nesting: usize) -> Self {
        Self {
            scan: Scanner::new(text, pos, max_nesting),
            mark: pos,
            attachments: &[],
            placeholders: Vec::new(),
            passed: 0,
            scratch: String::new(),
        }
    }

    /// Advances to the next element of the enclosing array. Returns false at its end.
    pub(super) fn next_behind(&mut self) -> Result<bool, DecodeError> {
        self.next_element(&mut false)
    }

    /// Skips the remaining elements of the enclosing array, after which only white space may
    /// follow.
    pub(super) fn finish_array(&mut self) -> Result<(), DecodeError> {
        while self.next_behind()? {
            self.scan.value()?;
        }
        self.scan.expect(b']')?;
        self.finish()
    }

    /// Checks that only white space follows the value.
    pub(super) fn finish(&mut self) -> Result<(), DecodeError> {
        Ok(self.scan.end()?)
    }

    /// Adds the current offset to an error of serde.
    #[cold]
    pub(super) fn locate(&self, error: DecodeError) -> DecodeError {
        error.or_at(self.mark)
    }

    /// Advances to the next value and returns its first byte; 0 at the end.
    fn start(&mut self) -> u8 {
        let byte = self.scan.token();
        self.mark = self.scan.pos;
        byte
    }

    /// If the next value is a placeholder, skips it and returns its attachment.
    #[inline]
    fn attachment(&mut self) -> Option<&'de [u8]> {
        if self.placeholders.is_empty() {
            return None;
        }
        self.find_attachment()
    }

    fn find_attachment(&mut self) -> Option<&'de [u8]> {
        while let Some(placeholder) = self.placeholders.get(self.passed) {
            if placeholder.start > self.scan.pos {
                break;
            }
            self.passed += 1;
            if placeholder.start == self.scan.pos {
                self.scan.pos = placeholder.end;
                return self.attachments.get(placeholder.num).map(Vec::as_slice);
            }
        }
        None
    }

    /// Returns an error for a value that has another type than expected.
    #[cold]
    fn mismatch(&mut self, expected: &dyn Expected) -> DecodeError {
        let found = match self.scan.peek() {
            Some(b'"') => "a string",
            Some(b'n') => "null",
            _ if self.scan.word_for_null().is_some() => "a number that JSON does not have",
            Some(b'-' | b'0'..=b'9') => "a number",
            Some(b'[') => "an array",
            Some(b'f' | b't') => "a bool",
            Some(b'{') if self.attachment().is_some() => "an attachment",
            Some(b'{') => "an object",
            _ => return self.scan.fault(ScanErrorKind::ExpectedValue).into(),
        };
        DecodeError::mismatch(found, expected)
    }

    /// Reads the next value, a string.
    fn string(&mut self) -> Result<Text<'de, '_>, DecodeError> {
        let token = self.scan.string()?;
        let raw = self.scan.text.get(token.range).unwrap_or_default();
        if token.escaped {
            return Ok(Text::Decoded(self.decode(raw)));
        }
        Ok(Text::Borrowed(raw))
    }

    fn decode(&mut self, raw: &str) -> &str {
        self.scratch.clear();
        unescape_into(raw, &mut self.scratch);
        &self.scratch
    }

    fn visit_string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        self.string()?.visit(visitor)
    }

    /// Reads the next value, or returns an error if it is not a string.
    fn text(&mut self, expected: &dyn Expected) -> Result<Text<'de, '_>, DecodeError> {
        match self.start() {
            b'"' => self.string(),
            _ => Err(self.mismatch(expected)),
        }
    }

    /// Reads the next value as an integer.
    fn integer(&mut self, expected: &dyn Expected) -> Result<Integer, DecodeError> {
        let (b'-' | b'0'..=b'9') = self.start() else {
            return Err(self.mismatch(expected));
        };
        match self.scan.short_integer() {
            Some((negative, magnitude)) => Integer::new(negative, magnitude),
            None => Integer::from_number(self.number(expected)?),
        }
        .ok_or_else(|| DecodeError::mismatch(NOT_WHOLE, expected))
    }

    /// Reads the next value as a number.
    fn number(&mut self, expected: &dyn Expected) -> Result<&'de str, DecodeError> {
        match self.start() {
            b'-' if self.scan.word_for_null().is_some() => Err(self.mismatch(expected)),
            b'-' | b'0'..=b'9' => Ok(self.scan.number()?),
            _ => Err(self.mismatch(expected)),
        }
    }

    fn float(&mut self, expected: &dyn Expected) -> Result<f64, DecodeError> {
        let number = self.number(expected)?;
        float::parse(number).ok_or_else(|| DecodeError::mismatch(OUT_OF_RANGE, expected))
    }

    fn visit_number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        let number = self.scan.number()?;
        // -0 stays a float, because an integer would lose its sign.
        let plain = !number.bytes().any(|b| matches!(b, b'.' | b'e' | b'E')) && number != "-0";
        match plain.then(|| Integer::from_number(number)).flatten() {
            Some(integer) => integer.visit(visitor),
            None => match float::parse(number) {
                Some(value) => visitor.visit_f64(value),
                None => Err(DecodeError::mismatch(OUT_OF_RANGE, &visitor)),
            },
        }
    }

    #[inline]
    fn visit_array<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        self.open()?;
        let value = visitor.visit_seq(Elements {
            reader: self,
            first: true,
        })?;
        self.close(b']', ScanErrorKind::ExpectedElement)?;
        Ok(value)
    }

    #[inline]
    fn visit_object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        if let Some(bytes) = self.attachment() {
            return visitor.visit_borrowed_bytes(bytes);
        }
        let start = self.scan.pos;
        self.open()?;
        let value = visitor.visit_map(Members {
            reader: self,
            first: true,
            start,
        })?;
        self.close(b'}', ScanErrorKind::ExpectedMember)?;
        Ok(value)
    }

    /// Skips the bracket that opens an array or object.
    fn open(&mut self) -> Result<(), DecodeError> {
        match self.scan.nesting.checked_sub(1) {
            Some(left) => self.scan.nesting = left,
            None => return Err(self.scan.fault(ScanErrorKind::Nesting).into()),
        }
        self.scan.pos += 1;
        Ok(())
    }

    /// Skips the bracket that closes an array or object. Returns an error if the visitor left
    /// elements unread.
    fn close(&mut self, bracket: u8, otherwise: ScanErrorKind) -> Result<(), DecodeError> {
        self.scan.nesting += 1;
        if self.scan.token() == bracket {
            self.scan.pos += 1;
            return Ok(());
        }
        Err(self.unread(otherwise))
    }

    #[cold]
    fn unread(&mut self, otherwise: ScanErrorKind) -> DecodeError {
        self.mark = self.scan.pos;
        match self.scan.peek() {
            Some(b',') => DecodeError::custom("more elements than expected"),
            _ => self.scan.fault(otherwise).into(),
        }
    }

    /// Advances to the next element of an array. Returns false at its end.
    fn next_element(&mut self, first: &mut bool) -> Result<bool, DecodeError> {
        match self.scan.token() {
            b']' => return Ok(false),
            _ if *first => *first = false,
            b',' => self.scan.pos += 1,
            _ => return Err(self.scan.fault(ScanErrorKind::ExpectedElement).into()),
        }
        Ok(true)
    }

    /// Advances to the next key of the object that starts at `start`. Returns false at its end.
    fn next_key(&mut self, first: &mut bool, start: usize) -> Result<bool, DecodeError> {
        let mut byte = self.scan.token();
        match byte {
            b'}' => {
                // An error from here on, such as a missing field, concerns the whole object.
                self.mark = start;
                return Ok(false);
            }
            _ if *first => *first = false,
            b',' => {
                self.scan.pos += 1;
                byte = self.scan.token();
            }
            _ => return Err(self.scan.fault(ScanErrorKind::ExpectedMember).into()),
        }
        self.mark = self.scan.pos;
        if byte != b'"' {
            return Err(self.scan.fault(ScanErrorKind::ExpectedKey).into());
        }
        Ok(true)
    }

    fn colon(&mut self) -> Result<(), DecodeError> {
        self.scan.token();
        Ok(self.scan.expect(b':')?)
    }

    /// Skips `null`, or a word that stands for it. Returns false if the next value is another one.
    fn null(&mut self) -> Result<bool, DecodeError> {
        self.start();
        match self.scan.word_for_null() {
            Some(word) => self.scan.literal(word)?,
            None => return Ok(false),
        }
        Ok(true)
    }

    fn bool(&mut self, expected: &dyn Expected) -> Result<bool, DecodeError> {
        match self.start() {
            b't' => self.scan.literal("true")?,
            b'f' => {
                self.scan.literal("false")?;
                return Ok(false);
            }
            _ => return Err(self.mismatch(expected)),
        }
        Ok(true)
    }

    /// Reads the number in the next key.
    fn number_key(&mut self, expected: &dyn Expected) -> Result<&str, DecodeError> {
        let text = self.string()?.into_str();
        match Scanner::new(text, 0, 0).number() {
            Ok(number) if number.len() == text.len() => Ok(number),
            _ => Err(DecodeError::mismatch(OTHER_KEY, expected)),
        }
    }

    fn integer_key(&mut self, expected: &dyn Expected) -> Result<Integer, DecodeError> {
        Integer::from_number(self.number_key(expected)?)
            .ok_or_else(|| DecodeError::mismatch(NOT_WHOLE, expected))
    }
}

const NOT_WHOLE: &str = "a number that is not whole or is beyond 64 bits";
const OTHER_KEY: &str = "another key";
const OUT_OF_RANGE: &str = "a number out of range";

/// The methods of the integer types. They share one body; the visitor checks the range.
macro_rules! integers {
    ($read:ident: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            self.$read(visitor)
        }
    )*};
}

impl<'de> Reader<'de> {
    #[inline]
    fn visit_integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        self.integer(&visitor)?.visit(visitor)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = DecodeError;

    integers!(visit_integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.start() {
            b'"' => self.visit_string(visitor),
            b'0'..=b'9' => self.visit_number(visitor),
            b'-' if self.scan.word_for_null().is_none() => self.visit_number(visitor),
            b'[' => self.visit_array(visitor),
            b'{' => self.visit_object(visitor),
            b'f' | b't' => self.deserialize_bool(visitor),
            _ => self.deserialize_unit(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let value = self.bool(&visitor)?;
        visitor.visit_bool(value)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let number = self.number(&visitor)?;
        match number
            .parse()
            .ok()
            .or_else(|| Some(Integer::from_number(number)?.into()))
        {
            Some(value) => visitor.visit_i128(value),
            None => Err(DecodeError::mismatch(NOT_WHOLE, &visitor)),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let number = self.number(&visitor)?;
        match number.parse() {
            Ok(value) => visitor.visit_u128(value),
            Err(_) => match Integer::from_number(number) {
                Some(integer) => integer.visit(visitor),
                None => Err(DecodeError::mismatch(NOT_WHOLE, &visitor)),
            },
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let number = self.number(&visitor)?;
        // Not through `f64`: rounding twice can be off by one bit.
        match number.parse().ok().filter(|value: &f32| value.is_finite()) {
            Some(value) => visitor.visit_f32(value),
            None => Err(DecodeError::mismatch(OUT_OF_RANGE, &visitor)),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let value = self.float(&visitor)?;
        visitor.visit_f64(value)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.text(&visitor)?.visit(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.start() {
            b'{' => match self.attachment() {
                Some(bytes) => visitor.visit_borrowed_bytes(bytes),
                None => Err(self.mismatch(&visitor)),
            },
            b'[' => self.visit_array(visitor),
            b'"' => self.visit_string(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.null()? {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.null()? {
            true => visitor.visit_unit(),
            false => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.start() {
            b'[' => self.visit_array(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.start() {
            b'{' => self.visit_object(visitor),
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.start() {
            b'"' => visitor.visit_enum(Variant {
                reader: self,
                named_only: true,
            }),
            b'{' => {
                if self.attachment().is_some() {
                    return Err(DecodeError::mismatch("an attachment", &visitor));
                }
                let start = self.scan.pos;
                self.open()?;
                if !self.next_key(&mut true, start)? {
                    return Err(DecodeError::mismatch("an empty object", &visitor));
                }
                let value = visitor.visit_enum(Variant {
                    reader: self,
                    named_only: false,
                })?;
                self.close(b'}', ScanErrorKind::ExpectedMember)?;
                Ok(value)
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.scan.value()?;
        visitor.visit_unit()
    }
}

/// A decoded string. Without escapes, it borrows from the text.
enum Text<'de, 's> {
    Borrowed(&'de str),
    Decoded(&'s str),
}

impl<'de> Text<'de, '_> {
    fn visit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Self::Borrowed(text) => visitor.visit_borrowed_str(text),
            Self::Decoded(text) => visitor.visit_str(text),
        }
    }
}

impl<'s> Text<'s, 's> {
    fn into_str(self) -> &'s str {
        match self {
            Self::Borrowed(text) | Self::Decoded(text) => text,
        }
    }
}

/// A decoded integer, before the visitor narrows it.
#[derive(Clone, Copy)]
enum Integer {
    Unsigned(u64),
    Signed(i64),
}

impl Integer {
    #[inline]
    fn new(negative: bool, magnitude: u64) -> Option<Self> {
        if !negative || magnitude == 0 {
            return Some(Self::Unsigned(magnitude));
        }
        0_i64.checked_sub_unsigned(magnitude).map(Self::Signed)
    }

    fn from_number(number: &str) -> Option<Self> {
        let (negative, magnitude) = whole(number)?;
        Self::new(negative, magnitude)
    }

    #[inline]
    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self {
            Self::Unsigned(value) => visitor.visit_u64(value),
            Self::Signed(value) => visitor.visit_i64(value),
        }
    }
}

impl From<Integer> for i128 {
    fn from(integer: Integer) -> Self {
        match integer {
            Integer::Unsigned(value) => value.into(),
            Integer::Signed(value) => value.into(),
        }
    }
}

struct Elements<'r, 'de> {
    reader: &'r mut Reader<'de>,
    first: bool,
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        match self.reader.next_element(&mut self.first)? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    first: bool,
    /// The start of the object.
    start: usize,
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = DecodeError;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        match self.reader.next_key(&mut self.first, self.start)? {
            true => seed.deserialize(Key(&mut *self.reader)).map(Some),
            false => Ok(None),
        }
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        self.reader.colon()?;
        seed.deserialize(&mut *self.reader)
    }
}

/// An enum, externally tagged: `"Name"`, or `{"Name": content}`.
struct Variant<'r, 'de> {
    reader: &'r mut Reader<'de>,
    named_only: bool,
}

impl<'de> Variant<'_, 'de> {
    fn content(&mut self, expected: &'static str) -> Result<(), DecodeError> {
        if self.named_only {
            return Err(DecodeError::invalid_type(
                Unexpected::UnitVariant,
                &expected,
            ));
        }
        Ok(())
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        let variant = seed.deserialize(Key(&mut *self.reader))?;
        if !self.named_only {
            self.reader.colon()?;
        }
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        if self.named_only || self.reader.null()? {
            return Ok(());
        }
        Err(self.reader.mismatch(&"null, for a variant without data"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        mut self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        self.content("a variant with one value")?;
        seed.deserialize(self.reader)
    }

    fn tuple_variant<V: Visitor<'de>>(
        mut self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.content("a variant with values")?;
        self.reader.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        mut self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.content("a variant with fields")?;
        self.reader.deserialize_map(visitor)
    }
}

/// The key of a member: a string in the text, decoded as an integer or a bool where the map's key
/// type is one.
struct Key<'r, 'de>(&'r mut Reader<'de>);

impl<'de> Key<'_, 'de> {
    fn visit_integer<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.0.integer_key(&visitor)?.visit(visitor)
    }
}

impl<'de> Deserializer<'de> for Key<'_, 'de> {
    type Error = DecodeError;

    integers!(visit_integer: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.0.visit_string(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.string()?.into_str() {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(DecodeError::mismatch(OTHER_KEY, &visitor)),
        }
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.number_key(&visitor)?.parse() {
            Ok(value) => visitor.visit_i128(value),
            Err(_) => Err(DecodeError::mismatch(NOT_WHOLE, &visitor)),
        }
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.number_key(&visitor)?.parse() {
            Ok(value) => visitor.visit_u128(value),
            Err(_) => Err(DecodeError::mismatch(NOT_WHOLE, &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let text = self.0.string()?;
        visitor.visit_enum(StrDeserializer::new(text.into_str()))
    }

    serde::forward_to_deserialize_any! {
        f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}
