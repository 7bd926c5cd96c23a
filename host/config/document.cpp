// SPDX-License-Identifier: Apache-2.0
#include "config/document.hpp"

#include "base/json_escape.hpp"
#include "base/nearest.hpp"
#include "config/keys.hpp"
#include "json/named_text.hpp"
#include "json/raw.hpp"

#include <algorithm>
#include <vector>

namespace toolpost::config {
namespace {

constexpr std::string_view kPlugins = "plugins";
constexpr std::string_view kRoles = "roles";
// Lets editors find the JSON Schema; means nothing here.
constexpr std::string_view kSchema = "$schema";

std::string joined(std::string_view section, std::string_view name) {
  return section.empty() ? std::string{name} : std::string{section} + "." + std::string{name};
}

// What follows `section.` in a key's path up to the next dot; empty when the key is elsewhere.
std::string_view name_in_section(std::string_view path, std::string_view section) {
  if (!section.empty()) {
    if (!path.starts_with(section) || path.size() <= section.size() + 1) return {};
    if (path[section.size()] != '.') return {};
    path.remove_prefix(section.size() + 1);
  }
  return path.substr(0, path.find('.'));
}

bool is_dotted(std::string_view name) {
  return name.find('.') != std::string_view::npos;
}

// How a dotted path is written in the file: a.b becomes {"a": {"b": ...}}.
std::string nested(std::string_view path) {
  const std::size_t dot = path.find('.');
  std::string text = "{";
  append_json_string(text, path.substr(0, dot));
  const bool is_last = dot == std::string_view::npos;
  return text + ": " + (is_last ? "..." : nested(path.substr(dot + 1))) + "}";
}

template <class Owner>
std::vector<std::string_view> names_in_section(std::span<const Key<Owner>> keys,
                                               std::string_view section) {
  std::vector<std::string_view> names;
  for (const Key<Owner>& key : keys) {
    const std::string_view name = name_in_section(key.path, section);
    if (!name.empty() && (names.empty() || names.back() != name)) names.push_back(name);
  }
  return names;
}

class Reader {
 public:
  Reader(const SourceText& source, const PathBase& base, Config& config, Problems& problems)
      : source_(source), base_(base), config_(config), problems_(problems) {}

  void read(std::string_view root) { read_section<Config>(config_, config_keys(), root, "", ""); }

 private:
  // `inside` is the section's path in the owner's table, `shown` its path in the file.
  template <class Owner>
  void read_section(Owner& owner, std::span<const Key<Owner>> keys, std::string_view object,
                    const std::string& inside, const std::string& shown) {
    json::RawObject members{object};
    json::RawMember member;
    while (members.next(member)) {
      const std::string name = json::unescape(member.key);
      const std::string path = joined(inside, name);
      const std::string shown_path = joined(shown, name);
      if (is_dotted(name)) {  // would pass for the path of another key
        problems_.add(place(member.key, -1), dotted_key(keys, inside, shown_path, name));
        continue;
      }
      const auto key = std::find_if(keys.begin(), keys.end(),
                                    [&](const Key<Owner>& known) { return known.path == path; });
      if (key != keys.end()) {
        read_value(key->slot(owner), key->accepts, member.value, shown_path);
      } else if (is_section(keys, path)) {
        if (is_object(member.value, shown_path)) {
          read_section<Owner>(owner, keys, member.value, path, shown_path);
        }
      } else if (!read_special(owner, path, member.value)) {
        problems_.add(place(member.key, -1), unknown_key(keys, inside, shown_path, name));
      }
    }
  }

  template <class Owner>
  static bool is_section(std::span<const Key<Owner>> keys, const std::string& path) {
    return std::any_of(keys.begin(), keys.end(),
                       [&](const Key<Owner>& key) { return key.path.starts_with(path + "."); });
  }

  bool read_special(const Config&, const std::string& path, std::string_view value) {
    if (path == kPlugins) {
      if (is_object(value, path)) {
        read_named<Plugin>({config_.plugins, plugin_keys(), plugin_id_rule()}, value, path);
      }
      return true;
    }
    if (path == kRoles) {
      if (is_object(value, path)) {
        read_named<Role>({config_.roles, role_keys(), role_name_rule()}, value, path);
      }
      return true;
    }
    if (path != kSchema) return false;
    std::string ignored;
    const auto done = assign(Slot{&ignored}, {}, parsed(value).root(), base_);
    if (!done) problems_.add(place(value), path + ": " + done.error().message());
    return true;
  }

