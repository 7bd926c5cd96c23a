// SPDX-License-Identifier: Apache-2.0
// A host table that remembers what a plugin told it. Thread-safe where the ABI says [any].
#pragma once

#include <toolpost/json.hpp>
#include <toolpost/plugin.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace toolpost::sdk::test {

struct Completion {
  toolpost_call_id id;
  toolpost_status status;
  toolpost_outcome_kind kind;
  std::int32_t rpc_code;
  std::string payload;
  std::string message;
  std::string resume_state;
  std::vector<std::string> blobs;

  Json json() const { return Json::parse(payload); }
};

// What a call brings along.
struct FakeRequest {
  std::string item;  // the key of the item, where the request has another: the read of a template
  std::string arguments = "{}";
  std::string meta = "{}";
  std::string input_responses;
  std::string resume_state;
  std::string principal = "alice";
  std::uint32_t client_features = 0;
  std::uint32_t round = 0;
};

struct PolicyQuestion {
  toolpost_call_id call;
  std::string action;
  std::string resource;
  std::string context;
};

struct PolicyReply {
  toolpost_status status = TOOLPOST_OK;
  std::string text = {};  // for recv; empty: it is not called
};

struct UsersRequest {
  toolpost_call_id call;
  std::string operation;
  std::string arguments;
};

struct UsersReply {
  toolpost_status status = TOOLPOST_OK;
  std::string text = {};  // for recv; empty: it is not called
};

// What stands behind toolpost.kv/1.
struct FakeStore {
  std::map<std::string, std::string> values = {};
  toolpost_status status = TOOLPOST_OK;  // of everything; E_NOT_FOUND comes by itself
  std::uint32_t life_s = 0;              // of the last set()
};

class FakeHost {
 public:
  FakeHost();
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost();

  // create() through the entry. The status; the instance is destroyed with this, or by destroy().
  toolpost_status create(const toolpost_entry& entry, const std::string& config = "{}");

  toolpost_status start() { return plugin_->start(plugin_->self); }

  void stop() { plugin_->stop(plugin_->self); }

  void destroy();

  const toolpost_plugin& plugin() const { return *plugin_; }

  // Runs on_call on this thread and returns the call's id.
  toolpost_call_id call(const std::string& key, const FakeRequest& request = {});
  // Sets the flag and calls on_cancel, as the host does.
  void cancel(const std::string& tool, toolpost_call_id id);
  // Sets the flag only: on_cancel is still on its way.
  void mark_cancelled(toolpost_call_id id);
  void release(const std::string& tool);

  // Waits for the completion of `id`.
  Completion wait(toolpost_call_id id);
  std::vector<Completion> completions() const;
  std::vector<std::string> logs() const;
  std::vector<std::string> progress() const;
  std::string last_error() const;
  // The URIs that were said to have changed, and "KIND KEY" of what was removed.
  std::vector<std::string> updates() const;
  std::vector<std::string> removals() const;
  toolpost_item item(const std::string& tool) const;
  std::string definition(const std::string& tool) const;

  void refuse_items(toolpost_status status) { add_status_ = status; }

  // Refuses the items of one kind.
  void refuse_kind(toolpost_kind kind) { refused_kind_ = kind; }

  // As a host from before toolpost.subscribe/1.
  void forget_subscriptions() { has_subscriptions_ = false; }

  // Grants toolpost.policy/1 with these answers.
  void grant_policy(std::function<PolicyReply(const PolicyQuestion&)> answer) {
    policy_ = std::move(answer);
  }

  // Grants toolpost.users/1 with these answers.
  void grant_users(std::function<UsersReply(const UsersRequest&)> answer) {
    users_ = std::move(answer);
  }

  // Grants toolpost.kv/1 with this store.
  void grant_kv(FakeStore& store) { kv_ = &store; }

  void set_remaining(std::int64_t ms) { remaining_ms_ = ms; }

 private:
  struct Functions;  // the table's functions
  struct Sent;

  toolpost_host table_{};
  const toolpost_plugin* plugin_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable completed_;
  std::map<std::string, toolpost_item> items_;
  std::map<std::string, std::string> definitions_;
  std::map<toolpost_call_id, bool> cancelled_;              // of the live calls
  std::map<toolpost_call_id, std::unique_ptr<Sent>> sent_;  // until the call is completed
  std::vector<Completion> completions_;
  std::vector<std::string> logs_;
  std::vector<std::string> progress_;
  std::vector<std::string> updates_;
  std::vector<std::string> removals_;
  std::string last_error_;
  std::function<PolicyReply(const PolicyQuestion&)> policy_;
  std::function<UsersReply(const UsersRequest&)> users_;
  FakeStore* kv_ = nullptr;
  toolpost_status add_status_ = TOOLPOST_OK;
  toolpost_kind refused_kind_ = 0;
  bool has_subscriptions_ = true;
  std::atomic<std::int64_t> remaining_ms_{-1};
  toolpost_call_id next_id_ = 1;
};

}  // namespace toolpost::sdk::test
