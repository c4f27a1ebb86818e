// Copies standard input to standard output, in C.
#include <evt/evt.h>

#include <stdio.h>

struct Copy {
  evt_file source, target;
  evt_io in, out;
  int64_t end;
  char buffer[65536];
};

static evt_action on_written(evt_request* request, int64_t size, void* user);

static evt_action on_read(evt_request* request, int64_t size, void* user) {
  struct Copy* copy = user;
  (void)request;
  copy->end = size;
  if (size > 0) copy->end = evt_write(&copy->out, copy->buffer, (size_t)size, on_written);
  return EVT_DISARM;
}

static evt_action on_written(evt_request* request, int64_t size, void* user) {
  struct Copy* copy = user;
  (void)request;
  copy->end = size;
  if (size > 0) copy->end = evt_read(&copy->in, copy->buffer, sizeof copy->buffer, on_read);
  return EVT_DISARM;
}

int main(void) {
  static struct Copy copy;
  evt_loop loop;
  if (evt_loop_init(&loop, NULL) < 0) return 1;
  evt_file_init(&copy.source, &loop, 0, EVT_BORROW, EVT_ORDERED);
  evt_file_init(&copy.target, &loop, 1, EVT_BORROW, EVT_ORDERED);
  evt_io_init(&copy.in, &copy.source, &copy);
  evt_io_init(&copy.out, &copy.target, &copy);

  copy.end = evt_read(&copy.in, copy.buffer, sizeof copy.buffer, on_read);
  evt_loop_run(&loop, EVT_UNTIL_DONE);
  if (copy.end != EVT_EOF) fprintf(stderr, "copy: %s\n", evt_strerror(copy.end));

  evt_io_destroy(&copy.in);
  evt_io_destroy(&copy.out);
  evt_file_destroy(&copy.source);
  evt_file_destroy(&copy.target);
  evt_loop_destroy(&loop);
  return copy.end == EVT_EOF ? 0 : 1;
}
