//! The opening scenario, packed: the test that the parser makes of its text.

use litmus::packed::unpack;

#[test]
fn the_packed_test_is_the_text() {
    let test = litmus::parse(lessons::OPENING_SOURCE).test;
    assert!(test.is_some());
    assert_eq!(unpack(lessons::OPENING_PACKED).ok(), test);
}

#[test]
fn the_text_is_the_lesson() {
    let lesson = lessons::by_id(lessons::OPENING).expect("a lesson");
    assert_eq!(lesson.source, lessons::OPENING_SOURCE);
    let name = unpack(lessons::OPENING_PACKED).map(|test| test.name);
    assert_eq!(name.as_deref(), Ok(lessons::OPENING));
}
