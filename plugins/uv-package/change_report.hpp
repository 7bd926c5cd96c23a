// SPDX-License-Identifier: Apache-2.0
// The structured result of every tool, and its schema.
#pragma once

#include "changes.hpp"

#include <toolpost/json.hpp>
#include <toolpost/schema.hpp>

#include <string>
#include <vector>

namespace toolpost::uv_package {

struct ChangeReport {
  std::string tool;
  std::vector<std::string> commands;  // the shape of each uv that ran
  std::string project;
  std::string environment;
  bool created_environment = false;
  std::vector<Change> changes;
  std::vector<Change> lock_changes;
  std::string output;

  sdk::Json json() const;
};

sdk::Json changes_as_json(const std::vector<Change>& changes);

sdk::Schema change_report_schema();

}  // namespace toolpost::uv_package
