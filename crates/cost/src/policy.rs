//! What an updater does with the array that it has replaced: as it was, as it is, and what was proposed.

/// See the module. The letters are those of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// `synchronize_srcu_expedited()`, then free: before the series.
    Wait,
    /// `call_srcu()`: since the series.
    Callback,
    /// (a) Wait if vCPUs exist, else a callback.
    WaitIfVcpus,
    /// (b) Its mirror image: wait if none exists yet, else a callback.
    WaitIfNone,
    /// (c) `call_srcu_expedited()`.
    ExpeditedCallback,
    /// (d) `call_srcu()`, for unregistering too.
    UnregisterToo,
    /// `synchronize_srcu()`, to compare.
    Synchronize,
}

/// How an array is retired, or a wait waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Wait for a grace period, then free.
    Wait(Hurry),
    /// Queue a callback.
    Callback(Hurry),
}

/// How a grace period is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hurry {
    /// Expedited.
    Expedited,
    /// Normal.
    Normal,
    /// Expedited when the domain is idle and has been for a while, else normal: `synchronize_srcu()`.
    IfIdle,
}

impl Policy {
    /// All of them.
    pub const ALL: [Policy; 7] = [
        Policy::Wait,
        Policy::Callback,
        Policy::WaitIfVcpus,
        Policy::WaitIfNone,
        Policy::ExpeditedCallback,
        Policy::UnregisterToo,
        Policy::Synchronize,
    ];

    /// How a registration retires the old array, where vCPUs exist or not.
    pub(crate) fn register(self, vcpus: bool) -> Method {
        match self {
            Policy::Wait => Method::Wait(Hurry::Expedited),
            Policy::WaitIfVcpus if vcpus => Method::Wait(Hurry::Expedited),
            Policy::WaitIfNone if !vcpus => Method::Wait(Hurry::Expedited),
            Policy::ExpeditedCallback => Method::Callback(Hurry::Expedited),
            Policy::Synchronize => Method::Wait(Hurry::IfIdle),
            _ => Method::Callback(Hurry::Normal),
        }
    }

    /// How the removal of a device does.
    pub(crate) fn unregister(self) -> Method {
        match self {
            Policy::UnregisterToo => Method::Callback(Hurry::Normal),
            _ => Method::Wait(Hurry::Expedited),
        }
    }

    /// "call_srcu(): since 6.18", "(c) call_srcu_expedited()".
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Policy::Wait => "synchronize_srcu_expedited()",
            Policy::Callback => "call_srcu()",
            Policy::WaitIfVcpus => "(a) wait if vCPUs exist, else call_srcu()",
            Policy::WaitIfNone => "(b) wait if no vCPU exists yet, else call_srcu()",
            Policy::ExpeditedCallback => "(c) call_srcu_expedited()",
            Policy::UnregisterToo => "(d) call_srcu(), also to unregister",
            Policy::Synchronize => "synchronize_srcu()",
        }
    }

    /// Where it stands.
    #[must_use]
    pub fn status(self) -> &'static str {
        match self {
            Policy::Wait => "before Linux 6.18",
            Policy::Callback => "merged in Linux 6.18, and unchanged in 7.2-rc5 (28 July 2026)",
            Policy::WaitIfVcpus => "proposed in April 2025; not merged",
            Policy::WaitIfNone => {
                "proposed on 13 February 2026; not merged in 7.2-rc5 (28 July 2026)"
            }
            Policy::ExpeditedCallback => {
                "proposed on 17 February and 9 March 2026; not merged in 7.2-rc5 (28 July 2026); Firecracker carried it"
            }
            Policy::UnregisterToo => "proposed in October 2025; not merged",
            Policy::Synchronize => "only here, to compare",
        }
    }

    /// Whether a registration that has returned is seen by every reader that comes after it.
    #[must_use]
    pub fn freshness(self) -> &'static str {
        match self {
            Policy::Wait | Policy::Synchronize => "kept by the wait",
            Policy::WaitIfVcpus => "kept: it waits wherever a vCPU could look too early",
            Policy::WaitIfNone => "left to barriers: where vCPUs exist, nobody waits",
            Policy::Callback | Policy::ExpeditedCallback => "left to barriers",
            Policy::UnregisterToo => {
                "left to barriers; and a vCPU may still find a device after it was unregistered"
            }
        }
    }

    /// Whether what is freed has no readers any more.
    #[must_use]
    pub fn lifetime(self) -> &'static str {
        match self {
            Policy::Wait | Policy::Synchronize => "kept: freed after the wait",
            Policy::WaitIfVcpus | Policy::WaitIfNone => {
                "kept: freed after the wait, or by the callback"
            }
            Policy::Callback | Policy::ExpeditedCallback => "kept: freed by the callback",
            Policy::UnregisterToo => "kept if the device, too, is destroyed by the callback",
        }
    }
}
