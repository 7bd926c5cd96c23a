// SPDX-License-Identifier: Apache-2.0
#include "config/command_values.hpp"

#include "base/json_escape.hpp"
#include "config/assign.hpp"
#include "json/parser.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace toolpost::config {
namespace {

// config/audit-record.schema.json has the same.
constexpr std::string_view kRecordTypes[] = {
    "start",   "stop",          "closed", "segment", "gap",   "checkpoint", "intent",
    "outcome", "login_failure", "plugin", "config",  "users", "retention"};

// Of the files in a backup (backup/manifest.hpp).
constexpr std::string_view kFileKinds[] = {"config", "policy",      "tls",   "plan",
                                           "key",    "environment", "users", "audit"};

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Result<> check_word(std::string_view option, std::string_view word,
                    std::span<const std::string_view> known) {
  if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return {};
  std::string text = std::string{option} + ": expected one of";
  for (const std::string_view one : known) {
    text.append(one == known.front() ? " " : ", ").append(one);
  }
  return invalid(text + "; found " + quoted(word));
}

// Whether it is JSON at all. How much of it a call may bring is for the configuration to say.
Result<> check_arguments(const std::string& text) {
  constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
  constexpr std::size_t kDeepest = 256;  // that json.max_depth may be
  const json::Limits limits{.depth = kDeepest, .members = kAny, .elements = kAny};
  const auto document = json::parse(text, limits);
  if (!document) return Error{document.error()}.in("ARGUMENTS-JSON");
  if (document->root().is_object()) return {};
  return invalid("ARGUMENTS-JSON: expected an object, found " +
                 std::string{json::type_name(document->root().type())});
}

// Where ARGUMENTS-JSON stands among the operands; behind all of them when there is none.
std::size_t place_of_arguments(Command command) {
  if (command == Command::kCall) return 1;
  if (command == Command::kPolicyWhy) return 2;
  return std::numeric_limits<std::size_t>::max();
}

}  // namespace

Result<> check_flag(const Override& flag) {
  const Key<Config>* key = find_key(flag.key);
  if (key == nullptr) return {};
  if (flag.value.empty()) {
    return invalid(flag.flag + ": is empty; give a value for " + flag.key + " or leave it out");
  }
  Config scratch = defaults();
  // Where a path leads is seen later.
  const PathBase somewhere{.directory = "/", .home = "/"};
  auto done = assign_text(key->slot(scratch), key->accepts, flag.value, somewhere);
  if (!done) return done.error().in(flag.flag);
  return {};
}

Result<> check_values(const CommandLine& line) {
  if (auto good = check_word("--type", line.audit.type, kRecordTypes); !good) return good;
  if (auto good = check_word("--only", line.backup.only, kFileKinds); !good) return good;
  const std::size_t place = place_of_arguments(line.command);
  return place < line.arguments.size() ? check_arguments(line.arguments[place]) : Result<>{};
}

}  // namespace toolpost::config
