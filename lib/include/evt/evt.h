/// evt.h: evt for C11, and for every language that can call C. Each function is a call of the C++ library under another
/// name; what both promise is told in evt(3). Nothing throws, nothing allocates per operation.
///
/// Objects are blobs of a fixed size that the caller places where he likes and that never move: init makes one, destroy
/// ends it. A request is destroyed before its file, a file or request before its loop, or after it.
///
/// Results are counts ≥ 0, or negative: -errno, or one of evt_code. A function that returns int returns 0 or such a
/// code.
#ifndef EVT_EVT_H
#define EVT_EVT_H

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

// NOLINTBEGIN: names, typedefs and macros are those of C.
#ifdef __cplusplus
extern "C" {
#endif

/// What a callback wants next. EVT_DISARM: the request is the caller's again, to be used again or destroyed, also from
/// inside the callback. EVT_REARM: exactly the same operation again.
typedef enum evt_action { EVT_DISARM, EVT_REARM } evt_action;

/// What an operation can end with besides -errno. Canceled is -ECANCELED.
typedef enum evt_code {
  EVT_EOF = -5001,        ///< The stream ended.
  EVT_BUSY = -5002,       ///< The request is not idle, or evt_loop_run() was called from a callback.
  EVT_NO_LOOP = -5003,    ///< The loop or the file that the request was made for is gone.
  EVT_FORKED = -5004,     ///< The process forked since the loop was made: evt_loop_after_fork().
  EVT_EXCEPTION = -5005,  ///< A job written in another language threw an exception.
} evt_code;

/// What a negative result means, such as "No such file or directory": a string that is never freed. Any thread.
const char* evt_strerror(int64_t result);

/// No deadline. All times are nanoseconds.
#define EVT_NEVER INT64_MAX

// Loops.

typedef enum evt_backend { EVT_AUTOMATIC, EVT_IO_URING, EVT_EPOLL } evt_backend;
typedef enum evt_run_mode { EVT_NO_WAIT, EVT_ONCE, EVT_UNTIL_DONE } evt_run_mode;
typedef enum evt_broken_pipe { EVT_SUPPRESS_SIGPIPE, EVT_DELIVER_SIGPIPE } evt_broken_pipe;
typedef enum evt_disk_work { EVT_DISK_ON_POOL, EVT_DISK_ON_LOOP } evt_disk_work;

/// Threads for calls that block. May serve several loops and must outlive their use of it.
typedef struct evt_pool {
  uint64_t opaque[1];
} evt_pool;

/// `threads` = 0: as many as there are processors, at least 2. They start with the first use.
int evt_pool_init(evt_pool* pool, unsigned threads);
void evt_pool_destroy(evt_pool* pool);

/// What is zero stays at its default.
typedef struct evt_loop_options {
  evt_backend backend;          ///< By name: that one, or evt_loop_init() fails with the reason.
  evt_backend preferred;        ///< What EVT_AUTOMATIC tries first; io_uring.
  unsigned entries;             ///< Submission entries of an io_uring, events of an epoll wait; 256.
  unsigned budget;              ///< Callbacks a turn; 256.
  unsigned post_capacity;       ///< Posts that can wait; 1024.
  evt_broken_pipe broken_pipe;  ///< Whether writes nobody reads raise SIGPIPE beside failing with -EPIPE.
  evt_disk_work disk_work;      ///< Where an epoll loop reads and writes regular files.
  evt_pool* pool;               ///< Borrowed. NULL: the loop makes a small one when it needs one.
} evt_loop_options;

typedef struct evt_loop {
  uint64_t opaque[1];
} evt_loop;

/// `options` may be NULL.
int evt_loop_init(evt_loop* loop, const evt_loop_options* options);
/// Ends busy requests without calling back. Files and requests that outlive the loop refuse work with EVT_NO_LOOP.
void evt_loop_destroy(evt_loop* loop);

/// Runs callbacks; returns how many, or a code. The first run ties the loop to its thread.
int64_t evt_loop_run(evt_loop* loop, evt_run_mode mode);
/// One turn that waits at most `timeout`.
int64_t evt_loop_dispatch(evt_loop* loop, int64_t timeout);

/// Run returns after the current callback, and at once from then on until restart. Any thread, and signal handlers.
void evt_loop_stop(evt_loop* loop);
bool evt_loop_stopped(const evt_loop* loop);
void evt_loop_restart(evt_loop* loop);

/// Calls `function(context)` from run. Any thread, and signal handlers. -ENOBUFS: post_capacity of them wait already.
int evt_loop_post(evt_loop* loop, void (*function)(void* context), void* context);
/// Calls `function(context)` at the end of the turn. The loop's thread only.
int evt_loop_defer(evt_loop* loop, void (*function)(void* context), void* context);

/// Monotonic, the same all through a turn.
int64_t evt_loop_now(const evt_loop* loop);
void evt_loop_update_now(evt_loop* loop);
/// The earliest monotonic deadline, or EVT_NEVER.
int64_t evt_loop_next_deadline(const evt_loop* loop);

/// For a host with a loop of its own: prepare submits and returns the longest time to sleep; wait for fd to become
/// readable that long; then evt_loop_run(loop, EVT_NO_WAIT). The loop owns fd; -1 where it has none.
int64_t evt_loop_prepare(evt_loop* loop);
int evt_loop_fd(const evt_loop* loop);

/// In a child of fork(2), before anything else: a new ring or epoll. What was in flight ends as canceled here.
int evt_loop_after_fork(evt_loop* loop);

evt_backend evt_loop_backend(const evt_loop* loop);
/// Why this backend. Lives as long as the loop, or until evt_loop_after_fork().
const char* evt_loop_backend_reason(const evt_loop* loop);

// Files: a descriptor, and one queue of requests for each direction.

typedef enum evt_ownership { EVT_BORROW, EVT_ADOPT } evt_ownership;
typedef enum evt_ordering { EVT_ORDERED, EVT_UNORDERED } evt_ordering;
typedef enum evt_direction { EVT_READ, EVT_WRITE } evt_direction;

typedef struct evt_file {
  uint64_t opaque[32];
} evt_file;

/// EVT_ADOPT: the file closes `fd`. The flags of `fd` are never changed. -1: no descriptor yet.
void evt_file_init(evt_file* file, evt_loop* loop, int fd, evt_ownership ownership, evt_ordering ordering);
/// Ends busy requests without calling back, and closes what it adopted.
void evt_file_destroy(evt_file* file);
/// The same, and takes the next descriptor.
void evt_file_assign(evt_file* file, int fd, evt_ownership ownership);
/// Ends busy requests without calling back, and gives the descriptor back, open.
int evt_file_release(evt_file* file);
int evt_file_fd(const evt_file* file);
/// Starts no new operation of this direction; cancels nothing.
void evt_file_pause(evt_file* file, evt_direction direction);
void evt_file_resume(evt_file* file, evt_direction direction);

// Requests: what they all have in common is evt_request, their first member.

typedef enum evt_state { EVT_IDLE, EVT_QUEUED, EVT_IN_FLIGHT, EVT_CANCELING, EVT_READY } evt_state;

typedef struct evt_request {
  uint64_t opaque[12];
} evt_request;

/// Comes once for each operation that was accepted, always from evt_loop_run() or evt_loop_dispatch(). `request` is
/// the first member of the typed one; `user` is what its init or evt_set_user() was given. Calls that take one may be
/// given NULL: the result is dropped then, a descriptor closed.
typedef evt_action (*evt_callback)(evt_request* request, int64_t result, void* user);

/// One operation of one request.
typedef struct evt_ticket {
  uint64_t generation;
  uint32_t slot;
  int32_t reserved;
} evt_ticket;

evt_state evt_state_of(const evt_request* request);
void evt_set_user(evt_request* request, void* user);
void* evt_user(const evt_request* request);
/// Orders callbacks that are due in the same turn: lower first.
void evt_set_priority(evt_request* request, int priority);
/// An unreferenced request does not keep EVT_UNTIL_DONE going.
void evt_ref(evt_request* request);
void evt_unref(evt_request* request);

/// Asks the operation to end; the callback still comes, with -ECANCELED or with the result that won.
void evt_cancel(evt_request* request);
/// Returns with the request idle and without a callback; true, and `*result` set (NULL: not wanted), where the
/// operation won. A descriptor among the results is the caller's then.
bool evt_cancel_sync(evt_request* request, int64_t* result);
/// Bytes (of a batch: messages) that the last operation on a file moved, also one that failed or was canceled.
size_t evt_transferred(const evt_request* request);
/// Of the operation that was submitted last; for evt_request_cancel().
evt_ticket evt_ticket_of(const evt_request* request);
/// evt_cancel() from any thread or signal handler. The ticket of an operation that has ended does nothing.
int evt_request_cancel(evt_loop* loop, evt_ticket ticket);

// Where a socket is.

/// What bind(2) and its like take: `size` bytes of `data`. Size 0 and AF_UNSPEC are no address.
typedef struct evt_address {
  union {
    struct sockaddr any;
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
    struct sockaddr_un local;
  } data;
  socklen_t size;
} evt_address;

/// "127.0.0.1:80", "[::1]:80", "[fe80::1%eth0]:80", "unix:/path", "unix:@abstract". -EINVAL for anything else.
int evt_address_parse(evt_address* address, const char* text);
/// The same the other way round, as snprintf(3) does it: returns the length of the whole text.
int evt_address_format(const evt_address* address, char* text, size_t size);
/// getsockname(2) and getpeername(2).
int evt_local_address(int fd, evt_address* address);
int evt_peer_address(int fd, evt_address* address);

/// Sockets that are made here have O_CLOEXEC and O_NONBLOCK. Each returns a descriptor, the caller's, or -errno.
int evt_open_socket(int family, int type, int protocol);

#define EVT_REUSE_PORT 1u    ///< Share the port with others of this user; the kernel spreads what comes.
#define EVT_V6_ONLY 2u       ///< [::] leaves IPv4 alone.
#define EVT_KEEP_ADDRESS 4u  ///< A listener waits until connections of an earlier one are forgotten.

/// What is zero stays at its default.
typedef struct evt_listen_options {
  int type;        ///< SOCK_STREAM, or SOCK_SEQPACKET for unix sockets; evt_bind_datagram() does not look.
  int backlog;     ///< SOMAXCONN.
  unsigned flags;  ///< Those above.
  mode_t mode;     ///< Of a unix path, from the moment it exists; 0600.
} evt_listen_options;

/// Listens; a unix path that a dead process left behind is taken over. `options` may be NULL.
int evt_listen(const evt_address* address, const evt_listen_options* options);
/// A datagram socket that is bound; port 0 is a fine one for a client.
int evt_bind_datagram(const evt_address* address, const evt_listen_options* options);

// Reading and writing a file. Buffers and arrays of iovec are borrowed until the callback or evt_cancel_sync().

typedef struct evt_io {
  evt_request request;
  uint64_t opaque[19];
} evt_io;

void evt_io_init(evt_io* io, evt_file* file, void* user);
void evt_io_destroy(evt_io* io);

/// What is there: ≥ 1 bytes, or EVT_EOF.
int evt_read(evt_io* io, void* target, size_t size, evt_callback done);
int evt_readv(evt_io* io, const struct iovec* targets, size_t count, evt_callback done);
/// All of `size`, or EVT_EOF.
int evt_read_exact(evt_io* io, void* target, size_t size, evt_callback done);
/// Into the request itself, EVT_INLINE_CAPACITY bytes at most: evt_inline_data().
int evt_read_inline(evt_io* io, size_t size, evt_callback done);
/// All of `size`, in one callback.
int evt_write(evt_io* io, const void* source, size_t size, evt_callback done);
int evt_writev(evt_io* io, const struct iovec* sources, size_t count, evt_callback done);
/// What one write takes.
int evt_write_some(evt_io* io, const void* source, size_t size, evt_callback done);
/// Copies `size` ≤ EVT_INLINE_CAPACITY bytes at once and writes them all; -EMSGSIZE for more.
int evt_write_inline(evt_io* io, const void* source, size_t size, evt_callback done);
/// At an offset, beside whatever else runs on the file; evt_pwrite writes all.
int evt_pread(evt_io* io, void* target, size_t size, uint64_t offset, evt_callback done);
int evt_pwrite(evt_io* io, const void* source, size_t size, uint64_t offset, evt_callback done);
/// The events of poll(2), once a read or write would not block.
int evt_readable(evt_io* io, evt_callback done);
int evt_writable(evt_io* io, evt_callback done);
/// Moves up to `size` bytes from the request's file to `target`, one of which is a pipe.
int evt_splice(evt_io* io, evt_file* target, size_t size, evt_callback done);
/// evt_read() and evt_write() of a socket, with flags such as MSG_PEEK and MSG_MORE.
int evt_recv(evt_io* io, void* target, size_t size, int flags, evt_callback done);
int evt_send(evt_io* io, const void* source, size_t size, int flags, evt_callback done);
/// `to` is borrowed. What is submitted meanwhile waits; a socket that was refused or canceled is of no more use.
int evt_connect(evt_io* io, const evt_address* to, evt_callback done);
typedef enum evt_shutdown_how { EVT_SHUTDOWN_READ, EVT_SHUTDOWN_WRITE, EVT_SHUTDOWN_BOTH } evt_shutdown_how;
/// After the writes that were submitted before (EVT_SHUTDOWN_READ: the reads).
int evt_shutdown(evt_io* io, evt_shutdown_how how, evt_callback done);
/// After the writes that were submitted before.
int evt_fsync(evt_io* io, evt_callback done);
/// Cancels what the file has in flight, then closes its descriptor, also a borrowed one.
int evt_close(evt_io* io, evt_callback done);

#define EVT_INLINE_CAPACITY 32
const void* evt_inline_data(const evt_io* io);

// Accepting connections.

typedef struct evt_acceptor {
  evt_request request;
  uint64_t opaque[15];
} evt_acceptor;

void evt_acceptor_init(evt_acceptor* acceptor, evt_file* file, void* user);
/// Closes a connection that was accepted but not delivered.
void evt_acceptor_destroy(evt_acceptor* acceptor);
/// The result is a descriptor with O_NONBLOCK and O_CLOEXEC, the caller's. An error such as -EMFILE is no end.
int evt_accept(evt_acceptor* acceptor, evt_callback done);

// Receiving into buffers that are taken only when there is something to put into them.

typedef struct evt_buffer_pool {
  uint64_t opaque[16];
} evt_buffer_pool;

/// For files of this loop. `count` = 0: 256 buffers, `size` = 0: of 4096 bytes. All the memory is allocated here.
int evt_buffer_pool_init(evt_buffer_pool* pool, evt_loop* loop, unsigned count, size_t size);
/// After the receivers that use it.
void evt_buffer_pool_destroy(evt_buffer_pool* pool);
/// Buffers that hold nothing now.
unsigned evt_buffer_pool_available(const evt_buffer_pool* pool);

typedef struct evt_receiver {
  evt_request request;
  uint64_t opaque[22];
} evt_receiver;

void evt_receiver_init(evt_receiver* receiver, evt_file* file, void* user);
void evt_receiver_destroy(evt_receiver* receiver);
/// Of a socket or a pipe: ≥ 1 bytes (0 for an empty datagram), or EVT_EOF. Waits while the pool has no buffer.
int evt_receive(evt_receiver* receiver, evt_buffer_pool* pool, evt_callback done);
/// What came last; the caller's until the callback says EVT_REARM, the next evt_receive(), release or destroy.
void* evt_receiver_data(const evt_receiver* receiver);
/// Gives the buffer back to its pool.
void evt_receiver_release(evt_receiver* receiver);

// Messages with addresses and control data. Everything given is borrowed.

typedef struct evt_message {
  evt_request request;
  uint64_t opaque[28];
} evt_message;

void evt_message_init(evt_message* message, evt_file* file, void* user);
void evt_message_destroy(evt_message* message);
/// One message, 0 bytes for an empty one; of a stream what is there, or EVT_EOF. `header` is set as recvmsg(2) does.
int evt_recvmsg(evt_message* message, struct msghdr* header, int flags, evt_callback done);
/// The same into one buffer; `from` gets the sender.
int evt_recvfrom(evt_message* message, void* target, size_t size, evt_address* from, int flags, evt_callback done);
/// One message; of a stream everything, with the control data once. `header` is not written to.
int evt_sendmsg(evt_message* message, const struct msghdr* header, int flags, evt_callback done);
int evt_sendto(evt_message* message, const void* source, size_t size, const evt_address* to, int flags,
               evt_callback done);
/// What recvmsg(2) said in msg_flags: MSG_TRUNC where the message was longer than the buffers.
int evt_message_flags(const evt_message* message);

// Many datagrams at a time.

typedef struct evt_batch {
  evt_request request;
  uint64_t opaque[15];
} evt_batch;

struct mmsghdr;
void evt_batch_init(evt_batch* batch, evt_file* file, void* user);
void evt_batch_destroy(evt_batch* batch);
/// What is there, at least one message: how many. recvmmsg(2).
int evt_recvmmsg(evt_batch* batch, struct mmsghdr* messages, size_t count, int flags, evt_callback done);
/// All of them, in order, in one callback.
int evt_sendmmsg(evt_batch* batch, struct mmsghdr* messages, size_t count, int flags, evt_callback done);

// Opening a file.

typedef struct evt_open {
  evt_request request;
  uint64_t opaque[8];
} evt_open;

void evt_open_init(evt_open* open, evt_loop* loop, void* user);
void evt_open_destroy(evt_open* open);
/// openat(2) with O_CLOEXEC. The result is a descriptor, the caller's. `path` is borrowed.
int evt_openat(evt_open* open, int directory, const char* path, int flags, mode_t mode, evt_callback done);

// Nothing, done through the backend.

typedef struct evt_nop {
  evt_request request;
} evt_nop;

void evt_nop_init(evt_nop* nop, evt_loop* loop, void* user);
void evt_nop_destroy(evt_nop* nop);
int evt_nop_submit(evt_nop* nop, evt_callback done);

// Time. The result is how many expirations the callback stands for, ≥ 1.

typedef enum evt_clock { EVT_MONOTONIC, EVT_BOOTTIME, EVT_REALTIME } evt_clock;

typedef struct evt_timer {
  evt_request request;
  uint64_t opaque[3];
} evt_timer;

void evt_timer_init(evt_timer* timer, evt_loop* loop, evt_clock clock, void* user);
void evt_timer_destroy(evt_timer* timer);
int evt_timer_after(evt_timer* timer, int64_t delay, evt_callback done);
/// When the timer's clock reaches `deadline`.
int evt_timer_at(evt_timer* timer, int64_t deadline, evt_callback done);
/// At `first`, on the timer's clock, and every `interval` from then on as long as the callback rearms.
int evt_timer_every(evt_timer* timer, int64_t first, int64_t interval, evt_callback done);
/// Moves the deadline of a pending timer; false where it is not pending.
bool evt_timer_reset(evt_timer* timer, int64_t delay);
bool evt_timer_reset_at(evt_timer* timer, int64_t deadline);
int64_t evt_timer_deadline(const evt_timer* timer);
/// What the clock of the kernel says. Any thread.
int64_t evt_read_clock(evt_clock clock);

// Signals.

/// What came last; the sender is that of the last of `count`.
typedef struct evt_signal_info {
  int signal;
  uint32_t count;
  int code;      ///< si_code of sigaction(2).
  pid_t sender;  ///< For SIGCHLD the child. 0: the kernel, or not known.
  uid_t user;
  int64_t value;  ///< What sigqueue(3) sent along; for SIGCHLD the status.
} evt_signal_info;

typedef struct evt_signal {
  evt_request request;
  uint64_t opaque[40];
} evt_signal;

/// Starts unreferenced.
void evt_signal_init(evt_signal* signal, evt_loop* loop, void* user);
/// The disposition of the signal is what it was before, once nobody waits for it.
void evt_signal_destroy(evt_signal* signal);
/// The result is how often the signal came since the last callback, ≥ 1. -EINVAL for signals that cannot be handled.
int evt_signal_wait(evt_signal* signal, int number, evt_callback done);
/// In and after the callback, until the next.
const evt_signal_info* evt_signal_info_of(const evt_signal* signal);

// Processes.

/// A process by its pidfd, which stays open until evt_process_close().
typedef struct evt_process {
  pid_t id;
  int fd;
} evt_process;

int evt_process_open(evt_process* process, pid_t id);
/// Neither ends nor reaps it.
void evt_process_close(evt_process* process);
/// -ESRCH once it was reaped. Never meets another process that got the number.
int evt_process_kill(const evt_process* process, int signal);

/// In the order given: `path` is opened as `target`, or `source` ≥ 0 is duplicated to it, or else `target` is closed.
typedef struct evt_file_action {
  int target;
  int source;
  const char* path;
  int flags;
  mode_t mode;
} evt_file_action;

typedef enum evt_process_group { EVT_INHERIT_GROUP, EVT_OWN_GROUP, EVT_OWN_SESSION } evt_process_group;

typedef struct evt_spawn_options {
  const char* const* arguments;    ///< Ends with a NULL; there is at least one.
  const char* program;             ///< Searched in PATH. NULL: the first argument.
  const char* const* environment;  ///< Ends with a NULL. NULL: ours.
  const char* directory;           ///< Where it starts. NULL: where we are.
  const evt_file_action* files;
  size_t file_count;
  evt_process_group group;
} evt_spawn_options;

/// Starts a program with every signal at its default. The code is that of what failed in the child, too.
int evt_spawn(evt_process* process, const evt_spawn_options* options);

typedef struct evt_waiter {
  evt_request request;
  uint64_t opaque[128];
} evt_waiter;

/// The end of another's child whose status the kernel does not tell. No status of waitpid(2).
#define EVT_UNKNOWN_STATUS 0x10000
/// How long such a status is waited for after the end, by default.
#define EVT_REAP_GRACE INT64_C(100000000)

void evt_waiter_init(evt_waiter* waiter, evt_loop* loop, void* user);
void evt_waiter_destroy(evt_waiter* waiter);
/// The result is the status as of waitpid(2), for WIFEXITED and the like. A child is reaped. `process` is borrowed.
int evt_process_wait(evt_waiter* waiter, const evt_process* process, int64_t reap_grace, evt_callback done);
/// What the process used; NULL where that is not known, or nothing has ended yet.
const struct rusage* evt_waiter_usage(const evt_waiter* waiter);

// Notifications between threads. Start unreferenced.

typedef struct evt_wake {
  evt_request request;
  uint64_t opaque[6];
} evt_wake;

void evt_wake_init(evt_wake* wake, evt_loop* loop, void* user);
/// No evt_wake_notify() may be running or follow.
void evt_wake_destroy(evt_wake* wake);
/// Ends with 0 once it was notified, one or more times since it last ended.
int evt_wake_wait(evt_wake* wake, evt_callback done);
/// Any thread, and signal handlers.
void evt_wake_notify(evt_wake* wake);

// Calls that block, on a thread of a pool.

typedef struct evt_work {
  evt_request request;
  uint64_t opaque[9];
} evt_work;

void evt_work_init(evt_work* work, evt_loop* loop, evt_pool* pool, void* user);
void evt_work_destroy(evt_work* work);
/// Calls `job(user)` on some thread of the pool, then `done` on the loop's. A job that runs cannot be canceled.
int evt_work_run(evt_work* work, void (*job)(void* user), evt_callback done);

#ifdef __cplusplus
}
#endif
// NOLINTEND
#endif
