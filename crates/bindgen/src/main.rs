//! The `wasm-bindgen` command, as far as Trunk and `cargo xtask` use it.
//!
//! The whole tool of the package `wasm-bindgen-cli` also runs tests, for which it has an HTTP server and a client. They
//! are most of what a newcomer would wait for. The work itself is done by the library that this program calls, too.

mod options;

use std::process::ExitCode;

use options::{Job, Options, Target};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let outcome = match options::read(std::env::args_os().skip(1)) {
        Ok(Job::Version) => {
            // The word and the number are what Trunk reads.
            println!("wasm-bindgen {}", wasm_bindgen_shared::version());
            Ok(())
        }
        Ok(Job::Bind(options)) => bind(options),
        Err(message) => Err(message),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn bind(options: Options) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    match options.target {
        Target::Web => bindgen.web(true),
        Target::NoModules => bindgen.no_modules(true),
    }
    .map_err(|error| format!("{error:#}"))?;
    if let Some(name) = &options.out_name {
        bindgen.out_name(name);
    }
    bindgen
        .input_path(&options.input)
        .typescript(options.typescript)
        .demangle(options.demangle)
        .keep_debug(options.keep_debug)
        // As the whole tool does: the script knows where its module is.
        .omit_default_module_path(false)
        .generate(&options.out_dir)
        .map_err(|error| format!("{}: {error:#}", options.input.display()))
}
