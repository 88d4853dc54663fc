//! What the linker has noted of a module: who mentions which constants, and which places of the table.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use walrus::ir::Value;
use walrus::{ConstExpr, Data, DataKind, Module};
use wasmparser::{
    BinaryReader, DataKind as ReadKind, KnownCustom, Linking, Name, Operator, Parser, Payload,
    RelocAddendKind, RelocationEntry, RelocationType, SymbolInfo,
};

use crate::later::known_as;

/// What is of interest in a linked module. A *place* is one in the file.
#[derive(Default)]
pub struct Linked<'a> {
    file: &'a [u8],
    /// Names of functions, by their numbers, as wasm-bindgen writes them.
    names: HashMap<u32, String>,
    /// The places of the bodies of the module's own functions, in their order.
    bodies: Vec<Range<usize>>,
    imported: u32,
    /// Places of the data segments, and the address of each.
    segments: Vec<(Range<usize>, usize)>,
    /// Names of the segments, by their numbers.
    segment_names: HashMap<usize, &'a str>,
    /// For each symbol the places of its bytes, if it is data.
    symbols: Vec<Option<Range<usize>>>,
    /// Relocations in code: their place, and the symbol.
    code: Vec<(usize, usize)>,
    /// Relocations in data: their place, and the symbol.
    data: Vec<(usize, usize)>,
    /// Where an index of the table of functions stands, in code or data, and which it is.
    pointers: Vec<(usize, usize)>,
}

/// Names of functions of the first half, and of the later one. What a function of another name mentions is the first half's.
pub type Names = [BTreeSet<String>; 2];

impl<'a> Linked<'a> {
    /// Reads a module as the linker has left it with relocations. `bound` is what wasm-bindgen has made of it.
    ///
    /// # Errors
    /// When the module cannot be read, has no relocations or some that point nowhere, or has other data than the bound one.
    pub fn read(bytes: &'a [u8], bound: &Module) -> Result<Self, String> {
        let linked = Self::parsed(bytes)
            .map_err(|error| format!("the linked module cannot be read: {error}"))?;
        let segments = linked.segments.iter();
        let segments = segments.map(|(places, address)| (*address, &bytes[places.clone()]));
        if !segments.eq(bound.data.iter().filter_map(placed)) {
            // Say, of an older build: then what it says is wrong.
            return Err("the linked module has other data than the module".to_owned());
        }
        Ok(linked)
    }

