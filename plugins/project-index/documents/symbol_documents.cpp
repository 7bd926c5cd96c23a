// SPDX-License-Identifier: Apache-2.0
#include "documents/symbol_documents.hpp"

#include "files/relative_path.hpp"
#include "files/secret_files.hpp"

#include <toolpost/error.hpp>

#include <string>

namespace toolpost::project_index {

namespace {

void require_symbols(const View& view) {
  if (view.snapshot().facts().has_symbols) return;
  throw sdk::Error(sdk::Status::kUnavailable,
                   "there are no symbols: Universal Ctags is not installed, or the configuration "
                   "names another program; search and find_references work without it");
}

sdk::Json symbol_json(const SourceSymbol& symbol) {
  auto out =
      sdk::Json::object({{"name", symbol.name}, {"kind", symbol.kind}, {"line", symbol.line}});
  if (symbol.end_line != 0) out.set("end_line", symbol.end_line);
  if (!symbol.scope.empty()) out.set("scope", symbol.scope);
  if (!symbol.signature.empty()) out.set("signature", without_secrets(symbol.signature));
  return out;
}

}  // namespace

sdk::Json outline_document(const View& view, std::string_view path, Page page) {
  require_symbols(view);
  const auto relative = relative_path(path);
  if (!relative) throw sdk::Error(sdk::Status::kInvalid, "path: " + relative.refusal().text);
  const auto id = view.snapshot().find(*relative);
  if (!id) {
    throw sdk::Error(sdk::Status::kNotFound,
                     "'" + *relative +
                         "' is no file of this project: it does not exist, or it is left out "
                         "because a rule ignores it or its name says that it holds secrets");
  }
  const FileView file = view.snapshot().file(*id);
  sdk::Json out = document_of(view);
  out.set("path", *relative);
  if (!file.language.empty()) out.set("language", file.language);
  out.set("line_count", file.line_count);
  BoundedList symbols(page, view.settings().max_result_bytes);
  for (const SourceSymbol& symbol : view.snapshot().symbols_of(*id)) {
    symbols.add(symbol_json(symbol));
  }
  std::move(symbols).finish(out, "symbols");
  return out;
}

sdk::Json symbols_document(const View& view, const SymbolQuery& query) {
  require_symbols(view);
  const SymbolPage found = view.snapshot().find_symbols(query);
  sdk::Json out = document_of(view);
  // The table has skipped what was to be skipped.
  BoundedList symbols({0, query.limit}, view.settings().max_result_bytes);
  for (const SymbolHit& hit : found.hits) {
    sdk::Json one = symbol_json(hit.symbol);
    one.set("path", view.snapshot().path(hit.file));
    symbols.add(std::move(one));
  }
  const bool is_cut = found.is_cut || symbols.size() < found.hits.size();
  const std::uint64_t next = std::uint64_t{query.skip} + symbols.size();
  const std::string_view cut_by = symbols.size() < found.hits.size() ? "max_result_bytes" : "limit";
  std::move(symbols).finish(out, "symbols");
  say_cut(out, is_cut ? cut_by : std::string_view(), next);
  return out;
}

}  // namespace toolpost::project_index
