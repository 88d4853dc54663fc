//! The engine as a WebAssembly module: bytes in, bytes out.
//!
//! `static/engine.js` runs it, in a worker or on the page's thread.

use service::Engine;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds since some moment; a worker has it as well as a page.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;

    /// Keeps what a panic says: the exception that follows it says nothing.
    #[wasm_bindgen(js_name = stalebusEnginePanicked)]
    fn panicked(message: &str);
}

/// The engine of a worker or page.
#[wasm_bindgen]
pub struct Host(Engine);

#[wasm_bindgen]
impl Host {
    /// Without questions.
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "it is called from a script")]
    pub fn new() -> Host {
        std::panic::set_hook(Box::new(|what| panicked(&what.to_string())));
        Host(Engine::new())
    }

    /// Takes a message.
    pub fn receive(&mut self, message: &[u8]) {
        self.0.receive(message);
    }

    /// Searches for so many milliseconds and gives the answers, each behind its length (four bytes, the lowest first).
    pub fn run(&mut self, milliseconds: f64) -> Vec<u8> {
        let mut all = Vec::new();
        for answer in self.0.run(milliseconds, &now) {
            all.extend_from_slice(&(answer.len() as u32).to_le_bytes());
            all.extend_from_slice(&answer);
        }
        all
    }

    /// There is something to search or to say.
    pub fn busy(&self) -> bool {
        self.0.busy()
    }
}
