/// HttpGet: a request of a user's own, made of the library's: dial, send, receive. To whoever uses it, it is like
/// any other: one callback, cancel() at any time, and its destructor ends what is going on.
#pragma once

#include <evt/dial.hpp>
#include <evt/dns/resolver.hpp>
#include <evt/evt.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Where a page is: `http://www.example.com/path`, `http://[::1]:8080`.
struct Url {
  evt::DialTarget target;
  std::string host;
  std::string path;

  static evt::Result<Url> parse(std::string_view text) {
    constexpr std::string_view scheme = "http://";
    if (!text.starts_with(scheme)) return std::unexpected(evt::errno_error("url", EPROTONOSUPPORT));
    auto target = evt::dial_uri(text);
    if (!target) return std::unexpected(target.error());
    text.remove_prefix(scheme.size());
    const std::string_view host = text.substr(0, text.find('/'));
    const std::string_view path = text.substr(host.size());
    // A blank or a line's end in here would be taken for the end of the request's line.
    for (const char letter : text)
      if (letter <= ' ' || letter > '~') return std::unexpected(evt::errno_error("url", EINVAL));
    return Url{std::move(*target), std::string(host.substr(host.rfind('@') + 1)),
               path.empty() ? "/" : std::string(path)};
  }
};

struct Page {
  int status = 0;
  std::string head;
  std::string body;

  /// `answer` is all that the server said before it closed the connection.
  static evt::Result<Page> parse(std::string answer) {
    constexpr std::string_view version = "HTTP/1.";
    const std::size_t end = answer.find("\r\n\r\n");
    Page page;
    if (!answer.starts_with(version) || end == std::string::npos) return bad_message();
    const char* status = answer.data() + version.size() + 2;
    if (std::from_chars(status, answer.data() + end, page.status).ec != std::errc()) return bad_message();
    page.head = answer.substr(0, end + 2);
    page.body = std::move(answer.erase(0, end + 4));
    const auto length = page.content_length();
    if (length && *length != page.body.size()) return bad_message();  // The connection broke.
    return page;
  }

 private:
  static std::unexpected<evt::Error> bad_message() { return std::unexpected(evt::errno_error("http", EBADMSG)); }

  std::optional<std::size_t> content_length() const {
    constexpr std::string_view field = "\r\nContent-Length: ";
    const std::size_t at = head.find(field);
    std::size_t length = 0;
    if (at == std::string::npos) return std::nullopt;
    const char* digits = head.data() + at + field.size();
    if (std::from_chars(digits, head.data() + head.size(), length).ec != std::errc()) return std::nullopt;
    return length;
  }
};

/// Gets a page. One part is busy at any time, so that its callback is where the next begins or the whole ends.
class HttpGet : public evt::ComposedRequest<HttpGet, Page> {
 public:
  /// Longer answers end with EFBIG.
  static constexpr std::size_t longest_bytes = std::size_t{64} << 20;

  /// The resolver must outlive it.
  HttpGet(evt::Loop& loop, evt::dns::Resolver& resolver) : ComposedRequest(loop), loop_(loop), dial_(loop, resolver) {
    dial_.unref();
  }
  ~HttpGet() { settle(); }

  /// Errors: those of Dial, what send(2) and recv(2) say, EBADMSG for an answer that is cut short or is not HTTP.
  evt::Ticket get(Url url, Done done) {
    if (idle()) url_ = std::move(url);
    return submit(done);
  }
  /// How much came so far.
  std::size_t received() const { return answer_.size(); }

 private:
  friend ComposedRequest;

  struct Connection {
    Connection(evt::Loop& loop, evt::Fd socket) : file(loop, evt::File::adopt(std::move(socket))) { part.unref(); }
    evt::File file;
    evt::IoRequest part{file};
  };

  void start() {
    answer_.clear();
    dial_.dial(url_.target, evt::bind<&HttpGet::on_dialed>(*this));
  }

  void cancel_parts() noexcept {
    dial_.cancel();
    if (connection_) connection_->part.cancel();
  }

  void settle_parts() noexcept {
    dial_.cancel_sync();
    if (connection_) connection_->part.cancel_sync();
    connection_.reset();
  }

  void on_dialed(evt::Result<evt::Dialed> dialed) {
    if (!dialed) return end(std::unexpected(dialed.error()));
    if (cancel_requested()) return end(std::unexpected(evt::Error("http", evt::Errc::canceled)));
    connection_.emplace(loop_, std::move(dialed->socket));
    request_ = "GET " + url_.path + " HTTP/1.0\r\nHost: " + url_.host + "\r\n\r\n";
    connection_->part.send(std::as_bytes(std::span(request_)), evt::bind<&HttpGet::on_sent>(*this));
  }

  void on_sent(evt::IoRequest& part, evt::Result<std::size_t> result) {
    if (goes_on(result)) receive(part);
  }

  void receive(evt::IoRequest& part) {
    part.recv(std::as_writable_bytes(std::span(piece_)), evt::bind<&HttpGet::on_piece>(*this));
  }

  void on_piece(evt::IoRequest& part, evt::Result<std::size_t> size) {
    if (!size && size.error() == evt::Errc::eof) return end(Page::parse(std::move(answer_)));
    if (!goes_on(size)) return;
    if (answer_.size() + *size > longest_bytes) return end(std::unexpected(evt::errno_error("http", EFBIG)));
    answer_.append(piece_.data(), *size);
    receive(part);
  }

  /// Whether there is a next step; a part that won although the whole was cancelled is the last one all the same.
  bool goes_on(const evt::Result<std::size_t>& result) {
    if (!result) {
      end(std::unexpected(result.error()));
    } else if (cancel_requested()) {
      end(std::unexpected(evt::Error("http", evt::Errc::canceled)));
    }
    return connection_.has_value();
  }

  void end(evt::Result<Page> page) {
    connection_.reset();
    complete(std::move(page));
  }

  evt::Loop& loop_;
  evt::Dial dial_;
  Url url_;
  std::optional<Connection> connection_;
  std::string request_;
  std::string answer_;
  std::array<char, 16384> piece_;
};
