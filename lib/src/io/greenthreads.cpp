/// The run queue of greenthreads, those nobody waits for, and a program's main.
#include <evt/io/greenthreads.hpp>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

namespace evt {

namespace {

/// As many go on in one turn of the loop: I/O must not starve where somebody always yields.
constexpr int resumed_a_turn = 256;

void tell_on_stderr(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "evt: ended by an exception: %s\n", exception.what());
  } catch (...) {
    std::fputs("evt: ended by an exception of an unknown type\n", stderr);
  }
}

}  // namespace

/// Owns itself, from start() to its end, by being in the list.
struct Greenthreads::Detached : detail::Continuation, detail::Ready {
  struct Place : detail::Hook {
    Detached* detached = nullptr;
    ~Place() { unlink(); }
  };

  Detached(Greenthreads& home, detail::Frame<void> frame) noexcept
      : Continuation(frame, &Greenthreads::end), Ready(&Greenthreads::begin), greenthreads(home) {
    frame.promise().continuation = this;
    place.detached = this;
    home.detached_.push_back(place);
    home.schedule(*this);
  }

  Greenthreads& greenthreads;
  Place place;
};

Greenthreads::Greenthreads(Loop& loop, Unhandled unhandled)
    : loop_(&loop), unhandled_(std::move(unhandled)), outer_(detail::trampoline.greenthreads), next_turn_(loop) {
  if (!unhandled_) unhandled_ = tell_on_stderr;
  detail::trampoline.greenthreads = this;
}

Greenthreads::~Greenthreads() {
  while (!detached_.empty())
    delete static_cast<Detached::Place*>(detached_.front())->detached;
  while (!ready_.empty())
    ready_.front()->unlink();
  detail::trampoline.greenthreads = outer_;
}

void Greenthreads::start(Io<void> io) {
  (void)new Detached(*this, io.release());  // Its place is in the list from now on.
}

void Greenthreads::begin(detail::Ready& ready) {
  detail::go_on(static_cast<Detached&>(ready).child);
}

void Greenthreads::end(detail::Continuation& continuation) noexcept {
  auto& detached = static_cast<Detached&>(continuation);
  Greenthreads& self = detached.greenthreads;
  const auto frame = detail::Frame<void>::from_address(detached.child.address());
  std::exception_ptr error = std::move(frame.promise().error);
  // The frame is at its end but still on the stack: the trampoline destroys it.
  detail::trampoline.finished = std::exchange(detached.child, nullptr);
  delete &detached;
  if (error != nullptr) self.tell(std::move(error));
}

void Greenthreads::tell(std::exception_ptr error) noexcept {
  unhandled_(std::move(error));
}

void Greenthreads::schedule(detail::Ready& ready) noexcept {
  ready_.push_back(ready);
  if (next_turn_.idle()) next_turn_.after(nanoseconds::zero(), bind<&Greenthreads::run_ready>(*this));
}

void Greenthreads::run_ready() {
  for (int count = 0; count < resumed_a_turn && !ready_.empty(); ++count) {
    auto& ready = static_cast<detail::Ready&>(*ready_.front());
    ready.unlink();
    ready.run(ready);
  }
  if (!ready_.empty() && next_turn_.idle())
    next_turn_.after(nanoseconds::zero(), bind<&Greenthreads::run_ready>(*this));
}

void Greenthreads::turn() {
  const bool inside = std::exchange(detail::trampoline.running, false);  // Of a coroutine of another loop.
  const Result<std::size_t> count = loop_->run(RunMode::once);
  detail::trampoline.running = inside;
  if (!count) throw std::system_error(count.error().code, "run");
  if (*count == 0) throw std::system_error(EDEADLK, std::system_category(), "nobody can go on");
}

int start(Io<int> main, LoopOptions options) {
  try {
    auto loop = Loop::create(options);
    if (!loop) throw std::system_error(loop.error().code, loop.error().operation);
    return run(*loop, std::move(main));
  } catch (...) {
    tell_on_stderr(std::current_exception());
    return EXIT_FAILURE;
  }
}

}  // namespace evt
