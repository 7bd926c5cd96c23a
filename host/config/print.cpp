// SPDX-License-Identifier: Apache-2.0
#include "config/print.hpp"

#include "config/keys.hpp"
#include "config/settings_json.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

namespace toolpost::config {
namespace {

class SlotWriter {
 public:
  SlotWriter(json::Writer& out, const Slot& slot) : out_(out), slot_(slot) {}

  void operator()(const bool* value) { out_.boolean(*value); }

  void operator()(const std::uint16_t* value) { out_.integer(*value); }

  void operator()(const std::size_t* value) { out_.integer(static_cast<std::int64_t>(*value)); }

  void operator()(const std::optional<std::size_t>* value) {
    out_.integer(static_cast<std::int64_t>(value->value_or(0)));
  }

  void operator()(const std::string* value) { out_.string(*value); }

  void operator()(const std::vector<std::string>* value) {
    out_.begin_array();
    for (const std::string& item : *value) out_.string(item);
    out_.end_array();
  }

  void operator()(const LogLevel* value) { choice(static_cast<std::size_t>(*value)); }

  void operator()(const LogFormat* value) { choice(static_cast<std::size_t>(*value)); }

  void operator()(const PluginSettings* value) {
    const auto document = json::parse(value->json);
    out_.raw(document ? settings_json(document->root(), Secrets::kHide) : "{}");
  }

 private:
  void choice(std::size_t index) { out_.string(choices(slot_)[index]); }

  json::Writer& out_;
  const Slot& slot_;
};

// Unset and empty say the same, and some rules have no empty text.
bool is_unset(const Slot& slot) {
  if (const auto* text = std::get_if<std::string*>(&slot)) return (*text)->empty();
  if (const auto* number = std::get_if<std::optional<std::size_t>*>(&slot)) return !**number;
  return false;
}

// Opens and closes sections as the sorted table goes through them.
class SectionWriter {
 public:
  explicit SectionWriter(json::Writer& out) : out_(out) {}

  void enter(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    const std::string_view section = dot == std::string_view::npos ? "" : path.substr(0, dot);
    while (!section_.empty() && section != section_ && !section.starts_with(section_ + "."))
      leave();
    while (section_.size() < section.size()) {
      const std::size_t start = section_.empty() ? 0 : section_.size() + 1;
      const std::size_t end = std::min(section.find('.', start), section.size());
      out_.key(section.substr(start, end - start)).begin_object();
      section_ = section.substr(0, end);
    }
  }

  void leave() {
    out_.end_object();
    const std::size_t dot = section_.rfind('.');
    section_.resize(dot == std::string::npos ? 0 : dot);
  }

  void leave_all() {
    while (!section_.empty()) leave();
  }

 private:
  json::Writer& out_;
  std::string section_;
};

std::string_view last_name(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

template <class Owner>
void write_keys(json::Writer& out, std::span<const Key<Owner>> keys, Owner& owner) {
  SectionWriter section{out};
  for (const Key<Owner>& key : keys) {
    const Slot slot = key.slot(owner);
    if (is_unset(slot)) continue;
    section.enter(key.path);
    out.key(last_name(key.path));
    std::visit(SlotWriter{out, slot}, slot);
  }
  section.leave_all();
}

template <class Owner>
void write_named(json::Writer& out, std::string_view name, std::span<const Key<Owner>> keys,
                 std::map<std::string, Owner, std::less<>>& members) {
  out.key(name).begin_object();
  for (auto& [member, owner] : members) {
    out.key(member).begin_object();
    write_keys<Owner>(out, keys, owner);
    out.end_object();
  }
  out.end_object();
}

}  // namespace

std::string to_json(const Config& config, Origins origins) {
  Config copy = config;  // slots point to mutable members
  std::string compact;
  json::Writer out{compact};
  out.begin_object();
  write_keys<Config>(out, config_keys(), copy);
  write_named<Plugin>(out, "plugins", plugin_keys(), copy.plugins);
  write_named<Role>(out, "roles", role_keys(), copy.roles);
  out.end_object();

  const auto note = [&](std::string_view path) -> std::string {
    const auto found = config.origins.find(path);
    return origins == Origins::kHide || found == config.origins.end() ? "" : found->second;
  };
  const auto document = json::parse(compact);
  return pretty_json(document->root(), note) + "\n";
}

}  // namespace toolpost::config
