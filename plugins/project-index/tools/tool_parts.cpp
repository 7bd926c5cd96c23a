// SPDX-License-Identifier: Apache-2.0
#include "tools/tool_parts.hpp"

#include "resources/uri_query.hpp"

#include <toolpost/error.hpp>

#include <array>
#include <cstdio>
#include <set>

namespace toolpost::project_index {

namespace {

constexpr std::uint32_t kCallsAtOnce = 8;
constexpr unsigned kMaxPathLength = 4096;
constexpr unsigned kMaxGlobs = 50;
constexpr unsigned kMaxGlobLength = 500;
constexpr std::size_t kMaxLinks = 10;

// Controls, the separators of lines and paragraphs, and what sets or isolates a direction.
bool breaks_or_turns_lines(unsigned character) {
  return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
         (character >= 0x2028 && character <= 0x202e) || character == 0x200e ||
         character == 0x200f || (character >= 0x2066 && character <= 0x2069);
}

}  // namespace

sdk::Schema project_schema() {
  return sdk::Schema::string(
             "Directory of the project, relative to the default one or absolute; it must be below "
             "a configured root. Default: the configured project.")
      .max_length(kMaxPathLength)
      .loggable();
}

sdk::Schema path_schema(const char* description) {
  return sdk::Schema::string(description).max_length(kMaxPathLength).loggable();
}

sdk::Schema skip_schema(std::uint32_t most) {
  return sdk::Schema::integer("How many to pass over: next_skip of the page before")
      .minimum(0)
      .maximum(most)
      .default_value(0);
}

sdk::Schema limit_schema(unsigned usual, unsigned most) {
  return sdk::Schema::integer("How many at most").minimum(1).maximum(most).default_value(usual);
}

sdk::Schema globs_schema(const char* description) {
  return sdk::Schema::array(sdk::Schema::string().min_length(1).max_length(kMaxGlobLength),
                            description)
      .max_items(kMaxGlobs)
      .loggable();
}

Page page_of(const sdk::Call& call, std::uint32_t usual_limit) {
  const sdk::Json& arguments = call.arguments();
  return {static_cast<std::uint32_t>(arguments.value_or("skip", 0)),
          static_cast<std::uint32_t>(
              arguments.value_or("limit", static_cast<std::int64_t>(usual_limit)))};
}

sdk::Schema document_schema() {
  return sdk::Schema::object()
      .required("project", sdk::Schema::string("Absolute path of the project"))
      .optional("partial", sdk::Schema::string("Why this is not about all files"));
}

sdk::Schema list_schema() {
  return document_schema()
      .required("is_cut", sdk::Schema::boolean("More follow"))
      .optional("cut_by", sdk::Schema::string("Which limit ended the page"))
      .optional("next_skip", sdk::Schema::integer("The argument skip of the next page"));
}

sdk::Tool new_tool(const Services& services, const char* name, const char* title,
                   const char* description) {
  sdk::Tool tool(name);
  tool.title(title)
      .description(description)
      .timeout(services.settings.timeout)
      .max_concurrency(kCallsAtOnce)
      .read_only()
      .idempotent();
  return tool;
}

sdk::Tool::Handler handler(Services& services, Steps steps) {
  return [&services, steps = std::move(steps)](const sdk::Call& call) {
    try {
      const Work work(services, call);
      return steps(call, work);
    } catch (const sdk::Error& error) {
      if (error.status() == sdk::Status::kCancelled) throw;
      return sdk::Result::error(error.what());
    }
  };
}

sdk::Result answered(sdk::Json document, std::string text) {
  sdk::Result result = sdk::Result::text(std::move(text));
  result.set_structured(std::move(document));
  return result;
}

std::string file_uri(const Settings& settings, const std::string& project, std::string_view path) {
  return make_uri("codebase://file",
                  {{"path", std::string(path)},
                   {"project", project == settings.project_root ? std::string() : project}});
}

void add_links(sdk::Result& result, const Settings& settings, const sdk::Json& document,
               std::string_view list) {
  const std::string& project = document.at("project").as_string();
  std::set<std::string> linked;
  for (const sdk::Json& element : document.at(list).as_array()) {
    const std::string& path = element.at("path").as_string();
    if (linked.size() == kMaxLinks) break;
    if (!linked.insert(path).second) continue;
    result.add_resource_link(file_uri(settings, project, path), path, "text/plain");
  }
}

std::string in_one_line(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = [&](std::size_t ahead) {
      return at + ahead < text.size() ? static_cast<unsigned char>(text[at + ahead]) : 0U;
    };
    unsigned character = byte(0);
    std::size_t length = 1;
    if (character == 0xc2 && byte(1) < 0xa0) {
      character = byte(1);
      length = 2;
    } else if (character == 0xe2 && (byte(1) == 0x80 || byte(1) == 0x81)) {
      character = 0x2000U | (byte(1) & 0x3fU) << 6U | (byte(2) & 0x3fU);
      length = 3;
    }
    if (!breaks_or_turns_lines(character)) {
      out += text[at];
      continue;
    }
    std::array<char, 8> escape{};
    std::snprintf(escape.data(), escape.size(), "\\u%04x", character);
    out += escape.data();
    at += length - 1;
  }
  return out;
}

std::string closing_line(const sdk::Json& document, std::size_t count, const Noun& noun) {
  std::string out = "[" + std::to_string(count) + " " + (count == 1 ? noun.one : noun.many);
  if (document.value_or("is_cut", false)) {
    const sdk::Json* next = document.find("next_skip");
    out += next == nullptr ? "; there are more, ask for fewer"
                           : "; more with skip=" + std::to_string(next->as_integer());
    out += " (" + document.at("cut_by").as_string() + ")";
  }
  out += "]";
  if (const sdk::Json* partial = document.find("partial"))
    out += "\n[" + partial->as_string() + "]";
  return out;
}

}  // namespace toolpost::project_index
