// SPDX-License-Identifier: Apache-2.0
#include "plugin/instance.hpp"

#include "plugin/extensions.hpp"
#include "plugin/host_table.hpp"
#include "plugin/loader/versioned.hpp"

#include <algorithm>
#include <bit>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxErrorBytes = 2048;

}  // namespace

// Items that nobody uses any more. Their on_release is a [control] function, so one job does them
// all: a plugin that blocks in one must not hold a thread for each.
class Instance::Retirement final : public async::Job {
 public:
  explicit Retirement(Instance& instance) : instance_(instance), frame_(instance) {}

  void run() noexcept override {
    for (auto items = instance_.take_retired(); !items.empty(); items = instance_.take_retired()) {
      const std::lock_guard control{instance_.control_};
      for (const auto& item : items) {
        if (instance_.state_ < State::kDestroying) item->release();
      }
    }
  }

 private:
  Instance& instance_;
  Frame frame_;
};

Instance::Instance(std::string id, InstanceLimits limits, Log& log, async::WorkerPool& pool,
                   async::Batch& batch, call::HostServices& services, Changes changes,
                   Grants grants)
    : id_(std::move(id)),
      limits_(limits),
      log_(log),
      pool_(pool),
      batch_(batch),
      services_(services),
      changes_(std::move(changes)),
      grants_(std::move(grants)) {}

Error Instance::plugin_error(std::string_view step, toolpost_status status) {
  const std::lock_guard lock{mutex_};
  std::string text = std::string{step} + " failed: " + std::string{status_name(status)};
  if (!last_error_.empty()) text += ": " + last_error_;
  return {Errc::kUnavailable, std::move(text)};
}

Result<std::vector<std::shared_ptr<Item>>> Instance::start(const toolpost_entry& entry,
                                                           const std::string& config,
                                                           const std::string& data_dir) {
  const std::lock_guard control{control_};
  const Frame frame{*this};
  config_ = config;
  data_dir_ = data_dir;
  state_ = State::kCreating;
  const toolpost_create_args args{.struct_size = sizeof(toolpost_create_args),
                                  .flags = 0,
                                  .instance = {id_.data(), id_.size()},
                                  .config = {config_.data(), config_.size()},
                                  .data_dir = {data_dir_.data(), data_dir_.size()}};
  const toolpost_plugin* plugin = nullptr;
  toolpost_status status = entry.create(&host_table(), to_ctx(*this), &args, &plugin);
  if (status != TOOLPOST_OK) {  // nothing is left behind
    state_ = State::kDestroyed;
    abandon();
    return plugin_error("create", status);
  }
  if (read_versioned(plugin, table_) != TOOLPOST_OK || table_.start == nullptr ||
      table_.stop == nullptr || table_.destroy == nullptr) {
    return Error{Errc::kInvalid, "create gave a plugin table that this host cannot read"};
  }
  state_ = State::kStarting;
  status = table_.start(table_.self);
  if (status != TOOLPOST_OK) {
    state_ = State::kStopping;
    return plugin_error("start", status);
  }
  const std::lock_guard lock{mutex_};
  state_ = State::kRunning;
  gate_.open();
  return std::exchange(transaction_, {});
}

void Instance::stop() {
  const std::lock_guard control{control_};
  const Frame frame{*this};
  if (state_ != State::kRunning) return;
  gate_.close(limits_.entry_time);
  state_ = State::kStopping;
  table_.stop(table_.self);
}

void Instance::destroy() {
  const std::lock_guard control{control_};
  if (table_.destroy == nullptr || state_ >= State::kDestroying) return;
  std::vector<std::weak_ptr<Item>> items;
  std::vector<std::shared_ptr<Item>> never_offered;  // the last of an item takes the lock again
  {
    const std::lock_guard lock{mutex_};
    items.swap(items_);
    never_offered.swap(transaction_);
  }
  for (const auto& weak : items) {
    if (const auto item = weak.lock()) item->release();
  }
  state_ = State::kDestroying;
  table_.destroy(table_.self);
  state_ = State::kDestroyed;
  dead_ = true;
  tell_dropped(log_budget_.take_dropped());
}

void Instance::abandon() {
  dead_ = true;
  tell_dropped(log_budget_.take_dropped());
}

std::shared_ptr<Item> Instance::own(std::unique_ptr<Item> item) {
  return {item.release(), [this](Item* last) { retire(std::unique_ptr<Item>{last}); }};
}

void Instance::retire(std::unique_ptr<Item> item) noexcept {
  if (state_ >= State::kDestroying) return;
  {
    const std::lock_guard lock{mutex_};
    retired_.push_back(std::move(item));
    if (std::exchange(retiring_, true)) return;
  }
  pool_.submit(std::make_shared<Retirement>(*this));
}

