/// Sockets in C: connections, messages, batches, addresses.
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/// A socket bound to a free port of the loopback interface, with its address.
static int bound(int type, evt_address* address) {
  CHECK_EQ(evt_address_parse(address, "127.0.0.1:0"), 0);
  const int descriptor = type == SOCK_STREAM ? evt_listen(address, NULL) : evt_bind_datagram(address, NULL);
  CHECK(descriptor >= 0);
  CHECK_EQ(evt_local_address(descriptor, address), 0);
  return descriptor;
}

/// A listening socket with an acceptor, and a client on its way.
struct Meeting {
  evt_address address;
  evt_file listener, client;
  evt_acceptor acceptor;
  evt_io io;
  struct CheckResult accepted, connected;
};

static void open_meeting(struct Meeting* meeting, evt_loop* loop) {
  memset(meeting, 0, sizeof *meeting);
  evt_file_init(&meeting->listener, loop, bound(SOCK_STREAM, &meeting->address), EVT_ADOPT, EVT_ORDERED);
  const int client = evt_open_socket(AF_INET, SOCK_STREAM, 0);
  CHECK(client >= 0);
  evt_file_init(&meeting->client, loop, client, EVT_ADOPT, EVT_ORDERED);
  evt_acceptor_init(&meeting->acceptor, &meeting->listener, &meeting->accepted);
  evt_io_init(&meeting->io, &meeting->client, &meeting->connected);
}

static void close_meeting(struct Meeting* meeting) {
  evt_io_destroy(&meeting->io);
  evt_acceptor_destroy(&meeting->acceptor);
  evt_file_destroy(&meeting->client);
  evt_file_destroy(&meeting->listener);
}

