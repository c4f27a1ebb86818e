/// No operation allocates: a million of them, of every kind at once, counted.
#include "contract/allocation/counting.hpp"
#include "contract/fixture.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace evt::contract {
namespace {

EVT_CONTRACT_SUITE(Allocation);

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t operations_wanted = 50'000;
#else
constexpr std::uint64_t operations_wanted = 1'000'000;
#endif
constexpr std::uint64_t warm_up = 20'000;

/// Keeps operations of every kind going until told to stop.
class Mill {
 public:
  explicit Mill(Loop& loop) : loop_(loop) { start(); }

  std::uint64_t completed() const { return completed_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t slowest_kind() const {
    std::uint64_t least = UINT64_MAX;
    for (const Operation each : kinds) {
      least = std::min(least, loop_.statistics().operations[static_cast<std::size_t>(each)]);
    }
    return least;
  }
  void stop() { stopping_ = true; }

 private:
  static constexpr Operation kinds[] = {
      Operation::nop,      Operation::read,     Operation::readv,  Operation::read_exact,
      Operation::write,    Operation::writev,   Operation::pread,  Operation::pwrite,
      Operation::readable, Operation::writable, Operation::splice, Operation::timer,
      Operation::wake,     Operation::work,     Operation::open,   Operation::write_some};

  template <class T>
  Action again(Result<T>& result) {
    ++completed_;
    if (!result && !(result.error() == Errc::canceled)) ++failed_;
    return stopping_ ? Action::disarm : Action::rearm;
  }
  Action on_io(IoRequest&, Result<std::size_t> result) { return again(result); }
  Action on_nop(Nop&, Result<void> result) {
    silent_.cancel();
    return again(result);
  }
  Action on_timer(Timer&, Result<std::uint64_t> result) {
    wake_.notify();
    ++pending_posts_;
    if (!loop_.post(bind<&Mill::on_post>(*this))) ++failed_;
    return again(result);
  }
  Action on_wake(Wake&, Result<void> result) { return again(result); }
  Action on_work(Work&, Result<void> result) { return again(result); }
  Action on_open(OpenRequest&, Result<Fd> result) { return again(result); }
  void on_post() { --pending_posts_; }
  void job() {}

  void start();
  void start_streams();

  Loop& loop_;
  ThreadPool pool_{1};
  std::uint64_t completed_ = 0;
  std::uint64_t failed_ = 0;
  int pending_posts_ = 0;
  bool stopping_ = false;

  SocketPair sockets_ = make_socket_pair(SOCK_STREAM);
  PipeEnds first_ = make_pipe();
  PipeEnds second_ = make_pipe();
  PipeEnds quiet_ = make_pipe();
  Fd disk_ = make_file(pattern(8192));
  Fd null_{open("/dev/null", O_RDWR | O_CLOEXEC)};
  File near_{loop_, File::borrow(sockets_.near.get())};
  File far_{loop_, File::borrow(sockets_.far.get())};
  File first_in_{loop_, File::borrow(first_.write.get())};
  File first_out_{loop_, File::borrow(first_.read.get())};
  File second_in_{loop_, File::borrow(second_.write.get())};
  File second_out_{loop_, File::borrow(second_.read.get())};
  File quiet_out_{loop_, File::borrow(quiet_.read.get())};
  File regular_{loop_, File::borrow(disk_.get())};
  File nowhere_{loop_, File::borrow(null_.get())};

  std::array<std::byte, 4096> buffers_[12]{};
  iovec out_[2] = {{buffers_[0].data(), 100}, {buffers_[1].data(), 28}};
  iovec in_[2] = {{buffers_[2].data(), 64}, {buffers_[3].data(), 64}};

  std::array<std::unique_ptr<Nop>, 8> nops_;
  IoRequest near_write_{near_};
  IoRequest near_writable_{near_};
  IoRequest far_readable_{far_};
  IoRequest far_read_{far_};
  IoRequest far_exact_{far_};
  IoRequest first_write_{first_in_};
  IoRequest moving_{first_out_};
  IoRequest second_read_{second_out_};
  IoRequest silent_{quiet_out_};
  IoRequest disk_read_{regular_};
  IoRequest disk_write_{regular_};
  IoRequest null_some_{nowhere_};
  Timer timer_{loop_};
  Timer far_timer_{loop_};
  Wake wake_{loop_};
  Work work_{loop_, pool_};
  OpenRequest opening_{loop_};
};

void Mill::start() {
  for (auto& each : nops_) {
    each = std::make_unique<Nop>(loop_);
    each->submit(bind<&Mill::on_nop>(*this));
  }
  timer_.after(0ns, bind<&Mill::on_timer>(*this));
  wake_.wait(bind<&Mill::on_wake>(*this));
  work_.run(bind<&Mill::job>(*this), bind<&Mill::on_work>(*this));
  opening_.open("/dev/null", {}, bind<&Mill::on_open>(*this));
  start_streams();
}

void Mill::start_streams() {
  const auto done = bind<&Mill::on_io>(*this);
  const auto buffer = [this](int index, std::size_t size) { return std::span(buffers_[index]).first(size); };
  near_write_.writev(out_, done);
  near_writable_.writable(done);
  far_readable_.readable(done);
  far_read_.readv(in_, done);
  far_exact_.read_exact(buffer(4, 64), done);
  first_write_.write(buffer(5, 500), done);
  moving_.splice(second_in_, 4096, done);
  second_read_.read(buffer(6, 4096), done);
  silent_.read(buffer(7, 16), done);
  disk_read_.pread(buffer(8, 4096), 4096, done);
  disk_write_.pwrite(buffer(9, 512), 1024, done);
  null_some_.write_some(buffer(10, 100), done);
}

TEST_P(Allocation, AMillionOperationsOfEveryKindAllocateNothing) {
  // A pool starts its threads when they are first needed, which allocates: this one's only thread in the warm-up.
  ThreadPool pool(1);
  remake_loop({.pool = &pool});
  auto mill = std::make_unique<Mill>(loop());
  ASSERT_TRUE(run_until([&] { return mill->completed() >= warm_up && mill->slowest_kind() > 0; }));
  const std::uint64_t allocated = count_allocations();
  std::uint64_t before = mill->completed();
  const std::uint64_t end = before + operations_wanted;
  while (mill->completed() < end) {
    ASSERT_TRUE(loop().run(RunMode::once));
  }
  EXPECT_EQ(count_allocations() - allocated, 0u);
  EXPECT_EQ(mill->failed(), 0u);
  EXPECT_GT(allocated, 0u) << "nothing was counted at all";
  mill.reset();
  destroy_loop();  // Before its pool.
}

}  // namespace
}  // namespace evt::contract
