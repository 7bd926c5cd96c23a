// SPDX-License-Identifier: Apache-2.0
#include "audit/checkpoint.hpp"

#include "audit/chain.hpp"
#include "audit/line.hpp"
#include "audit/member.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <map>

namespace toolpost::audit {
namespace {

constexpr const char* kKeyMember = "toolpost_audit_key";

const VerifyKey* find_key(const VerifyKeys& keys, std::string_view id) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const VerifyKey& key) { return key.id() == id; });
  return found == keys.end() ? nullptr : &*found;
}

struct Found {
  std::size_t number = 0;
  std::uint64_t seq = 0;
  std::string_view line{};
};

Result<> check_signature(std::string_view line, const json::Value& root, const VerifyKeys& keys) {
  const json::Value* id = root.find_string("key");
  const json::Value* text = root.find_string("signature");
  const std::size_t end = line.rfind(kSignatureMember);
  if (id == nullptr || text == nullptr || end == std::string_view::npos) {
    return invalid("the checkpoint has no signature");
  }
  const VerifyKey* key = find_key(keys, id->as_string());
  if (key == nullptr) {
    return invalid("the checkpoint is signed with the key " + std::string{id->as_string()} +
                   ", which is none of those that are believed");
  }
  const auto signature = decode_base64url(text->as_string());
  const std::string signed_text = std::string{kSignatureContext}.append(line.substr(0, end));
  if (!signature || !key->verify(signed_text, *signature)) {
    return invalid("the signature of the checkpoint is wrong");
  }
  return {};
}

}  // namespace

Result<Checkpoint> read_unproven_checkpoint(std::string_view line) {
  const auto common = read_line(line);
  const auto document = json::parse(line);
  if (!common || !document || common->type != "checkpoint") return invalid("is no checkpoint");
  const json::Value& root = document->root();
  const json::Value* from = root.find("from");
  const json::Value* to = root.find("to");
  const json::Value* head = root.find_string("head");
  const json::Value* digests = root.find_string("digests");
  const auto is_number = [](const json::Value* value) {
    return value != nullptr && value->type() == json::Type::kInt64 && value->as_int64() > 0;
  };
  if (!is_number(from) || !is_number(to) || head == nullptr || digests == nullptr) {
    return invalid("the checkpoint lacks a member");
  }
  Checkpoint read;
  read.chain = common->chain;
  read.time = common->time;
  read.from = static_cast<std::uint64_t>(from->as_int64());
  read.to = static_cast<std::uint64_t>(to->as_int64());
  const auto hash = to_hash(head->as_string());
  auto list = decode_base64url(digests->as_string());
  if (!hash || !list || read.from > read.to ||
      list->size() / kDigestBytes != read.to - read.from + 1 || list->size() % kDigestBytes != 0) {
    return invalid("the members of the checkpoint contradict each other");
  }
  read.head = *hash;
  read.digests = std::move(*list);
  return read;
}

Result<Checkpoint> read_checkpoint(std::string_view line, const VerifyKeys& keys) {
  const auto document = json::parse(line);
  if (!document) return invalid("is no checkpoint");
  if (auto good = check_signature(line, document->root(), keys); !good) return good.error();
  auto read = read_unproven_checkpoint(line);
  if (!read) return read;
  // Signed by whoever writes checkpoints; but it may be another version that does.
  if (read_line(line)->seq != read->to + 1) {
    return invalid("the members of the checkpoint contradict each other");
  }
  read->key = document->root().find_string("key")->as_string();
  return read;
}

Result<Anchors> read_anchors(std::string_view text) {
  Anchors anchors;
  std::map<std::string_view, Found, std::less<>> newest;  // only these are looked at closely
  LineSplitter lines{text};
  std::string_view line;
  for (std::size_t number = 1; lines.next(line); ++number) {
    if (line.empty()) continue;
    const auto document = json::parse(line);
    if (!document) {  // whoever wrote it did not come to its end
      if (anchors.unread_lines++ == 0) anchors.first_unread_line = number;
      continue;
    }
    const json::Value* key = document->root().find_string(kKeyMember);
    if (key == nullptr) {
      const auto common = read_line(line);
      if (!common) return invalid("line " + std::to_string(number) + ": is no checkpoint");
      Found& found = newest[common->chain];
      if (found.seq < common->seq) found = {number, common->seq, line};
      continue;
    }
    const auto bytes = decode_base64url(key->as_string());
    auto read = bytes ? VerifyKey::from_bytes(*bytes) : invalid("the key is not base64url");
    if (!read) return std::move(read).error().in("line " + std::to_string(number));
    if (find_key(anchors.keys, read->id()) == nullptr) anchors.keys.push_back(std::move(*read));
  }
  if (anchors.keys.empty()) return invalid("there is no key in it: no line has toolpost_audit_key");
  for (const auto& [chain, found] : newest) {
    auto read = read_checkpoint(found.line, anchors.keys);
    if (!read) return std::move(read).error().in("line " + std::to_string(found.number));
    anchors.checkpoints.push_back(std::move(*read));
  }
  return anchors;
}

std::string anchor_key_line(const VerifyKey& key) {
  std::string text;
  append_base64url(text, key.bytes());
  std::string line;
  json::Writer writer{line};
  writer.begin_object().member(kKeyMember, std::string_view{text});
  writer.member("id", std::string_view{key.id()}).end_object();
  return line + "\n";
}

}  // namespace toolpost::audit
