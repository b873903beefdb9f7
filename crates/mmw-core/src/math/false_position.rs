//! Roots of functions that are costly to evaluate, from the values at both ends of a bracket.

/// The root of a rising function within a bracket, by false position with the Illinois weights: an end that
/// stays twice counts half, so that both ends close in.
///
/// `[low, high]` are the ends as `[x, f(x)]`, the values below and above zero; an end whose value is on the
/// wrong side is the answer itself. The search ends at a value of at most `small`, or where the bracket is no
/// wider than `narrow · |x|`. Where four steps have not halved the bracket, or a step is no number, halving
/// takes over for a step, so that no function takes more than some hundred steps.
///
/// M. Dowell, P. Jarratt, "A modified regula falsi method for computing the root of an equation", BIT 11
/// (1971) 168-174: of order 1.44 an evaluation.
///
/// # Errors
/// The first of `f`.
///
/// # Examples
/// ```
/// use mmw_core::math::false_position;
/// let mut evaluations = 0;
/// let root = false_position([[0.0, -2.0], [2.0, 6.0]], [0.0, 4e-16], |x| {
///     evaluations += 1;
///     mmw_core::Result::Ok(x * x * x - 2.0)
/// })?;
/// assert!((root - 2.0_f64.cbrt()).abs() < 4e-16 && evaluations < 16);
/// # Ok::<(), mmw_core::Error>(())
/// ```
pub fn false_position<E>(
    [[mut low, mut f_low], [mut high, mut f_high]]: [[f64; 2]; 2],
    [small, narrow]: [f64; 2],
    mut f: impl FnMut(f64) -> std::result::Result<f64, E>,
) -> std::result::Result<f64, E> {
    if f_low >= 0.0 {
        return Ok(low);
    }
    if f_high <= 0.0 {
        return Ok(high);
    }
    let (mut stayed, mut wide) = (0_i8, high - low);
    for step in 1..400 {
        let secant = high - f_high * (high - low) / (f_high - f_low);
        let is_slow = step % 4 == 0 && high - low > 0.5 * wide;
        if step % 4 == 0 {
            wide = high - low;
        }
        let x = if !is_slow && secant > low && secant < high { secant } else { f64::midpoint(low, high) };
        if !(x > low && x < high) {
            break;
        }
        let value = f(x)?;
        if value.abs() <= small || value == 0.0 {
            return Ok(x);
        }
        if value < 0.0 {
            (low, f_low) = (x, value);
            f_high *= if stayed == 1 { 0.5 } else { 1.0 };
            stayed = 1;
        } else {
            (high, f_high) = (x, value);
            f_low *= if stayed == -1 { 0.5 } else { 1.0 };
            stayed = -1;
        }
        if high - low <= narrow * x.abs() {
            break;
        }
    }
    // The end whose value is smaller; an end that has stayed counts less than it is and is the other one.
    Ok(if stayed == 1 { low } else { high })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn root(bracket: [f64; 2], tolerance: [f64; 2], f: impl Fn(f64) -> f64) -> (f64, usize) {
        let mut evaluations = 0;
        let ends = bracket.map(|x| [x, f(x)]);
        let Ok(found) = false_position::<Infallible>(ends, tolerance, |x| {
            evaluations += 1;
            Ok(f(x))
        });
        (found, evaluations)
    }

    #[test]
    fn roots_are_found_to_the_last_digits_in_few_evaluations() {
        for (f, exact) in [
            ((|x| x * x - 2.0) as fn(f64) -> f64, std::f64::consts::SQRT_2),
            (|x| x.exp() - 3.0, 3.0_f64.ln()),
            (|x| x.powi(9) - 1e-3, 1e-3_f64.powf(1.0 / 9.0)),
            (|x| (x - 1.3).atan(), 1.3),
        ] {
            let (found, evaluations) = root([0.0, 4.0], [0.0, 3e-16], f);
            assert!((found - exact).abs() <= 4.5e-16 * exact, "{found} for {exact}");
            // Halving would take 54.
            assert!(evaluations < 40, "{exact}: {evaluations}");
        }
    }

    #[test]
    fn an_end_on_the_wrong_side_is_the_answer() {
        assert_eq!(root([1.0, 2.0], [0.0, 0.0], |x| x), (1.0, 0));
        assert_eq!(root([-2.0, -1.0], [0.0, 0.0], |x| x), (-1.0, 0));
    }

    #[test]
    fn halving_takes_over_where_steps_lead_nowhere() {
        // A step function, a pole in the secant's way, and values that are no numbers.
        let (found, evaluations) = root([0.0, 1.0], [0.0, 0.0], |x| if x < 0.3 { -1e-300 } else { 1.0 });
        assert!((found - 0.3).abs() < 1e-16 && evaluations < 399, "{found} after {evaluations}");
        let (found, _) = root([-1.0, 1e9], [0.0, 1e-15], |x| if x < 0.7 { x - 0.7 } else { 1e12 });
        assert!((found - 0.7).abs() < 1e-14, "{found}");
        let (found, evaluations) = root([0.0, 1.0], [0.0, 0.0], |x| if x > 0.5 { f64::NAN } else { -1.0 });
        assert!((0.0..=1.0).contains(&found) && evaluations < 399);
    }

    #[test]
    fn a_value_that_is_small_enough_ends_the_search() {
        let (found, evaluations) = root([0.0, 4.0], [1e-2, 0.0], |x| x * x - 2.0);
        assert!((found * found - 2.0).abs() <= 1e-2 && evaluations < 8);
    }
}
