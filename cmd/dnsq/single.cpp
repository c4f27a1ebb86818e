/// One query at a time: a search list where it is wanted, text or JSON, and the worst fate.
#include "dnsq/single.hpp"

#include "applet.hpp"
#include "dnsq/message_json.hpp"
#include "dnsq/print.hpp"
#include "dnsq/questions.hpp"
#include "dnsq/verdict.hpp"
#include "output.hpp"
#include "report.hpp"
#include "terminal.hpp"
#include <evt/dns/resolver.hpp>

#include <fmt/core.h>

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace evtool::dnsq {

namespace {

using evt::dns::Answer;
using evt::dns::Query;

class Session {
 public:
  Session(Context& context, evt::Loop& loop, const Settings& settings, const Asking& asking)
      : context_(context),
        loop_(loop),
        settings_(settings),
        asking_(asking),
        query_(loop),
        resolver_(loop, asking.config) {
    if (context.json_fd() >= 0) report_.emplace(context).result().begin_array();
  }

  /// False when standard output is gone.
  bool ask(const Ask& ask) {
    result_ = evt::Result<Answer>();
    bool printed = true;
    for (const auto& name : names_of(ask)) {
      evt::dns::Topic topic = ask.topic;
      topic.name = name;
      run(topic);
      if (!result_ || has_answers(*result_)) break;
    }
    printed = show(ask);
    return printed;
  }

  Exit conclude() {
    if (!report_) return exit_of(worst_);
    report_->result().end_array();
    return report_->close() ? exit_of(worst_) : Exit::failed;
  }

 private:
  /// With --search the names that resolv.conf makes of it, otherwise the name.
  std::vector<evt::dns::Name> names_of(const Ask& ask) const {
    if (!settings_.search) return {ask.topic.name};
    std::vector<evt::dns::Name> names;
    for (const std::string& text : resolver_.candidates(ask.text))
      if (const auto name = parse_name(text)) names.push_back(*name);
    if (names.empty()) names.push_back(ask.topic.name);
    return names;
  }

  static bool has_answers(const Answer& answer) {
    return answer.message.rcode() == evt::dns::Rcode::noerror && !answer.message.answers().empty();
  }

  void run(const evt::dns::Topic& topic) {
    evt::dns::QueryOptions options = asking_.options;
    // Answers to ANY are long, and servers want to see that nobody forged the question (RFC 8482).
    if (topic.type == evt::dns::Type::any) options.transport = evt::dns::Transport::tcp;
    query_.ask(topic, std::move(options), evt::bind<&Session::on_answer>(*this));
    if (const auto ran = loop_.run(); !ran) result_ = std::unexpected(ran.error());
  }

  void on_answer(const evt::Result<Answer>& answer) { result_ = answer; }

  bool show(const Ask& ask) {
    const Fate fate = result_ ? fate_of(result_->message.rcode()) : fate_of(result_.error());
    worst_ = std::max(worst_, fate);
    const std::string subject = ask.topic.name.text().append(" ").append(evt::dns::text_of(ask.topic.type));
    if (report_) return show_json(report_->result(), ask);
    if (!result_) {
      context_.error("{}: {}{}", subject, reason(result_.error()), servers());
      return true;
    }
    std::string out;
    if (settings_.short_form) {
      if (settings_.shown.sections.answer) append_short(out, result_->message);
      if (fate != Fate::found) context_.error("{}: {}", subject, evt::dns::text_of(result_->message.rcode()));
    } else {
      append_answer(out, *result_);
    }
    return print(context_.applet.name, out);
  }

  void append_answer(std::string& out, const Answer& answer) const {
    const bool fell_back = answer.transport == evt::dns::Transport::tcp && answer.tries > 1;
    if (fell_back && !settings_.tcp && settings_.shown.sections.comments)
      out.append(";; Truncated, retrying in TCP mode.\n");
    append_message(out, answer.message, settings_.shown.sections, client_cookie());
    if (!settings_.shown.statistics) return;
    append_statistics(out,
                      {.took = answer.exchange,
                       .server = answer.server,
                       .server_name = asking_.server.empty() ? answer.server.ip_to_string() : asking_.server,
                       .transport = answer.transport,
                       .when = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()),
                       .size = answer.message.bytes().size()});
    out.push_back('\n');
  }

  /// As the question had it.
  std::span<const std::byte> client_cookie() const {
    const auto sent = evt::dns::Message::parse(query_.last_sent());
    if (!sent) return {};
    const auto& edns = sent->edns();
    if (!edns) return {};
    const auto cookie = edns->cookie();
    return cookie.first(std::min(cookie.size(), sizeof(evt::dns::ClientCookie)));
  }

  bool show_json(Json& json, const Ask& ask) {
    json.begin_object();
    if (result_) {
      json.key("server").text(result_->server.to_string());
      json.key("transport").text(result_->transport == evt::dns::Transport::tcp ? "tcp" : "udp");
      json.key("tries").number(std::uint64_t{result_->tries});
      json.key("elapsed_ns").number(static_cast<std::int64_t>(result_->elapsed.count()));
      json.key("message");
      write_message(json, result_->message);
    } else {
      json.key("QNAME").text(ask.topic.name.text());
      json.key("QTYPEname").text(evt::dns::text_of(ask.topic.type));
      json.key("status").text(status_of(result_.error()));
      json.key("reason").text(escaped(reason(result_.error())));
    }
    json.end_object();
    return true;
  }

  static std::string reason(const evt::Error& error) {
    if (error == std::errc::timed_out) return "no reply";
    if (error == std::errc::bad_message) return std::string("malformed reply: ").append(error.operation);
    return error.code.message();
  }

  std::string servers() const {
    std::string text;
    for (const evt::Address& server : asking_.options.servers)
      text.append(text.empty() ? " from " : ", ").append(server.to_string());
    return text;
  }

  Context& context_;
  evt::Loop& loop_;
  const Settings& settings_;
  const Asking& asking_;
  Query query_;
  evt::dns::Resolver resolver_;
  std::optional<Report> report_;
  evt::Result<Answer> result_;
  Fate worst_ = Fate::found;
};

std::string head(const Context& context) {
  std::string words;
  for (const char* word : context.words)
    words.append(" ").append(escaped(word));
  return fmt::format("\n; <<>> evtool dnsq {} <<>>{}\n;; global options: +cmd\n", EVTOOL_VERSION, words);
}

}  // namespace

Exit ask_all(Context& context, evt::Loop& loop, const Settings& settings, const Plan& plan, const Asking& asking) {
  const bool shows_command = settings.shown.command && !settings.short_form && context.json_fd() < 0;
  if (shows_command && !print(context.applet.name, head(context))) return Exit::failed;
  Session session(context, loop, settings, asking);
  for (const Ask& ask : plan.asks)
    if (!session.ask(ask)) return Exit::failed;
  return session.conclude();
}

}  // namespace evtool::dnsq
