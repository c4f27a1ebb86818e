/// pread, pwrite and fsync: offsets instead of a position, beside the queues instead of in them.
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <deque>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Positional);

TEST_P(Positional, PreadReadsAtItsOffsetAndMovesNoPosition) {
  const Fd descriptor = make_file("0123456789");
  File file{loop(), File::borrow(descriptor.get())};
  Reader reader{file, 4};
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 3, bind(reader.done)));
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(completed_with(reader.done, 4));
  EXPECT_EQ(reader.buffer, "3456");
  EXPECT_EQ(lseek(descriptor.get(), 0, SEEK_CUR), 0);
}

TEST_P(Positional, PreadAtTheEndIsTheErrorEofAndBeforeItDeliversTheRest) {
  const Fd descriptor = make_file("0123456789");
  File file{loop(), File::borrow(descriptor.get())};
  Reader reader{file, 8};
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 7, bind(reader.done)));
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "789");
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 10, bind(reader.done)));
  ASSERT_TRUE(run_until_called(reader.done, 2));
  EXPECT_TRUE(is_error(reader.done.result->error(), Errc::eof));
}

TEST_P(Positional, PwriteWritesEverythingAtItsOffset) {
  const Fd descriptor = make_file("0123456789");
  File file{loop(), File::borrow(descriptor.get())};
  Writer writer{file, pattern(300'000)};
  ASSERT_TRUE(writer.request.pwrite(bytes_of(writer.text), 5, bind(writer.done)));
  ASSERT_TRUE(run_until_called(writer.done));
  EXPECT_TRUE(completed_with(writer.done, writer.text.size()));
  EXPECT_TRUE(contents(descriptor) == "01234" + writer.text);
  EXPECT_EQ(lseek(descriptor.get(), 0, SEEK_CUR), 0);
}

TEST_P(Positional, OffsetsBeyondFourGibibytesAreKept) {
  const Fd descriptor = make_file("start");
  File file{loop(), File::borrow(descriptor.get())};
  constexpr std::uint64_t far = (std::uint64_t{5} << 30) + 3;
  Writer writer{file, "far"};
  ASSERT_TRUE(writer.request.pwrite(bytes_of(writer.text), far, bind(writer.done)));
  ASSERT_TRUE(run_until_called(writer.done));
  ASSERT_TRUE(completed_with(writer.done, 3));
  Reader reader{file, 8};
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), far, bind(reader.done)));
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "far");
  EXPECT_EQ(lseek(descriptor.get(), 0, SEEK_END), static_cast<off_t>(far + 3));
}

TEST_P(Positional, DoesNotWaitForTheQueues) {
  // A pipe has no offsets: the answer is an error, and it comes while both queues are blocked.
  PipeEnds pipe = make_small_pipe();
  File reading{loop(), File::borrow(pipe.read.get())};
  Reader blocked{reading, 8};
  Reader beside{reading, 8};
  ASSERT_TRUE(blocked.read());
  turns();
  ASSERT_TRUE(beside.request.pread(space_of(beside.buffer), 0, bind(beside.done)));
  ASSERT_TRUE(run_until_called(beside.done));
  EXPECT_TRUE(failed_with(beside.done, std::errc::invalid_seek));
  EXPECT_EQ(blocked.done.calls, 0);
  EXPECT_FALSE(blocked.request.cancel_sync());

  fill(pipe.write);
  File writing{loop(), File::borrow(pipe.write.get())};
  Writer full{writing, "blocked"};
  Writer aside{writing, "beside"};
  ASSERT_TRUE(full.write());
  turns();
  ASSERT_TRUE(aside.request.pwrite(bytes_of(aside.text), 0, bind(aside.done)));
  ASSERT_TRUE(run_until_called(aside.done));
  EXPECT_TRUE(failed_with(aside.done, std::errc::invalid_seek));
  EXPECT_EQ(full.done.calls, 0);
}

TEST_P(Positional, SixtyFourReadsAtOnceAreAllRight) {
  const std::string text = pattern(std::size_t{64} * 4096);
  const Fd descriptor = make_file(text);
  File file{loop(), File::borrow(descriptor.get())};
  std::deque<Reader> readers;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t offset = (i * 37 % 64) * 4096;
    Reader& reader = readers.emplace_back(file, 4096);
    ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), offset, bind(reader.done)));
  }
  ASSERT_TRUE(
      run_until([&] { return std::ranges::all_of(readers, [](const Reader& each) { return each.done.calls > 0; }); }));
  for (std::size_t i = 0; i < 64; ++i) {
    ASSERT_TRUE(completed_with(readers[i].done, 4096));
    EXPECT_TRUE(readers[i].buffer == text.substr((i * 37 % 64) * 4096, 4096));
  }
}

