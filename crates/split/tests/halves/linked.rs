//! Makes modules as the linker leaves them: with symbols, and relocations to them.

use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, DataSymbolDefinition, ElementSection,
    Elements, Encode, EntityType, ExportKind, ExportSection, FunctionSection, ImportSection,
    LinkingSection, MemorySection, MemoryType, Module, NameMap, NameSection, RawSection, RefType,
    SymbolTable, TableSection, TableType, TypeSection,
};

const CODE: u32 = 7;
const DATA: u32 = 8;
/// Kinds of relocations: `R_WASM_FUNCTION_INDEX_LEB`, `R_WASM_TABLE_INDEX_SLEB`, `R_WASM_TABLE_INDEX_I32`,
/// `R_WASM_MEMORY_ADDR_SLEB`, `R_WASM_MEMORY_ADDR_I32`.
const TO_FUNCTION: u8 = 0;
const TO_PLACE: u8 = 1;
const PLACE: u8 = 2;
const TO_ADDRESS: u8 = 4;
const ADDRESS: u8 = 5;

/// A data segment.
#[derive(Clone, Debug)]
pub struct Segment {
    pub name: &'static str,
    pub address: u32,
    pub bytes: Vec<u8>,
}

/// A symbol for bytes of a segment.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub segment: usize,
    pub offset: u32,
    pub size: u32,
}

/// An address that stands in a segment, four bytes long.
#[derive(Clone, Debug)]
pub struct Pointer {
    pub segment: usize,
    pub offset: u32,
    pub symbol: usize,
}

/// A place of the table that stands in a segment, as an index four bytes long.
#[derive(Clone, Debug)]
pub struct Entry {
    pub segment: usize,
    pub offset: u32,
    pub place: u32,
}

/// A function that reads the bytes of symbols, and then calls others through the table.
#[derive(Clone, Debug, Default)]
pub struct Function {
    pub name: String,
    /// The symbols, and at which of their bytes. With `through`, there is an address, and its byte is read.
    pub reads: Vec<(usize, u32, bool)>,
    /// Places of the table.
    pub calls: Vec<u32>,
    /// A symbol, and at which of its bytes there is an index of the table.
    pub through: Vec<(usize, u32)>,
    /// It is not exported.
    pub hidden: bool,
}

/// A relocation as it is in the file.
#[derive(Clone, Debug)]
pub struct Relocation {
    pub kind: u8,
    pub offset: u32,
    pub index: u32,
}

/// A module: it exports `memory`, and each function that is not hidden by its name, which takes nothing and returns what it has read.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    pub segments: Vec<Segment>,
    pub symbols: Vec<Symbol>,
    pub pointers: Vec<Pointer>,
    pub functions: Vec<Function>,
    /// The functions in the table, from place 1 on.
    pub table: Vec<usize>,
    pub entries: Vec<Entry>,
    /// Further relocations of data.
    pub more: Vec<Relocation>,
}

impl Linked {
    fn address(&self, symbol: usize) -> u32 {
        let symbol = &self.symbols[symbol];
        self.segments[symbol.segment].address + symbol.offset
    }

    /// The module as it is bound: without relocations.
    pub fn bound(&self) -> Vec<u8> {
        self.module().0.finish()
    }

    /// The module as it is linked.
    pub fn linked(&self) -> Vec<u8> {
        let (mut module, code, data) = self.module();
        let mut table = SymbolTable::new();
        for (at, symbol) in self.symbols.iter().enumerate() {
            let definition = DataSymbolDefinition {
                index: u32::try_from(symbol.segment).expect("few"),
                offset: symbol.offset,
                size: symbol.size,
            };
            table.data(0, &format!("symbol{at}"), Some(definition));
        }
        // A symbol that is no data: the function that asks for the later half.
        table.function(0, 1, Some("need_later"));
        module.section(LinkingSection::new().symbol_table(&table));
        for (name, section, entries) in [("reloc.CODE", CODE, code), ("reloc.DATA", DATA, data)] {
            let mut bytes = Vec::new();
            section.encode(&mut bytes);
            entries.len().encode(&mut bytes);
            for entry in entries {
                bytes.push(entry.kind);
                entry.offset.encode(&mut bytes);
                entry.index.encode(&mut bytes);
                if [TO_ADDRESS, ADDRESS].contains(&entry.kind) {
                    0_i32.encode(&mut bytes);
                }
            }
            module.section(&CustomSection {
                name: name.into(),
                data: bytes.into(),
            });
        }
        module.finish()
    }

