// SPDX-License-Identifier: Apache-2.0
// The resources and templates that the host is told of.
#pragma once

#include "resources/subscriptions.hpp"
#include "services.hpp"

#include <toolpost/resource.hpp>

#include <vector>

namespace toolpost::project_index {

// Both outlive them.
std::vector<sdk::Resource> make_resources(Services& services, Subscriptions& subscriptions);
std::vector<sdk::ResourceTemplate> make_templates(Services& services, Subscriptions& subscriptions);

}  // namespace toolpost::project_index
