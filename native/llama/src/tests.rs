//! Is a row's result the same however it is computed, and is a wrong file or call told?

use crate::error::Error;
use crate::kernel::Kernel;
use crate::model::{Model, Wanted};
use crate::testkit::{VOCABULARY, WIDTH, make_model};

fn open(kernel: Kernel) -> Model {
    Model::parse(make_model(1), kernel).unwrap()
}

/// Logits after each token, read one by one.
fn read_slowly(model: &Model, tokens: &[u32]) -> Vec<Vec<f32>> {
    let mut cache = model.new_cache();
    let one = |&token: &u32| model.forward(&mut cache, model.embed(&[token]).unwrap(), None, Wanted::Last).unwrap();
    tokens.iter().map(one).collect()
}

#[test]
fn a_batch_equals_one_by_one_to_the_last_bit() {
    for kernel in [Kernel::Portable, Kernel::detect()] {
        let model = open(kernel);
        for length in [1, 2, 3, 4, 5, 8, 13] {
            let tokens: Vec<u32> = (0..length).map(|i| (i * 7 + 3) % VOCABULARY as u32).collect();
            let embeddings = model.embed(&tokens).unwrap();
            let batch = model.forward(&mut model.new_cache(), embeddings.clone(), None, Wanted::All).unwrap();
            assert_eq!(batch, read_slowly(&model, &tokens).concat());
            let last = model.forward(&mut model.new_cache(), embeddings.clone(), None, Wanted::Last).unwrap();
            assert_eq!(last, batch[batch.len() - VOCABULARY..]);
        }
    }
}

#[test]
fn a_tree_equals_its_paths_to_the_last_bit() {
    let model = open(Kernel::detect());
    let prompt = [4, 9, 1];
    let (tokens, parents) = ([5, 6, 7, 8, 9, 10], [-1, -1, 0, 0, 1, 3]);
    let mut cache = model.new_cache();
    model.forward(&mut cache, model.embed(&prompt).unwrap(), None, Wanted::Last).unwrap();
    let logits = model.forward(&mut cache, model.embed(&tokens).unwrap(), Some(&parents), Wanted::All).unwrap();
    for (node, path) in
        [(0, vec![5]), (1, vec![6]), (2, vec![5, 7]), (3, vec![5, 8]), (4, vec![6, 9]), (5, vec![5, 8, 10])]
    {
        let alone = read_slowly(&model, &[&prompt[..], &path].concat());
        assert_eq!(logits[node * VOCABULARY..(node + 1) * VOCABULARY], alone[alone.len() - 1]);
    }
    cache.keep(prompt.len(), &[0, 3, 5]).unwrap();
    assert_eq!(cache.len(), 6);
    let after = model.forward(&mut cache, model.embed(&[11]).unwrap(), None, Wanted::Last).unwrap();
    assert_eq!(&after, read_slowly(&model, &[4, 9, 1, 5, 8, 10, 11]).last().unwrap());
}

#[test]
fn sequences_together_equal_each_alone_to_the_last_bit() {
    for kernel in [Kernel::Portable, Kernel::detect()] {
        let model = open(kernel);
        for sequences in [1, 2, 3, 4, 5, 9] {
            // Of different lengths, and one of them empty.
            let mut texts: Vec<Vec<u32>> =
                (0..sequences).map(|i| (0..i * 3).map(|j| (i * 5 + j * 7) % VOCABULARY as u32).collect()).collect();
            let mut caches: Vec<_> = texts
                .iter()
                .map(|text| {
                    let mut cache = model.new_cache();
                    if !text.is_empty() {
                        model.forward(&mut cache, model.embed(text).unwrap(), None, Wanted::Last).unwrap();
                    }
                    cache
                })
                .collect();
            for step in 0..3 {
                let tokens: Vec<u32> = (0..sequences).map(|i| (i * 11 + step) % VOCABULARY as u32).collect();
                let mut together: Vec<_> = caches.iter_mut().collect();
                let logits = model.forward_together(&mut together, model.embed(&tokens).unwrap()).unwrap();
                for ((text, token), row) in texts.iter_mut().zip(tokens).zip(logits.chunks(VOCABULARY)) {
                    text.push(token);
                    assert_eq!(row, read_slowly(&model, text).last().unwrap());
                }
            }
            assert!(caches.iter().zip(&texts).all(|(cache, text)| cache.len() == text.len()));
        }
    }
}

#[test]
fn sequences_that_do_not_fit_are_left_as_they_were() {
    let model = open(Kernel::detect());
    let (mut full, mut short) = (model.new_cache(), model.new_cache());
    let ones = model.embed(&[1; 64]).unwrap();
    model.forward(&mut full, ones, None, Wanted::Last).unwrap();
    let two = model.embed(&[1, 2]).unwrap();
    let told = model.forward_together(&mut [&mut short, &mut full], two.clone()).unwrap_err().to_string();
    assert!(told.contains("longer than 64 tokens"));
    assert_eq!((short.len(), full.len()), (0, 64));
    assert!(model.forward_together(&mut [&mut short], two).unwrap_err().to_string().contains("2 rows for 1"));
    assert!(model.forward_together(&mut [], Vec::new()).is_err());
}

