// SPDX-License-Identifier: Apache-2.0
#include "documents/file_text.hpp"
#include "documents/symbol_documents.hpp"
#include "index/language.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::project_index {

namespace {

constexpr unsigned kMaxLine = 100'000'000;
constexpr unsigned kUsualSymbols = 500;
constexpr unsigned kMostSymbols = 5000;

std::size_t depth_of(const sdk::Json& symbol) {
  const std::string scope = symbol.value_or("scope", "");
  if (scope.empty()) return 0;
  std::size_t depth = 1;
  for (std::size_t at = 0; at < scope.size(); ++at) {
    if (scope[at] == '.') ++depth;
    if (scope.compare(at, 2, "::") == 0) {
      ++depth;
      ++at;
    }
  }
  return depth;
}

std::string outline_text(const sdk::Json& document) {
  std::string out = in_one_line(document.at("path").as_string()) + "\n";
  const sdk::JsonArray& symbols = document.at("symbols").as_array();
  for (const sdk::Json& symbol : symbols) {
    out += std::to_string(symbol.at("line").as_integer()) + ": " +
           std::string(2 * depth_of(symbol), ' ') + symbol.at("kind").as_string() + " " +
           in_one_line(symbol.at("name").as_string() + symbol.value_or("signature", "")) + "\n";
  }
  return out + closing_line(document, symbols.size(), {"symbol", "symbols"});
}

LineRange range_of(const sdk::Call& call) {
  const sdk::Json& arguments = call.arguments();
  return {static_cast<std::uint32_t>(arguments.value_or("start_line", 1)),
          static_cast<std::uint32_t>(arguments.value_or("end_line", 0))};
}

sdk::Result file_result(const Services& services, const View& view, const FileText& file,
                        const TextPage& page) {
  auto document = sdk::Json::object({{"project", view.path()}, {"path", file.path}});
  if (const auto language = language_of(file.path); !language.empty())
    document.set("language", language);
  document.set("bytes", file.bytes);
  document.set("start_line", page.first_line);
  document.set("end_line", page.last_line);
  document.set("line_count", page.line_count);
  document.set("text", page.text);
  document.set("is_cut", !page.cut_by.empty());
  std::string shown = page.text;
  if (!page.cut_by.empty()) {
    document.set("cut_by", page.cut_by);
    document.set("next_line", page.last_line + 1);
    shown += "[lines " + std::to_string(page.first_line) + " to " + std::to_string(page.last_line) +
             " of " + std::to_string(page.line_count) +
             "; more with start_line=" + std::to_string(page.last_line + 1) + "]";
  }
  sdk::Result result = answered(std::move(document), std::move(shown));
  result.add_resource_link(file_uri(services.settings, view.path(), file.path), file.path,
                           "text/plain");
  return result;
}

}  // namespace

sdk::Tool make_read_file_tool(Services& services) {
  return new_tool(services, "read_file", "Read a file",
                  "Reads a text file of a project, or some of its lines. Files that are ignored "
                  "or hold secrets by their name are not read, and secrets in the text are "
                  "replaced.")
      .input(sdk::Schema::object()
                 .required("path", path_schema("Path of the file below the project"))
                 .optional("start_line", sdk::Schema::integer("First line, from 1")
                                             .minimum(1)
                                             .maximum(kMaxLine)
                                             .default_value(1))
                 .optional("end_line", sdk::Schema::integer("Last line; the end of the file if "
                                                            "absent")
                                           .minimum(1)
                                           .maximum(kMaxLine))
                 .optional("project", project_schema()))
      .output(document_schema()
                  .required("path", sdk::Schema::string())
                  .optional("language", sdk::Schema::string())
                  .required("bytes", sdk::Schema::integer("Of the whole file"))
                  .required("start_line", sdk::Schema::integer())
                  .required("end_line", sdk::Schema::integer("Before start_line: no such line"))
                  .required("line_count", sdk::Schema::integer("Of the whole file"))
                  .required("text", sdk::Schema::string())
                  .required("is_cut", sdk::Schema::boolean("The range is longer than a page"))
                  .optional("cut_by", sdk::Schema::string())
                  .optional("next_line", sdk::Schema::integer("start_line of the next page")))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        const View view = work.view(call.argument("project"), Needs::kPlace);
        const FileText file = file_text(view, call.argument("path"));
        return file_result(services, view, file,
                           lines_of(file.text, range_of(call), services.settings.max_result_bytes));
      }));
}

sdk::Tool make_outline_tool(Services& services) {
  const auto symbol = sdk::Schema::object()
                          .required("name", sdk::Schema::string())
                          .required("kind", sdk::Schema::string())
                          .required("line", sdk::Schema::integer())
                          .optional("end_line", sdk::Schema::integer())
                          .optional("scope", sdk::Schema::string("What it is inside of"))
                          .optional("signature", sdk::Schema::string());
  return new_tool(services, "outline", "Outline a file",
                  "Lists what a file defines, in the order of its lines: functions, classes, "
                  "methods, headings and the like, with scope and signature.")
      .input(sdk::Schema::object()
                 .required("path", path_schema("Path of the file below the project"))
                 .optional("skip", skip_schema())
                 .optional("limit", limit_schema(kUsualSymbols, kMostSymbols))
                 .optional("project", project_schema()))
      .output(list_schema()
                  .required("path", sdk::Schema::string())
                  .optional("language", sdk::Schema::string())
                  .required("line_count", sdk::Schema::integer())
                  .required("symbols", sdk::Schema::array(symbol)))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        const View view = work.view(call.argument("project"));
        sdk::Json document =
            outline_document(view, call.argument("path"), page_of(call, kUsualSymbols));
        const std::string path = document.at("path").as_string();
        sdk::Result result = sdk::Result::text(outline_text(document));
        result.add_resource_link(file_uri(services.settings, view.path(), path), path,
                                 "text/plain");
        result.set_structured(std::move(document));
        return result;
      }));
}

}  // namespace toolpost::project_index
