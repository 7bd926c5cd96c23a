// SPDX-License-Identifier: Apache-2.0
// What the tools have in common: arguments, limits, output, and the frame around their steps.
#pragma once

#include "operation.hpp"

#include <toolpost/schema.hpp>
#include <toolpost/tool.hpp>

#include <functional>
#include <string>

namespace toolpost::uv_package {

// An array of requirements or names, at least one.
sdk::Schema packages_schema(const char* description);

// The optional argument that names the project.
sdk::Schema project_schema();

// Name, title, description, output schema and limits; the flags and the input are the tool's own.
sdk::Tool new_tool(const Services& services, const char* name, const char* title,
                   const char* description);

// begin, the given steps, finish.
sdk::Result carry_out(Services& services, const sdk::Call& call,
                      const std::function<Checked<Passed>(Operation&)>& steps);

}  // namespace toolpost::uv_package
