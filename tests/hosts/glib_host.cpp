/// GLib as a host: a source of its main context.
#include "hosts/host.hpp"

#include <glib.h>

namespace evt::hosts {
namespace {

class GlibHost final : public Host {
 public:
  explicit GlibHost(Loop& loop)
      : Host(loop), context_(g_main_context_new()), source_(g_source_new(&functions, sizeof(Source))) {
    reinterpret_cast<Source*>(source_)->host = this;
    tag_ = g_source_add_unix_fd(source_, loop.fd(), G_IO_IN);
    g_source_attach(source_, context_);
  }
  ~GlibHost() override {
    g_source_destroy(source_);
    g_source_unref(source_);
    g_main_context_unref(context_);
  }

  bool run_until(const std::function<bool()>& done) override {
    const gint64 end = g_get_monotonic_time() + patience / std::chrono::microseconds(1);
    while (g_get_monotonic_time() < end) {
      g_main_context_iteration(context_, TRUE);
      if (done()) return true;
    }
    return false;
  }

 private:
  struct Source {
    GSource base;
    GlibHost* host;
  };
  static GlibHost& host_of(GSource* source) { return *reinterpret_cast<Source*>(source)->host; }

  /// Before the sleep: how long it may be at most.
  static gboolean prepare(GSource* source, gint* timeout_ms) {
    GlibHost& self = host_of(source);
    *timeout_ms = self.prepare_ms();
    self.due_ = *timeout_ms < 0 ? G_MAXINT64 : g_get_monotonic_time() + *timeout_ms * G_TIME_SPAN_MILLISECOND;
    return *timeout_ms == 0 ? TRUE : FALSE;
  }
  /// After the sleep: whether it is for us that it ended.
  static gboolean check(GSource* source) {
    const GlibHost& self = host_of(source);
    return g_source_query_unix_fd(source, self.tag_) != 0 || g_get_monotonic_time() >= self.due_ ? TRUE : FALSE;
  }
  static gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
    host_of(source).turn();
    return G_SOURCE_CONTINUE;
  }
  static GSourceFuncs functions;

  GMainContext* context_;
  GSource* source_;
  gpointer tag_ = nullptr;
  gint64 due_ = 0;
};

GSourceFuncs GlibHost::functions = {prepare, check, dispatch, nullptr, nullptr, nullptr};

}  // namespace

std::unique_ptr<Host> make_glib_host(Loop& loop) {
  return std::make_unique<GlibHost>(loop);
}

}  // namespace evt::hosts
