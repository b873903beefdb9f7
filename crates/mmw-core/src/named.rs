//! Words for enumerations without data: one macro gives the list, the word, and the way back.

use crate::Error;

/// Gives an enumeration without data its words: `ALL`, `name`, `Display` and `FromStr`.
///
/// A word is in `snake_case`, as serde's `rename_all` makes it; others that are read, too, stand behind
/// it. The text before the list names the enumeration in errors. Without `FromStr` where `names` stands
/// before the type.
#[doc(hidden)]
#[macro_export]
macro_rules! named {
    (names $type:ident { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it in configurations, options and results.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        impl ::std::fmt::Display for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
    ($type:ident, $what:literal { $($variant:ident = $name:literal $(| $other:literal)*),+ $(,)? }) => {
        $crate::named!(names $type { $($variant = $name),+ });

        impl ::std::str::FromStr for $type {
            type Err = $crate::Error;

            fn from_str(text: &str) -> $crate::Result<Self> {
                match text {
                    $($name $(| $other)* => Ok(Self::$variant),)+
                    _ => Err($crate::named::unknown($what, text, &[$($name),+])),
                }
            }
        }
    };
}

/// The error for a word that is none of `names`.
#[doc(hidden)]
#[must_use]
pub fn unknown(what: &'static str, text: &str, names: &[&str]) -> Error {
    // Of a word that is no name, what a line holds is enough.
    let text: String = text.chars().take(40).collect();
    Error::invalid(what, format!("{text:?} is none of {}", names.join(", ")))
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macro is for public types")]
mod tests {
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Side {
        Left,
        RightHand,
    }

    crate::named!(Side, "side" { Left = "left", RightHand = "right_hand" | "right-hand" });

    #[test]
    fn words_lead_there_and_back() {
        for side in Side::ALL {
            assert_eq!(side.to_string().parse(), Ok(*side));
        }
        assert_eq!("right-hand".parse(), Ok(Side::RightHand));
        assert_eq!(format!("{:>6}", Side::Left), "  left");
    }

    #[test]
    fn a_word_that_is_no_name_is_told_which_there_are() {
        let error = "up".parse::<Side>().unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string()),
            ("invalid", "side: \"up\" is none of left, right_hand".into())
        );
        assert!("x".repeat(1000).parse::<Side>().unwrap_err().to_string().len() < 100);
    }
}
