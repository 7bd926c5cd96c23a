// SPDX-License-Identifier: Apache-2.0
// The instance as the host sees it. Every function the host calls is noexcept and runs its C++
// behind guarded().
#include "barrier.hpp"
#include "host_link.hpp"
#include "tool_runtime.hpp"

#include <toolpost/ext/health.h>
#include <toolpost/plugin.hpp>

#include <utility>

namespace toolpost::sdk {
struct Plugin::Parts {
  Context context;
  detail::RuntimeList runtimes;
};

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
    if (own != nullptr || std::string_view(id) != TOOLPOST_EXT_HEALTH) return own;
    return &kHealth;
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

void Plugin::add(const Tool& tool) {
  if (!tool.handler()) throw Error(Status::kInternal, "tool '" + tool.name() + "' has no handler");
  const auto& link = parts_->context.link;
  detail::ToolRuntime& runtime = parts_->runtimes.insert(tool, link);
  const std::string definition = runtime.tool.definition();
  const auto status = static_cast<Status>(link->add(detail::item_of(runtime, definition)));
  if (status == Status::kOk) return;
  parts_->runtimes.erase(runtime);
  throw Error(status, "the host refused tool '" + tool.name() + "' (status " +
                          std::to_string(static_cast<int>(status)) + ")");
}

void Plugin::remove_tool(std::string_view name) {
  const auto status = static_cast<Status>(parts_->context.link->remove(TOOLPOST_KIND_TOOL, name));
  if (status != Status::kOk) {
    throw Error(status, "the host did not remove tool '" + std::string(name) + "'");
  }
}

void Plugin::log(Severity severity, std::string_view text) const noexcept {
  parts_->context.link->log(0, severity, text);
}

const void* Plugin::host_extension(const char* id) const noexcept {
  return parts_->context.link->extension(id);
}

}  // namespace toolpost::sdk
