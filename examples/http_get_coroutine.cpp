/// Prints a page, as a coroutine. Usage: http_get_coroutine http://localhost:8080/path
#include <evt/dial.hpp>
#include <evt/dns.hpp>
#include <evt/io.hpp>

#include <cstddef>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

evt::Io<evt::Fd> connect_to(std::string url) {
  const auto target = evt::dial_uri(url);
  if (!target) throw evt::IoError(target.error());
  evt::dns::Resolver resolver(evt::current_loop());
  evt::Dial dial(evt::current_loop(), resolver);
  auto submit = [&](evt::Dial& request, auto done) { return request.dial(*target, done); };
  evt::Dialed dialed = co_await evt::request<evt::Dial&, evt::Dialed>(dial, submit);
  co_return std::move(dialed.socket);
}

/// All that the server says before it closes the connection.
evt::Io<std::string> exchange(evt::Fd socket, std::string question) {
  evt::File connection(evt::current_loop(), evt::File::adopt(std::move(socket)));
  co_await evt::write(connection, std::as_bytes(std::span(question)));
  std::string answer;
  std::vector<std::byte> piece(65536);
  while (const std::size_t size = co_await evt::read(connection, piece))
    answer.append(reinterpret_cast<const char*>(piece.data()), size);
  co_return answer;
}

evt::Io<int> get(std::string url) {
  const std::size_t host = url.find("://") + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::string question = "GET " + (path == url.size() ? "/" : url.substr(path)) +
                               " HTTP/1.0\r\nHost: " + url.substr(host, path - host) + "\r\n\r\n";
  evt::Fd socket = co_await connect_to(url);
  const std::string answer = co_await exchange(std::move(socket), question);
  const std::size_t body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.") || body == std::string::npos) throw std::runtime_error("this is no answer");
  std::fwrite(answer.data() + body + 4, 1, answer.size() - body - 4, stdout);
  co_return answer.compare(8, 2, " 2") == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: http_get_coroutine URL\n");
    return 2;
  }
  return evt::start(get(arguments[1]));
}
