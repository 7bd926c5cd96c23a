// SPDX-License-Identifier: Apache-2.0
// The symbols of this very source tree are those of plain ctags, which reads the files itself and
// writes JSON.
// Differences there may be, and why:
//   - data languages (CtagsLanguages::kLeftOut) are asked of neither side;
//   - names and scopes that ctags makes up ("__anon1234") are left out by us, and here of both;
//   - scripts without an ending are recognised by their first line by us, whether or not they may
//     be executed; ctags looks at executable files only.
#include "ctags_fixture.hpp"
#include "symbols/ctags_program.hpp"
#include "symbols/symbol_line.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace toolpost::project_index::test {
namespace {

namespace fs = std::filesystem;

struct Source {
  std::string path;
  std::string content;
};

std::vector<Source> own_sources() {
  std::vector<Source> out;
  const fs::path root(TOOLPOST_SOURCE_DIR);
  for (const char* part : {"cmake", "host", "packaging", "pep", "plugin-sdk", "plugins", "tests"}) {
    for (auto entry = fs::recursive_directory_iterator(root / part); entry != end(entry); ++entry) {
      const fs::path& path = entry->path();
      if (path.filename() == "node_modules" || path.filename() == "__pycache__") {
        entry.disable_recursion_pending();
      }
      if (!entry->is_regular_file()) continue;
      std::ifstream file(path, std::ios::binary);
      std::string content(std::istreambuf_iterator<char>(file), {});
      if (content.find('\0') == std::string::npos) {
        out.push_back({path.string(), std::move(content)});
      }
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Source& left, const Source& right) { return left.path < right.path; });
  return out;
}

std::string line_of(const SourceSymbol& symbol) {
  return symbol.name + " " + symbol.kind + " " + symbol.scope + " " + symbol.signature + " " +
         std::to_string(symbol.line) + "-" + std::to_string(symbol.end_line);
}

// Nothing for what is no tag, and for a tag whose name is made up.
std::optional<SourceSymbol> symbol_of(std::string_view json_line) {
  const boost::json::object line = boost::json::parse(json_line).as_object();
  const auto text = [&](std::string_view key) {
    const auto* value = line.if_contains(key);
    return value == nullptr ? std::string() : std::string(value->as_string());
  };
  const auto number = [&](std::string_view key) {
    const auto* value = line.if_contains(key);
    return value == nullptr ? 0U : value->to_number<std::uint32_t>();
  };
  if (text("_type") != "tag" || without_anonymous(text("name")).empty()) return std::nullopt;
  return SourceSymbol{text("name"),      text("kind"),   without_anonymous(text("scope")),
                      text("signature"), number("line"), number("end")};
}

// One file at a time would take minutes; "generate" keeps the order of the files.
std::vector<std::string> lines_of_plain_ctags(const std::vector<Source>& sources) {
  std::vector<std::string> lines;
  sdk::Command command = ctags_in_sandbox("/usr/bin/ctags");
  const auto behind_mode = command.arguments.begin() + 2;
  command.arguments = {"--options=NONE",
                       *behind_mode,
                       *(behind_mode + 1),
                       *(behind_mode + 2),
                       "--output-format=json",
                       "--sort=no",
                       "-f",
                       "-"};
  for (const Source& source : sources) command.arguments.push_back(source.path);
  command.on_line = [&](sdk::Stream stream, std::string_view line) {
    if (stream != sdk::Stream::kOut) return;
    if (const auto symbol = symbol_of(line)) lines.push_back(line_of(*symbol));
  };
  const sdk::ProcessResult result = kLauncher.run(command);
  CHECK_MESSAGE(result.succeeded(), result.describe());
  return lines;
}

std::vector<std::string> lines_of(const FileSymbols& symbols) {
  std::vector<std::string> lines;
  REQUIRE(symbols.ok());
  for (const SourceSymbol& symbol : *symbols) lines.push_back(line_of(symbol));
  return lines;
}

}  // namespace

TEST_CASE("ctags comparison: this tree has the symbols that plain ctags finds") {
  const auto ctags = open_ctags();
  const std::vector<Source> sources = own_sources();
  std::vector<SourceText> texts;
  texts.reserve(sources.size());
  for (const Source& source : sources) texts.push_back({source.path, source.content});
  const auto answers = ctags->symbols_of_all(texts, StopToken());

  std::vector<Source> comparable;
  std::vector<std::string> ours;
  for (std::size_t index = 0; index < sources.size(); ++index) {
    const fs::path path(sources[index].path);
    std::vector<std::string> lines = lines_of(answers[index]);
    if (!path.has_extension() && !lines.empty() && access(path.c_str(), X_OK) != 0) continue;
    comparable.push_back(sources[index]);
    ours.insert(ours.end(), lines.begin(), lines.end());
  }
  std::vector<std::string> theirs = lines_of_plain_ctags(comparable);
  std::sort(ours.begin(), ours.end());
  std::sort(theirs.begin(), theirs.end());
  std::vector<std::string> only_ours;
  std::vector<std::string> only_theirs;
  std::set_difference(ours.begin(), ours.end(), theirs.begin(), theirs.end(),
                      std::back_inserter(only_ours));
  std::set_difference(theirs.begin(), theirs.end(), ours.begin(), ours.end(),
                      std::back_inserter(only_theirs));
  MESSAGE(sources.size() << " files, " << ours.size() << " symbols");
  CHECK(ours.size() > 10000);
  for (const std::string& line : only_ours) CHECK_MESSAGE(false, "only ours: " << line);
  for (const std::string& line : only_theirs) CHECK_MESSAGE(false, "only theirs: " << line);
}

}  // namespace toolpost::project_index::test
