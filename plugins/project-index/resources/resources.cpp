// SPDX-License-Identifier: Apache-2.0
#include "resources/resources.hpp"

#include "resources/readings.hpp"
#include "resources/suggested.hpp"

#include <string>

namespace toolpost::project_index {

namespace {

template <class T>
T described(T item, const ResourceRow& row, Services& services, Subscriptions& subscriptions) {
  item.description(row.description)
      .mime_type(row.mime_type)
      .timeout(services.settings.timeout)
      .read([&row, &services, &subscriptions](const sdk::Call& call) {
        const Work work(services, call);
        const View view = work.view(call.argument("project"), row.needs);
        Reading reading =
            row.read(view, [&](std::string_view name) { return call.argument(name); });
        subscriptions.was_read(call.uri(), reading.text);
        return sdk::Contents::text(std::move(reading.text), std::move(reading.mime_type));
      });
  return item;
}

}  // namespace

std::vector<sdk::Resource> make_resources(Services& services, Subscriptions& subscriptions) {
  std::vector<sdk::Resource> out;
  for (const ResourceRow& row : kResources) {
    if (!row.is_resource) continue;
    out.push_back(described(sdk::Resource(row.base, row.name), row, services, subscriptions));
  }
  return out;
}

std::vector<sdk::ResourceTemplate> make_templates(Services& services,
                                                  Subscriptions& subscriptions) {
  std::vector<sdk::ResourceTemplate> out;
  for (const ResourceRow& row : kResources) {
    sdk::ResourceTemplate made(std::string(row.base) + row.variables, row.name);
    const std::string_view variables = row.variables;
    if (variables.find("path") != std::string_view::npos) {
      made.complete("path", [&services](const sdk::Typed& typed) {
        return suggested_paths(services, typed);
      });
    }
    out.push_back(described(std::move(made), row, services, subscriptions));
  }
  return out;
}

}  // namespace toolpost::project_index
