// SPDX-License-Identifier: Apache-2.0
// The resources, and for each one a template that takes another project: "URI{?project}".
#pragma once

#include "resources/documents.hpp"
#include "services.hpp"

#include <toolpost/resource.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace toolpost::uv_package {

// What a document is read from, and so what a change of it shows in.
enum class Source { kProjectFiles, kInstalled, kEnvironment };

struct ResourceRow {
  const char* uri;
  const char* name;
  const char* description;
  Source source;
  Document document;  // null: no file says it, uv is asked
};

inline constexpr std::size_t kResourceCount = 5;
extern const std::array<ResourceRow, kResourceCount> kResources;

// A URI of ours, taken apart.
struct NamedResource {
  const ResourceRow* row;
  std::string project;  // as for the tools; empty: the default one
};

std::optional<NamedResource> named_resource(std::string_view uri);
std::string resource_uri(const ResourceRow& row, std::string_view project);

// `services` outlives them. `about_to_read` hears of every URI before its files are read.
using AboutToRead = std::function<void(std::string_view uri)>;
std::vector<sdk::Resource> make_resources(Services& services, const AboutToRead& about_to_read);
std::vector<sdk::ResourceTemplate> make_templates(Services& services,
                                                  const AboutToRead& about_to_read);

}  // namespace toolpost::uv_package
