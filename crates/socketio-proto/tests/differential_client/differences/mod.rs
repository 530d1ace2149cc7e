//! The differences that docs/parity.md lists, each as narrow as possible.

mod listeners;
mod noted;
mod retries;
mod server;
mod user;

use crate::view::View;

/// Looks for a difference in a step that differs, and removes it.
pub(crate) type Find = fn(&mut View<'_>) -> Found;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Found {
    Nothing,
    /// It was found, and both clients are in the same state afterwards.
    Same,
    /// It was found, and both clients are in different states from here on.
    Parted,
}

/// All differences, under their names on that page. Each is looked for after those above it.
pub(crate) const DIFFERENCES: &[(&str, Find)] = &[
    ("close-without-open", noted::close_without_open),
    ("forced-close-order", noted::forced_close_order),
    ("reconnect-error-order", noted::reconnect_error_order),
    (
        "disconnect-without-connect",
        noted::disconnect_without_connect,
    ),
    ("bare-refusal", noted::bare_refusal),
    ("namespace-order", noted::namespace_order),
    ("taken-back-connect", noted::taken_back_connect),
    ("reconnect-order", noted::reconnect_order),
    ("retry-ids", noted::retry_ids),
    ("stale-answer", noted::stale_answer),
    ("emit-for-held-event", noted::emit_for_held_event),
    ("connect-before-flush", noted::connect_before_flush),
    ("plain-ack-lost", noted::plain_ack_lost),
    ("volatile-ack", noted::volatile_ack),
    ("late-timers", noted::late_timers),
    ("reconnection-off", user::reconnection_off),
    ("given-up-active", noted::given_up_active),
    ("connect-again", noted::connect_again),
    ("volatile-same-tick", user::volatile_same_tick),
    ("volatile-kept", user::volatile_kept),
    ("early-message", server::early_message),
    ("bad-handshake", server::bad_handshake),
    ("missing-payload", server::missing_payload),
    (
        "packet-between-attachments",
        server::packet_between_attachments,
    ),
    (
        "connect-in-failure-handler",
        listeners::connect_in_failure_handler,
    ),
    ("auth-timeout", user::auth_timeout),
    ("stray-refusal", server::stray_refusal),
    ("stray-connect", server::stray_connect),
    ("event-after-listener", listeners::event_after_listener),
    ("overdue-unconnected", user::overdue_unconnected),
    ("held-for-another-session", server::held_for_another_session),
    ("second-handshake", server::second_handshake),
    ("connect-behind-taken-back", user::connect_behind_taken_back),
    ("written-while-opening", user::written_while_opening),
    ("late-auth", user::late_auth),
    ("error-before-close", listeners::error_before_close),
    ("loss-in-turn", listeners::loss_in_turn),
    ("version-2", server::version_2),
    ("not-answered", server::not_answered),
    ("connect-anew", user::connect_anew),
    ("set-auth-while-asked", user::set_auth_while_asked),
    ("back-off-kept", server::back_off_kept),
    ("session-after-disconnect", user::session_after_disconnect),
    ("connect-paced", user::connect_paced),
    ("stale-disconnect", server::stale_disconnect),
    ("offline-attempts", user::offline_attempts),
    ("another-user", user::another_user),
    ("overdue-in-listener", listeners::overdue_in_listener),
    ("retry-late-ack", retries::retry_late_ack),
    ("retry-next-first", retries::retry_next_first),
    ("engine-close", server::engine_close),
    ("retry-sent-twice", retries::retry_sent_twice),
    ("name-as-offset", server::name_as_offset),
    ("retry-unbounded", retries::retry_unbounded),
    ("retry-flags", retries::retry_flags),
    ("retry-without-timeout", retries::retry_without_timeout),
    ("listener-throws", listeners::listener_throws),
    ("drop-before-handshake", server::drop_before_handshake),
    ("connect-in-back-off", user::connect_in_back_off),
];

/// Our client treats a `connect()` within this time after a failure as a program's reaction.
const REACTION: u64 = 100;

fn found(met: bool) -> Found {
    match met {
        true => Found::Same,
        false => Found::Nothing,
    }
}

fn parted(met: bool) -> Found {
    match met {
        true => Found::Parted,
        false => Found::Nothing,
    }
}
