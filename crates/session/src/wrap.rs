//! Where a line of code may wrap, so that words stay whole where there is little room.

/// Longer names may wrap inside, behind an underscore.
const LONG: usize = 16;

/// A line in the pieces between which it may wrap, besides its blanks: behind a parenthesis that opens, and in a long name
/// behind an underscore.
#[must_use]
pub fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    let mut last = 0;
    for (at, c) in line.char_indices() {
        let (before, behind) = line.split_at(at + c.len_utf8());
        let next = behind.chars().next();
        let wraps = match c {
            '(' => next.is_some_and(|next| next != ')'),
            '_' => next.is_some_and(char::is_alphanumeric) && is_long(before, behind),
            _ => false,
        };
        if wraps && let Some((piece, tail)) = rest.split_at_checked(before.len() - last) {
            pieces.push(piece);
            (rest, last) = (tail, before.len());
        }
    }
    pieces.push(rest);
    pieces
}

/// The name around a place in a line is a long one.
fn is_long(before: &str, behind: &str) -> bool {
    let of_name = |c: &char| c.is_alphanumeric() || *c == '_';
    let before = before.chars().rev().take_while(of_name).count();
    before + behind.chars().take_while(of_name).count() > LONG
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn names_stay_whole_unless_they_are_long() {
        assert_eq!(
            pieces("rcu_assign_pointer(*buses, v2);"),
            ["rcu_", "assign_", "pointer(", "*buses, v2);"]
        );
        assert_eq!(pieces("rcu_dereference(*b);"), ["rcu_dereference(", "*b);"]);
        assert_eq!(
            pieces("smp_mb__after_srcu_read_lock();"),
            ["smp_", "mb__", "after_", "srcu_", "read_", "lock();"]
        );
        assert_eq!(pieces("smp_mb();"), ["smp_mb();"]);
        assert_eq!(pieces(""), [""]);
        let line = "if (atomic_cmpxchg_relaxed_ünbroken(x, (1)) == 0)";
        assert_eq!(pieces(line).concat(), line);
    }
}
