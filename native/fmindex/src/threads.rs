//! How is work shared among threads, also where there are none?

use std::thread;

/// What `mine` makes, then what `other` makes for each number from 1 below `threads`: each of these on a thread of its own, or
/// one after the other in the browser. A panic goes on in the caller.
pub(crate) fn share_work<T: Send>(
    threads: usize,
    mine: impl FnOnce() -> T,
    other: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    if cfg!(target_family = "wasm") {
        return std::iter::once(mine()).chain((1..threads).map(other)).collect();
    }
    let other = &other;
    thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|worker| scope.spawn(move || other(worker))).collect();
        let mine = mine();
        let join = |worker: thread::ScopedJoinHandle<'_, T>| {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        std::iter::once(mine).chain(others.into_iter().map(join)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_workers() {
        assert_eq!(share_work(4, || 0, |worker| worker * 10), [0, 10, 20, 30]);
        assert_eq!(share_work(1, || 7, |_| 8), [7]);
        assert_eq!(share_work(0, || 7, |_| 8), [7]);
    }
}
