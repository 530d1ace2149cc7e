//! Runs tasks one at a time, across all windows of the page in this browser.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use crate::dom::pause::within;

/// The name of the browser's lock.
const NAME: &str = "orchard-tokens";

/// How long to wait for another window, in milliseconds: longer than the timeout of its call.
const PATIENCE: u32 = 20_000;

thread_local! {
    /// The last task of this window.
    static LAST: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Runs `task` after all earlier ones. The task completes even if the returned future is dropped.
///
/// Returns `None` if the task did not complete.
pub(crate) async fn in_turn<T: 'static>(task: impl Future<Output = T> + 'static) -> Option<T> {
    let done = Rc::new(Cell::new(None));
    let before = LAST.take();
    let promise = {
        let done = done.clone();
        future_to_promise(async move {
            if let Some(before) = before {
                _ = JsFuture::from(before).await;
            }
            let turn = Turn::default();
            within(PATIENCE, turn.wait()).await;
            done.set(Some(task.await));
            Ok(JsValue::UNDEFINED)
        })
    };
    LAST.set(Some(promise.clone()));
    _ = JsFuture::from(promise).await;
    done.take()
}

/// Holds the browser's lock until it is dropped. Outside a secure context there is no lock, and
/// windows don't wait for each other.
#[derive(Default)]
struct Turn(Rc<State>);

#[derive(Default)]
struct State {
    /// Whether the [`Turn`] was dropped.
    over: Cell<bool>,
    /// Releases the lock.
    release: Cell<Option<Function>>,
}

impl Turn {
    async fn wait(&self) {
        let granted = Promise::new(&mut |granted, _| {
            let (state, granted_too) = (self.0.clone(), granted.clone());
            let hold = move |_lock: JsValue| -> JsValue {
                _ = granted_too.call0(&JsValue::UNDEFINED);
                if state.over.get() {
                    return JsValue::UNDEFINED;
                }
                Promise::new(&mut |release, _| state.release.set(Some(release))).into()
            };
            let hold = Closure::once_into_js(hold);
            if request(&hold).is_none() {
                _ = granted.call0(&JsValue::UNDEFINED);
            }
        });
        _ = JsFuture::from(granted).await;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.over.set(true);
        if let Some(release) = self.0.release.take() {
            _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

fn request(hold: &JsValue) -> Option<()> {
    let member = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let locks = member(&member(&js_sys::global(), "navigator")?, "locks")?;
    let request: Function = member(&locks, "request")?.dyn_into().ok()?;
    let asked = request.call2(&locks, &NAME.into(), hold).ok()?;
    // The browser rejects the request when it unloads the document; the error can be ignored.
    let ignored = Closure::once_into_js(|_: JsValue| {});
    if let (Ok(promise), Ok(ignored)) =
        (asked.dyn_into::<Promise>(), ignored.dyn_into::<Function>())
    {
        let catch: Option<Function> = member(&promise, "catch").and_then(|it| it.dyn_into().ok());
        _ = catch.map(|catch| catch.call1(&promise, &ignored));
    }
    Some(())
}
