//! UDP datagrams by a thread of their own, so that no work on them keeps the socket waiting.

use crate::error::{Error, Result};
use std::io::ErrorKind;
use std::net::{SocketAddr, UdpSocket};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Datagrams that may wait: at 1466 bytes about 24 MB.
const WAITING: usize = 16_384;

/// What the kernel is asked to hold while our thread waits for a processor: 0.8 s at 80 MB/s.
#[cfg(unix)]
const KERNEL_BYTES: usize = 64 << 20;

/// Longest wait for a datagram before the stop is looked at.
const POLL: Duration = Duration::from_millis(50);

/// A socket that is being read.
#[derive(Debug)]
pub(super) struct Datagrams {
    queue: Receiver<(SocketAddr, Vec<u8>)>,
    stop: Arc<AtomicBool>,
    overflow: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

impl Datagrams {
    /// Binds an address and begins to read.
    ///
    /// # Errors
    /// Kind `io` naming the address.
    pub(super) fn bind(address: SocketAddr) -> Result<Self> {
        let name = address.to_string();
        let refused = |error: std::io::Error| Error::io(Path::new(&name), "listen on", &error);
        let socket = UdpSocket::bind(address).map_err(refused)?;
        enlarge_buffer(&socket);
        socket.set_read_timeout(Some(POLL)).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        let (sender, queue) = sync_channel(WAITING);
        let (stop, overflow) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stopped, lost) = (Arc::clone(&stop), Arc::clone(&overflow));
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !stopped.load(Ordering::Relaxed) {
                match socket.recv_from(&mut buffer) {
                    Ok((len, from)) => {
                        if sender.try_send((from, buffer[..len].to_vec())).is_err() {
                            lost.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    Err(error) if is_wait(error.kind()) => {}
                    Err(_) => break,
                }
            }
        });
        Ok(Self { queue, stop, overflow, thread: Some(thread), address })
    }

    /// The next datagram and who sent it; `None` when none came for a short while.
    ///
    /// # Errors
    /// Kind `usage` when the socket failed.
    pub(super) fn next(&self) -> Result<Option<(SocketAddr, Vec<u8>)>> {
        match self.queue.recv_timeout(POLL) {
            Ok(datagram) => Ok(Some(datagram)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Error::Usage("the socket was closed".to_owned())),
        }
    }

    /// Datagrams that came while the queue was full.
    pub(super) fn overflow(&self) -> u64 {
        self.overflow.load(Ordering::Relaxed)
    }
}

/// Asks for a large buffer. Linux grants the root user all of it and others `net.core.rmem_max`; what is not
/// granted only makes losses more likely, and losses are counted.
#[cfg(unix)]
fn enlarge_buffer(socket: &UdpSocket) {
    use rustix::net::sockopt;
    #[cfg(target_os = "linux")]
    if sockopt::set_socket_recv_buffer_size_force(socket, KERNEL_BYTES).is_ok() {
        return;
    }
    let _ = sockopt::set_socket_recv_buffer_size(socket, KERNEL_BYTES);
}

#[cfg(not(unix))]
fn enlarge_buffer(_: &UdpSocket) {}

fn is_wait(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

impl Drop for Datagrams {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
