// SPDX-License-Identifier: Apache-2.0
#include "tools/tool_parts.hpp"

#include "arguments.hpp"
#include "change_report.hpp"

namespace toolpost::uv_package {

namespace {

// The plugin's own timeout ends first, so that it can say what happened until then.
constexpr std::chrono::seconds kTimeToReport{15};
constexpr std::uint32_t kCallsAtOnce = 4;
constexpr unsigned kMaxItemLength = 1024;
constexpr unsigned kMaxProjectLength = 4096;

}  // namespace

sdk::Schema packages_schema(const char* description) {
  return sdk::Schema::array(sdk::Schema::string().max_length(kMaxItemLength), description)
      .min_items(1)
      .max_items(kMaxPackagesPerCall)
      .loggable();  // credentials in a URL are what the host takes out
}

sdk::Schema project_schema() {
  return sdk::Schema::string(
             "Directory of the project, relative to the default one or absolute; it must be below "
             "a configured root. Default: the configured project.")
      .max_length(kMaxProjectLength)
      .loggable();
}

sdk::Tool new_tool(const Services& services, const char* name, const char* title,
                   const char* description) {
  sdk::Tool tool(name);
  tool.title(title)
      .description(description)
      .output(change_report_schema())
      .timeout(services.settings.timeout + kTimeToReport)
      .max_concurrency(kCallsAtOnce);
  return tool;
}

sdk::Result carry_out(Services& services, const sdk::Call& call,
                      const std::function<Checked<Passed>(Operation&)>& steps) {
  Operation operation(services, call);
  auto outcome = operation.begin();
  if (outcome) outcome = steps(operation);
  return operation.finish(outcome);
}

}  // namespace toolpost::uv_package
