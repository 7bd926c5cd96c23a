// SPDX-License-Identifier: Apache-2.0
// expect: invalid conversion from .* to .*noexcept|different exception specifications
// The SDK's entry does not take a create() that may throw.
#include <toolpost/sdk.hpp>

#ifdef TOOLPOST_BAD
#define MAY_THROW
#else
#define MAY_THROW noexcept
#endif

static toolpost_status TOOLPOST_CALL create(const toolpost_host*, toolpost_ctx*,
                                            const toolpost_create_args*,
                                            const toolpost_plugin**) MAY_THROW {
  return TOOLPOST_E_INTERNAL;
}

extern const toolpost_entry kEntry;
const toolpost_entry kEntry = toolpost::sdk::PluginInfo("com.example.x", "1.0.0").entry(&create);
