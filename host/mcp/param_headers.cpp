// SPDX-License-Identifier: Apache-2.0
#include "mcp/param_headers.hpp"

#include "base/ascii.hpp"
#include "mcp/classify.hpp"

#include <algorithm>
#include <charconv>

namespace toolpost::mcp {
namespace {

constexpr std::string_view kAnnotation = "x-mcp-header";
constexpr std::size_t kMaxHeaderDepth = 32;

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  constexpr std::string_view kSymbols = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return is_alnum(c) || kSymbols.find(c) != std::string_view::npos;
  });
}

bool has_header_type(const json::Value& schema) {
  const json::Value* type = schema.find_string("type");
  if (type == nullptr) return false;
  const std::string_view name = type->as_string();
  return name == "string" || name == "integer" || name == "boolean";
}

// Anywhere below `schema`, also where no binding can stand.
std::size_t count_annotations(const json::Value& schema, std::size_t depth) {
  if (depth > kMaxHeaderDepth) return 0;
  std::size_t count = 0;
  if (schema.is_object()) {
    for (const json::Member& member : schema.members()) {
      count += member.key == kAnnotation ? 1 : 0;
      count += count_annotations(member.value, depth + 1);
    }
  } else if (schema.is_array()) {
    for (const json::Value& item : schema.items()) count += count_annotations(item, depth + 1);
  }
  return count;
}

Error wrong(std::string what) {
  return invalid("x-mcp-header: " + std::move(what));
}

class Reader {
 public:
  Result<> read(const json::Value& schema, std::vector<std::string>& path) {
    const json::Value* properties = schema.find("properties");
    if (properties == nullptr || !properties->is_object() || path.size() > kMaxHeaderDepth)
      return {};
    for (const json::Member& property : properties->members()) {
      path.emplace_back(property.key);
      if (const json::Value* name = property.value.find(kAnnotation)) {
        if (auto bound = bind(*name, property.value, path); !bound) return bound;
      }
      if (auto below = read(property.value, path); !below) return below;
      path.pop_back();
    }
    return {};
  }

  std::vector<HeaderBinding> take() { return std::move(bindings_); }

 private:
  Result<> bind(const json::Value& name, const json::Value& schema,
                const std::vector<std::string>& path) {
    if (!name.is_string() || !is_token(name.as_string())) return wrong("must be a header name");
    const std::string header = to_lower(name.as_string());
    if (!has_header_type(schema)) {
      return wrong("\"" + header + "\" must be on a string, integer or boolean");
    }
    const bool taken = std::any_of(bindings_.begin(), bindings_.end(),
                                   [&](const HeaderBinding& one) { return one.header == header; });
    if (taken) return wrong("\"" + header + "\" is used twice");
    bindings_.push_back({header, path});
    return {};
  }

  std::vector<HeaderBinding> bindings_;
};

const json::Value* value_at(const json::Value* value, const std::vector<std::string>& path) {
  for (const std::string& name : path) {
    value = value == nullptr ? nullptr : value->find(name);
  }
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

bool says_number(std::string_view header, double number) {
  double value = 0;
  const auto [end, error] = std::from_chars(header.data(), header.data() + header.size(), value);
  return error == std::errc{} && end == header.data() + header.size() && value == number;
}

bool says(const std::string& header, const json::Value& value) {
  if (!is_printable_ascii(header)) return false;
  if (value.is_bool()) return header == (value.as_bool() ? "true" : "false");
  if (value.is_number()) return says_number(header, value.number());
  const auto text = decode_header_text(header);
  return value.is_string() && text && *text == value.as_string();
}

}  // namespace

Result<std::vector<HeaderBinding>> read_header_bindings(const json::Value& input_schema) {
  Reader reader;
  std::vector<std::string> path;
  if (auto read = reader.read(input_schema, path); !read) return read.error();
  auto bindings = reader.take();
  if (bindings.size() != count_annotations(input_schema, 0)) {
    return wrong("may stand only where a chain of \"properties\" leads");
  }
  return bindings;
}

std::optional<Failure> check_param_headers(const std::vector<HeaderBinding>& bindings,
                                           const json::Value* arguments,
                                           const ParamHeaders& headers) {
  for (const HeaderBinding& binding : bindings) {
    const auto header = std::find_if(headers.begin(), headers.end(),
                                     [&](const auto& one) { return one.first == binding.header; });
    const json::Value* value = value_at(arguments, binding.path);
    const bool given = header != headers.end();
    if (!given && value == nullptr) continue;
    if (given && value != nullptr && says(header->second, *value)) continue;
    return Failure{.code = kHeaderMismatch,
                   .message = "Header Mcp-Param-" + binding.header +
                              (given ? " differs from the arguments" : " is required"),
                   .http_status = 400,
                   .data = {}};
  }
  return std::nullopt;
}

}  // namespace toolpost::mcp
