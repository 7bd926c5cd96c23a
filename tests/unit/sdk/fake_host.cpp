// SPDX-License-Identifier: Apache-2.0
// The table of FakeHost.
#include "fake_host.hpp"

#include <toolpost/ext/kv.h>
#include <toolpost/ext/policy.h>
#include <toolpost/ext/subscribe.h>
#include <toolpost/ext/users.h>

namespace toolpost::sdk::test {
namespace {

toolpost_str view(const std::string& text) {
  return {text.data(), text.size()};
}

std::string text(toolpost_str view) {
  return view.size == 0 ? std::string() : std::string(view.data, view.size);
}

std::string bytes(toolpost_bytes view) {
  return view.size == 0 ? std::string()
                        : std::string(reinterpret_cast<const char*>(view.data), view.size);
}

}  // namespace

// A request with all that it points to.
struct FakeHost::Sent {
  Sent(std::string called, FakeRequest brought)
      : key(std::move(called)), given(std::move(brought)) {
    caller.struct_size = sizeof(caller);
    caller.principal = view(given.principal);
    caller.role = {"admin", 5};
    request.struct_size = sizeof(request);
    request.key = view(key);
    request.arguments = view(given.arguments);
    request.meta = view(given.meta);
    request.client = {"{}", 2};
    request.input_responses = view(given.input_responses);
    request.resume_state = {reinterpret_cast<const std::uint8_t*>(given.resume_state.data()),
                            given.resume_state.size()};
    request.caller = &caller;
    request.client_features = given.client_features;
    request.round = given.round;
  }

  std::string key;
  FakeRequest given;
  toolpost_caller caller{};
  toolpost_request request{};
};

struct FakeHost::Functions {
  static FakeHost& from(toolpost_ctx* ctx) { return *reinterpret_cast<FakeHost*>(ctx); }

  static toolpost_status check(toolpost_ctx* ctx, toolpost_call_id id,
                               const toolpost_policy_query* query, toolpost_recv recv,
                               void* user) noexcept {
    const PolicyReply reply =
        from(ctx).policy_({id, text(query->action), text(query->resource), text(query->context)});
    if (!reply.text.empty()) recv(user, reply.text.data(), reply.text.size());
    return reply.status;
  }

  static toolpost_status manage(toolpost_ctx* ctx, toolpost_call_id id,
                                const toolpost_users_request* request, toolpost_recv recv,
                                void* user) noexcept {
    const UsersReply reply =
        from(ctx).users_({id, text(request->operation), text(request->arguments)});
    if (!reply.text.empty()) recv(user, reply.text.data(), reply.text.size());
    return reply.status;
  }

  static toolpost_status kv_get(toolpost_ctx* ctx, const char* key, size_t size, toolpost_recv recv,
                                void* user) noexcept {
    const FakeStore& store = *from(ctx).kv_;
    if (store.status != TOOLPOST_OK) return store.status;
    const auto found = store.values.find(std::string(key, size));
    if (found == store.values.end()) return TOOLPOST_E_NOT_FOUND;
    recv(user, found->second.data(), found->second.size());
    return TOOLPOST_OK;
  }

  static toolpost_status kv_set(toolpost_ctx* ctx, const toolpost_kv_entry* entry) noexcept {
    FakeStore& store = *from(ctx).kv_;
    if (store.status != TOOLPOST_OK) return store.status;
    store.values[text(entry->key)] = text(entry->value);
    store.life_s = entry->life_s;
    return TOOLPOST_OK;
  }

  static toolpost_status kv_remove(toolpost_ctx* ctx, const char* key, size_t size) noexcept {
    FakeStore& store = *from(ctx).kv_;
    if (store.status == TOOLPOST_OK) store.values.erase(std::string(key, size));
    return store.status;
  }

  static void updated(toolpost_ctx* ctx, const char* uri, size_t size) noexcept {
    const std::lock_guard lock(from(ctx).mutex_);
    from(ctx).updates_.emplace_back(uri, size);
  }

