//! Names of values, for those that come out of thin air.

use super::Path;

/// How herd counts the values that it gives names to: each register that is used,
/// each address, each load, each operation whose result is not known. A value out of thin air is printed by
/// the last name that it has, so the count shows. Where a path forks, herd follows
/// the alternative that is not taken to the end first.
#[derive(Clone, Debug, Default)]
pub(crate) struct ValueNames {
    /// ValueNames since the last fork.
    count: u32,
    /// At each fork: the names since the one before, and the alternative.
    forks: Vec<(u32, bool)>,
    /// By segment: how many names there were before it in the thread.
    starts: Vec<u32>,
}

impl ValueNames {
    pub(super) fn next(&mut self) -> (usize, u32) {
        self.count += 1;
        (self.forks.len(), self.count)
    }

    /// The place in the thread of a name: its segment, and its place in that.
    pub(super) fn place(&self, (segment, place): (usize, u32)) -> usize {
        let before = self.starts.get(segment).copied().unwrap_or(0);
        (before + place) as usize
    }

    pub(super) fn fork(&mut self, alternative: bool) {
        self.forks.push((self.count, alternative));
        self.count = 0;
    }
}

/// Numbers the names of a thread's paths; gives how many there are.
pub(super) fn number_names(paths: &mut [&mut Path], depth: usize, before: u32) -> u32 {
    let mut groups: [Vec<&mut Path>; 2] = [Vec::new(), Vec::new()];
    let mut next = before;
    for path in paths {
        path.names.starts.push(before);
        match path.names.forks.get(depth).copied() {
            None => next = before + path.names.count,
            Some((count, alternative)) => {
                next = before + count;
                groups[usize::from(alternative)].push(path);
            }
        }
    }
    for mut group in groups {
        if !group.is_empty() {
            next = number_names(&mut group, depth + 1, next);
        }
    }
    next
}
