//! Puts functions that are alike next to one another: what compresses a module finds the same bytes nearer then.
//!
//! Each function is followed by the one that has most in common with it. What they have in common is counted in pairs of
//! instructions, of which one that few functions have counts more than one that many have.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{CodeSection, FunctionSection};
use wasmparser::{
    BinaryReaderError, CustomSectionReader, FunctionBody, FunctionSectionReader, Operator, Parser,
    Payload, TypeRef,
};

/// A pair of instructions that more functions have than this says nothing of any.
const COMMON: usize = 400;

/// How much two functions must have in common to stand next to one another for it.
const ENOUGH: f64 = 0.2;

/// A function that calls through the table and has no more instructions than this is nothing but a call.
const STAND_IN: usize = 12;

/// The same module with its functions in another order, and without custom sections.
///
/// # Errors
/// When the module cannot be read.
pub fn alike(module: &[u8]) -> Result<Vec<u8>, String> {
    let say = |error: &dyn std::error::Error| format!("the module cannot be put in order: {error}");
    let read = Functions::read(module).map_err(|error| say(&error))?;
    let order = read.order();
    let mut index: Vec<u32> = (0..read.imported).collect();
    index.resize(index.len() + order.len(), 0);
    for (to, from) in (read.imported..).zip(&order) {
        index[read.imported as usize + from] = to;
    }
    let bodies = order.iter().map(|at| read.functions[*at].body.clone());
    let mut reordered = Reordered {
        index,
        types: order.iter().map(|at| read.functions[*at].ty).collect(),
        bodies: bodies.collect(),
    };
    let mut written = wasm_encoder::Module::new();
    reordered
        .parse_core_module(&mut written, Parser::new(0), module)
        .map_err(|error| say(&error))?;
    Ok(written.finish())
}

/// A function of the module itself.
struct Function<'a> {
    body: FunctionBody<'a>,
    /// The number of its type.
    ty: u32,
    /// Pairs of instructions as they are encoded, and how often it has each.
    pairs: BTreeMap<&'a [u8], u32>,
    /// How many instructions it has.
    length: usize,
    stand_in: bool,
}

struct Functions<'a> {
    imported: u32,
    functions: Vec<Function<'a>>,
    /// How often each of them is called.
    calls: Vec<usize>,
}

impl<'a> Functions<'a> {
    fn read(module: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let (mut imported, mut types) = (0, Vec::new());
        let mut read = Self {
            imported,
            functions: Vec::new(),
            calls: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => {
                    types = section.into_iter().collect::<Result<_, _>>()?;
                    read.imported = imported;
                    read.calls = vec![0; types.len()];
                }
                Payload::CodeSectionEntry(body) => {
                    let ty = types[read.functions.len()];
                    read.add(module, body, ty)?;
                }
                _ => {}
            }
        }
        Ok(read)
    }

    fn add(
        &mut self,
        module: &'a [u8],
        body: FunctionBody<'a>,
        ty: u32,
    ) -> Result<(), BinaryReaderError> {
        let mut operators = body.get_operators_reader()?;
        let mut starts = vec![body.range().start];
        let mut pairs = BTreeMap::new();
        let mut indirect = false;
        while !operators.eof() {
            let (operator, start) = operators.read_with_offset()?;
            let end = operators.original_position();
            // What comes before the first is the function's variables.
            let before = starts[starts.len() - 1];
            *pairs.entry(&module[before..end]).or_default() += 1;
            starts.push(start);
            match operator {
                Operator::Call { function_index } => {
                    let own = function_index.checked_sub(self.imported);
                    if let Some(count) = own.and_then(|at| self.calls.get_mut(at as usize)) {
                        *count += 1;
                    }
                }
                Operator::CallIndirect { .. } => indirect = true,
                _ => {}
            }
        }
        let length = starts.len() - 1;
        self.functions.push(Function {
            body,
            ty,
            pairs,
            length,
            stand_in: indirect && length <= STAND_IN,
        });
        Ok(())
    }

    /// The numbers of the functions in their new order.
    fn order(&self) -> Vec<usize> {
        let mut having: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for (at, function) in self.functions.iter().enumerate() {
            for pair in function.pairs.keys() {
                having.entry(pair).or_default().push(at);
            }
        }
        having.retain(|_, functions| (2..=COMMON).contains(&functions.len()));

        let mut waiting: Vec<bool> = self.functions.iter().map(|one| !one.stand_in).collect();
        let mut most_called: Vec<usize> = (0..waiting.len()).filter(|at| waiting[*at]).collect();
        most_called.sort_by_key(|at| Reverse(self.calls[*at]));
        let mut order: Vec<usize> = Vec::new();
        for start in most_called {
            let mut next = waiting[start].then_some(start);
            while let Some(at) = next {
                waiting[at] = false;
                order.push(at);
                next = self.most_alike(at, &having, &waiting);
            }
        }

        // These differ in their types, and in a number.
        let stand_ins = self.functions.iter().enumerate();
        let stand_ins = stand_ins.filter(|(_, function)| function.stand_in);
        let mut stand_ins: Vec<usize> = stand_ins.map(|(at, _)| at).collect();
        stand_ins.sort_by_key(|at| {
            let function = &self.functions[*at];
            let bytes = function.body.as_bytes();
            (function.ty, bytes.len(), bytes)
        });
        order.extend(stand_ins);
        order
    }

    /// Which of those that wait has most in common with a function; none if it is not much.
    fn most_alike(
        &self,
        at: usize,
        having: &HashMap<&[u8], Vec<usize>>,
        waiting: &[bool],
    ) -> Option<usize> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "modules are far smaller than 2^52 bytes"
        )]
        let number = |count: usize| count as f64;
        let function = &self.functions[at];
        let mut common: BTreeMap<usize, f64> = BTreeMap::new();
        for (pair, count) in &function.pairs {
            let Some(functions) = having.get(pair) else {
                continue;
            };
            let weight = (number(self.functions.len()) / number(functions.len())).ln();
            for other in functions.iter().filter(|other| waiting[**other]) {
                let both = (*count).min(self.functions[*other].pairs[pair]);
                *common.entry(*other).or_default() += weight * f64::from(both);
            }
        }
        let mut best = (None, ENOUGH);
        for (other, common) in common {
            let lengths = [function.length, self.functions[other].length];
            let (long, short) = (
                number(*lengths.iter().max()?),
                number(*lengths.iter().min()?),
            );
            // A long function has something of everything in it.
            let share = common / (long * (long * short).sqrt()).sqrt();
            if share > best.1 {
                best = (Some(other), share);
            }
        }
        best.0
    }
}

/// Writes a module with its functions in another order.
struct Reordered<'a> {
    /// The new numbers of all functions, by the old ones.
    index: Vec<u32>,
    /// The types and bodies of the module's own functions, in the new order.
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
}

type Written = Result<(), reencode::Error<Infallible>>;

impl Reencode for Reordered<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(self.index[function as usize])
    }

    /// These speak of functions by their old numbers.
    fn parse_custom_section(
        &mut self,
        _: &mut wasm_encoder::Module,
        _: CustomSectionReader<'_>,
    ) -> Written {
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: FunctionSectionReader<'_>,
    ) -> Written {
        for ty in &self.types {
            functions.function(*ty);
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, _: FunctionBody<'_>) -> Written {
        let body = self.bodies[code.len() as usize].clone();
        utils::parse_function_body(self, code, body)
    }
}
