// SPDX-License-Identifier: Apache-2.0
#include "documents/symbol_documents.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::project_index {

namespace {

constexpr unsigned kUsualFound = 100;
constexpr unsigned kMostFound = 2000;
constexpr unsigned kMaxName = 1024;

NameMatch match_of(const std::string& text) {
  if (text == "prefix") return NameMatch::kPrefix;
  return text == "substring" ? NameMatch::kSubstring : NameMatch::kExact;
}

std::string symbol_lines(const sdk::Json& document) {
  std::string out;
  const sdk::JsonArray& symbols = document.at("symbols").as_array();
  for (const sdk::Json& one : symbols) {
    const std::string scope = one.value_or("scope", "");
    out += in_one_line(one.at("path").as_string()) + ":" +
           std::to_string(one.at("line").as_integer()) + ": " + one.at("kind").as_string() + " " +
           in_one_line(one.at("name").as_string() + one.value_or("signature", "") +
                       (scope.empty() ? "" : " in " + scope)) +
           "\n";
  }
  return out + closing_line(document, symbols.size(), {"symbol", "symbols"});
}

}  // namespace

sdk::Tool make_find_symbol_tool(Services& services) {
  const auto symbol = sdk::Schema::object()
                          .required("name", sdk::Schema::string())
                          .required("kind", sdk::Schema::string("\"function\", \"class\", ..."))
                          .required("path", sdk::Schema::string())
                          .required("line", sdk::Schema::integer())
                          .optional("end_line", sdk::Schema::integer())
                          .optional("scope", sdk::Schema::string("What it is inside of"))
                          .optional("signature", sdk::Schema::string());
  return new_tool(services, "find_symbol", "Find a symbol",
                  "Finds where a function, class, method, macro or other name is defined, in all "
                  "files of a project.")
      .input(sdk::Schema::object()
                 .required("name", sdk::Schema::string("The name, without what it is inside of")
                                       .min_length(1)
                                       .max_length(kMaxName)
                                       .loggable())
                 .optional("match", sdk::Schema::choice({"exact", "prefix", "substring"},
                                                        "How the name is compared")
                                        .default_value("exact"))
                 .optional("ignore_case", sdk::Schema::boolean().default_value(false))
                 .optional("kind", sdk::Schema::string("Only symbols of this kind, e.g. \"class\"")
                                       .max_length(kMaxName)
                                       .loggable())
                 .optional("skip", skip_schema())
                 .optional("limit", limit_schema(kUsualFound, kMostFound))
                 .optional("project", project_schema()))
      .output(list_schema().required("symbols", sdk::Schema::array(symbol)))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        const sdk::Json& arguments = call.arguments();
        const Page page = page_of(call, kUsualFound);
        SymbolQuery query;
        query.name = call.argument("name");
        query.match = match_of(arguments.value_or("match", "exact"));
        query.ignore_case = arguments.value_or("ignore_case", false);
        query.kind = arguments.value_or("kind", "");
        query.skip = page.skip;
        query.limit = page.limit;
        sdk::Json document = symbols_document(work.view(call.argument("project")), query);
        sdk::Result result = sdk::Result::text(symbol_lines(document));
        add_links(result, services.settings, document, "symbols");
        result.set_structured(std::move(document));
        return result;
      }));
}

}  // namespace toolpost::project_index
