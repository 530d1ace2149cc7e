//! Calls of the user's code, which may throw or panic.
//!
//! A JavaScript exception, and a panic, which is a trap where panics abort, leave every WebAssembly
//! frame that they cross as it is: no destructor runs, no borrow ends, and the shadow stack is not
//! unwound. So each call of the user's code goes out to JavaScript and comes back in: the exception
//! ends there, and the frames of this crate return normally. Values that must outlive the call
//! belong to a frame outside of it.

use std::task::Waker;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::sys::property::property;
use crate::sys::url::joined;

/// Calls `f`, and reports what it throws as an uncaught exception. Returns whether it threw
/// nothing.
pub(crate) fn run(f: &mut dyn FnMut()) -> bool {
    catch(f).is_ok()
}

/// Like [`run`], but returns the exception as well.
pub(crate) fn catch(f: &mut dyn FnMut()) -> Result<(), JsValue> {
    let result = attempt(f);
    if let Err(exception) = &result
        && report_error(exception).is_err()
    {
        // `reportError` exists from Chromium 95, Firefox 93 and Safari 15.4 on. Older browsers
        // report a rejected promise that has no handler.
        _ = Promise::reject(exception);
    }
    result
}

/// Drops a value that contains values of the user's: their destructors are the user's code.
pub(crate) fn dispose<T>(value: T) {
    dispose_boxed(Box::new(value));
}

/// Any value, as a trait object that can be dropped.
trait Value {}

impl<T> Value for T {}

/// Not generic, so that it is compiled once for the values of all types.
fn dispose_boxed(value: Box<dyn Value + '_>) {
    let mut value = Some(value);
    run(&mut || drop(value.take()));
}

/// Wakes a task: its waker may belong to the user's own executor.
pub(crate) fn wake(waker: Waker) {
    let mut waker = Some(waker);
    run(&mut || {
        if let Some(waker) = waker.take() {
            waker.wake();
        }
    });
}

/// Returns the error of an auth provider that threw.
pub(crate) fn failure(exception: &JsValue) -> String {
    let message = message(exception);
    let message = message
        .as_deref()
        .unwrap_or("an exception without a message");
    joined(&["the auth provider threw: ", message])
}

/// Returns the message of an exception, if it has one.
pub(crate) fn message(exception: &JsValue) -> Option<String> {
    let message = property(exception, "message").as_string();
    message.or_else(|| exception.as_string())
}

/// The frame in which an exception is caught. It has its own space on the shadow stack, for the
/// closure, so it restores the stack pointer when it returns; and it returns after each exception,
/// since it is not inlined into a loop.
#[inline(never)]
fn attempt(f: &mut dyn FnMut()) -> Result<(), JsValue> {
    call(&mut || f())
}

#[wasm_bindgen]
extern "C" {
    /// `Function.prototype.call.call(f)`: JavaScript makes the call, and an exception is returned
    /// as an error.
    #[wasm_bindgen(catch, js_namespace = ["Function", "prototype", "call"], js_name = call)]
    fn call(f: &mut dyn FnMut()) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_name = reportError)]
    fn report_error(exception: &JsValue) -> Result<(), JsValue>;
}
