//! Barriers by name, thread and line; sets of them, and what a wait costs.

use explore::{Means, MinimalSet, Strength};
use litmus::{Expr, Op, Setting, StmtKind, Test, Toggle};

use crate::matrix::position_name;
use session::listing::Listing;
use session::names::list;

/// A toggle and its position.
type Member = (usize, u8);

/// The toggles of a test as they are spoken of.
#[derive(Clone, Debug)]
pub struct Barriers<'a> {
    /// How strong their positions are.
    pub strength: Strength,
    test: &'a Test,
    listing: Listing,
}

impl<'a> Barriers<'a> {
    /// Of a test with its toggles; with its text, lines are numbered as in it.
    #[must_use]
    pub fn of(test: &'a Test, text: Option<&str>) -> Barriers<'a> {
        Barriers {
            strength: Strength::of(test),
            test,
            listing: Listing::of_threads(test, &Setting::all_on(test), text),
        }
    }

    pub(crate) fn means(&self, setting: &Setting, toggle: usize) -> Means {
        let position = setting.0.get(toggle).copied().unwrap_or_default();
        self.strength.means(toggle, position)
    }

    /// A position in few words: "smp_rmb()", “look again where it is used”.
    #[must_use]
    pub fn position(&self, toggle: usize, position: u8) -> String {
        let Some(found) = self.test.toggles.get(toggle) else {
            return String::new();
        };
        let labelled = found.is_switch() && position == 0;
        if labelled {
            let label = short(self.test, found);
            if label.contains('(') && found.label.is_some()
                || self.strength.means(toggle, position) == Means::Change
            {
                return label;
            }
        }
        let mut others = (0..)
            .zip(&found.positions)
            .filter(|(at, _)| *at != position);
        let call = found
            .positions
            .get(usize::from(position))
            .and_then(|p| call(&p.stmts));
        let dependency = self.strength.means(toggle, position) == Means::Access;
        match call {
            Some(call)
                if !dependency && !others.any(|(_, p)| self::call(&p.stmts) == Some(call)) =>
            {
                format!("{call}()")
            }
            _ => self.code(found, position),
        }
    }

    /// A position as it is written: "if (filled) …", "WRITE_ONCE(*flag, bus)".
    fn code(&self, toggle: &Toggle, position: u8) -> String {
        let Some(found) = toggle.positions.get(usize::from(position)) else {
            return String::new();
        };
        let thread = self.test.threads.get(usize::from(toggle.thread));
        match (found.stmts.as_slice(), thread) {
            ([], _) => "none".to_owned(),
            ([only], Some(thread)) => {
                let text = thread.format_stmt(self.test, only);
                match text.split_once(" {") {
                    Some((condition, _)) => format!("{condition} …"),
                    None => text.trim_end_matches(';').to_owned(),
                }
            }
            ([first, ..], Some(thread)) => {
                let text = thread.format_stmt(self.test, first);
                text.trim_end_matches(';').to_owned()
            }
            (_, None) => found.name.clone(),
        }
    }

    /// Where a toggle stands: "in line 84 (vCPU 0)".
    #[must_use]
    pub fn place(&self, toggle: usize) -> String {
        let Some(found) = self.test.toggles.get(toggle) else {
            return String::new();
        };
        let thread = self.test.threads.get(usize::from(found.thread));
        let owner = thread.map_or("?", |thread| thread.label.as_ref().unwrap_or(&thread.name));
        let line = self.listing.line(usize::from(found.thread), found.stmt);
        format!("in line {} ({owner})", line.map_or(0, |line| line.number))
    }

    /// "smp_rmb() in line 84 (vCPU 0)".
    #[must_use]
    pub fn named(&self, toggle: usize, position: u8) -> String {
        format!("{} {}", self.position(toggle, position), self.place(toggle))
    }

    /// How the positions of a toggle are ordered: "smp_mb > smp_rmb > none".
    #[must_use]
    pub fn order(&self, toggle: usize) -> String {
        let Some(found) = self.test.toggles.get(toggle) else {
            return String::new();
        };
        let chains = self.strength.chains(toggle).into_iter().map(|chain| {
            let names = chain.into_iter().map(|at| position_name(found, at));
            names.collect::<Vec<String>>().join(" > ")
        });
        chains.collect::<Vec<String>>().join("; ")
    }

    /// "smp_rmb() in line 12 (vCPU 0) and smp_rmb() in line 20 (vCPU 1)".
    #[must_use]
    pub fn set(&self, set: &MinimalSet) -> String {
        self.list(&self.members(set))
    }

    fn list(&self, members: &[Member]) -> String {
        let names: Vec<String> = members.iter().map(|(at, p)| self.named(*at, *p)).collect();
        list(&names)
    }

    /// The toggles that are on, and those whose position is no stronger than another: which of these it is matters.
    fn members(&self, set: &MinimalSet) -> Vec<Member> {
        let toggles = set.setting.0.iter().enumerate();
        let all = toggles.filter(|(at, position)| {
            set.on.contains(at)
                || !self.strength.is_on(*at, **position) && self.strength.weakest(*at).count() > 1
        });
        all.map(|(at, position)| (at, *position)).collect()
    }

    /// What the waits of a set cost; none where nobody waits.
    #[must_use]
    pub fn price(&self, set: &MinimalSet) -> Option<&'static str> {
        let means: Vec<Means> = set
            .on
            .iter()
            .map(|at| self.means(&set.setting, *at))
            .collect();
        if means.contains(&Means::GracePeriod) {
            Some("a grace period")
        } else if means.contains(&Means::Callbacks) {
            Some("a wait for every queued callback")
        } else {
            None
        }
    }

