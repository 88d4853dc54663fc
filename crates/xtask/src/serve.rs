//! The development server.

use std::net::{Ipv4Addr, TcpListener};

use crate::args::Args;
use crate::process::Job;
use crate::tools::Beside;
use crate::{Outcome, engine, setup, workspace};

/// What the page is built from. Trunk would watch the whole checkout, and build anew for a changed document.
const WATCHED: &[&str] = &[
    "Cargo.toml",
    "crates",
    "editor",
    "engine",
    "index.html",
    "scenarios",
    "src",
    "static",
    "styles",
];

/// `cargo xtask serve`.
pub fn run(words: &[String]) -> Outcome {
    let mut args = Args::new("serve", words);
    let release = args.flag("--release");
    let port = match args.value("--port")? {
        None => 8080,
        Some(text) => text
            .parse::<u16>()
            .ok()
            .filter(|port| *port != 0)
            .ok_or_else(|| args.wrong(&format!("`{text}` is no port")))?,
    };
    args.finish()?;
    // Trunk would say so only after the build.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
        format!(
            "port {port} cannot be used: {error}\n  Try another: cargo xtask serve --port {}",
            port.wrapping_add(1).max(1024)
        )
    })?;

    let mut trunk = setup::trunk_command((!release).then(page))?;
    trunk.args([
        "serve",
        "--offline",
        "--address",
        "127.0.0.1",
        "--port",
        &port.to_string(),
    ]);
    // Trunk stops when it is told to watch something that is not there.
    for path in WATCHED
        .iter()
        .filter(|path| workspace::root().join(path).exists())
    {
        trunk.args(["--watch", path]);
    }
    if release {
        trunk.arg("--release");
    }
    println!("\n  Stale Bus: http://127.0.0.1:{port}/");
    println!("  It answers when Trunk says \"server listening\"; Ctrl-C ends it.\n");
    replace_by(trunk)
}

/// The page and its engine, which a first run compiles while it builds the tools: Cargo's part of the work needs neither.
fn page() -> Beside {
    let mut page = workspace::cargo();
    page.args(["build", "--target", setup::WASM]);
    Beside {
        job: Job {
            what: "the page".to_owned(),
            commands: vec![engine::cargo("dev"), page],
            crates: 110,
        },
        work: 140,
    }
}

/// Becomes Trunk, so that whoever stops this process stops the server, and no orphan keeps the port.
#[cfg(unix)]
fn replace_by(mut command: std::process::Command) -> Outcome {
    use std::os::unix::process::CommandExt as _;
    Err(format!("Trunk did not start: {}", command.exec()))
}

#[cfg(not(unix))]
fn replace_by(mut command: std::process::Command) -> Outcome {
    crate::process::run("Trunk", &mut command)
}