#[test]
fn the_largest_logits_are_those_of_the_logits() {
    let model = open(Kernel::detect());
    let (tokens, parents) = ([4, 9, 1, 7, 30], [-1, 0, 0, 2, -1]);
    let embeddings = model.embed(&tokens).unwrap();
    let logits = model.forward(&mut model.new_cache(), embeddings.clone(), Some(&parents), Wanted::All).unwrap();
    for limit in [1, 8, VOCABULARY] {
        let found = model.forward_largest(&mut model.new_cache(), embeddings.clone(), Some(&parents), limit).unwrap();
        for (row, found) in logits.chunks(VOCABULARY).zip(found.chunks(limit)) {
            let mut expected: Vec<u32> = (0..VOCABULARY as u32).collect();
            expected.sort_by(|&a, &b| row[b as usize].total_cmp(&row[a as usize]));
            assert_eq!(found, &expected[..limit]);
        }
    }
    for limit in [0, VOCABULARY + 1] {
        assert!(model.forward_largest(&mut model.new_cache(), embeddings.clone(), None, limit).is_err());
    }
}

#[test]
fn a_truncated_cache_forgets() {
    let model = open(Kernel::detect());
    let mut cache = model.new_cache();
    model.forward(&mut cache, model.embed(&[1, 2, 3, 4]).unwrap(), None, Wanted::Last).unwrap();
    cache.truncate(2);
    let after = model.forward(&mut cache, model.embed(&[7]).unwrap(), None, Wanted::Last).unwrap();
    assert_eq!(&after, read_slowly(&model, &[1, 2, 7]).last().unwrap());
    assert!(cache.keep(0, &[1, 1]).is_err());
    assert!(cache.keep(2, &[1]).is_err());
    cache.keep(3, &[]).unwrap();
}

#[test]
fn one_token_superposed_is_the_token() {
    let model = open(Kernel::detect());
    assert_eq!(model.superpose(&[9], &[1.0]).unwrap(), model.embed(&[9]).unwrap());
    let mixed = model.superpose(&[9, 4], &[0.25, 0.75]).unwrap();
    let parts = model.embed(&[9, 4]).unwrap();
    for (i, value) in mixed.iter().enumerate() {
        assert!((value - (0.25 * parts[i] + 0.75 * parts[WIDTH + i])).abs() < 1e-6);
    }
    assert!(matches!(model.superpose(&[9], &[]), Err(Error::Argument(_))));
}

#[test]
fn fast_and_portable_instructions_agree_to_the_last_bit() {
    let tokens = [1, 2, 3, 4, 5];
    let logits = |kernel| read_slowly(&open(kernel), &tokens).concat();
    assert_eq!(logits(Kernel::detect()), logits(Kernel::Portable));
}

#[test]
fn wrong_calls_are_told() {
    let model = open(Kernel::detect());
    let one = model.embed(&[1]).unwrap();
    let ask = |embeddings: &[f32], parents: Option<&[i32]>| {
        model
            .forward(&mut model.new_cache(), embeddings.to_vec(), parents, Wanted::Last)
            .map(|_| ())
            .unwrap_err()
            .to_string()
    };
    assert!(ask(&[], None).contains("not 1 to 512 embeddings"));
    assert!(ask(&one[1..], None).contains("embeddings"));
    assert!(ask(&one, Some(&[0])).contains("not -1 or an earlier row"));
    assert!(ask(&one, Some(&[-2])).contains("not -1 or an earlier row"));
    assert!(ask(&one, Some(&[])).contains("0 parents for 1 rows"));
    assert!(ask(&one.repeat(65), None).contains("longer than 64 tokens"));
    assert!(matches!(model.embed(&[VOCABULARY as u32]), Err(Error::Argument(_))));
}

/// A damaged file is an error or another model, never a panic.
#[test]
fn damaged_files_are_told() {
    let bytes = make_model(2);
    for end in (0..2048).chain((2048..bytes.len()).step_by(97)) {
        assert!(Model::parse(bytes[..end].to_vec(), Kernel::Portable).is_err(), "cut at {end}");
    }
    for position in 0..2048 {
        for bit in [0, 3, 7] {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1 << bit;
            if let Ok(model) = Model::parse(damaged, Kernel::Portable) {
                let embeddings = model.embed(&[0]).unwrap();
                let _ = model.forward(&mut model.new_cache(), embeddings.clone(), None, Wanted::Last);
            }
        }
    }
}
