// SPDX-License-Identifier: Apache-2.0
#include "policy_service.hpp"

#include "audit/hash.hpp"
#include "config/source_file.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <toolpost/ext/policy.h>

#include <algorithm>
#include <filesystem>

namespace toolpost {
namespace {

constexpr std::size_t kMaxPackages = 10'000;
// Of one question; what is denied beyond them is counted in one more line.
constexpr std::size_t kMaxLoggedDenials = 50;
constexpr json::Limits kContextLimits{.depth = 8, .members = 16};

policy::ListSource list_source(const config::Config& config, const std::string& name,
                               const std::vector<std::string>& entries) {
  const auto origin = config.origins.find("policy." + name);
  return {.name = name,
          .where = origin == config.origins.end() ? "policy." + name : origin->second,
          .entries = entries};
}

Result<std::string_view> text_member(const json::Value& object, std::string_view key) {
  const json::Value* value = object.find(key);
  if (value == nullptr) return std::string_view{};
  if (value->is_string() && !value->as_string().empty()) return value->as_string();
  return invalid("\"" + std::string{key} + "\" is not a non-empty string");
}

Result<policy::PackageFacts> read_package(const json::Value& value) {
  if (!value.is_object()) return invalid("is not an object");
  for (const json::Member& member : value.members()) {
    const std::string_view key = member.key;
    if (key != "name" && key != "version" && key != "source" && key != "extras") {
      return invalid("has an unknown member");
    }
  }
  policy::WrittenPackage written;
  for (auto [key, target] : {std::pair{"name", &written.name},
                             {"version", &written.version},
                             {"source", &written.source}}) {
    const auto text = text_member(value, key);
    if (!text) return text.error();
    *target = *text;
  }
  if (const json::Value* extras = value.find("extras")) {
    if (!extras->is_array()) return invalid("\"extras\" is not an array");
    for (const json::Value& extra : extras->items()) {
      if (!extra.is_string()) return invalid("\"extras\" has an element that is not a string");
      written.extras.push_back(extra.as_string());
    }
  }
  return policy::package_facts(written);
}

Result<std::vector<policy::PackageFacts>> read_packages(std::string_view context) {
  const auto document = json::parse(context, kContextLimits);
  if (!document) return document.error();
  const json::Value* list = document->root().find("packages");
  if (list == nullptr || !list->is_array() || document->root().members().size() != 1) {
    return invalid("expected an object with \"packages\", an array, and nothing else");
  }
  if (list->items().size() > kMaxPackages) {
    return Error{Errc::kLimit, "more than " + std::to_string(kMaxPackages) + " packages"};
  }
  std::vector<policy::PackageFacts> packages;
  packages.reserve(list->items().size());
  for (const json::Value& item : list->items()) {
    auto facts = read_package(item);
    if (!facts) {
      return facts.error().in("packages[" + std::to_string(packages.size()) + "]");
    }
    packages.push_back(std::move(*facts));
  }
  return packages;
}

bool is_plain_path(std::string_view path) {
  return path.starts_with('/') && path.find('\0') == std::string_view::npos &&
         std::filesystem::path{path}.lexically_normal().native() == path;
}

}  // namespace

Result<policy::PackagePolicy> load_package_policy(const config::Config& config) {
  policy::PolicySource source{
      .allowed = list_source(config, "allowed_packages", config.policy.allowed_packages),
      .blocked = list_source(config, "blocked_packages", config.policy.blocked_packages),
      .file = config.policy.packages_file,
      .file_text = {}};
  if (!source.file.empty()) {
    auto text = config::read_source_file(source.file);
    if (!text) return text.error();
    source.file_text = std::move(*text);
  }
  return policy::PackagePolicy::compile(source);
}

std::string packages_digest(const config::Config& config) {
  if (config.policy.packages_file.empty()) return {};
  const auto text = config::read_source_file(config.policy.packages_file);
  return text ? audit::to_text(audit::sha256(*text)) : std::string{};
}

PolicyService::PolicyService(policy::PackagePolicy packages, ProjectRules projects, Log& log)
    : packages_(std::make_shared<const policy::PackagePolicy>(std::move(packages))),
      projects_(std::make_shared<const ProjectRules>(std::move(projects))),
      log_(log) {}

void PolicyService::use(policy::PackagePolicy packages, ProjectRules projects) {
  packages_.set(std::make_shared<const policy::PackagePolicy>(std::move(packages)));
  projects_.set(std::make_shared<const ProjectRules>(std::move(projects)));
}

call::ServiceAnswer PolicyService::check(const identity::Principal& principal,
                                         std::string_view action, std::string_view resource,
                                         std::string_view context) {
  if (action == TOOLPOST_POLICY_PACKAGE_USE) {
    if (!resource.empty()) return malformed(action, "its resource is not empty");
    return use_packages(principal, context);
  }
  if (action == TOOLPOST_POLICY_PROJECT_USE) {
    if (!context.empty() && context != "{}") return malformed(action, "its context is not empty");
    return use_project(principal, resource);
  }
  return {TOOLPOST_E_UNSUPPORTED};
}

call::ServiceAnswer PolicyService::malformed(std::string_view action, std::string_view why) {
  log_.warn("a plugin asked the policy what it cannot answer",
            {{"action", action}, {"reason", why}});
  return {TOOLPOST_E_INVALID};
}

call::ServiceAnswer PolicyService::use_packages(const identity::Principal& principal,
                                                std::string_view context) {
  const auto packages = read_packages(context);
  if (!packages) {
    const auto answer = malformed(TOOLPOST_POLICY_PACKAGE_USE, packages.error().message());
    return packages.error().code() == Errc::kLimit ? call::ServiceAnswer{TOOLPOST_E_LIMIT} : answer;
  }
  const auto rules = packages_.get();
  std::string text;
  json::Writer out{text};
  out.begin_object().key("denied").begin_array();
  std::size_t denied = 0;
  for (std::size_t i = 0; i < packages->size(); ++i) {
    const policy::PackageFacts& package = (*packages)[i];
    const policy::Verdict verdict = rules->check(package);
    if (verdict.allowed) continue;
    out.begin_object().member("package", static_cast<std::int64_t>(i));
    out.member("rule", std::string_view{verdict.rule});
    out.member("message", std::string_view{verdict.message}).end_object();
    if (++denied > kMaxLoggedDenials) continue;
    log_.warn("package denied",
              {{"user", principal.name},
               {"package", package.name},
               {"version", package.version ? package.version->normalized() : std::string{}},
               {"rule", verdict.rule},
               {"where", verdict.where}});
  }
  out.end_array().end_object();
  if (denied == 0) return {TOOLPOST_OK};
  denied_packages_.add(denied);
  if (denied > kMaxLoggedDenials) {
    log_.warn("more packages denied",
              {{"user", principal.name}, {"count", denied - kMaxLoggedDenials}});
  }
  return {TOOLPOST_E_DENIED, std::move(text)};
}

call::ServiceAnswer PolicyService::use_project(const identity::Principal& principal,
                                               std::string_view project) {
  if (!is_plain_path(project)) {
    return malformed(TOOLPOST_POLICY_PROJECT_USE, "its resource is not an absolute, plain path");
  }
  const auto projects = projects_.get();
  if (!*projects) return {TOOLPOST_OK};
  const policy::Verdict verdict = (*projects)(principal, project);
  if (verdict.allowed) return {TOOLPOST_OK};
  denied_projects_.add();
  log_.warn("project denied", {{"user", principal.name},
                               {"project", project},
                               {"rule", verdict.rule},
                               {"where", verdict.where}});
  std::string text;
  json::Writer out{text};
  out.begin_object().key("denied").begin_array().begin_object();
  out.member("rule", std::string_view{verdict.rule});
  out.member("message", std::string_view{verdict.message});
  out.end_object().end_array().end_object();
  return {TOOLPOST_E_DENIED, std::move(text)};
}

}  // namespace toolpost
