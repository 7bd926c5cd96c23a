// SPDX-License-Identifier: Apache-2.0
// Binary content: a plugin hands over bytes beside its JSON and names them there.
#include "base/base64.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"
#include "mcp/tool_result.hpp"

#include <vector>

namespace toolpost::mcp {
namespace {

// The number N of {"$blob": N}; null when `value` is something else.
const json::Value* blob_number(const json::Value& value) {
  return value.is_object() && value.members().size() == 1 ? value.find("$blob") : nullptr;
}

// Rewrites an object whose member `key` may be a blob; the other members are copied.
class Substitution {
 public:
  explicit Substitution(std::span<const std::string> blobs)
      : blobs_(blobs), used_(blobs.size(), false) {}

  Result<> block(json::Writer& writer, std::string_view raw, const json::Value& block) {
    writer.begin_object();
    json::RawObject members{raw};
    json::RawMember member;
    while (members.next(member)) {
      const std::string key = json::unescape(member.key);
      const json::Value& value = *block.find(key);
      writer.key(key);
      if (key == "resource" && value.is_object()) {
        if (auto done = resource(writer, member.value, value); !done) return done.error();
      } else if (auto done = leaf(writer, member.value, value, key == "data"); !done) {
        return done.error();
      }
    }
    writer.end_object();
    return {};
  }

  // A PromptMessage, whose content is one block.
  Result<> message(json::Writer& writer, std::string_view raw, const json::Value& object) {
    writer.begin_object();
    json::RawObject members{raw};
    json::RawMember member;
    while (members.next(member)) {
      const std::string key = json::unescape(member.key);
      const json::Value& value = *object.find(key);
      writer.key(key);
      if (key != "content" || !value.is_object()) {
        writer.raw(member.value);
      } else if (auto done = block(writer, member.value, value); !done) {
        return done.error();
      }
    }
    writer.end_object();
    return {};
  }

  // An element of resources/read's contents[], or the resource within a block.
  Result<> resource(json::Writer& writer, std::string_view raw, const json::Value& object) {
    writer.begin_object();
    json::RawObject members{raw};
    json::RawMember member;
    while (members.next(member)) {
      const std::string key = json::unescape(member.key);
      writer.key(key);
      auto done = leaf(writer, member.value, *object.find(key), key == "blob");
      if (!done) return done.error();
    }
    writer.end_object();
    return {};
  }

 private:
  Result<> leaf(json::Writer& writer, std::string_view raw, const json::Value& value, bool binary) {
    const json::Value* number = binary ? blob_number(value) : nullptr;
    if (number == nullptr) {
      writer.raw(raw);
      return {};
    }
    if (number->type() != json::Type::kInt64 || number->as_int64() < 0 ||
        static_cast<std::uint64_t>(number->as_int64()) >= blobs_.size()) {
      return invalid("result: $blob names a blob that was not given");
    }
    const auto index = static_cast<std::size_t>(number->as_int64());
    // Each once: a small result must not say "a large blob" a thousand times.
    if (used_[index]) return invalid("result: $blob names the same blob twice");
    used_[index] = true;
    std::string text = "\"";
    append_base64(text, blobs_[index]);
    text.push_back('"');
    writer.raw(text);
    return {};
  }

  std::span<const std::string> blobs_;
  std::vector<bool> used_;
};

using Rewrite = Result<> (Substitution::*)(json::Writer&, std::string_view, const json::Value&);

// How the elements of a result's member are rewritten; null for members without binary data.
Rewrite rewrite_of(std::string_view key, const json::Value& value) {
  if (!value.is_array()) return nullptr;
  if (key == "content") return &Substitution::block;
  if (key == "contents") return &Substitution::resource;
  return key == "messages" ? &Substitution::message : nullptr;
}

}  // namespace

Result<std::string> substitute_blobs(std::string_view payload, const json::Value& result,
                                     std::span<const std::string> blobs) {
  if (!result.is_object()) return std::string{payload};
  std::string text;
  json::Writer writer{text};
  Substitution substitution{blobs};
  writer.begin_object();
  json::RawObject members{payload};
  json::RawMember member;
  while (members.next(member)) {
    const std::string key = json::unescape(member.key);
    const json::Value& value = *result.find(key);
    writer.key(key);
    const Rewrite rewrite = rewrite_of(key, value);
    if (rewrite == nullptr) {
      writer.raw(member.value);
      continue;
    }
    writer.begin_array();
    json::RawArray elements{member.value};
    std::string_view raw;
    for (std::size_t i = 0; elements.next(raw); ++i) {
      const json::Value& element = value.items()[i];
      if (!element.is_object()) {
        return invalid("result: " + key + " holds something that is no object");
      }
      if (auto done = (substitution.*rewrite)(writer, raw, element); !done) return done.error();
    }
    writer.end_array();
  }
  writer.end_object();
  return text;
}

}  // namespace toolpost::mcp
