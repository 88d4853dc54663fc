//! Settings of the toggles: their text form in links, and a test resolved by one.

use crate::ast::*;
use crate::diag::did_you_mean;
use std::fmt;

/// Why a text is no setting of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingError {
    /// The test has no such toggle.
    UnknownToggle {
        /// The name given.
        name: String,
        /// A name that was perhaps meant.
        near: Option<String>,
    },
    /// The toggle has no such position.
    UnknownPosition {
        /// The toggle.
        toggle: String,
        /// The position given.
        name: String,
        /// The positions that there are.
        positions: Vec<String>,
    },
    /// A toggle with several positions was named without one.
    NoPosition {
        /// The toggle.
        toggle: String,
        /// The positions that there are.
        positions: Vec<String>,
    },
}

impl SettingError {
    /// What to write instead.
    #[must_use]
    pub fn suggestion(&self) -> Option<String> {
        match self {
            SettingError::UnknownToggle { near, .. } => {
                near.as_ref().map(|near| format!("did you mean `{near}`?"))
            }
            SettingError::UnknownPosition {
                name, positions, ..
            } => did_you_mean(name, positions.iter().map(String::as_str))
                .or_else(|| Some(format!("it can be {}", positions.join(", ")))),
            SettingError::NoPosition { toggle, positions } => positions
                .get(1)
                .map(|position| format!("write `{toggle}:{position}`")),
        }
    }
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingError::UnknownToggle { name, .. } => write!(f, "there is no toggle `{name}`"),
            SettingError::UnknownPosition { toggle, name, .. } => {
                write!(f, "the toggle `{toggle}` has no position `{name}`")
            }
            SettingError::NoPosition { toggle, .. } => {
                write!(f, "the toggle `{toggle}` has several positions")
            }
        }
    }
}

impl std::error::Error for SettingError {}

/// One item of the link form: `reader-mb` or `wait:none`.
pub(crate) fn one_off(test: &Test, item: &str) -> Result<(ToggleId, u8), SettingError> {
    let (name, position) = match item.split_once(':') {
        Some((name, position)) => (name, Some(position)),
        None => (item, None),
    };
    let found = test
        .toggles
        .iter()
        .zip(0_u16..)
        .find(|(toggle, _)| toggle.name == name);
    let Some((toggle, id)) = found else {
        let near = crate::diag::nearest(name, test.toggles.iter().map(|t| t.name.as_str()));
        return Err(SettingError::UnknownToggle {
            name: name.to_string(),
            near: near.map(str::to_string),
        });
    };
    let names = || toggle.positions.iter().map(|p| p.name.clone()).collect();
    let index = match position {
        None if toggle.is_switch() => Some(1),
        None => {
            let positions = names();
            return Err(SettingError::NoPosition {
                toggle: name.to_string(),
                positions,
            });
        }
        Some(text) => toggle
            .positions
            .iter()
            .position(|p| p.name == text)
            .or_else(|| {
                // A position whose name is no word is written by its number.
                text.parse().ok().filter(|n| *n < toggle.positions.len())
            })
            .or_else(|| longer(toggle, text)),
    };
    match index.and_then(|i| u8::try_from(i).ok()) {
        Some(index) => Ok((ToggleId(id), index)),
        None => Err(SettingError::UnknownPosition {
            toggle: name.to_string(),
            name: position.unwrap_or_default().to_string(),
            positions: names(),
        }),
    }
}

