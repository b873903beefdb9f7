//! The comparators of the network, for registers of any width.

/// Defines `sort_8` and `merge_16` on rows of the given vectors; each lane is sorted by itself.
macro_rules! comparators {
    ($vector:ty, $min:ident, $max:ident, $features:literal) => {
        /// A comparator on each lane.
        #[inline]
        #[target_feature(enable = $features)]
        fn exchange<const N: usize>(x: &mut [$vector; N], i: usize, j: usize) {
            (x[i], x[j]) = ($min(x[i], x[j]), $max(x[i], x[j]));
        }

        /// The network of 19 comparators for eight values.
        #[inline]
        #[target_feature(enable = $features)]
        fn sort_8(x: &mut [$vector; 8]) {
            // Layer by layer: loops so short are unrolled, and the values stay in registers.
            for k in [0, 1, 4, 5] {
                exchange(x, k, k + 2);
            }
            for k in 0..4 {
                exchange(x, k, k + 4);
            }
            for k in [0, 2, 4, 6] {
                exchange(x, k, k + 1);
            }
            for k in [2, 3] {
                exchange(x, k, k + 2);
            }
            for k in [1, 3] {
                exchange(x, k, k + 3);
            }
            for k in [1, 3, 5] {
                exchange(x, k, k + 1);
            }
        }

        /// Batcher's merge of two sorted eights: 25 comparators.
        #[inline]
        #[target_feature(enable = $features)]
        fn merge_16(low: [$vector; 8], high: [$vector; 8]) -> [$vector; 16] {
            let mut x = [low[0]; 16];
            x[..8].copy_from_slice(&low);
            x[8..].copy_from_slice(&high);
            for k in 0..8 {
                exchange(&mut x, k, k + 8);
            }
            for k in 4..8 {
                exchange(&mut x, k, k + 4);
            }
            for k in [2, 3, 6, 7, 10, 11] {
                exchange(&mut x, k, k + 2);
            }
            for k in [1, 3, 5, 7, 9, 11, 13] {
                exchange(&mut x, k, k + 1);
            }
            x
        }
    };
}

pub(super) use comparators;