    /// "smp_mb() in line 3 (P0), or waiting with synchronize_srcu() in line 9 (P1), which needs no barrier but costs a
    /// grace period". At most so many of either kind; `weakest` are the weakest settings of all.
    #[must_use]
    pub fn alternatives(&self, sets: &[MinimalSet], weakest: &[MinimalSet], most: usize) -> String {
        let (waits, barriers): (Vec<&MinimalSet>, Vec<&MinimalSet>) =
            sets.iter().partition(|set| self.price(set).is_some());
        let more = barriers.len().saturating_sub(most) + waits.len().saturating_sub(most);
        let barriers = barriers.into_iter().take(most).map(|set| self.members(set));
        let mut texts = self.either(barriers.collect());
        let waits = waits.into_iter().take(most);
        texts.extend(waits.map(|set| self.waiting(set, weakest)));
        if more > 0 {
            let sets = if more == 1 {
                "one other set"
            } else {
                "other sets"
            };
            texts.push(format!("{sets}, which the matrix lists"));
        }
        let long = sets.iter().any(|set| set.on.len() > 1);
        texts.join(if long { "; or " } else { ", or " })
    }

    /// One text for each set; one for all where they share something: "A, and with it either B, or C".
    fn either(&self, sets: Vec<Vec<Member>>) -> Vec<String> {
        let first = sets.first().cloned().unwrap_or_default();
        let shared = |member: &Member| sets.iter().all(|set| set.contains(member));
        let common: Vec<Member> = first.into_iter().filter(shared).collect();
        if common.is_empty() || sets.len() < 2 {
            return sets.iter().map(|set| self.list(set)).collect();
        }
        let rests = sets.iter().map(|set| {
            let rest = set.iter().filter(|member| !common.contains(member));
            self.list(&rest.copied().collect::<Vec<Member>>())
        });
        let rests: Vec<String> = rests.collect();
        let with = if common.len() == 1 { "it" } else { "them" };
        let common = self.list(&common);
        vec![format!(
            "{common}, and with {with} either {}",
            rests.join(", or ")
        )]
    }

