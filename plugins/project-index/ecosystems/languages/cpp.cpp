// SPDX-License-Identifier: Apache-2.0
// C and C++: CMake, Meson, Conan and vcpkg. What scripts compute is not known, what they write is.
#include "ecosystems/ecosystem.hpp"
#include "ecosystems/json_text.hpp"
#include "ecosystems/languages/requirement.hpp"
#include "ecosystems/languages/script_calls.hpp"
#include "ecosystems/languages/script_text.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <string>

namespace toolpost::project_index {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// A name that the script computes tells nothing.
bool is_written_out(std::string_view text) {
  return !text.empty() && text.find('$') == std::string_view::npos;
}

// "glib-2.0>=2.50" in the words of pkg_check_modules().
void declare_modules(const ScriptCall& call, Draft& draft) {
  constexpr std::array<std::string_view, 6> kOptions{"REQUIRED", "QUIET",         "IMPORTED_TARGET",
                                                     "GLOBAL",   "NO_CMAKE_PATH", "STATIC_TARGET"};
  for (std::size_t index = 1; index < call.words.size(); ++index) {
    const std::string_view word = call.words[index];
    if (std::find(kOptions.begin(), kOptions.end(), word) != kOptions.end()) continue;
    const std::size_t end = std::min(word.find_first_of("<>="), word.size());
    if (is_written_out(word)) draft.declare(word.substr(0, end), word.substr(end));
  }
}

void read_cmake(std::string_view text, Draft& draft) {
  const std::string code = without_hash_comments(text);
  for_each_call(code,
                {"project", "find_package", "fetchcontent_declare", "pkg_check_modules",
                 "pkg_search_module", "add_executable"},
                [&draft](const ScriptCall& call) {
                  const std::string name = call.word(0);
                  if (call.name.starts_with("pkg_")) return declare_modules(call, draft);
                  if (!is_written_out(name)) return;
                  if (call.name == "project") {
                    draft.set_name(name);
                    if (is_written_out(call.after("VERSION")))
                      draft.set_version(call.after("VERSION"));
                    draft.set_description(call.after("DESCRIPTION"));
                  } else if (call.name == "find_package") {
                    draft.declare(name, is_number(call.word(1)) ? call.word(1) : "");
                  } else if (call.name == "fetchcontent_declare") {
                    draft.declare(name, call.after("GIT_TAG"), "fetched");
                  } else if (call.word(1) != "ALIAS" && call.word(1) != "IMPORTED") {
                    draft.enter(name, "binary", call.word(1), call.word(1));
                  }
                });
}

void read_meson(std::string_view text, Draft& draft) {
  const std::string code = without_hash_comments(text);
  for_each_call(code, {"project", "dependency", "executable"}, [&draft](const ScriptCall& call) {
    if (call.name == "project") {
      draft.set_name(call.word(0));
      draft.set_version(call.after("version:"));
    } else if (call.name == "dependency") {
      draft.declare(call.word(0), call.after("version:"));
    } else {
      const std::string file = call.word(1) == "files" ? call.word(2) : call.word(1);
      draft.enter(call.word(0), "binary", file, file);
    }
  });
}

// "fmt/10.1.1@user/channel#revision"
void declare_reference(std::string_view reference, std::string_view group, Draft& draft) {
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || slash == 0) return;
  std::string_view version = reference.substr(slash + 1);
  version = version.substr(0, version.find_first_of("@#%"));
  draft.declare(reference.substr(0, slash), version, group);
}

void read_conanfile_txt(std::string_view text, Draft& draft) {
  std::string_view section;
  while (!text.empty()) {
    std::string_view line = trimmed(next_line(text));
    line = trimmed(line.substr(0, line.find('#')));
    if (line.starts_with('[')) {
      section = line;
    } else if (section == "[requires]") {
      declare_reference(line, "", draft);
    } else if (section == "[tool_requires]" || section == "[build_requires]") {
      declare_reference(line, "build", draft);
    } else if (section == "[test_requires]") {
      declare_reference(line, "test", draft);
    }
  }
}