  static const void* get_extension(toolpost_ctx* ctx, const char* id) noexcept {
    static constexpr toolpost_policy kPolicy{sizeof(toolpost_policy), 0, &check};
    if (std::string(id) == TOOLPOST_EXT_POLICY && from(ctx).policy_) return &kPolicy;
    static constexpr toolpost_users kUsers{sizeof(toolpost_users), 0, &manage};
    if (std::string(id) == TOOLPOST_EXT_USERS && from(ctx).users_) return &kUsers;
    static constexpr toolpost_kv kKv{sizeof(toolpost_kv), 0, &kv_get, &kv_set, &kv_remove};
    if (std::string(id) == TOOLPOST_EXT_KV && from(ctx).kv_ != nullptr) return &kKv;
    static constexpr toolpost_subscribe kSubscribe{sizeof(toolpost_subscribe), 0, &updated};
    if (std::string(id) == TOOLPOST_EXT_SUBSCRIBE && from(ctx).has_subscriptions_) {
      return &kSubscribe;
    }
    return std::string(id) == "test.self/1" ? ctx : nullptr;
  }

  static void log(toolpost_ctx* ctx, toolpost_call_id id, toolpost_severity severity,
                  const char* data, size_t size) noexcept {
    const std::lock_guard lock(from(ctx).mutex_);
    from(ctx).logs_.push_back(std::to_string(id) + "/" + std::to_string(severity) + ": " +
                              std::string(data, size));
  }

  static void set_error(toolpost_ctx* ctx, const char* data, size_t size) noexcept {
    const std::lock_guard lock(from(ctx).mutex_);
    from(ctx).last_error_.assign(data, size);
  }

  static toolpost_status add(toolpost_ctx* ctx, const toolpost_item* item) noexcept {
    FakeHost& host = from(ctx);
    const std::lock_guard lock(host.mutex_);
    if (host.add_status_ != TOOLPOST_OK) return host.add_status_;
    if (host.refused_kind_ == item->kind) return TOOLPOST_E_LIMIT;
    host.items_[text(item->key)] = *item;
    host.definitions_[text(item->key)] = text(item->definition);
    return TOOLPOST_OK;
  }

  // What is removed stays callable: release() has to find it.
  static toolpost_status remove(toolpost_ctx* ctx, toolpost_kind kind, const char* data,
                                size_t size) noexcept {
    FakeHost& host = from(ctx);
    const std::string key(data, size);
    const std::lock_guard lock(host.mutex_);
    const auto found = host.items_.find(key);
    if (found == host.items_.end() || found->second.kind != kind) return TOOLPOST_E_NOT_FOUND;
    host.removals_.push_back(std::to_string(kind) + " " + key);
    return TOOLPOST_OK;
  }

  static toolpost_status complete(toolpost_ctx* ctx, toolpost_call_id id,
                                  const toolpost_outcome* outcome) noexcept {
    FakeHost& host = from(ctx);
    const std::lock_guard lock(host.mutex_);
    if (host.cancelled_.erase(id) == 0) return TOOLPOST_E_STATE;
    Completion completion{id,
                          outcome->status,
                          outcome->kind,
                          outcome->rpc_code,
                          text(outcome->payload),
                          text(outcome->message),
                          bytes(outcome->resume_state),
                          {}};
    for (size_t index = 0; index < outcome->blob_count; ++index) {
      completion.blobs.push_back(bytes(outcome->blobs[index]));
    }
    host.completions_.push_back(std::move(completion));
    host.sent_.erase(id);  // the request is the host's again
    host.completed_.notify_all();
    return TOOLPOST_OK;
  }

  static toolpost_status progress(toolpost_ctx* ctx, toolpost_call_id, double done, double total,
                                  const char* data, size_t size) noexcept {
    const std::lock_guard lock(from(ctx).mutex_);
    from(ctx).progress_.push_back(std::to_string(static_cast<int>(done)) + "/" +
                                  std::to_string(static_cast<int>(total)) + " " +
                                  std::string(data, size));
    return TOOLPOST_OK;
  }

