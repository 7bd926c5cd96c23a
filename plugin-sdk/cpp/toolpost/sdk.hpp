// SPDX-License-Identifier: Apache-2.0
// Everything a plugin usually needs. kv.hpp, policy.hpp, users.hpp, process.hpp, conversation.hpp
// and boost_json.hpp are for those who use them.
#pragma once

#include <toolpost/answer.hpp>
#include <toolpost/call.hpp>
#include <toolpost/content.hpp>
#include <toolpost/contents.hpp>
#include <toolpost/error.hpp>
#include <toolpost/input_required.hpp>
#include <toolpost/json.hpp>
#include <toolpost/plugin.hpp>
#include <toolpost/prompt.hpp>
#include <toolpost/resource.hpp>
#include <toolpost/result.hpp>
#include <toolpost/sampling.hpp>
#include <toolpost/schema.hpp>
#include <toolpost/severity.hpp>
#include <toolpost/suggestions.hpp>
#include <toolpost/tool.hpp>
