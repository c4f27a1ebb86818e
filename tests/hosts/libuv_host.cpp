/// libuv as a host: a prepare handle before it sleeps, a poll handle and a timer to end the sleep, a check handle after
/// it.
#include "hosts/host.hpp"

#include <uv.h>

namespace evt::hosts {
namespace {

class LibuvHost final : public Host {
 public:
  explicit LibuvHost(Loop& loop) : Host(loop) {
    uv_loop_init(&uv_);
    uv_.data = this;
    uv_poll_init(&uv_, &readable_, loop.fd());
    uv_prepare_init(&uv_, &prepare_);
    uv_check_init(&uv_, &check_);
    uv_timer_init(&uv_, &deadline_);
    uv_timer_init(&uv_, &patience_);
  }
  ~LibuvHost() override {
    uv_walk(&uv_, [](uv_handle_t* handle, void*) { uv_close(handle, nullptr); }, nullptr);
    uv_run(&uv_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&uv_), 0);
  }

  bool run_until(const std::function<bool()>& done) override {
    done_ = &done;
    succeeded_ = false;
    uv_poll_start(&readable_, UV_READABLE, [](uv_poll_t*, int, int) {});
    uv_prepare_start(&prepare_, [](uv_prepare_t* handle) { self_of(handle->loop).before_sleep(); });
    uv_check_start(&check_, [](uv_check_t* handle) { self_of(handle->loop).after_sleep(); });
    const auto stop = [](uv_timer_t* handle) { uv_stop(handle->loop); };
    uv_timer_start(&patience_, stop, static_cast<std::uint64_t>(patience / std::chrono::milliseconds(1)), 0);
    uv_run(&uv_, UV_RUN_DEFAULT);
    return succeeded_;
  }

 private:
  static LibuvHost& self_of(uv_loop_t* uv) { return *static_cast<LibuvHost*>(uv->data); }

  void before_sleep() {
    uv_update_time(&uv_);
    const int timeout_ms = prepare_ms();
    if (timeout_ms < 0) {
      uv_timer_stop(&deadline_);
    } else {
      uv_timer_start(&deadline_, [](uv_timer_t*) {}, static_cast<std::uint64_t>(timeout_ms), 0);
    }
  }

  void after_sleep() {
    turn();
    succeeded_ = (*done_)();
    if (succeeded_) uv_stop(&uv_);
  }

  uv_loop_t uv_{};
  uv_poll_t readable_{};
  uv_prepare_t prepare_{};
  uv_check_t check_{};
  uv_timer_t deadline_{};
  uv_timer_t patience_{};
  const std::function<bool()>* done_ = nullptr;
  bool succeeded_ = false;
};

}  // namespace

std::unique_ptr<Host> make_libuv_host(Loop& loop) {
  return std::make_unique<LibuvHost>(loop);
}

}  // namespace evt::hosts
