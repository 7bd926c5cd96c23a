// SPDX-License-Identifier: Apache-2.0
#include "documents/file_text.hpp"

#include "files/list_files.hpp"
#include "files/relative_path.hpp"
#include "files/secret_files.hpp"

#include <toolpost/error.hpp>

#include <algorithm>

namespace toolpost::project_index {

namespace {

[[noreturn]] void refuse(sdk::Status status, const std::string& text) {
  throw sdk::Error(status, text);
}

// The same words for all causes: whether a secret exists is nobody's business.
[[noreturn]] void refuse_unlisted(const std::string& path) {
  refuse(sdk::Status::kNotFound,
         "'" + path +
             "' is no file of this project: it does not exist, or it is left out because a rule "
             "ignores it or its name says that it holds secrets");
}

}  // namespace

FileText file_text(const View& view, std::string_view path) {
  const auto relative = relative_path(path);
  if (!relative) refuse(sdk::Status::kInvalid, "path: " + relative.refusal().text);
  const auto listed = list_file(view.root(), view.settings().rules, *relative);
  if (!listed || !listed->has_value()) refuse_unlisted(*relative);
  if ((*listed)->is_huge) {
    refuse(sdk::Status::kLimit, "'" + *relative + "' has " + std::to_string((*listed)->stamp.size) +
                                    " bytes, more than max_file_bytes (" +
                                    std::to_string(view.settings().rules.max_file_bytes) + ")");
  }
  const auto file = view.root().open_file(*relative);
  if (!file) refuse_unlisted(*relative);
  auto text = file->read_all(view.settings().rules.max_file_bytes);
  if (!text) refuse(sdk::Status::kState, text.refusal().text);
  if (text->find('\0') != std::string::npos) {
    refuse(sdk::Status::kUnsupported,
           "'" + *relative + "' is binary (" + std::to_string(text->size()) + " bytes)");
  }
  const std::uint64_t size = text->size();
  return {*relative, without_secrets(std::move(*text)), size};
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

TextPage lines_of(std::string_view text, LineRange range, std::size_t max_bytes) {
  const std::vector<std::string_view> lines = split_lines(text);
  TextPage out;
  out.line_count = static_cast<std::uint32_t>(lines.size());
  out.first_line = std::max<std::uint32_t>(range.from, 1);
  out.last_line = out.first_line - 1;
  const std::uint32_t end = range.to == 0 ? out.line_count : std::min(range.to, out.line_count);
  for (std::uint32_t line = out.first_line; line <= end; ++line) {
    const std::string_view one = lines[line - 1];
    const bool is_first = line == out.first_line;
    if (out.text.size() + one.size() + 1 > max_bytes) {
      out.cut_by = "max_result_bytes";
      if (!is_first) break;
      out.text.assign(one.substr(0, max_bytes));
      out.last_line = line;
      break;
    }
    out.text.append(one).push_back('\n');
    out.last_line = line;
  }
  return out;
}

}  // namespace toolpost::project_index