  static std::int32_t is_cancelled(toolpost_ctx* ctx, toolpost_call_id id) noexcept {
    const std::lock_guard lock(from(ctx).mutex_);
    const auto found = from(ctx).cancelled_.find(id);
    return found == from(ctx).cancelled_.end() || found->second ? 1 : 0;
  }

  static std::int64_t remaining_ms(toolpost_ctx* ctx, toolpost_call_id) noexcept {
    return from(ctx).remaining_ms_;
  }
};

FakeHost::FakeHost() {
  table_.struct_size = sizeof(table_);
  table_.abi_version = TOOLPOST_ABI_VERSION;
  table_.product = {"fake", 4};
  table_.version = {"1.0.0", 5};
  table_.get_extension = &Functions::get_extension;
  table_.log = &Functions::log;
  table_.set_error = &Functions::set_error;
  table_.add = &Functions::add;
  table_.remove = &Functions::remove;
  table_.complete = &Functions::complete;
  table_.progress = &Functions::progress;
  table_.is_cancelled = &Functions::is_cancelled;
  table_.remaining_ms = &Functions::remaining_ms;
}

FakeHost::~FakeHost() {
  destroy();
}

toolpost_status FakeHost::create(const toolpost_entry& entry, const std::string& config) {
  toolpost_create_args args{};
  args.struct_size = sizeof(args);
  args.instance = {"main", 4};
  args.config = view(config);
  args.data_dir = {"/data", 5};
  return entry.create(&table_, reinterpret_cast<toolpost_ctx*>(this), &args, &plugin_);
}

void FakeHost::destroy() {
  if (plugin_ == nullptr) return;
  plugin_->destroy(plugin_->self);
  plugin_ = nullptr;
}

toolpost_call_id FakeHost::call(const std::string& key, const FakeRequest& given) {
  const toolpost_item called = item(given.item.empty() ? key : given.item);
  auto sent = std::make_unique<Sent>(key, given);
  sent->request.kind = called.kind;
  sent->request.timeout_ms = remaining_ms_;
  const toolpost_request* request = &sent->request;
  toolpost_call_id id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = next_id_++;
    cancelled_[id] = false;
    sent_[id] = std::move(sent);
  }
  called.on_call(called.user_data, id, request);
  return id;
}

void FakeHost::cancel(const std::string& tool, toolpost_call_id id) {
  mark_cancelled(id);
  const toolpost_item called = item(tool);
  called.on_cancel(called.user_data, id);
}

void FakeHost::mark_cancelled(toolpost_call_id id) {
  const std::lock_guard lock(mutex_);
  const auto found = cancelled_.find(id);
  if (found != cancelled_.end()) found->second = true;
}

void FakeHost::release(const std::string& tool) {
  const toolpost_item released = item(tool);
  released.on_release(released.user_data);
}

Completion FakeHost::wait(toolpost_call_id id) {
  std::unique_lock lock(mutex_);
  while (true) {
    for (const Completion& completion : completions_) {
      if (completion.id == id) return completion;
    }
    completed_.wait(lock);
  }
}

std::vector<Completion> FakeHost::completions() const {
  const std::lock_guard lock(mutex_);
  return completions_;
}

std::vector<std::string> FakeHost::logs() const {
  const std::lock_guard lock(mutex_);
  return logs_;
}

std::vector<std::string> FakeHost::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::vector<std::string> FakeHost::updates() const {
  const std::lock_guard lock(mutex_);
  return updates_;
}

std::vector<std::string> FakeHost::removals() const {
  const std::lock_guard lock(mutex_);
  return removals_;
}

std::string FakeHost::last_error() const {
  const std::lock_guard lock(mutex_);
  return last_error_;
}

toolpost_item FakeHost::item(const std::string& tool) const {
  const std::lock_guard lock(mutex_);
  return items_.at(tool);
}

std::string FakeHost::definition(const std::string& tool) const {
  const std::lock_guard lock(mutex_);
  return definitions_.at(tool);
}

}  // namespace toolpost::sdk::test
