// SPDX-License-Identifier: Apache-2.0
// The table of toolpost.kv/1.
#pragma once

#include <toolpost/ext/kv.h>

namespace toolpost::plugin {

// For instances whose host has such a service.
const toolpost_kv* kv_table() noexcept;

}  // namespace toolpost::plugin
