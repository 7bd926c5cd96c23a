// SPDX-License-Identifier: Apache-2.0
#include "base/json_escape.hpp"
#include "cli/commands.hpp"
#include "transport/health_client.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

// Whoever listens everywhere listens here, too.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

std::string url_of(const transport::HealthQuestion& question) {
  const bool is_v6 = question.host.find(':') != std::string::npos;
  std::string url = question.tls ? "https://" : "http://";
  url += is_v6 ? "[" + question.host + "]" : question.host;
  return url + ":" + std::to_string(question.port) + question.path;
}

// What answers may be somebody else: its text is quoted, and no more of it than a line takes.
std::string excerpt(std::string_view body) {
  constexpr std::size_t kMost = 1024;
  std::string text;
  append_json_string(text, body.substr(0, kMost));
  return text;
}

int say(bool good, const std::string& url, const std::string& text) {
  std::fprintf(good ? stdout : stderr, "%s: %s %s\n", good ? "healthy" : "unhealthy", url.c_str(),
               text.c_str());
  return good ? EXIT_SUCCESS : config::kExitFailure;
}

}  // namespace

int healthcheck(const config::Config& config, bool ready) {
  constexpr int kOk = 200;
  if (config.http.port == 0) {
    complain("http.port is 0, so nobody knows which port the server took; name it with --port");
    return config::kExitFailure;
  }
  const transport::HealthQuestion question{.host = reachable(config.http.host),
                                           .port = config.http.port,
                                           .path = ready ? "/readyz" : "/livez",
                                           .tls = !config.http.tls.certificate_file.empty()};
  const std::string url = url_of(question);
  const auto answer = transport::ask_health(question);
  if (answer) {
    const std::string status = "answers " + std::to_string(answer->status);
    return answer->status == kOk ? say(true, url, status)
                                 : say(false, url, status + ": " + excerpt(answer->body));
  }
  const bool is_alive = answer.error().code() == Errc::kDenied;
  return say(is_alive && !ready, url, answer.error().message());
}

}  // namespace toolpost::cli
