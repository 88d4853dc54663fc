//! How large a test may be. A litmus test is a page of text; the limits keep
//! hostile input from costing time, memory or stack.

/// Bytes of source text.
pub const SOURCE_BYTES: usize = 256 * 1024;
/// Depth of nested blocks, `if`s and `else if`s.
pub const STATEMENT_NESTING: usize = 32;
/// Depth of parentheses and unary operators in an expression or condition.
pub const EXPRESSION_NESTING: usize = 64;
/// Operators and calls in one statement.
pub const EXPRESSION_OPERATORS: usize = 256;
/// Depth of nested `(* … *)` comments.
pub const COMMENT_NESTING: usize = 32;
/// Threads of a test.
pub const THREADS: usize = 16;
/// Statements of a thread, those of a toggle's alternatives not counted.
pub const STATEMENTS: usize = 256;
/// Statements of one alternative of a toggle.
pub const ALTERNATIVE_STATEMENTS: usize = 32;
/// Shared variables of a test.
pub const VARIABLES: usize = 256;
/// Registers of a thread.
pub const REGISTERS: usize = 256;
/// Atoms (`0:r1=1`) of all conditions of a test together.
pub const CONDITION_ATOMS: usize = 4096;
/// Implications in a row (`a => b => c`).
pub const IMPLICATIONS: usize = 64;
/// Toggles of a test.
pub const TOGGLES: usize = 24;
/// Positions of a toggle.
pub const POSITIONS: usize = 16;
/// Diagnostics that are kept; the rest are only counted ([`crate::Parsed::more`]).
pub const DIAGNOSTICS: usize = 64;
/// Characters of a source line that a diagnostic keeps, and of its message.
pub const SHOWN_LINE: usize = 400;
/// Columns of a source line that are shown with a diagnostic. Of a longer line it is the part around the place.
pub const SHOWN_COLUMNS: usize = 100;
/// Statements, expressions and conditions inside each other in packed data ([`crate::packed`]). Enough for every
/// statement that the other limits allow; a condition of nested implications can be deeper.
pub const DATA_NESTING: usize = 768;
