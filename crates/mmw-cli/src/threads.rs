//! How many threads some work takes. Monte Carlo runs give the same bits on any number of them.

use crate::error::{Error, Result};
use mmw_core::check;

/// Most threads of one run.
const MOST: f64 = 1024.0;

/// Does `work` on so many threads; on all cores when nothing is said.
///
/// # Errors
/// Kind `domain` unless there is at least one thread and at most 1024, `invalid` when the system refuses
/// them, and what the work meets.
pub(crate) fn on_threads<T: Send>(
    threads: Option<usize>,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    let Some(count) = threads else { return work() };
    check::in_range("threads", count as f64, 1.0, MOST)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build();
    let refused = |error: rayon::ThreadPoolBuildError| mmw_core::Error::invalid("threads", error.to_string());
    pool.map_err(|error| Error::Core(refused(error)))?.install(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_work_runs_on_as_many_threads_as_asked_for() {
        for count in [1, 3] {
            assert_eq!(on_threads(Some(count), || Ok(rayon::current_num_threads())), Ok(count));
        }
        assert!(on_threads(None, || Ok(())).is_ok());
        assert_eq!(on_threads(Some(0), || Ok(())).unwrap_err().kind(), "domain");
    }
}
