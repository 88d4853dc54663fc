//! The models that the command knows: CPUs, which have schedules, and the
//! Linux-kernel memory model, which judges whole executions.

use clap::ValueEnum;
use machine::CpuModel;
pub use protocol::Model;

/// A model on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelName {
    /// The Linux-kernel memory model, by its axioms
    Lkmm,
    /// Sequential consistency
    Sc,
    /// x86: a first-in, first-out store buffer
    Tso,
    /// A store buffer that keeps no order
    Pso,
    /// Armv8
    Arm,
    /// POWER-like: a store reaches each CPU separately
    Power,
    /// All of them
    All,
}

impl ModelName {
    /// The model that is meant, unless that is all of them.
    fn model(self) -> Option<Model> {
        Some(match self {
            ModelName::Lkmm => Model::Lkmm,
            ModelName::Sc => Model::Cpu(&machine::model::SC),
            ModelName::Tso => Model::Cpu(&machine::model::TSO),
            ModelName::Pso => Model::Cpu(&machine::model::PSO),
            ModelName::Arm => Model::Cpu(&machine::model::ARM),
            ModelName::Power => Model::Cpu(&machine::model::POWER),
            ModelName::All => return None,
        })
    }
}

/// The models that are meant: each once, in the order of [`Model::all`].
pub fn models(names: &[ModelName]) -> Vec<Model> {
    Model::all()
        .into_iter()
        .filter(|model| {
            let meant = |name: &ModelName| name.model().is_none_or(|m| m.id() == model.id());
            names.iter().any(meant)
        })
        .collect()
}

/// A CPU on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CpuName {
    /// Sequential consistency
    Sc,
    /// x86: a first-in, first-out store buffer
    Tso,
    /// A store buffer that keeps no order
    Pso,
    /// Armv8
    Arm,
    /// POWER-like: a store reaches each CPU separately
    Power,
    /// Known, so that the error can say what to do instead
    #[value(hide = true)]
    Lkmm,
}

impl CpuName {
    /// The CPU; `None` for the model that has no schedules.
    pub fn cpu(self) -> Option<&'static CpuModel> {
        match self {
            CpuName::Sc => Some(&machine::model::SC),
            CpuName::Tso => Some(&machine::model::TSO),
            CpuName::Pso => Some(&machine::model::PSO),
            CpuName::Arm => Some(&machine::model::ARM),
            CpuName::Power => Some(&machine::model::POWER),
            CpuName::Lkmm => None,
        }
    }
}
