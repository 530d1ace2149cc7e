use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::connection::{Connection, Stop};
use super::registry::Slot;
use crate::rate::{Pace, Rate};

const IGNORED_BYTES: usize = 4096;

/// The number of ignored reads after which the task yields.
const IGNORED_AT_ONCE: usize = 16;

/// The stream of a connection. It can be stopped from elsewhere, limits its read rate, and fails a
/// write for which the peer takes nothing within the timeout.
#[derive(Debug)]
pub(super) struct Io<S> {
    stream: S,
    connection: Arc<Connection>,
    pace: Pace,
    /// The timer until which reading is paused.
    paused: Option<Pin<Box<Sleep>>>,
    write_timeout: Duration,
    /// The timer of a write that is pending.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Held until the owner of the stream, HTTP or a WebSocket, closes it.
    slot: Slot,
}

impl<S> Io<S> {
    pub(super) fn new(stream: S, slot: Slot, read_rate: Rate, write_timeout: Duration) -> Self {
        Self {
            stream,
            connection: Arc::clone(slot.connection()),
            pace: Pace::new(read_rate, Instant::now()),
            paused: None,
            write_timeout,
            stalled: None,
            slot,
        }
    }

    /// Returns whether reading is still paused.
    fn is_paused(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(paused) = &mut self.paused else {
            return false;
        };
        if paused.as_mut().poll(cx).is_pending() {
            return true;
        }
        self.paused = None;
        false
    }

    fn poll_timed<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: impl FnOnce(&mut S, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let aborted = || Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        if self.connection.is_cut() {
            return aborted();
        }
        let outcome = write(&mut self.stream, cx);
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        // Only a pending write has to be woken by a cut: most writes complete at once, and there
        // are many.
        if self.connection.on_write(cx.waker()) {
            return aborted();
        }
        let limit = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(limit)));
        if stalled.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.slot.write_timed_out();
        // End the reader as well.
        self.connection.cut();
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn wrote(&self, outcome: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = outcome {
            self.connection.wrote(bytes);
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> Io<S> {
    /// Reads within the rate limit.
    fn poll_paced(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.is_paused(cx) {
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if outcome.is_ready() {
            let bytes = buffer.filled().len().saturating_sub(before);
            let until = self.pace.took(bytes, Instant::now());
            self.paused = until.map(|until| Box::pin(sleep_until(until)));
        }
        outcome
    }

    /// Reads data and drops it. If a connection is closed with unread data, the operating system
    /// sends a reset, which may overtake the last data sent.
    fn poll_ignored(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        for _ in 0..IGNORED_AT_ONCE {
            let mut scratch = [0; IGNORED_BYTES];
            let mut scratch = ReadBuf::new(&mut scratch);
            match self.poll_paced(cx, &mut scratch) {
                Poll::Ready(Ok(())) if !scratch.filled().is_empty() => {}
                ended_or_waits => return ended_or_waits,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Io<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.connection.on_read(cx.waker()) {
            Stop::No => self.poll_paced(cx, buffer),
            Stop::Ignore => self.poll_ignored(cx),
            Stop::End => Poll::Ready(Ok(())),
            Stop::Cut => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Io<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.poll_timed(cx, |stream, cx| Pin::new(stream).poll_write(cx, bytes));
        self.wrote(outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = self.poll_timed(cx, |stream, cx| {
            Pin::new(stream).poll_write_vectored(cx, bytes)
        });
        self.wrote(outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_timed(cx, |stream, cx| Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_timed(cx, |stream, cx| Pin::new(stream).poll_shutdown(cx))
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;
    use std::net::{IpAddr, Ipv4Addr};
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::Instant;

    use super::{Io, Rate};
    use crate::net::registry::Registry;

    const SECOND: Duration = Duration::from_secs(1);

    fn pair(rate: Rate) -> (Io<DuplexStream>, DuplexStream) {
        let registry = Arc::new(Registry::new(1, 0, Arc::default()));
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let slot = registry.admit(here.into(), false).unwrap();
        let (ours, theirs) = duplex(1 << 20);
        (Io::new(ours, slot, rate, SECOND), theirs)
    }

    #[tokio::test(start_paused = true)]
    async fn data_that_arrives_too_fast_waits() {
        let (mut io, mut theirs) = pair(Rate::new(1000, 4000));
        theirs.write_all(&[1; 10_000]).await.unwrap();
        let start = Instant::now();
        let mut bytes = [0; 500];
        for _ in 0..20 {
            io.read_exact(&mut bytes).await.unwrap();
        }
        // The last is read when all before it has flowed off, but for the burst.
        let passed = start.elapsed();
        assert!(passed > 5 * SECOND && passed < 7 * SECOND, "{passed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_makes_no_progress_times_out() {
        let (mut io, mut theirs) = pair(Rate::new(0, 0));
        let counters = Arc::clone(io.slot.counters());
        // Some is taken each time, just in time.
        let writing = tokio::spawn(async move {
            let outcome = io.write_all(&[1; 3 << 20]).await;
            (io, outcome)
        });
        let mut taken = vec![0; 1 << 20];
        for _ in 0..2 {
            tokio::time::sleep(SECOND / 2).await;
            theirs.read_exact(&mut taken).await.unwrap();
        }
        let (mut io, outcome) = writing.await.unwrap();
        outcome.unwrap();
        assert_eq!(counters.writes_timed_out.count(), 0);

        let error = io.write_all(&[1; 3 << 20]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(counters.writes_timed_out.count(), 1);
        let error = io.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
    }

    #[tokio::test(start_paused = true)]
    async fn ignored_input_is_read_and_dropped_while_output_is_sent() {
        let (mut io, mut theirs) = pair(Rate::new(0, 0));
        let connection = Arc::clone(&io.connection);
        connection.ignore();
        let ending = tokio::spawn(async move {
            tokio::time::sleep(SECOND).await;
            connection.end();
        });
        theirs.write_all(&[1; 500_000]).await.unwrap();
        io.write_all(b"last data").await.unwrap();
        assert_eq!(
            io.read(&mut [0; 10]).await.unwrap(),
            0,
            "it ends, and nothing was received"
        );
        ending.await.unwrap();
        drop(io);
        let mut received = String::new();
        theirs.read_to_string(&mut received).await.unwrap();
        assert_eq!(received, "last data");
    }

    #[tokio::test]
    async fn closing_wakes_pending_tasks() {
        let (mut io, _theirs) = pair(Rate::new(0, 0));
        let connection = Arc::clone(&io.connection);
        let reading = tokio::spawn(async move { io.read_u8().await });
        tokio::task::yield_now().await;
        connection.cut();
        let error = reading.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);

        let (mut io, _theirs) = pair(Rate::new(0, 0));
        let connection = Arc::clone(&io.connection);
        let writing = tokio::spawn(async move {
            let outcome = io.write_all(&[1; 2 << 20]).await;
            (io, outcome)
        });
        tokio::task::yield_now().await;
        assert!(!writing.is_finished(), "there is no room");
        connection.cut();
        let (mut io, outcome) = writing.await.unwrap();
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ConnectionAborted);
        let error = io.write_all(&[1]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionAborted);
    }
}
