//! A message comes back as it was; that of another build is known by its head; damaged bytes are an error or another
//! message, never a panic.

use litmus::Setting;
use machine::{CpuModel, SrcuFlavour};
use protocol::{
    Answer, BUILD, CellAnswer, DecodeError, FinalState, Goal, MatrixPanel, MatrixTable, Message,
    Model, Outcomes, Reply, Request, Schedule, Subject, TableCell, TableRow,
};

fn question(model: &'static CpuModel) -> Message {
    Message::Ask {
        id: 7,
        request: Request::Closings {
            subject: Subject {
                source: "C t\n{}\nP0() {}\n".to_owned(),
                setting: Setting(vec![0, 2]),
                flavour: SrcuFlavour::Tree,
            },
            model,
            steps: ["0:3r", "w2-5~1:4x", "0:3s2"]
                .map(|name| name.parse().expect("a step name"))
                .to_vec(),
        },
    }
}

fn outcomes() -> Answer {
    Answer {
        id: 300,
        over: false,
        reply: Reply::Outcomes(Outcomes {
            rows: vec![FinalState {
                state: "0:r0=1; x=2;".to_owned(),
                name: "both are old".to_owned(),
                bad: true,
                schedule: Some(Schedule {
                    steps: vec!["0:3r".parse().expect("a step name")],
                    shortest: true,
                }),
                allowed: Some(true),
            }],
            ..Outcomes::default()
        }),
    }
}

fn matrix() -> Answer {
    Answer {
        id: 1,
        over: false,
        reply: Reply::Matrix(Box::new(MatrixPanel {
            goal: Some(Goal::Condition),
            table: MatrixTable {
                columns: vec![Model::Lkmm, Model::Cpu(&machine::model::ARM)],
                rows: vec![TableRow {
                    setting: Setting(vec![1]),
                    on: 1,
                    marks: Vec::new(),
                    name: "with a on".to_owned(),
                    here: true,
                    weakest_on: String::new(),
                    cells: vec![TableCell {
                        answer: CellAnswer::Impossible,
                        word: "impossible".to_owned(),
                        searched: "1 state".to_owned(),
                        note: Some(0),
                        here: false,
                        label: "Arm, with a on: impossible".to_owned(),
                    }],
                }],
                ..MatrixTable::default()
            },
            ..MatrixPanel::default()
        })),
    }
}

#[test]
fn messages_come_back() {
    for model in CpuModel::ALL {
        let message = question(model);
        assert_eq!(Message::decode(&message.encode()), Ok(message));
    }
    for answer in [outcomes(), matrix()] {
        assert_eq!(Answer::decode(&answer.encode()), Ok(answer));
    }
}

#[test]
fn a_message_of_another_build_is_known() {
    let mut bytes = matrix().encode();
    assert_eq!(bytes[1..9], BUILD.to_le_bytes());
    for at in 0..9 {
        bytes[at] ^= 1;
        assert_eq!(Answer::decode(&bytes), Err(DecodeError::OtherBuild));
        bytes[at] ^= 1;
    }
    // The form that came before, whose first byte was 1.
    assert_eq!(Answer::decode(&[1, 0, 0, 10]), Err(DecodeError::OtherBuild));
    assert_eq!(Answer::decode(&[]), Err(DecodeError::OtherBuild));
}

#[test]
fn a_model_that_this_build_does_not_have_is_an_error() {
    let mut bytes = question(&machine::model::PSO).encode();
    let at = bytes.windows(3).position(|id| id == b"pso");
    let at = at.expect("a model travels by its id");
    bytes[at..at + 3].copy_from_slice(b"vax");
    let read = Message::decode(&bytes);
    assert!(matches!(read, Err(DecodeError::Damaged(_))), "{read:?}");
}

#[test]
fn what_stands_behind_the_end_is_an_error() {
    let mut bytes = matrix().encode();
    bytes.push(0);
    let read = Answer::decode(&bytes);
    assert!(matches!(read, Err(DecodeError::Damaged(_))), "{read:?}");
}

#[test]
fn a_damaged_message_is_an_error_or_another() {
    for answer in [outcomes(), matrix()] {
        let mut bytes = answer.encode();
        for length in 0..bytes.len() {
            assert!(Answer::decode(&bytes[..length]).is_err(), "{length} bytes");
        }
        for at in 9..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                if let Ok(other) = Answer::decode(&bytes) {
                    assert_eq!(Answer::decode(&other.encode()), Ok(other));
                }
                bytes[at] ^= 1 << bit;
            }
        }
    }
}

/// A list that claims more than there is costs no memory.
#[test]
fn a_length_that_lies_is_an_error() {
    let mut bytes = matrix().encode();
    bytes.truncate(9);
    // Answer 1, not over, Matrix, and 2^60 goals.
    bytes.extend([1, 0, 5]);
    bytes.extend([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
    assert!(Answer::decode(&bytes).is_err());
}
