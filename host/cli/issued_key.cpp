// SPDX-License-Identifier: Apache-2.0
#include "cli/issued_key.hpp"

#include "base/write_all.hpp"
#include "config/source_file.hpp"
#include "identity/api_key.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::cli {
namespace {

constexpr mode_t kKeyFileMode = 0600;

// The key and a line break, without a copy that outlives this.
Result<> write_line(int fd, const Secret& key) {
  std::string line;
  line.reserve(key.reveal().size() + 1);
  line.append(key.reveal()).push_back('\n');
  const Secret kept{std::move(line)};
  return write_all(fd, kept.reveal());
}

Result<Secret> read_key(const std::string& path) {
  auto text = config::read_source_file(path);
  if (!text) return std::move(text).error().in("--key-file");
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  Secret key{std::move(*text)};
  if (auto strong = identity::check_key_strength(key.reveal()); !strong) {
    return std::move(strong).error().in("--key-file " + path);
  }
  return key;
}

}  // namespace

Result<IssuedKey> IssuedKey::prepare(const config::CommandLine& line) {
  if (line.key_file) {
    auto key = read_key(*line.key_file);
    if (!key) return key.error();
    return IssuedKey{Place::kCaller, std::move(*key)};
  }
  if (!line.key_out && ::isatty(STDOUT_FILENO) == 0) {
    return invalid(
        "stdout is no terminal, and the key must not end in a log; name a file for it with "
        "--key-out FILE, print it all the same with --key-out -, or bring one with --key-file "
        "FILE");
  }
  auto generated = identity::generate_key();
  if (!generated) return generated.error();
  Place place = Place::kTerminal;
  if (line.key_out) place = *line.key_out == "-" ? Place::kStdout : Place::kFile;
  IssuedKey key{place, std::move(generated->key)};
  if (place == Place::kFile) {
    if (auto written = key.write_file(*line.key_out); !written) return written.error();
  }
  return key;
}

IssuedKey::~IssuedKey() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

Result<> IssuedKey::write_file(const std::string& path) {
  const UniqueFd fd{
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kKeyFileMode)};
  if (!fd && errno == EEXIST) {
    return Error{Errc::kExists, "--key-out " + path +
                                    ": exists already and is not overwritten; name another file, "
                                    "or remove it if no key in it is needed"};
  }
  if (!fd) return errno_error("--key-out " + path, errno);
  path_ = path;
  auto written = write_line(fd.get(), key_);
  if (!written) return std::move(written).error().in("--key-out " + path);
  if (::fsync(fd.get()) != 0) return errno_error("--key-out " + path, errno);
  return {};
}

Result<> IssuedKey::deliver(const std::string& what_happened) {
  const std::string file = std::exchange(path_, {});
  std::fprintf(stderr, "%s\n", what_happened.c_str());
  if (place_ == Place::kFile) std::fprintf(stderr, "The key is in %s.\n", file.c_str());
  if (place_ == Place::kCaller || place_ == Place::kFile) return {};
  if (place_ == Place::kTerminal) {
    std::fputs("This is its API key. Keep it safe: it is not shown again.\n", stderr);
  }
  std::fflush(stderr);
  auto printed = write_line(STDOUT_FILENO, key_);
  if (printed) return printed;
  return std::move(printed).error().in(
      "the key could not be printed and is lost; `toolpost users recover` makes another");
}

}  // namespace toolpost::cli
