//! The engine says through messages what the searches say themselves, in slices of any length.

use std::cell::Cell;
use std::sync::Arc;

use explore::Reachable;
use lessons::Lesson;
use litmus::Setting;
use machine::{CpuModel, SrcuFlavour};
use protocol::draw::Drawn;
use protocol::{
    Answer, CellAnswer, Goal, MatrixPanel, Message, Model, Question, Reply, Request, Says, Stage,
    Subject, Verdicts, WhyAnswer,
};
use service::Engine;

/// A clock that moves by so many milliseconds whenever it is looked at: the same slices on every machine.
struct Ticks(Cell<f64>, f64);

impl Ticks {
    fn new(by: f64) -> Ticks {
        Ticks(Cell::new(0.0), by)
    }

    fn now(&self) -> f64 {
        self.0.set(self.0.get() + self.1);
        self.0.get()
    }
}

fn lesson(id: &str) -> &'static Lesson {
    lessons::by_id(id).unwrap()
}

fn by_id(model: &str) -> &'static CpuModel {
    CpuModel::by_id(model).unwrap()
}

fn subject(lesson: &Lesson, off: &str) -> Subject {
    Subject {
        source: lesson.source.to_owned(),
        setting: setting(lesson, off),
        flavour: SrcuFlavour::Fast,
    }
}

fn setting(lesson: &Lesson, off: &str) -> Setting {
    Setting::parse_off(&lesson.test(), off).unwrap()
}

fn send(engine: &mut Engine, id: u32, request: Request) {
    engine.receive(&Message::Ask { id, request }.encode());
}

/// Runs until there is nothing more to do.
fn answers(engine: &mut Engine, tick: f64) -> Vec<Answer> {
    let clock = Ticks::new(tick);
    let mut answers = Vec::new();
    while engine.busy() {
        let bytes = engine.run(8.0, &|| clock.now());
        answers.extend(bytes.iter().map(|bytes| Answer::decode(bytes).unwrap()));
    }
    answers
}

/// The last answer to the only question.
fn ask(request: Request) -> Reply {
    let mut engine = Engine::new();
    send(&mut engine, 7, request);
    let mut answers = answers(&mut engine, 0.5);
    let last = answers.pop().unwrap();
    assert!(last.over && last.id == 7);
    assert!(answers.iter().all(|answer| !answer.over));
    last.reply
}

fn verdicts(reply: Reply) -> Verdicts {
    match reply {
        Reply::Verdicts(verdicts) => *verdicts,
        other => panic!("{other:?}"),
    }
}

/// What a report says of a goal.
fn reported(report: &explore::Report, goal: Goal) -> Reachable {
    match goal {
        Goal::Outcome(at) => report.outcomes[at],
        Goal::Condition => yes(report.positive > 0),
        Goal::UseAfterFree => yes(report.use_after_free),
        Goal::Uninitialised => yes(report.uninitialised || report.bad_pointer),
        Goal::Deadlock => yes(!report.deadlocks.is_empty()),
    }
}

/// What LKMM says of a goal; none where it says nothing of it.
fn judged(judgement: &lkmm::Judgement, goal: Goal) -> Option<Reachable> {
    match goal {
        Goal::Outcome(at) => Some(yes(judgement.outcomes[at] > 0)),
        Goal::Condition => Some(yes(judgement.positive > 0)),
        _ => None,
    }
}

/// What the searches say themselves: by model, and LKMM.
fn searched(lesson: &Lesson, setting: &Setting) -> (Vec<explore::Report>, lkmm::Judgement) {
    let resolved = lesson.test().with(setting);
    let report = |model| explore::check(&resolved, model, SrcuFlavour::Fast, 1_000_000).unwrap();
    let reports = CpuModel::ALL.into_iter().map(report).collect();
    let judgement = lkmm::judge(&resolved, &lkmm::models::LKMM, 20_000_000).unwrap();
    (reports, judgement)
}

/// What a verdict says of what is known; `beyond`: the axioms of the CPU allow it all the same.
fn says(known: Option<Reachable>, beyond: bool) -> Says {
    match known {
        Some(Reachable::Yes) => Says::Yes,
        Some(Reachable::No) if beyond => Says::NoSchedule,
        Some(Reachable::No) => Says::No,
        Some(Reachable::Unknown) => Says::Unfinished,
        None => Says::NotJudged,
    }
}