// Empty when nothing is left; then the next item needs a new job.
std::vector<std::unique_ptr<Item>> Instance::take_retired() {
  const std::lock_guard lock{mutex_};
  retiring_ = !retired_.empty();
  return std::exchange(retired_, {});
}

void Instance::misbehave(std::string_view what) {
  const std::uint64_t count = ++misbehaviours_;
  // Each plugin can fill the log only so fast: its first mistakes, then at every power of two.
  constexpr std::uint64_t kAlwaysLogged = 8;
  if (count > kAlwaysLogged && !std::has_single_bit(count)) return;
  log_.warn("plugin broke the contract",
            {{"plugin", id_}, {"what", what}, {"count", static_cast<std::int64_t>(count)}});
}

void Instance::set_error(const char* text, std::size_t size) {
  if (text == nullptr) return;
  const std::lock_guard lock{mutex_};
  last_error_.assign(text, std::min(size, kMaxErrorBytes));
}

toolpost_status Instance::add(const toolpost_item* from) {
  const State state = state_;
  if (dead_ || (state != State::kStarting && state != State::kRunning)) {
    misbehave("add() outside of start() and running");
    return TOOLPOST_E_STATE;
  }
  Item::Flaw flaw;
  std::unique_ptr<Item> copy = Item::copy(from, flaw);
  if (copy == nullptr) {
    misbehave("add() of an item \"" + flaw.key + "\": " + flaw.what + " (" +
              std::string{status_name(flaw.status)} + ")");
    return flaw.status;
  }
  std::shared_ptr<Item> item = own(std::move(copy));
  {
    const std::lock_guard lock{mutex_};
    std::erase_if(items_, [](const std::weak_ptr<Item>& old) { return old.expired(); });
    items_.push_back(item);
    if (state_ == State::kStarting) {
      transaction_.push_back(std::move(item));
      return TOOLPOST_OK;
    }
  }
  changes_.added(*this, std::move(item));
  return TOOLPOST_OK;
}

toolpost_status Instance::remove(toolpost_kind kind, const char* key, std::size_t size) {
  if (dead_ || key == nullptr || size > Item::kMaxKeyBytes) return TOOLPOST_E_INVALID;
  const auto known_kind = kind_of(kind);
  if (!known_kind) return TOOLPOST_E_UNSUPPORTED;
  const std::string_view name{key, size};
  const auto is_meant = [&](const Item& item) { return item.kind() == kind && item.key() == name; };
  std::vector<std::shared_ptr<Item>> taken_back;  // the last of an item takes the lock again
  {
    const std::lock_guard lock{mutex_};
    if (state_ == State::kStarting) {
      const auto first = std::stable_partition(
          transaction_.begin(), transaction_.end(),
          [&](const std::shared_ptr<Item>& item) { return !is_meant(*item); });
      taken_back.assign(first, transaction_.end());
      transaction_.erase(first, transaction_.end());
      return taken_back.empty() ? TOOLPOST_E_NOT_FOUND : TOOLPOST_OK;
    }
    const bool known = std::any_of(items_.begin(), items_.end(), [&](const auto& weak) {
      const auto item = weak.lock();
      return item && is_meant(*item);
    });
    if (!known) return TOOLPOST_E_NOT_FOUND;
  }
  if (state_ != State::kRunning) return TOOLPOST_E_STATE;
  changes_.removed(*this, *known_kind, std::string{name});
  return TOOLPOST_OK;
}

const void* Instance::extension(std::string_view id) const noexcept {
  if (dead_) return nullptr;
  const auto& granted = grants_.extensions;
  if (needs_grant(id) && std::find(granted.begin(), granted.end(), id) == granted.end()) {
    return nullptr;
  }
  return extension_table(id, grants_.services);
}

toolpost_status known_status(toolpost_status status) noexcept {
  return status < TOOLPOST_E_INTERNAL ? toolpost_status{TOOLPOST_E_INTERNAL} : status;
}

std::string_view status_name(toolpost_status status) noexcept {
  switch (known_status(status)) {
    case TOOLPOST_OK:
      return "OK";
    case TOOLPOST_E_INVALID:
      return "E_INVALID";
    case TOOLPOST_E_NOT_FOUND:
      return "E_NOT_FOUND";
    case TOOLPOST_E_DENIED:
      return "E_DENIED";
    case TOOLPOST_E_CANCELLED:
      return "E_CANCELLED";
    case TOOLPOST_E_DEADLINE:
      return "E_DEADLINE";
    case TOOLPOST_E_UNAVAILABLE:
      return "E_UNAVAILABLE";
    case TOOLPOST_E_UNSUPPORTED:
      return "E_UNSUPPORTED";
    case TOOLPOST_E_STATE:
      return "E_STATE";
    case TOOLPOST_E_LIMIT:
      return "E_LIMIT";
    case TOOLPOST_E_INTERNAL:
      return "E_INTERNAL";
    default:
      return "an unknown status";
  }
}

}  // namespace toolpost::plugin
