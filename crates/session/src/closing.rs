//! What is said when a bad outcome has just become impossible.

/// After a step: from this state none of these outcomes, each a clause, can be reached any more.
#[must_use]
pub fn by_step(labels: &[String]) -> Option<String> {
    told("From here this can no longer happen", labels)
}

/// After a switch, for a schedule that stands where it stood.
#[must_use]
pub fn by_switch(labels: &[String], at_start: bool) -> Option<String> {
    let when = if at_start {
        "With this switch this can no longer happen"
    } else {
        "With this switch this can no longer happen from here"
    };
    told(when, labels)
}

/// After a switch that was not enough.
#[must_use]
pub fn still(labels: &[String], model: &str) -> Option<String> {
    told(&format!("Still possible on {model}"), labels)
}

fn told(when: &str, labels: &[String]) -> Option<String> {
    (!labels.is_empty()).then(|| format!("{when}: {}.", labels.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_said_of_nothing() {
        assert_eq!(by_step(&[]), None);
        assert_eq!(by_switch(&[], true), None);
        assert_eq!(still(&[], "Arm"), None);
    }

    #[test]
    fn outcomes_are_named() {
        let labels = ["the vCPU used the old bus".to_owned(), "x=1".to_owned()];
        assert_eq!(
            by_step(&labels).as_deref(),
            Some("From here this can no longer happen: the vCPU used the old bus; x=1.")
        );
        assert_eq!(
            still(&labels[..1], "Arm").as_deref(),
            Some("Still possible on Arm: the vCPU used the old bus.")
        );
        assert_eq!(
            by_switch(&labels[..1], false).as_deref(),
            Some(
                "With this switch this can no longer happen from here: the vCPU used the old bus."
            )
        );
    }
}