/// The only position whose name goes on where the text ends: links from the time when a wait was called
/// `synchronize_srcu` open where it is `synchronize_srcu_expedited` today.
fn longer(toggle: &Toggle, text: &str) -> Option<usize> {
    let goes_on = |name: &str| {
        !text.is_empty()
            && name
                .strip_prefix(text)
                .is_some_and(|rest| rest.starts_with('_'))
    };
    let mut found = (0..)
        .zip(&toggle.positions)
        .filter(|(_, p)| goes_on(&p.name));
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

impl Setting {
    /// Every toggle in its first position.
    #[must_use]
    pub fn all_on(test: &Test) -> Setting {
        Setting(vec![0; test.toggles.len()])
    }

    /// The setting that the scenario opens with (`@default off=…`).
    #[must_use]
    pub fn default_of(test: &Test) -> Setting {
        let mut setting = Setting::all_on(test);
        for (toggle, position) in &test.meta.default.off {
            setting.set(*toggle, *position);
        }
        setting
    }

    /// The position of a toggle; 0 when the setting does not say.
    #[must_use]
    pub fn get(&self, toggle: ToggleId) -> u8 {
        self.0.get(usize::from(toggle.0)).copied().unwrap_or(0)
    }

    /// Moves a toggle, if the setting has it.
    pub fn set(&mut self, toggle: ToggleId, position: u8) {
        if let Some(place) = self.0.get_mut(usize::from(toggle.0)) {
            *place = position;
        }
    }

    /// Reads the link form, `reader-mb,wait:none`: the toggles that are not in
    /// their first position. Empty: all on.
    ///
    /// # Errors
    /// When the test has no such toggle or position.
    pub fn parse_off(test: &Test, text: &str) -> Result<Setting, SettingError> {
        let mut setting = Setting::all_on(test);
        for item in text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            let (toggle, position) = one_off(test, item)?;
            setting.set(toggle, position);
        }
        Ok(setting)
    }

    /// The link form; the inverse of [`Setting::parse_off`].
    #[must_use]
    pub fn to_off(&self, test: &Test) -> String {
        let mut items = Vec::new();
        for (toggle, position) in test.toggles.iter().zip(&self.0) {
            if *position == 0 {
                continue;
            }
            items.push(off_item(toggle, *position));
        }
        items.join(",")
    }

    /// Every setting of a test, [`Setting::all_on`] first; the last toggle
    /// moves fastest.
    pub fn all(test: &Test) -> impl Iterator<Item = Setting> + use<> {
        let sizes: Vec<u8> = test
            .toggles
            .iter()
            .map(|toggle| u8::try_from(toggle.positions.len()).unwrap_or(u8::MAX))
            .collect();
        let mut next = Some(Setting::all_on(test));
        std::iter::from_fn(move || {
            let current = next.take()?;
            let mut after = current.clone();
            for (digit, size) in after.0.iter_mut().zip(&sizes).rev() {
                if digit.saturating_add(1) < *size {
                    *digit += 1;
                    next = Some(after);
                    break;
                }
                *digit = 0;
            }
            Some(current)
        })
    }
}

pub(crate) fn off_item(toggle: &Toggle, position: u8) -> String {
    if toggle.is_switch() {
        return toggle.name.clone();
    }
    let name = toggle
        .positions
        .get(usize::from(position))
        .map(|p| p.name.as_str());
    let word = |n: &&str| {
        !n.is_empty()
            && n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !n.bytes().all(|b| b.is_ascii_digit())
    };
    match name.filter(word) {
        Some(name) => format!("{}:{name}", toggle.name),
        None => format!("{}:{position}", toggle.name),
    }
}

impl Test {
    /// The same test with every toggle resolved: a toggled statement gives way
    /// to the statements of the chosen position, which keep its number, span,
    /// place and mode. Other numbers do not change. What is said of settings
    /// (`@default off=`, `@verdict`) goes with the toggles.
    #[must_use]
    pub fn with(&self, setting: &Setting) -> Test {
        let mut test = self.clone();
        for thread in &mut test.threads {
            let body = std::mem::take(&mut thread.body);
            thread.body = self.resolved(body, setting);
        }
        test.toggles.clear();
        test.meta.default.off.clear();
        test.verdicts.clear();
        test
    }

    fn resolved(&self, body: Vec<Stmt>, setting: &Setting) -> Vec<Stmt> {
        let mut out = Vec::with_capacity(body.len());
        for mut stmt in body {
            let chosen = stmt.toggle.take().and_then(|id| {
                let toggle = self.toggles.get(usize::from(id.0))?;
                let position = setting.get(id);
                if position == 0 {
                    None
                } else {
                    toggle.positions.get(usize::from(position))
                }
            });
            match chosen {
                Some(chosen) => out.extend(chosen.stmts.iter().map(|kind| Stmt {
                    kind: kind.clone(),
                    toggle: None,
                    ..stmt.clone()
                })),
                None => {
                    stmt.kind = match stmt.kind {
                        StmtKind::If { cond, then, els } => StmtKind::If {
                            cond,
                            then: self.resolved(then, setting),
                            els: self.resolved(els, setting),
                        },
                        StmtKind::Block(body) => StmtKind::Block(self.resolved(body, setting)),
                        other => other,
                    };
                    out.push(stmt);
                }
            }
        }
        out
    }
}
