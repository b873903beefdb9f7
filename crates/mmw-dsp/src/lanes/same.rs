//! A slice of one type seen as a slice of the same type under another name.
//!
//! # Why this is sound
//! `Any`'s type identity is equal only for one and the same type, and both types are `'static`. So behind an
//! equal identity the cast changes nothing: pointer, length, lifetime and borrow are those of the argument.
#![allow(unsafe_code)]

use std::any::TypeId;

/// The slice, when `A` and `B` are the same type.
pub(crate) fn same<A: 'static, B: 'static>(slice: &[A]) -> Option<&[B]> {
    if TypeId::of::<A>() != TypeId::of::<B>() {
        return None;
    }
    // SAFETY: see the module's header.
    Some(unsafe { std::slice::from_raw_parts(slice.as_ptr().cast::<B>(), slice.len()) })
}

/// [`same`] for a mutable slice.
pub(crate) fn same_mut<A: 'static, B: 'static>(slice: &mut [A]) -> Option<&mut [B]> {
    if TypeId::of::<A>() != TypeId::of::<B>() {
        return None;
    }
    // SAFETY: see the module's header.
    Some(unsafe { std::slice::from_raw_parts_mut(slice.as_mut_ptr().cast::<B>(), slice.len()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_type_is_the_same() {
        assert_eq!(same::<f32, f32>(&[1.0, 2.0]), Some([1.0, 2.0].as_slice()));
        assert_eq!(same::<f32, f64>(&[1.0, 2.0]), None);
        assert_eq!(same::<f32, u32>(&[1.0, 2.0]), None);
        let mut x = [1_u8, 2];
        same_mut::<u8, u8>(&mut x).unwrap()[0] = 7;
        assert_eq!(x, [7, 2]);
        assert!(same_mut::<u8, i8>(&mut x).is_none());
    }
}
