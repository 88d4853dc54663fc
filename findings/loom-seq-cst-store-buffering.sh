#!/usr/bin/env bash
# loom 0.7.2: store buffering with sequentially consistent accesses still ends with both loads at 0.
#
# Two threads each write one atomic and then read the other one. Every operation has Ordering::SeqCst. The
# language's memory model forbids the result 0/0: the four operations have one total order. loom, which checks every
# execution of such a program, reports 0/0 all the same, and does so too where each write is a SeqCst `swap`, which
# is one locked instruction on x86. It gives SeqCst accesses the meaning of AcqRel. Only a SeqCst *fence* between
# the two accesses takes 0/0 away. So an algorithm that is right by its SeqCst accesses fails under loom, and an
# outcome that loom shows is no proof that the program can have it.
#
# Expected output:
#   stores: 0/0 reached
#   swaps: 0/0 reached
#   fences: 0/0 not reached
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
use std::sync::atomic::{AtomicBool, Ordering as Std};
use std::sync::Arc as StdArc;

use loom::sync::atomic::{fence, AtomicUsize, Ordering};
use loom::sync::Arc;
use loom::thread;

type Side = fn(&AtomicUsize, &AtomicUsize) -> usize;

fn reached(side: Side) -> bool {
    let both_zero = StdArc::new(AtomicBool::new(false));
    let seen = both_zero.clone();
    loom::model(move || {
        let x = Arc::new(AtomicUsize::new(0));
        let y = Arc::new(AtomicUsize::new(0));
        let (x2, y2) = (x.clone(), y.clone());
        let other = thread::spawn(move || side(&y2, &x2));
        let (here, there) = (side(&x, &y), other.join().unwrap());
        if here == 0 && there == 0 {
            seen.store(true, Std::SeqCst);
        }
    });
    both_zero.load(Std::SeqCst)
}

fn main() {
    let sides: [(&str, Side); 3] = [
        ("stores", |mine, theirs| {
            mine.store(1, Ordering::SeqCst);
            theirs.load(Ordering::SeqCst)
        }),
        ("swaps", |mine, theirs| {
            mine.swap(1, Ordering::SeqCst);
            theirs.load(Ordering::SeqCst)
        }),
        ("fences", |mine, theirs| {
            mine.store(1, Ordering::Relaxed);
            fence(Ordering::SeqCst);
            theirs.load(Ordering::Relaxed)
        }),
    ];
    for (name, side) in sides {
        println!("{name}: 0/0 {}", if reached(side) { "reached" } else { "not reached" });
    }
}
RUST
expected='stores: 0/0 reached
swaps: 0/0 reached
fences: 0/0 not reached'
actual=$(cargo run --quiet --manifest-path "$folder/Cargo.toml")
printf '%s\n' "$actual"
if [[ "$actual" != "$expected" ]]; then
  echo "changed: the output above is not what loom 0.7.2 printed" >&2
  exit 1
fi