    fn parsed(bytes: &'a [u8]) -> Result<Self, Box<dyn std::error::Error>> {
        let mut linked = Self {
            file: bytes,
            ..Self::default()
        };
        let mut symbols = Vec::new();
        let mut relocations: Vec<(u32, Vec<RelocationEntry>)> = Vec::new();
        // The places of the content of each section.
        let mut sections: Vec<Range<usize>> = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Some((_, range)) = payload.as_section() {
                sections.push(range);
            }
            match payload {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        if matches!(import?.ty, wasmparser::TypeRef::Func(_)) {
                            linked.imported += 1;
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => linked.bodies.push(body.range()),
                Payload::DataSection(reader) => {
                    for data in reader {
                        let data = data?;
                        let ReadKind::Active { offset_expr, .. } = data.kind else {
                            return Err("it has a data segment that is not active".into());
                        };
                        let address = match offset_expr.get_operators_reader().read()? {
                            Operator::I32Const { value } => value.cast_unsigned() as usize,
                            _ => return Err("it has a data segment without a fixed address".into()),
                        };
                        let end = data.range.end;
                        linked.segments.push((end - data.data.len()..end, address));
                    }
                }
                Payload::CustomSection(section) => match section.as_known() {
                    KnownCustom::Name(reader) => {
                        for names in reader {
                            match names? {
                                Name::Function(map) => {
                                    for name in map {
                                        let name = name?;
                                        linked.names.insert(name.index, bound_name(name.name));
                                    }
                                }
                                Name::Data(map) => {
                                    for name in map {
                                        let name = name?;
                                        let index = name.index as usize;
                                        linked.segment_names.insert(index, name.name);
                                    }
                                }
                                _ => {}
                            }
                        }
                    }
                    KnownCustom::Linking(reader) => {
                        for part in reader.subsections() {
                            if let Linking::SymbolTable(table) = part? {
                                symbols = table.into_iter().collect::<Result<Vec<_>, _>>()?;
                            }
                        }
                    }
                    KnownCustom::Reloc(reader) => {
                        let entries = reader.entries().into_iter().collect::<Result<_, _>>()?;
                        relocations.push((reader.section_index(), entries));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if relocations.is_empty() {
            return Err("it has no relocations".into());
        }
        for symbol in &symbols {
            linked.symbols.push(match symbol {
                SymbolInfo::Data {
                    name,
                    symbol: Some(symbol),
                    ..
                } => {
                    let (places, _) = linked
                        .segments
                        .get(symbol.index as usize)
                        .ok_or_else(|| format!("`{name}` is in a segment that there is not"))?;
                    let start = places.start + symbol.offset as usize;
                    let end = start + symbol.size as usize;
                    if end > places.end {
                        return Err(format!("`{name}` goes beyond its segment").into());
                    }
                    Some(start..end)
                }
                _ => None,
            });
        }
        for (section, entries) in relocations {
            let section = sections
                .get(section as usize)
                .ok_or("relocations concern a section that there is not")?;
            for entry in entries {
                let place = section.start + entry.offset as usize;
                if place >= section.end {
                    return Err("a relocation is outside of its section".into());
                }
                match entry.ty {
                    RelocationType::TableIndexSleb => {
                        let index = BinaryReader::new(&bytes[place..], place).read_var_i32()?;
                        linked
                            .pointers
                            .push((place, index.cast_unsigned() as usize));
                    }
                    RelocationType::TableIndexI32 => {
                        let index = BinaryReader::new(&bytes[place..], place).read_u32()?;
                        linked.pointers.push((place, index as usize));
                    }
                    _ => {}
                }
                // Only addresses have an addend; what else is relocated is no data.
                if entry.ty.addend_kind() == RelocAddendKind::None {
                    continue;
                }
                let symbol = entry.index as usize;
                let known = linked.symbols.get(symbol);
                if known
                    .ok_or("a relocation is to a symbol that there is not")?
                    .is_none()
                {
                    continue;
                }
                let mut segments = linked.segments.iter();
                if segments.any(|(places, _)| places.contains(&place)) {
                    linked.data.push((place, symbol));
                } else {
                    linked.code.push((place, symbol));
                }
            }
        }
        linked.data.sort_unstable();
        linked.pointers.sort_unstable();
        Ok(linked)
    }

    /// How many bytes the file has.
    pub fn length(&self) -> usize {
        self.file.len()
    }

    /// The bytes at an address.
    fn bytes(&self, at: usize, length: usize) -> Option<&[u8]> {
        self.segments.iter().find_map(|(places, address)| {
            let from = at.checked_sub(*address)?;
            self.file[places.clone()].get(from..from + length)
        })
    }

    /// Whether a symbol is a place in a source, as panics name it: the address and the length of the file's name, line and
    /// column ([`core::panic::Location`]).
    fn is_place(&self, symbol: usize) -> bool {
        let bytes = &self.file[self.place(symbol)];
        let number = |at: usize| {
            let number = bytes.get(at..at + 4)?.try_into().ok()?;
            Some(u32::from_le_bytes(number) as usize)
        };
        let name = || self.bytes(number(0)?, number(4)?);
        bytes.len() == 16 && name().is_some_and(|name| name.ends_with(b".rs"))
    }

    /// The number of the function in whose body a place is.
    fn function_at(&self, place: usize) -> Option<u32> {
        let at = self.bodies.partition_point(|body| body.end <= place);
        let body = self.bodies.get(at)?;
        // Behind the end of the last, say in debug information, there is none.
        (body.contains(&place)).then_some(self.imported + u32::try_from(at).ok()?)
    }

    /// Which symbols the first half can come to know as long as it is alone, and which only the later half mentions.
    pub fn symbols(&self, names: &Names) -> [BTreeSet<usize>; 2] {
        let [first, later] = names;
        // The one who panics is later, and so the constants are there when a place is read.
        let has = |names: &BTreeSet<String>| names.iter().any(|name| known_as(name) == PANIC);
        let panics = has(later) && !has(first);
        let (mut now, mut then) = (BTreeSet::new(), BTreeSet::new());
        for (place, symbol) in &self.code {
            let Some(function) = self.function_at(*place) else {
                continue;
            };
            let later = self.is_later(function, names) || (panics && self.is_place(*symbol));
            if later { &mut then } else { &mut now }.insert(*symbol);
        }
        let then = self.reached(then);
        // What nobody mentions is mentioned in a way that we do not see, and so is what stands in it.
        now.extend((0..self.symbols.len()).filter(|symbol| !then.contains(symbol)));
        now.extend(self.strays());
        [self.reached(now), then]
    }

    fn is_later(&self, function: u32, [first, later]: &Names) -> bool {
        let name = self.names.get(&function);
        name.is_some_and(|name| later.contains(name) && !first.contains(name))
    }

    /// Indices of the table that anybody mentions.
    pub fn indices(&self) -> BTreeSet<usize> {
        self.pointers.iter().map(|(_, index)| *index).collect()
    }

    /// Indices of the table that only the later half mentions.
    pub fn later_indices(&self, names: &Names) -> BTreeSet<usize> {
        let [now, _] = self.symbols(names);
        let mut only_later = vec![false; self.file.len()];
        for places in self.symbols.iter().flatten() {
            only_later[places.clone()].fill(true);
        }
        for symbol in now {
            only_later[self.place(symbol)].fill(false);
        }
        let is_later = |place: usize| match self.function_at(place) {
            Some(function) => self.is_later(function, names),
            None => only_later[place],
        };
        let (mut now, mut then) = (BTreeSet::new(), BTreeSet::new());
        for (place, index) in &self.pointers {
            if is_later(*place) {
                &mut then
            } else {
                &mut now
            }
            .insert(*index);
        }
        then.retain(|index| !now.contains(index));
        then
    }

    /// The segments that nobody writes to.
    pub fn constants(&self) -> impl Iterator<Item = &(Range<usize>, usize)> {
        let constant = |index| {
            self.segment_names
                .get(&index)
                .is_some_and(|name| *name == CONSTANT)
        };
        let segments = self.segments.iter().enumerate();
        segments.filter_map(move |(index, segment)| constant(index).then_some(segment))
    }

    /// The places of a symbol's bytes; none if it is no data.
    pub fn place(&self, symbol: usize) -> Range<usize> {
        self.symbols[symbol].clone().unwrap_or_default()
    }

    /// Symbols whose addresses stand in data that is no symbol's.
    fn strays(&self) -> impl Iterator<Item = usize> {
        let mut covered = vec![false; self.file.len()];
        for places in self.symbols.iter().flatten() {
            covered[places.clone()].fill(true);
        }
        let stray = move |(place, _): &&(usize, usize)| !covered[*place];
        self.data.iter().filter(stray).map(|(_, symbol)| *symbol)
    }

    /// These symbols, and those whose addresses stand in them.
    fn reached(&self, from: BTreeSet<usize>) -> BTreeSet<usize> {
        let mut open: Vec<usize> = from.iter().copied().collect();
        let mut reached = from;
        while let Some(symbol) = open.pop() {
            let places = self.place(symbol);
            let start = self.data.partition_point(|(at, _)| *at < places.start);
            for (_, to) in self.data[start..]
                .iter()
                .take_while(|(at, _)| *at < places.end)
            {
                if reached.insert(*to) {
                    open.push(*to);
                }
            }
        }
        reached
    }
}

/// Names of the segments that nobody writes to.
const CONSTANT: &str = ".rodata";

/// Where every panic passes through.
const PANIC: &str = "core::panicking::panic_fmt";

/// The names of the functions of both halves.
pub fn names(module: &Module, is_later: impl Fn(usize) -> bool) -> Names {
    let mut names = Names::default();
    for (at, function) in module.funcs.iter().enumerate() {
        if let Some(name) = &function.name {
            names[usize::from(is_later(at))].insert(name.clone());
        }
    }
    names
}

/// A function's name as wasm-bindgen writes it.
fn bound_name(name: &str) -> String {
    rustc_demangle::try_demangle(name).map_or_else(|_| name.to_owned(), |name| name.to_string())
}

/// The address of a segment, and what is in it, if that is known before the module runs.
fn placed(data: &Data) -> Option<(usize, &[u8])> {
    match data.kind {
        DataKind::Active {
            offset: ConstExpr::Value(Value::I32(start)),
            ..
        } => Some((start.cast_unsigned() as usize, &data.value)),
        _ => None,
    }
}
