//! Which model can a test compute by itself? One of a few thousand weights, as the bytes of a GGUF file, with every coding that is read.

const KINDS: [u32; 6] = [0, 1, 2, 3, 8, 30];

pub const WIDTH: usize = 64;
pub const VOCABULARY: usize = 50;
const HEADS: usize = 4;
const KV_HEADS: usize = 2;
const FEED_FORWARD: usize = 96;
const LAYERS: usize = 2;

/// The same bytes for the same seed.
pub fn make_model(seed: u64) -> Vec<u8> {
    let mut random = Random(seed);
    let kv_width = WIDTH / HEADS * KV_HEADS;
    let mut tensors: Vec<(String, Vec<usize>, u32)> = vec![("token_embd.weight".into(), vec![WIDTH, VOCABULARY], 8)];
    for layer in 0..LAYERS {
        let mut add = |part: &str, dimensions: Vec<usize>, kind: usize| {
            tensors.push((format!("blk.{layer}.{part}.weight"), dimensions, KINDS[kind]));
        };
        add("attn_norm", vec![WIDTH], 0);
        add("attn_q", vec![WIDTH, WIDTH], layer);
        add("attn_k", vec![WIDTH, kv_width], 1);
        add("attn_v", vec![WIDTH, kv_width], 2);
        add("attn_output", vec![WIDTH, WIDTH], 3);
        add("ffn_norm", vec![WIDTH], 0);
        add("ffn_gate", vec![WIDTH, FEED_FORWARD], 4);
        add("ffn_up", vec![WIDTH, FEED_FORWARD], 5);
        add("ffn_down", vec![FEED_FORWARD, WIDTH], 3);
    }
    tensors.push(("output_norm.weight".into(), vec![WIDTH], 0));
    let mut file = Writer(b"GGUF".to_vec());
    file.u32(3);
    file.u64(tensors.len() as u64);
    file.u64(9);
    file.text_entry("general.architecture", "llama");
    for (key, value) in [
        ("llama.embedding_length", WIDTH),
        ("llama.attention.head_count", HEADS),
        ("llama.attention.head_count_kv", KV_HEADS),
        ("llama.block_count", LAYERS),
        ("llama.feed_forward_length", FEED_FORWARD),
        ("llama.context_length", 64),
        ("tokenizer.ggml.eos_token_id", 2),
    ] {
        file.integer_entry(key, value as u32);
    }
    file.array_entry("tokenizer.ggml.tokens", &["a", "b"]);
    let mut data = Writer(Vec::new());
    for (name, dimensions, kind) in &tensors {
        file.text(name);
        file.u32(dimensions.len() as u32);
        dimensions.iter().for_each(|&size| file.u64(size as u64));
        file.u32(*kind);
        file.u64(data.0.len() as u64);
        data.weights(*kind, dimensions.iter().product(), dimensions.len() == 1, &mut random);
        data.pad();
    }
    file.pad();
    file.0.extend(data.0);
    file.0
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// In -1..1.
    fn number(&mut self) -> f32 {
        self.next() as f32 / (1u64 << 30) as f32 - 1.0
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn u32(&mut self, value: u32) {
        self.0.extend(value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    fn text_entry(&mut self, key: &str, value: &str) {
        self.text(key);
        self.u32(8);
        self.text(value);
    }

    fn integer_entry(&mut self, key: &str, value: u32) {
        self.text(key);
        self.u32(4);
        self.u32(value);
    }

    fn array_entry(&mut self, key: &str, values: &[&str]) {
        self.text(key);
        self.u32(9);
        self.u32(8);
        self.u64(values.len() as u64);
        values.iter().for_each(|value| self.text(value));
    }

    fn pad(&mut self) {
        self.0.resize(self.0.len().next_multiple_of(32), 0);
    }

    fn weights(&mut self, kind: u32, count: usize, is_norm: bool, random: &mut Random) {
        // 0x2c00 is 1/16 as a half; near it, so that sums stay small.
        let half = |random: &mut Random| (0x2800 + random.next() % 0x400) as u16;
        match kind {
            0 => (0..count).for_each(|_| {
                let value = if is_norm { 1.0 + random.number() / 4.0 } else { random.number() / 4.0 };
                self.0.extend(value.to_le_bytes());
            }),
            1 => (0..count).for_each(|_| {
                let sign = ((random.next() & 1) << 15) as u16;
                self.0.extend((half(random) | sign).to_le_bytes());
            }),
            30 => (0..count).for_each(|_| self.0.extend(&(random.number() / 4.0).to_le_bytes()[2..])),
            _ => (0..count / 32).for_each(|_| {
                self.0.extend(half(random).to_le_bytes());
                if kind == 3 {
                    self.0.extend((half(random) | 0x8000).to_le_bytes());
                }
                let codes = if kind == 8 { 32 } else { 16 };
                let small =
                    |random: &mut Random| if kind == 8 { (random.next() % 16) as u8 } else { random.next() as u8 };
                (0..codes).for_each(|_| self.0.push(small(random)));
            }),
        }
    }
}
