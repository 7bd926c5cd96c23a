// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that turns calls into tasks (SEP-2663). A tool that allows it becomes one
// at once. One that requires it may first ask its client, as any call does; when it has neither
// asked nor ended after a moment, or has ended without asking, it has become a task.
#include "base/base64.hpp"
#include "base/utc_time.hpp"
#include "call/client_facts.hpp"
#include "call/dispatcher.hpp"
#include "call/refusal.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <openssl/rand.h>

#include <array>

namespace toolpost::call {
namespace {

// How long a tool that requires a task may take to ask its client first.
constexpr std::chrono::milliseconds kTimeToAsk{1'000};
constexpr std::size_t kMaxTasks = 4'096;
constexpr std::size_t kMaxTasksPerPrincipal = 256;
// Results stay in memory until their tasks expire. Past this many bytes there are no new tasks;
// what runs already may still end with a result.
constexpr std::size_t kMaxTaskBytes = std::size_t{256} << 20;
constexpr std::size_t kMaxTaskBytesPerPrincipal = std::size_t{64} << 20;

// Unguessable, although it is no credential.
std::optional<std::string> random_id() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return std::nullopt;
  std::string id;
  append_base64url(id, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  return id;
}

std::string words_of(const Progress& progress) {
  if (!progress.text.empty()) return progress.text;
  std::string text;
  json::append_number(text, progress.done);
  if (progress.total > 0) {
    text.append(" of ");
    json::append_number(text, progress.total);
  }
  return text;
}

// As "name.2" does.
bool ends_in_number(std::string_view key) {
  const std::size_t last = key.find_last_not_of("0123456789");
  return last != std::string_view::npos && last + 1 < key.size() && key[last] == '.';
}

// No two questions of a task have the same key, whatever its plugin calls them.
std::string key_in_task(const mcp::InputRequest& request, std::uint32_t round) {
  if (round == 0 && !ends_in_number(request.key)) return request.key;
  return request.key + "." + std::to_string(round + 1);
}

bool has_expired(const mcp::TaskView& task, std::int64_t now_us) {
  return mcp::is_terminal(task.status) && task.created_us + task.ttl_ms * 1'000 <= now_us;
}

}  // namespace

// Where the answer goes once the client has its handle.
class Dispatcher::TaskResponder final : public Responder {
 public:
  TaskResponder(Dispatcher& dispatcher, std::shared_ptr<Task> task)
      : dispatcher_(dispatcher), task_(std::move(task)) {}

  void notify(std::string) override {}

  bool deliver(std::string) override { return false; }

  bool can_stream() const override { return false; }

  bool ask(std::string) override { return false; }

  void answer(mcp::Answer answer) override { dispatcher_.task_answered(task_, answer); }

