//! One pass: rows of embeddings in, logits out.

use std::mem::take;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::attention::Memory;
use crate::board::Board;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::largest::Largest;
use crate::model::{MAX_ROWS, Model, Wanted};
use crate::pass::{Buffers, Pass};
use crate::place::Place;
use crate::team::{Member, run_together};
use crate::tree::Tree;

/// Reads the rows of a pass and then does this with them, on all threads.
type Run<'a> = &'a dyn Fn(&(dyn Fn(&Pass, &Member) + Sync));

/// Largest outputs of a row that can be asked for.
pub const MAX_LARGEST: usize = 64;

impl Model {
    /// Reads rows of embeddings and remembers them in `cache`. `parents[i]` is the row that row i continues, or -1 for the end of what
    /// the cache held before; `None` is a plain sequence. A row sees the cache, its ancestors and itself, and stands one place
    /// after its parent. Answers logits row by row. O(rows · weights + rows · context); up to some eight rows cost little more than
    /// one, since the weights are read once.
    ///
    /// After a draft tree call [`Cache::keep`] with the accepted path.
    ///
    /// # Errors
    /// `Argument` for no rows or more than [`MAX_ROWS`], a parent that is not an earlier row, or a context that grows too long.
    pub fn forward(
        &self,
        cache: &mut Cache,
        embeddings: Vec<f32>,
        parents: Option<&[i32]>,
        wanted: Wanted,
    ) -> Result<Vec<f32>> {
        self.pass(cache, embeddings, parents, wanted, |run, rows| self.project(run, rows))
    }

    /// Reads one row in each of several sequences: the logits after each, row by row, as if it had been read alone. The weights are read
    /// once for all.
    ///
    /// # Errors
    /// `Argument` for another number of rows than of caches, for none or more than [`MAX_ROWS`], or a context that grows too long.
    pub fn forward_together(&self, caches: &mut [&mut Cache], embeddings: Vec<f32>) -> Result<Vec<f32>> {
        let rows = self.count_rows(&embeddings)?;
        if rows != caches.len() {
            return Err(Error::Argument(format!("{rows} rows for {} sequences", caches.len())));
        }
        for cache in &*caches {
            self.check_length(cache.len())?;
        }
        let places: Vec<Place> =
            caches.iter().enumerate().map(|(sequence, cache)| Place::next(sequence, cache.len())).collect();
        caches.iter_mut().for_each(|cache| cache.make_room(1));
        let memories = caches.iter_mut().map(|cache| cache.memories.as_mut_slice()).collect();
        let logits = self.run(&places, memories, embeddings, |run| self.project(run, 0..rows));
        caches.iter_mut().for_each(|cache| cache.grow(1));
        Ok(logits)
    }

    /// The logits of these rows, after all were read.
    fn project(&self, run: Run, rows: Range<usize>) -> Vec<f32> {
        let mut logits = vec![0.0; rows.len() * self.config.vocabulary];
        let board = Board::new(&mut logits);
        run(&|pass, member| pass.project(member, rows.clone(), &board));
        logits
    }

    /// As [`Model::forward`], but answers only which `limit` tokens have the largest logits, largest first and then by id, row by row.
    ///
    /// # Errors
    /// As [`Model::forward`]; `Argument` for a limit of 0 or above [`MAX_LARGEST`] or the vocabulary.
    pub fn forward_largest(
        &self,
        cache: &mut Cache,
        embeddings: Vec<f32>,
        parents: Option<&[i32]>,
        limit: usize,
    ) -> Result<Vec<u32>> {
        let most = MAX_LARGEST.min(self.config.vocabulary);
        if !(1..=most).contains(&limit) {
            return Err(Error::Argument(format!("{limit} largest logits; 1 to {most} can be asked for")));
        }
        self.pass(cache, embeddings, parents, Wanted::All, |run, rows| {
            let merged = Mutex::new(vec![Largest::new(limit); rows.len()]);
            run(&|pass, member| {
                let found = pass.find_largest(member, rows.clone(), limit);
                let mut merged = merged.lock().unwrap_or_else(PoisonError::into_inner);
                merged.iter_mut().zip(found).for_each(|(merged, found)| merged.merge(found));
            });
            take(&mut *merged.lock().unwrap_or_else(PoisonError::into_inner))
                .iter()
                .flat_map(Largest::numbers)
                .collect()
        })
    }

    /// Checks, makes room, and has `finish` say what is done with the rows that are wanted.
    fn pass<T>(
        &self,
        cache: &mut Cache,
        embeddings: Vec<f32>,
        parents: Option<&[i32]>,
        wanted: Wanted,
        finish: impl FnOnce(Run, Range<usize>) -> T,
    ) -> Result<T> {
        let rows = self.count_rows(&embeddings)?;
        let tree = Tree::new(rows, parents)?;
        let base = cache.len();
        self.check_length(base + tree.height())?;
        let wanted = match wanted {
            Wanted::All => 0..rows,
            Wanted::Last => rows - 1..rows,
        };
        cache.make_room(rows);
        let places = Place::of_tree(&tree, base);
        let answer = self.run(&places, vec![&mut cache.memories], embeddings, |run| finish(run, wanted));
        cache.grow(rows);
        Ok(answer)
    }

    /// Has `finish` say what all threads do with the rows after they have read them.
    fn run<T>(
        &self,
        places: &[Place],
        memories: Vec<&mut [Memory]>,
        embeddings: Vec<f32>,
        finish: impl FnOnce(Run) -> T,
    ) -> T {
        let mut buffers = Buffers::new(self, embeddings);
        let pass = Pass::new(self, places, memories, &mut buffers);
        finish(&|last| {
            run_together(self.threads, |member| {
                pass.read(member);
                last(&pass, member);
            });
        })
    }

    fn count_rows(&self, embeddings: &[f32]) -> Result<usize> {
        let rows = embeddings.len() / self.config.width;
        if rows == 0 || rows > MAX_ROWS || embeddings.len() != rows * self.config.width {
            return Err(Error::Argument(format!("{} numbers are not 1 to {MAX_ROWS} embeddings", embeddings.len())));
        }
        Ok(rows)
    }

    /// A token may stand behind so many.
    fn check_length(&self, tokens: usize) -> Result<()> {
        if tokens < self.config.context_length {
            return Ok(());
        }
        Err(Error::Argument(format!("the context is longer than {} tokens", self.config.context_length)))
    }
}
