//! What the command line can say.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};
use explore::DEFAULT_LIMIT;
use machine::SrcuFlavour;

use crate::model::{CpuName, ModelName};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "stalebus",
    version,
    about = "Searches every schedule of a Linux-kernel litmus test on models of real CPUs",
    after_help = "Exit codes: 0 all is well, 3 a limit was reached before there was an answer, \
                  1 a claim is contradicted or a file is not formatted, \
                  2 something could not be read or done. Of several files the worst counts, in this order.\n\
                  `stalebus help COMMAND` gives examples."
)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Give the verdict on each test, in herd7's format or as JSON
    #[command(after_help = CHECK_HELP)]
    Check(CheckArgs),
    /// Give the outcomes of one test, with the shortest schedule to the bad ones
    #[command(after_help = EXPLORE_HELP)]
    Explore(ExploreArgs),
    /// Try every combination of the toggles on every model, and name the weakest barriers that prevent an outcome
    #[command(after_help = MATRIX_HELP)]
    Matrix(MatrixArgs),
    /// Write a test, in one setting of its toggles, for another tool
    #[command(after_help = EXPORT_HELP)]
    Export(ExportArgs),
    /// Print tests in the usual layout
    #[command(after_help = FMT_HELP)]
    Fmt(FmtArgs),
}

const CHECK_HELP: &str = "\
LKMM judges by axioms, as herd7 does, and counts executions; the CPUs are searched schedule by
schedule, and final states are counted. Where a setting matters to SRCU, LKMM knows its contract
only: --srcu is about the CPUs.

A file with `Result:` in a comment makes a claim about the Linux-kernel memory model. LKMM decides
it: Never, Sometimes, Always, DEADLOCK (no execution ends), Flag NAME, and DATARACE, which must be
flagged exactly when it is claimed. LKMM allows all that the CPUs allow. So the verdict of a CPU
can contradict some claims:
  Never                 is contradicted when the condition holds in some final state
  Always                is contradicted when it does not hold in some final state
  DEADLOCK              is contradicted when there is a final state
  Sometimes             cannot be contradicted: the CPU may be the stronger one
  Flag, DATARACE        are not compared: they are about C
Maybe is never compared. A claim is about the file as written: with --off none is compared.

A line `@verdict OUTCOME [off=LIST] [srcu=FLAVOUR] [yes=MODELS] [no=MODELS]` in the header says on
which models a named outcome can happen in a setting. Those that are about the model are compared,
each in its own setting; with --off those that are about it, with --srcu those of the flavour.

Contradictions go to the standard error, and the exit code is 1; when a file cannot be read it
is 2. The other files are checked nevertheless.

A search that reaches its limit proves nothing: the verdict is `Unknown`, unless enough was
found to say `Sometimes`. The exit code is then 3, unless that of another file is 1 or 2. A check
that takes longer than a second says so on the standard error.

On Arm and POWER-like the machine sends no store off on a guess. Where a program has branches or
atomics for which the axioms of Arm ask less, they are asked, too; if they allow more, a `Note` says
what and why (with --json: `axioms`, their verdict, `axioms_states` and `note`).

--why names the axiom that forbids an outcome and walks around the cycle that violates it, or shows
an execution that has it. Only LKMM has such reasons; a CPU has schedules (`stalebus explore`).

Examples:
  stalebus check scenarios                        every scenario, by LKMM
  stalebus check --model all scenarios            on every CPU too
  stalebus check --model tso SB.litmus            one test on x86
  stalebus check --model lkmm,arm --off reader-mb kvm.litmus
  stalebus check --why kvm.litmus                 the cycle that forbids each bad outcome
  stalebus check --why=stale --off reader-mb kvm.litmus
  stalebus check --why --dot SB.litmus | dot -Tsvg
  stalebus check --json --shard 1/4 corpus        a quarter of a corpus, a line of JSON a verdict
  cat SB.litmus | stalebus check -                from the standard input";