    fn waiting(&self, set: &MinimalSet, weakest: &[MinimalSet]) -> String {
        let (waits, rest): (Vec<Member>, Vec<Member>) = self
            .members(set)
            .into_iter()
            .partition(|(at, position)| self.strength.means(*at, *position).waits());
        let mut text = format!("waiting with {}", self.list(&waits));
        if !rest.is_empty() {
            text.push_str(&format!(" together with {}", self.list(&rest)));
        }
        let alone = rest.is_empty() && weakest.iter().any(|other| self.members(other) == waits);
        let needs = if alone { "needs no barrier but " } else { "" };
        let price = self.price(set).unwrap_or_default();
        text.push_str(&format!(", which {needs}costs {price}"));
        text
    }

    /// What to call sets of these: not every line is a barrier.
    #[must_use]
    pub fn heading(&self, sets: &[MinimalSet]) -> &'static str {
        let mut means = sets.iter().flat_map(|set| {
            let on = set.on.iter();
            on.map(|at| self.means(&set.setting, *at))
        });
        if means.all(|means| means == Means::Barrier || means.waits()) {
            "Weakest barriers that prevent it"
        } else {
            "The weakest settings that prevent it"
        }
    }

    /// Whether sets are all of the weakest settings, so that whatever is on it cannot happen; with `below`, all of
    /// those that are weaker than that one.
    pub(crate) fn nothing_needed<'s>(
        &self,
        sets: impl Iterator<Item = &'s MinimalSet>,
        below: Option<&Setting>,
    ) -> bool {
        let weakest = |toggle: usize| {
            let top = below.and_then(|setting| setting.0.get(toggle).copied());
            let weakest = self.strength.weakest(toggle);
            let under = weakest.filter(|at| {
                top.is_none_or(|top| top == *at || self.strength.is_weaker(toggle, *at, top))
            });
            under.count()
        };
        let all = (0..self.test.toggles.len()).map(weakest);
        let all = all.fold(1_usize, usize::saturating_mul);
        let bare = |set: &&MinimalSet| self.strength.on(&set.setting).is_empty();
        sets.filter(bare).count() == all
    }

    /// "even with no barrier", where the weakest positions have none.
    pub(crate) fn even(&self) -> &'static str {
        let toggles = 0..self.test.toggles.len();
        let weakest = toggles.clone().flat_map(|at| {
            let weakest = self.strength.weakest(at);
            weakest.map(move |position| (at, position))
        });
        let mut weakest = weakest.map(|(at, position)| self.strength.means(at, position));
        let others = toggles.flat_map(|at| {
            let count = self
                .test
                .toggles
                .get(at)
                .map_or(0, |toggle| toggle.positions.len());
            let positions = (0..u8::try_from(count).unwrap_or(u8::MAX)).map(move |p| (at, p));
            positions.filter(|(at, position)| self.strength.is_on(*at, *position))
        });
        let mut others = others.map(|(at, position)| self.strength.means(at, position));
        if others.all(|means| means == Means::Change) {
            "whatever is switched off"
        } else if weakest.any(|means| means == Means::Barrier) {
            "even with the weakest of these barriers"
        } else {
            "even with no barrier"
        }
    }
}

/// The first primitive that statements call.
fn call(stmts: &[StmtKind]) -> Option<&str> {
    let op: &Op = match stmts.first()? {
        StmtKind::Op(op) => op,
        StmtKind::Assign {
            value: Expr::Op(op),
            ..
        } => op,
        _ => return None,
    };
    (!op.name.is_empty()).then_some(&op.name)
}

/// What a toggle is called in few words: its label up to what explains it.
pub(crate) fn short(test: &Test, toggle: &Toggle) -> String {
    let Some(label) = &toggle.label else {
        let thread = test.threads.get(usize::from(toggle.thread));
        let written = toggle.positions.first().and_then(|first| {
            let text = thread?.format_stmt(test, first.stmts.first()?);
            Some(text.trim_end_matches(';').to_owned())
        });
        return written.unwrap_or_else(|| toggle.name.clone());
    };
    let end = label.find([':', ';']).unwrap_or(label.len());
    let text = label.get(..end).unwrap_or(label).trim();
    if text.contains('(') {
        text.to_owned()
    } else {
        format!("“{text}”")
    }
}
