// SPDX-License-Identifier: Apache-2.0
#include "cli/ledger.hpp"

#include "audit/seal_key.hpp"
#include "base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::cli {
namespace {

constexpr mode_t kExportMode = 0600;
constexpr std::size_t kMaxAnchorBytes = std::size_t{1} << 30;

Result<std::string> read_anchor(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!fd) return errno_error("open " + path, errno);
  std::string text;
  std::string chunk(std::size_t{1} << 20, '\0');
  while (text.size() <= kMaxAnchorBytes) {
    const ssize_t got = ::read(fd.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno_error("read " + path, errno);
    if (got == 0) return text;
    text.append(chunk, 0, static_cast<std::size_t>(got));
  }
  return Error{Errc::kLimit, path + " is larger than an anchor can be (1 GiB)"};
}

}  // namespace

Result<audit::Directory> open_ledger(const config::Config& config,
                                     const config::AuditArguments& arguments) {
  const std::string& directory =
      arguments.directory.empty() ? config.audit.directory : arguments.directory;
  if (directory.empty()) {
    return invalid("no place for the audit is known; set audit.directory or give --directory");
  }
  return audit::Directory::open(directory);
}

Result<audit::VerifyOptions> verify_options(const config::Config& config,
                                            const config::AuditArguments& arguments) {
  audit::VerifyOptions options;
  if (!arguments.anchor.empty()) {
    const auto text = read_anchor(arguments.anchor);
    if (!text) return text.error();
    auto anchors = audit::read_anchors(*text);
    if (!anchors) return std::move(anchors).error().in(arguments.anchor);
    options.anchors = std::move(*anchors);
    return options;
  }
  auto key = audit::SealKey::load(config.audit.key_file);
  if (!key) {
    return Error{key.error().code(),
                 key.error().message() +
                     "; without audit.key_file give the key with --anchor FILE, as toolpost audit "
                     "anchor prints it"};
  }
  options.keys.push_back(key->public_key());
  return options;
}

void Output::Close::operator()(std::FILE* file) const noexcept {
  if (file != stdout) std::fclose(file);
}

Result<Output> Output::open(const std::string& file) {
  if (file.empty()) return Output{stdout};
  UniqueFd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kExportMode)};
  if (!fd) return errno_error("create " + file, errno);
  std::FILE* stream = ::fdopen(fd.get(), "w");
  if (stream == nullptr) return errno_error("open " + file, errno);
  static_cast<void>(fd.release());
  return Output{stream};
}

bool Output::write(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), file_.get()) == text.size();
}

Result<> Output::finish() {
  if (std::fflush(file_.get()) != 0 || std::ferror(file_.get()) != 0) {
    return errno_error("write the output", errno);
  }
  if (file_.get() != stdout && ::fsync(::fileno(file_.get())) != 0) {
    return errno_error("sync the output", errno);
  }
  return {};
}

}  // namespace toolpost::cli
