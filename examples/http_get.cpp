/// Prints a page: `http_get http://www.example.com/path [BACKEND [LIMIT_MS]]`. A request of one's own is cancelled like
/// any other, here when the time is up.
#include "http_get.hpp"

#include "backend.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

int say(const evt::Error& error) {
  std::fprintf(stderr, "http_get: %s\n", error.message().c_str());
  return 1;
}

}  // namespace

int main(int count, char** arguments) {
  const auto options = options_for(count > 2 ? arguments[2] : "auto");
  if (count < 2 || count > 4 || !options) {
    std::fprintf(stderr, "usage: http_get URL [BACKEND [LIMIT_MS]]\n");
    return 2;
  }
  auto url = Url::parse(arguments[1]);
  if (!url) return say(url.error());
  auto loop = evt::Loop::create(*options);
  if (!loop) return say(loop.error());

  evt::dns::Resolver resolver(*loop);
  HttpGet get(*loop, resolver);
  evt::Result<Page> page;
  auto done = [&](evt::Result<Page> result) { page = std::move(result); };
  get.get(std::move(*url), evt::bind(done));

  evt::Timer limit(*loop);
  limit.unref();  // It does not keep the loop going.
  auto give_up = [&] { get.cancel(); };
  limit.after(std::chrono::milliseconds(count > 3 ? std::atol(arguments[3]) : 30'000), evt::bind(give_up));

  if (auto ran = loop->run(); !ran) return say(ran.error());
  if (!page) return say(page.error());
  std::fwrite(page->body.data(), 1, page->body.size(), stdout);
  if (page->status < 400) return 0;
  std::fprintf(stderr, "http_get: status %d\n", page->status);
  return 1;
}
