// SPDX-License-Identifier: Apache-2.0
#include "audit/argument_digest.hpp"

#include "audit/clear_value.hpp"
#include "base/base64.hpp"
#include "json/raw.hpp"

#include <algorithm>

namespace toolpost::audit {
namespace {

constexpr std::size_t kMaxClearValueBytes = 1024;
constexpr std::size_t kMaxClearBytes = std::size_t{4} * 1024;
constexpr std::size_t kMaxUnmarked = 64;
// Escapes make text six times as long. Together with the rest of a record this fits a line.
constexpr std::size_t kMaxBytes = std::size_t{48} * 1024;
constexpr std::size_t kShortDigestBytes = 16;
constexpr std::string_view kAlgorithm = "hmac-sha256:";

// The text that is digested stands at the end of `out` for a moment, which costs no memory of its
// own.
void append_digest(std::string& out, std::string_view json, const KeyedHasher& hasher) {
  const std::size_t before = out.size();
  json::append_compact(out, json);
  const Hash digest = hasher.hash(std::string_view{out}.substr(before));
  out.resize(before);
  out.append(kAlgorithm);
  append_base64url(out, bytes_of(digest).substr(0, kShortDigestBytes));
}

class Arguments {
 public:
  Arguments(std::string& out, const KeyedHasher& hasher)
      : out_(out), begin_(out.size()), hasher_(hasher) {}

  void append_object(std::string_view json, const json::LogMarks& marks) {
    out_.push_back('{');
    const std::size_t first = out_.size();
    std::int64_t untold = 0;
    json::RawObject members{json};
    json::RawMember member;
    while (members.next(member)) {
      const json::LogMark* mark = find(marks, member.key);
      if ((mark == nullptr && unmarked_ >= kMaxUnmarked) || out_.size() - begin_ > kMaxBytes) {
        ++untold;
        continue;
      }
      if (out_.size() > first) out_.push_back(',');
      append_name(member.key);
      out_.push_back(':');
      append_value(member.value, mark);
    }
    if (untold > 0) {
      if (out_.size() > first) out_.push_back(',');
      out_.append("\"…\":").append(std::to_string(untold));
    }
    out_.push_back('}');
  }

 private:
  static const json::LogMark* find(const json::LogMarks& marks, std::string_view raw_key) {
    if (marks.properties.empty()) return nullptr;
    if (raw_key.find('\\') == std::string_view::npos) return marks.find(raw_key);
    return marks.find(json::unescape(raw_key));
  }

  void append_name(std::string_view raw_key) {
    ++names_;
    if (raw_key.find('\\') == std::string_view::npos) {
      append_clear_name(out_, raw_key, names_);
    } else {
      append_clear_name(out_, json::unescape(raw_key), names_);
    }
  }

  void append_value(std::string_view json, const json::LogMark* mark) {
    if (mark == nullptr) ++unmarked_;
    if (mark != nullptr && mark->in_clear && clear_bytes_ < kMaxClearBytes) {
      append_clear(json);
    } else if (mark != nullptr && !mark->in_clear && json.front() == '{') {
      append_object(json, mark->below);
    } else {
      out_.push_back('"');
      append_digest(out_, json, hasher_);
      out_.push_back('"');
    }
  }

  void append_clear(std::string_view json) {
    const std::size_t limit = std::min(kMaxClearValueBytes, kMaxClearBytes - clear_bytes_);
    const std::size_t before = out_.size();
    if (!append_clear_value(out_, json, limit, {})) {
      out_.resize(before);
      std::string mark{"[cut "};
      append_digest(mark, json, hasher_);
      mark.push_back(']');
      append_clear_value(out_, json, limit, mark);
    }
    clear_bytes_ += out_.size() - before;
  }

  std::string& out_;
  std::size_t begin_;
  const KeyedHasher& hasher_;
  std::size_t names_ = 0;
  std::size_t unmarked_ = 0;
  std::size_t clear_bytes_ = 0;
};

}  // namespace

void append_arguments(std::string& out, std::string_view arguments_json,
                      const json::LogMarks& marks, const KeyedHasher& hasher) {
  Arguments{out, hasher}.append_object(arguments_json, marks);
}

}  // namespace toolpost::audit
