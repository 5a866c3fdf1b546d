#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fmindex::testkit::hostile::open(bytes));