 private:
  Dispatcher& dispatcher_;
  std::shared_ptr<Task> task_;
};

void Dispatcher::use(TaskStore& tasks, std::string label, std::vector<Task> left) {
  task_store_ = &tasks;
  task_label_ = std::move(label);
  set_server_info(server_info());
  for (Task& task : left) {
    std::string id = task.view.id;
    tasks_.emplace(std::move(id), std::make_shared<Task>(std::move(task)));
  }
}

bool Dispatcher::is_due_as_task(const Call& call, Clock::time_point now) const {
  return call.may_be_task && call.is_begun && !call.task && !call.task_pending &&
         !call.task_refused && call.state == Call::State::kRunning &&
         now >= call.arrived + kTimeToAsk;
}

bool Dispatcher::has_room_for_task(std::string_view owner) const {
  std::size_t bytes = 0;
  std::size_t own = 0;
  std::size_t own_bytes = 0;
  for (const auto& [id, task] : tasks_) {
    const std::size_t size = task->view.result.size() + task->view.error.size();
    bytes += size;
    if (task->owner != owner) continue;
    ++own;
    own_bytes += size;
  }
  return tasks_.size() < kMaxTasks && bytes < kMaxTaskBytes && own < kMaxTasksPerPrincipal &&
         own_bytes < kMaxTaskBytesPerPrincipal;
}

void Dispatcher::become_task(const std::shared_ptr<Call>& call) {
  purge_tasks();
  auto id = random_id();
  if (!has_room_for_task(call->principal.owner()) || !id) {
    // It goes on without a handle, and its client waits for it as for any other call.
    call->task_refused = true;
    if (!call->is_begun) begin(call);
    return;
  }
  const auto task = std::make_shared<Task>();
  task->view.id = task_label_.empty() ? std::move(*id) : task_label_ + "." + *id;
  task->view.created_us = unix_us_now();
  task->view.updated_us = task->view.created_us;
  task->view.ttl_ms = std::chrono::milliseconds{kTaskLife}.count();
  task->owner = call->principal.owner();
  task->tool = call->item->name;
  task->call = call;
  tasks_.emplace(task->view.id, task);
  call->task_pending = true;
  task_store_->keep(*task, [this, call, task](bool kept) { on_task_kept(call, task, kept); });
}

// Only what is on the disk is promised to the client.
void Dispatcher::on_task_kept(const std::shared_ptr<Call>& call, const std::shared_ptr<Task>& task,
                              bool kept) {
  call->task_pending = false;
  const auto give_up = [&] {
    call->task_refused = true;
    forget_task(task->view.id);
  };
  if (!call->responder) return give_up();  // its client has cancelled it
  if (!kept && !call->is_begun && !call->has_ended()) {
    give_up();
    refuse(call, EndedAs::kUnavailable,
           mcp::overloaded("tasks", "The task could not be kept, so it was not begun"));
    return;
  }
  if (!kept || call->task_refused || (!call->is_begun && !begin(call))) {
    give_up();
  } else {
    task->is_kept = true;
    call->task = task;
    call->deadline = call->arrived + kTaskLife;
    const auto client =
        std::exchange(call->responder, std::make_shared<TaskResponder>(*this, task));
    client->answer(mcp::result_answer(call->message->id(),
                                      mcp::task_created(task->view, server_info().implementation)));
  }
  if (call->held_outcome) on_outcome(call, *std::exchange(call->held_outcome, std::nullopt));
}

// True when the end of the call is dealt with once it is a task.
bool Dispatcher::waits_for_task(const std::shared_ptr<Call>& call, bool recorded) {
  if (call->task_refused) return false;
  // What is not recorded is being written elsewhere, and is not looked at.
  if (recorded && !call->task_pending && call->may_be_task && call->is_begun && !call->task &&
      !call->questions) {
    become_task(call);
  }
  if (!call->task_pending) return false;
  if (!call->held_outcome) call->held_outcome = recorded;
  return true;
}

void Dispatcher::ask_in_task(const std::shared_ptr<Call>& call) {
  Task& task = *call->task;
  call->state = Call::State::kAsking;
  capacity_.leave(*call);
  task.view.status = mcp::TaskStatus::kInputRequired;
  task.view.asked = call->questions->requests;
  for (mcp::InputRequest& request : task.view.asked) {
    request.key = key_in_task(request, call->round);
  }
  task_changed(task);
  if (task.view.asked.empty()) {
    task.view.status = mcp::TaskStatus::kWorking;
    next_round(call);
  }
}

void Dispatcher::tell_progress(Task& task, const Progress& progress) {
  task.view.message = words_of(progress);
  task.view.updated_us = unix_us_now();
  subscriptions_.task_changed(task.view.id);
}

// Whoever has heard how it ended hears the same after a restart, so the disk is first. What the
// disk does not take is told all the same: the log says that it is lost with the process.
void Dispatcher::task_answered(const std::shared_ptr<Task>& task, const mcp::Answer& answer) {
  task->call.reset();
  task->is_ending = true;
  Task ended = *task;
  ended.view.asked.clear();
  ended.view.updated_us = unix_us_now();
  if (const auto result = json::find_raw(answer.json, "result")) {
    ended.view.status = mcp::TaskStatus::kCompleted;
    ended.view.result = *result;
  } else {
    ended.view.status = mcp::TaskStatus::kFailed;
    ended.view.error = json::find_raw(answer.json, "error").value_or("{}");
  }
  const auto view = std::make_shared<mcp::TaskView>(ended.view);
  task_store_->keep(ended, [this, task, view](bool) {
    task->view = std::move(*view);
    task->is_ending = false;
    subscriptions_.task_changed(task->view.id);
  });
}

void Dispatcher::task_changed(Task& task) {
  task.view.updated_us = unix_us_now();
  task_store_->keep(task);
  subscriptions_.task_changed(task.view.id);
}

void Dispatcher::forget_task(const std::string& id) {
  task_store_->remove(id);
  tasks_.erase(id);
}

void Dispatcher::purge_tasks() {
  const std::int64_t now = unix_us_now();
  std::vector<std::string> expired;
  for (const auto& [id, task] : tasks_) {
    if (has_expired(task->view, now)) expired.push_back(id);
  }
  for (const std::string& id : expired) forget_task(id);
}

void Dispatcher::serve_task(Incoming incoming) {
  const auto give = [&](mcp::Answer answer) { incoming.responder->answer(std::move(answer)); };
  const json::Value* id = incoming.message->param("taskId");
  const std::string_view named = id != nullptr && id->is_string() ? id->as_string() : "";
  const auto refuse_for = [&](EndedAs as, const mcp::Failure& failure) {
    turn_away(incoming, as, failure, named);
  };
  if (!incoming.client.takes_tasks) {
    return refuse_for(EndedAs::kInvalid, missing_tasks_extension());
  }
  if (id == nullptr || !id->is_string()) {
    return refuse_for(EndedAs::kInvalid, mcp::invalid_params("Invalid params: taskId is required"));
  }
  const auto place = tasks_.find(std::string{named});
  // An id is no credential: somebody else's task is as unknown as one that there is not.
  if (place == tasks_.end() || !place->second->is_kept ||
      has_expired(place->second->view, unix_us_now()) ||
      place->second->owner != incoming.principal.owner()) {
    return refuse_for(EndedAs::kUnknown, mcp::invalid_params("Unknown task"));
  }
  const auto task = place->second;
  const mcp::RequestId& request = incoming.message->id();
  if (incoming.message->method() == "tasks/get") {
    give(mcp::result_answer(request, mcp::task_result(task->view, server_info().implementation)));
    return;
  }
  if (incoming.message->method() == "tasks/cancel") {
    cancel_task(*task);
  } else if (const auto failure = update_task(*task, *incoming.message)) {
    return refuse_for(EndedAs::kInvalid, *failure);
  }
  give(mcp::result_answer(request, mcp::task_acknowledged(server_info().implementation)));
}

// Answers to what is asked are taken one by one; others are left alone.
std::optional<mcp::Failure> Dispatcher::update_task(Task& task, const mcp::Message& message) {
  const json::Value* given = message.param("inputResponses");
  if (given == nullptr || !given->is_object()) {
    return mcp::invalid_params("Invalid params: inputResponses must be an object");
  }
  const auto call = task.call.lock();
  if (!call || call->state != Call::State::kAsking) return std::nullopt;
  Questions& questions = *call->questions;
  const std::string_view text = message.param_text("inputResponses");
  for (const mcp::InputRequest& request : task.view.asked) {
    const json::Value* answer = given->find(request.key);
    if (answer == nullptr) continue;
    if (const auto good = mcp::check_input(request, *answer); !good) {
      return mcp::invalid_params("Invalid params: inputResponses/" + request.key + ": " +
                                 good.error().message());
    }
  }
  bool took_any = false;
  for (std::size_t i = 0; i < questions.requests.size(); ++i) {
    const std::string key = key_in_task(questions.requests[i], call->round);
    if (!questions.answers[i].empty() || given->find(key) == nullptr) continue;
    questions.answers[i] = json::find_raw(text, key).value_or("null");
    std::erase_if(task.view.asked, [&](const auto& request) { return request.key == key; });
    took_any = true;
  }
  if (!took_any) return std::nullopt;
  if (task.view.asked.empty()) task.view.status = mcp::TaskStatus::kWorking;
  task_changed(task);
  if (task.view.asked.empty()) next_round(call);
  return std::nullopt;
}

void Dispatcher::cancel_task(Task& task) {
  if (mcp::is_terminal(task.view.status) || task.is_ending) return;
  task.view.status = mcp::TaskStatus::kCancelled;
  task.view.asked.clear();
  if (const auto call = task.call.lock()) end_for_client(call);
  task.call.reset();
  task_changed(task);
}

}  // namespace toolpost::call
