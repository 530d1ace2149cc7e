//! Simulated faults of the user's code, for this crate's own tests, with the feature `__faults`.

/// Throws at every tenth call, after a listener has returned.
#[cfg(feature = "__faults")]
pub(crate) fn every_tenth() {
    thread_local!(static CALLS: std::cell::Cell<u32> = const { std::cell::Cell::new(0) });
    CALLS.set(CALLS.get() + 1);
    if CALLS.get().is_multiple_of(10) {
        wasm_bindgen::throw_str("every tenth call of a listener throws");
    }
}

#[cfg(not(feature = "__faults"))]
pub(crate) fn every_tenth() {}
