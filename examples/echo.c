/// A TCP server that sends back what it gets: `example_echo [ADDRESS]`, by default 127.0.0.1:7777. It prints where it
/// listens, and ends with SIGINT or SIGTERM, when the last connection is closed.
#include <evt/evt.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct Server {
  evt_loop loop;
  evt_file listener;
  evt_acceptor acceptor;
  evt_signal interrupted, terminated;
};

struct Connection {
  evt_file file;
  evt_io io;
  char buffer[4096];
};

static struct Server server;

static void close_connection(struct Connection* connection) {
  evt_io_destroy(&connection->io);
  evt_file_destroy(&connection->file);
  free(connection);
}

static evt_action on_sent(evt_request* request, int64_t size, void* user);

static evt_action on_received(evt_request* request, int64_t size, void* user) {
  struct Connection* connection = user;
  (void)request;
  if (size > 0) {
    evt_write(&connection->io, connection->buffer, (size_t)size, on_sent);
    return EVT_DISARM;
  }
  if (size != EVT_EOF) fprintf(stderr, "echo: %s\n", evt_strerror(size));
  close_connection(connection);
  return EVT_DISARM;
}

static evt_action on_sent(evt_request* request, int64_t size, void* user) {
  struct Connection* connection = user;
  (void)request;
  if (size < 0) {
    fprintf(stderr, "echo: %s\n", evt_strerror(size));
    close_connection(connection);
    return EVT_DISARM;
  }
  evt_read(&connection->io, connection->buffer, sizeof connection->buffer, on_received);
  return EVT_DISARM;
}

static evt_action on_accepted(evt_request* request, int64_t descriptor, void* user) {
  (void)request;
  (void)user;
  if (descriptor == -ECANCELED) return EVT_DISARM;
  struct Connection* connection = descriptor < 0 ? NULL : malloc(sizeof *connection);
  if (connection == NULL) {
    fprintf(stderr, "echo: accept: %s\n", evt_strerror(descriptor < 0 ? descriptor : -ENOMEM));
    if (descriptor >= 0) close((int)descriptor);
    return EVT_DISARM;
  }
  evt_file_init(&connection->file, &server.loop, (int)descriptor, EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&connection->io, &connection->file, connection);
  evt_read(&connection->io, connection->buffer, sizeof connection->buffer, on_received);
  return EVT_REARM;
}

static evt_action on_interrupted(evt_request* request, int64_t result, void* user) {
  (void)request;
  (void)result;
  (void)user;
  evt_cancel(&server.acceptor.request);
  return EVT_DISARM;
}

static int listen_on(const char* where) {
  evt_address address;
  const int code = evt_address_parse(&address, where);
  if (code < 0) return code;
  const int listener = evt_listen(&address, NULL);
  char text[256];
  if (listener < 0 || evt_local_address(listener, &address) < 0) return listener;
  evt_address_format(&address, text, sizeof text);
  printf("listening on %s\n", text);
  fflush(stdout);
  return listener;
}

int main(int count, char** words) {
  const int listener = listen_on(count > 1 ? words[1] : "127.0.0.1:7777");
  if (listener < 0 || evt_loop_init(&server.loop, NULL) < 0) {
    fprintf(stderr, "echo: %s\n", evt_strerror(listener));
    return 1;
  }
  evt_file_init(&server.listener, &server.loop, listener, EVT_ADOPT, EVT_ORDERED);
  evt_acceptor_init(&server.acceptor, &server.listener, NULL);
  evt_signal_init(&server.interrupted, &server.loop, NULL);
  evt_signal_init(&server.terminated, &server.loop, NULL);
  evt_signal_wait(&server.interrupted, SIGINT, on_interrupted);
  evt_signal_wait(&server.terminated, SIGTERM, on_interrupted);

  evt_accept(&server.acceptor, on_accepted);
  evt_loop_run(&server.loop, EVT_UNTIL_DONE);

  evt_signal_destroy(&server.interrupted);
  evt_signal_destroy(&server.terminated);
  evt_acceptor_destroy(&server.acceptor);
  evt_file_destroy(&server.listener);
  evt_loop_destroy(&server.loop);
  return 0;
}