#[test]
fn verdicts_are_those_of_the_searches() {
    for lesson in lessons::all() {
        let test = lesson.test();
        for setting in [Setting::all_on(&test), Setting::default_of(&test)] {
            let said = verdicts(ask(Request::Verdicts(Subject {
                source: lesson.source.to_owned(),
                setting: setting.clone(),
                flavour: SrcuFlavour::Fast,
            })));
            let (reports, judgement) = searched(lesson, &setting);
            // A failure has a row where it can happen and no bad outcome speaks of it.
            let named = Goal::of(&test);
            let unnamed = |failure: &Goal| {
                reports.iter().any(|report| {
                    let can = |goal: Goal| reported(report, goal) == Reachable::Yes;
                    can(*failure) && !named.iter().any(|goal| goal.bad(&test) && can(*goal))
                })
            };
            let failures = Goal::FAILURES.into_iter().filter(unnamed);
            let goals: Vec<Goal> = named.iter().copied().chain(failures).collect();
            let told: Vec<Goal> = said.goals.iter().map(|known| known.goal).collect();
            assert_eq!(told, goals, "{}", lesson.id);
            assert_eq!((said.stage, &said.error), (Stage::Done, &None));
            let states: usize = reports.iter().map(|report| report.explored).sum();
            let all = format!(
                "With these barriers on {} models: all {} states searched.",
                CpuModel::ALL.len(),
                session::text::grouped(states)
            );
            assert_eq!(said.searched, all, "{}", lesson.id);
            for known in &said.goals {
                let goal = known.goal;
                assert_eq!(known.models.len(), CpuModel::ALL.len());
                let mut nowhere = true;
                let models = CpuModel::ALL.into_iter().zip(&reports);
                for ((model, report), verdict) in models.zip(&known.models) {
                    let reachable = reported(report, goal);
                    let beyond = known.notes.iter().any(|(noted, _)| *noted == model);
                    let wanted = says(Some(reachable), beyond);
                    assert_eq!(verdict.says, wanted, "{} {goal:?} {}", lesson.id, model.id);
                    assert_eq!(verdict.why, None);
                    nowhere &= reachable == Reachable::No;
                }
                let allowed = judged(&judgement, goal);
                assert_eq!(
                    known.lkmm.says,
                    says(allowed, false),
                    "{} {goal:?}",
                    lesson.id
                );
                assert_eq!(known.lkmm.why.is_some(), allowed.is_none());
                let question = allowed.map(|allowed| match (allowed, nowhere) {
                    (Reachable::Yes, false) => Question::Graph,
                    (Reachable::Yes, true) => Question::Why,
                    _ => Question::WhyNot,
                });
                assert_eq!(known.question, question);
                assert_eq!(known.beside.remark.is_some(), nowhere);
            }
            let lkmm = said.lkmm.unwrap();
            assert!(lkmm.complete && lkmm.over);
            assert_eq!(lkmm.flags, judgement.flags);
        }
    }
}

fn yes(found: bool) -> Reachable {
    if found { Reachable::Yes } else { Reachable::No }
}

#[test]
fn an_unfinished_search_never_says_impossible() {
    let lesson = lesson("tree-two-readers");
    let (reports, _) = searched(lesson, &setting(lesson, ""));
    let mut engine = Engine::new();
    send(&mut engine, 1, Request::Verdicts(subject(lesson, "")));
    let clock = Ticks::new(20.0);
    let mut seen = 0;
    while engine.busy() {
        for bytes in engine.run(4.0, &|| clock.now()) {
            let Answer { over, reply, .. } = Answer::decode(&bytes).unwrap();
            let said = verdicts(reply);
            let digits = said.searched.chars().filter(char::is_ascii_digit);
            let states: usize = digits.collect::<String>().parse().unwrap();
            for known in &said.goals {
                // The models are searched one after the other.
                let mut needed = 0;
                for (verdict, report) in known.models.iter().zip(&reports) {
                    needed += report.explored;
                    let complete = over || states >= needed;
                    assert!(complete || verdict.says != Says::No, "{}", said.searched);
                }
                let complete = said.lkmm.as_ref().is_some_and(|lkmm| lkmm.complete);
                assert!(complete || known.lkmm.says != Says::No);
            }
            assert_eq!(said.stage == Stage::Done, over);
            seen += usize::from(!over);
        }
    }
    assert!(seen >= 2, "{seen} words on the way");
}

#[test]
fn a_schedule_replays_on_the_machine_and_is_the_shortest() {
    let lesson = lesson("missed-doorbell");
    let request = Request::Show {
        subject: subject(lesson, "reader-mb"),
        model: &machine::model::ARM,
        goal: Goal::Outcome(0),
    };
    let Reply::Schedule(Some(schedule)) = ask(request) else {
        panic!("a schedule");
    };
    assert!(schedule.shortest);
    let test = lesson.test().with(&setting(lesson, "reader-mb"));
    let model = CpuModel::by_id("arm").unwrap();
    let p = machine::compile(&test, model, SrcuFlavour::Fast).unwrap();
    let mut run = machine::Run::new(std::sync::Arc::new(p));
    for step in &schedule.steps {
        let step = run.program().find(*step).unwrap();
        run.step(step).unwrap();
    }
    let outcome = machine::outcome(run.program(), run.state());
    assert!(outcome.satisfies(run.program(), &test.outcomes[0].cond));
}

