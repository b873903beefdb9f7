//! The macro that compiles one kernel for each level.

/// Defines a function that runs its body compiled for the instructions of a [`Level`](crate::simd::Level).
///
/// ```
/// use mmw_core::{by_level, simd::Level};
///
/// by_level! {
///     /// `Σ x²`.
///     pub fn power(level: Level, x: &[f64]) -> f64 {
///         x.iter().map(|x| x * x).sum()
///     }
/// }
/// assert_eq!(power(Level::current(), &[3.0, 4.0]), 25.0);
/// ```
/// The first argument is the level, and is not seen by the body. What the body calls in its loops must be
/// `#[inline(always)]`, or it is compiled without the instructions. Generic parameters are all types with one
/// bound, `<T: Real, U: Clone>`, or all numbers, `<const N: usize>`.
///
/// Where the form of the kernel depends on the registers, the body has an arm for each level:
///
/// ```
/// use mmw_core::{by_level, simd::Level};
///
/// #[inline(always)]
/// fn power_by<const LANES: usize>(x: &[f64]) -> f64 {
///     x.chunks(LANES).flatten().map(|x| x * x).sum()
/// }
///
/// by_level! {
///     fn power(level: Level, x: &[f64]) -> f64 {
///         Avx512 => power_by::<8>(x),
///         Avx2 => power_by::<4>(x),
///         Portable => power_by::<2>(x),
///     }
/// }
/// assert_eq!(power(Level::current(), &[3.0, 4.0]), 25.0);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! by_level {
    (
        @head [$($head:tt)*] [$($generics:tt)*] [$($turbofish:tt)*] $(@item $item:item)?
        ($level:ident: Level $(, $argument:ident: $type:ty)* $(,)?) $(-> $result:ty)? {
            Avx512 => $wide:expr,
            Avx2 => $medium:expr,
            Portable => $portable:expr $(,)?
        }
    ) => {
        $($head)* $($generics)* ($level: $crate::simd::Level $(, $argument: $type)*) $(-> $result)? {
            $($item)?
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
            fn with_avx512 $($generics)* ($($argument: $type),*) $(-> $result)? {
                $wide
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn with_avx2 $($generics)* ($($argument: $type),*) $(-> $result)? {
                $medium
            }
            match $level {
                // SAFETY: the level holds the proof of all six features; see the header of `simd`.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::simd::Level::Avx512(_) => unsafe { with_avx512 $($turbofish)* ($($argument),*) },
                // SAFETY: the level holds the proof of both features; see the header of `simd`.
                #[cfg(target_arch = "x86_64")]
                #[allow(unsafe_code)]
                $crate::simd::Level::Avx2(_) => unsafe { with_avx2 $($turbofish)* ($($argument),*) },
                _ => $portable,
            }
        }
    };
    (
        @head [$($head:tt)*] [$($generics:tt)*] [$($turbofish:tt)*]
        ($level:ident: Level $(, $argument:ident: $type:ty)* $(,)?) $(-> $result:ty)? $body:block
    ) => {
        // A function of its own without features: closures of one with features are not inlined
        // into iterators.
        $crate::by_level! {
            @head [$($head)*] [$($generics)*] [$($turbofish)*]
            @item #[inline(always)] fn body $($generics)* ($($argument: $type),*) $(-> $result)? $body
            ($level: Level $(, $argument: $type)*) $(-> $result)? {
                Avx512 => body $($turbofish)* ($($argument),*),
                Avx2 => body $($turbofish)* ($($argument),*),
                Portable => body $($turbofish)* ($($argument),*),
            }
        }
    };
    ($(#[$meta:meta])* $vis:vis fn $name:ident ($($arguments:tt)*) $($rest:tt)*) => {
        $crate::by_level! { @head [$(#[$meta])* $vis fn $name] [] [] ($($arguments)*) $($rest)* }
    };
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident <$(const $number:ident: usize),+>
        ($($arguments:tt)*) $($rest:tt)*
    ) => {
        $crate::by_level! {
            @head [$(#[$meta])* $vis fn $name] [<$(const $number: usize),+>] [::<$($number),+>]
            ($($arguments)*) $($rest)*
        }
    };
    (
        $(#[$meta:meta])* $vis:vis fn $name:ident <$($kind:ident: $bound:path),+>
        ($($arguments:tt)*) $($rest:tt)*
    ) => {
        $crate::by_level! {
            @head [$(#[$meta])* $vis fn $name] [<$($kind: $bound),+>] [::<$($kind),+>]
            ($($arguments)*) $($rest)*
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::Real;
    use crate::simd::Level;

    by_level! {
        fn sum<T: Real>(level: Level, x: &[T], mut_of: &mut usize) -> T {
            *mut_of += 1;
            x.iter().fold(T::zero(), |sum, x| sum + *x)
        }
    }
    by_level! {
        fn first<const N: usize>(level: Level, x: &[u8]) -> Option<&[u8; N]> {
            x.first_chunk()
        }
    }
    by_level! {
        fn which(level: Level) -> &'static str {
            Avx512 => "avx512",
            Avx2 => "avx2",
            Portable => "portable",
        }
    }

    #[test]
    fn each_level_runs_its_own_arm_and_all_share_one_body() {
        let mut calls = 0;
        for level in Level::available() {
            assert_eq!(which(level), level.name());
            assert_eq!(sum(level, &[1.0_f32, 2.0], &mut calls), 3.0);
            assert_eq!(first::<2>(level, &[1, 2, 3]), Some(&[1, 2]));
        }
        assert_eq!(calls, Level::available().count());
    }
}
