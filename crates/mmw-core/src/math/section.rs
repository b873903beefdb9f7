//! Where a function with one summit is greatest.

/// Steps that are taken at most: 60 leave 3e-13 of a bracket.
const STEPS: usize = 60;

/// The place within a bracket where a function with one summit is greatest, by golden sections, until less
/// than
/// `width` is left of the bracket.
///
/// # Errors
/// The first of `f`.
///
/// # Examples
/// ```
/// use mmw_core::math::greatest_within;
/// let top = greatest_within([0.0, 2.0], 1e-7, |x| mmw_core::Result::Ok(-(x - 1.5) * (x - 1.5)))?;
/// assert!((top - 1.5).abs() < 1e-7);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn greatest_within<E>(
    [mut low, mut high]: [f64; 2],
    width: f64,
    mut f: impl FnMut(f64) -> std::result::Result<f64, E>,
) -> std::result::Result<f64, E> {
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (f(left)?, f(right)?);
    for _ in 0..STEPS {
        if high - low < width {
            break;
        }
        if at_left > at_right {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = f(left)?;
        } else {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = f(right)?;
        }
    }
    Ok(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::greatest_within;
    use std::convert::Infallible;

    #[test]
    fn a_summit_at_an_end_is_found_and_no_width_ends_the_search() {
        let Ok(end) = greatest_within([1.0, 3.0], 0.0, Ok::<f64, Infallible>);
        assert!((end - 3.0).abs() < 1e-12, "{end}");
        let Ok(none) = greatest_within([1.0, 3.0], 0.1, |_| Ok::<_, Infallible>(f64::NAN));
        assert!((1.0..=3.0).contains(&none), "{none}");
        assert_eq!(greatest_within([0.0, 1.0], 1e-3, |_| Err::<f64, _>("no")), Err("no"));
    }
}
