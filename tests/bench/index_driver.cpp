// SPDX-License-Identifier: Apache-2.0
// The index and the search of project-index without a host, for search.py and refreshing.py.
//   bench-index build ROOT STATE LAUNCHER [CTAGS]   builds, prints one line of JSON, ends
//   bench-index serve|watch ROOT STATE LAUNCHER [CTAGS]   answers each line of its input with one
//   of JSON; watch sees changes by itself:
//     indexed|walked TAB literal|regex|ignorecase TAB pattern     search (walked: as before there
//                                                                 is an index)
//     symbol TAB name
//     refresh                as refresh_index does; look: at every file
//     generation
//     memory
#include "index/bring_up_to_date.hpp"
#include "search/search.hpp"
#include "symbols/ctags_symbols.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <malloc.h>
#include <string>
#include <vector>

using namespace toolpost::project_index;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds_since(Clock::time_point began) {
  return std::chrono::duration<double, std::milli>(Clock::now() - began).count();
}

template <class T>
T or_end(Checked<T> checked) {
  if (checked.ok()) return std::move(*checked);
  std::fprintf(stderr, "bench-index: %s\n", checked.refusal().text.c_str());
  std::exit(1);
}

long status_kib(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind(field + ":", 0) == 0) return std::stol(line.substr(field.size() + 1));
  return 0;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::size_t begin = 0;
  for (auto tab = line.find('\t'); tab != std::string::npos; tab = line.find('\t', begin)) {
    fields.push_back(line.substr(begin, tab - begin));
    begin = tab + 1;
  }
  fields.push_back(line.substr(begin));
  return fields;
}

// Of the same tree, and never indexed.
std::unique_ptr<ProjectIndex> unindexed(const RootDirectory& root) {
  IndexSettings settings;
  settings.watches = false;
  return or_end(ProjectIndex::open(root.path(), std::move(settings)));
}

void answer_search(ProjectIndex& index, const std::vector<std::string>& fields) {
  const auto began = Clock::now();
  const SearchQuery query{.pattern = fields[2],
                          .is_regex = fields[1] == "regex",
                          .ignore_case = fields[1] == "ignorecase",
                          .max_matches = 10'000,
                          .max_bytes = std::size_t{1} << 30};
  const auto snapshot =
      or_end(fields[0] == "walked" ? unindexed(index.root())->listing(StopToken(), {})
                                   : index.up_to_date(StopToken(), {}));
  const auto result = or_end(search(*snapshot, index.root(), query, StopToken(), {}));
  std::printf("{\"ms\": %.3f, \"matches\": %zu, \"files\": %llu, \"cut\": %s}\n",
              milliseconds_since(began), result.matches.size(),
              static_cast<unsigned long long>(result.files_considered),
              result.is_cut ? "true" : "false");
}

void answer(ProjectIndex& index, const std::string& line) {
  const auto fields = fields_of(line);
  const auto began = Clock::now();
  if (fields.size() == 3) return answer_search(index, fields);
  if (fields[0] == "symbol" && fields.size() == 2) {
    const auto snapshot = or_end(index.up_to_date(StopToken(), {}));
    const auto page = snapshot->find_symbols({.name = fields[1]});
    std::printf("{\"ms\": %.3f, \"symbols\": %zu}\n", milliseconds_since(began), page.hits.size());
  } else if (fields[0] == "refresh" || fields[0] == "look" || fields[0] == "generation") {
    const auto looks = fields[0] == "look" ? Looks::kAtEveryFile : Looks::kWhereNothingTells;
    const auto snapshot = fields[0] == "generation"
                              ? or_end(index.snapshot(StopToken(), {}))
                              : or_end(bring_up_to_date(index, looks, StopToken(), {})).now;
    std::printf("{\"ms\": %.3f, \"generation\": %llu}\n", milliseconds_since(began),
                static_cast<unsigned long long>(snapshot->facts().generation));
  } else {
    ::malloc_trim(0);  // as the host does where memory is short: what was freed is no need
    std::printf("{\"rss_kib\": %ld, \"anonymous_kib\": %ld, \"peak_kib\": %ld}\n",
                status_kib("VmRSS"), status_kib("RssAnon"), status_kib("VmHWM"));
  }
}

std::unique_ptr<ProjectIndex> opened(int count, char** arguments) {
  IndexSettings settings;
  settings.directory = arguments[3];
  settings.watches = std::string(arguments[1]) == "watch";
  settings.complain = [](const std::string& sentence) {
    std::fprintf(stderr, "%s\n", sentence.c_str());
  };
  if (count > 5) {
    CtagsSettings ctags;
    ctags.program = arguments[5];
    settings.symbols =
        or_end(CtagsSymbols::open(toolpost::sdk::Launcher(arguments[4]), std::move(ctags)));
    settings.symbols_version = "bench";
  }
  return or_end(ProjectIndex::open(arguments[2], std::move(settings)));
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "bench-index build|serve|watch ROOT STATE LAUNCHER [CTAGS]\n");
    return 2;
  }
  const auto without_index_kib = status_kib("RssAnon");
  const auto began = Clock::now();
  const auto index = opened(count, arguments);
  const auto snapshot = or_end(index->snapshot(StopToken(), {}));
  unsigned long long lines = 0;
  for (std::uint32_t id = 0; id < snapshot->file_count(); ++id)
    lines += snapshot->file(id).line_count;
  std::printf(
      "{\"ms\": %.3f, \"files\": %zu, \"bytes\": %llu, \"lines\": %llu, \"index_bytes\": %llu, "
      "\"symbols\": %llu, \"failures\": %llu, \"without_index_kib\": %ld, \"peak_kib\": %ld}\n",
      milliseconds_since(began), snapshot->file_count(),
      static_cast<unsigned long long>(snapshot->facts().counts.bytes), lines,
      static_cast<unsigned long long>(snapshot->index_bytes()),
      static_cast<unsigned long long>(snapshot->symbol_count()),
      static_cast<unsigned long long>(snapshot->facts().symbol_failures), without_index_kib,
      status_kib("VmHWM"));
  std::fflush(stdout);
  if (std::string(arguments[1]) == "build") return 0;
  for (std::string line; std::getline(std::cin, line);) {
    answer(*index, line);
    std::fflush(stdout);
  }
  return 0;
}
