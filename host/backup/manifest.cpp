// SPDX-License-Identifier: Apache-2.0
#include "backup/manifest.hpp"

#include "backup/tar.hpp"
#include "base/base64.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <sys/stat.h>

namespace toolpost::backup {
namespace {

constexpr std::size_t kMaxEntries = 1'000'000;
constexpr std::array<std::string_view, 8> kKinds = {"config", "policy",      "tls",   "plan",
                                                    "key",    "environment", "users", "audit"};

void write_place(json::Writer& out, const FilePlace& place) {
  if (place.path.empty()) return;
  out.member("kind", std::string_view{place.kind}).member("path", std::string_view{place.path});
  out.member("mode", std::int64_t{place.mode});
  out.member("owner", std::string_view{place.owner});
  out.member("group", std::string_view{place.group});
}

// Reads members of an object and remembers which were asked for.
class ObjectReader {
 public:
  explicit ObjectReader(const json::Value& value) : value_(value) {}

  std::string text(std::string_view key) {
    known_.insert(std::string{key});
    const json::Value* found = value_.find_string(key);
    if (found == nullptr) fail(key);
    return found == nullptr ? std::string{} : std::string{found->as_string()};
  }

  std::uint64_t number(std::string_view key) {
    known_.insert(std::string{key});
    const json::Value* found = value_.find(key);
    if (found == nullptr || found->type() != json::Type::kInt64 || found->as_int64() < 0) {
      fail(key);
      return 0;
    }
    return static_cast<std::uint64_t>(found->as_int64());
  }

  bool flag(std::string_view key) {
    known_.insert(std::string{key});
    const json::Value* found = value_.find(key);
    if (found == nullptr) return false;
    if (found->type() != json::Type::kBool) fail(key);
    return found->type() == json::Type::kBool && found->as_bool();
  }

  std::span<const json::Value> items(std::string_view key) {
    known_.insert(std::string{key});
    const json::Value* found = value_.find(key);
    if (found == nullptr || found->type() != json::Type::kArray) {
      fail(key);
      return {};
    }
    return found->items();
  }

  bool has(std::string_view key) const { return value_.find(key) != nullptr; }

  void fail(std::string_view key) {
    if (wrong_.empty()) wrong_ = key;
  }

  Result<> finish() {
    if (value_.type() != json::Type::kObject) return invalid("the list of contents is no object");
    for (const json::Member& member : value_.members()) {
      if (!known_.contains(member.key)) fail(member.key);
    }
    if (wrong_.empty()) return {};
    return invalid("the list of contents: \"" + wrong_ + "\" is missing, wrong or unknown");
  }

