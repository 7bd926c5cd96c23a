// SPDX-License-Identifier: Apache-2.0
#include "documents/index_documents.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace toolpost::project_index {

namespace {

constexpr std::size_t kMaxLanguages = 40;
constexpr std::size_t kMaxLargest = 10;
constexpr std::size_t kMaxNamesOfDirectory = 50;
constexpr std::size_t kMaxProjectsTold = 100;

struct LanguageCount {
  std::string_view name;
  std::uint64_t files = 0;
  std::uint64_t lines = 0;
};

struct Totals {
  std::uint64_t bytes = 0;
  std::uint64_t lines = 0;
  std::uint64_t binary = 0;
  std::uint64_t huge = 0;
  std::uint64_t unread = 0;
  std::vector<LanguageCount> languages;  // the one with most lines first
};

Totals totals_of(const Snapshot& snapshot) {
  Totals out;
  std::map<std::string_view, LanguageCount> languages;
  for (std::uint32_t id = 0; id < snapshot.file_count(); ++id) {
    const FileView file = snapshot.file(id);
    out.bytes += file.stamp.size;
    out.lines += file.line_count;
    out.binary += file.is_binary ? 1 : 0;
    out.huge += file.is_huge ? 1 : 0;
    out.unread += file.is_unread ? 1 : 0;
    if (file.language.empty() || file.is_binary) continue;
    LanguageCount& language = languages[file.language];
    language.name = file.language;
    ++language.files;
    language.lines += file.line_count;
  }
  for (const auto& [name, count] : languages) out.languages.push_back(count);
  std::stable_sort(out.languages.begin(), out.languages.end(),
                   [](const auto& left, const auto& right) { return left.lines > right.lines; });
  if (out.languages.size() > kMaxLanguages) out.languages.resize(kMaxLanguages);
  return out;
}

sdk::Json languages_json(const Totals& totals) {
  sdk::Json out = sdk::Json::array();
  for (const LanguageCount& one : totals.languages) {
    out.push_back(
        sdk::Json::object({{"language", one.name}, {"files", one.files}, {"lines", one.lines}}));
  }
  return out;
}

void add_count(sdk::Json& out, const char* key, std::uint64_t count) {
  if (count != 0) out.set(key, count);
}

sdk::Json file_json(const FileView& file) {
  auto out = sdk::Json::object({{"path", file.path}, {"bytes", file.stamp.size}});
  if (!file.language.empty()) out.set("language", file.language);
  if (file.line_count != 0) out.set("lines", file.line_count);
  if (file.is_binary) out.set("is_binary", true);
  if (file.is_huge) out.set("is_huge", true);
  if (file.is_unread) out.set("is_unread", true);
  return out;
}

// One directory of the tree.
struct Node {
  std::vector<std::string_view> names;  // of files in it
  std::uint64_t directories = 0;        // in it
  std::uint64_t files_below = 0;
  std::uint64_t lines_below = 0;
};

using Tree = std::map<std::string_view, Node>;

std::string_view above(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

Tree tree_of(const Snapshot& snapshot) {
  Tree out;
  out[""];
  for (std::uint32_t id = 0; id < snapshot.file_count(); ++id) {
    const FileView file = snapshot.file(id);
    std::string_view directory = above(file.path);
    const std::size_t name = directory.empty() ? 0 : directory.size() + 1;
    out[directory].names.push_back(file.path.substr(name));
    for (;;) {
      Node& node = out[directory];
      ++node.files_below;
      node.lines_below += file.line_count;
      if (directory.empty()) break;
      directory = above(directory);
    }
  }
  for (auto& [path, node] : out) {
    if (!path.empty()) ++out[above(path)].directories;
  }
  return out;
}

sdk::Json directory_json(std::string_view path, const Node& node) {
  auto out = sdk::Json::object({{"path", path.empty() ? "." : path},
                                {"files", node.names.size()},
                                {"directories", node.directories},
                                {"files_below", node.files_below},
                                {"lines_below", node.lines_below}});
  sdk::Json names = sdk::Json::array();
  for (const std::string_view name : node.names) {
    if (names.as_array().size() == kMaxNamesOfDirectory) {
      out.set("names_left_out", node.names.size() - kMaxNamesOfDirectory);
      break;
    }
    names.push_back(name);
  }
  out.set("names", std::move(names));
  return out;
}

sdk::Json largest_files(const Snapshot& snapshot) {
  std::vector<std::uint32_t> ids(snapshot.file_count());
  for (std::uint32_t id = 0; id < ids.size(); ++id) ids[id] = id;
  const std::size_t count = std::min(ids.size(), kMaxLargest);
  const auto is_larger = [&](std::uint32_t left, std::uint32_t right) {
    const std::uint64_t left_size = snapshot.file(left).stamp.size;
    const std::uint64_t right_size = snapshot.file(right).stamp.size;
    return left_size != right_size ? left_size > right_size : left < right;
  };
  std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(count), ids.end(),
                    is_larger);
  sdk::Json out = sdk::Json::array();
  for (std::size_t at = 0; at < count; ++at) out.push_back(file_json(snapshot.file(ids[at])));
  return out;
}

sdk::Json projects_json(const ProjectFacts& facts) {
  sdk::Json out = sdk::Json::array();
  for (const Project& project : facts.projects) {
    if (out.as_array().size() == kMaxProjectsTold) break;
    auto one =
        sdk::Json::object({{"directory", project.directory.empty() ? "." : project.directory},
                           {"ecosystem", project.ecosystem},
                           {"dependencies", project.dependencies.size()}});
    if (!project.name.empty()) one.set("name", project.name);
    if (!project.version.empty()) one.set("version", project.version);
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

sdk::Json left_out(const WalkCounts& counts) {
  sdk::Json out = sdk::Json::object();
  add_count(out, "ignored", counts.ignored);
  add_count(out, "secret", counts.secret);
  add_count(out, "special", counts.special);
  add_count(out, "unreadable", counts.unreadable);
  add_count(out, "too_deep", counts.too_deep);
  add_count(out, "repositories", counts.repositories);
  return out;
}

sdk::Json index_summary(const View& view) {
  const Snapshot& snapshot = view.snapshot();
  const SnapshotFacts& facts = snapshot.facts();
  const Totals totals = totals_of(snapshot);
  sdk::Json out = document_of(view);
  out.set("generation", facts.generation);
  out.set("files", snapshot.file_count());
  out.set("directories", facts.counts.directories);
  out.set("bytes", totals.bytes);
  out.set("lines", totals.lines);
  out.set("symbols", snapshot.symbol_count());
  out.set("has_symbols", facts.has_symbols);
  out.set("languages", languages_json(totals));
  sdk::Json not_searched = sdk::Json::object();
  add_count(not_searched, "binary", totals.binary);
  add_count(not_searched, "huge", totals.huge);
  add_count(not_searched, "unread", totals.unread);
  out.set("not_searched", std::move(not_searched));
  out.set("left_out", left_out(facts.counts));
  if (facts.symbol_failures != 0) out.set("symbol_failures", facts.symbol_failures);
  out.set("index_bytes", snapshot.index_bytes());
  if (facts.was_rebuilt) {
    out.set("was_rebuilt", true);
    out.set("rebuilt_why", facts.rebuilt_why);
  }
  return out;
}

sdk::Json index_document(const View& view, Page page) {
  sdk::Json out = index_summary(view);
  BoundedList files(page, view.settings().max_result_bytes);
  const Snapshot& snapshot = view.snapshot();
  for (std::uint32_t id = 0; id < snapshot.file_count() && !files.is_full(); ++id) {
    files.add(files.wants_next() ? file_json(snapshot.file(id)) : sdk::Json());
  }
  // "files" is their number already.
  std::move(files).finish(out, "file_list");
  return out;
}

sdk::Json structure_document(const View& view, Page page) {
  sdk::Json out = document_of(view);
  const Tree tree = tree_of(view.snapshot());
  BoundedList directories(page, view.settings().max_result_bytes);
  for (const auto& [path, node] : tree) {
    if (directories.is_full()) break;
    directories.add(directories.wants_next() ? directory_json(path, node) : sdk::Json());
  }
  out.set("directory_count", tree.size());
  std::move(directories).finish(out, "directories");
  return out;
}

sdk::Json analysis_document(const View& view) {
  const auto facts = view.facts();
  sdk::Json out = index_summary(view);
  out.set("config_files", facts->config.size());
  std::uint64_t entry_points = facts->entry_files.size();
  for (const Project& project : facts->projects) entry_points += project.entry_points.size();
  out.set("entry_points", entry_points);
  out.set("test_files", facts->tests.size());
  out.set("doc_files", facts->docs.size());
  if (!facts->readme.empty()) out.set("readme", facts->readme);
  out.set("projects", projects_json(*facts));
  out.set("project_count", facts->projects.size());
  out.set("largest_files", largest_files(view.snapshot()));
  out.set("problems", facts->problems.size());
  return out;
}

}  // namespace toolpost::project_index
