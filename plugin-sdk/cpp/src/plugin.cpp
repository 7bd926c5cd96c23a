// SPDX-License-Identifier: Apache-2.0
// The instance as the host sees it. Every function the host calls is noexcept and runs its C++
// behind guarded().
#include "barrier.hpp"
#include "host_link.hpp"
#include "item_runtime.hpp"

#include <toolpost/ext/health.h>
#include <toolpost/ext/subscribe.h>
#include <toolpost/plugin.hpp>

#include <utility>

namespace toolpost::sdk {
namespace {

// For messages, e.g. "prompt 'review'".
std::string name_of(toolpost_kind kind, std::string_view key) {
  const char* what = kind == TOOLPOST_KIND_TOOL                ? "tool"
                     : kind == TOOLPOST_KIND_RESOURCE          ? "resource"
                     : kind == TOOLPOST_KIND_RESOURCE_TEMPLATE ? "resource template"
                     : kind == TOOLPOST_KIND_PROMPT            ? "prompt"
                                                               : "completion";
  return std::string(what) + " '" + std::string(key) + "'";
}

}  // namespace

struct Plugin::Parts {
  void add(const Item& item);
  // All or none.
  void add(const Item& item, const std::vector<Item>& completions);
  // With its completions.
  void remove(toolpost_kind kind, std::string_view key);

  Context context;
  detail::RuntimeList runtimes;
};

void Plugin::Parts::add(const Item& item) {
  const std::string name = name_of(item.kind, item.key);
  if (!item.handler) throw Error(Status::kInternal, name + " has no handler");
  detail::ItemRuntime& runtime = runtimes.insert(item, context.link);
  const std::string definition = runtime.item.definition.dump();
  const auto status = static_cast<Status>(context.link->add(detail::item_of(runtime, definition)));
  if (status == Status::kOk) return;
  runtimes.erase(runtime);
  throw Error(status, "the host refused " + name + " (status " +
                          std::to_string(static_cast<int>(status)) + ")");
}

void Plugin::Parts::add(const Item& item, const std::vector<Item>& completions) {
  add(item);
  try {
    for (Item completion : completions) {
      completion.flags |= item.flags & TOOLPOST_ITEM_OPEN_WORLD;
      add(completion);
    }
  } catch (...) {
    remove(item.kind, item.key);
    throw;
  }
}

void Plugin::Parts::remove(toolpost_kind kind, std::string_view key) {
  const auto status = static_cast<Status>(context.link->remove(kind, key));
  if (status != Status::kOk) {
    throw Error(status, "the host did not remove " + name_of(kind, key));
  }
  // One that was removed before and is not released yet is not found, which is fine.
  for (const std::string& completion : runtimes.completions_of(detail::subject_of(kind, key))) {
    context.link->remove(TOOLPOST_KIND_COMPLETION, completion);
  }
}

namespace detail {
namespace {

// The status for the host; the text goes to set_error.
template <class Action>
toolpost_status run_guarded(const HostLink& link, Action action) noexcept {
  toolpost_status result = TOOLPOST_OK;
  guarded(link, 0, action, [&](Status status, std::string_view message) {
    link.set_error(message);
    result = static_cast<toolpost_status>(status);
  });
  return result;
}

}  // namespace

// One created plugin: the table the host sees and the object behind it.
class Instance {
 public:
  Instance(std::shared_ptr<HostLink> link, std::unique_ptr<Plugin> plugin) noexcept
      : link_(std::move(link)), plugin_(std::move(plugin)) {
    table_.struct_size = sizeof(table_);
    table_.self = this;
    table_.start = &Instance::start;
    table_.stop = &Instance::stop;
    table_.destroy = &Instance::destroy;
    table_.get_extension = &Instance::get_extension;
  }

  const toolpost_plugin* table() const noexcept { return &table_; }

 private:
  static Instance& from(void* self) noexcept { return *static_cast<Instance*>(self); }

  static toolpost_status TOOLPOST_CALL start(void* self) noexcept {
    Instance& instance = from(self);
    return run_guarded(*instance.link_, [&] { instance.plugin_->start(); });
  }

  static void TOOLPOST_CALL stop(void* self) noexcept {
    Instance& instance = from(self);
    run_guarded(*instance.link_, [&] { instance.plugin_->stop(); });
  }

  // The parts outlive the plugin's own members, whose threads may still use them while they end.
  static void TOOLPOST_CALL destroy(void* self) noexcept {
    const std::unique_ptr<Instance> instance(&from(self));
    instance->plugin_.reset();
    instance->link_->close();
  }

