//! Models with a piece left out. A test corpus is good when it notices each of them.

use crate::algebra::{CheckKind, Expr, Graph, Line};
use crate::models::{Model, common_lines};

/// A model with one piece left out.
#[derive(Debug)]
pub struct Mutant {
    /// What is left out: "clause 2 of ppo".
    pub what: String,
    /// The rest.
    pub model: Model,
}

/// Every mutant of a model: without one of its axioms; without one part of a union
/// in a definition; without one optional or repeated factor of a sequence.
#[must_use]
pub fn mutants(model: &Model) -> Vec<Mutant> {
    let common = common_lines();
    let mut out = Vec::new();
    for (at, line) in model.lines.iter().enumerate() {
        match line {
            Line::Check { kind, name, .. } => {
                let mut lines = model.lines.clone();
                lines.remove(at);
                let what = if *kind == CheckKind::Flag {
                    "flag"
                } else {
                    "axiom"
                };
                out.extend(mutant(model, format!("{what} {name}"), lines, at >= common));
            }
            Line::Let { name, rec, value } => {
                let mut smaller = Vec::new();
                without_one(value, &mut smaller);
                for (piece, value) in smaller {
                    let mut lines = model.lines.clone();
                    lines[at] = Line::Let {
                        name: name.clone(),
                        rec: *rec,
                        value,
                    };
                    let what = format!("{name} without {piece}");
                    out.extend(mutant(model, what, lines, at >= common));
                }
            }
        }
    }
    out
}

fn mutant(model: &Model, what: String, lines: Vec<Line>, usual: bool) -> Option<Mutant> {
    let graph = Graph::compile(&lines).ok()?;
    // Without its check, or with less in it, the order is still an order of the model.
    let order = model
        .order
        .filter(|name| graph.checks.iter().any(|check| check.name == **name));
    Some(Mutant {
        what,
        model: Model {
            graph,
            lines,
            order,
            usual,
            ..*model
        },
    })
}

/// An expression with one piece less, and the text of that piece.
fn without_one(expr: &Expr, out: &mut Vec<(String, Expr)>) {
    let each = |parts: &[Expr], make: fn(Vec<Expr>) -> Expr, out: &mut Vec<(String, Expr)>| {
        for (at, part) in parts.iter().enumerate() {
            let mut inner = Vec::new();
            without_one(part, &mut inner);
            for (piece, smaller) in inner {
                let mut parts = parts.to_vec();
                parts[at] = smaller;
                out.push((piece, make(parts)));
            }
        }
    };
    let drop = |parts: &[Expr], at: usize, make: fn(Vec<Expr>) -> Expr| {
        let mut parts = parts.to_vec();
        parts.remove(at);
        match parts.len() {
            1 => parts.remove(0),
            _ => make(parts),
        }
    };
    match expr {
        Expr::Union(parts) => {
            for (at, part) in parts.iter().enumerate() {
                out.push((show(part), drop(parts, at, Expr::Union)));
            }
            each(parts, Expr::Union, out);
        }
        Expr::Sequence(parts) => {
            for (at, part) in parts.iter().enumerate() {
                if matches!(part, Expr::Optional(_) | Expr::Star(_)) && parts.len() > 1 {
                    out.push((show(part), drop(parts, at, Expr::Sequence)));
                }
            }
            // A name that stands for something repeated or optional is left out where it is defined.
            each(parts, Expr::Sequence, out);
        }
        Expr::Intersection(parts) => each(parts, Expr::Intersection, out),
        Expr::Difference(a, b) => {
            let mut inner = Vec::new();
            without_one(a, &mut inner);
            out.extend(
                inner
                    .into_iter()
                    .map(|(piece, a)| (piece, Expr::Difference(Box::new(a), b.clone()))),
            );
        }
        Expr::Optional(a) => wrapped(a, Expr::Optional, out),
        Expr::Star(a) => wrapped(a, Expr::Star, out),
        Expr::Plus(a) => wrapped(a, Expr::Plus, out),
        Expr::Inverse(a) => wrapped(a, Expr::Inverse, out),
        Expr::Name(_) | Expr::On(_) | Expr::Not(_) | Expr::Call(..) => {}
    }
}

fn wrapped(a: &Expr, make: fn(Box<Expr>) -> Expr, out: &mut Vec<(String, Expr)>) {
    let mut inner = Vec::new();
    without_one(a, &mut inner);
    out.extend(
        inner
            .into_iter()
            .map(|(piece, a)| (piece, make(Box::new(a)))),
    );
}

/// An expression as text.
fn show(expr: &Expr) -> String {
    let list = |parts: &[Expr], separator: &str| {
        let parts: Vec<String> = parts.iter().map(show).collect();
        format!("({})", parts.join(separator))
    };
    match expr {
        Expr::Name(name) => name.clone(),
        Expr::On(set) => format!("[{}]", show(set)),
        Expr::Union(parts) => list(parts, " | "),
        Expr::Sequence(parts) => list(parts, " ; "),
        Expr::Intersection(parts) => list(parts, " & "),
        Expr::Difference(a, b) => format!("({} \\ {})", show(a), show(b)),
        Expr::Not(a) => format!("~{}", show(a)),
        Expr::Optional(a) => format!("{}?", show(a)),
        Expr::Star(a) => format!("{}*", show(a)),
        Expr::Plus(a) => format!("{}+", show(a)),
        Expr::Inverse(a) => format!("{}^-1", show(a)),
        Expr::Call(name, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(show).collect();
            format!("{name}({})", arguments.join(", "))
        }
    }
}
