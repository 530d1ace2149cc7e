use alloc::vec::Vec;
use core::fmt::Debug;
use core::time::Duration;

use super::{Origin, Retries};
use crate::json::push_integer;
use crate::packet::{Arguments, EncodeError};
use crate::queue::Queue;

/// The events that are sent until they are acknowledged, in order.
#[derive(Debug)]
pub(crate) struct RetryQueue {
    options: Retries,
    events: Queue<Retried>,
    next: u64,
    bytes: usize,
}

/// One event of the queue.
#[derive(Debug)]
pub(crate) struct Retried {
    pub(crate) number: u64,
    pub(crate) event: Arguments,
    /// The acknowledgement id that the user waits for, if any.
    pub(crate) awaited: Option<u64>,
    pub(crate) timeout: Option<Duration>,
    /// The ids of its transmissions; only the last one may have a pending wait. An answer to any of
    /// them completes the event: where the round trip takes longer than the timeout, the last one
    /// would never be answered in time.
    pub(crate) acks: Vec<u64>,
    in_flight: bool,
    origin: Origin,
}

/// The interface of a retry queue. A trait object, so that a page without retries doesn't link the
/// implementation.
pub(crate) trait Retrying: Debug {
    fn len(&self) -> usize;

    fn bytes(&self) -> usize;

    /// Whether an event that is pushed now can be sent at once on a connected socket.
    fn has_window(&self) -> bool;

    /// Adds the message id of the next event, by which a server can drop duplicates.
    fn with_message_id(&self, event: Arguments) -> Result<Arguments, EncodeError>;

    /// Appends an event that has its [message id](Self::with_message_id).
    fn push(
        &mut self,
        event: Arguments,
        awaited: Option<u64>,
        timeout: Option<Duration>,
        origin: Origin,
    );

    /// The next event to send within the window: the oldest that isn't in flight, so that order is
    /// kept.
    fn next(&mut self) -> Option<&mut Retried>;

    /// Removes and returns an event that was acknowledged.
    fn done(&mut self, number: u64) -> Option<Retried>;

    /// The number of the event that was sent with this acknowledgement id, in any of its
    /// transmissions.
    fn sent_under(&self, ack: u64) -> Option<u64>;

    /// Notes that an event was not acknowledged. Removes and returns it if its retries are used up.
    fn missed(&mut self, number: u64) -> Option<Retried>;

    /// Notes that the user no longer waits for the acknowledgement. The event is still sent.
    fn forget_awaited(&mut self, ack: u64);

    /// Removes and returns the events that are not in flight.
    fn take_waiting(&mut self) -> Vec<Retried>;

    /// Removes and returns the events of foreign origin.
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
