use alloc::vec::Vec;
use core::fmt::Debug;
use core::time::Duration;

use super::{Origin, Retries};
use crate::json::push_integer;
use crate::packet::{Arguments, EncodeError};
use crate::queue::Queue;

/// The events that are sent until they are acknowledged, in their order.
#[derive(Debug)]
pub(crate) struct RetryQueue {
    options: Retries,
    events: Queue<Retried>,
    next: u64,
    bytes: usize,
}

/// One event on its way.
#[derive(Debug)]
pub(crate) struct Retried {
    pub(crate) number: u64,
    pub(crate) event: Arguments,
    /// The id under which the user awaits the end, if somebody does.
    pub(crate) awaited: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    /// The ids it was sent under, the last of which may be waited for. An answer to any of them will do: where the
    /// way takes longer than the timeout, no other would ever come.
    pub(crate) acks: Vec<u64>,
    in_flight: bool,
    origin: Origin,
}

/// What a manager asks of a retry queue: by way of a trait's object, so that a page without retries links none.
pub(crate) trait Retrying: Debug {
    fn len(&self) -> usize;

    fn bytes(&self) -> usize;

    /// Whether an event pushed now is sent at once, on a connection.
    fn has_window(&self) -> bool;

    /// Adds the id that a server can drop repeats by to an event that is to be taken in next.
    fn with_message_id(&self, event: Arguments) -> Result<Arguments, EncodeError>;

    /// Takes an event in, once it has its [message id](Self::with_message_id).
    fn push(
        &mut self,
        event: Arguments,
        awaited: Option<u64>,
        timeout: Option<Duration>,
        origin: Origin,
    );

    /// The next event to send, within the window: always the oldest that isn't in flight, so that order is kept.
    fn next(&mut self) -> Option<&mut Retried>;

    /// An event was acknowledged: it is done. Tells who awaited that.
    fn done(&mut self, number: u64) -> Option<Retried>;

    /// The event that was sent under this id, now or earlier.
    fn sent_under(&self, ack: u64) -> Option<u64>;

    /// An event stayed without acknowledgement. Returns it if it was sent often enough, and is given up.
    fn missed(&mut self, number: u64) -> Option<Retried>;

    /// Nobody awaits the end of this event any more; it is sent all the same.
    fn forget_awaited(&mut self, ack: u64);

    /// Takes out the events that are not in flight.
    fn take_waiting(&mut self) -> Vec<Retried>;

    /// Takes out the events that come from elsewhere.
    fn take_foreign(&mut self, is_foreign: &dyn Fn(&Origin) -> bool) -> Vec<Retried>;

    fn take_all(&mut self) -> Vec<Retried>;
}

impl RetryQueue {
    pub(crate) fn new(options: Retries) -> Self {
        Self {
            options,
            events: Queue::default(),
            next: 0,
            bytes: 0,
        }
    }

    fn take_where(&mut self, condition: &dyn Fn(&Retried) -> bool) -> Vec<Retried> {
        let taken = self.events.take_where(condition);
        self.bytes = self.events.iter().map(|event| event.event.bytes()).sum();
        taken
    }
}

impl Retrying for RetryQueue {
    fn len(&self) -> usize {
        self.events.len()
    }

    fn bytes(&self) -> usize {
        self.bytes
    }

    fn has_window(&self) -> bool {
        self.events.len() < self.options.window.max(1)
    }

    fn with_message_id(&self, mut event: Arguments) -> Result<Arguments, EncodeError> {
        if let Some(prefix) = &self.options.message_id {
            let mut message_id = prefix.clone();
            message_id.push(':');
            push_integer(&mut message_id, false, self.next);
            event.push(&*message_id)?;
        }
        Ok(event)
    }

    fn push(
        &mut self,
        event: Arguments,
        awaited: Option<u64>,
        timeout: Option<Duration>,
        origin: Origin,
    ) {
        let number = self.next;
        self.next += 1;
        self.bytes += event.bytes();
        self.events.push(Retried {
            number,
            event,
            awaited,
            timeout,
            acks: Vec::new(),
            in_flight: false,
            origin,
        });
    }

    fn next(&mut self) -> Option<&mut Retried> {
        let window = self.options.window.max(1);
        let next = self
            .events
            .iter_mut()
            .take(window)
            .find(|event| !event.in_flight)?;
        next.in_flight = true;
        Some(next)
    }

    fn done(&mut self, number: u64) -> Option<Retried> {
        self.take_where(&|event| event.number == number).pop()
    }

    fn sent_under(&self, ack: u64) -> Option<u64> {
        let event = self.events.iter().find(|event| event.acks.contains(&ack))?;
        Some(event.number)
    }

    fn missed(&mut self, number: u64) -> Option<Retried> {
        let event = self
            .events
            .iter_mut()
            .find(|event| event.number == number)?;
        event.in_flight = false;
        if event.acks.len() <= self.options.retries as usize {
            return None;
        }
        self.done(number)
    }

    fn forget_awaited(&mut self, ack: u64) {
        for event in self
            .events
            .iter_mut()
            .filter(|event| event.awaited == Some(ack))
        {
            event.awaited = None;
        }
    }

    fn take_waiting(&mut self) -> Vec<Retried> {
        self.take_where(&|event| !event.in_flight)
    }

    fn take_foreign(&mut self, is_foreign: &dyn Fn(&Origin) -> bool) -> Vec<Retried> {
        self.take_where(&|event| is_foreign(&event.origin))
    }

    fn take_all(&mut self) -> Vec<Retried> {
        self.take_where(&|_| true)
    }
}
