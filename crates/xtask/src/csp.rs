//! The Content-Security-Policy of the finished pages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy of dist/index.html: nothing but the site's own files.
///
/// Trunk.toml holds the same with a nonce for the served debug page; a test compares the two.
pub const SITE: &[&str] = &[
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
];

/// The policy of the single file: exactly these scripts and this style sheet, a worker of its own making, and no
/// request at all.
pub fn single(scripts: &[&str], style: &str) -> String {
    let scripts: Vec<String> = scripts.iter().map(|script| source(script)).collect();
    [
        "default-src 'none'",
        &format!("script-src {} 'wasm-unsafe-eval'", scripts.join(" ")),
        &format!("style-src {}", source(style)),
        "img-src data: blob:",
        // The engine's worker is made of a text that the page holds.
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    .join("; ")
}

/// The hash that admits an inline element with this text.
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_known_script() {
        // The example of the Content-Security-Policy specification, section 8.3.
        let hash = source("alert('Hello, world.');");
        assert_eq!(
            hash,
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }

    #[test]
    fn the_served_page_has_the_same_policy_but_for_the_nonce() {
        let trunk = include_str!("../../../Trunk.toml");
        let start = trunk.find("csp = [").expect("Trunk.toml sets the policy");
        let served: Vec<String> = trunk[start..]
            .lines()
            .skip(1)
            .take_while(|line| line.trim() != "]")
            .map(|line| {
                line.trim()
                    .trim_end_matches(',')
                    .trim_matches('"')
                    .replace(" 'nonce-{{NONCE}}'", "")
            })
            .collect();
        assert_eq!(served, SITE);
    }
}
