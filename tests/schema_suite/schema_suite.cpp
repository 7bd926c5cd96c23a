// SPDX-License-Identifier: Apache-2.0
// Runs the official JSON Schema test suite for draft 2020-12 against the validator:
//   schema_suite SUITE        where SUITE holds tests/draft2020-12 and remotes
// Every required test must pass; the optional ones (a subdirectory) are not run.
#include "json/schema/schema.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <vector>

namespace {

namespace bj = boost::json;
namespace fs = std::filesystem;
using toolpost::json::Arena;
using toolpost::json::Member;
using toolpost::json::Schema;
using toolpost::json::SchemaRegistry;
using toolpost::json::Value;

// What the suite of the pinned version holds. A smaller count means that tests have been lost.
constexpr std::size_t kMinimumTests = 1257;

// The host's own parser refuses NUL in strings, which the suite contains; so the trees are made
// from Boost.JSON's here.
class TreeMaker {
 public:
  Value make(const bj::value& source) {
    switch (source.kind()) {
      case bj::kind::null:
        return Value{};
      case bj::kind::bool_:
        return Value{source.get_bool()};
      case bj::kind::int64:
        return Value{source.get_int64()};
      case bj::kind::uint64:
        return Value{source.get_uint64()};
      case bj::kind::double_:
        return Value{source.get_double()};
      case bj::kind::string:
        return Value{view(source.get_string())};
      case bj::kind::array:
        return make_array(source.get_array());
      case bj::kind::object:
        return make_object(source.get_object());
    }
    return Value{};
  }

 private:
  static std::string_view view(bj::string_view text) { return {text.data(), text.size()}; }

  Value make_array(const bj::array& source) {
    auto* const items = static_cast<Value*>(arena_.allocate(source.size() * sizeof(Value)));
    std::size_t i = 0;
    for (const bj::value& item : source) new (items + i++) Value{make(item)};
    return Value{std::span<const Value>{items, source.size()}};
  }

  Value make_object(const bj::object& source) {
    auto* const members = static_cast<Member*>(arena_.allocate(source.size() * sizeof(Member)));
    std::size_t i = 0;
    for (const auto& pair : source) {
      new (members + i++) Member{view(pair.key()), make(pair.value())};
    }
    return Value{std::span<const Member>{members, source.size()}};
  }

  Arena arena_;
};

std::string read(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::vector<fs::path> json_files(const fs::path& directory, bool recursive) {
  std::vector<fs::path> files;
  for (auto at = fs::recursive_directory_iterator{directory}; at != fs::end(at); ++at) {
    if (at->is_directory() && !recursive) at.disable_recursion_pending();
    if (at->is_regular_file() && at->path().extension() == ".json") files.push_back(at->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Suite {
 public:
  void add_remotes(const fs::path& directory) {
    for (const fs::path& path : json_files(directory, true)) {
      const std::string name = fs::relative(path, directory).generic_string();
      remotes_.add("http://localhost:1234/" + name, load(path));
    }
  }

  void run_file(const fs::path& path) {
    const Value groups = load(path);
    for (const Value& group : groups.items()) {
      run_group(path.filename().string(), group);
    }
  }

  std::size_t passed() const { return passed_; }

  std::size_t failed() const { return failed_; }

 private:
  Value load(const fs::path& path) {
    return trees_.make(documents_.emplace_back(bj::parse(read(path))));
  }

  void run_group(const std::string& file, const Value& group) {
    const std::string name = file + ": " + text(group, "description");
    const auto schema = Schema::compile(*group.find("schema"), {}, &remotes_);
    for (const Value& test : group.find("tests")->items()) {
      const std::string full_name = name + ": " + text(test, "description");
      if (!schema) {
        fail(full_name, schema.error().message());
        continue;
      }
      const auto violation = schema->validate(*test.find("data"));
      const bool expected = test.find("valid")->as_bool();
      if (violation.has_value() != expected) {
        ++passed_;
      } else {
        fail(full_name, violation ? violation->message : "accepted, but it is invalid");
      }
    }
  }

  void fail(const std::string& test, const std::string& why) {
    ++failed_;
    std::printf("FAILED %s: %s\n", test.c_str(), why.c_str());
  }

  static std::string text(const Value& object, std::string_view key) {
    const Value* const value = object.find_string(key);
    return value == nullptr ? std::string{} : std::string{value->as_string()};
  }

  TreeMaker trees_;
  std::deque<bj::value> documents_;
  SchemaRegistry remotes_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
};

int run(const fs::path& directory) {
  Suite suite;
  suite.add_remotes(directory / "remotes");
  for (const fs::path& path : json_files(directory / "tests" / "draft2020-12", false)) {
    suite.run_file(path);
  }
  const std::size_t total = suite.passed() + suite.failed();
  std::printf("%zu tests, %zu passed, %zu failed\n", total, suite.passed(), suite.failed());
  if (total < kMinimumTests) {
    std::printf("there should be at least %zu tests\n", kMinimumTests);
    return 1;
  }
  return suite.failed() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: schema_suite SUITE\n");
    return 2;
  }
  try {
    return run(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "schema_suite: %s\n", error.what());
    return 2;
  }
}