void read_conanfile_py(std::string_view text, Draft& draft) {
  static const re2::RE2 kCall(
      R"(\b(requires|tool_requires|build_requires|test_requires)\s*\(\s*f?["']([^"'{}]+)["'])");
  static const re2::RE2 kList(
      R"(\b(requires|tool_requires|build_requires|test_requires)\s*=\s*[(\[]?((?:\s*["'][^"']+["']\s*,?)+))");
  static const re2::RE2 kItem(R"(["']([^"']+)["'])");
  static const re2::RE2 kField(R"((?m)^\s+(name|version|description)\s*=\s*["']([^"']+)["'])");
  const std::string code = without_hash_comments(text);
  const auto group_of = [](std::string_view word) {
    return word == "requires" ? "" : word == "test_requires" ? "test" : "build";
  };
  std::string word;
  std::string value;
  re2::StringPiece rest(code);
  while (re2::RE2::FindAndConsume(&rest, kCall, &word, &value)) {
    declare_reference(value, group_of(word), draft);
  }
  rest = code;
  while (re2::RE2::FindAndConsume(&rest, kList, &word, &value)) {
    re2::StringPiece items(value);
    std::string item;
    while (re2::RE2::FindAndConsume(&items, kItem, &item)) {
      declare_reference(item, group_of(word), draft);
    }
  }
  rest = code;
  while (re2::RE2::FindAndConsume(&rest, kField, &word, &value)) {
    if (word == "name") draft.set_name(value);
    if (word == "version") draft.set_version(value);
    if (word == "description") draft.set_description(value);
  }
}

void read_conan_lock(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  for (const char* key : {"requires", "build_requires", "python_requires"}) {
    for (const boost::json::value& item : array_at(root, key, draft)) {
      const std::string_view reference = text_of(item);
      const std::size_t slash = reference.find('/');
      if (slash == std::string_view::npos) continue;
      const std::string_view version = reference.substr(slash + 1);
      draft.lock(reference.substr(0, slash), version.substr(0, version.find_first_of("@#%")));
    }
  }
}

void declare_vcpkg(const boost::json::object& parent, std::string_view group, Draft& draft) {
  for (const boost::json::value& item : array_at(parent, "dependencies", draft)) {
    if (item.is_string()) {
      draft.declare(text_of(item), "", group);
    } else if (item.is_object()) {
      const std::string_view least = text_at(item.get_object(), "version>=", draft);
      draft.declare(text_at(item.get_object(), "name", draft),
                    least.empty() ? "" : ">=" + std::string(least), group);
    } else {
      draft.complain("a dependency is no string and no object");
    }
  }
}

void read_vcpkg(std::string_view text, Draft& draft) {
  const boost::json::object root = json_object_of(text, draft);
  draft.set_name(text_at(root, "name", draft));
  for (const char* key : {"version", "version-string", "version-semver", "version-date"}) {
    draft.set_version(text_at(root, key, draft));
  }
  const boost::json::value* description = root.if_contains("description");
  if (description != nullptr) draft.set_description(text_of(*description));
  declare_vcpkg(root, "", draft);
  for (const auto& [name, feature] : object_at(root, "features", draft)) {
    if (feature.is_object()) declare_vcpkg(feature.get_object(), name, draft);
  }
  for (const boost::json::value& item : array_at(root, "overrides", draft)) {
    if (item.is_object()) {
      draft.lock(text_at(item.get_object(), "name", draft),
                 quiet_text_at(item.get_object(), "version"));
    }
  }
}

constexpr std::array<FactFile, 8> kFiles{{
    {"CMakeLists.txt", false, read_cmake},
    {"meson.build", false, read_meson},
    {"conanfile.py", false, read_conanfile_py},
    {"conanfile.txt", false, read_conanfile_txt},
    {"vcpkg.json", false, read_vcpkg},
    {"configure.ac", false, nullptr},
    {"conan.lock", true, read_conan_lock},
    {"vcpkg-lock.json", true, nullptr},
}};
constexpr std::array<std::string_view, 8> kEndings{".c", ".cc", ".cpp", ".cxx",
                                                   ".h", ".hh", ".hpp", ".hxx"};
constexpr std::array<std::string_view, 10> kTests{
    "*_test.c",   "*_test.cc",     "*_test.cpp", "test_*.c",   "test_*.cc",
    "test_*.cpp", "*_unittest.cc", "*Test.cpp",  "*Tests.cpp", "*_tests.cpp"};
constexpr std::array<std::string_view, 2> kTestDirectories{"tests", "test"};
constexpr std::array<std::string_view, 4> kEntries{"main.c", "main.cc", "main.cpp", "main.cxx"};

}  // namespace

constinit const Ecosystem kCpp{"cpp",    lower_name, kFiles, kEndings, kTests, kTestDirectories,
                               kEntries, {},         true};

}  // namespace toolpost::project_index
