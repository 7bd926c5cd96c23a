// SPDX-License-Identifier: Apache-2.0
#include "resources/readings.hpp"

#include "documents/facts_documents.hpp"
#include "documents/file_text.hpp"
#include "documents/index_documents.hpp"
#include "documents/search_document.hpp"
#include "documents/symbol_documents.hpp"

#include <toolpost/error.hpp>

#include <algorithm>
#include <charconv>

namespace toolpost::project_index {

namespace {

constexpr const char* kJson = "application/json";
constexpr const char* kText = "text/plain";
constexpr const char* kMarkdown = "text/markdown";
constexpr std::uint32_t kPageLimit = 5000;
constexpr std::uint32_t kMatchLimit = 200;
constexpr std::size_t kMaxPattern = 4096;

std::uint32_t number(const Variables& variables, std::string_view name, std::uint32_t otherwise) {
  const std::string text = variables(name);
  if (text.empty()) return otherwise;
  std::uint32_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw sdk::Error(sdk::Status::kInvalid,
                     std::string(name) + ": '" + text + "' is not a whole number");
  }
  return out;
}

template <sdk::Json (*Document)(const View& view, Page page)>
Reading list(const View& view, const Variables& variables) {
  return {Document(view, {number(variables, "skip", 0), kPageLimit}).dump(), kJson};
}

bool is_markdown(std::string_view path) {
  return path.ends_with(".md") || path.ends_with(".markdown") || path.ends_with(".MD");
}

Reading readme(const View& view, const Variables& /*variables*/) {
  const auto facts = view.facts();
  if (facts->readme.empty()) {
    throw sdk::Error(sdk::Status::kNotFound, "this project has no README");
  }
  FileText file = file_text(view, facts->readme);
  return {std::move(file.text), is_markdown(file.path) ? kMarkdown : kText};
}

Reading file(const View& view, const Variables& variables) {
  const FileText file = file_text(view, variables("path"));
  const LineRange range{number(variables, "start_line", 1), number(variables, "end_line", 0)};
  TextPage page = lines_of(file.text, range, view.settings().max_result_bytes);
  // The words of a file have no room for a notice of their own but its end.
  if (!page.cut_by.empty()) {
    page.text += "[cut after line " + std::to_string(page.last_line) + " of " +
                 std::to_string(page.line_count) +
                 "; more with start_line=" + std::to_string(page.last_line + 1) + "]\n";
  }
  return {std::move(page.text), is_markdown(file.path) ? kMarkdown : kText};
}

Reading symbols(const View& view, const Variables& variables) {
  const Page page{number(variables, "skip", 0), kPageLimit};
  return {outline_document(view, variables("path"), page).dump(), kJson};
}

Reading search_reading(const View& view, const Variables& variables) {
  SearchQuery query;
  query.pattern = variables("pattern");
  if (query.pattern.empty() || query.pattern.size() > kMaxPattern) {
    throw sdk::Error(sdk::Status::kInvalid, "pattern: it has to have 1 to 4096 bytes");
  }
  query.is_regex = true;  // as it always was at this URI
  query.include = globs_of_extensions(variables("extensions"));
  query.skip = number(variables, "skip", 0);
  query.max_matches = kMatchLimit;
  query.max_bytes = view.settings().max_result_bytes;
  query.threads = view.settings().threads;
  return {search_document(view, query, Counts::kLeftOut).dump(), kJson};
}

}  // namespace

const std::array<ResourceRow, kResourceCount> kResources = {{
    {"project://index", "{?project,skip}", "Project Index",
     "The project's files with language, lines and bytes, and what was left out.", kJson, true,
     Needs::kIndex, list<index_document>},
    {"project://structure", "{?project,skip}", "Project Structure",
     "The project's directories with what is in and below them.", kJson, true, Needs::kIndex,
     list<structure_document>},
    {"project://config", "{?project,skip}", "Project Configuration",
     "Which files configure the project: manifests, lock files and settings of tools.", kJson, true,
     Needs::kListing, list<config_document>},
    {"project://dependencies", "{?project,skip}", "Project Dependencies",
     "What the project depends on, from manifests and lock files: declared and locked versions.",
     kJson, true, Needs::kListing, list<dependencies_document>},
    {"project://readme", "{?project}", "Project README", "The project's README.", kMarkdown, true,
     Needs::kListing, readme},
    {"project://entrypoints", "{?project,skip}", "Project Entry Points",
     "Where the project's programs begin: commands, scripts, binaries, main files.", kJson, true,
     Needs::kListing, list<entrypoints_document>},
    {"project://tests", "{?project,skip}", "Project Tests", "The project's test files.", kJson,
     true, Needs::kListing, list<tests_document>},
    {"codebase://search", "{?pattern,extensions,project,skip}", "Search Codebase",
     "Lines that match a regular expression (RE2); 'extensions' is a list such as py,ts.", kJson,
     false, Needs::kListing, search_reading},
    {"codebase://file", "{?path,project,start_line,end_line}", "Read File",
     "A text file of the project, or some of its lines.", kText, false, Needs::kPlace, file},
    {"codebase://symbols", "{?path,project,skip}", "File Symbols",
     "What a file of the project defines.", kJson, false, Needs::kIndex, symbols},
}};

const ResourceRow* row_of(std::string_view base) {
  const auto found = std::find_if(kResources.begin(), kResources.end(),
                                  [&](const ResourceRow& row) { return row.base == base; });
  return found == kResources.end() ? nullptr : &*found;
}

}  // namespace toolpost::project_index
