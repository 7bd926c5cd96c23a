// SPDX-License-Identifier: Apache-2.0
// The eight tools. Each maker gives the description and the handler; `services` outlives them.
#pragma once

#include "services.hpp"

#include <toolpost/tool.hpp>

namespace toolpost::uv_package {

sdk::Tool make_install_tool(Services& services);
sdk::Tool make_uninstall_tool(Services& services);
sdk::Tool make_add_tool(Services& services);
sdk::Tool make_remove_tool(Services& services);
sdk::Tool make_sync_tool(Services& services);
sdk::Tool make_lock_tool(Services& services);
sdk::Tool make_init_tool(Services& services);
sdk::Tool make_upgrade_tool(Services& services);

}  // namespace toolpost::uv_package
