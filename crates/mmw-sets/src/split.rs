//! Splits that measure something: whole groups are held out.
//!
//! Takes of one session share the person, the place and the mounting; a test on takes minutes after those of
//! the training measures how well a room is remembered. What counts is a session, subject or sequence that
//! was never seen: [`leave_one_group_out`].

use mmw_core::{Error, Result, check};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Rows to learn from and rows to judge by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Fold {
    /// The groups of the test rows, ascending.
    pub held_out: Vec<usize>,
    /// Rows to learn from, ascending.
    pub train: Vec<usize>,
    /// Rows to judge by, ascending.
    pub test: Vec<usize>,
}

mmw_core::checked_serde!(always Fold, Fold::check);

impl Fold {
    /// Each list ascends, and no row stands on both sides.
    fn check(&self) -> Result<()> {
        for (name, list) in [("held_out", &self.held_out), ("train", &self.train), ("test", &self.test)] {
            check::at_least(name, list.len(), 1)?;
            if !list.is_sorted_by(|a, b| a < b) {
                return Err(Error::invalid(name, "must ascend"));
            }
        }
        match self.test.iter().find(|row| self.train.binary_search(row).is_ok()) {
            Some(row) => Err(Error::invalid("test", format!("row {row} is learnt from, too"))),
            None => Ok(()),
        }
    }
}

/// The rows of the groups `held_out` against all others; `groups` holds the group of each row.
///
/// # Errors
/// [`Error::Invalid`] for a group without rows, [`Error::TooFew`] when nothing is left to learn from or to
/// judge by.
///
/// # Examples
/// ```
/// use mmw_sets::split::hold_out;
///
/// let fold = hold_out(&[7, 7, 8, 9], &[8])?;
/// assert_eq!((fold.train, fold.test), (vec![0, 1, 3], vec![2]));
/// assert!(hold_out(&[7, 7, 8, 9], &[1]).is_err());
/// # Ok::<(), mmw_sets::Error>(())
/// ```
pub fn hold_out(groups: &[usize], held_out: &[usize]) -> Result<Fold> {
    let wanted: BTreeSet<usize> = held_out.iter().copied().collect();
    if let Some(group) = wanted.iter().find(|group| !groups.contains(group)) {
        return Err(Error::invalid("held_out", format!("group {group} has no rows")));
    }
    let (test, train): (Vec<usize>, Vec<usize>) =
        (0..groups.len()).partition(|&row| wanted.contains(&groups[row]));
    check::at_least("test rows", test.len(), 1)?;
    check::at_least("training rows", train.len(), 1)?;
    Ok(Fold { held_out: wanted.into_iter().collect(), train, test })
}

/// Each group held out once, in ascending order; `groups` holds the group of each row.
///
/// # Errors
/// [`Error::TooFew`] for less than two groups.
///
/// # Examples
/// ```
/// let folds = mmw_sets::split::leave_one_group_out(&[0, 0, 2, 1])?;
/// assert_eq!(folds.len(), 3);
/// assert_eq!(folds[1].test, [3]);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
pub fn leave_one_group_out(groups: &[usize]) -> Result<Vec<Fold>> {
    let all: BTreeSet<usize> = groups.iter().copied().collect();
    check::at_least("groups", all.len(), 2)?;
    all.into_iter().map(|group| hold_out(groups, &[group])).collect()
}

/// Numbers from 0 for keys (subjects, sequences) in their order, and the keys.
///
/// # Examples
/// ```
/// let (groups, subjects) = mmw_sets::split::groups_of(&["mia", "ali", "mia"]);
/// assert_eq!((groups, subjects), (vec![1, 0, 1], vec!["ali", "mia"]));
/// ```
#[must_use]
pub fn groups_of<K: Ord + Clone>(keys: &[K]) -> (Vec<usize>, Vec<K>) {
    let distinct: BTreeSet<&K> = keys.iter().collect();
    let numbers: BTreeMap<&K, usize> = distinct.iter().enumerate().map(|(i, &key)| (key, i)).collect();
    let groups = keys.iter().map(|key| numbers[key]).collect();
    (groups, distinct.into_iter().cloned().collect())
}

/// Sessions of takes by their times: takes of one class follow each other, and a session ends where a class
/// comes back after another one. `starts_s` are the times of the takes in any order, `labels` their classes;
/// sessions are numbered from 0 in the order of time.
///
/// # Errors
/// Lengths that differ, a time that is not finite.
///
/// # Examples
/// ```
/// // Jump, jump, walk; and again.
/// let sessions = mmw_sets::split::sessions_by_return(&[0.0, 30.0, 60.0, 900.0, 930.0], &[0, 0, 1, 0, 1])?;
/// assert_eq!(sessions, [0, 0, 0, 1, 1]);
/// # Ok::<(), mmw_sets::Error>(())
/// ```
pub fn sessions_by_return(starts_s: &[f64], labels: &[usize]) -> Result<Vec<usize>> {
    check::same_len("labels", starts_s.len(), labels.len())?;
    starts_s.iter().try_for_each(|&start_s| check::finite("start_s", start_s).map(|_| ()))?;
    let mut order: Vec<usize> = (0..starts_s.len()).collect();
    order.sort_by(|&a, &b| starts_s[a].total_cmp(&starts_s[b]));
    let mut sessions = vec![0; starts_s.len()];
    let (mut session, mut seen, mut last) = (0, BTreeSet::new(), None);
    for take in order {
        let label = labels[take];
        if last != Some(label) && !seen.insert(label) {
            session += 1;
            seen = BTreeSet::from([label]);
        }
        last = Some(label);
        sessions[take] = session;
    }
    Ok(sessions)
}
