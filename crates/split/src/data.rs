//! Which constants go where.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use walrus::ir::Value;
use walrus::{ConstExpr, Data, DataKind, MemoryId, Module};
use wasmparser::{
    DataKind as ReadKind, KnownCustom, Linking, Name, Operator, Parser, Payload, RelocAddendKind,
    RelocationEntry, SymbolInfo,
};

use crate::later::known_as;

/// Names of the segments that nobody writes to.
const CONSTANT: &str = ".rodata";

/// Constants that are nearer to one another than this travel as one piece, with what is between: a piece costs some bytes
/// itself, and a constant may well be written twice.
const NEAR: usize = 16;

/// Where every panic passes through.
const PANIC: &str = "core::panicking::panic_fmt";

/// The addresses of constants that only later functions mention, or that are places in sources, which only a panic reads: by a
/// module as the linker has left it with relocations. `bound` is what wasm-bindgen has made of it.
/// `first` are the names of the functions of the first half, `later` those of the later one; what a function of another
/// name mentions stays in the first.
///
/// # Errors
/// When the module cannot be read, has no relocations or some that point nowhere, or has other data than the bound one.
pub fn later(
    linked: &[u8],
    bound: &Module,
    first: &BTreeSet<String>,
    later: &BTreeSet<String>,
) -> Result<Vec<Range<usize>>, String> {
    let module = Linked::read(linked)?;
    let segments = module.segments.iter();
    let segments = segments.map(|(places, address)| (*address, &linked[places.clone()]));
    if !segments.eq(bound.data.iter().filter_map(placed)) {
        // Say, of an older build: then what it says is wrong.
        return Err("the linked module has other data than the module".to_owned());
    }
    let is_later = |name: &String| later.contains(name) && !first.contains(name);
    let (mut now, mut then) = (BTreeSet::new(), BTreeSet::new());
    // The one who panics is later, and so the constants are there when a place is read.
    let has = |names: &BTreeSet<String>| names.iter().any(|name| known_as(name) == PANIC);
    let panics = has(later) && !has(first);
    for (function, symbol) in module.mentions()? {
        let later = module.names.get(&function).is_some_and(is_later)
            || (panics && module.is_place(symbol));
        if later { &mut then } else { &mut now }.insert(symbol);
    }
    let then = module.reached(then);
    // What nobody mentions is mentioned in a way that we do not see, and so is what stands in it.
    now.extend((0..module.symbols.len()).filter(|symbol| !then.contains(symbol)));
    now.extend(module.strays());
    let now = module.reached(now);

    // Symbols can lie in one another: a text can be the end of a longer one.
    let mut moves = vec![false; linked.len()];
    for (symbols, to) in [(then, true), (now, false)] {
        for symbol in symbols {
            moves[module.place(symbol)].fill(to);
        }
    }

    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (places, address) in module.constants() {
        let mut open: Option<usize> = None;
        for (at, moves) in (*address..).zip(&moves[places.clone()]) {
            match (moves, open) {
                (true, None) => open = Some(at),
                (false, Some(start)) => {
                    ranges.push(start..at);
                    open = None;
                }
                _ => {}
            }
        }
        ranges.extend(open.map(|start| start..address + places.len()));
    }
    ranges.sort_unstable_by_key(|range| range.start);
    Ok(ranges)
}

/// What is of interest in a linked module. A *place* is one in the file.
#[derive(Default)]
struct Linked<'a> {
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
}

impl<'a> Linked<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, String> {
        Self::parsed(bytes).map_err(|error| format!("the linked module cannot be read: {error}"))
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
        Ok(linked)
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

    /// Which function mentions which symbol.
    fn mentions(&self) -> Result<Vec<(u32, usize)>, String> {
        let mut found = Vec::new();
        for (place, symbol) in &self.code {
            let at = self.bodies.partition_point(|body| body.end <= *place);
            if !self.bodies.get(at).is_some_and(|body| body.contains(place)) {
                // A section of debug information, say.
                continue;
            }
            let at = u32::try_from(at).map_err(|_| "there are too many functions")?;
            found.push((self.imported + at, *symbol));
        }
        Ok(found)
    }

    /// The segments that nobody writes to.
    fn constants(&self) -> impl Iterator<Item = &(Range<usize>, usize)> {
        let constant = |index| {
            self.segment_names
                .get(&index)
                .is_some_and(|name| *name == CONSTANT)
        };
        let segments = self.segments.iter().enumerate();
        segments.filter_map(move |(index, segment)| constant(index).then_some(segment))
    }

    /// The places of a symbol's bytes; none if it is no data.
    fn place(&self, symbol: usize) -> Range<usize> {
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

/// Takes constants out of the first half, and leaves the second half with nothing else. Returns their number of bytes.
/// `ranges` are addresses; nobody writes to the segments that they are in.
///
/// # Errors
/// When a data segment is of an unknown form.
pub fn part(
    first: &mut Module,
    later: &mut Module,
    ranges: &[Range<usize>],
) -> Result<usize, String> {
    let mut ranges = ranges.to_vec();
    ranges.sort_unstable_by_key(|range| range.start);
    let mut bytes = 0;
    let mut pieces: Vec<(MemoryId, usize, Vec<u8>)> = Vec::new();
    let ids: Vec<_> = first.data.iter().map(|data| data.id()).collect();
    for id in ids {
        let data = first.data.get_mut(id);
        let DataKind::Active { memory, offset } = &data.kind else {
            return Err("the module has a data segment that is not active".to_owned());
        };
        let ConstExpr::Value(Value::I32(start)) = offset else {
            return Err("the module has a data segment without a fixed address".to_owned());
        };
        let start = start.cast_unsigned() as usize;
        let whole = data.value.clone();
        // The end of the last piece of this segment.
        let mut last: Option<usize> = None;
        for range in &ranges {
            let from = range.start.max(start).max(last.unwrap_or_default()) - start;
            let to = range.end.min(start + whole.len()).saturating_sub(start);
            if from >= to {
                continue;
            }
            match (last, pieces.last_mut()) {
                (Some(end), Some((_, _, piece))) if start + from - end < NEAR => {
                    piece.extend(&whole[end - start..to]);
                }
                _ => pieces.push((*memory, start + from, whole[from..to].to_vec())),
            }
            data.value[from..to].fill(0);
            bytes += to - from;
            last = Some(start + to);
        }
    }

    // Both were read from the same bytes: memories have the same numbers in both.
    let memories: HashMap<MemoryId, MemoryId> = first
        .memories
        .iter()
        .zip(later.memories.iter())
        .map(|(first, later)| (first.id(), later.id()))
        .collect();
    let old: Vec<_> = later.data.iter().map(|data| data.id()).collect();
    for id in old {
        later.data.delete(id);
    }
    for id in memories.values() {
        later.memories.get_mut(*id).data_segments.clear();
    }
    for (memory, at, value) in pieces {
        let memory = *memories
            .get(&memory)
            .ok_or("the halves have different memories")?;
        let at = u32::try_from(at).map_err(|_| "a constant lies too far up")?;
        let offset = ConstExpr::Value(Value::I32(at.cast_signed()));
        let id = later.data.add(DataKind::Active { memory, offset }, value);
        later.memories.get_mut(memory).data_segments.insert(id);
    }
    Ok(bytes)
}
