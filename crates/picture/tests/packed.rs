//! A test in a link: what is packed comes back, and damage is told, never obeyed.

use picture::packed::{MAX_PACKED, PackError, pack, unpack};
use proptest::prelude::*;

proptest! {
    #[test]
    fn round_trip(text in ".{0,400}") {
        let packed = pack(&text).unwrap();
        prop_assert!(packed.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn anything(text in any::<String>()) {
        let _ = unpack(&text);
    }

    #[test]
    fn damage(text in "[a-z \n]{0,200}", at in any::<prop::sample::Index>(), with in "[A-Za-z0-9_-]") {
        let mut packed = pack(&text).unwrap();
        let at = at.index(packed.len());
        packed.replace_range(at..=at, &with);
        if let Ok(other) = unpack(&packed) {
            prop_assert!(other.len() <= litmus::limits::SOURCE_BYTES);
        }
        if let Err(error) = unpack(packed.get(..at).unwrap()) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}

#[test]
fn limits() {
    let long = "x".repeat(litmus::limits::SOURCE_BYTES + 1);
    assert_eq!(pack(&long), Err(PackError::TooLong));
    assert_eq!(
        unpack(&"A".repeat(MAX_PACKED + 1)),
        Err(PackError::TooLongForALink)
    );
    // What cannot be made smaller: the numbers of a simple generator.
    let mut seed = 1_u32;
    let noise: String = (0..60_000)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'!' + (seed >> 24) as u8 % 90)
        })
        .collect();
    assert_eq!(pack(&noise), Err(PackError::TooLongForALink));
}
