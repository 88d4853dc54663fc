//! Which constants go where.

use std::collections::HashMap;
use std::ops::Range;

use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, MemoryId, Module};

use crate::linked::{Linked, Names};

/// Constants that are nearer to one another than this travel as one piece, with what is between: a piece costs some bytes
/// itself, and a constant may well be written twice.
const NEAR: usize = 16;

/// The addresses of constants that only later functions mention, or that are places in sources, which only a panic reads.
#[must_use]
pub fn later(linked: &Linked, names: &Names) -> Vec<Range<usize>> {
    let [now, then] = linked.symbols(names);
    // Symbols can lie in one another: a text can be the end of a longer one.
    let mut moves = vec![false; linked.length()];
    for (symbols, to) in [(then, true), (now, false)] {
        for symbol in symbols {
            moves[linked.place(symbol)].fill(to);
        }
    }

    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (places, address) in linked.constants() {
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
    ranges
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
