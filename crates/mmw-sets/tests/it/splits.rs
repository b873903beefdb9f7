//! Splits part groups and nothing else.

use mmw_sets::split::{groups_of, hold_out, leave_one_group_out, sessions_by_return};
use proptest::prelude::*;

proptest! {
    #[test]
    fn folds_share_no_group_and_cover_all_rows(groups in prop::collection::vec(0_usize..6, 2..60)) {
        let distinct = groups_of(&groups).1;
        prop_assume!(distinct.len() > 1);
        let folds = leave_one_group_out(&groups).unwrap();
        prop_assert_eq!(folds.len(), distinct.len());
        let mut tested = vec![0; groups.len()];
        for fold in folds {
            prop_assert_eq!(fold.train.len() + fold.test.len(), groups.len());
            prop_assert!(fold.train.iter().all(|&row| !fold.held_out.contains(&groups[row])));
            fold.test.iter().for_each(|&row| tested[row] += 1);
        }
        prop_assert!(tested.iter().all(|&times| times == 1));
    }
}

#[test]
fn splits_that_measure_nothing_are_refused() {
    assert!(leave_one_group_out(&[]).is_err());
    assert!(leave_one_group_out(&[3, 3, 3]).is_err());
    assert!(hold_out(&[0, 1], &[]).is_err());
    assert!(hold_out(&[0, 1], &[2]).unwrap_err().to_string().contains("group 2"));
    assert!(hold_out(&[0, 1], &[0, 1]).is_err());
}

#[test]
fn a_session_ends_where_a_class_comes_back() {
    // Out of order in time; two takes of a class in a row are one series.
    let sessions = sessions_by_return(&[50.0, 10.0, 20.0, 30.0, 40.0, 60.0], &[1, 0, 0, 1, 0, 0]).unwrap();
    assert_eq!(sessions, [1, 0, 0, 0, 1, 2]);
    assert!(sessions_by_return(&[0.0], &[]).is_err());
    assert!(sessions_by_return(&[f64::NAN], &[0]).is_err());
}
