// SPDX-License-Identifier: Apache-2.0
// What each URI of the plugin reads as. Without a call, so that a subscription can look, too.
#pragma once

#include "projects/work.hpp"
#include "resources/uri_query.hpp"

#include <array>
#include <functional>
#include <string>
#include <string_view>

namespace toolpost::project_index {

struct Reading {
  std::string text;
  std::string mime_type;
};

// The variables of a template by name; "project" is looked at before.
using Variables = std::function<std::string(std::string_view name)>;

struct ResourceRow {
  const char* base;       // "project://index"
  const char* variables;  // of the template, "{?project,skip}"
  const char* name;
  const char* description;
  const char* mime_type;
  bool is_resource;  // readable without variables
  Needs needs;
  Reading (*read)(const View& view, const Variables& variables);
};

inline constexpr std::size_t kResourceCount = 10;
extern const std::array<ResourceRow, kResourceCount> kResources;

// Null for a URI of somebody else.
const ResourceRow* row_of(std::string_view base);

}  // namespace toolpost::project_index
