//! Work on equal pieces of a slice, on all threads with the feature `rayon`; each thread has
//! memory of its own.

pub(super) fn each_chunk<T: Send, W>(
    data: &mut [T],
    len: usize,
    memory: impl Fn() -> W + Sync + Send,
    work: impl Fn(usize, &mut [T], &mut W) + Sync + Send,
) {
    #[cfg(feature = "rayon")]
    if rayon::current_num_threads() > 1 {
        use rayon::prelude::*;
        let chunks = data.par_chunks_mut(len).enumerate();
        return chunks.for_each_init(memory, |memory, (index, chunk)| work(index, chunk, memory));
    }
    let mut memory = memory();
    data.chunks_mut(len).enumerate().for_each(|(index, chunk)| work(index, chunk, &mut memory));
}
