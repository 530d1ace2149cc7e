//! Parallel execution.

use std::thread;

use anyhow::Result;

/// Runs all functions in parallel. If one fails, still waits for the others: what they install and
/// build is used by the next attempt.
pub(crate) fn side_by_side<T: Send, F: FnOnce() -> Result<T> + Send>(
    works: impl IntoIterator<Item = F>,
) -> Result<Vec<T>> {
    thread::scope(|scope| {
        let running: Vec<_> = works.into_iter().map(|work| scope.spawn(work)).collect();
        let joined = running.into_iter().map(|work| {
            work.join()
                .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        joined.collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicBool, Ordering};

    #[test]
    fn results_are_in_the_order_of_the_tasks() {
        let met = Barrier::new(2);
        let works = [1, 2].map(|number| {
            let met = &met;
            move || {
                met.wait();
                Ok(number)
            }
        });
        assert_eq!(side_by_side(works).unwrap(), [1, 2]);
    }

    #[test]
    fn a_failure_is_returned_after_the_rest_has_ended() {
        let (failed, ended) = (Barrier::new(2), AtomicBool::new(false));
        let works: [Box<dyn FnOnce() -> Result<()> + Send>; 2] = [
            Box::new(|| {
                failed.wait();
                bail!("no network")
            }),
            Box::new(|| {
                failed.wait();
                ended.store(true, Ordering::SeqCst);
                Ok(())
            }),
        ];
        assert!(side_by_side(works).is_err());
        assert!(ended.load(Ordering::SeqCst));
    }
}