const EXPLORE_HELP: &str = "\
LKMM has no schedules: `stalebus check` gives its verdict.

Without --outcome: every outcome that is declared bad, the test's own condition, and whatever goes
wrong (a use after free, an uninitialised read, a bad pointer, a division by 0, a deadlock).

Examples:
  stalebus explore --model arm --off reader-mb kvm.litmus
  stalebus explore --model tso --outcome stale kvm.litmus
  stalebus explore --model sc --outcome exists --json SB.litmus";

const MATRIX_HELP: &str = "\
`yes`: the outcome can happen; `no`: no schedule has it, and in LKMM's column no execution; `?`: not
found, and something was left out; `*`: no schedule has it, but the axioms of the CPU allow it, or
may: a note says why.

Examples:
  stalebus matrix kvm.litmus
  stalebus matrix --outcome stale --srcu tree kvm.litmus
  stalebus matrix --json kvm.litmus";

const EXPORT_HELP: &str = "\
What the exported test cannot say exactly is noted on the standard error.

Examples:
  stalebus export --herd kvm.litmus | herd7 -conf linux-kernel.cfg /dev/stdin
  stalebus export --herd --off reader-mb -o kvm-weak.litmus kvm.litmus";

const FMT_HELP: &str = "\
Statements, declarations and comments stay as they are written, but for the spaces in them. The
header's comments become one, claim and text before the directives. Where that would lose a word
of a comment, the file is printed, but never written: --write refuses it, and --check says so.

Examples:
  stalebus fmt SB.litmus                  print it
  stalebus fmt --write scenarios          rewrite the files in place
  stalebus fmt --check scenarios          exit code 1 when --write would change or refuse one";

/// `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Models, separated by commas
    #[arg(
        long,
        value_name = "MODEL",
        default_value = "lkmm",
        value_delimiter = ','
    )]
    pub model: Vec<ModelName>,
    #[command(flatten)]
    pub setting: SettingArgs,
    /// Say why LKMM allows or forbids a named outcome, or `exists`; by default all that
    /// are declared bad, and the condition
    #[arg(
        long,
        value_name = "OUTCOME",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = ""
    )]
    pub why: Option<String>,
    /// With --why: nothing but the executions, as graphs for Graphviz
    #[arg(long, requires = "why", conflicts_with = "json")]
    pub dot: bool,
    /// A line of JSON for each test and model
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub jobs: JobsArgs,
    /// Only the I-th of N equal parts of the files (I from 1)
    #[arg(
        long,
        value_name = "I/N",
        default_value = "1/1",
        hide_default_value = true
    )]
    pub shard: Shard,
    #[command(flatten)]
    pub limit: LimitArgs,
    /// Tests, folders of tests (*.litmus, at any depth), or `-` for the standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// `explore`.
