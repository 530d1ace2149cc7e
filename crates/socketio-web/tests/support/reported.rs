use js_sys::Array;
use wasm_bindgen::JsCast;

/// The messages of the exceptions that were reported as uncaught.
pub(crate) struct Reported(Array);

impl Reported {
    /// Starts to record exceptions, and keeps them off the console.
    pub(crate) fn watch() -> Self {
        let script = "(() => {
            if (!globalThis.reportedErrors) {
                globalThis.reportedErrors = [];
                addEventListener('error', (event) => {
                    const message = String(event.error?.message ?? event.error);
                    // Not the test's own, see the feature `__faults`.
                    if (!message.startsWith('every tenth')) globalThis.reportedErrors.push(message);
                    event.preventDefault();
                });
            }
            globalThis.reportedErrors.length = 0;
            return globalThis.reportedErrors;
        })()";
        Self(js_sys::eval(script).unwrap().unchecked_into())
    }

    /// Like [`watch`](Self::watch), for many exceptions: replaces the browser's own report, which
    /// would be slow.
    pub(crate) fn watch_many() -> Self {
        let watched = Self::watch();
        let script = "Error.stackTraceLimit = 0;
            globalThis.realReportError ??= reportError;
            globalThis.reportError = ({ message }) => {
                if (!message.startsWith('every tenth')) globalThis.reportedErrors.push(message);
            };";
        js_sys::eval(script).unwrap();
        watched
    }

    /// Takes the messages since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        let messages = self.0.iter();
        let messages = messages.map(|text| text.as_string().unwrap()).collect();
        self.0.set_length(0);
        messages
    }

    pub(crate) fn count(&self) -> u32 {
        self.0.length()
    }
}

impl Drop for Reported {
    fn drop(&mut self) {
        let script = "globalThis.reportError = globalThis.realReportError ?? reportError;
            Error.stackTraceLimit = 10;";
        js_sys::eval(script).unwrap();
    }
}