  static const void* TOOLPOST_CALL get_extension(void* self, const char* id) noexcept {
    if (id == nullptr) return nullptr;
    const void* own = from(self).plugin_->offered_extension(id);
    if (own != nullptr) return own;
    if (std::string_view(id) == TOOLPOST_EXT_HEALTH) return &kHealth;
    return std::string_view(id) == TOOLPOST_EXT_SUBSCRIBE ? &kInterest : nullptr;
  }

  static void TOOLPOST_CALL interest(void* self, const char* uri, size_t size,
                                     std::int32_t on) noexcept {
    Instance& instance = from(self);
    guarded(
        *instance.link_, 0,
        [&] { instance.plugin_->on_interest(std::string_view(uri, size), on != 0); },
        [&](Status, std::string_view message) {
          instance.link_->log(0, Severity::kError, message);
        });
  }

  static toolpost_status TOOLPOST_CALL check_health(void* self, toolpost_recv recv,
                                                    void* user) noexcept {
    Instance& instance = from(self);
    toolpost_status result = TOOLPOST_OK;
    guarded(
        *instance.link_, 0,
        [&] {
          const Health health = instance.plugin_->health();
          const std::string facts = health.facts.dump();
          recv(user, facts.data(), facts.size());
          if (!health.is_well) result = TOOLPOST_E_UNAVAILABLE;
        },
        [&](Status status, std::string_view) { result = static_cast<toolpost_status>(status); });
    return result;
  }

  static constexpr toolpost_health kHealth = {sizeof(toolpost_health), 0, &check_health};
  static constexpr toolpost_subscribe_interest kInterest = {sizeof(toolpost_subscribe_interest), 0,
                                                            &interest};

  toolpost_plugin table_{};
  std::shared_ptr<HostLink> link_;
  std::unique_ptr<Plugin> plugin_;
};

toolpost_status create_instance(const toolpost_host* host, toolpost_ctx* context,
                                const toolpost_create_args* args, const toolpost_plugin** out,
                                PluginFactory factory) noexcept {
  if (!TOOLPOST_HAS(host, toolpost_host, remaining_ms) ||
      !TOOLPOST_HAS(args, toolpost_create_args, data_dir)) {
    return TOOLPOST_E_UNSUPPORTED;
  }
  std::shared_ptr<HostLink> link;
  try {
    link = std::make_shared<HostLink>(host, context);
  } catch (...) {
    return TOOLPOST_E_LIMIT;
  }
  return run_guarded(*link, [&] {
    Context given;
    given.link = link;
    given.instance_name = from_abi(args->instance);
    given.data_dir = from_abi(args->data_dir);
    given.config = args->config.size == 0 ? Json::object() : Json::parse(from_abi(args->config));
    given.is_isolated = (args->flags & TOOLPOST_ISOLATED) != 0;
    *out = std::make_unique<Instance>(link, factory(given)).release()->table();
  });
}

}  // namespace detail

Plugin::Plugin(const Context& context) : parts_(std::make_unique<Parts>()) {
  parts_->context = context;
}

Plugin::~Plugin() = default;

const std::string& Plugin::instance_name() const noexcept {
  return parts_->context.instance_name;
}

const std::string& Plugin::data_dir() const noexcept {
  return parts_->context.data_dir;
}

const Json& Plugin::config() const noexcept {
  return parts_->context.config;
}

bool Plugin::is_isolated() const noexcept {
  return parts_->context.is_isolated;
}

void Plugin::on_interest(std::string_view, bool) {}

void Plugin::add(const Tool& tool) {
  parts_->add(tool.item());
}

void Plugin::add(const Resource& resource) {
  parts_->add(resource.item());
}

void Plugin::add(const ResourceTemplate& resources) {
  parts_->add(resources.item(), resources.completions());
}

void Plugin::add(const Prompt& prompt) {
  parts_->add(prompt.item(), prompt.completions());
}

void Plugin::remove_tool(std::string_view name) {
  parts_->remove(TOOLPOST_KIND_TOOL, name);
}

void Plugin::remove_resource(std::string_view uri) {
  parts_->remove(TOOLPOST_KIND_RESOURCE, uri);
}

void Plugin::remove_resource_template(std::string_view uri_template) {
  parts_->remove(TOOLPOST_KIND_RESOURCE_TEMPLATE, uri_template);
}

void Plugin::remove_prompt(std::string_view name) {
  parts_->remove(TOOLPOST_KIND_PROMPT, name);
}

void Plugin::resource_updated(std::string_view uri) const noexcept {
  parts_->context.link->resource_updated(uri);
}

void Plugin::log(Severity severity, std::string_view text) const noexcept {
  parts_->context.link->log(0, severity, text);
}

const void* Plugin::host_extension(const char* id) const noexcept {
  return parts_->context.link->extension(id);
}

}  // namespace toolpost::sdk
