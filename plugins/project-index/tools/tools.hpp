// SPDX-License-Identifier: Apache-2.0
// The tools, each by the function that makes it. `services` outlives them.
#pragma once

#include "services.hpp"

#include <toolpost/tool.hpp>

namespace toolpost::project_index {

sdk::Tool make_index_project_tool(Services& services);
sdk::Tool make_refresh_index_tool(Services& services);
sdk::Tool make_discover_projects_tool(Services& services);
sdk::Tool make_analyze_codebase_tool(Services& services);
sdk::Tool make_search_tool(Services& services);
sdk::Tool make_read_file_tool(Services& services);
sdk::Tool make_find_symbol_tool(Services& services);
sdk::Tool make_find_references_tool(Services& services);
sdk::Tool make_outline_tool(Services& services);

}  // namespace toolpost::project_index