    /// The module, and relocations of its code and its data.
    fn module(&self) -> (Module, Vec<Relocation>, Vec<Relocation>) {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([], [wasm_encoder::ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("host", "load", EntityType::Function(0));
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1 + self.table.len() as u64,
            maximum: None,
            shared: false,
        });
        let mut elements = ElementSection::new();
        let in_table: Vec<u32> = self
            .table
            .iter()
            .map(|at| 2 + u32::try_from(*at).expect("few"))
            .collect();
        elements.active(
            None,
            &ConstExpr::i32_const(1),
            Elements::Functions(in_table.into()),
        );
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });

        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut exports = ExportSection::new();
        exports.export("memory", ExportKind::Memory, 0);
        exports.export("need_later", ExportKind::Func, 1);
        let mut names = NameMap::new();
        names.append(0, "load");
        names.append(1, "need_later");
        for (at, function) in (2..).zip(&self.functions) {
            functions.function(1);
            if !function.hidden {
                exports.export(&function.name, ExportKind::Func, at);
            }
            names.append(at, &function.name);
        }
        let mut segment_names = NameMap::new();
        for (at, segment) in (0..).zip(&self.segments) {
            segment_names.append(at, segment.name);
        }
        let mut name_section = NameSection::new();
        name_section.functions(&names);
        name_section.data(&segment_names);

        let (code, code_relocations) = self.code();
        let (data, data_relocations) = self.data();
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&memories)
            .section(&exports)
            .section(&elements)
            .section(&code)
            .section(&RawSection {
                id: 11,
                data: &data,
            })
            .section(&name_section);
        (module, code_relocations, data_relocations)
    }

    fn code(&self) -> (CodeSection, Vec<Relocation>) {
        // Offsets count from the number of functions on; a function has its length before it.
        let mut code = CodeSection::new();
        let mut relocations = Vec::new();
        let need = [0, 0x10, 0x80, 0x80, 0x80, 0x80, 0, 0x0b];
        let mut at = length(self.functions.len() + 1);
        relocations.push(Relocation {
            kind: TO_FUNCTION,
            offset: at + 3,
            index: u32::try_from(self.symbols.len()).expect("few"),
        });
        code.raw(&need);
        at += 1 + 8;
        for function in &self.functions {
            let mut body = vec![0, 0x41, 0];
            let mut places = Vec::new();
            for (symbol, byte, through) in &function.reads {
                // The result so far, times 31.
                body.extend([0x41, 31, 0x6c, 0x41]);
                places.push((TO_ADDRESS, body.len(), *symbol));
                body.extend(padded(self.address(*symbol)));
                // The offset of the byte is the load's.
                if *through {
                    body.extend([0x28, 0]);
                    byte.encode(&mut body);
                    body.extend([0x2d, 0, 0]);
                } else {
                    body.extend([0x2d, 0]);
                    byte.encode(&mut body);
                }
                body.push(0x6a);
            }
            for place in &function.calls {
                body.push(0x41);
                places.push((TO_PLACE, body.len(), self.symbols.len()));
                body.extend(padded(*place));
                body.extend([0x11, 1, 0, 0x6a]);
            }
            for (symbol, byte) in &function.through {
                body.push(0x41);
                places.push((TO_ADDRESS, body.len(), *symbol));
                body.extend(padded(self.address(*symbol)));
                body.extend([0x28, 0]);
                byte.encode(&mut body);
                body.extend([0x11, 1, 0, 0x6a]);
            }
            body.push(0x0b);
            at += length(body.len());
            for (kind, place, symbol) in places {
                relocations.push(Relocation {
                    kind,
                    offset: at + u32::try_from(place).expect("short"),
                    index: u32::try_from(symbol).expect("few"),
                });
            }
            code.raw(&body);
            at += u32::try_from(body.len()).expect("short");
        }
        (code, relocations)
    }

    fn data(&self) -> (Vec<u8>, Vec<Relocation>) {
        let mut relocations = self.more.clone();
        let mut section = DataSection::new();
        let mut starts = Vec::new();
        let mut at = length(self.segments.len());
        for (number, segment) in self.segments.iter().enumerate() {
            let mut bytes = segment.bytes.clone();
            for pointer in self.pointers.iter().filter(|to| to.segment == number) {
                let from = pointer.offset as usize;
                let address = self.address(pointer.symbol);
                bytes[from..from + 4].copy_from_slice(&address.to_le_bytes());
            }
            for entry in self.entries.iter().filter(|entry| entry.segment == number) {
                let from = entry.offset as usize;
                bytes[from..from + 4].copy_from_slice(&entry.place.to_le_bytes());
            }
            let address = segment.address.cast_signed();
            let mut before = Vec::new();
            address.encode(&mut before);
            // A flag, the instruction and its end, and the length.
            at += 3 + u32::try_from(before.len()).expect("short") + length(bytes.len());
            starts.push(at);
            at += u32::try_from(bytes.len()).expect("short");
            section.active(0, &ConstExpr::i32_const(address), bytes);
        }
        for pointer in &self.pointers {
            relocations.push(Relocation {
                kind: ADDRESS,
                offset: starts[pointer.segment] + pointer.offset,
                index: u32::try_from(pointer.symbol).expect("few"),
            });
        }
        for entry in &self.entries {
            relocations.push(Relocation {
                kind: PLACE,
                offset: starts[entry.segment] + entry.offset,
                index: u32::try_from(self.symbols.len()).expect("few"),
            });
        }
        let mut content = Vec::new();
        section.encode(&mut content);
        // Without the length of the whole, which the raw section has anew.
        let content = content.split_off(length(at as usize) as usize);
        assert_eq!(content.len(), at as usize, "the offsets are right");
        (content, relocations)
    }
}

/// How many bytes a number takes.
fn length(number: usize) -> u32 {
    let mut bytes = Vec::new();
    number.encode(&mut bytes);
    u32::try_from(bytes.len()).expect("short")
}

/// An address as the linker writes it: five bytes long.
fn padded(address: u32) -> [u8; 5] {
    let low = |at: u32| u8::try_from(address >> (7 * at) & 0x7f).expect("seven bits");
    [
        low(0) | 0x80,
        low(1) | 0x80,
        low(2) | 0x80,
        low(3) | 0x80,
        low(4),
    ]
}
