//! The barrier matrix: every setting of the toggles against every model.

use litmus::{Reachable, Setting};
use machine::CpuModel;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::goal::Goal;
use crate::reply::Beyond;

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

/// What the matrix is going to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixHead {
    /// The columns.
    pub columns: Vec<Model>,
    /// The goals that each cell answers: [`Goal::asked`].
    pub goals: Vec<Goal>,
    /// How many rows there will be.
    pub rows: u32,
}

/// A setting against every model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixRow {
    /// The setting.
    pub setting: Setting,
    /// By column.
    pub cells: Vec<MatrixCell>,
}

/// A setting on a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatrixCell {
    /// By goal. [`Reachable::Unknown`]: not finished. None: the model does not speak of it.
    pub goals: Vec<Option<Reachable>>,
    /// States visited; for LKMM choices made.
    pub explored: u64,
    /// Every schedule (for LKMM: every execution) has been accounted for.
    pub complete: bool,
    /// What the CPU's axioms allow and no schedule of the machine has.
    pub beyond: Option<Beyond>,
}

impl MatrixCell {
    /// What it says of a goal, by index; none where the model does not speak of it.
    #[must_use]
    pub fn says(&self, goal: usize) -> Option<Reachable> {
        self.goals.get(goal).copied().flatten()
    }

    /// What there is to say of a goal, by index, that no schedule has and the axioms of the CPU allow, or may.
    #[must_use]
    pub fn beyond(&self, goal: usize) -> Option<&str> {
        let beyond = self.beyond.as_ref()?;
        (beyond.goals.get(goal) == Some(&true)).then_some(&*beyond.note)
    }
}

/// A setting that prevents an outcome while nothing weaker does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinimalSet {
    /// The setting.
    pub setting: Setting,
    /// The toggles that are on in it, by index; where it was asked what a setting lacks, those that stand higher than
    /// in that one.
    pub on: Vec<usize>,
    /// Nothing weaker prevents it. False when the search of something weaker was not complete: then it may.
    pub proven: bool,
}
