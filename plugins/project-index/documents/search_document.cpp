// SPDX-License-Identifier: Apache-2.0
#include "documents/search_document.hpp"

#include <toolpost/error.hpp>

#include <algorithm>
#include <optional>

namespace toolpost::project_index {

namespace {

constexpr std::string_view kExtensionSeparators = ", ;";

sdk::Json lines_json(const std::vector<std::string>& lines) {
  sdk::Json out = sdk::Json::array();
  for (const std::string& line : lines) out.push_back(line);
  return out;
}

sdk::Json match_json(const View& view, const Match& match) {
  auto out = sdk::Json::object({{"path", view.snapshot().path(match.file)},
                                {"line", match.line},
                                {"column", match.column},
                                {"text", match.text}});
  if (!match.before.empty()) out.set("before", lines_json(match.before));
  if (!match.after.empty()) out.set("after", lines_json(match.after));
  return out;
}

// An index has no more than so many bytes, and is not read as a whole.
SearchResult searched(const View& view, SearchQuery query) {
  if (!view.snapshot().facts().is_indexed) query.max_read = view.settings().rules.max_bytes;
  auto result = search(view.snapshot(), view.root(), query, view.stop(), view.progress());
  if (view.stop().is_stopped()) throw sdk::Error(sdk::Status::kCancelled, "the call was ended");
  if (!result) throw sdk::Error(sdk::Status::kInvalid, result.refusal().text);
  return std::move(*result);
}

void count(sdk::Json& document, const SearchResult& result) {
  document.set("files_searched", result.files_searched);
  document.set("files_considered", result.files_considered);
}

void finish(sdk::Json& document, const SearchQuery& query, const SearchResult& result) {
  const std::uint64_t next = std::uint64_t{query.skip} + result.matches.size();
  const bool has_next = next <= kMaxMatchesSkipped;
  say_cut(document,
          !result.is_cut ? std::string_view()
          : has_next     ? std::string_view(result.cut_by)
                         : "max_skip",
          has_next ? std::optional(next) : std::nullopt);
  if (!result.stopped_by.empty()) {
    const std::string before = document.value_or("partial", "");
    document.set("partial", before + (before.empty() ? "" : "; ") +
                                "not all files were searched: " + result.stopped_by);
  }
  if (result.undecided_lines != 0) document.set("undecided_lines", result.undecided_lines);
}

// The symbols of the files that matches are in, each file asked once: matches come file by file.
class SymbolsAt {
 public:
  explicit SymbolsAt(const Snapshot& snapshot) : snapshot_(snapshot) {}

  void describe(sdk::Json& out, const Match& match, std::string_view name) {
    if (file_ != match.file) {
      symbols_ = snapshot_.symbols_of(match.file);
      file_ = match.file;
    }
    bool is_definition = false;
    const SourceSymbol* inside = nullptr;
    for (const SourceSymbol& symbol : symbols_) {
      if (symbol.line > match.line) break;
      if (symbol.line == match.line && symbol.name == name) is_definition = true;
      if (symbol.line < match.line && symbol.end_line >= match.line) inside = &symbol;
    }
    out.set("is_definition", is_definition);
    if (inside != nullptr) out.set("inside", inside->name);
  }

 private:
  const Snapshot& snapshot_;
  std::optional<std::uint32_t> file_;
  std::vector<SourceSymbol> symbols_;  // by line
};

}  // namespace

sdk::Json search_document(const View& view, const SearchQuery& query, Counts counts) {
  const SearchResult result = searched(view, query);
  sdk::Json out = document_of(view);
  sdk::Json matches = sdk::Json::array();
  for (const Match& match : result.matches) matches.push_back(match_json(view, match));
  out.set("matches", std::move(matches));
  if (counts == Counts::kTold) count(out, result);
  finish(out, query, result);
  return out;
}

sdk::Json references_document(const View& view, const SearchQuery& query) {
  const SearchResult result = searched(view, query);
  sdk::Json out = document_of(view);
  SymbolsAt symbols(view.snapshot());
  sdk::Json references = sdk::Json::array();
  for (const Match& match : result.matches) {
    sdk::Json one = match_json(view, match);
    symbols.describe(one, match, query.pattern);
    references.push_back(std::move(one));
  }
  out.set("references", std::move(references));
  out.set("has_symbols", view.snapshot().facts().has_symbols);
  count(out, result);
  finish(out, query, result);
  return out;
}

std::vector<std::string> globs_of_extensions(std::string_view list) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(kExtensionSeparators), list.size());
    std::string_view one = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    if (one.starts_with('*')) one.remove_prefix(1);
    if (one.starts_with('.')) one.remove_prefix(1);
    if (!one.empty()) out.push_back("*." + std::string(one));
  }
  return out;
}

}  // namespace toolpost::project_index
