// SPDX-License-Identifier: Apache-2.0
// Everything here is bounded: a manifest is somebody else's text.
#include "ecosystems/draft.hpp"

#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/name_pattern.hpp"
#include "files/secret_files.hpp"

#include <algorithm>
#include <cctype>
#include <tuple>
#include <utility>

namespace toolpost::project_index {
namespace {

// The numbers in "^1.20.3": 1, 20, 3.
std::vector<std::string_view> numbers_of(std::string_view text) {
  std::vector<std::string_view> out;
  const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
  std::size_t at = text.find_first_of("0123456789");
  while (at < text.size() && is_digit(text[at])) {
    std::size_t end = at;
    while (end < text.size() && is_digit(text[end])) ++end;
    out.push_back(text.substr(at, end - at));
    if (end >= text.size() || text[end] != '.') break;
    at = end + 1;
  }
  return out;
}

std::size_t common_numbers(std::string_view left, std::string_view right) {
  const auto a = numbers_of(left);
  const auto b = numbers_of(right);
  std::size_t count = 0;
  while (count < a.size() && count < b.size() && a[count] == b[count]) ++count;
  return count;
}

}  // namespace

bool Tree::has(std::string_view path) const {
  std::size_t low = 0;
  std::size_t high = files_.file_count();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (files_.path(middle) < path) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < files_.file_count() && files_.path(low) == path;
}

std::string same_name(std::string_view name) {
  return std::string(name);
}

std::string lower_name(std::string_view name) {
  std::string out(name);
  for (char& byte : out) byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
  return out;
}

std::string without_credentials(std::string text) {
  std::size_t at = 0;
  while ((at = text.find("://", at)) != std::string::npos) {
    at += 3;
    const std::size_t end = std::min(text.find_first_of("/ ?#\"'", at), text.size());
    const std::size_t sign = text.rfind('@', end);
    if (sign != std::string::npos && sign >= at && sign < end) text.erase(at, sign + 1 - at);
  }
  return text;
}

std::string beginning_of(std::string_view text, std::size_t size) {
  constexpr std::size_t kLongestSecret = 512;
  std::string out = without_secrets(std::string(text.substr(0, size + kLongestSecret)));
  if (out.size() > size) out.resize(size);
  return out;
}

const std::string& best_version(const std::vector<std::string>& versions,
                                std::string_view requirement) {
  const std::string* best = &versions.front();
  std::size_t most = common_numbers(*best, requirement);
  for (const std::string& version : versions) {
    const std::size_t common = common_numbers(version, requirement);
    if (common < most) continue;
    most = common;
    best = &version;
  }
  return *best;
}

std::string_view Draft::directory() const noexcept {
  return directory_of(source_);
}

std::string Draft::bounded(std::string_view text) const {
  text = trimmed(text);
  // What is shown passes without_secrets() again. Not here: a package may be called like a token.
  if (text.size() <= kMaxText) return without_credentials(std::string(text));
  return without_credentials(beginning_of(text, kMaxText));
}

void Draft::set_name(std::string_view name) {
  if (project_.name.empty()) project_.name = bounded(name);
}

void Draft::set_version(std::string_view version) {
  if (project_.version.empty()) project_.version = bounded(version);
}

void Draft::set_description(std::string_view description) {
  if (project_.description.empty()) project_.description = bounded(description);
}

void Draft::complain(const std::string& text) {
  problems_.push_back({source_, text});
}

void Draft::complain_once(bool& has_complained, const std::string& text) {
  if (!std::exchange(has_complained, true)) complain(text);
}

void Draft::declare(std::string_view name, std::string_view requirement, std::string_view group) {
  name = trimmed(name);
  if (name.empty()) return;
  if (project_.dependencies.size() >= kMaxDependencies) {
    complain_once(has_too_many_, "more than " + std::to_string(kMaxDependencies) +
                                     " dependencies: the rest is left out");
    return;
  }
  if (!declared_.emplace(normal_(name), group).second) return;
  project_.dependencies.push_back(
      {bounded(name), bounded(requirement), "", bounded(group), source_, true});
}

void Draft::lock(std::string_view name, std::string_view version) {
  if (name.empty() || version.empty()) return;
  if (lock_count_ >= kMaxDependencies) {
    complain_once(has_too_many_, "more than " + std::to_string(kMaxDependencies) +
                                     " locked packages: the rest is left out");
    return;
  }
  const std::string normal = normal_(name.substr(0, kMaxText));
  std::vector<std::string>& versions = locked_[normal];
  const std::string text = bounded(version);
  if (std::find(versions.begin(), versions.end(), text) != versions.end()) return;
  ++lock_count_;
  versions.push_back(text);
  lock_names_.emplace(normal, bounded(name));
  lock_sources_.emplace(normal, source_);
}

void Draft::enter(std::string_view name, std::string_view kind, std::string_view target,
                  std::string_view file) {
  if (project_.entry_points.size() >= kMaxEntryPoints) {
    complain_once(has_too_many_entries_, "more than " + std::to_string(kMaxEntryPoints) +
                                             " entry points: the rest is left out");
    return;
  }
  std::string path = file.empty() ? std::string() : joined(directory(), file);
  if (!tree_.has(path)) path.clear();
  project_.entry_points.push_back(
      {bounded(name), std::string(kind), bounded(target), std::move(path), source_});
}

void Draft::finish(const Locked* above) {
  for (Dependency& dependency : project_.dependencies) {
    const std::string normal = normal_(dependency.name);
    for (const Locked* lock : {&std::as_const(locked_), above}) {
      if (lock == nullptr || !dependency.locked.empty()) continue;
      const auto found = lock->find(normal);
      if (found == lock->end()) continue;
      dependency.locked = best_version(found->second, dependency.declared);
    }
  }
  add_indirect();
  std::sort(project_.dependencies.begin(), project_.dependencies.end(),
            [](const Dependency& left, const Dependency& right) {
              return std::tie(left.name, left.group, left.locked) <
                     std::tie(right.name, right.group, right.locked);
            });
  std::sort(project_.entry_points.begin(), project_.entry_points.end(),
            [](const EntryPoint& left, const EntryPoint& right) {
              return std::tie(left.kind, left.name, left.target) <
                     std::tie(right.kind, right.name, right.target);
            });
}

void Draft::add_indirect() {
  std::set<std::pair<std::string, std::string>> direct;
  for (const Dependency& dependency : project_.dependencies) {
    direct.emplace(normal_(dependency.name), dependency.locked);
  }
  for (const auto& [normal, versions] : locked_) {
    if (own_.count(normal) != 0) continue;
    for (const std::string& version : versions) {
      if (direct.count({normal, version}) != 0) continue;
      project_.dependencies.push_back(
          {lock_names_[normal], "", version, "", lock_sources_[normal], false});
    }
  }
}

}  // namespace toolpost::project_index
