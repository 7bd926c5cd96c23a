// SPDX-License-Identifier: Apache-2.0
#include "documents/search_document.hpp"
#include "tools/tool_parts.hpp"
#include "tools/tools.hpp"

namespace toolpost::project_index {

namespace {

constexpr unsigned kUsualMatches = 200;
constexpr unsigned kMostMatches = 2000;
constexpr unsigned kMaxPattern = 4096;
constexpr unsigned kMaxContext = 20;

std::vector<std::string> texts(const sdk::Json& arguments, std::string_view key) {
  std::vector<std::string> out;
  if (const sdk::Json* list = arguments.find(key)) {
    for (const sdk::Json& one : list->as_array()) out.push_back(one.as_string());
  }
  return out;
}

SearchQuery query_of(const Services& services, const sdk::Call& call, std::string_view pattern) {
  const sdk::Json& arguments = call.arguments();
  const Page page = page_of(call, kUsualMatches);
  SearchQuery query;
  query.pattern = arguments.at(pattern).as_string();
  query.is_regex = arguments.value_or("regex", false);
  query.ignore_case = arguments.value_or("ignore_case", false);
  query.whole_word = arguments.value_or("whole_word", false);
  query.include = texts(arguments, "include");
  query.exclude = texts(arguments, "exclude");
  query.context_lines = static_cast<unsigned>(arguments.value_or("context_lines", 0));
  query.max_matches = page.limit;
  query.skip = page.skip;
  query.max_bytes = services.settings.max_result_bytes;
  query.threads = services.settings.threads;
  return query;
}

void append_context(std::string& out, const sdk::Json& match, const char* key, std::int64_t first) {
  const sdk::Json* lines = match.find(key);
  if (lines == nullptr) return;
  for (const sdk::Json& line : lines->as_array()) {
    out += in_one_line(match.at("path").as_string()) + "-" + std::to_string(first++) + "- " +
           line.as_string() + "\n";
  }
}

std::string listing(const sdk::Json& document, std::string_view list, const Noun& noun) {
  std::string out;
  const sdk::JsonArray& matches = document.at(list).as_array();
  for (const sdk::Json& match : matches) {
    const std::int64_t line = match.at("line").as_integer();
    const sdk::Json* before = match.find("before");
    if (before != nullptr) {
      append_context(out, match, "before",
                     line - static_cast<std::int64_t>(before->as_array().size()));
    }
    out += in_one_line(match.at("path").as_string()) + ":" + std::to_string(line) + ": " +
           match.at("text").as_string() + "\n";
    append_context(out, match, "after", line + 1);
    if (before != nullptr || match.find("after") != nullptr) out += "--\n";
  }
  out += closing_line(document, matches.size(), noun);
  if (const std::int64_t undecided = document.value_or("undecided_lines", std::int64_t{0})) {
    out += "\n[" + std::to_string(undecided) +
           " very long lines were not searched: the expression is too slow for them]";
  }
  return out;
}

sdk::Schema match_schema() {
  const auto lines = sdk::Schema::array(sdk::Schema::string());
  return sdk::Schema::object()
      .required("path", sdk::Schema::string("Below the project"))
      .required("line", sdk::Schema::integer("From 1"))
      .required("column", sdk::Schema::integer("In bytes, from 1"))
      .required("text", sdk::Schema::string("The line; a long one is cut around the match"))
      .optional("before", lines)
      .optional("after", lines);
}

sdk::Schema with_counts(sdk::Schema schema) {
  return schema.required("files_searched", sdk::Schema::integer("Read, up to the end of the page"))
      .required("files_considered", sdk::Schema::integer("Not ruled out by the index or a glob"))
      .optional(
          "undecided_lines",
          sdk::Schema::integer("Very long lines that the expression is too slow for, up to the "
                               "end of the page; they were not searched"));
}

constexpr const char* kInclude =
    "Only files that one of these globs fits, as in .gitignore: \"*.py\", \"src/**/*.c\", "
    "\"docs/\"";

}  // namespace

sdk::Tool make_search_tool(Services& services) {
  return new_tool(services, "search", "Search text",
                  "Searches the text of all files of a project, line by line: for a literal text, "
                  "or for a regular expression (RE2 syntax). Ignored and binary files and files "
                  "that hold secrets are left out.")
      .input(sdk::Schema::object()
                 .required("pattern", sdk::Schema::string("What to look for")
                                          .min_length(1)
                                          .max_length(kMaxPattern)
                                          .loggable())
                 .optional("regex", sdk::Schema::boolean("The pattern is a regular expression")
                                        .default_value(false))
                 .optional("ignore_case", sdk::Schema::boolean().default_value(false))
                 .optional("whole_word", sdk::Schema::boolean().default_value(false))
                 .optional("include", globs_schema(kInclude))
                 .optional("exclude", globs_schema("No file that one of these globs fits"))
                 .optional("context_lines", sdk::Schema::integer("Lines around each match")
                                                .minimum(0)
                                                .maximum(kMaxContext)
                                                .default_value(0))
                 .optional("skip", skip_schema(kMaxMatchesSkipped))
                 .optional("limit", limit_schema(kUsualMatches, kMostMatches))
                 .optional("project", project_schema()))
      .output(with_counts(list_schema().required("matches", sdk::Schema::array(match_schema()))))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        const SearchQuery query = query_of(services, call, "pattern");
        sdk::Json document =
            search_document(work.view(call.argument("project"), Needs::kListing), query);
        sdk::Result result =
            sdk::Result::text(listing(document, "matches", {"matching line", "matching lines"}));
        add_links(result, services.settings, document, "matches");
        result.set_structured(std::move(document));
        return result;
      }));
}

sdk::Tool make_find_references_tool(Services& services) {
  const auto reference =
      match_schema()
          .required("is_definition", sdk::Schema::boolean("The symbol table has it defined here"))
          .optional("inside", sdk::Schema::string("The innermost symbol that the line is in"));
  return new_tool(services, "find_references", "Find references",
                  "Finds the lines that use a name, as a whole word, in all files of a project; "
                  "marks definitions and names the function or class that each use is in. By "
                  "name, not by meaning: two things of one name are both found.")
      .input(sdk::Schema::object()
                 .required("name", sdk::Schema::string("The name, as it is written")
                                       .min_length(1)
                                       .max_length(kMaxPattern)
                                       .loggable())
                 .optional("ignore_case", sdk::Schema::boolean().default_value(false))
                 .optional("include", globs_schema(kInclude))
                 .optional("exclude", globs_schema("No file that one of these globs fits"))
                 .optional("context_lines", sdk::Schema::integer("Lines around each use")
                                                .minimum(0)
                                                .maximum(kMaxContext)
                                                .default_value(0))
                 .optional("skip", skip_schema(kMaxMatchesSkipped))
                 .optional("limit", limit_schema(kUsualMatches, kMostMatches))
                 .optional("project", project_schema()))
      .output(with_counts(
          list_schema()
              .required("references", sdk::Schema::array(reference))
              .required("has_symbols", sdk::Schema::boolean("Without them no line is marked"))))
      .run(handler(services, [&services](const sdk::Call& call, const Work& work) {
        SearchQuery query = query_of(services, call, "name");
        query.whole_word = true;
        sdk::Json document = references_document(work.view(call.argument("project")), query);
        sdk::Result result =
            sdk::Result::text(listing(document, "references", {"reference", "references"}));
        add_links(result, services.settings, document, "references");
        result.set_structured(std::move(document));
        return result;
      }));
}

}  // namespace toolpost::project_index
