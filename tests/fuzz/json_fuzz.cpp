// SPDX-License-Identifier: Apache-2.0
// Whatever the parser accepts must survive being walked raw and being written again.
#include "base/check.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <cstdint>

using namespace toolpost;

namespace {

void write(json::Writer& writer, const json::Value& value) {
  switch (value.type()) {
    case json::Type::kNull:
      writer.null();
      break;
    case json::Type::kBool:
      writer.boolean(value.as_bool());
      break;
    case json::Type::kInt64:
      writer.integer(value.as_int64());
      break;
    case json::Type::kUint64:
    case json::Type::kDouble:
      writer.number(value.number());
      break;
    case json::Type::kString:
      writer.string(value.as_string());
      break;
    case json::Type::kArray:
      writer.begin_array();
      for (const json::Value& item : value.items()) write(writer, item);
      writer.end_array();
      break;
    case json::Type::kObject:
      writer.begin_object();
      for (const json::Member& member : value.members())
        write(writer.key(member.key), member.value);
      writer.end_object();
      break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  json::RawObject wild{text};
  json::RawMember member;
  while (wild.next(member)) continue;
  const auto document = json::parse(text);
  if (!document) return 0;
  std::string line;
  json::append_on_one_line(line, text);
  TOOLPOST_CHECK(line.find('\n') == std::string::npos);
  TOOLPOST_CHECK(json::parse(line).has_value());
  std::string again;
  json::Writer writer{again};
  write(writer, document->root());
  TOOLPOST_CHECK(json::parse(again).has_value());
  if (document->root().is_object()) {
    std::size_t count = 0;
    json::RawObject object{text};
    while (object.next(member)) {
      const auto* value = document->root().find(json::unescape(member.key));
      TOOLPOST_CHECK(value != nullptr);
      ++count;
    }
    TOOLPOST_CHECK(count == document->root().members().size());
  }
  return 0;
}