#[test]
fn no_schedule_leads_where_none_can() {
    let lesson = lesson("missed-doorbell");
    let request = Request::Show {
        subject: subject(lesson, ""),
        model: &machine::model::ARM,
        goal: Goal::Outcome(0),
    };
    assert_eq!(ask(request), Reply::Schedule(None));
}

#[test]
fn the_reason_comes_over_whole() {
    let lesson = lesson("missed-doorbell");
    for (off, allowed) in [("reader-mb", true), ("", false)] {
        let Reply::Why(WhyAnswer::Reason { reason, remark }) = ask(Request::Why {
            subject: subject(lesson, off),
            goal: Goal::Outcome(0),
        }) else {
            panic!("a reason");
        };
        assert_eq!(reason.violated.is_none(), allowed);
        let setting = setting(lesson, off);
        let test = lesson.test();
        let names = picture::axioms::AxiomNames::new(&test, &setting, Some(lesson.source));
        let cond = test.outcomes[0].cond.clone();
        let resolved = test.with(&setting);
        let model = &lkmm::models::LKMM;
        let mut question = lkmm::Question::new(Arc::new(resolved), model, cond);
        let why = question.run(&names, u64::MAX).unwrap();
        let here = picture::axioms::reason(&why.unwrap(), &names).unwrap();
        assert_eq!(*reason, here);
        assert_eq!(remark, None);
        // What Tree SRCU orders is not in the model.
        let Reply::Why(WhyAnswer::Reason { remark, .. }) = ask(Request::Why {
            subject: Subject {
                flavour: SrcuFlavour::Tree,
                ..subject(lesson, off)
            },
            goal: Goal::Outcome(0),
        }) else {
            panic!("a reason");
        };
        assert!(remark.unwrap().contains("Tree SRCU"));
    }
    let failure = Request::Why {
        subject: subject(lesson, ""),
        goal: Goal::Deadlock,
    };
    assert!(matches!(ask(failure), Reply::Why(WhyAnswer::Unknown(_))));
}

#[test]
fn prospects_are_those_of_each_step() {
    let lesson = lesson("missed-doorbell");
    let mut lab = session::Session::new(lesson.id.to_owned(), lesson.test()).unwrap();
    let mut known = 0;
    // Ever the first step that is offered, to the end.
    loop {
        let view = lab.view();
        let lines = view.cpus.iter().flat_map(|cpu| &cpu.bands);
        let offers = lines.flat_map(|band| &band.lines).flat_map(|l| &l.offers);
        let steps: Vec<_> = offers.map(|offer| offer.step).collect();
        let Some(first) = steps.first() else { break };
        let request = Request::Prospects {
            subject: Subject {
                source: lesson.source.to_owned(),
                setting: lab.setting().clone(),
                flavour: lab.flavour(),
            },
            model: lab.model(),
            done: lab.run().schedule(),
            offers: steps.clone(),
        };
        let Reply::Prospects(prospects) = ask(request) else {
            panic!("prospects");
        };
        assert_eq!(prospects.len(), steps.len());
        let test = lab.resolved();
        for (step, prospect) in steps.iter().zip(&prospects) {
            assert_eq!(prospect.step, *step);
            let state = lab.state_after(*step).unwrap();
            let bad = |outcome: &machine::Outcome| {
                let cond = &test.outcomes[0].cond;
                outcome.satisfies(lab.program(), cond)
            };
            let wanted = explore::still_reachable(lab.program(), &state, 60_000, &bad);
            assert_eq!(prospect.bad, wanted, "{step}");
            known += 1;
        }
        lab.step(*first).unwrap();
    }
    assert!(known > 10);
}

#[test]
fn a_bad_outcome_closes_where_the_searches_say() {
    let mut closed = [0, 0, 0];
    for (id, off) in [
        ("missed-doorbell", "reader-mb"),
        ("missed-doorbell", ""),
        ("freed-bus", ""),
        ("store-buffering", ""),
    ] {
        let lesson = lesson(id);
        let mut lab = session::Session::new(lesson.id.to_owned(), lesson.test()).unwrap();
        lab.set_setting(setting(lesson, off)).unwrap();
        for seed in 0..6_usize {
            lab.reset();
            for at in 0..seed * 4 {
                let steps = lab.program().steps(lab.state());
                let Some(step) = steps.get((seed * 31 + at * 7) % steps.len().max(1)) else {
                    break;
                };
                lab.step(lab.program().name(*step)).unwrap();
            }
            let request = Request::Closings {
                subject: Subject {
                    source: lesson.source.to_owned(),
                    setting: lab.setting().clone(),
                    flavour: lab.flavour(),
                },
                model: lab.model(),
                steps: lab.run().schedule(),
            };
            let Reply::Closings(closings) = ask(request) else {
                panic!("closings");
            };
            let test = lab.resolved();
            let goals: Vec<Goal> = Goal::of(test).into_iter().filter(|g| g.bad(test)).collect();
            assert_eq!(closings.len(), goals.len(), "{id}");
            for closing in closings {
                let p = lab.program();
                let cond = closing.goal.condition(test).unwrap();
                let bad = |outcome: &machine::Outcome| outcome.satisfies(p, cond);
                let first = (0..=lab.len()).find(|at| {
                    let state = lab.run().state_at(*at);
                    explore::still_reachable(p, state, 60_000, &bad) == Reachable::No
                });
                assert_eq!(
                    closing.after,
                    first.map(|at| at as u32),
                    "{id} {off} {seed}"
                );
                closed[first.map_or(0, |at| 1 + usize::from(at > 0))] += 1;
            }
        }
    }
    // Of each kind there was one: never closed, never open, and closed by a step.
    assert!(closed.iter().all(|count| *count > 0), "{closed:?}");
}

