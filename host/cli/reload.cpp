// SPDX-License-Identifier: Apache-2.0
// reload: asks the servers behind the sockets of the data directory, one after another.
#include "base/unique_fd.hpp"
#include "base/write_all.hpp"
#include "cli/commands.hpp"
#include "control_place.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace toolpost::cli {
namespace {

// Beyond what the plugins' starts may take.
constexpr std::size_t kSlackMs = 60'000;

struct Answer {
  std::string word;
  std::string lines;
};

// Nothing where nobody listens any more.
Result<std::optional<UniqueFd>> connect(const PrivateDirectory& directory, const std::string& name,
                                        std::size_t patience_ms) {
  UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (!fd) return errno_error("socket", errno);
  timeval patience{};
  patience.tv_sec = static_cast<time_t>(patience_ms / 1000);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = control_path(directory, name);
  if (path.size() >= sizeof address.sun_path) return std::optional<UniqueFd>{};
  path.copy(&address.sun_path[0], path.size());
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return std::optional{std::move(fd)};
  }
  if (errno == ECONNREFUSED || errno == ENOENT) return std::optional<UniqueFd>{};
  return errno_error("connect to " + directory.path() + "/" + name, errno);
}

Result<Answer> ask(int fd, const std::string& question) {
  if (auto written = write_all(fd, question); !written) return written.error();
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) {
      return Error{Errc::kUnavailable, "does not answer; its log says what it is doing"};
    }
    if (size < 0) return errno_error("read", errno);
    if (size == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
  const std::size_t end = text.find('\n');
  if (end == std::string::npos) {
    return Error{Errc::kUnavailable, "has ended before the reload had"};
  }
  return Answer{text.substr(0, end), text.substr(end + 1)};
}

// False after saying why not. `is_other`: it serves another file.
bool reload_one(int fd, const std::string& file, const std::string& who, bool& is_other) {
  const auto answer = ask(fd, std::string{kReloadWord} + file + "\n");
  if (!answer) {
    complain("the server " + who + " " + answer.error().message());
    return false;
  }
  is_other = answer->word == kAnswerOther;
  if (is_other) return true;
  const bool is_done = answer->word == kAnswerDone;
  std::FILE* out = is_done ? stdout : stderr;
  std::fprintf(out, "%s: %s\n%s", who.c_str(), is_done ? "reloaded" : "not reloaded",
               answer->lines.c_str());
  return is_done;
}

}  // namespace

int reload(const config::Config& config) {
  const std::string file = config.file.empty() ? "the built-in defaults" : config.file;
  if (config.data_directory.empty()) {
    complain("data_directory has no place, so that no server can be found");
    return config::kExitFailure;
  }
  const std::string path = control_directory(config.data_directory);
  auto directory = PrivateDirectory::open(path);
  auto names = directory ? directory->names() : Result<std::vector<std::string>>{directory.error()};
  if (!names && names.error().code() != Errc::kNotFound) {
    complain(names.error().message());
    return config::kExitFailure;
  }
  std::size_t asked = 0;
  bool is_well = true;
  if (names) {
    std::sort(names->begin(), names->end());
    for (const std::string& name : *names) {
      if (!name.ends_with(kControlSuffix)) continue;
      const std::string who = name.substr(0, name.size() - kControlSuffix.size());
      auto fd = connect(*directory, name, config.calls.plugin_start_timeout_ms + kSlackMs);
      if (!fd) {
        complain(fd.error().message());
        is_well = false;
      } else if (*fd) {
        bool is_other = false;
        is_well = reload_one((*fd)->get(), config.file, who, is_other) && is_well;
        if (!is_other) ++asked;
      }
    }
  }
  if (asked == 0 && is_well) {
    complain("no server that runs with " + file + " was found in " + path);
    return config::kExitFailure;
  }
  return is_well ? EXIT_SUCCESS : config::kExitFailure;
}

}  // namespace toolpost::cli
