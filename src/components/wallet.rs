use leptos::prelude::*;

use crate::account::profile::{self, Player};
use crate::host::version::version;
use crate::i18n::amounts;
use crate::i18n::context::Texts;

/// The player's full balances and account settings. `children` are shown beside the sign-out
/// button.
#[component]
pub(crate) fn Wallet(
    player: Signal<Player>,
    /// Whether the last request failed, so that the amounts may be out of date.
    stale: Signal<bool>,
    #[prop(into)] on_sign_out: Callback<()>,
    children: Children,
) -> impl IntoView {
    let text = Texts::from_context();
    let shown = |value: Option<String>| value.unwrap_or_else(|| "–".into());
    let name = move || shown(player.with(|player| player.nickname.clone()));
    let mobile = move || player.with(|player| player.mobile.as_deref().map(profile::masked));
    let money = move || shown(player.with(|player| player.money.map(amounts::money)));
    let credit = move || shown(player.with(|player| player.credit.map(amounts::whole)));
    view! {
        <dl class="figures">
            <dt>{move || text.nickname}</dt>
            <dd>{name}</dd>
            <Show when=move || mobile().is_some()>
                <dt>{move || text.mobile}</dt>
                <dd data-testid="mobile">{mobile}</dd>
            </Show>
            <dt>
                <img src="assets/money.svg" alt="" width="24" height="24" />
                {move || text.money}
            </dt>
            <dd data-testid="money-full">{money}</dd>
            <dt>
                <img src="assets/credit.svg" alt="" width="24" height="24" />
                {move || text.credit}
            </dt>
            <dd data-testid="credit-full">{credit}</dd>
        </dl>
        <p class="hint" role="status">{move || stale.get().then_some(text.balances_stale)}</p>
        <div class="choices">
            {children()}
            <button
                type="button"
                class="wooden"
                data-testid="sign-out"
                on:click=move |_| on_sign_out.run(())
            >
                {move || text.sign_out}
            </button>
        </div>
        <p class="hint" data-testid="version">{move || text.version} " " {version()}</p>
    }
}
