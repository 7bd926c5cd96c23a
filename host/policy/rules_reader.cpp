// SPDX-License-Identifier: Apache-2.0
#include "policy/rules_reader.hpp"

#include "base/json_escape.hpp"
#include "base/nearest.hpp"
#include "json/raw.hpp"
#include "pep/index_url.hpp"
#include "pep/package_name.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace toolpost::policy {
namespace {

constexpr std::size_t kMaxReasonLength = 500;
constexpr std::array<std::string_view, 3> kFileKeys = {"$schema", "default", "rules"};
constexpr std::array<std::string_view, 6> kRuleKeys = {"names",   "effect", "versions",
                                                       "sources", "extras", "reason"};
constexpr std::array<std::string_view, 2> kEffects = {"allow", "deny"};

std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
  const auto name = nearest(word, names);
  return name ? "; did you mean " + json_string(*name) + "?" : std::string{};
}

class Reader {
 public:
  Reader(const json::NamedText& source, Problems& problems)
      : source_(source), problems_(problems) {}

  std::optional<PackageRules> read() {
    const auto document = json::parse(source_);
    if (!document) {
      problems_.add(document.error());
      return std::nullopt;
    }
    if (!document->root().is_object()) {
      problem(source_.text, "", "expected an object with \"default\" and \"rules\"");
      return std::nullopt;
    }
    read_file();
    if (!sound_) return std::nullopt;
    const std::string_view name = source_.name.substr(source_.name.rfind('/') + 1);
    auto rules = PackageRules::compile(std::string{name}, default_where_, std::move(rules_),
                                       default_.value_or(Effect::kDeny));
    if (rules) return std::move(*rules);
    problems_.add(source_.name, rules.error().message());
    return std::nullopt;
  }

 private:
  using Member = std::function<void(const std::string& key, std::string_view value)>;

  void problem(std::string_view slice, std::string_view path, std::string_view what) {
    sound_ = false;
    const std::string at = path.empty() ? "" : std::string{path} + ": ";
    problems_.add(json::place(source_, slice), at + std::string{what});
  }

  void each_member(std::string_view object, const std::string& path,
                   std::span<const std::string_view> known, const Member& read_member) {
    json::RawObject members{object};
    json::RawMember member;
    while (members.next(member)) {
      const std::string key = json::unescape(member.key);
      if (std::find(known.begin(), known.end(), key) != known.end()) {
        read_member(key, member.value);
      } else {
        problem(source_.text.substr(
                    static_cast<std::size_t>(member.key.data() - 1 - source_.text.data())),
                path + key, "unknown key" + suggestion(key, known));
      }
    }
  }

  void read_file() {
    bool has_rules = false;
    each_member(source_.text, "", kFileKeys, [&](const std::string& key, std::string_view value) {
      if (key == "default") {
        default_where_ = json::place(source_, value);
        default_ = effect(value, key);
      } else if (key == "rules") {
        has_rules = true;
        read_rules(value);
      } else {
        text(value, key);
      }
    });
    if (default_where_.empty()) {
      problem(source_.text, "default",
              "is missing; say \"allow\" or \"deny\" for packages that no rule names");
    }
    if (!has_rules) problem(source_.text, "rules", "is missing; write [] for none");
  }

  void read_rules(std::string_view value) {
    if (!is_array(value, "rules", "an array of rules")) return;
    json::RawArray elements{value};
    std::string_view element;
    while (elements.next(element)) {
      const std::string path = "rules[" + std::to_string(rules_.size()) + "]";
      PackageRule rule;
      rule.where = json::place(source_, element);
      if (!element.starts_with('{')) {
        problem(element, path, "expected an object");
      } else {
        if (is_closed_)
          problem(element, path, "never decides: the rule before names every package");
        read_rule(element, path, rule);
      }
      rules_.push_back(std::move(rule));
    }
  }

  void read_rule(std::string_view object, const std::string& path, PackageRule& rule) {
    bool has_effect = false;
    bool has_names = false;
    const std::string inside = path + ".";
    each_member(object, inside, kRuleKeys, [&](const std::string& key, std::string_view value) {
      const std::string at = inside + key;
      if (key == "effect") {
        has_effect = true;
        rule.effect = effect(value, at).value_or(Effect::kDeny);
      } else if (key == "names") {
        has_names = true;
        read_names(value, at, rule);
      } else if (key == "versions") {
        read_versions(value, at, rule);
      } else if (key == "sources") {
        read_sources(value, at, rule);
      } else if (key == "extras") {
        read_extras(value, at, rule);
      } else {
        rule.reason = text(value, at);
        if (rule.reason.size() > kMaxReasonLength) problem(value, at, "is longer than 500 bytes");
      }
    });
    if (!has_names)
      problem(object, inside + "names", "is missing; [\"*\"] stands for every package");
    if (!has_effect) problem(object, inside + "effect", "is missing; say \"allow\" or \"deny\"");
    if (rule.effect == Effect::kDeny && rule.extras && rule.extras->empty()) {
      problem(object, inside + "extras", "is empty; a rule that denies needs the extras it denies");
    }
    close_after(rule);
  }

