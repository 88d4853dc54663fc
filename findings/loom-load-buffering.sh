#!/usr/bin/env bash
# loom 0.7.2: an exhaustive check of load buffering never ends with both loads at 1.
#
# Two threads each read one atomic and then write 1 to the other one, all with Ordering::Relaxed. The language's
# memory model allows both loads to return 1, and Arm and POWER hardware may do so, since a write may pass an earlier
# read of another location. loom says that it runs every execution of the program, yet it runs the operations of a
# thread in program order and lets only loads choose an older value, so that this outcome is not among its
# executions. An assertion that fails just there passes: "no execution failed" does not cover load buffering.
#
# Expected output:
#   (0, 0) (0, 1) (1, 0)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat > "$folder/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
loom = "=0.7.2"
TOML
cat > "$folder/src/main.rs" <<'RUST'
use std::collections::BTreeSet;
use std::sync::Mutex;

use loom::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use loom::sync::Arc;
use loom::thread;

static SEEN: Mutex<BTreeSet<(usize, usize)>> = Mutex::new(BTreeSet::new());

fn side(from: &AtomicUsize, to: &AtomicUsize) -> usize {
    let read = from.load(Relaxed);
    to.store(1, Relaxed);
    read
}

fn main() {
    loom::model(|| {
        let x = Arc::new(AtomicUsize::new(0));
        let y = Arc::new(AtomicUsize::new(0));
        let (x2, y2) = (x.clone(), y.clone());
        let other = thread::spawn(move || side(&y2, &x2));
        let here = side(&x, &y);
        SEEN.lock().unwrap().insert((here, other.join().unwrap()));
    });
    let seen: Vec<String> = SEEN.lock().unwrap().iter().map(|pair| format!("{pair:?}")).collect();
    println!("{}", seen.join(" "));
}
RUST
expected='(0, 0) (0, 1) (1, 0)'
actual=$(cargo run --quiet --manifest-path "$folder/Cargo.toml")
printf '%s\n' "$actual"
if [[ "$actual" != "$expected" ]]; then
  echo "changed: the output above is not what loom 0.7.2 printed" >&2
  exit 1
fi
