//! How the types of [`crate::ast`] are serialised where a derived form would not do.

use std::cell::Cell;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ast::{Span, VerdictClaim};
use crate::limits;

/// A start and a length: a length is a smaller number than an end, and small numbers are short.
impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.start, self.end.wrapping_sub(self.start)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        let (start, length) = <(u32, u32)>::deserialize(deserializer)?;
        let end = start.wrapping_add(length);
        Ok(Span { start, end })
    }
}

/// The models that a [`VerdictClaim`] names, as indices into [`VerdictClaim::MODELS`].
pub(crate) mod models {
    use super::*;

    /// A model that is not in the list, which no parsed test has, becomes an index that cannot be read.
    pub fn serialize<S: Serializer>(
        models: &[&'static str],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let index = |model| {
            let mut known = VerdictClaim::MODELS.iter();
            known
                .position(|known| known == model)
                .unwrap_or(VerdictClaim::MODELS.len()) as u8
        };
        serializer.collect_seq(models.iter().map(index))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<&'static str>, D::Error> {
        let indices = Vec::<u8>::deserialize(deserializer)?;
        let model = |index: u8| {
            let model = VerdictClaim::MODELS.get(usize::from(index)).copied();
            model.ok_or_else(|| D::Error::custom(format_args!("there is no model {index}")))
        };
        indices.into_iter().map(model).collect()
    }
}

thread_local! {
    /// How many values of recursive types enclose the one that is being read.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The last read stopped because they were too many.
    static TOO_DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Reads a field through which a type contains itself. The derived code recurses without a limit, so damaged data
/// could exhaust the stack; this stops at [`limits::DATA_NESTING`].
pub(crate) fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let depth = DEPTH.get();
    if depth >= limits::DATA_NESTING {
        TOO_DEEP.set(true);
        return Err(D::Error::custom("the data is nested too deeply"));
    }
    DEPTH.set(depth + 1);
    let value = T::deserialize(deserializer);
    DEPTH.set(depth);
    value
}

/// Reads with [`nested`] fields, and says whether it stopped at one that was too deep.
pub(crate) fn watching_depth<T>(read: impl FnOnce() -> T) -> (T, bool) {
    TOO_DEEP.set(false);
    let value = read();
    (value, TOO_DEEP.get())
}
