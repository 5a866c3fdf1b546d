//! What do the fuzzers begin with? Writes `corpus/TARGET/NAME` into the current folder.

use std::path::Path;

fn main() -> std::io::Result<()> {
    for (target, name, bytes) in fmindex::testkit::hostile::seeds() {
        let folder = Path::new("corpus").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}
