//! What the examples that draw tables share.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Lengths and SNRs, the costliest first.
pub(crate) fn cells(lengths: &[usize], snr_db: &[f64]) -> Vec<(usize, f64)> {
    lengths.iter().flat_map(|n| snr_db.iter().map(move |db| (*n, *db))).rev().collect()
}

/// What `work` makes of each cell that is asked for, on all cores: of its samples, its SNR in dB, its records
/// (two fifths above 1000 samples) and the number of its stream.
pub(crate) fn of_cells<T: Default + Clone + Send>(
    cells: &[(usize, f64)],
    is_asked: impl Fn(usize) -> bool + Sync,
    trials: usize,
    work: impl Fn(usize, f64, usize, u64) -> T + Sync,
) -> Vec<T> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (next, results) = (AtomicUsize::new(0), Mutex::new(vec![T::default(); cells.len()]));
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(&(samples, snr_db)) = cells.get(index) else { return };
            if is_asked(samples) {
                let fewer = if samples > 1000 { trials * 2 / 5 } else { trials };
                let result = work(samples, snr_db, fewer, index as u64);
                results.lock().unwrap()[index] = result;
                eprintln!("{samples} {snr_db}");
            }
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(worker))));
    results.into_inner().unwrap()
}

/// The value of sorted ones below which a share of them lies, by a straight line between two.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len() as f64 - 0.5;
    let below = (place.floor() as usize).min(sorted.len() - 2);
    sorted[below] + (place - below as f64) * (sorted[below + 1] - sorted[below])
}

/// Whole numbers as a line of a table.
pub(crate) fn line<'a>(numbers: impl IntoIterator<Item = &'a i64>) -> String {
    numbers.into_iter().map(i64::to_string).collect::<Vec<_>>().join(" ")
}