fn matrix_of(subject: Subject, goal: Option<Goal>, most: u32) -> Request {
    Request::Matrix {
        subject,
        model: &machine::model::ARM,
        goal,
        most,
        search: true,
    }
}

fn panel(reply: Reply) -> MatrixPanel {
    match reply {
        Reply::Matrix(panel) => *panel,
        other => panic!("{other:?}"),
    }
}

fn matrix(subject: Subject, goal: Option<Goal>) -> MatrixPanel {
    panel(ask(matrix_of(subject, goal, 1000)))
}

/// What a cell says of what is known.
fn answer(known: Option<Reachable>) -> CellAnswer {
    match known {
        Some(Reachable::Yes) => CellAnswer::Reachable,
        Some(Reachable::No) => CellAnswer::Impossible,
        Some(Reachable::Unknown) => CellAnswer::Open,
        None => CellAnswer::Silent,
    }
}

#[test]
fn the_matrix_has_every_setting_model_and_lkmm() {
    let lesson = lesson("missed-doorbell");
    let test = lesson.test();
    let settings: Vec<Setting> = Setting::all(&test).collect();
    let known: Vec<_> = settings
        .iter()
        .map(|setting| searched(lesson, setting))
        .collect();
    for goal in Goal::asked(&test) {
        let MatrixPanel {
            table,
            more,
            complete,
            goal: shown,
            ..
        } = matrix(subject(lesson, ""), Some(goal));
        assert_eq!((more, complete, shown), (0, true, Some(goal)));
        assert_eq!(table.outcome, goal.label(&test));
        assert_eq!(table.columns, Model::all());
        let mut found: Vec<&Setting> = table.rows.iter().map(|row| &row.setting).collect();
        found.sort_by_key(|setting| &setting.0);
        let mut wanted: Vec<&Setting> = settings.iter().collect();
        wanted.sort_by_key(|setting| &setting.0);
        assert_eq!(found, wanted);
        for row in &table.rows {
            let place = settings.iter().position(|setting| *setting == row.setting);
            let (reports, judgement) = &known[place.unwrap()];
            for (cell, report) in row.cells.iter().zip(reports) {
                assert_eq!(cell.answer, answer(Some(reported(report, goal))));
                let states = session::text::grouped(report.explored);
                assert_eq!(cell.searched, format!("{states} states"));
            }
            let lkmm = row.cells.last().unwrap();
            assert_eq!(lkmm.answer, answer(judged(judgement, goal)));
        }
    }
    // Each set that is proven prevents the outcome, and is marked in its row.
    let table = matrix(subject(lesson, ""), Some(Goal::Outcome(0))).table;
    let arm = table.columns.iter().position(|c| c.id() == "arm").unwrap();
    assert!(!table.sets.is_empty() && table.sets.iter().all(|sets| sets.weakest.proven));
    let weakest = table
        .rows
        .iter()
        .filter(|row| row.weakest_on.contains("Arm"));
    let weakest: Vec<_> = weakest.collect();
    assert!(!weakest.is_empty());
    for row in weakest {
        assert_eq!(row.cells[arm].answer, CellAnswer::Impossible);
    }
}

