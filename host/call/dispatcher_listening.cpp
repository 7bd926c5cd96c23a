// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that deals with those who want to be told of changes.
#include "call/client_facts.hpp"
#include "call/dispatcher.hpp"
#include "call/legacy_session.hpp"
#include "call/refusal.hpp"
#include "json/writer.hpp"
#include "mcp/listen.hpp"

namespace toolpost::call {
namespace {

// For one listener or session.
constexpr std::size_t kMaxUris = 256;
constexpr std::size_t kMaxUriBytes = 2048;

// Null when it is not what the method takes; `wrong` says why.
std::optional<mcp::ListenFilter> read_filter(const mcp::Message& message, std::string& wrong) {
  const json::Value* wanted = message.param("notifications");
  if (wanted == nullptr || !wanted->is_object()) {
    wrong = "notifications is required";
    return std::nullopt;
  }
  mcp::ListenFilter filter;
  const auto flag = [&](std::string_view name, bool& value) {
    const json::Value* given = wanted->find(name);
    if (given == nullptr) return;
    if (!given->is_bool()) wrong = "notifications/" + std::string{name} + " must be a boolean";
    value = given->is_bool() && given->as_bool();
  };
  flag("toolsListChanged", filter.tools);
  flag("promptsListChanged", filter.prompts);
  flag("resourcesListChanged", filter.resources);
  if (const json::Value* uris = wanted->find("resourceSubscriptions")) {
    if (!uris->is_array() || uris->items().size() > kMaxUris) {
      wrong = "notifications/resourceSubscriptions must be an array of at most " +
              std::to_string(kMaxUris);
      return std::nullopt;
    }
    for (const json::Value& uri : uris->items()) {
      if (!uri.is_string() || uri.as_string().size() > kMaxUriBytes) {
        wrong = "notifications/resourceSubscriptions must hold URIs";
        return std::nullopt;
      }
      filter.uris.emplace_back(uri.as_string());
    }
  }
  if (const json::Value* tasks = wanted->find("taskIds")) {
    if (!tasks->is_array() || tasks->items().size() > kMaxUris) {
      wrong = "notifications/taskIds must be an array of at most " + std::to_string(kMaxUris);
      return std::nullopt;
    }
    for (const json::Value& task : tasks->items()) {
      if (!task.is_string()) wrong = "notifications/taskIds must hold ids";
      if (task.is_string()) filter.tasks.emplace_back(task.as_string());
    }
  }
  if (!wrong.empty()) return std::nullopt;
  return filter;
}

}  // namespace

// A URI that the caller may not read, or that nobody offers, is left out of what is acknowledged.
void Dispatcher::honour(mcp::ListenFilter& filter, const std::shared_ptr<Call>& call) {
  const auto snapshot = registry_.snapshot();
  const identity::Principal& principal = call->principal;
  std::erase_if(filter.uris, [&](std::string_view uri) {
    const auto item = snapshot->find_readable(uri).item;
    if (!item) return true;
    if (access_.may_use(principal, *item, uri)) return false;
    record_denied(call, uri, explain(access_.rules(), principal.role, *item, uri).rule);
    return true;
  });
  std::erase_if(filter.tasks, [&](const std::string& id) {
    const auto task = tasks_.find(id);
    return task == tasks_.end() || !task->second->is_kept ||
           task->second->owner != principal.owner();
  });
}

// Of one URI among those of a request that is served all the same: a record of its own.
void Dispatcher::record_denied(const std::shared_ptr<Call>& call, std::string_view uri,
                               std::string rule) {
  const auto part = std::make_shared<Call>(next_id_++, call);
  part->version = call->version;
  part->principal = call->principal;
  part->client = call->client;
  part->request_id = call->request_id;
  part->arguments = "{}";
  part->transport = call->transport;
  part->address = call->address;
  part->arrived = call->arrived;
  part->subject = uri;
  counts_.denied(part->principal.role);
  part->end();
  part->state = Call::State::kAnswered;
  audit_.record_outcome(part, {.as = EndedAs::kDenied, .rule = std::move(rule)},
                        access_.shared_rules());
}

std::shared_ptr<Call> Dispatcher::listen(Incoming incoming) {
  const auto refuse_for = [&](EndedAs as, const mcp::Failure& failure) {
    turn_away(incoming, as, failure);
    return nullptr;
  };
  std::string wrong;
  auto filter = read_filter(*incoming.message, wrong);
  if (stopping_) return refuse_for(EndedAs::kStopped, stopping());
  if (!filter) {
    return refuse_for(EndedAs::kInvalid, mcp::invalid_params("Invalid params: " + wrong));
  }
  if (!filter->tasks.empty() && !incoming.client.takes_tasks) {
    return refuse_for(EndedAs::kInvalid, missing_tasks_extension());
  }
  if (!incoming.responder->can_stream()) {
    return refuse_for(EndedAs::kInvalid, {.code = mcp::kInvalidRequest,
                                          .message = "Accept must allow text/event-stream",
                                          .http_status = 406});
  }
  const std::string& owner = incoming.principal.name;
  const auto own = listens_of_.find(owner);
  const bool has_too_many = owner != identity::kLocal && own != listens_of_.end() &&
                            own->second >= listen_limits_.per_principal;
  if (listens_.size() >= listen_limits_.total || has_too_many) {
    return refuse_for(
        EndedAs::kBusy,
        mcp::overloaded("listens", "There are too many subscriptions; close one, or try later"));
  }
  auto call = std::make_shared<Call>(next_id_++, nullptr, std::move(incoming.message));
  call->version = incoming.version;
  call->principal = std::move(incoming.principal);
  call->responder = std::move(incoming.responder);
  call->client = std::move(incoming.client);
  call->request_id = call->message->id().to_json();
  call->transport = incoming.transport;
  call->address = incoming.address;
  call->arrived = Clock::now();
  call->state = Call::State::kListening;
  honour(*filter, call);
  Filter wanted;
  wanted.lists = {filter->tools, filter->prompts, filter->resources};
  wanted.uris.insert(filter->uris.begin(), filter->uris.end());
  wanted.tasks.insert(filter->tasks.begin(), filter->tasks.end());
  call->responder->notify(mcp::listen_acknowledged(call->message->id(), *filter));
  // What holds the call is the list of those who listen; its end removes this.
  const auto id = subscriptions_.add(
      std::move(wanted), [this, one = call.get()](std::string_view method, std::string_view name) {
        // Forgotten since it changed: nobody can ask about it any more.
        if (method == mcp::kTaskChanged && !tasks_.contains(std::string{name})) return true;
        return one->responder->deliver(told_change(one->message->id(), method, name));
      });
  ++listens_of_[call->principal.name];
  listens_.emplace(id, call);
  call->subscription = id;
  return call;
}

std::string Dispatcher::told_change(const mcp::RequestId& id, std::string_view method,
                                    std::string_view name) const {
  const auto task = tasks_.find(std::string{name});
  if (method == mcp::kTaskChanged && task != tasks_.end()) {
    return mcp::task_notification(task->second->view, mcp::listen_meta(id));
  }
  return mcp::listen_notification(id, method, name);
}

// The client is told unless it has ended the subscription itself.
void Dispatcher::end_listen(const std::shared_ptr<Call>& call, bool tell) {
  call->state = Call::State::kAnswered;
  subscriptions_.remove(call->subscription);
  listens_.erase(call->subscription);
  const auto place = listens_of_.find(call->principal.name);
  if (place != listens_of_.end() && --place->second == 0) listens_of_.erase(place);
  const auto responder = std::move(call->responder);
  if (!tell || !responder) return;
  const mcp::RequestId& id = call->message->id();
  responder->answer(mcp::result_answer(id, mcp::listen_ended(id, server_info().implementation)));
}

void Dispatcher::end_listens(const std::function<bool(const Call&)>& is_meant) {
  std::vector<std::shared_ptr<Call>> ending;
  for (const auto& [id, call] : listens_) {
    if (is_meant(*call)) ending.push_back(call);
  }
  for (const auto& call : ending) end_listen(call, true);
}

void Dispatcher::fell_behind(Subscriptions::Id id) {
  const auto place = listens_.find(id);
  if (place == listens_.end()) return;
  counts_.fell_behind();
  const auto call = place->second;  // what is in the table is gone before its end is told
  log_.info("subscription ended: its client does not read", {{"user", call->principal.name}});
  end_listen(call, true);
}

void Dispatcher::open_session(const std::shared_ptr<LegacySession>& session) {
  Filter everything;
  everything.lists = {true, true, true};
  const auto id = subscriptions_.add(
      std::move(everything),
      [weak = std::weak_ptr{session}](std::string_view method, std::string_view uri) {
        const auto live = weak.lock();
        // Who does not read misses a change, but keeps the session: the next list tells all.
        if (live && live->is_initialized && live->push) {
          live->push(mcp::changed_notification(method, uri));
        }
        return true;
      });
  session->subscription = id;
  session->registration = std::shared_ptr<void>{this, [this, id](void*) {
                                                  subscriptions_.remove(id);
                                                  subscribers_.erase(id);
                                                }};
}

void Dispatcher::subscribe(Incoming incoming, bool on) {
  const json::Value* uri = incoming.message->param("uri");
  if (uri == nullptr || !uri->is_string() || uri->as_string().size() > kMaxUriBytes) {
    turn_away(incoming, EndedAs::kInvalid, mcp::invalid_params("Invalid params: uri is required"));
    return;
  }
  const LegacySession& session = *incoming.session;
  if (!on) {
    subscriptions_.remove_uri(session.subscription, uri->as_string());
    incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
    return;
  }
  const std::string_view subject = uri->as_string();
  const auto item = registry_.snapshot()->find_readable(subject).item;
  if (!item) {
    turn_away(incoming, EndedAs::kUnknown, resource_not_found(subject, incoming.version), subject);
  } else if (!access_.may_use(incoming.principal, *item, subject)) {
    deny(open(incoming, {.item = item, .subject = subject}));
  } else if (subscriptions_.uri_count(session.subscription) >= kMaxUris &&
             !subscriptions_.has_uri(session.subscription, subject)) {
    turn_away(incoming, EndedAs::kBusy,
              mcp::overloaded("subscriptions", "A session may subscribe to " +
                                                   std::to_string(kMaxUris) + " resources"),
              subject);
  } else {
    subscriptions_.add_uri(session.subscription, std::string{subject});
    subscribers_.insert_or_assign(session.subscription, incoming.principal);
    incoming.responder->answer(mcp::result_answer(incoming.message->id(), "{}"));
  }
}

void Dispatcher::resource_updated(std::string_view uri, std::string_view plugin_id) {
  if (changed_uris_.put(uri, plugin_id)) mailbox_.send({EventKind::kUpdated, nullptr, 0});
}

// A plugin speaks for its own resources only.
void Dispatcher::on_updated() {
  const auto snapshot = registry_.snapshot();
  for (const auto& [uri, plugin_id] : changed_uris_.take()) {
    const auto item = snapshot->find_readable(uri).item;
    if (item && item->plugin_id == plugin_id) subscriptions_.updated(uri);
  }
}

void Dispatcher::on_interest(const std::string& uri, bool on) {
  const auto item = registry_.snapshot()->find_readable(uri).item;
  if (!item) return;
  const auto lane = lanes_.find(item->lane);
  if (lane != lanes_.end()) lane->second->backend().interest(uri, on);
}

}  // namespace toolpost::call
