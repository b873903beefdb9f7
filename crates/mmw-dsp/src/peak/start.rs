//! Where the iteration starts.

use mmw_core::Real;
use mmw_core::ndarray::ArrayRef3;
use mmw_core::num_complex::Complex;

pub(super) fn signed_bin(index: usize, zero: usize, len: usize) -> f64 {
    let bin = (index + len - zero) % len;
    if 2 * bin >= len { bin as f64 - len as f64 } else { bin as f64 }
}

/// Vertex of the parabola through the logarithms of the powers at the peak and beside it, 0 where the axis
/// ends: the start of the iteration. `None` where the peak is no maximum.
pub(super) fn guess<T: Real>(
    spectrum: &ArrayRef3<Complex<T>>,
    index: [usize; 2],
    axis: usize,
    cut: bool,
) -> Option<f64> {
    let len = spectrum.shape()[axis + 1];
    if len < 3 || (cut && (index[axis] == 0 || index[axis] + 1 == len)) {
        return Some(0.0);
    }
    let powers = [len - 1, 0, 1].map(|step| {
        let mut at = index;
        at[axis] = (index[axis] + step) % len;
        let line = spectrum.slice(mmw_core::ndarray::s![.., at[0], at[1]]);
        line.iter().map(|z| z.re.as_f64().powi(2) + z.im.as_f64().powi(2)).sum::<f64>()
    });
    super::interpolate::parabolic_db(powers).ok()
}
