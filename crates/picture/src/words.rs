//! The hardware in words: what its picture shows, for those who do not see it.

use crate::hardware::{
    ArrivalState, CallbackState, CellView, DomainView, Hardware, ObjectState, ScanResult, ScanView,
    StoreView, TreeView,
};
use session::view::CpuView;

/// One sentence for each thing.
#[must_use]
pub fn hardware_words(view: &Hardware) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    out.extend(view.cpus.iter().filter(|c| c.has_buffer).filter_map(buffer));
    out.extend(view.stores.iter().filter(|s| s.sent).map(StoreView::words));
    for slot in &view.slots {
        let by = by(&slot.cell);
        out.push(format!("{} points to {}{by}.", slot.label, slot.cell.value));
    }
    for pointer in &view.pointers {
        if let Some(object) = pointer.object.and_then(|o| view.objects.get(o)) {
            let (label, state) = (&object.label, object.state.text());
            out.push(format!(
                "{} holds {label}, which is {state}.",
                pointer.label
            ));
        }
    }
    for object in &view.objects {
        let fields: Vec<String> = object.fields.iter().map(value).collect();
        let freed = object.freed.as_ref().map(|w| format!(" by {}", w.by));
        let freed = freed.filter(|_| object.state == ObjectState::Freed);
        out.push(format!(
            "{} is {}{}: {}.",
            object.label,
            object.state.text(),
            freed.unwrap_or_default(),
            fields.join(", ")
        ));
    }
    out.extend(view.memory.iter().map(|cell| format!("{}.", value(cell))));
    out.extend(view.srcu.domains.iter().flat_map(domain));
    out.extend(view.srcu.tree.iter().flat_map(tree));
    out
}

/// "flag is 1, written by VMM, line 4".
fn value(cell: &CellView) -> String {
    format!("{} is {}{}", cell.name, cell.value, by(cell))
}

fn by(cell: &CellView) -> String {
    cell.written.as_ref().map_or_else(String::new, |written| {
        format!(", written by {}", written.by)
    })
}

fn buffer(cpu: &CpuView) -> Option<String> {
    let entries: Vec<String> = cpu
        .buffer
        .iter()
        .map(|e| format!("{} = {} from line {}", e.loc, e.value, e.number))
        .collect();
    match entries.is_empty() {
        true if cpu.buffer_room == 0 => None,
        true => Some(format!("{}'s store buffer is empty.", cpu.name)),
        false => Some(format!(
            "{}'s store buffer, what leaves first first: {}.",
            cpu.name,
            entries.join("; ")
        )),
    }
}

impl StoreView {
    /// "flag = 1 of vCPU 0, line 4: vCPU 1 has it; vCPU 2: not there yet."
    #[must_use]
    pub fn words(&self) -> String {
        let others = self
            .arrivals
            .iter()
            .filter(|a| a.state != ArrivalState::Own);
        let others: Vec<String> = others
            .map(|a| format!("{}: {}", a.cpu, a.state.text()))
            .collect();
        let (text, by, number) = (&self.text, &self.by, self.number);
        format!("{text} of {by}, line {number}. {}.", others.join("; "))
    }
}

fn domain(domain: &DomainView) -> Vec<String> {
    let mut out = Vec::new();
    let inside: Vec<String> = domain
        .inside()
        .map(|section| format!("{} since line {}", section.name, section.number))
        .collect();
    out.push(format!(
        "{}: inside {}.",
        domain.name,
        if inside.is_empty() {
            "is nobody".to_owned()
        } else {
            format!("are {}", inside.join("; "))
        }
    ));
    out.extend(domain.running().map(|period| {
        let line = period.number;
        format!("The grace period of line {line} {}.", period.short)
    }));
    let queued =
        |callback: &&crate::hardware::CallbackView| callback.state != CallbackState::NotQueued;
    out.extend(domain.callbacks.iter().filter(queued).map(|callback| {
        let what = callback.object.as_deref().unwrap_or("nothing yet");
        format!("The callback for {what}: {}.", callback.state.text())
    }));
    out
}

fn tree(tree: &TreeView) -> Vec<String> {
    let mut out = Vec::new();
    let current = tree.current.map(|rank| format!(", rank {rank} is current"));
    out.push(format!(
        "{} from inside: {}{}.",
        tree.label,
        value(&tree.idx),
        current.unwrap_or_default()
    ));
    for reader in &tree.readers {
        let ranks: Vec<String> = reader
            .ranks
            .iter()
            .enumerate()
            .map(|(rank, counters)| {
                let (lock, unlock) = (&counters.lock.cell.value, &counters.unlock.cell.value);
                format!("rank {rank}: {lock} locks, {unlock} unlocks")
            })
            .collect();
        out.push(format!(
            "{}: {}; in memory, {}.",
            reader.name,
            reader.text,
            ranks.join("; ")
        ));
    }
    for (number, period) in tree.periods.iter().enumerate() {
        let phases: Vec<String> = period
            .phases
            .iter()
            .map(|phase| {
                let early = if phase.early { ", early" } else { "" };
                format!("{} {}{early}", phase.name, phase.state.text())
            })
            .collect();
        out.push(format!(
            "Grace period {}: {} ({}).",
            number + 1,
            period.text,
            phases.join("; ")
        ));
        out.extend(period.scans.iter().filter_map(scan));
    }
    out
}

fn scan(scan: &ScanView) -> Option<String> {
    let sum = |sum: &crate::hardware::SumView| {
        let parts = sum.parts.iter();
        let parts: Vec<String> = parts
            .map(|part| {
                part.value
                    .map_or_else(|| "?".to_owned(), |value| value.to_string())
            })
            .collect();
        parts.join(" + ")
    };
    let nothing = [&scan.unlocks, &scan.locks]
        .iter()
        .all(|sum| sum.parts.iter().all(|part| part.value.is_none()));
    if nothing {
        return None;
    }
    let result = match scan.result {
        ScanResult::Equal => ": equal, nobody seen",
        ScanResult::Differ => ": they differ, somebody may be inside",
        ScanResult::Open | ScanResult::LeftOut => "",
    };
    let rank = scan
        .rank
        .map_or_else(String::new, |r| format!(" of rank {r}"));
    Some(format!(
        "{}{rank}: unlocks {}, locks {}{result}.",
        scan.name,
        sum(&scan.unlocks),
        sum(&scan.locks)
    ))
}
