//! One pass: rows of embeddings in, logits out.

use std::mem::take;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::board::Board;
use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::largest::Largest;
use crate::model::{MAX_ROWS, Model, Wanted};
use crate::pass::{Buffers, Pass};
use crate::team::{Member, run_together};
use crate::tree::Tree;

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
        self.pass(cache, embeddings, parents, wanted, |run, rows| {
            let mut logits = vec![0.0; rows.len() * self.config.vocabulary];
            let board = Board::new(&mut logits);
            run(&|pass, member| pass.project(member, rows.clone(), &board));
            logits
        })
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

    /// Checks, makes room, and has `finish` say what is done with the rows that are wanted, after all threads have read them.
    fn pass<T>(
        &self,
        cache: &mut Cache,
        embeddings: Vec<f32>,
        parents: Option<&[i32]>,
        wanted: Wanted,
        finish: impl FnOnce(&dyn Fn(&(dyn Fn(&Pass, &Member) + Sync)), Range<usize>) -> T,
    ) -> Result<T> {
        let rows = embeddings.len() / self.config.width;
        if rows == 0 || rows > MAX_ROWS || embeddings.len() != rows * self.config.width {
            return Err(Error::Argument(format!("{} numbers are not 1 to {MAX_ROWS} embeddings", embeddings.len())));
        }
        let tree = Tree::new(rows, parents)?;
        let base = cache.len();
        if base + tree.height() >= self.config.context_length {
            return Err(Error::Argument(format!("the context is longer than {} tokens", self.config.context_length)));
        }
        let wanted = match wanted {
            Wanted::All => 0..rows,
            Wanted::Last => rows - 1..rows,
        };
        cache.make_room(rows);
        let mut buffers = Buffers::new(self, embeddings);
        let pass = Pass::new(self, &tree, base, &mut cache.memories, &mut buffers);
        let run = |last: &(dyn Fn(&Pass, &Member) + Sync)| {
            run_together(self.threads, |member| {
                pass.read(member);
                last(&pass, member);
            });
        };
        let answer = finish(&run, wanted);
        drop(pass);
        cache.grow(rows);
        Ok(answer)
    }
}
