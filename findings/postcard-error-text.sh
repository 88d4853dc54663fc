#!/usr/bin/env bash
# postcard 1.2.0: the text of an error that a type's own Deserialize gives is lost.
#
# A type may refuse a value with serde's `Error::custom("there is no model `vax`")`. serde_json hands that text on.
# postcard drops it: `from_bytes` returns `Error::SerdeDeCustom`, a variant without a text, and what it
# displays is the same for every such error. A program that wants to say what was wrong with a value has to check it after
# decoding, not in Deserialize.
#
# Expected output:
#   serde_json: there is no model `vax`
#   postcard: Serde Deserialization Error
#   SerdeDeCustom
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
postcard = { version = "=1.2.0", default-features = false, features = ["alloc"] }
serde = "1"
serde_json = "=1.0.145"
TOML
cat > "$folder/src/main.rs" <<'RUST'
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

#[derive(Debug)]
struct Model;

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Model, D::Error> {
        let id = String::deserialize(deserializer)?;
        match id.as_str() {
            "arm" => Ok(Model),
            other => Err(D::Error::custom(format!("there is no model `{other}`"))),
        }
    }
}

fn main() {
    let json = serde_json::from_str::<Model>("\"vax\"").unwrap_err();
    println!("serde_json: {json}");
    let bytes = postcard::to_allocvec("vax").unwrap();
    let error = postcard::from_bytes::<Model>(&bytes).unwrap_err();
    println!("postcard: {error}");
    println!("{error:?}");
}
RUST
expected='serde_json: there is no model `vax`
postcard: Serde Deserialization Error
SerdeDeCustom'
actual=$(cargo run --quiet --manifest-path "$folder/Cargo.toml")
printf '%s\n' "$actual"
if [[ "$actual" != "$expected" ]]; then
  echo "changed: the output above is not what postcard 1.2.0 printed" >&2
  exit 1
fi
