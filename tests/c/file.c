/// Files in C: every way to read and write, waiting, splicing, opening and closing.
#include "check.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

/// A pipe with a file and a request at each end.
struct Ends {
  int descriptors[2];
  evt_file source, target;
  evt_io in, out;
  struct CheckResult read, written;
};

static void open_ends(struct Ends* ends, evt_loop* loop) {
  memset(ends, 0, sizeof *ends);
  check_pipe(ends->descriptors);
  evt_file_init(&ends->source, loop, ends->descriptors[0], EVT_ADOPT, EVT_ORDERED);
  evt_file_init(&ends->target, loop, ends->descriptors[1], EVT_ADOPT, EVT_ORDERED);
  evt_io_init(&ends->in, &ends->source, &ends->read);
  evt_io_init(&ends->out, &ends->target, &ends->written);
}

static void close_ends(struct Ends* ends) {
  evt_io_destroy(&ends->in);
  evt_io_destroy(&ends->out);
  evt_file_destroy(&ends->source);
  evt_file_destroy(&ends->target);
}

static void read_and_write(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char buffer[16];
  CHECK_EQ(evt_read(&ends.in, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_write(&ends.out, "hello", 5, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(ends.read.result, 5);
  CHECK_EQ(ends.written.result, 5);
  CHECK(memcmp(buffer, "hello", 5) == 0);
  close_ends(&ends);
}

static void write_everything(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  enum { size = 1000000 };
  char* sent = malloc(size);
  char* got = malloc(size);
  CHECK(sent != NULL && got != NULL);
  for (int index = 0; index < size; ++index)
    sent[index] = (char)(index * 31 / 7);
  CHECK_EQ(evt_write(&ends.out, sent, size, check_done), 0);
  CHECK_EQ(evt_read_exact(&ends.in, got, size, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(ends.read.result, size);
  CHECK_EQ(ends.written.result, size);
  CHECK(memcmp(sent, got, size) == 0);
  free(sent);
  free(got);
  close_ends(&ends);
}

static void end_of_stream(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char buffer[16];
  CHECK_EQ(evt_read_exact(&ends.in, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_write(&ends.out, "short", 5, check_done), 0);
  evt_loop_run(loop, EVT_ONCE);
  evt_file_assign(&ends.target, -1, EVT_BORROW);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.read.result, EVT_EOF);
  CHECK_EQ(evt_transferred(&ends.in.request), 5);
  CHECK_EQ(evt_read(&ends.in, buffer, sizeof buffer, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.read.result, EVT_EOF);
  close_ends(&ends);
}

static void vectors(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char one[] = "scatter ";
  char two[] = "gather";
  const struct iovec sources[] = {{one, 8}, {NULL, 0}, {two, 6}};
  char left[4];
  char right[16];
  const struct iovec targets[] = {{left, sizeof left}, {right, sizeof right}};
  CHECK_EQ(evt_writev(&ends.out, sources, 3, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(evt_readv(&ends.in, targets, 2, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.written.result, 14);
  CHECK_EQ(ends.read.result, 14);
  CHECK(memcmp(left, "scat", 4) == 0 && memcmp(right, "ter gather", 10) == 0);
  close_ends(&ends);
}

static void inline_buffers(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char text[] = "inside";
  char large[EVT_INLINE_CAPACITY + 1] = {0};
  CHECK_EQ(evt_write_inline(&ends.out, large, sizeof large, check_done), -EMSGSIZE);
  CHECK_EQ(evt_write_inline(&ends.out, text, 6, check_done), 0);
  memset(text, 0, sizeof text);
  CHECK_EQ(evt_read_inline(&ends.in, EVT_INLINE_CAPACITY, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 2);
  CHECK_EQ(ends.read.result, 6);
  CHECK(memcmp(evt_inline_data(&ends.in), "inside", 6) == 0);
  close_ends(&ends);
}

static void write_some(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  enum { size = 10000000 };
  char* zeros = calloc(1, size);
  CHECK(zeros != NULL);
  CHECK_EQ(evt_write_some(&ends.out, zeros, size, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK(ends.written.result > 0 && ends.written.result < size);
  free(zeros);
  close_ends(&ends);
}

static void positions(evt_loop* loop) {
  const int memory = memfd_create("positions", MFD_CLOEXEC);
  CHECK(memory >= 0);
  evt_file file;
  evt_file_init(&file, loop, memory, EVT_ADOPT, EVT_UNORDERED);
  CHECK_EQ(evt_file_fd(&file), memory);
  struct CheckResult seen = {0};
  evt_io io;
  evt_io_init(&io, &file, &seen);
  const uint64_t far = UINT64_C(5000000000);
  CHECK_EQ(evt_pwrite(&io, "far away", 8, far, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, 8);
  CHECK_EQ(evt_fsync(&io, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, 0);
  char buffer[16];
  CHECK_EQ(evt_pread(&io, buffer, sizeof buffer, far + 4, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, 4);
  CHECK(memcmp(buffer, "away", 4) == 0);
  CHECK_EQ(evt_pread(&io, buffer, sizeof buffer, far + 8, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, EVT_EOF);
  evt_io_destroy(&io);
  evt_file_destroy(&file);
}

static void readiness(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  CHECK_EQ(evt_readable(&ends.in, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  CHECK_EQ(evt_writable(&ends.out, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_ONCE), 1);
  CHECK((ends.written.result & POLLOUT) != 0);
  CHECK(write(ends.descriptors[1], "x", 1) == 1);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK((ends.read.result & POLLIN) != 0);
  close_ends(&ends);
}

static void splicing(evt_loop* loop) {
  struct Ends first;
  struct Ends second;
  open_ends(&first, loop);
  open_ends(&second, loop);
  char buffer[16];
  CHECK_EQ(evt_write(&first.out, "moved", 5, check_done), 0);
  CHECK_EQ(evt_splice(&first.in, &second.target, 100, check_done), 0);
  CHECK_EQ(evt_read(&second.in, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 3);
  CHECK_EQ(first.read.result, 5);
  CHECK_EQ(second.read.result, 5);
  CHECK(memcmp(buffer, "moved", 5) == 0);
  close_ends(&first);
  close_ends(&second);
}

static void opening(evt_loop* loop) {
  struct CheckResult seen = {0};
  evt_open opener;
  evt_open_init(&opener, loop, &seen);
  CHECK_EQ(evt_openat(&opener, AT_FDCWD, "/dev/null/nothing", O_RDONLY, 0, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(seen.result, -ENOTDIR);
  CHECK_EQ(evt_openat(&opener, AT_FDCWD, "/dev/null", O_RDWR, 0, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK(seen.result >= 0);
  CHECK((fcntl((int)seen.result, F_GETFD) & FD_CLOEXEC) != 0);
  close((int)seen.result);
  evt_open_destroy(&opener);
}

static void closing(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char buffer[16];
  CHECK_EQ(evt_read(&ends.in, buffer, sizeof buffer, check_done), 0);
  struct CheckResult closed = {0};
  evt_io closer;
  evt_io_init(&closer, &ends.source, &closed);
  CHECK_EQ(evt_close(&closer, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.read.result, -ECANCELED);
  CHECK_EQ(closed.result, 0);
  CHECK_EQ(evt_file_fd(&ends.source), -1);
  CHECK_EQ(evt_read(&ends.in, buffer, sizeof buffer, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.read.result, -EBADF);
  CHECK_EQ(evt_write(&ends.out, "nobody", 6, check_done), 0);
  evt_loop_run(loop, EVT_UNTIL_DONE);
  CHECK_EQ(ends.written.result, -EPIPE);
  evt_io_destroy(&closer);
  close_ends(&ends);
}

static void release_and_pause(evt_loop* loop) {
  struct Ends ends;
  open_ends(&ends, loop);
  char buffer[16];
  evt_file_pause(&ends.source, EVT_READ);
  CHECK_EQ(evt_read(&ends.in, buffer, sizeof buffer, check_done), 0);
  CHECK_EQ(evt_write(&ends.out, "later", 5, check_done), 0);
  CHECK_EQ(evt_loop_run(loop, EVT_ONCE), 1);
  CHECK_EQ(evt_loop_run(loop, EVT_NO_WAIT), 0);
  CHECK_EQ(ends.read.calls, 0);
  CHECK(evt_state_of(&ends.in.request) == EVT_QUEUED);
  evt_file_resume(&ends.source, EVT_READ);
  CHECK_EQ(evt_loop_run(loop, EVT_UNTIL_DONE), 1);
  CHECK_EQ(ends.read.result, 5);
  const int descriptor = evt_file_release(&ends.source);
  CHECK_EQ(descriptor, ends.descriptors[0]);
  CHECK(close(descriptor) == 0);
  close_ends(&ends);
}

const struct CheckCase file_cases[] = {
    {"what is written is read", read_and_write},
    {"a write moves everything, in one callback", write_everything},
    {"the end of a stream is EVT_EOF, and transferred tells what came", end_of_stream},
    {"vectors are gathered and scattered", vectors},
    {"small buffers live in the request", inline_buffers},
    {"write_some ends with what one write took", write_some},
    {"reads and writes at an offset leave the others alone", positions},
    {"readiness tells the events of poll", readiness},
    {"a splice moves bytes from pipe to pipe", splicing},
    {"openat delivers a descriptor or why not", opening},
    {"close cancels what the file has in flight", closing},
    {"a paused direction starts nothing, a released descriptor stays open", release_and_pause},
    {NULL, NULL},
};
