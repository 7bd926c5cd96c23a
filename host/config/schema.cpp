// SPDX-License-Identifier: Apache-2.0
#include "config/keys.hpp"
#include "config/print.hpp"
#include "config/settings_json.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace toolpost::config {
namespace {

// The keywords of one key, by the kind of its member.
class KeySchema {
 public:
  KeySchema(json::Writer& out, const Accepts& accepts, const Slot& slot)
      : out_(out), accepts_(accepts), slot_(slot) {}

  void operator()(const bool* value) {
    out_.member("type", "boolean");
    out_.member("default", *value);
  }

  void operator()(const std::uint16_t* value) { number(*value); }

  void operator()(const std::size_t* value) { number(*value); }

  void operator()(const std::optional<std::size_t>*) { bounds(); }

  void operator()(const std::string* value) {
    text();
    if (!value->empty()) out_.member("default", *value);
  }

  void operator()(const std::vector<std::string>*) {
    out_.member("type", "array");
    out_.key("items").begin_object();
    text();
    out_.end_object();
  }

  void operator()(const LogLevel* value) { choice(static_cast<std::size_t>(*value)); }

  void operator()(const LogFormat* value) { choice(static_cast<std::size_t>(*value)); }

  void operator()(const PluginSettings*) { out_.member("type", "object"); }

 private:
  void bounds() {
    out_.member("type", "integer");
    out_.member("minimum", static_cast<std::int64_t>(accepts_.min));
    out_.member("maximum", static_cast<std::int64_t>(accepts_.max));
  }

  void number(std::size_t value) {
    bounds();
    out_.member("default", static_cast<std::int64_t>(value));
  }

  void text() {
    out_.member("type", "string");
    if (accepts_.rule != nullptr) out_.member("pattern", accepts_.rule->pattern);
  }

  void choice(std::size_t value) {
    const auto names = choices(slot_);
    out_.key("enum").begin_array();
    for (const std::string_view name : names) out_.string(name);
    out_.end_array();
    out_.member("default", names[value]);
  }

  json::Writer& out_;
  const Accepts& accepts_;
  const Slot& slot_;
};

template <class Owner>
void write_key(json::Writer& out, const Key<Owner>& key, Owner& owner) {
  const Slot slot = key.slot(owner);
  out.member("description", key.meaning);
  std::visit(KeySchema{out, key.accepts, slot}, slot);
}

std::string_view meaning_of(std::string_view section) {
  const auto all = sections();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Section& known) { return known.path == section; });
  return found == all.end() ? std::string_view{} : found->meaning;
}

// An object with these keys and no others; nested sections nest.
template <class Owner>
class ObjectSchema {
 public:
  ObjectSchema(json::Writer& out, std::span<const Key<Owner>> keys) : out_(out), keys_(keys) {}

  void write_properties(const std::string& section) {
    std::string_view done;
    for (const Key<Owner>& key : keys_) {
      if (!key.path.starts_with(section)) continue;
      const std::string_view rest = key.path.substr(section.size());
      const std::string_view name = rest.substr(0, rest.find('.'));
      if (name == done) continue;
      done = name;
      out_.key(name).begin_object();
      if (name.size() == rest.size()) {
        write_key(out_, key, defaults_);
      } else {
        const std::string inner = section + std::string{name};
        out_.member("description", meaning_of(inner));
        open();
        write_properties(inner + ".");
        out_.end_object();
      }
      out_.end_object();
    }
  }

  // The caller ends `properties`.
  void open() {
    out_.member("type", "object");
    out_.member("additionalProperties", false);
    out_.key("properties").begin_object();
  }

 private:
  json::Writer& out_;
  std::span<const Key<Owner>> keys_;
  Owner defaults_;
};

template <class Owner>
void write_named(json::Writer& out, std::string_view name, std::span<const Key<Owner>> keys,
                 const TextRule& name_rule) {
  out.key(name).begin_object();
  out.member("description", meaning_of(name));
  out.member("type", "object");
  out.key("propertyNames").begin_object();
  out.member("pattern", name_rule.pattern).end_object();
  out.key("additionalProperties").begin_object();
  ObjectSchema<Owner> member{out, keys};
  member.open();
  member.write_properties("");
  out.end_object().end_object().end_object();
}

}  // namespace

std::string json_schema() {
  std::string compact;
  json::Writer out{compact};
  out.begin_object();
  out.member("$schema", "https://json-schema.org/draft/2020-12/schema");
  out.member("title", "Configuration of Toolpost");
  out.member("$comment", "Written by `toolpost config schema`; do not edit.");
  // Not JSON Schema, but understood by editors: the file may have comments.
  out.member("allowComments", true);
  out.member("allowTrailingCommas", true);
  ObjectSchema<Config> root{out, config_keys()};
  root.open();
  out.key("$schema").begin_object().member("type", "string").end_object();
  root.write_properties("");
  write_named<Plugin>(out, "plugins", plugin_keys(), plugin_id_rule());
  write_named<Role>(out, "roles", role_keys(), role_name_rule());
  out.end_object().end_object();
  const auto document = json::parse(compact);
  return pretty_json(document->root()) + "\n";
}

}  // namespace toolpost::config