  // Nothing gets past a rule that decides about every package.
  void close_after(const PackageRule& rule) {
    const bool is_certain =
        rule.effect == Effect::kAllow || (!rule.versions && rule.sources.empty() && !rule.extras);
    const bool is_about_all =
        std::any_of(rule.names.begin(), rule.names.end(),
                    [](const PackagePattern& name) { return name.is_everything(); });
    is_closed_ = is_closed_ || (is_certain && is_about_all);
  }

  void read_names(std::string_view value, const std::string& path, PackageRule& rule) {
    each_text(value, path, "a non-empty array of names and globs",
              [&](std::string_view at, const std::string& name, const std::string& item) {
                auto pattern = compile_glob(name);
                if (!pattern)
                  return problem(at, item, json_string(name) + " " + pattern.error().message());
                rule.names.push_back(std::move(*pattern));
              });
    if (sound_ && rule.names.empty()) problem(value, path, "expected a non-empty array of names");
  }

  void read_versions(std::string_view value, const std::string& path, PackageRule& rule) {
    rule.versions_text = text(value, path);
    if (!sound_) return;
    auto versions = pep::VersionSet::parse(rule.versions_text);
    if (!versions) return problem(value, path, versions.refusal().text);
    if (rule.versions_text.find_first_not_of(" \t") == std::string::npos) {
      return problem(value, path, "is empty; leave it out for every version");
    }
    rule.versions = std::move(*versions);
  }

  void read_sources(std::string_view value, const std::string& path, PackageRule& rule) {
    each_text(value, path, "a non-empty array of index URLs",
              [&](std::string_view at, const std::string& url, const std::string& item) {
                const auto parts = pep::parse_http_url(url);
                if (!parts) return problem(at, item, parts.refusal().text);
                if (parts->has_credentials)
                  return problem(at, item, "has credentials; remove them");
                rule.sources.push_back(pep::comparable_index(url));
              });
    if (sound_ && rule.sources.empty())
      problem(value, path, "is empty; leave it out for any source");
  }

  void read_extras(std::string_view value, const std::string& path, PackageRule& rule) {
    rule.extras.emplace();
    each_text(value, path, "an array of extras",
              [&](std::string_view at, const std::string& extra, const std::string& item) {
                if (!pep::is_package_name(extra)) {
                  return problem(at, item, json_string(extra) + " is not the name of an extra");
                }
                rule.extras->push_back(pep::normalized_name(extra));
              });
  }

  template <class Function>
  void each_text(std::string_view value, const std::string& path, std::string_view expected,
                 Function read_text) {
    if (!is_array(value, path, expected)) return;
    json::RawArray elements{value};
    std::string_view element;
    for (std::size_t i = 0; elements.next(element); ++i) {
      const std::string item = path + "[" + std::to_string(i) + "]";
      if (!element.starts_with('"')) {
        problem(element, item, "expected a string");
      } else {
        read_text(element, text(element, item), item);
      }
    }
  }

  bool is_array(std::string_view value, std::string_view path, std::string_view expected) {
    if (value.starts_with('[')) return true;
    problem(value, path, "expected " + std::string{expected});
    return false;
  }

  std::string text(std::string_view value, std::string_view path) {
    if (value.starts_with('"')) return json::unescape(value.substr(1, value.size() - 2));
    problem(value, path, "expected a string");
    return {};
  }

  std::optional<Effect> effect(std::string_view value, std::string_view path) {
    const std::string word = value.starts_with('"') ? text(value, path) : std::string{value};
    if (word == "allow" && value.starts_with('"')) return Effect::kAllow;
    if (word == "deny" && value.starts_with('"')) return Effect::kDeny;
    problem(value, path, "expected \"allow\" or \"deny\"" + suggestion(word, kEffects));
    return std::nullopt;
  }

  const json::NamedText& source_;
  Problems& problems_;
  bool sound_ = true;
  bool is_closed_ = false;
  std::string default_where_;
  std::optional<Effect> default_;
  std::vector<PackageRule> rules_;
};

}  // namespace

std::optional<PackageRules> read_package_rules(const json::NamedText& source, Problems& problems) {
  return Reader{source, problems}.read();
}

}  // namespace toolpost::policy
