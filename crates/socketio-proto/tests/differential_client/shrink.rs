//! Shortens a failing script as far as it still fails.

use crate::script::{ManagerOptions, Script, SocketOptions};

pub(crate) fn shrink(mut script: Script, mut fails: impl FnMut(&Script) -> bool) -> Script {
    loop {
        let before = size(&script);
        let mut attempt = |script: &mut Script, change: &dyn Fn(&mut Script)| {
            let mut changed = script.clone();
            change(&mut changed);
            let is_better = fails(&changed);
            if is_better {
                *script = changed;
            }
            is_better
        };
        remove_steps(&mut script, &mut attempt);
        let mut at = 0;
        while at < script.handlers.len() {
            if !attempt(&mut script, &|script| drop(script.handlers.remove(at))) {
                at += 1;
            }
        }
        for handler in 0..script.handlers.len() {
            let mut at = 0;
            while at < script.handlers[handler].actions.len() {
                if !attempt(&mut script, &|script| {
                    script.handlers[handler].actions.remove(at);
                }) {
                    at += 1;
                }
            }
            attempt(&mut script, &|script| script.handlers[handler].times = 1);
        }
        attempt(&mut script, &|script| {
            script.manager = ManagerOptions::default()
        });
        for socket in 0..script.sockets.len() {
            attempt(&mut script, &|script| {
                script.sockets[socket] = SocketOptions::of(&script.sockets[socket].namespace);
            });
            attempt(&mut script, &|script| {
                script.sockets[socket].one_user = true
            });
            attempt(&mut script, &|script| script.sockets[socket].auth = None);
            attempt(&mut script, &|script| script.sockets[socket].asks = false);
            attempt(&mut script, &|script| {
                script.sockets[socket].ack_timeout = None
            });
        }
        if size(&script) == before {
            return script;
        }
    }
}

fn remove_steps(
    script: &mut Script,
    attempt: &mut impl FnMut(&mut Script, &dyn Fn(&mut Script)) -> bool,
) {
    let mut chunk = script.steps.len();
    while chunk > 0 {
        let mut at = 0;
        while at < script.steps.len() {
            let end = (at + chunk).min(script.steps.len());
            if !attempt(script, &|script| drop(script.steps.drain(at..end))) {
                at += chunk;
            }
        }
        chunk /= 2;
    }
}

fn size(script: &Script) -> usize {
    let actions = |script: &Script| -> usize {
        let count = |handler: &crate::script::Handler| handler.actions.len() + 1;
        script.handlers.iter().map(count).sum()
    };
    script.steps.len() + actions(script)
}