 private:
  const json::Value& value_;
  std::set<std::string, std::less<>> known_;
  std::string wrong_;
};

FilePlace read_place(ObjectReader& in) {
  FilePlace place;
  if (!in.has("path")) return place;
  place.kind = in.text("kind");
  place.path = in.text("path");
  place.mode = static_cast<std::uint32_t>(in.number("mode"));
  place.owner = in.text("owner");
  place.group = in.text("group");
  // Nothing that runs as somebody else, and nothing that others may write.
  if ((place.mode & ~static_cast<std::uint32_t>(S_IRWXU | S_IRGRP | S_IXGRP | S_IROTH | S_IXOTH)) !=
      0) {
    in.fail("mode");
  }
  if (!is_plain_path(place.path)) in.fail("path");
  if (std::find(kKinds.begin(), kKinds.end(), place.kind) == kKinds.end()) in.fail("kind");
  return place;
}

Result<Entry> read_entry(const json::Value& value) {
  ObjectReader in{value};
  Entry entry;
  entry.name = in.text("name");
  entry.place = read_place(in);
  entry.size = in.number("size");
  entry.sha256 = in.text("sha256");
  entry.redacted = in.flag("redacted");
  if (!is_tar_name(entry.name)) in.fail("name");
  if (auto done = in.finish(); !done) return done.error();
  return entry;
}

}  // namespace

bool is_plain_path(std::string_view path) {
  return path.size() > 1 && path.front() == '/' && path.back() != '/' &&
         path.find('\0') == std::string_view::npos &&
         std::filesystem::path{path}.lexically_normal().string() == path;
}

std::string write_manifest(const Manifest& manifest) {
  std::string text;
  json::Writer out{text};
  out.begin_object().member("format", kArchiveFormat);
  out.member("created_at", std::string_view{manifest.created_at});
  out.member("version", std::string_view{manifest.version}).member("sealed", manifest.sealed);
  out.key("entries").begin_array();
  for (const Entry& entry : manifest.entries) {
    out.begin_object().member("name", std::string_view{entry.name});
    write_place(out, entry.place);
    out.member("size", static_cast<std::int64_t>(entry.size));
    out.member("sha256", std::string_view{entry.sha256});
    if (entry.redacted) out.member("redacted", true);
    out.end_object();
  }
  out.end_array().key("left_out").begin_array();
  for (const LeftOut& one : manifest.left_out) {
    out.begin_object().member("what", std::string_view{one.what});
    out.member("why", std::string_view{one.why}).end_object();
  }
  out.end_array().end_object();
  return text + "\n";
}

Result<Manifest> read_manifest(std::string_view text) {
  const auto document = json::parse(text);
  if (!document) return document.error().in("the list of contents");
  ObjectReader in{document->root()};
  if (in.number("format") != static_cast<std::uint64_t>(kArchiveFormat)) {
    return Error{Errc::kUnsupported,
                 "the archive has a format that this version does not know; use the version of "
                 "toolpost that made it, or a newer one"};
  }
  Manifest manifest;
  manifest.created_at = in.text("created_at");
  manifest.version = in.text("version");
  manifest.sealed = in.flag("sealed");
  std::set<std::string, std::less<>> names;
  std::set<std::string, std::less<>> paths;
  const auto entries = in.items("entries");
  if (entries.size() > kMaxEntries) in.fail("entries");
  for (const json::Value& value : entries) {
    auto entry = read_entry(value);
    if (!entry) return entry.error();
    const bool is_new = names.insert(entry->name).second &&
                        (entry->place.path.empty() || paths.insert(entry->place.path).second);
    if (!is_new) return invalid("the list of contents has " + entry->name + " twice");
    manifest.entries.push_back(std::move(*entry));
  }
  for (const json::Value& value : in.items("left_out")) {
    ObjectReader one{value};
    manifest.left_out.push_back({one.text("what"), one.text("why")});
    if (auto done = one.finish(); !done) return done.error();
  }
  if (auto done = in.finish(); !done) return done.error();
  return manifest;
}

Secret write_sealed(const std::vector<SealedFile>& files) {
  std::string text;
  json::Writer out{text};
  out.begin_object().key("files").begin_array();
  for (const SealedFile& file : files) {
    std::string content;
    append_base64(content, file.content.reveal());
    const Secret kept{std::move(content)};
    out.begin_object();
    write_place(out, file.place);
    out.member("content", kept.reveal()).end_object();
  }
  out.end_array().end_object();
  return Secret{std::move(text)};
}

Result<std::vector<SealedFile>> read_sealed(const Secret& text) {
  const auto document = json::parse(text.reveal());
  if (!document) return document.error().in("what is sealed");
  ObjectReader in{document->root()};
  std::vector<SealedFile> files;
  for (const json::Value& value : in.items("files")) {
    ObjectReader one{value};
    SealedFile file{read_place(one), {}};
    auto content = decode_base64(one.text("content"));
    if (!content || file.place.path.empty()) one.fail("content");
    if (auto done = one.finish(); !done) return done.error().in("what is sealed");
    file.content = Secret{std::move(*content)};
    files.push_back(std::move(file));
  }
  if (auto done = in.finish(); !done) return done.error().in("what is sealed");
  return files;
}

}  // namespace toolpost::backup
