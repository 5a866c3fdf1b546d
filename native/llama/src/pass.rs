//! What does each thread do in a pass? Llama's block, layer by layer: normalise, attend, add; normalise, gate, add.
//!
//! All threads run the same steps and share each: rows where a step takes a row as a whole, heads, or strips of outputs.

use std::ops::Range;

use crate::attention::{Attention, Memory};
use crate::board::Board;
use crate::input::InputTile;
use crate::largest::Largest;
use crate::model::Model;
use crate::place::Place;
use crate::product::{Operand, OperandBuffers, Rows, new_outputs, put};
use crate::rotary::Rotary;
use crate::team::Member;

/// Room for what is between the steps.
pub struct Buffers {
    state: Vec<f32>,
    normed: Vec<f32>,
    mixed: Vec<f32>,
    operand: OperandBuffers,
    queries: Vec<f32>,
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl Buffers {
    pub fn new(model: &Model, embeddings: Vec<f32>) -> Self {
        let config = &model.config;
        let rows = embeddings.len() / config.width;
        let heads_width = config.heads * config.head_width;
        let widest = config.width.max(heads_width).max(config.feed_forward_width);
        Self {
            state: embeddings,
            normed: vec![0.0; rows * config.width],
            mixed: vec![0.0; rows * widest],
            operand: OperandBuffers::new(rows, widest),
            queries: vec![0.0; rows * heads_width],
            keys: vec![0.0; rows * config.kv_width()],
            values: vec![0.0; rows * config.kv_width()],
        }
    }
}

/// One pass, as its threads see it.
pub struct Pass<'a> {
    model: &'a Model,
    /// Of each row.
    places: &'a [Place],
    rotary: Rotary,
    /// Of each sequence.
    memories: Vec<Board<'a, Memory>>,
    /// What the layers add to; row by row, as all below.
    state: Board<'a, f32>,
    /// The state, normalised.
    normed: Board<'a, f32>,
    /// What attention or the gate gave.
    mixed: Board<'a, f32>,
    /// What the next product reads: one of the two before, quantised.
    operand: Operand<'a>,
    queries: Board<'a, f32>,
    keys: Board<'a, f32>,
    values: Board<'a, f32>,
}

impl<'a> Pass<'a> {
    /// `memories`, by sequence, have room for the places of the rows.
    pub fn new(
        model: &'a Model,
        places: &'a [Place],
        memories: Vec<&'a mut [Memory]>,
        buffers: &'a mut Buffers,
    ) -> Self {
        let positions: Vec<usize> = places.iter().map(|place| place.position).collect();
        Self {
            model,
            places,
            rotary: Rotary::new(&positions, model.config.head_width, model.config.rope_base),
            memories: memories.into_iter().map(Board::new).collect(),
            state: Board::new(&mut buffers.state),
            normed: Board::new(&mut buffers.normed),
            mixed: Board::new(&mut buffers.mixed),
            operand: Operand::new(model.kernel, &mut buffers.operand),
            queries: Board::new(&mut buffers.queries),
            keys: Board::new(&mut buffers.keys),
            values: Board::new(&mut buffers.values),
        }
    }

    /// Reads the rows, through all layers.
    pub fn read(&self, member: &Member) {
        for layer in 0..self.model.blocks.len() {
            self.attend(member, layer);
            self.feed_forward(member, layer);
        }
    }

    /// The logits of these rows.
    pub fn project(&self, member: &Member, rows: Range<usize>, logits: &Board<f32>) {
        let rows = self.normalise(member, rows, &self.model.output_norm);
        // SAFETY: only outputs are written in this step.
        unsafe { rows.multiply(member, &[(self.model.output_matrix(), logits)], <[f32]>::copy_from_slice) };
    }

    /// The largest logits of each of these rows, of those that this thread computed.
    pub fn find_largest(&self, member: &Member, rows: Range<usize>, limit: usize) -> Vec<Largest> {
        let mut largest = vec![Largest::new(limit); rows.len()];
        let rows = self.normalise(member, rows, &self.model.output_norm);
        let (matrix, mut out) = (self.model.output_matrix(), new_outputs());
        let offer = |first: usize, tile: InputTile, group: usize| {
            matrix.multiply(self.model.kernel, group, tile, &mut out);
            let outputs = matrix.outputs(group);
            for (out, largest) in out[..tile.rows].iter().zip(&mut largest[first..]) {
                largest.offer(outputs.start, &out.as_flattened()[..outputs.len()]);
            }
        };
        // SAFETY: nothing is written in this step.
        unsafe { rows.visit(member, matrix.groups(), offer) };
        largest
    }

