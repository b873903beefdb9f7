//! Local maxima of a line.

/// Whether a value is above the one before it and not below the one behind it, so that a plateau has one
/// summit, its first; beyond the ends all is lower.
pub(crate) fn is_summit(values: &[f64], i: usize) -> bool {
    let Some(own) = values.get(i) else { return false };
    let before = i.checked_sub(1).and_then(|before| values.get(before));
    before.is_none_or(|before| own > before) && values.get(i + 1).is_none_or(|behind| own >= behind)
}

#[cfg(test)]
mod tests {
    use super::is_summit;

    #[test]
    fn a_plateau_has_one_summit_and_the_ends_may_be_some() {
        let summits = |values: &[f64]| (0..9).filter(|&i| is_summit(values, i)).collect::<Vec<_>>();
        assert_eq!(summits(&[0.0, 2.0, 2.0, 1.0, 3.0, 0.0]), [1, 4]);
        assert_eq!(summits(&[2.0, 1.0, 1.5]), [0, 2]);
        assert_eq!(summits(&[1.0, f64::NAN, 1.0]), [0; 0]);
        assert!(summits(&[]).is_empty());
    }
}