#[test]
fn the_matrix_is_searched_once_and_shown_as_it_is_asked_for() {
    let lesson = lesson("missed-doorbell");
    let test = lesson.test();
    let mut engine = Engine::new();
    let wanted = subject(lesson, "reader-mb");
    send(&mut engine, 1, matrix_of(wanted.clone(), None, 5));
    let clock = Ticks::new(0.5);
    let mut first = Vec::new();
    while engine.busy() {
        for bytes in engine.run(8.0, &|| clock.now()) {
            first.push(Answer::decode(&bytes).unwrap());
        }
    }
    let last = panel(first.pop().unwrap().reply);
    // On the way it says what is known, and never more.
    assert!(first.len() > 2, "{} words on the way", first.len());
    for answer in first {
        if let Reply::Matrix(panel) = answer.reply {
            assert!(!panel.complete && panel.files.is_none() && panel.table.sets.is_empty());
            assert!(panel.table.rows.iter().all(|row| row.weakest_on.is_empty()));
        }
    }
    // The first bad outcome that some setting lets happen; what no setting lets happen cannot be asked about.
    assert_eq!(last.goal, Some(Goal::Outcome(0)));
    let named = Goal::of(&test);
    for goal in Goal::asked(&test) {
        let table = matrix(wanted.clone(), Some(goal)).table;
        let mut cells = table.rows.iter().flat_map(|row| &row.cells);
        let ever = cells.any(|cell| cell.answer == CellAnswer::Reachable);
        let asked = named.contains(&goal) || ever;
        assert_eq!(last.goals.contains(&goal), asked, "{goal:?}");
    }
    assert_eq!((last.table.rows.len(), last.more), (5, 19));
    // Another goal, model and number of rows: at once.
    let request = Request::Matrix {
        subject: subject(lesson, ""),
        model: &machine::model::SC,
        goal: Some(Goal::Outcome(1)),
        most: 100,
        search: false,
    };
    send(&mut engine, 2, request);
    let bytes = engine.run(8.0, &|| clock.now());
    assert_eq!((bytes.len(), engine.busy()), (1, false));
    let Answer { over, reply, .. } = Answer::decode(&bytes[0]).unwrap();
    let other = panel(reply);
    assert!(over && other.complete && other.goal == Some(Goal::Outcome(1)));
    let here = other.table.rows.iter().filter(|row| row.here);
    let here: Vec<_> = here.map(|row| row.setting.clone()).collect();
    assert_eq!(here, [setting(lesson, "")]);
    let cells = other.table.rows.iter().flat_map(|row| &row.cells);
    assert_eq!(cells.filter(|cell| cell.here).count(), 1);
    // The files have all of it.
    let files = last.files.unwrap();
    assert_eq!(files.csv.lines().count(), 25);
    assert!(files.plain.contains(&*last.table.outcome));
    assert!(files.svg.starts_with("<svg"));
}

#[test]
fn a_matrix_that_is_stopped_tells_and_keeps_what_is_known() {
    let lesson = lesson("missed-doorbell");
    let mut engine = Engine::new();
    send(&mut engine, 1, matrix_of(subject(lesson, ""), None, 100));
    let clock = Ticks::new(0.5);
    for _ in 0..20 {
        engine.run(8.0, &|| clock.now());
    }
    engine.receive(&Message::Stop { id: 1 }.encode());
    let known = |engine: &mut Engine| {
        let answers = answers(engine, 0.5);
        assert!(answers.len() == 1 && answers[0].over);
        panel(answers.into_iter().next().unwrap().reply)
    };
    let stopped = known(&mut engine);
    let rows = stopped.table.rows.len();
    assert!(!stopped.complete && (1..24).contains(&rows), "{rows} rows");
    assert!(stopped.table.sets.is_empty());
    assert_eq!(stopped.files.unwrap().csv.lines().count(), rows + 1);
    // Nothing more is searched for another goal.
    let request = Request::Matrix {
        subject: subject(lesson, ""),
        model: &machine::model::ARM,
        goal: Some(Goal::Outcome(1)),
        most: 100,
        search: false,
    };
    send(&mut engine, 2, request);
    let other = known(&mut engine);
    assert_eq!((other.table.rows.len(), other.complete), (rows, false));
    assert_eq!(other.explored, stopped.explored);
}

#[test]
fn the_cure_is_said_and_the_matrix_behind_it_is_searched_once() {
    let lesson = lesson("missed-doorbell");
    let mut engine = Engine::new();
    let cures = |model: &str| Request::Cures {
        subject: subject(lesson, "reader-mb"),
        model: by_id(model),
    };
    send(&mut engine, 1, cures("arm"));
    let first = answers(&mut engine, 0.01).pop().unwrap();
    let Reply::Cures(first) = first.reply else {
        panic!("{first:?}");
    };
    let said = |goal: usize| {
        let mut cures = first.cures.iter();
        let found = cures.find(|(of, _)| *of == Goal::Outcome(goal));
        found.unwrap().1.as_str()
    };
    assert_eq!(
        said(0),
        "Missing on Arm: smp_mb__after_srcu_read_lock() in line 84 (vCPU 0), or waiting with synchronize_srcu_expedited() in \
         line 76 (VMM), which needs no barrier but costs a grace period."
    );
    assert_eq!(said(1), "On Arm this cannot happen with these barriers.");
    assert_eq!(
        said(2),
        "On Arm this cannot happen, even with no barrier: call_srcu() in line 76 (VMM) prevents it."
    );
    assert_eq!(first.settings, 24);
    let searched = first.searched.unwrap();
    assert!(searched.starts_with("In all 24 combinations of barriers: "));
    let digits = searched.chars().skip(30).filter(char::is_ascii_digit);
    assert!(digits.count() > 4, "{searched}");
    assert!(first.judged.starts_with(", all 24 in "), "{}", first.judged);
    // Another model and the matrix itself: known at once.
    send(&mut engine, 2, cures("sc"));
    send(&mut engine, 3, cures("tso"));
    send(&mut engine, 4, matrix_of(subject(lesson, ""), None, 100));
    let clock = Ticks::new(1.0);
    let mut rows = 0;
    let mut slices = 0;
    while engine.busy() {
        slices += 1;
        for bytes in engine.run(8.0, &|| clock.now()) {
            let answer = Answer::decode(&bytes).unwrap();
            if let Reply::Matrix(panel) = answer.reply {
                assert!(panel.complete);
                rows += panel.table.rows.len();
            }
        }
    }
    assert_eq!((rows, slices), (24, 1));
}

