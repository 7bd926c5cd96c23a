// SPDX-License-Identifier: Apache-2.0
// The table that the host hands to every plugin in this process.
#pragma once

#include <toolpost/plugin.h>

namespace toolpost::plugin {

class Instance;

// Immutable and alive as long as the process.
const toolpost_host& host_table() noexcept;

toolpost_ctx* to_ctx(Instance& instance) noexcept;
Instance* from_ctx(toolpost_ctx* ctx) noexcept;

}  // namespace toolpost::plugin
