/// Starting and stopping nginx. It takes over a listener that it finds in $NGINX, as it does when it replaces itself.
#include "examples/nginx.hpp"

#include <evt/socket.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace evt::examples {
namespace {

constexpr int listener_number = 100;

std::string configuration(const std::string& folder, const Address& address) {
  std::string paths;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    paths += std::string(kind) + "_temp_path " + folder + "/" + kind + ";\n";
  // The workers of root would be somebody who may not read the folder.
  const std::string user = geteuid() == 0 ? "user root root; " : "";
  return user + "daemon off; worker_processes 1; pid " + folder + "/pid; error_log " + folder +
         "/error.log; events { worker_connections 256; }\nhttp { access_log off;\n" + paths + "server { listen " +
         address.to_string() + "; root " + folder + "/pages;\n location /slow/ { alias " + folder +
         "/pages/; limit_rate 64k; } } }\n";
}

pid_t spawn(const std::string& folder, int listener) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, listener, listener_number);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, (folder + "/stderr").c_str(), O_CREAT | O_WRONLY, 0600);
  // Should this program die, so does nginx.
  std::vector<std::string> words{"setpriv", "--pdeathsig", "TERM", "/usr/sbin/nginx", "-c", folder + "/nginx.conf"};
  std::vector<char*> arguments;
  for (std::string& word : words)
    arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string inherited = "NGINX=" + std::to_string(listener_number) + ";";
  std::array<char*, 2> environment{inherited.data(), nullptr};
  pid_t process = -1;
  if (posix_spawn(&process, "/usr/bin/setpriv", &actions, nullptr, arguments.data(), environment.data()) != 0)
    process = -1;
  posix_spawn_file_actions_destroy(&actions);
  return process;
}

}  // namespace

Nginx::Nginx() {
  std::string pattern = (std::filesystem::temp_directory_path() / "evt-nginx-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return;
  folder_ = pattern;
  std::filesystem::create_directory(folder_ + "/pages");
  auto listener = listen({.address = Address::loopback_ipv4(0)});
  if (!listener) return;
  address_ = local_address(listener->get()).value_or(Address());
  std::ofstream(folder_ + "/nginx.conf") << configuration(folder_, address_);
  process_ = spawn(folder_, listener->get());
}

Nginx::~Nginx() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

bool Nginx::running() {
  return process_ > 0 && waitpid(process_, nullptr, WNOHANG) == 0;
}

std::string Nginx::url(std::string_view path) const {
  return "http://" + address_.to_string() + std::string(path);
}

void Nginx::put(std::string_view name, std::string_view content) const {
  std::ofstream(folder_ + "/pages/" + std::string(name), std::ios::binary) << content;
}

}  // namespace evt::examples
