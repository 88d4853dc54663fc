//! The models, as data.

use std::sync::LazyLock;

use crate::algebra::{Graph, Line, read};

/// A memory model.
#[derive(Debug)]
pub struct Model {
    /// Its name on the command line: `lkmm`.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// Its definitions.
    pub graph: Graph,
    /// The check that is acyclicity of an order which every read from another CPU is in.
    pub order: Option<&'static str>,
    /// That order speaks of marked accesses only.
    pub marked_only: bool,
    /// Entering an SRCU section reads its domain, and leaving it writes the cookie there.
    pub domain_accesses: bool,
    /// The operands of one expression have no order but that of what is computed from them.
    pub unsequenced: bool,
    /// The store of a `cmpxchg()` depends on the value that it expects, that of an `add_unless()` on its limit.
    pub comparisons_order: bool,
    /// Coherence and atomicity are as in every model, so that they may be drawn while candidates are built.
    pub(crate) usual: bool,
    pub(crate) lines: Vec<Line>,
}

/// How many lines the common part has.
pub(crate) fn common_lines() -> usize {
    read(COMMON).map_or(0, |lines| lines.len())
}

const COMMON: &str = include_str!("models/common.cat");

fn lines(text: &str) -> Vec<Line> {
    // The texts are part of the crate, and a test reads each of them.
    read(COMMON)
        .and_then(|mut lines| {
            lines.extend(read(text)?);
            Ok(lines)
        })
        .unwrap_or_default()
}

impl Model {
    fn new(id: &'static str, name: &'static str, text: &str, order: &'static str) -> Model {
        let lines = lines(text);
        Model {
            id,
            name,
            graph: Graph::compile(&lines).unwrap_or_default(),
            order: Some(order),
            marked_only: id == "lkmm",
            domain_accesses: id == "lkmm",
            unsequenced: id == "lkmm",
            comparisons_order: id != "lkmm",
            usual: true,
            lines,
        }
    }
}

macro_rules! models {
    ($($(#[$doc:meta])* $name:ident = $id:literal $text:literal $order:literal $file:literal;)*) => {
        $($(#[$doc])* pub static $name: LazyLock<Model> =
            LazyLock::new(|| Model::new($id, $text, include_str!($file), $order));)*
        /// Every model.
        pub static ALL: [&LazyLock<Model>; 5] = [$(&$name),*];
        impl Model {
            /// The model of this name. Only this one is read.
            #[must_use]
            pub fn by_id(id: &str) -> Option<&'static Model> {
                match id {
                    $($id => Some(&*$name),)*
                    _ => None,
                }
            }
        }
        #[cfg(test)]
        const TEXTS: &[(&str, &str)] = &[$(($id, include_str!($file))),*];
    };
}

models! {
    /// Sequential consistency.
    SC = "sc" "SC" "order" "models/sc.cat";
    /// x86.
    TSO = "tso" "x86-TSO" "order" "models/tso.cat";
    /// Stores to different locations may overtake one another.
    PSO = "pso" "PSO" "order" "models/pso.cat";
    /// Armv8.
    ARM = "arm" "Arm" "order" "models/arm.cat";
    /// The Linux-kernel memory model.
    LKMM = "lkmm" "LKMM" "happens-before" "models/lkmm.cat";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_can_be_read() {
        for (id, text) in TEXTS {
            let mut lines = read(COMMON).unwrap();
            lines.extend(read(text).unwrap_or_else(|e| panic!("{id}: {e}")));
            let graph = Graph::compile(&lines).unwrap_or_else(|e| panic!("{id}: {e}"));
            assert!(graph.checks.len() >= 3, "{id}");
        }
    }
}
