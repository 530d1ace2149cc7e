use leptos::prelude::*;

use crate::account::profile::Player;
use crate::i18n::amounts;
use crate::i18n::context::Texts;

/// Shown for an amount that is not known yet.
const UNTOLD: &str = "–";

/// The header: the player and their balances. Each part of it opens the wallet.
#[component]
pub(crate) fn Header(
    player: Signal<Player>,
    /// The portrait's URL, if it is one that the page may load.
    portrait: Signal<Option<String>>,
    #[prop(into)] on_more: Callback<()>,
) -> impl IntoView {
    let text = Texts::from_context();
    let name = move || player.with(|player| player.nickname.clone());
    let name = move || name().unwrap_or_else(|| text.nameless.into());
    let money = move || player.with(|player| player.money);
    let credit = move || player.with(|player| player.credit);
    let scale = move || text.scale();
    view! {
        <header class="header" data-testid="header">
            <button
                type="button"
                class="info"
                data-testid="info"
                aria-haspopup="dialog"
                aria-label=move || text.account_of(&name())
                on:click=move |_| on_more.run(())
            >
                <span class="avata">
                    <img class="avatar_bf" src="assets/avatar_bg.svg" alt="" width="60" height="60" />
                    <Portrait portrait />
                    <img class="avatar_border" src="assets/avatar_frame.svg" alt="" width="72" height="72" />
                </span>
                <span class="user_name" data-testid="user-name">{name}</span>
            </button>
            <button
                type="button"
                class="wallet"
                data-testid="wallet"
                aria-haspopup="dialog"
                on:click=move |_| on_more.run(())
            >
                <Balance icon="assets/money.svg" name=Signal::derive(move || text.money) id="money">
                    {move || money().map_or(UNTOLD.into(), |money| amounts::money_brief(money, scale()))}
                </Balance>
                <Balance icon="assets/credit.svg" name=Signal::derive(move || text.credit) id="credit">
                    {move || credit().map_or(UNTOLD.into(), |credit| amounts::whole_brief(credit, scale()))}
                </Balance>
            </button>
        </header>
    }
}

/// The image between the portrait's background and its frame: the player's own, or a placeholder.
#[component]
fn Portrait(portrait: Signal<Option<String>>) -> impl IntoView {
    const PLACEHOLDER: &str = "assets/avatar.svg";
    let broken = RwSignal::new(None);
    let source = move || {
        let portrait = portrait
            .get()
            .filter(|url| broken.get().as_ref() != Some(url));
        portrait.unwrap_or_else(|| PLACEHOLDER.into())
    };
    view! {
        <img
            class="user_avatar"
            data-testid="avatar"
            src=source
            alt=""
            width="60"
            height="60"
            referrerpolicy="no-referrer"
            on:error=move |_| broken.set(portrait.get_untracked())
        />
    }
}

#[component]
fn Balance(
    icon: &'static str,
    name: Signal<&'static str>,
    id: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <span class="balance">
            <span class="what">
                <img src=icon alt="" width="14" height="14" />
                {name}
            </span>
            " "
            <span class="plate" data-testid=id>{children()}</span>
        </span>
    }
}
