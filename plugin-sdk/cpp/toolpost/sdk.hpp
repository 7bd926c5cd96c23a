// SPDX-License-Identifier: Apache-2.0
// Everything a plugin usually needs. policy.hpp, users.hpp, process.hpp and boost_json.hpp are for
// those who use them.
#pragma once

#include <toolpost/call.hpp>
#include <toolpost/error.hpp>
#include <toolpost/json.hpp>
#include <toolpost/plugin.hpp>
#include <toolpost/result.hpp>
#include <toolpost/schema.hpp>
#include <toolpost/severity.hpp>
#include <toolpost/tool.hpp>
