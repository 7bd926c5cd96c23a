// SPDX-License-Identifier: Apache-2.0
#include "index/index_info.hpp"

#include "index/byte_cursor.hpp"
#include "index/byte_sink.hpp"

#include <array>

namespace toolpost::project_index {
namespace {

constexpr std::array kCounts{
    &WalkCounts::files,    &WalkCounts::directories, &WalkCounts::bytes, &WalkCounts::ignored,
    &WalkCounts::secret,   &WalkCounts::special,     &WalkCounts::huge,  &WalkCounts::unreadable,
    &WalkCounts::too_deep, &WalkCounts::repositories};

void put_text(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

std::string text(ByteCursor& cursor) {
  return std::string(cursor.bytes(cursor.varint()));
}

}  // namespace

std::string rules_text(const WalkRules& rules) {
  std::string text = "files " + std::to_string(rules.max_files) + " bytes " +
                     std::to_string(rules.max_bytes) + " depth " + std::to_string(rules.max_depth) +
                     " file " + std::to_string(rules.max_file_bytes) + " excludes " +
                     (rules.use_git_excludes ? "git" : "none");
  for (const auto& glob : rules.allow_secret) text += " allow " + glob;
  return text;
}

std::string packed_info(const IndexInfo& info) {
  std::string out;
  put_text(out, info.identity.root);
  put_varint(out, info.identity.device);
  put_varint(out, info.identity.inode);
  put_text(out, info.identity.rules);
  put_text(out, info.identity.symbols);
  for (const auto count : kCounts) put_varint(out, info.counts.*count);
  put_text(out, info.stopped_by);
  put_varint(out, info.generation);
  put_varint(out, info.symbol_count);
  put_varint(out, info.symbol_failures);
  return out;
}

std::optional<IndexInfo> unpacked_info(std::string_view bytes) {
  ByteCursor cursor(bytes);
  IndexInfo info;
  info.identity.root = text(cursor);
  info.identity.device = cursor.varint();
  info.identity.inode = cursor.varint();
  info.identity.rules = text(cursor);
  info.identity.symbols = text(cursor);
  for (const auto count : kCounts) info.counts.*count = cursor.varint();
  info.stopped_by = text(cursor);
  info.generation = cursor.varint();
  info.symbol_count = cursor.varint();
  info.symbol_failures = cursor.varint();
  if (!cursor.ok() || !cursor.at_end()) return std::nullopt;
  return info;
}

}  // namespace toolpost::project_index
