//! Options selected by a few digits; `0` is always the default.

use std::ops::RangeInclusive;
use std::time::Duration;

use socketio_proto::manager::Config;
use socketio_proto::{Auth, Limits, Overflow, Retries, SendBuffer, SocketOptions};

use super::Operands;

pub(super) fn config(mut operands: Operands<'_>) -> Config {
    let second = Duration::from_secs(1);
    Config {
        reconnection: !operands.flag(),
        reconnection_attempts: operands.one_of(&[None, Some(0), Some(1), Some(3)]),
        reconnection_delay: operands.one_of(&[
            second,
            Duration::ZERO,
            Duration::from_millis(10),
            60 * second,
        ]),
        reconnection_delay_max: operands.one_of(&[
            5 * second,
            Duration::ZERO,
            Duration::from_millis(7),
            3_600 * second,
        ]),
        randomization_factor: operands.one_of(&[0.5, 0.0, 1.0, f64::NAN, -1.0, 9.0]),
        timeout: operands.one_of(&[
            Some(20 * second),
            None,
            Some(Duration::from_millis(1)),
            Some(Duration::MAX),
        ]),
        limits: operands.one_of(&[
            Limits::default(),
            Limits {
                attachments: 1,
                packet_bytes: 100,
                nesting: 3,
            },
        ]),
        receive_buffer: operands.one_of(&[1000, 0, 1, 3]),
        rejoin_delay: operands.one_of(&[Duration::from_millis(100), Duration::ZERO, Duration::MAX]),
        connect_timeout: operands.one_of(&[
            Some(20 * second),
            None,
            Some(Duration::from_millis(1)),
            Some(Duration::MAX),
        ]),
        stable_after: operands.one_of(&[5 * second, Duration::ZERO, Duration::MAX]),
    }
}

/// How long attempts of this number may wait: at least what belongs to the number. Where all
/// attempts were used up before, they are counted again, but the delays go on.
pub(super) fn bounds(config: &Config, attempt: u32) -> RangeInclusive<Duration> {
    let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
    let max = config.reconnection_delay_max;
    let ideal = config.reconnection_delay.saturating_mul(doubled).min(max);
    let share = if config.randomization_factor.is_nan() {
        0.0
    } else {
        config.randomization_factor.clamp(0.0, 1.0)
    };
    let spread = ideal.mul_f64(share);
    // Delays are whole milliseconds.
    let least = (ideal - spread).saturating_sub(Duration::from_millis(1));
    least..=max
}

pub(super) fn socket(mut operands: Operands<'_>) -> SocketOptions {
    let hour = Duration::from_secs(3600);
    SocketOptions {
        auth: auth(operands.choice(3)),
        refresh_auth: operands.flag(),
        ack_timeout: operands.one_of(&[
            None,
            Some(Duration::from_millis(1)),
            Some(hour),
            Some(Duration::MAX),
        ]),
        retries: retries(&mut operands),
        send_buffer: SendBuffer {
            packets: operands.one_of(&[1000, 0, 1, 2]),
            bytes: operands.one_of(&[16 * 1024 * 1024, 0, 20, 60]),
            overflow: operands.one_of(&[
                Overflow::Refuse,
                Overflow::DropOldest,
                Overflow::DropNewest,
            ]),
            time_to_live: operands.one_of(&[None, Some(Duration::from_millis(1)), Some(hour)]),
        },
        one_user: operands.flag(),
    }
}

fn retries(operands: &mut Operands<'_>) -> Option<Retries> {
    let (retries, window, message_id) = match operands.choice(6) {
        1 => (10, 8, None),
        2 => (0, 1, Some("client".into())),
        3 => (1, 0, None),
        4 => (u32::MAX, usize::MAX, Some("\"\n".into())),
        5 => (2, 3, Some("long ".repeat(20))),
        _ => return None,
    };
    Some(Retries {
        retries,
        window,
        message_id,
    })
}

pub(super) fn auth(choice: usize) -> Auth {
    match choice {
        1 => Auth::object(&[("token", "t")].into_iter().collect::<Members>()).expect("an object"),
        2 => Auth::ASK,
        _ => Auth::NONE,
    }
}

type Members = std::collections::BTreeMap<&'static str, &'static str>;
