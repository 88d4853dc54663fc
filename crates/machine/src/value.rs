//! Values as the machine computes with them: 64-bit numbers, in which three
//! ranges are set apart, so that pointers and cookies go through registers,
//! comparisons and false dependencies (`r ^ r`) like any number.

/// The address of location 0; location `l` is at `POINTER + l`.
pub const POINTER: i64 = 1 << 40;
/// The cookie of section 0; section `s` has `COOKIE + s`. To people it is 0, as
/// the first rank of a fresh domain is.
pub const COOKIE: i64 = 1 << 41;
/// What memory holds where nothing was ever stored: a field of a heap object
/// that the test does not initialise. A load that finds it gets 0 and is an
/// uninitialised read.
pub const GARBAGE: i64 = i64::MIN;

/// The location that a value points to, of `locations` there are.
#[must_use]
pub fn pointee(value: i64, locations: usize) -> Option<usize> {
    let index = usize::try_from(value.checked_sub(POINTER)?).ok()?;
    (index < locations).then_some(index)
}

/// The section that a cookie belongs to, of `sections` there are.
#[must_use]
pub fn cookie_section(value: i64, sections: usize) -> Option<usize> {
    let index = usize::try_from(value.checked_sub(COOKIE)?).ok()?;
    (index < sections).then_some(index)
}

/// Numbers that a program may write are below this, so that none is taken for a
/// pointer or a cookie.
pub const LARGEST: u64 = 1 << 39;

/// What computing and comparing see: a cookie is the number 0.
#[must_use]
pub fn number(value: i64) -> i64 {
    if cookie_section(value, crate::program::MAX_SECTIONS).is_some() {
        0
    } else {
        value
    }
}
