//! JSON out: shortest floats that read back to the same bits, and never a NaN or an infinity.
//!
//! `serde_json` writes `null` for a number that is not finite, which a reader cannot tell from "absent".
//! So every value is first walked by [`Finite`], which names the field that holds such a number.

use crate::error::{Error, Result};
use serde::Serialize;
use serde::ser::{self, Serializer};
use std::fmt::{self, Display};

/// `value` as JSON on one line.
///
/// # Errors
/// Kind `domain` naming the field, when a number in it is NaN or infinite; `invalid` when the value has no
/// JSON form (a map whose keys are not strings).
pub(crate) fn to_line<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    check_finite(value)?;
    serde_json::to_string(value).map_err(|error| no_form(&error))
}

/// `value` as indented JSON that ends with a line break: for files that people open.
///
/// # Errors
/// As [`to_line`].
pub(crate) fn to_pretty<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    check_finite(value)?;
    let mut text = serde_json::to_string_pretty(value).map_err(|error| no_form(&error))?;
    text.push('\n');
    Ok(text)
}

fn no_form(error: &serde_json::Error) -> Error {
    mmw_core::Error::invalid("result", error.to_string()).into()
}

/// Nothing, when every float inside `value` is finite.
///
/// # Errors
/// Kind `domain` with the path of the first that is not: `points[3].snr_db`.
pub(crate) fn check_finite<T: Serialize + ?Sized>(value: &T) -> Result<()> {
    let mut walk = Finite { path: String::from("result") };
    value.serialize(&mut walk).map_err(|Refused(error)| error.into())
}

/// A serialiser that writes nothing and stops at the first float that is not finite.
struct Finite {
    path: String,
}

#[derive(Debug)]
struct Refused(mmw_core::Error);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<M: Display>(message: M) -> Self {
        Self(mmw_core::Error::invalid("result", message.to_string()))
    }
}

impl Finite {
    fn float(&self, x: f64) -> std::result::Result<(), Refused> {
        if x.is_finite() {
            return Ok(());
        }
        Err(Refused(mmw_core::Error::domain(self.path.clone(), x, "a finite number")))
    }

    /// Walks `value` with `step` appended to the path.
    fn inside<T: Serialize + ?Sized>(
        &mut self,
        step: impl Display,
        value: &T,
    ) -> std::result::Result<(), Refused> {
        use std::fmt::Write;
        let length = self.path.len();
        // Writing into a `String` cannot fail.
        let _ = write!(self.path, "{step}");
        value.serialize(&mut *self)?;
        self.path.truncate(length);
        Ok(())
    }
}

/// Elements of a sequence under way, counted.
struct Elements<'a> {
    walk: &'a mut Finite,
    index: usize,
}

impl Elements<'_> {
    fn next<T: Serialize + ?Sized>(&mut self, value: &T) -> std::result::Result<(), Refused> {
        let index = self.index;
        self.index += 1;
        self.walk.inside(format_args!("[{index}]"), value)
    }
}

macro_rules! ignore {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, _: $type) -> std::result::Result<(), Refused> { Ok(()) })*
    };
}

impl<'a> Serializer for &'a mut Finite {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Elements<'a>;
    type SerializeTuple = Elements<'a>;
    type SerializeTupleStruct = Elements<'a>;
    type SerializeTupleVariant = Elements<'a>;
    type SerializeMap = Elements<'a>;
    type SerializeStruct = Elements<'a>;
    type SerializeStructVariant = Elements<'a>;

    ignore!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_char: char,
        serialize_str: &str, serialize_bytes: &[u8], serialize_unit_struct: &'static str);

    fn serialize_f32(self, x: f32) -> std::result::Result<(), Refused> {
        self.float(f64::from(x))
    }
    fn serialize_f64(self, x: f64) -> std::result::Result<(), Refused> {
        self.float(x)
    }
    fn serialize_none(self) -> std::result::Result<(), Refused> {
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> std::result::Result<(), Refused> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> std::result::Result<(), Refused> {
        Ok(())
    }
    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
    ) -> std::result::Result<(), Refused> {
        Ok(())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> std::result::Result<(), Refused> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> std::result::Result<(), Refused> {
        self.inside(format_args!(".{variant}"), value)
    }
    fn serialize_seq(self, _: Option<usize>) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_tuple(self, _: usize) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_map(self, _: Option<usize>) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> std::result::Result<Elements<'a>, Refused> {
        Ok(Elements { walk: self, index: 0 })
    }
}

macro_rules! elements {
    ($($trait:ident::$method:ident),*) => {
        $(impl ser::$trait for Elements<'_> {
            type Ok = ();
            type Error = Refused;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> std::result::Result<(), Refused> {
                self.next(value)
            }
            fn end(self) -> std::result::Result<(), Refused> {
                Ok(())
            }
        })*
    };
}

elements!(
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
    SerializeTupleVariant::serialize_field
);

macro_rules! fields {
    ($($trait:ident),*) => {
        $(impl ser::$trait for Elements<'_> {
            type Ok = ();
            type Error = Refused;
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> std::result::Result<(), Refused> {
                self.walk.inside(format_args!(".{key}"), value)
            }
            fn end(self) -> std::result::Result<(), Refused> {
                Ok(())
            }
        })*
    };
}

fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Elements<'_> {
    type Ok = ();
    type Error = Refused;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> std::result::Result<(), Refused> {
        key.serialize(&mut *self.walk)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> std::result::Result<(), Refused> {
        self.next(value)
    }
    fn end(self) -> std::result::Result<(), Refused> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Point {
        range_m: f64,
        snr_db: Option<f32>,
    }

    #[derive(Serialize)]
    struct Answer {
        points: Vec<Point>,
    }

    fn answer(snr_db: Option<f32>) -> Answer {
        Answer { points: vec![Point { range_m: 1.0, snr_db: Some(3.0) }, Point { range_m: 2.5, snr_db }] }
    }

    #[test]
    fn finite_values_pass_and_absent_ones_are_null() {
        let line = to_line(&answer(None)).unwrap();
        assert_eq!(line, r#"{"points":[{"range_m":1.0,"snr_db":3.0},{"range_m":2.5,"snr_db":null}]}"#);
    }

    #[test]
    fn nan_and_infinity_are_refused_by_the_name_of_their_field() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = to_line(&answer(Some(value))).unwrap_err();
            assert_eq!(error.kind(), "domain");
            assert!(error.to_string().starts_with("result.points[1].snr_db is "), "{error}");
        }
    }

    #[test]
    fn maps_tuples_and_variants_are_walked() {
        #[derive(Serialize)]
        enum Shape {
            Disc(f64),
            Box { side_m: f64 },
            Pair(f64, f64),
        }
        for bad in [Shape::Disc(f64::NAN), Shape::Box { side_m: f64::NAN }, Shape::Pair(0.0, f64::NAN)] {
            assert!(to_line(&bad).is_err());
        }
        let map = std::collections::BTreeMap::from([("a", (1.0, f64::NAN))]);
        assert_eq!(to_line(&map).unwrap_err().to_string().split(' ').next(), Some("result[0][1]"));
    }

    #[test]
    fn floats_read_back_to_the_same_bits() {
        // Uniform bit patterns cover every exponent; a multiplicative generator is enough to spread them.
        let mut bits = 0x9E37_79B9_7F4A_7C15_u64;
        for _ in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let x = f64::from_bits(bits);
            if x.is_finite() {
                let back: f64 = serde_json::from_str(&to_line(&x).unwrap()).unwrap();
                assert_eq!(back.to_bits(), x.to_bits(), "{x:e}");
            }
        }
    }
}
