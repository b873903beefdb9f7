//! Where a monotone function passes its target.

use std::convert::Infallible;

/// Two neighbouring numbers between `low` and `high` where `past` turns from false to true, by halving.
///
/// `past` is taken to be false at `low` and true at `high`, and is not asked there. A bracket of the whole
/// range of `f64` closes in some 2100 steps, one around a number of its own size in some 55.
///
/// # Examples
/// ```
/// use mmw_core::math::crossing;
/// let [below, above] = crossing([1.0, 2.0], |x| x * x >= 2.0);
/// assert!((above - 2.0_f64.sqrt()).abs() < 3e-16 && below < above);
/// ```
#[must_use]
pub fn crossing(bracket: [f64; 2], mut past: impl FnMut(f64) -> bool) -> [f64; 2] {
    let Ok(found) = try_crossing::<Infallible>(bracket, |x| Ok(past(x)));
    found
}

/// [`crossing`] for a function that can fail.
///
/// # Errors
/// The first of `past`.
pub fn try_crossing<E>(
    [mut low, mut high]: [f64; 2],
    mut past: impl FnMut(f64) -> std::result::Result<bool, E>,
) -> std::result::Result<[f64; 2], E> {
    loop {
        let middle = f64::midpoint(low, high);
        // The negation ends the search for NaN as well.
        if !(middle > low && middle < high) {
            return Ok([low, high]);
        }
        if past(middle)? { high = middle } else { low = middle }
    }
}

/// The root of a rising function within a bracket, from `start`, by Newton's steps: one that would leave the
/// bracket is replaced by halving.
///
/// `f` gives, at `x`, whether the root lies above `x`, and Newton's step, what is to be subtracted from `x`.
/// The search ends once a step is at most `absolute + relative · |x|`, or nothing is left of the bracket;
/// where 60 steps have not led there, halving does.
///
/// # Errors
/// The first of `f`.
///
/// # Examples
/// ```
/// use mmw_core::math::newton_within;
/// let root = newton_within([0.0, 2.0], 1.0, [0.0, 4e-16], |x| {
///     mmw_core::Result::Ok((x * x < 2.0, (x * x - 2.0) / (2.0 * x)))
/// })?;
/// assert!((root - 2.0_f64.sqrt()).abs() < 3e-16);
/// # Ok::<(), mmw_core::Error>(())
/// ```
#[inline]
pub fn newton_within<E>(
    [mut low, mut high]: [f64; 2],
    start: f64,
    [absolute, relative]: [f64; 2],
    mut f: impl FnMut(f64) -> std::result::Result<(bool, f64), E>,
) -> std::result::Result<f64, E> {
    let mut x = start;
    for _ in 0..60 {
        let (above, step) = f(x)?;
        if above {
            low = x
        } else {
            high = x
        }
        let (next, middle) = (x - step, f64::midpoint(low, high));
        if !(low < middle && middle < high) {
            return Ok(x);
        }
        // The ends belong to the bracket: a step of 0 stays at `x`, which is one of them, and is the last.
        let next = if next >= low && next <= high { next } else { middle };
        let moved = (next - x).abs();
        x = next;
        if moved <= absolute + relative * x.abs() {
            return Ok(x);
        }
    }
    let [_, above] = try_crossing([low, high], |x| Ok(!f(x)?.0))?;
    Ok(above)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_found_to_the_last_bit_at_any_size() {
        for root in [-1e300, -0.3, -1e-310, 0.0, 5e-324, 1.0, 7e200] {
            let [below, above] = crossing([f64::MIN, f64::MAX], |x| x >= root);
            assert!(below < root && above == root && below.next_up() == above, "{root:e}");
        }
        assert_eq!(crossing([f64::NAN, 1.0], |_| true)[1], 1.0);
        assert!(try_crossing([0.0, 1.0], |x| if x > 0.4 { Err(x) } else { Ok(true) }).is_err());
    }

    #[test]
    fn newton_falls_back_on_halving_where_its_steps_lead_astray() {
        // The step of the arctangent overshoots from anywhere beyond 1.39.
        let Ok(root) = newton_within::<Infallible>([-40.0, 50.0], 45.0, [1e-300, 0.0], |x| {
            Ok((x < 0.0, x.atan() * (1.0 + x * x)))
        });
        assert!(root.abs() < 1e-100);
        // Steps that are no numbers, and steps that never shrink.
        for step in [f64::NAN, 1e-3] {
            let Ok(root) = newton_within::<Infallible>([0.0, 1.0], 0.9, [0.0, 0.0], |x| Ok((x < 0.3, step)));
            assert!((root - 0.3).abs() < 1e-16, "{root}");
        }
        assert!(newton_within([0.0, 1.0], 0.5, [0.0, 0.0], |_| Err("refused")).is_err());
    }
}
