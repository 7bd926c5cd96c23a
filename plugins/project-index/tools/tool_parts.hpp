// SPDX-License-Identifier: Apache-2.0
// What the tools have in common: arguments, flags, the frame around their work, links.
#pragma once

#include "documents/paging.hpp"
#include "projects/work.hpp"

#include <toolpost/schema.hpp>
#include <toolpost/tool.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

inline constexpr std::uint32_t kMaxSkip = 10'000'000;

// The optional argument that names the project.
sdk::Schema project_schema();
sdk::Schema path_schema(const char* description);
sdk::Schema skip_schema(std::uint32_t most = kMaxSkip);
sdk::Schema limit_schema(unsigned usual, unsigned most);
sdk::Schema globs_schema(const char* description);

Page page_of(const sdk::Call& call, std::uint32_t usual_limit);

// An object schema that has "project", and "partial" where it is not about all files.
sdk::Schema document_schema();
// The same of a list that may be cut.
sdk::Schema list_schema();

// Name, title, description, flags and limits; input and output are the tool's own.
sdk::Tool new_tool(const Services& services, const char* name, const char* title,
                   const char* description);

// Runs the steps; what they throw becomes a tool error, which the model reads.
using Steps = std::function<sdk::Result(const sdk::Call& call, const Work& work)>;
sdk::Tool::Handler handler(Services& services, Steps steps);

// The document, and beside it the text that is cheaper to read.
sdk::Result answered(sdk::Json document, std::string text);

// The URI by which a file is read; `project` is left out when it is the configured one.
std::string file_uri(const Settings& settings, const std::string& project, std::string_view path);

// Links to the files that the elements of a list name by "path", each once, the first few.
void add_links(sdk::Result& result, const Settings& settings, const sdk::Json& document,
               std::string_view list);

// A name, or what else a repository may choose, for a line of text: with escapes, as JSON has them,
// in the place of what would break the line or turn its direction round.
std::string in_one_line(std::string_view text);

// What a list is of.
struct Noun {
  std::string one, many;
};

// The last lines of a list's text: "[12 matches; more with skip=200 (limit)]", and what is partial.
std::string closing_line(const sdk::Json& document, std::size_t count, const Noun& noun);

}  // namespace toolpost::project_index
