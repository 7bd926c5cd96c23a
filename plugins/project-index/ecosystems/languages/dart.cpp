// SPDX-License-Identifier: Apache-2.0
// Dart and Flutter: pubspec.yaml and pubspec.lock.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/indented_text.hpp"

#include <array>
#include <string>
#include <vector>

namespace toolpost::project_index {
namespace {

constexpr const char* kTooDeep = "nests deeper than 64";

std::string_view group_of(std::string_view section) {
  return section == "dev_dependencies" ? "dev" : "";
}

void read_plain(std::string_view key, std::string_view value, Draft& draft) {
  if (key == "name") draft.set_name(value);
  if (key == "version") draft.set_version(value);
  if (key == "description" && value != ">-" && value != "|") draft.set_description(value);
}

void read_pubspec(std::string_view text, Draft& draft) {
  // A dependency whose value is a map is known when the next key of its depth comes, or the end.
  std::string name;
  std::string group;
  std::string place;
  const auto close = [&] {
    if (!name.empty()) draft.declare(name, place, group);
    name.clear();
    place.clear();
  };
  const bool is_whole =
      read_indented(text, [&](const std::vector<std::string>& path, std::string_view value) {
        if (path.size() <= 2) close();
        if (path.size() == 1) {
          read_plain(path[0], value, draft);
          return;
        }
        if (path[0] == "executables" && path.size() == 2) {
          const std::string target = value.empty() ? path[1] : std::string(value);
          draft.enter(path[1], "command", target, "bin/" + target + ".dart");
        }
        if (path[0] != "dependencies" && path[0] != "dev_dependencies") return;
        if (path.size() == 2) {
          name = path[1];
          group = group_of(path[0]);
          place = value == "any" ? std::string_view() : value;
        } else if (path.size() == 3 && !value.empty()) {
          place = path[2] == "version" ? std::string(value) : path[2] + " " + std::string(value);
        }
      });
  close();
  if (!is_whole) draft.complain(kTooDeep);
}

void read_pubspec_lock(std::string_view text, Draft& draft) {
  const bool is_whole =
      read_indented(text, [&](const std::vector<std::string>& path, std::string_view value) {
        if (path.size() == 3 && path[0] == "packages" && path[2] == "version") {
          draft.lock(path[1], value);
        }
      });
  if (!is_whole) draft.complain(kTooDeep);
}

constexpr std::array<FactFile, 2> kFiles{{
    {"pubspec.yaml", false, read_pubspec},
    {"pubspec.lock", true, read_pubspec_lock},
}};
constexpr std::array<std::string_view, 1> kEndings{".dart"};
constexpr std::array<std::string_view, 1> kTests{"*_test.dart"};
constexpr std::array<std::string_view, 1> kEntries{"main.dart"};

}  // namespace

constinit const Ecosystem kDart{"dart", same_name, kFiles, kEndings, kTests, {}, kEntries, {}};

}  // namespace toolpost::project_index