    fn attend(&self, member: &Member, layer: usize) {
        let (block, config) = (&self.model.blocks[layer], &self.model.config);
        let (rows, kv_heads, head_width) = (self.places.len(), config.kv_heads, config.head_width);
        let heads_width = config.heads * head_width;
        let group_width = heads_width / kv_heads;
        let normed = self.normalise(member, 0..rows, &block.attention_norm);
        let targets = [(&block.query, &self.queries), (&block.key, &self.keys), (&block.value, &self.values)];
        // SAFETY: only outputs are written in this step.
        unsafe { normed.multiply(member, &targets, <[f32]>::copy_from_slice) };
        member.share(kv_heads, |heads| {
            for head in heads {
                let at = layer * kv_heads + head;
                for (row, place) in self.places.iter().enumerate() {
                    // SAFETY: the memories of a head, and the part of every row that belongs to it, are this thread's in this step.
                    let memory = &mut unsafe { self.memories[place.sequence].part(at..at + 1) }[0];
                    let of_head = row * config.kv_width() + head * head_width;
                    let of_head = of_head..of_head + head_width;
                    let of_group = row * heads_width + head * group_width;
                    // SAFETY: as above.
                    let (key, queries) = unsafe {
                        (self.keys.part(of_head.clone()), self.queries.part(of_group..of_group + group_width))
                    };
                    self.rotary.apply(row, key);
                    self.rotary.apply(row, queries);
                    // SAFETY: nobody writes values in this step.
                    memory.write(place.at, key, &unsafe { self.values.all() }[of_head]);
                }
            }
        });
        member.share(rows * kv_heads, |items| {
            // SAFETY: nobody writes queries in this step.
            let queries = unsafe { self.queries.all() };
            let mut weights = Vec::new();
            for item in items {
                let (row, head) = (item / kv_heads, item % kv_heads);
                let place = &self.places[row];
                // SAFETY: nor memories.
                let memories = unsafe { self.memories[place.sequence].all() };
                let attention =
                    Attention { memory: &memories[layer * kv_heads + head], first: place.first, others: &place.others };
                let of_group = item * group_width..(item + 1) * group_width;
                // SAFETY: an item is this thread's.
                let out = unsafe { self.mixed.part(of_group.clone()) };
                self.model.kernel.attend(&attention, &queries[of_group], &mut weights, out);
            }
        });
        let mixed = self.take_mixed(member, heads_width);
        // SAFETY: only outputs are written in this step.
        unsafe { mixed.multiply(member, &[(&block.attention_output, &self.state)], add) };
    }

    fn feed_forward(&self, member: &Member, layer: usize) {
        let (block, kernel) = (&self.model.blocks[layer], self.model.kernel);
        let normed = self.normalise(member, 0..self.places.len(), &block.feed_forward_norm);
        let (mut gate, mut up) = (new_outputs(), new_outputs());
        let mix = |first: usize, tile: InputTile, group: usize| {
            block.gate.multiply(kernel, group, tile, &mut gate);
            block.up.multiply(kernel, group, tile, &mut up);
            let (gate, up) = (&mut gate[..tile.rows], &up[..tile.rows]);
            kernel.gate(gate.as_flattened_mut().as_flattened_mut(), up.as_flattened().as_flattened());
            // SAFETY: a group of outputs is this thread's.
            unsafe { put(&block.gate, group, first, gate, &self.mixed, <[f32]>::copy_from_slice) };
        };
        // SAFETY: only outputs are written in this step.
        unsafe { normed.visit(member, block.gate.groups(), mix) };
        let mixed = self.take_mixed(member, block.gate.rows);
        // SAFETY: as above.
        unsafe { mixed.multiply(member, &[(&block.down, &self.state)], add) };
    }

    /// Rows of the state, normalised, to be multiplied.
    fn normalise(&self, member: &Member, rows: Range<usize>, weights: &[f32]) -> Rows<'_> {
        let (width, epsilon) = (self.model.config.width, self.model.config.norm_epsilon);
        let prepare = |item: usize, out: &mut [f32]| {
            let row = rows.start + item;
            // SAFETY: nobody writes the state in this step.
            let state = &unsafe { self.state.all() }[row * width..(row + 1) * width];
            self.model.kernel.normalise(state, weights, epsilon, out);
        };
        // SAFETY: only this writes what is normed.
        unsafe { self.operand.quantise(member, &self.normed, rows.len(), width, prepare) }
    }

    /// Rows of what was mixed, to be multiplied.
    fn take_mixed(&self, member: &Member, width: usize) -> Rows<'_> {
        // SAFETY: nobody writes what was mixed in this step.
        unsafe { self.operand.quantise(member, &self.mixed, self.places.len(), width, |_, _| {}) }
    }
}

fn add(state: &mut [f32], change: &[f32]) {
    for (value, change) in state.iter_mut().zip(change) {
        *value += change;
    }
}
