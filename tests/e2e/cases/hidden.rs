//! The page is hidden, frozen, left and restored while a notice is being sent: either the notice
//! arrives, or its text is still in the field and the page reports that it did not arrive.

use super::notices::{HELLO, draft, notices, wait_for_board, wait_for_notice, write};
use super::outages::enter as enter_scripted;
use super::{Case, everywhere, go_live, on_default};
use crate::page::Page;
use crate::runner::Stage;
use crate::scripted::Behaviour;
use crate::site::QUIET;
use crate::wait::wait_for;

pub(super) const CASES: &[Case] = &[
    everywhere(
        "a_notice_survives_the_back_forward_cache",
        a_notice_survives_the_back_forward_cache,
    ),
    everywhere(
        "a_notice_survives_a_frozen_page",
        a_notice_survives_a_frozen_page,
    ),
    everywhere(
        "a_notice_survives_leaving_and_returning",
        a_notice_survives_leaving_and_returning,
    ),
    on_default(
        "a_draft_survives_a_discarded_page",
        a_draft_survives_a_discarded_page,
    ),
];

/// A browser may cache a page that was left, and show it again. The page closes its connection in
/// the meantime.
fn a_notice_survives_the_back_forward_cache(stage: &mut Stage<'_>) {
    survives(stage, |page| {
        let send_and_leave = "
            document.querySelector('[data-testid=notice-send]').click();
            dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        ";
        page.session().run(send_and_leave);
        page.wait_for_state("reconnecting");
        page.session()
            .run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
    });
}

fn a_notice_survives_a_frozen_page(stage: &mut Stage<'_>) {
    survives(stage, |page| {
        page.click("notice-send");
        page.session().freeze(true);
        page.session().freeze(false);
    });
}

/// The browser may cache the page for the way back, or load it again.
fn a_notice_survives_leaving_and_returning(stage: &mut Stage<'_>) {
    survives(stage, |page| {
        let send_and_leave = "
            document.querySelector('[data-testid=notice-send]').click();
            location.href = 'about:blank';
        ";
        page.session().run(send_and_leave);
        page.wait_for_url("about:blank");
        page.session().back();
    });
}

/// Writes a notice and calls `leave`, which sends it, leaves the page and returns to it. Another
/// window receives the notice once, and the sender sees the actual outcome.
fn survives(stage: &mut Stage<'_>, leave: impl Fn(&Page)) {
    go_live(stage, QUIET);
    let Stage { page, server, .. } = stage;
    let here = page.session().tab();
    page.session().new_tab();
    page.visit(&server.url(QUIET));
    page.wait_for_state("live");
    let there = page.session().tab();

    page.session().switch_to(&here);
    open_board(page);
    wait_for("the field for a notice", || {
        page.find("notice")?.fill(HELLO)
    });
    leave(page);
    page.wait_for_state("live");
    open_board(page);
    wait_for("the notice, or its text", || {
        let is_shown = notices(page)
            .iter()
            .any(|it| it.0 == "own" && it.1 == HELLO);
        let outcome = page.text("notice-said").unwrap_or_default();
        match (is_shown, draft(page)) {
            (true, draft) if draft.is_empty() => Ok(()),
            (false, draft) if draft == HELLO && outcome.contains("没有送到") => Ok(()),
            (is_shown, draft) => Err(format!("{is_shown}, {draft:?}, {outcome:?}")),
        }
    });

    page.session().switch_to(&there);
    open_board(page);
    wait_for_notice(page, "other", HELLO);
    let received = notices(page);
    let copies = received.iter().filter(|it| it.1 == HELLO).count();
    assert_eq!(copies, 1, "{received:?}");
}

/// A browser may discard a hidden page without an event, and reload it when it is shown again.
fn a_draft_survives_a_discarded_page(stage: &mut Stage<'_>) {
    // The id that the page gives to its notice.
    const ID: u32 = u32::MAX / 2;
    const LOGIN: &str = r#"42/mofang,["login_response",{"data":"登录成功","sid":"p1"}]"#;
    const LAST: &[&str] = &[
        LOGIN,
        r#"42/mofang,["notices",{"notices":[{"text":"大家好","nickname":"阿桃","at":1000,"id":"2147483647"}]}]"#,
    ];
    assert!(LAST[1].contains(&ID.to_string()));
    stage.page.session().run_first("Math.random = () => 0.5");
    // The scripted server never delivers the notice.
    let scripted = enter_scripted(stage, Behaviour::Accept(&[LOGIN]));
    let Stage { page, .. } = stage;
    page.wait_for_state("live");
    open_board(page);
    write(page, "大家好");
    page.session().run(
        "for (const event of ['pagehide', 'visibilitychange', 'beforeunload']) {
            addEventListener(event, (it) => it.stopImmediatePropagation(), true);
        }",
    );
    page.reload();
    page.wait_for_state("live");
    open_board(page);
    wait_for("the text and the outcome", || {
        let (draft, outcome) = (draft(page), page.text("notice-said").unwrap_or_default());
        if draft == "大家好" && outcome.contains("没有送到") {
            Ok(())
        } else {
            Err(format!("{draft:?}, {outcome:?}"))
        }
    });
    // The server's last notices contain it, so it had arrived, and the draft is cleared.
    scripted.set(Behaviour::Accept(LAST));
    scripted.send("1");
    wait_for_board(page, &["我 大家好"]);
    wait_for("an empty field", || match draft(page) {
        draft if draft.is_empty() => Ok(()),
        draft => Err(draft),
    });
    page.reload();
    page.wait_for_state("live");
    open_board(page);
    wait_for_board(page, &["我 大家好"]);
    assert_eq!(draft(page), "", "the notice that was sent is a draft again");
}

fn open_board(page: &Page) {
    if page.text("notices").is_none() {
        page.click("menu-news");
    }
    wait_for("the board", || page.find("notices").map(|_| ()));
}