#[test]
fn what_is_missing_is_said_of_each_bad_outcome() {
    let lesson = lesson("missed-doorbell");
    let cures = |off: &str, model: &str| {
        let reply = ask(Request::Cures {
            subject: subject(lesson, off),
            model: by_id(model),
        });
        let Reply::Cures(cures) = reply else {
            panic!("{reply:?}");
        };
        cures.cures
    };
    // Freed at once: the machine's own failure has its line as well.
    let cures_of_none = cures("wait:none", "arm");
    for goal in [Goal::Outcome(2), Goal::UseAfterFree] {
        let found = cures_of_none.iter().find(|(of, _)| *of == goal);
        let text = &found.unwrap().1;
        assert_eq!(text, "Missing on Arm: call_srcu() in line 76 (VMM).");
    }
    // One sentence each, and none offers anything where nothing can happen.
    let all = cures("", "arm");
    let goals: Vec<Goal> = all.iter().map(|(goal, _)| *goal).collect();
    let distinct: std::collections::HashSet<Goal> = goals.iter().copied().collect();
    assert_eq!(distinct.len(), goals.len());
    for (_, text) in &all {
        assert!(text.starts_with("On Arm this cannot happen"), "{text}");
        assert!(
            !text.contains("Missing") && !text.contains("LKMM"),
            "{text}"
        );
    }
}

#[test]
fn every_final_state_has_a_schedule() {
    let lesson = lesson("store-buffering");
    let Reply::Outcomes(outcomes) = ask(Request::Outcomes {
        subject: subject(lesson, ""),
        model: &machine::model::TSO,
        most: 100,
    }) else {
        panic!("outcomes");
    };
    let test = lesson.test().with(&setting(lesson, ""));
    let model = CpuModel::by_id("tso").unwrap();
    let report = explore::check(&test, model, SrcuFlavour::Fast, 1_000_000).unwrap();
    let mut states: Vec<&str> = outcomes.rows.iter().map(|row| &*row.state).collect();
    states.sort_unstable();
    assert_eq!(states, report.states);
    let said = format!("{} final states on x86-TSO, and no other", states.len());
    assert!(
        outcomes.sentence.starts_with(&said),
        "{}",
        outcomes.sentence
    );
    assert!(outcomes.svg.unwrap().starts_with("<svg"));
    assert!(outcomes.complete && outcomes.more == 0);
    assert!(
        outcomes
            .rows
            .iter()
            .all(|row| row.schedule.as_ref().unwrap().shortest)
    );
    // Stopped at once, it still says what it knows.
    let mut engine = Engine::new();
    send(
        &mut engine,
        1,
        Request::Outcomes {
            subject: subject(lesson, ""),
            model: &machine::model::TSO,
            most: 100,
        },
    );
    engine.receive(&Message::Stop { id: 1 }.encode());
    let stopped = answers(&mut engine, 0.5).pop().unwrap();
    let Reply::Outcomes(stopped) = stopped.reply else {
        panic!("{stopped:?}");
    };
    assert!(!stopped.complete && stopped.sentence.contains("so far"));
    assert!(stopped.svg.is_some());
    let Reply::Outcomes(few) = ask(Request::Outcomes {
        subject: subject(lesson, ""),
        model: &machine::model::TSO,
        most: 1,
    }) else {
        panic!("outcomes");
    };
    assert_eq!((few.rows.len(), few.more as usize), (1, states.len() - 1));
}

#[test]
fn final_states_bear_the_names_of_their_outcomes() {
    let lesson = lesson("store-buffering");
    for (off, possible) in [("a,b", true), ("", false)] {
        let Reply::Outcomes(outcomes) = ask(Request::Outcomes {
            subject: subject(lesson, off),
            model: &machine::model::TSO,
            most: 100,
        }) else {
            panic!("outcomes");
        };
        // First what is bad, then what has a name, each in its order.
        let ranks = outcomes.rows.iter();
        let ranks = ranks.map(|row| (!row.bad, row.name.is_empty(), &row.state));
        let ranks: Vec<_> = ranks.collect();
        assert!(ranks.is_sorted(), "{ranks:?}");
        let (reports, _) = searched(lesson, &setting(lesson, off));
        let tso = CpuModel::ALL.iter().position(|model| model.id == "tso");
        let report = &reports[tso.unwrap()];
        let test = lesson.test();
        let reached = Goal::asked(&test).into_iter();
        let reached = reached.filter(|goal| reported(report, *goal) == Reachable::Yes);
        let wanted: Vec<String> = reached.map(|goal| goal.label(&test)).collect();
        let bad = outcomes.rows.iter().filter(|row| row.bad);
        let bad: Vec<&str> = bad.flat_map(|row| row.name.split("; ")).collect();
        assert_eq!(bad, wanted);
        assert_eq!(!bad.is_empty(), possible);
    }
}

