// SPDX-License-Identifier: Apache-2.0
#include "resources/resources.hpp"

#include "pep/ascii.hpp"
#include "resources/document_reading.hpp"
#include "resources/outdated_document.hpp"
#include "resources/suggested.hpp"

#include <algorithm>
#include <chrono>

namespace toolpost::uv_package {

namespace {

constexpr std::string_view kQuery = "?project=";
constexpr const char* kJson = "application/json";
// The plugin's own timeout ends first, so that it can say what happened until then.
constexpr std::chrono::seconds kTimeToReport{15};

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const int high = text[at] == '%' && at + 2 < text.size() ? hex_digit(text[at + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[at + 2]) : -1;
    if (low >= 0) at += 2;
    out += low >= 0 ? static_cast<char>(high * 16 + low) : text[at];
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (pep::is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

template <class T>
T described(T item, const ResourceRow& row, Services& services, const AboutToRead& about_to_read) {
  item.description(row.description).mime_type(kJson);
  item.read([&row, &services, about_to_read](const sdk::Call& call) {
    // Before the files are looked at: a change after that is one that the reader has not seen.
    about_to_read(call.uri());
    const Settings& settings = services.settings;
    const Project project = project_for(settings, call, call.argument("project"));
    return sdk::Contents::text(row.document == nullptr
                                   ? bounded_text(outdated_document(services, call))
                                   : document_text(settings, project, row.document));
  });
  if (row.document == nullptr) {
    item.open_world().timeout(services.settings.timeout + kTimeToReport);
  }
  return item;
}

}  // namespace

const std::array<ResourceRow, kResourceCount> kResources = {{
    {"python:packages://installed", "Installed Packages",
     "The packages in the project's environment, with versions. 'direct' marks those that came "
     "from a path or a URL.",
     Source::kInstalled, installed_document},
    {"python:packages://outdated", "Outdated Packages",
     "Packages with newer versions that the project's requirements and the policy allow, compared "
     "with uv.lock. Asks the package index.",
     Source::kProjectFiles, nullptr},
    {"python:dependencies://tree", "Dependency Tree",
     "uv.lock as a tree: each package, its version, and what it needs.", Source::kProjectFiles,
     tree_document},
    {"python:project://info", "Project Information",
     "What pyproject.toml declares, and how large and how old uv.lock is.", Source::kProjectFiles,
     information_document},
    {"python:environment://active", "Active Environment",
     "The project's environment: where it is, and with which Python.", Source::kEnvironment,
     environment_document},
}};

std::optional<NamedResource> named_resource(std::string_view uri) {
  const auto found = std::find_if(kResources.begin(), kResources.end(), [&](const auto& row) {
    return uri.substr(0, uri.find('?')) == row.uri;
  });
  if (found == kResources.end()) return std::nullopt;
  const std::string_view rest = uri.substr(std::string_view(found->uri).size());
  if (rest.empty()) return NamedResource{&*found, ""};
  if (rest.substr(0, kQuery.size()) != kQuery) return std::nullopt;
  return NamedResource{&*found, percent_decoded(rest.substr(kQuery.size()))};
}

std::string resource_uri(const ResourceRow& row, std::string_view project) {
  if (project.empty()) return row.uri;
  return row.uri + std::string(kQuery) + percent_encoded(project);
}

std::vector<sdk::Resource> make_resources(Services& services, const AboutToRead& about_to_read) {
  std::vector<sdk::Resource> out;
  out.reserve(kResources.size());
  for (const ResourceRow& row : kResources) {
    out.push_back(described(sdk::Resource(row.uri, row.name), row, services, about_to_read));
  }
  return out;
}

std::vector<sdk::ResourceTemplate> make_templates(Services& services,
                                                  const AboutToRead& about_to_read) {
  std::vector<sdk::ResourceTemplate> out;
  for (const ResourceRow& row : kResources) {
    sdk::ResourceTemplate made(std::string(row.uri) + "{?project}", row.name);
    made.complete("project", [&services](const sdk::Typed& typed) {
      return suggested_projects(services.settings, typed);
    });
    out.push_back(described(std::move(made), row, services, about_to_read));
  }
  return out;
}

}  // namespace toolpost::uv_package
