//! Which JavaScript loads a compiled wasm module? `wasm-glue MODULE.wasm web|nodejs FOLDER`.

use std::error::Error;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, target, folder] = arguments.as_slice() else {
        return Err("usage: wasm-glue MODULE.wasm web|nodejs FOLDER".into());
    };
    let mut bindgen = Bindgen::new();
    match target.as_str() {
        "web" => bindgen.web(true)?,
        "nodejs" => bindgen.nodejs(true)?,
        _ => return Err(format!("target {target}: web or nodejs expected").into()),
    };
    bindgen.input_path(module).typescript(true).remove_producers_section(true).remove_name_section(true);
    bindgen.generate(folder)?;
    Ok(())
}