  template <class Owner>
  bool read_special(const Owner&, const std::string&, std::string_view) {
    return false;
  }

  // An object whose members are named by the operator.
  template <class Owner>
  struct Named {
    std::map<std::string, Owner, std::less<>>& members;
    std::span<const Key<Owner>> keys;
    const TextRule& name_rule;
  };

  template <class Owner>
  void read_named(const Named<Owner>& named, std::string_view object, const std::string& path) {
    json::RawObject members{object};
    json::RawMember member;
    while (members.next(member)) {
      const std::string name = json::unescape(member.key);
      const std::string shown = joined(path, name);
      if (!matches(named.name_rule, name)) {
        problems_.add(place(member.key, -1),
                      shown + ": expected " + std::string{named.name_rule.expected});
      } else if (is_object(member.value, shown)) {
        config_.origins[shown] = place(member.key, -1);
        read_section<Owner>(named.members[name], named.keys, member.value, "", shown);
      }
    }
  }

  void read_value(const Slot& slot, const Accepts& accepts, std::string_view raw,
                  const std::string& shown) {
    const json::Document document = parsed(raw);
    const auto done = assign(slot, accepts, document.root(), base_);
    if (!done) {
      problems_.add(place(raw), shown + ": " + done.error().message());
      return;
    }
    config_.origins[shown] = place(raw);
    if (auto* const* settings = std::get_if<PluginSettings*>(&slot)) note_source(**settings, raw);
  }

  void note_source(PluginSettings& settings, std::string_view raw) const {
    const json::Position start =
        json::position_of(source_.text, static_cast<std::size_t>(raw.data() - source_.text.data()));
    settings.file = source_.name;
    settings.line = start.line;
    settings.column = start.column;
    settings.source = raw;
  }

  bool is_object(std::string_view raw, const std::string& shown) {
    if (raw.starts_with('{')) return true;
    problems_.add(place(raw), shown + ": expected an object, found " +
                                  std::string{json::type_name(parsed(raw).root().type())});
    return false;
  }

  template <class Owner>
  static std::string dotted_key(std::span<const Key<Owner>> keys, const std::string& inside,
                                const std::string& shown, const std::string& name) {
    const std::string path = joined(inside, name);
    const bool is_path = std::any_of(keys.begin(), keys.end(), [&](const Key<Owner>& key) {
      return key.path == path || key.path.starts_with(path + ".");
    });
    if (!is_path) return unknown_key(keys, inside, shown, name);
    return shown + ": unknown key; write " + nested(name);
  }

  template <class Owner>
  static std::string unknown_key(std::span<const Key<Owner>> keys, const std::string& inside,
                                 const std::string& shown, const std::string& name) {
    std::vector<std::string_view> names = names_in_section(keys, inside);
    if constexpr (std::is_same_v<Owner, Config>) {
      if (inside.empty()) names.insert(names.end(), {kPlugins, kRoles});
    }
    std::string_view suggestion = nearest(name, names).value_or("");
    for (const Key<Owner>& key : keys) {  // the right name in the wrong section
      if (suggestion.empty() && key.path.ends_with("." + name)) suggestion = key.path;
    }
    std::string text = shown + ": unknown key";
    if (!suggestion.empty()) text.append("; did you mean \"").append(suggestion).append("\"?");
    return text;
  }

  // `raw` is a slice of the text that was accepted as a whole.
  static json::Document parsed(std::string_view raw) {
    auto document = json::parse(raw, json::kFileLimits);
    return document ? std::move(*document) : json::Document{};
  }

  std::string place(std::string_view slice, std::ptrdiff_t shift = 0) const {
    const auto offset = slice.data() - source_.text.data() + shift;
    return json::place(source_, static_cast<std::size_t>(offset));
  }

  const SourceText& source_;
  const PathBase& base_;
  Config& config_;
  Problems& problems_;
};

}  // namespace

void read_document(const SourceText& source, const PathBase& base, Config& config,
                   Problems& problems) {
  const auto document = json::parse(source);
  if (!document) {
    problems.add(document.error());
  } else if (!document->root().is_object()) {
    problems.add(json::place(source, std::size_t{0}), "expected an object");
  } else {
    Reader{source, base, config, problems}.read(source.text);
  }
}

}  // namespace toolpost::config
