// SPDX-License-Identifier: Apache-2.0
#include "ops/health.hpp"

#include "base/ascii.hpp"
#include "base/json_escape.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <set>

namespace toolpost::ops {
namespace {

constexpr std::size_t kMaxName = 32;
constexpr std::size_t kMaxText = 64;
constexpr const char* kNotStarted = "plugins_not_started";
constexpr const char* kCircuitsOpen = "circuits_open";

bool is_fact_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_lower(c) || is_digit(c) || c == '_'; });
}

// The value as JSON; empty when it may not be a fact.
std::string fact_json(const json::Value& value) {
  std::string text;
  json::Writer writer{text};
  if (value.is_bool()) {
    writer.boolean(value.as_bool());
  } else if (value.type() == json::Type::kInt64) {
    writer.integer(value.as_int64());
  } else if (value.is_string() && value.as_string().size() <= kMaxText) {
    writer.string(value.as_string());
  }
  return text;
}

class Facts {
 public:
  explicit Facts(std::size_t room) : room_(room) {}

  void add_plugins(std::string_view name, std::span<const std::string> ids) {
    if (ids.empty()) return;
    const std::string begin = ",\"" + std::string{name} + "\":[";
    const std::size_t used = text_.size() + begin.size() + 1;
    if (used > room_) return;
    std::string list;
    for (const std::string& id : ids) {
      std::string next = list.empty() ? "" : ",";
      append_json_string(next, id);
      if (used + list.size() + next.size() <= room_) list += next;
    }
    text_ += begin + list + "]";
  }

  void add_all_of(const std::string& object) {
    const auto parsed = json::parse(object);
    if (!parsed || !parsed->root().is_object()) return;
    for (const auto& [name, value] : parsed->root().members()) add(std::string{name}, value);
  }

  const std::string& text() const noexcept { return text_; }

 private:
  void add(const std::string& name, const json::Value& value) {
    if (!is_fact_name(name)) return;
    const std::string json = fact_json(value);
    if (json.empty() || !names_.insert(name).second) return;
    const std::string member = ",\"" + name + "\":" + json;
    if (text_.size() + member.size() <= room_) text_ += member;
  }

  std::size_t room_;
  std::string text_;
  std::set<std::string, std::less<>> names_ = {"status", "version", kNotStarted, kCircuitsOpen};
};

}  // namespace

void Health::add_check(std::string name, std::function<ReadyCheck()> check) {
  checks_.push_back({std::move(name), std::move(check)});
}

HealthAnswer Health::livez() {
  return {200, R"({"status":"alive"})"};
}

HealthAnswer Health::readyz() const {
  bool ready = !draining_;
  std::string checks;
  json::Writer writer{checks};
  writer.begin_array();
  const auto say = [&](std::string_view name, const ReadyCheck& result) {
    ready = ready && result.ok;
    writer.begin_object().member("name", name).member("ok", result.ok);
    if (!result.ok) writer.member("reason", std::string_view{result.reason});
    writer.end_object();
  };
  say("running", draining_ ? ReadyCheck{false, "the server is stopping"} : ReadyCheck{});
  for (const Named& named : checks_) say(named.name, named.check());
  writer.end_array();
  return {ready ? 200 : 503, std::string{R"({"status":")"} + (ready ? "ready" : "not ready") +
                                 R"(","checks":)" + checks + "}"};
}

HealthAnswer Health::health(std::span<const plugin::PluginHealth> plugins,
                            std::span<const std::string> open_circuits,
                            std::span<const std::string> not_started) const {
  const bool well = open_circuits.empty() && not_started.empty() &&
                    std::all_of(plugins.begin(), plugins.end(),
                                [](const plugin::PluginHealth& plugin) { return plugin.is_well; });
  std::string json;
  json::Writer writer{json};
  writer.begin_object().member("status", well ? "healthy" : "degraded");
  writer.member("version", std::string_view{version_}).end_object();
  json.pop_back();
  Facts facts{kMaxBytes - json.size() - 1};
  facts.add_plugins(kNotStarted, not_started);
  facts.add_plugins(kCircuitsOpen, open_circuits);
  for (const plugin::PluginHealth& plugin : plugins) facts.add_all_of(plugin.facts);
  return {200, json + facts.text() + "}"};
}

}  // namespace toolpost::ops
