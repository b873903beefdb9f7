//! Sums over bins whose real and imaginary parts stand apart, as [`crate::wide`] compiles them.

/// Numbers that are worked on side by side.
pub(super) const LANES: usize = 8;
/// The same where eight would be mostly padding.
pub(super) const FEW: usize = 4;

/// `sum + a b`.
#[inline(always)]
pub(super) fn add(sum: f64, a: f64, b: f64) -> f64 {
    sum + a * b
}

/// `sums + z · conj(weight)`, real and imaginary parts apart.
#[inline(always)]
pub(super) fn add_lanes<const N: usize>(
    sums: &mut [[f64; N]; 2],
    re: &[f64; N],
    im: &[f64; N],
    weight: mmw_core::C64,
) {
    let [mut sum_re, mut sum_im] = *sums;
    for l in 0..N {
        sum_re[l] = add(sum_re[l], re[l], weight.re);
        sum_im[l] = add(sum_im[l], im[l], weight.re);
    }
    for l in 0..N {
        sum_re[l] = add(sum_re[l], im[l], weight.im);
        sum_im[l] = add(sum_im[l], -re[l], weight.im);
    }
    *sums = [sum_re, sum_im];
}

/// `Σ_k z_k · conj(weight_k)` of the `N` lanes from `start` of lines of length `line`; it stays in registers.
#[inline(always)]
pub(super) fn weighted<const N: usize>(
    [re, im]: [&[f64]; 2],
    line: usize,
    start: usize,
    weights: impl Iterator<Item = mmw_core::C64>,
) -> [[f64; N]; 2] {
    let mut sums = [[0.0; N]; 2];
    for ((re, im), weight) in re.chunks_exact(line).zip(im.chunks_exact(line)).zip(weights) {
        let lanes = re[start..].first_chunk::<N>().zip(im[start..].first_chunk::<N>());
        let Some((re, im)) = lanes else { break };
        add_lanes(&mut sums, re, im, weight);
    }
    sums
}

/// `to + from · weight` for complex numbers whose parts stand apart, `[re, im]`.
#[inline(always)]
pub(super) fn add_product([to_re, to_im]: [&mut [f64]; 2], [re, im]: &[Vec<f64>; 2], weight: mmw_core::C64) {
    for ((sum_re, sum_im), (&re, &im)) in to_re.iter_mut().zip(to_im).zip(re.iter().zip(im)) {
        *sum_re = add(add(*sum_re, re, weight.re), -im, weight.im);
        *sum_im = add(add(*sum_im, re, weight.im), im, weight.re);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wide::{Work, at};
    use mmw_core::simd::Level;

    struct Sum<'a>(&'a [f64], &'a [f64]);

    impl Work for Sum<'_> {
        type Output = [f64; LANES];

        #[inline(always)]
        fn run(self) -> [f64; LANES] {
            let mut sums = [0.0; LANES];
            for (a, b) in self.0.as_chunks::<LANES>().0.iter().zip(self.1.as_chunks::<LANES>().0) {
                for (sum, (&a, &b)) in sums.iter_mut().zip(a.iter().zip(b)) {
                    *sum = add(*sum, a, b);
                }
            }
            sums
        }
    }

    #[test]
    fn wide_registers_change_no_bit() {
        let numbers = |salt: f64| (0..800).map(|i| (f64::from(i) * salt).sin()).collect::<Vec<_>>();
        let (a, b) = (numbers(0.37), numbers(1.13));
        for level in Level::available() {
            assert_eq!(at(level, Sum(&a, &b)), Sum(&a, &b).run(), "{level}");
        }
    }
}
