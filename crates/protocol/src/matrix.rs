//! The barrier matrix: every setting of the toggles against every model.

use litmus::Setting;
use machine::CpuModel;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::goal::Goal;

/// A model that answers: a column of the matrix.
///
/// It is serialised as its [`id`](Model::id).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// A CPU, which the machine runs.
    Cpu(&'static CpuModel),
    /// The Linux-kernel memory model, which judges.
    Lkmm,
}

impl Model {
    /// Every model: the CPUs from the strongest, then LKMM.
    #[must_use]
    pub fn all() -> Vec<Model> {
        let cpus = CpuModel::ALL.into_iter().map(Model::Cpu);
        cpus.chain([Model::Lkmm]).collect()
    }

    /// Its name in links and on the command line.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Model::Cpu(model) => model.id,
            Model::Lkmm => "lkmm",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Model::Cpu(model) => model.name,
            Model::Lkmm => "LKMM",
        }
    }
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Model, D::Error> {
        let id = String::deserialize(deserializer)?;
        let model = Model::all().into_iter().find(|model| model.id() == id);
        model.ok_or_else(|| D::Error::custom(format_args!("there is no model “{id}”")))
    }
}

/// What stands above the weakest barriers.
pub const WEAKEST: &str = "The weakest settings that prevent it";

/// What it means that barriers are the weakest.
pub const PROOF: &str = "Proven by exhaustive search: no execution with these barriers has the outcome, and with \
     anything weaker some execution has it.";

/// The matrix for one goal, ready to be shown: all that is known so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixPanel {
    /// The goals that can be asked about.
    pub goals: Vec<Goal>,
    /// The one that the cells are about.
    pub goal: Option<Goal>,
    /// The rows that are wanted of it.
    pub table: MatrixTable,
    /// How many known rows there are beside them.
    pub more: u32,
    /// States visited.
    pub explored: u64,
    /// Every cell has been searched.
    pub complete: bool,
    /// The whole of it, to be taken along: when nothing more is searched.
    pub files: Option<MatrixFiles>,
}

/// The whole matrix, to be taken along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixFiles {
    /// In columns, for people.
    pub plain: String,
    /// For a spreadsheet.
    pub csv: String,
    /// As a picture: the rows that are shown.
    pub svg: String,
}

/// Rows of the matrix, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixTable {
    /// What it is about.
    pub outcome: String,
    /// The flavour of SRCU for which it holds; none where the test has no SRCU.
    pub srcu: Option<String>,
    /// The toggles.
    pub heads: Vec<ToggleHead>,
    /// The models.
    pub columns: Vec<Model>,
    /// The rows, by the number of barriers on.
    pub rows: Vec<TableRow>,
    /// What is shown, in a sentence.
    pub note: String,
    /// The weakest barriers, by models that need the same; empty until all rows are known.
    pub sets: Vec<Sets>,
    /// What is to be said of cells, each note once: "1: Arm and POWER: The axioms of Arm allow …".
    pub notes: Vec<String>,
}

/// A toggle above its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToggleHead {
    /// Its name in links.
    pub name: String,
    /// The barrier in few words: "smp_mb()".
    pub short: String,
    /// Where it stands: "in line 7 (P1)".
    pub place: String,
    /// Its positions from the strongest to the weakest: "smp_mb > smp_rmb > none".
    pub order: String,
    /// Its line's name in the page, `1:4`.
    pub line_id: String,
    /// It is on or off; else it has several positions.
    pub is_switch: bool,
}

/// A setting, its toggles and its cells in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRow {
    /// The setting.
    pub setting: Setting,
    /// How many barriers are on; a choice counts where a weaker position of it is there.
    pub on: u32,
    /// By toggle.
    pub marks: Vec<Mark>,
    /// In words: "with reader-mb on", "with no barrier on".
    pub name: String,
    /// It is the present setting.
    pub here: bool,
    /// The models on which it has the weakest barriers that prevent the outcome: "PSO and Arm". Empty where that is not
    /// proven, and where no barrier is on.
    pub weakest_on: String,
    /// By column.
    pub cells: Vec<TableCell>,
}

/// Where a toggle is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// A weaker position of the toggle is there.
    pub on: bool,
    /// `on`, `off`, `call_srcu`.
    pub text: String,
}

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CellAnswer {
    /// Some schedule leads to it; LKMM allows it.
    Reachable,
    /// None does: all have been searched; LKMM forbids it.
    Impossible,
    /// None was found, but not all were searched; or the axioms of the CPU allow it all the same.
    Open,
    /// The model does not speak of it.
    Silent,
}

/// A cell in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableCell {
    /// What it says.
    pub answer: CellAnswer,
    /// In one or two words.
    pub word: String,
    /// How much was searched: "1 234 states".
    pub searched: String,
    /// What there is to say of it: its note, by index into [`MatrixTable::notes`].
    pub note: Option<u32>,
    /// The present setting and the present model.
    pub here: bool,
    /// The whole of it, for those who do not see the table.
    pub label: String,
}

impl TableCell {
    /// One character, so that nothing is told by colour alone.
    #[must_use]
    pub fn symbol(&self) -> &'static str {
        match self.answer {
            CellAnswer::Open if self.note.is_some() => "○",
            CellAnswer::Reachable => "●",
            CellAnswer::Impossible => "○",
            CellAnswer::Open => "?",
            CellAnswer::Silent => "–",
        }
    }

    /// The CSS class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self.answer {
            CellAnswer::Reachable => "yes",
            CellAnswer::Impossible => "no",
            CellAnswer::Open => "open",
            CellAnswer::Silent => "silent",
        }
    }
}

/// What models that need the same need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sets {
    /// "SC and x86-TSO".
    pub models: String,
    /// The present model is one of them.
    pub here: bool,
    /// What they need.
    pub weakest: Weakest,
}

/// The weakest barriers on a model, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weakest {
    /// "smp_rmb() in line 12 (vCPU 0) and smp_rmb() in line 20 (vCPU 1)."
    pub text: String,
    /// Whether it is proven, in a sentence.
    pub proof: String,
    /// It is.
    pub proven: bool,
}
