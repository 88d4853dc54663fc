//! What `--help` prints.

/// The name, one line, and the long help of each command.
const COMMANDS: &[(&str, &str, &str)] = &[
    (
        "serve",
        "build the page and serve it on this machine, rebuilding on every change",
        "usage: cargo xtask serve [--port N] [--release]

  --port N     the port on 127.0.0.1 (8080)
  --release    the optimised build: slower to build, as fast as the finished site

examples:
  cargo xtask serve
  cargo xtask serve --port 9000 --release
",
    ),
    (
        "test",
        "run every check and test, the fast ones first",
        "usage: cargo xtask test [--quick] [--only STEP[,STEP…]] [--specs NAME[,NAME…]]

  --quick      leave out what needs the finished site: dist, size and browser
  --only       run just these steps, each with what it needs:
               rustfmt, house, clippy, clippy-wasm, unit, dist, size, browser
  --specs      of the browser tests only the files whose name contains NAME

With STALEBUS_ORACLE set to a folder of another tool's verdicts, or STALEBUS_HERD7 to the command
that runs herd7, the tests that compare with it run as well; without, they are skipped.
The table at the end says how long each step took. The last line is `N passed, N failed, N skipped`,
counted in steps.

examples:
  cargo xtask test
  cargo xtask test --quick
  cargo xtask test --only browser --specs smoke
",
    ),
    (
        "check",
        "the fast checks alone: format, clippy, house rules",
        "usage: cargo xtask check

example:
  cargo xtask check
",
    ),
    (
        "dist",
        "build the finished site into dist/",
        "usage: cargo xtask dist

Writes dist/index.html with hashed files beside it, and dist/stale-bus.html, the whole
laboratory in one file that runs without a server. dist/ can be served from any folder.

example:
  cargo xtask dist && python3 -m http.server --directory dist
",
    ),
    (
        "engine",
        "build the engine's module, which Trunk copies and does not build",
        "usage: cargo xtask engine [--release]

Trunk calls it before each of its builds. Writes target/engine.

example:
  cargo xtask engine --release
",
    ),
    (
        "editor",
        "bundle the editor of the litmus lab into target/editor/",
        "usage: cargo xtask editor

`serve` and `dist` do it by themselves. Trunk.toml has Trunk call it after each build.

example:
  cargo xtask editor
",
    ),
    (
        "size",
        "measure dist/ against the size budget",
        "usage: cargo xtask size

Prints raw and brotli sizes and fails when one is over its budget. Builds dist/ when there is none.

example:
  cargo xtask dist && cargo xtask size
",
    ),
    (
        "shots",
        "take the screenshots of docs/screenshots",
        "usage: cargo xtask shots

Drives dist/ to the states that tests/browser/shots.mjs lists and writes a PNG of each. Builds
dist/ when there is none.

example:
  cargo xtask dist && cargo xtask shots
",
    ),
    (
        "bench",
        "run the benchmarks",
        "usage: cargo xtask bench [-- ARGS…]

ARGS go to the benchmark program as they are.

example:
  cargo xtask bench
",
    ),
    (
        "setup",
        "install whatever the other commands need",
        "usage: cargo xtask setup [--only NEED[,NEED…]]

  --only       just these: wasm, trunk, wasm-bindgen, node, chromium

Every command calls the part that it needs, so this is for getting it over with.
Trunk and wasm-bindgen go below $XDG_CACHE_HOME or ~/.cache, in stalebus/tools; nothing is
installed twice. Where there is cargo-binstall, it fetches them; else they are built. A browser elsewhere: STALEBUS_CHROMIUM=/path/to/chromium.

examples:
  cargo xtask setup
  cargo xtask setup --only wasm,trunk,wasm-bindgen
",
    ),
];

/// The list of commands.
pub fn overview() -> String {
    let mut text = String::from("usage: cargo xtask COMMAND [OPTIONS]\n\n");
    for (name, line, _) in COMMANDS {
        text.push_str(&format!("  {name:<8} {line}\n"));
    }
    text.push_str("\n`cargo xtask COMMAND --help` tells more.\n");
    text
}

/// The help of one command; the list when there is no such command.
pub fn of(command: &str) -> String {
    COMMANDS
        .iter()
        .find(|(name, ..)| *name == command)
        .map_or_else(overview, |(name, line, text)| {
            format!("{name}: {line}\n\n{text}")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_usage_and_an_example() {
        for (name, _, text) in COMMANDS {
            assert!(
                text.contains(&format!("usage: cargo xtask {name}")),
                "{name}"
            );
            assert!(text.contains("example"), "{name}");
        }
    }
}
