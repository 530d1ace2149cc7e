use gloo_timers::callback::Interval;
use js_sys::Date;
use leptos::prelude::*;

use crate::components::Advice;
use crate::connection::state::LinkState;
use crate::connection::view::ConnectionView;
use crate::i18n::context::Texts;

/// The interval between updates of the countdown, in milliseconds.
const TICK: u32 = 250;

/// The state and all figures of the connection.
#[component]
pub(crate) fn ConnectionFigures(link: ConnectionView) -> impl IntoView {
    let text = Texts::from_context();
    let live = move || link.state.get() == LinkState::Live;
    let wait = seconds_until(link.next);
    let number = move |number: u64| text.language().number(number);
    let id = move || link.id.get().unwrap_or_else(|| "–".into());
    let round_trip = move || match link.round_trip.get().filter(|_| live()) {
        Some(time) => [number(time).as_str(), " ms"].concat(),
        None => "–".into(),
    };
    let next = move || match wait.get() {
        Some(seconds) => text.in_seconds(seconds),
        None => text.connection_now.into(),
    };
    view! {
        <dl class="figures">
            <dt>{move || text.connection_state}</dt>
            <dd data-testid="link-state">
                <span class="lamp" data-state=move || link.state.get().name()></span>
                {move || text.connection(link.state.get())}
            </dd>
            <dt>{move || text.connection_server}</dt>
            <dd data-testid="link-server">{link.server}</dd>
            <dt>{move || text.connection_namespace}</dt>
            <dd>{link.namespace}</dd>
            <dt>{move || text.connection_id}</dt>
            <dd data-testid="link-id">{id}</dd>
            <dt>{move || text.connection_round_trip}</dt>
            <dd data-testid="link-round-trip">{round_trip}</dd>
            <Show when=move || link.attempt.get().is_some()>
                <dt>{move || text.connection_attempt}</dt>
                <dd data-testid="link-attempt">
                    {move || link.attempt.get().map(|attempt| number(attempt.into()))}
                </dd>
                <dt>{move || text.connection_next}</dt>
                <dd data-testid="link-next">{next}</dd>
            </Show>
        </dl>
        <Show when=move || link.awaited.get().is_some()>
            <p class="hint" data-testid="link-awaited">
                {move || link.awaited.get().map(|awaited| text.awaited(awaited))}
            </p>
        </Show>
        <Show when=move || link.failure.get().is_some()>
            <p class="hint" data-testid="link-trouble">
                {move || text.connection_error}
                <br />
                {move || link.failure.get().map(|failure| text.failure(&failure))}
            </p>
        </Show>
        <Advice diagnosis=link.advice />
        <Show when=move || !live()>
            <div class="choices">
                <button
                    type="button"
                    class="wooden"
                    data-testid="link-retry"
                    on:click=move |_| link.retry.run(())
                >
                    {move || text.retry_now}
                </button>
            </div>
        </Show>
    }
}

/// Returns a countdown to `moment`, in whole seconds.
fn seconds_until(moment: Signal<Option<f64>>) -> Memo<Option<u64>> {
    let now = RwSignal::new(Date::now());
    let ticking = StoredValue::new_local(None::<Interval>);
    Effect::new(move || {
        let interval = moment.get().map(|_| {
            now.set(Date::now());
            Interval::new(TICK, move || {
                now.try_set(Date::now());
            })
        });
        ticking.set_value(interval);
    });
    Memo::new(move |_| {
        let left = moment.get()? - now.get();
        Some((left.max(0.0) / 1000.0).ceil() as u64)
    })
}
