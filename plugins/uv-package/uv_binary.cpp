// SPDX-License-Identifier: Apache-2.0
#include "uv_binary.hpp"

#include "output.hpp"
#include "pep/ascii.hpp"
#include "pep/version.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::uv_package {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxQuotedOutput = 300;

std::string needed() {
  return "uv " + std::string(kMinUvVersion) + " or newer is needed";
}

std::string how_to_fix(bool is_configured) {
  return is_configured ? "Install it there, or correct 'uv' in the plugin's configuration and "
                         "restart the server."
                       : "Install or update uv in one of these places (no restart is needed), or "
                         "set 'uv' in the plugin's configuration to its absolute path.";
}

// Device, inode, size and time of change: equal as long as nobody replaced the file.
std::string identity_of(const std::string& path) {
  struct stat status {};

  if (::stat(path.c_str(), &status) != 0) return {};
  std::string out;
  for (const auto part :
       {static_cast<long long>(status.st_dev), static_cast<long long>(status.st_ino),
        static_cast<long long>(status.st_size), static_cast<long long>(status.st_ctim.tv_sec),
        static_cast<long long>(status.st_ctim.tv_nsec)}) {
    out += std::to_string(part) + ":";
  }
  return out;
}

// Somebody else could put another program there.
Checked<Passed> check_owner(const std::string& path) {
  struct stat status {};

  if (::stat(path.c_str(), &status) != 0) return Refusal{path + " disappeared"};
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    return Refusal{path + " belongs neither to root nor to the user of this server; it is not run"};
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Refusal{path + " may be changed by others; it is not run. Mend it with: chmod go-w " +
                   path};
  }
  return Passed{};
}

bool is_executable_file(const std::string& path) {
  std::error_code error;
  return fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

}  // namespace

std::vector<std::string> uv_candidates(const std::string& configured,
                                       std::string_view search_path) {
  if (!configured.empty()) return {configured};
  std::vector<std::string> out;
  const auto add = [&](std::string_view directory) {
    // A relative entry would mean another file in each working directory.
    if (directory.empty() || directory.front() != '/') return;
    std::string candidate = (fs::path(directory) / "uv").string();
    if (std::find(out.begin(), out.end(), candidate) == out.end()) {
      out.push_back(std::move(candidate));
    }
  };
  while (!search_path.empty()) {
    const std::size_t colon = search_path.find(':');
    add(search_path.substr(0, colon));
    search_path.remove_prefix(colon == std::string_view::npos ? search_path.size() : colon + 1);
  }
  for (const std::string_view usual : {"/usr/local/bin", "/usr/bin", "/opt/uv/bin"}) add(usual);
  return out;
}

std::optional<std::string> version_in(std::string_view output) {
  if (output.substr(0, 3) != "uv ") return std::nullopt;
  output.remove_prefix(3);
  const std::string_view word = output.substr(0, output.find_first_of(" \r\n"));
  if (!pep::Version::parse(word)) return std::nullopt;
  return std::string(word);
}

std::string default_index_in(std::string_view help) {
  static constexpr std::string_view kStart = "(bydefault:<";
  std::string dense;
  for (const char c : help) {
    if (!pep::is_blank(c) && c != '\n' && c != '\r') dense += c;
  }
  const std::size_t start = dense.find(kStart);
  if (start == std::string::npos) return {};
  const std::size_t end = dense.find('>', start);
  if (end == std::string::npos) return {};
  return dense.substr(start + kStart.size(), end - start - kStart.size());
}

UvBinary::UvBinary(const std::string& configured, std::string_view search_path)
    : is_configured_(!configured.empty()), candidates_(uv_candidates(configured, search_path)) {}

Checked<Uv> UvBinary::get(const Ask& ask) {
  const std::lock_guard lock(mutex_);
  if (found_ && identity_of(found_->path) == identity_) return *found_;
  found_.reset();
  auto looked_up = look_up(ask);
  if (looked_up) {
    found_ = *looked_up;
    identity_ = identity_of(found_->path);
  }
  return looked_up;
}

Checked<Uv> UvBinary::look_up(const Ask& ask) const {
  const auto candidate = std::find_if(candidates_.begin(), candidates_.end(), is_executable_file);
  if (candidate == candidates_.end()) {
    return Refusal{"uv was not found. Looked for: " + joined(candidates_) + ". " + needed() + ". " +
                   how_to_fix(is_configured_)};
  }
  std::error_code error;
  const std::string path = fs::canonical(*candidate, error).string();
  if (error) return Refusal{*candidate + ": " + error.message()};
  if (auto checked = check_owner(path); !checked) return checked.refusal();
  const auto output = ask(path, {"--version"});
  if (!output) return within(path + " --version", output.refusal());
  const auto version = version_in(*output);
  if (!version) {
    return Refusal{path + " --version did not answer with a version of uv but with '" +
                   cleaned_output(*output, kMaxQuotedOutput) + "'. " + needed() + ". " +
                   how_to_fix(is_configured_)};
  }
  if (pep::Version::parse(*version)->compare(*pep::Version::parse(kMinUvVersion)) < 0) {
    return Refusal{path + " is uv " + *version + ", which is too old: " + needed() + ". " +
                   how_to_fix(is_configured_)};
  }
  const auto help = ask(path, {"help", "lock"});
  return Uv{path, *version, help ? default_index_in(*help) : std::string()};
}

}  // namespace toolpost::uv_package
