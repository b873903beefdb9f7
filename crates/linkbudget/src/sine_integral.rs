//! The sine and cosine integrals.

use mmw_core::C64;
use std::f64::consts::FRAC_PI_2;

/// The Euler-Mascheroni constant.
pub(crate) const EULER_GAMMA: f64 = 0.577_215_664_901_532_9;

/// `(Si(x), Ci(x))` for `x > 0`, error about 1e-15.
///
/// Power series up to 2, above it the continued fraction of the exponential integral `E1(jx)` (5.1.22 of
/// Abramowitz and Stegun) by Lentz's method.
pub(crate) fn sine_cosine_integrals(x: f64) -> (f64, f64) {
    if x <= 2.0 {
        let (si, cin) = series(x);
        return (si, EULER_GAMMA + x.ln() - cin);
    }
    let mut b = C64::new(1.0, x);
    let mut d = b.inv();
    let mut h = d;
    let mut c = C64::new(1e300, 0.0);
    for i in 1..1000_u32 {
        let a = -f64::from(i) * f64::from(i);
        b += 2.0;
        d = (d * a + b).inv();
        c = b + c.inv() * a;
        let step = c * d;
        h *= step;
        if (step - 1.0).norm() < 1e-16 {
            break;
        }
    }
    let e1 = h * C64::from_polar(1.0, -x);
    (FRAC_PI_2 + e1.im, -e1.re)
}

/// `Si(x)` and `Cin(x) = γ + ln x − Ci(x)` by their series.
fn series(x: f64) -> (f64, f64) {
    let (mut si, mut cin) = (0.0, 0.0);
    let mut term = 1.0;
    for k in 1..40_u32 {
        term *= x / f64::from(k);
        let part = term / f64::from(k);
        match k % 4 {
            1 => si += part,
            2 => cin += part,
            3 => si -= part,
            _ => cin -= part,
        }
        if part < 1e-18 {
            break;
        }
    }
    (si, cin)
}

#[cfg(test)]
mod tests {
    use super::sine_cosine_integrals;

    #[test]
    fn integrals_match_thirty_digits() {
        // mpmath 1.3: x, Si(x), Ci(x).
        let rows = [
            (0.01, 0.009_999_944_444_611_11, -4.027_979_520_982_392),
            (1.0, 0.946_083_070_367_183, 0.337_403_922_900_968_13),
            (2.0, 1.605_412_976_802_694_8, 0.422_980_828_774_865),
            (2.1, 1.648_698_636_244_418_8, 0.400_511_987_844_396_4),
            (std::f64::consts::PI, 1.851_937_051_982_466_2, 0.073_667_912_046_425_52),
            (20.0, 1.548_241_701_043_439_8, 0.044_419_820_845_353_317),
        ];
        for (x, si, ci) in rows {
            let got = sine_cosine_integrals(x);
            assert!((got.0 - si).abs() < 2e-15 && (got.1 - ci).abs() < 2e-15, "{x}: {got:?}");
        }
    }
}