TEST_P(Positional, WritesAtOnceToTheirOwnPlacesAllArrive) {
  const Fd descriptor = make_file();
  File file{loop(), File::borrow(descriptor.get())};
  const std::string text = pattern(std::size_t{32} * 1000);
  std::deque<Writer> writers;
  for (std::size_t i = 0; i < 32; ++i) {
    const std::size_t offset = (i * 13 % 32) * 1000;
    Writer& writer = writers.emplace_back(file, text.substr(offset, 1000));
    ASSERT_TRUE(writer.request.pwrite(bytes_of(writer.text), offset, bind(writer.done)));
  }
  ASSERT_TRUE(
      run_until([&] { return std::ranges::all_of(writers, [](const Writer& each) { return each.done.calls > 0; }); }));
  EXPECT_TRUE(contents(descriptor) == text);
}

TEST_P(Positional, FsyncWaitsForTheWritesBeforeIt) {
  PipeEnds pipe = make_small_pipe();
  (void)fill(pipe.write);
  File file{loop(), File::borrow(pipe.write.get())};
  std::vector<std::string> order;
  Writer writer{file, pattern(10'000)};
  writer.log_to(order, "write");
  IoRequest syncing{file};
  IoRecorder synced{order, "fsync"};
  ASSERT_TRUE(writer.write());
  ASSERT_TRUE(syncing.fsync(bind(synced)));
  turns(10);
  EXPECT_EQ(syncing.state(), Request::State::queued);
  ASSERT_TRUE(run_until([&] {
    drain(pipe.read);
    return synced.calls > 0;
  }));
  EXPECT_EQ(order, (std::vector<std::string>{"write", "fsync"}));
  EXPECT_TRUE(failed_with(synced, std::errc::invalid_argument)) << "a pipe cannot be synced";
}

TEST_P(Positional, FsyncOfARegularFileSucceedsAndLetsTheNextWriteGo) {
  const Fd descriptor = make_file();
  File file{loop(), File::borrow(descriptor.get())};
  std::vector<std::string> order;
  Writer first{file, "one"};
  Writer second{file, "two"};
  first.log_to(order, "first");
  second.log_to(order, "second");
  IoRequest syncing{file};
  IoRecorder synced{order, "fsync"};
  ASSERT_TRUE(first.write());
  ASSERT_TRUE(syncing.fsync(bind(synced)));
  ASSERT_TRUE(second.write());
  ASSERT_TRUE(run_until_called(second.done));
  EXPECT_EQ(order, (std::vector<std::string>{"first", "fsync", "second"}));
  EXPECT_TRUE(completed_with(synced, 0));
  EXPECT_EQ(contents(descriptor), "onetwo");
}

TEST_P(Positional, AFileThatMayNotBeReadIsEbadf) {
  const Fd writable(open("/dev/null", O_WRONLY | O_CLOEXEC));
  File file{loop(), File::borrow(writable.get())};
  Reader reader{file, 4};
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 0, bind(reader.done)));
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_TRUE(failed_with(reader.done, std::errc::bad_file_descriptor));
}

TEST_P(Positional, DiskWorkOnTheLoopGivesTheSameResults) {
  remake_loop({.disk_work = DiskWork::on_loop});
  const Fd descriptor = make_file("0123456789");
  File file{loop(), File::borrow(descriptor.get())};
  Reader reader{file, 20};
  Writer writer{file, "abc"};
  ASSERT_TRUE(writer.request.pwrite(bytes_of(writer.text), 10, bind(writer.done)));
  EXPECT_EQ(writer.done.calls, 0);
  ASSERT_TRUE(run_until_called(writer.done));
  ASSERT_TRUE(reader.request.pread(space_of(reader.buffer), 2, bind(reader.done)));
  EXPECT_EQ(reader.done.calls, 0);
  ASSERT_TRUE(run_until_called(reader.done));
  EXPECT_EQ(reader.text(), "23456789abc");
}

}  // namespace
}  // namespace evt::contract