#[derive(Debug, Args)]
pub struct ExploreArgs {
    /// The CPU; by default the one that the scenario opens with, else arm
    #[arg(long, value_name = "MODEL")]
    pub model: Option<CpuName>,
    #[command(flatten)]
    pub setting: SettingArgs,
    /// A named outcome, or `exists` for the test's condition, `use-after-free`,
    /// `uninitialised-read`, `bad-pointer`, `undefined-arithmetic`, `deadlock`
    #[arg(long, value_name = "NAME")]
    pub outcome: Option<String>,
    /// One JSON object
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub limit: LimitArgs,
    /// The test, or `-` for the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `matrix`.
#[derive(Debug, Args)]
pub struct MatrixArgs {
    /// A named outcome, or `exists` for the test's condition; by default every
    /// outcome that is declared bad, or else the condition
    #[arg(long, value_name = "NAME")]
    pub outcome: Option<String>,
    #[command(flatten)]
    pub srcu: SrcuArgs,
    /// One JSON object for each outcome, a line each
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub jobs: JobsArgs,
    #[command(flatten)]
    pub limit: LimitArgs,
    /// The test, or `-` for the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// For herd7 with its linux-kernel.cfg; the only format there is so far
    #[arg(long, required = true)]
    pub herd: bool,
    /// Toggles that are off, as in a link: `reader-mb,wait:none`
    #[arg(long, value_name = "LIST")]
    pub off: Option<String>,
    /// Ask `exists` of this named outcome instead of the test's condition
    #[arg(long, value_name = "NAME")]
    pub outcome: Option<String>,
    /// Write to this file instead of the standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// The test, or `-` for the standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `fmt`.
#[derive(Debug, Args)]
pub struct FmtArgs {
    /// Print nothing but the names of the files that are not formatted
    #[arg(long, conflicts_with = "write")]
    pub check: bool,
    /// Rewrite the files in place
    #[arg(long)]
    pub write: bool,
    /// Tests, folders of tests, or `-` for the standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// The setting that a test is run in.
#[derive(Debug, Args)]
pub struct SettingArgs {
    #[command(flatten)]
    pub srcu: SrcuArgs,
    /// Toggles that are off, as in a link: `reader-mb,wait:none`; by default none is
    #[arg(long, value_name = "LIST")]
    pub off: Option<String>,
}

/// The flavour of SRCU.
#[derive(Debug, Args)]
pub struct SrcuArgs {
    /// What SRCU's lock and unlock promise: nothing more (fast), or full barriers (tree);
    /// by default what the scenario opens with, else fast
    #[arg(long, value_name = "FLAVOUR")]
    srcu: Option<Srcu>,
}

impl SrcuArgs {
    /// The flavour that was asked for.
    pub fn asked(&self) -> Option<SrcuFlavour> {
        self.srcu.map(|srcu| match srcu {
            Srcu::Fast => SrcuFlavour::Fast,
            Srcu::Tree => SrcuFlavour::Tree,
        })
    }

    /// The flavour for a test.
    pub fn flavour(&self, test: &litmus::Test) -> SrcuFlavour {
        self.asked().unwrap_or_else(|| {
            (test.meta.default.srcu.as_deref())
                .and_then(SrcuFlavour::by_id)
                .unwrap_or_default()
        })
    }
}

/// How many threads.
#[derive(Debug, Args)]
pub struct JobsArgs {
    /// Searches that run at the same time; by default as many as there are CPUs
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

impl JobsArgs {
    /// The number of threads.
    pub fn count(&self) -> usize {
        self.jobs
            .or_else(|| std::thread::available_parallelism().ok())
            .map_or(1, NonZeroUsize::get)
    }
}

/// How far a search goes.
#[derive(Debug, Args)]
pub struct LimitArgs {
    /// States that a search visits at most, some 100 bytes each; for LKMM choices
    /// that are made while executions are built
    #[arg(long = "limit", value_name = "STATES", default_value_t = DEFAULT_LIMIT)]
    pub states: usize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Srcu {
    Fast,
    Tree,
}

/// One of several equal parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 0.
    index: usize,
    /// How many there are.
    count: NonZeroUsize,
}

impl Shard {
    /// Whether the item with this number is in the part.
    pub fn has(self, item: usize) -> bool {
        item % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let read = || {
            let (index, count) = text.split_once('/')?;
            let count: NonZeroUsize = count.parse().ok()?;
            let index = index.parse::<usize>().ok()?.checked_sub(1)?;
            (index < count.get()).then_some(Shard { index, count })
        };
        read().ok_or_else(|| "a part looks like 1/4, from 1/4 to 4/4".to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn shards() {
        for bad in ["", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/2/3"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
        let parts: Vec<Shard> = ["1/3", "2/3", "3/3"]
            .map(|t| t.parse().expect("a part"))
            .into();
        for item in 0..20 {
            assert_eq!(parts.iter().filter(|part| part.has(item)).count(), 1);
        }
    }
}
