//! What a bad outcome rests on: the steps that gave its condition's registers and locations their values, and the
//! locations. The same whatever schedule has led there.

use litmus::{Cond, Term};
use machine::eval::{Taken, taken};
use machine::masks::bits;
use machine::program::{Ex, Node, TermSource};
use machine::{Effect, Program, State};

use super::Moment;

/// The steps and locations that the bad outcomes of a final state rest on.
#[derive(Debug, Default)]
pub struct Rests {
    /// Steps of the run, each with what it gave: "vCPU 1's ready_seen = 1".
    pub steps: Vec<(usize, String)>,
    /// Locations of memory.
    pub locs: Vec<usize>,
}

/// What the bad outcomes rest on that the run has come to; nothing before its end.
#[must_use]
pub fn rests(moment: &Moment) -> Rests {
    let ended = moment.offers.is_empty() && moment.names.p.is_final(moment.state);
    match ended {
        true => at_the_end(moment),
        false => Rests::default(),
    }
}

fn at_the_end(moment: &Moment) -> Rests {
    let (p, test) = (moment.names.p, moment.session.test());
    let outcome = machine::outcome(p, moment.state);
    let holds = |cond: &Cond| outcome.satisfies(p, cond);
    let mut terms = Vec::new();
    if outcome.passes(p, test) {
        for bad in test.outcomes.iter().filter(|o| o.bad && holds(&o.cond)) {
            collect(&bad.cond, &holds, &mut terms);
        }
    }
    let mut rests = Rests::default();
    for (term, source) in &p.terms {
        if !terms.contains(term) {
            continue;
        }
        let value = moment.names.value(value_of(p, moment.state, source));
        match source {
            TermSource::Loc(loc) => {
                let loc = usize::from(*loc);
                rests.locs.push(loc);
                let text = format!("{} = {value}", moment.names.loc(loc));
                rests.steps.extend(writer(moment, loc).map(|at| (at, text)));
            }
            TermSource::Reg(cpu, ex) => {
                let cpu = usize::from(*cpu);
                let name = test.format_term(*term);
                let register = name
                    .split_once(':')
                    .map_or(&*name, |(_, register)| register);
                let text = format!("{} {register} = {value}", moment.names.cpu_owns(cpu));
                let mut loads = Vec::new();
                sources(p, moment.state, cpu, ex, &mut loads);
                loads.sort_unstable();
                loads.dedup();
                let steps = loads.into_iter().filter_map(|at| reader(moment, cpu, at));
                rests.steps.extend(steps.map(|at| (at, text.clone())));
            }
        }
    }
    rests
}

/// The terms of the parts of a condition that hold.
fn collect(cond: &Cond, holds: &dyn Fn(&Cond) -> bool, terms: &mut Vec<Term>) {
    match cond {
        Cond::True | Cond::False => {}
        Cond::Eq(term, _) => terms.push(*term),
        Cond::EqTerm(a, b) => terms.extend([*a, *b]),
        Cond::Not(a) => collect(a, &|_| true, terms),
        Cond::And(a, b) | Cond::Or(a, b) | Cond::Implies(a, b) => {
            for part in [a, b] {
                if holds(part) {
                    collect(part, holds, terms);
                }
            }
        }
    }
}

fn value_of(p: &Program, s: &State, source: &TermSource) -> i64 {
    match source {
        TermSource::Loc(loc) => s.mem.get(usize::from(*loc)).copied().unwrap_or(0),
        TermSource::Reg(cpu, ex) => {
            machine::eval::eval(p, s, usize::from(*cpu), ex).map_or(0, |(value, _)| value)
        }
    }
}

/// The loads that a register's value was computed from; for a constant those that decided that it is the one.
fn sources(p: &Program, s: &State, cpu: usize, ex: &Ex, loads: &mut Vec<u8>) {
    let node = match ex {
        Ex::Const(_) => return,
        Ex::Load(at) => return loads.push(*at),
        Ex::Node(node) => node,
    };
    match &**node {
        Node::Unary(_, a) | Node::Field(a, _) | Node::Once(a, _) => sources(p, s, cpu, a, loads),
        Node::Binary(_, a, b) | Node::AndNot(a, b) => {
            sources(p, s, cpu, a, loads);
            sources(p, s, cpu, b, loads);
        }
        Node::Select(arms) => {
            let reached = |(arms, _): &&(Vec<_>, Ex)| matches!(taken(s, cpu, arms), Taken::Yes(_));
            let Some((_, ex)) = arms.iter().find(reached) else {
                return;
            };
            let known = loads.len();
            sources(p, s, cpu, ex, loads);
            if loads.len() > known {
                return;
            }
            let branches = arms.iter().flat_map(|(arms, _)| arms);
            let code = p.cpus.get(cpu).map_or(&[][..], |code| &code.branches);
            let branches = branches.filter_map(|arm| code.get(usize::from(arm.branch)));
            loads.extend(
                branches
                    .flat_map(|branch| bits(branch.uses))
                    .map(|at| at as u8),
            );
        }
    }
}

/// The step in which a load found what it has.
fn reader(moment: &Moment, cpu: usize, at: u8) -> Option<usize> {
    let done = moment.session.run().done().get(..moment.session.at())?;
    done.iter().rposition(|d| {
        usize::from(d.step.cpu) == cpu
            && d.step.at == at
            && d.effects.iter().any(|e| matches!(e, Effect::Got { .. }))
    })
}

/// The step that stored what a location holds.
fn writer(moment: &Moment, loc: usize) -> Option<usize> {
    let done = moment.session.run().done().get(..moment.session.at())?;
    done.iter().rposition(|d| {
        let stores =
            |e: &Effect| matches!(e, Effect::Stored { loc: l, .. } if usize::from(*l) == loc);
        d.effects.iter().any(stores)
    })
}
