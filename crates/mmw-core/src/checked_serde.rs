//! Serde for types with an invariant: what is read must be a value that a constructor could have made.

use crate::{Error, Result};
use num_complex::Complex;

/// Serialises as derived, and reads back through a check, so that a file is no way past a constructor.
///
/// The type derives both traits with `serde(remote = "Self")`, which makes of them inherent functions; the
/// traits themselves come from here. The check is a function of `&Self`; a list of fields in its place asks
/// that their numbers be finite. A crate that has no feature `serde`, but serde, begins with `always`.
#[doc(hidden)]
#[macro_export]
macro_rules! checked_serde {
    ($type:ident { $($field:tt),+ $(,)? }) => {
        $crate::checked_serde!($type, |value| {
            $($crate::checked_serde::finite(stringify!($field), &value.$field)?;)+
            Ok(())
        });
    };
    ($type:ident, $check:expr) => {
        #[cfg(not(feature = "serde"))]
        const _: fn(&$type) -> $crate::Result<()> = $check;
        $crate::checked_serde!(<> $type, $check);
    };
    (<$($p:ident $(: $bound:path)?),*> $type:ident, $check:expr) => {
        #[cfg(feature = "serde")]
        $crate::checked_serde!(always <$($p $(: $bound)?),*> $type, $check);
    };
    (always $type:ident, $check:expr) => {
        $crate::checked_serde!(always <> $type, $check);
    };
    (always <$($p:ident $(: $bound:path)?),*> $type:ident, $check:expr) => {
        impl<$($p: serde::Serialize $(+ $bound)?),*> serde::Serialize for $type<$($p),*> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        impl<'de, $($p: serde::Deserialize<'de> $(+ $bound)?),*> serde::Deserialize<'de> for $type<$($p),*> {
            fn deserialize<S: serde::Deserializer<'de>>(
                deserializer: S,
            ) -> std::result::Result<Self, S::Error> {
                let value = Self::deserialize(deserializer)?;
                let check: fn(&Self) -> $crate::Result<()> = $check;
                check(&value).map_err(serde::de::Error::custom)?;
                Ok(value)
            }
        }
    };
}

/// What a field may hold: numbers, perhaps none, perhaps many.
#[doc(hidden)]
pub trait Numbers {
    /// The first number that is not finite.
    fn first_unfit(&self) -> Option<f64>;
}

impl Numbers for f64 {
    fn first_unfit(&self) -> Option<f64> {
        (!self.is_finite()).then_some(*self)
    }
}

impl Numbers for Complex<f64> {
    fn first_unfit(&self) -> Option<f64> {
        [self.re, self.im].first_unfit()
    }
}

impl<T: Numbers> Numbers for Option<T> {
    fn first_unfit(&self) -> Option<f64> {
        self.iter().find_map(T::first_unfit)
    }
}

impl<T: Numbers> Numbers for Vec<T> {
    fn first_unfit(&self) -> Option<f64> {
        self.iter().find_map(T::first_unfit)
    }
}

impl<T: Numbers, const N: usize> Numbers for [T; N] {
    fn first_unfit(&self) -> Option<f64> {
        self.iter().find_map(T::first_unfit)
    }
}

/// Nothing, when all numbers of a field are finite.
///
/// # Errors
/// [`Error::Domain`] with the first that is not.
#[doc(hidden)]
pub fn finite(name: &'static str, numbers: &impl Numbers) -> Result<()> {
    numbers.first_unfit().map_or(Ok(()), |value| Err(Error::domain(name, value, "a finite number")))
}