#[test]
fn lkmm_has_its_word_on_every_final_state() {
    let mut elsewhere = 0;
    for (name, off, model) in [
        ("store-buffering", "a,b", "sc"),
        ("store-buffering", "", "tso"),
        ("message-passing", "", "arm"),
        ("load-buffering", "", "sc"),
        ("missed-doorbell", "", "arm"),
    ] {
        let lesson = lesson(name);
        let Reply::Outcomes(outcomes) = ask(Request::Outcomes {
            subject: subject(lesson, off),
            model: by_id(model),
            most: 100,
        }) else {
            panic!("outcomes");
        };
        let test = Arc::new(lesson.test().with(&setting(lesson, off)));
        let mut judge = lkmm::Judge::new(test, &lkmm::models::LKMM).unwrap();
        while !judge.run(1_000).unwrap() {}
        let judgement = judge.judgement();
        for row in &outcomes.rows {
            let allowed = judgement.states.contains(&row.state);
            assert_eq!(
                row.allowed,
                Some(allowed),
                "{name} on {model}: {}",
                row.state
            );
            assert!(allowed, "the machine lies inside LKMM");
        }
        let mut states: Vec<&String> = outcomes.rows.iter().map(|row| &row.state).collect();
        states.extend(&outcomes.elsewhere);
        states.sort();
        states.dedup();
        assert_eq!(
            states,
            judgement.states.iter().collect::<Vec<_>>(),
            "{name} on {model}"
        );
        elsewhere += outcomes.elsewhere.len();
    }
    assert!(elsewhere > 0, "SC reaches less");
}

#[test]
fn a_newer_question_takes_the_place_of_the_older() {
    let lesson = lesson("tree-two-readers");
    let mut engine = Engine::new();
    send(&mut engine, 1, Request::Verdicts(subject(lesson, "")));
    let clock = Ticks::new(1.0);
    engine.run(4.0, &|| clock.now());
    send(&mut engine, 2, Request::Verdicts(subject(lesson, "")));
    let answers = answers(&mut engine, 0.5);
    assert!(answers.iter().all(|answer| answer.id == 2));
    assert_eq!(answers.iter().filter(|answer| answer.over).count(), 1);
}

#[test]
fn a_question_that_is_stopped_says_so_once() {
    let lesson = lesson("tree-two-readers");
    let stopped = |request: Request| {
        let mut engine = Engine::new();
        send(&mut engine, 1, request);
        let clock = Ticks::new(1.0);
        engine.run(4.0, &|| clock.now());
        for _ in 0..2 {
            engine.receive(&Message::Stop { id: 1 }.encode());
        }
        let mut answers = answers(&mut engine, 0.5);
        assert_eq!(answers.len(), 1);
        let answer = answers.pop().unwrap();
        assert!(answer.over);
        answer.reply
    };
    let why = Request::Why {
        subject: subject(lesson, ""),
        goal: Goal::Outcome(0),
    };
    assert_eq!(stopped(why), Reply::Stopped);
    // Verdicts say what is known, and that it is not all.
    let said = verdicts(stopped(Request::Verdicts(subject(lesson, ""))));
    assert_eq!(said.stage, Stage::Stopped);
    let searched = &said.searched;
    assert!(searched.starts_with("Stopped after "), "{searched}");
    assert!(searched.contains("not finished"), "{searched}");
    let known = said.goals.iter().flat_map(|known| &known.models);
    let all: Vec<Says> = known.map(|verdict| verdict.says).collect();
    assert!(all.contains(&Says::Unfinished) && !all.contains(&Says::Searching));
}