static void meet(evt_loop* loop) {
  struct Meeting meeting;
  open_meeting(&meeting, loop);
  CHECK_EQ(evt_accept(&meeting.acceptor, check_done), 0);
  CHECK_EQ(evt_connect(&meeting.io, &meeting.address, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(meeting.connected.result, 0);
  const int server = (int)meeting.accepted.result;
  CHECK(server >= 0);
  CHECK((fcntl(server, F_GETFD) & FD_CLOEXEC) != 0);
  evt_address near;
  evt_address far;
  CHECK_EQ(evt_local_address(evt_file_fd(&meeting.client), &near), 0);
  CHECK_EQ(evt_peer_address(server, &far), 0);
  CHECK_EQ(near.data.ipv4.sin_port, far.data.ipv4.sin_port);

  struct CheckResult received = {0};
  evt_file file;
  evt_io io;
  char buffer[16];
  evt_file_init(&file, loop, server, EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&io, &file, &received);
  CHECK_EQ(evt_send(&meeting.io, "hello", 5, MSG_NOSIGNAL, check_done), 0);
  CHECK_EQ(evt_recv(&io, buffer, sizeof buffer, MSG_PEEK, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(meeting.connected.result, 5);
  CHECK_EQ(received.result, 5);
  CHECK_EQ(evt_recv(&io, buffer, sizeof buffer, 0, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(received.result, 5);
  CHECK(memcmp(buffer, "hello", 5) == 0);
  CHECK_EQ(evt_shutdown(&meeting.io, EVT_SHUTDOWN_WRITE, check_done), 0);
  CHECK_EQ(evt_recv(&io, buffer, sizeof buffer, 0, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(meeting.connected.result, 0);
  CHECK_EQ(received.result, EVT_EOF);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
  close_meeting(&meeting);
}

static void refused(evt_loop* loop) {
  struct Meeting meeting;
  open_meeting(&meeting, loop);
  evt_file_assign(&meeting.listener, -1, EVT_BORROW);
  CHECK_EQ(evt_connect(&meeting.io, &meeting.address, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(meeting.connected.result, -ECONNREFUSED);
  close_meeting(&meeting);
}

static void accept_canceled(evt_loop* loop) {
  struct Meeting meeting;
  open_meeting(&meeting, loop);
  CHECK_EQ(evt_accept(&meeting.acceptor, check_done), 0);
  evt_loop_run(loop, EVT_NO_WAIT);
  evt_cancel(&meeting.acceptor.request);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(meeting.accepted.result, -ECANCELED);
  // And one that nobody takes: the descriptors are counted after the case.
  CHECK_EQ(evt_accept(&meeting.acceptor, check_done), 0);
  CHECK_EQ(evt_connect(&meeting.io, &meeting.address, check_done), 0);
  while (meeting.connected.calls == 0)
    evt_loop_run(loop, EVT_ONCE);
  int64_t descriptor = -1;
  if (meeting.accepted.calls == 2) {
    close((int)meeting.accepted.result);
  } else if (evt_cancel_sync(&meeting.acceptor.request, &descriptor)) {
    close((int)descriptor);
  }
  close_meeting(&meeting);
}

static void unwanted(evt_loop* loop) {
  struct Meeting meeting;
  open_meeting(&meeting, loop);
  CHECK_EQ(evt_accept(&meeting.acceptor, NULL), 0);
  CHECK_EQ(evt_connect(&meeting.io, &meeting.address, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  close_meeting(&meeting);
}

static void listening(evt_loop* loop) {
  (void)loop;
  evt_address address;
  char folder[] = "/tmp/evt-c-XXXXXX";
  char text[64];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(text, sizeof text, "unix:%s/socket", folder);
  CHECK_EQ(evt_address_parse(&address, text), 0);
  umask(022);
  const evt_listen_options options = {.type = SOCK_SEQPACKET, .backlog = 1, .mode = 0640};
  const int first = evt_listen(&address, &options);
  CHECK(first >= 0);
  CHECK_EQ(evt_listen(&address, &options), -EADDRINUSE);
  int type = 0;
  socklen_t size = sizeof type;
  CHECK(getsockopt(first, SOL_SOCKET, SO_TYPE, &type, &size) == 0);
  CHECK_EQ(type, SOCK_SEQPACKET);
  close(first);
  struct stat status;
  CHECK(stat(text + 5, &status) == 0);
  CHECK_EQ(status.st_mode & 07777, 0640);
  const int second = evt_listen(&address, &options);  // A dead process would have left the path behind like that.
  CHECK(second >= 0);
  close(second);
  unlink(text + 5);
  rmdir(folder);

  const evt_listen_options shared = {.flags = EVT_REUSE_PORT | EVT_V6_ONLY};
  CHECK_EQ(evt_address_parse(&address, "[::1]:0"), 0);
  const int one = evt_listen(&address, &shared);
  CHECK(one >= 0);
  CHECK_EQ(evt_local_address(one, &address), 0);
  const int other = evt_listen(&address, &shared);
  CHECK(other >= 0);
  close(one);
  close(other);
}

/// One that keeps what comes, and rearms until the end.
struct Collector {
  evt_receiver receiver;
  char text[64];
  int64_t size, end;
};

static evt_action collect(evt_request* request, int64_t size, void* user) {
  struct Collector* collector = user;
  CHECK(request == &collector->receiver.request);
  if (size < 0) {
    collector->end = size;
    return EVT_DISARM;
  }
  CHECK(collector->size + size <= (int64_t)sizeof collector->text);
  memcpy(collector->text + collector->size, evt_receiver_data(&collector->receiver), (size_t)size);
  collector->size += size;
  return EVT_REARM;
}

static void pooled(evt_loop* loop) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  evt_buffer_pool pool;
  CHECK_EQ(evt_buffer_pool_init(&pool, loop, 2, 8), 0);
  evt_file file;
  struct Collector collector = {.size = 0};
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_receiver_init(&collector.receiver, &file, &collector);
  CHECK_EQ(evt_receive(&collector.receiver, &pool, collect), 0);
  CHECK(write(ends[1], "more than one buffer holds", 26) == 26);
  close(ends[1]);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(collector.size, 26);
  CHECK(memcmp(collector.text, "more than one buffer holds", 26) == 0);
  CHECK_EQ(collector.end, EVT_EOF);
  CHECK_EQ(evt_buffer_pool_available(&pool), 2);
  evt_receiver_destroy(&collector.receiver);
  evt_file_destroy(&file);
  evt_buffer_pool_destroy(&pool);
}

static void kept(evt_loop* loop) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  evt_buffer_pool pool;
  CHECK_EQ(evt_buffer_pool_init(&pool, loop, 1, 64), 0);
  evt_file file;
  evt_receiver receiver;
  struct CheckResult seen = {0};
  evt_file_init(&file, loop, ends[0], EVT_ADOPT, EVT_ORDERED);
  evt_receiver_init(&receiver, &file, &seen);
  CHECK_EQ(evt_receive(&receiver, &pool, check_done), 0);
  CHECK(write(ends[1], "kept", 4) == 4);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, 4);
  CHECK_EQ(evt_buffer_pool_available(&pool), 0);
  CHECK(memcmp(evt_receiver_data(&receiver), "kept", 4) == 0);
  evt_receiver_release(&receiver);
  CHECK_EQ(evt_buffer_pool_available(&pool), 1);
  CHECK_EQ(evt_receive(&receiver, &pool, check_done), 0);
  CHECK(write(ends[1], "again", 5) == 5);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, 5);
  CHECK_EQ(evt_receive(&receiver, &pool, check_done), 0);  // The next takes the one that was kept.
  CHECK(!evt_cancel_sync(&receiver.request, NULL));
  CHECK_EQ(evt_buffer_pool_available(&pool), 1);
  evt_receiver_destroy(&receiver);
  evt_file_destroy(&file);
  evt_buffer_pool_destroy(&pool);
  close(ends[1]);
}

struct Datagrams {
  evt_address address;
  evt_file near, far;
  evt_message in, out;
  struct CheckResult received, sent;
};

static void open_datagrams(struct Datagrams* datagrams, evt_loop* loop) {
  memset(datagrams, 0, sizeof *datagrams);
  evt_address other;
  evt_file_init(&datagrams->far, loop, bound(SOCK_DGRAM, &datagrams->address), EVT_ADOPT, EVT_ORDERED);
  evt_file_init(&datagrams->near, loop, bound(SOCK_DGRAM, &other), EVT_ADOPT, EVT_ORDERED);
  evt_message_init(&datagrams->in, &datagrams->far, &datagrams->received);
  evt_message_init(&datagrams->out, &datagrams->near, &datagrams->sent);
}

static void close_datagrams(struct Datagrams* datagrams) {
  evt_message_destroy(&datagrams->in);
  evt_message_destroy(&datagrams->out);
  evt_file_destroy(&datagrams->near);
  evt_file_destroy(&datagrams->far);
}

static void send_and_receive(evt_loop* loop) {
  struct Datagrams datagrams;
  open_datagrams(&datagrams, loop);
  char buffer[4];
  evt_address from;
  memset(&from, 0, sizeof from);
  CHECK_EQ(evt_recvfrom(&datagrams.in, buffer, sizeof buffer, &from, 0, check_done), 0);
  CHECK_EQ(evt_sendto(&datagrams.out, "datagram", 8, &datagrams.address, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(datagrams.sent.result, 8);
  CHECK_EQ(datagrams.received.result, 4);
  CHECK((evt_message_flags(&datagrams.in) & MSG_TRUNC) != 0);
  evt_address near;
  char here[64];
  char there[64];
  CHECK_EQ(evt_local_address(evt_file_fd(&datagrams.near), &near), 0);
  CHECK(evt_address_format(&near, here, sizeof here) > 0);
  CHECK(evt_address_format(&from, there, sizeof there) > 0);
  CHECK(strcmp(here, there) == 0);
  close_datagrams(&datagrams);
}

static void messages(evt_loop* loop) {
  struct Datagrams datagrams;
  open_datagrams(&datagrams, loop);
  char one[] = "head";
  char two[] = "tail";
  char buffer[16];
  struct iovec sources[] = {{one, 4}, {two, 4}};
  struct iovec target = {buffer, sizeof buffer};
  struct msghdr sent = {
      .msg_name = &datagrams.address.data, .msg_namelen = datagrams.address.size, .msg_iov = sources, .msg_iovlen = 2};
  struct msghdr received = {.msg_iov = &target, .msg_iovlen = 1};
  CHECK_EQ(evt_sendmsg(&datagrams.out, &sent, 0, check_done), 0);
  CHECK_EQ(evt_recvmsg(&datagrams.in, &received, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(datagrams.received.result, 8);
  CHECK_EQ(evt_transferred(&datagrams.in.request), 8);
  CHECK(memcmp(buffer, "headtail", 8) == 0);
  close_datagrams(&datagrams);
}

static void batches(evt_loop* loop) {
  enum { count = 5 };
  struct Datagrams datagrams;
  open_datagrams(&datagrams, loop);
  struct CheckResult sent = {0};
  struct CheckResult received = {0};
  evt_batch in;
  evt_batch out;
  evt_batch_init(&in, &datagrams.far, &received);
  evt_batch_init(&out, &datagrams.near, &sent);
  char letters[count] = "abcde";
  char got[count] = {0};
  struct iovec sources[count];
  struct iovec targets[count];
  struct mmsghdr going[count];
  struct mmsghdr coming[count];
  memset(going, 0, sizeof going);
  memset(coming, 0, sizeof coming);
  for (int index = 0; index < count; ++index) {
    sources[index] = (struct iovec){&letters[index], 1};
    targets[index] = (struct iovec){&got[index], 1};
    going[index].msg_hdr = (struct msghdr){.msg_name = &datagrams.address.data,
                                           .msg_namelen = datagrams.address.size,
                                           .msg_iov = &sources[index],
                                           .msg_iovlen = 1};
    coming[index].msg_hdr = (struct msghdr){.msg_iov = &targets[index], .msg_iovlen = 1};
  }
  CHECK_EQ(evt_sendmmsg(&out, going, count, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(sent.result, count);
  CHECK_EQ(evt_recvmmsg(&in, coming, count, 0, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(received.result, count);
  CHECK_EQ(evt_transferred(&in.request), count);
  CHECK(memcmp(letters, got, count) == 0);
  evt_batch_destroy(&in);
  evt_batch_destroy(&out);
  close_datagrams(&datagrams);
}

const struct CheckCase socket_cases[] = {
    {"a client connects, both talk, and a shutdown is the end", meet},
    {"a connection that is refused says so", refused},
    {"an accept that is canceled leaks no connection", accept_canceled},
    {"a connection that no callback takes is closed", unwanted},
    {"a listener is made as its options say", listening},
    {"a receiver takes a buffer only while there is something in it", pooled},
    {"a buffer is kept until it is released or the next one is received", kept},
    {"a datagram comes with its sender, and says that it was cut", send_and_receive},
    {"messages are gathered from vectors", messages},
    {"batches of datagrams go and come in order", batches},
    {NULL, NULL},
};