#[test]
fn the_verdicts_are_drawn_as_they_are_said() {
    let lesson = lesson("missed-doorbell");
    let subject = subject(lesson, "reader-mb");
    let said = verdicts(ask(Request::Verdicts(subject.clone())));
    let goals = said.goals.clone();
    let reply = ask(Request::VerdictsPicture {
        subject,
        goals: said.goals,
        notes: vec![said.searched.clone()],
    });
    let Reply::Drawn(drawn) = reply else {
        panic!("{reply:?}");
    };
    let Drawn::Picture(svg) = *drawn else {
        panic!("{drawn:?}");
    };
    let answers = goals
        .iter()
        .flat_map(|known| known.models.iter().chain([&known.lkmm]));
    let yes = answers.clone().filter(|verdict| verdict.says == Says::Yes);
    assert_eq!(svg.matches(">● yes<").count(), yes.count());
    let no = answers.filter(|verdict| verdict.says == Says::No);
    assert_eq!(svg.matches(">○ no<").count(), no.count());
    assert!(svg.contains("all ") && svg.contains("LKMM"));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let fine = || subject(lesson("missed-doorbell"), "");
    let step = |done: &str| Request::Prospects {
        subject: fine(),
        model: &machine::model::ARM,
        done: vec![done.parse().unwrap()],
        offers: Vec::new(),
    };
    let wrong = [
        (
            Request::Verdicts(Subject {
                source: "nonsense".to_owned(),
                ..fine()
            }),
            "litmus test",
        ),
        (
            Request::Verdicts(Subject {
                setting: Setting(vec![0]),
                ..fine()
            }),
            "setting",
        ),
        (
            Request::Verdicts(Subject {
                setting: Setting(vec![9; fine().setting.0.len()]),
                ..fine()
            }),
            "setting",
        ),
        (step("0:250r"), "0:250r"),
    ];
    for (request, what) in wrong {
        match ask(request) {
            Reply::Refused(why) => assert!(why.contains(what), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    // An outcome that there is not: nothing leads to it.
    let none = Request::Show {
        subject: fine(),
        model: &machine::model::SC,
        goal: Goal::Outcome(99),
    };
    assert_eq!(ask(none), Reply::Schedule(None));
    let mut engine = Engine::new();
    engine.receive(b"\xff\xffnonsense");
    let answers = answers(&mut engine, 1.0);
    assert!(matches!(&answers[0].reply, Reply::Refused(why) if why.contains("another build")));
}

#[test]
fn messages_are_small() {
    let lesson = lesson("missed-doorbell");
    let question = Message::Ask {
        id: 1,
        request: Request::Verdicts(subject(lesson, "")),
    };
    // The text of the test, and next to nothing else.
    assert!(question.encode().len() < lesson.source.len() + 40);
    let said = verdicts(ask(Request::Verdicts(subject(lesson, ""))));
    let answer = Answer {
        id: 1,
        over: true,
        reply: Reply::Verdicts(Box::new(said)),
    };
    let bytes = answer.encode().len();
    assert!(bytes < 1500, "{bytes} bytes");
}

/// A store behind a join: the axioms of Arm let it go before the load that the branch tests.
const JOINED: &str = "C joined

{}

P0(int *x, int *y)
{
	int r0;

	r0 = READ_ONCE(*x);
	if (r0 != 1)
		smp_mb();
	WRITE_ONCE(*y, 1);
}

P1(int *x, int *y)
{
	int r0;

	r0 = READ_ONCE(*y);
	smp_mb(); /*@ toggle mb */
	WRITE_ONCE(*x, r0);
}

exists (0:r0=1 /\\ 1:r0=1)
";

#[test]
fn what_the_axioms_allow_beyond_the_machine_is_said() {
    let subject = Subject {
        source: JOINED.to_owned(),
        setting: Setting(vec![0]),
        flavour: SrcuFlavour::Fast,
    };
    let said = verdicts(ask(Request::Verdicts(subject.clone())));
    let known = &said.goals[0];
    assert_eq!((said.stage, known.goal), (Stage::Done, Goal::Condition));
    let beyond = ["arm", "power"];
    for (model, verdict) in CpuModel::ALL.into_iter().zip(&known.models) {
        let wanted = says(Some(Reachable::No), beyond.contains(&model.id));
        assert_eq!(verdict.says, wanted, "{}", model.id);
    }
    let noted: Vec<&str> = known.notes.iter().map(|(model, _)| model.id).collect();
    assert_eq!(noted, beyond);
    for (model, note) in &known.notes {
        let place = "overtake the branch in line 10 before it";
        assert!(
            note.starts_with(model.name) && note.contains(place),
            "{note}"
        );
    }
    // In the matrix, that no schedule has it is no proof; the cell says why, as the verdict does.
    let table = matrix(subject, Some(Goal::Condition)).table;
    let mut rows = table.rows.iter();
    let on = rows.find(|row| row.setting == Setting(vec![0])).unwrap();
    for (cell, model) in on.cells.iter().zip(CpuModel::ALL) {
        let note = known.notes.iter().find(|(noted, _)| *noted == model);
        let wanted = match note {
            Some(_) => CellAnswer::Open,
            None => CellAnswer::Impossible,
        };
        assert_eq!(cell.answer, wanted, "{}", model.id);
        let below = cell.note.map(|note| &table.notes[note as usize]);
        assert_eq!(below.is_some(), note.is_some());
        for (below, (_, note)) in below.iter().zip(note) {
            let text = note.split_once(": ").unwrap().1;
            assert!(below.contains(text), "{below}");
        }
    }
    assert_eq!(on.cells.last().unwrap().answer, CellAnswer::Reachable);
}
