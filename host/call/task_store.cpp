// SPDX-License-Identifier: Apache-2.0
#include "call/task_store.hpp"

#include "base/utc_time.hpp"
#include "json/writer.hpp"
#include "mcp/answer.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace toolpost::call {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProcessTag = "process-";
constexpr std::string_view kLockName = "lock";
constexpr std::string_view kTaskSuffix = ".json";
// A result has 4 MiB at most unless the operator allows more, and what is around it is small.
constexpr std::size_t kMaxTaskFileBytes = std::size_t{64} * 1024 * 1024;
constexpr mode_t kPrivateFile = 0600;

UniqueFd open_lock(const PrivateDirectory& directory, int more_flags = 0) {
  return UniqueFd{::openat(directory.fd(), std::string{kLockName}.c_str(),
                           O_RDWR | O_CLOEXEC | O_NOFOLLOW | more_flags, kPrivateFile)};
}

std::string unique_name() {
  return std::string{kProcessTag} + std::to_string(unix_us_now()) + "-" +
         std::to_string(::getpid());
}

// The process that ran it has ended.
void end_with_process(Task& task) {
  if (mcp::is_terminal(task.view.status)) return;
  task.view.status = mcp::TaskStatus::kFailed;
  task.view.updated_us = unix_us_now();
  task.view.message = "The server was restarted while the task ran";
  json::Writer writer{task.view.error};
  writer.begin_object().member("code", std::int64_t{mcp::kInternalError});
  writer.member("message", std::string_view{task.view.message}).end_object();
}

bool is_expired(const Task& task, std::int64_t now_us) {
  return task.view.created_us + task.view.ttl_ms * 1'000 <= now_us;
}

}  // namespace

class TaskStore::WriteJob final : public async::Job {
 public:
  explicit WriteJob(TaskStore& store) : store_(store) {}

  void run() noexcept override {
    for (auto step = store_.next(); step; step = store_.next()) {
      store_.run(std::move(*step));
      --store_.waiting_;
    }
  }

 private:
  TaskStore& store_;
};

TaskStore::TaskStore(boost::asio::io_context& io, async::WorkerPool& pool, Log& log)
    : pool_(pool), log_(log), finished_(io, [](const Finished& finished) {
        if (finished.done) finished.done(finished.kept);
      }) {}

Result<std::vector<Task>> TaskStore::open(const std::string& directory) {
  auto common = PrivateDirectory::open_or_make(directory);
  if (!common) return common.error();
  const std::string name = unique_name();
  // Locked before it has the name by which others look for it.
  auto draft = PrivateDirectory::open_or_make(directory + "/new-" + name);
  if (!draft) return draft.error();
  lock_ = open_lock(*draft, O_CREAT);
  if (!lock_ || !try_lock(lock_.get())) return errno_error("lock " + draft->path(), errno);
  if (::rename(draft->path().c_str(), (directory + "/" + name).c_str()) != 0) {
    return errno_error("rename " + draft->path(), errno);
  }
  auto own = PrivateDirectory::open(directory + "/" + name);
  if (!own) return own.error();
  own_ = std::move(*own);
  std::vector<Task> tasks;
  auto names = common->names();
  if (!names) return names.error();
  for (const std::string& other : *names) {
    if (other == name || !other.starts_with(kProcessTag)) continue;
    auto found = PrivateDirectory::open(std::string{directory}.append("/").append(other));
    if (!found) continue;  // taken over by another process meanwhile
    const UniqueFd lock = open_lock(*found);
    if (!lock || !try_lock(lock.get())) continue;
    if (auto taken = take_over(*found, tasks); !taken) return taken.error();
  }
  return tasks;
}

// Written here before it is removed there, so that a crash in between loses nothing.
Result<> TaskStore::take_over(const PrivateDirectory& directory, std::vector<Task>& tasks) {
  const auto names = directory.names();
  if (!names) return names.error();
  const std::int64_t now = unix_us_now();
  bool has_damaged = false;
  for (const std::string& name : *names) {
    if (!name.ends_with(kTaskSuffix)) continue;
    const auto text = directory.read(name, kMaxTaskFileBytes);
    auto task = text ? read_task(*text) : Result<Task>{text.error()};
    if (task && task->view.id + std::string{kTaskSuffix} != name) task = invalid("has another id");
    if (!task) {
      log_.warn("a task that a process left cannot be read",
                {{"path", directory.path() + "/" + name}, {"reason", task.error().message()}});
      has_damaged = true;
      continue;
    }
    if (!is_expired(*task, now)) {
      end_with_process(*task);
      task->is_kept = true;
      if (auto kept = own_->replace(name, to_json(*task)); !kept) return kept;
      tasks.push_back(std::move(*task));
    }
    ::unlinkat(directory.fd(), name.c_str(), 0);
  }
  // What could not be read stays where it is, for people.
  std::error_code ec;
  if (!has_damaged) fs::remove_all(directory.path(), ec);
  return {};
}

void TaskStore::keep(const Task& task, Done done) {
  add({task.view.id + std::string{kTaskSuffix}, to_json(task), std::move(done)});
}

void TaskStore::remove(const std::string& id) {
  add({id + std::string{kTaskSuffix}, {}, {}});
}

void TaskStore::add(Step step) {
  ++waiting_;
  {
    const std::lock_guard lock{mutex_};
    steps_.push_back(std::move(step));
    if (std::exchange(writing_, true)) return;
  }
  pool_.submit(std::make_shared<WriteJob>(*this));
}

// Null when nothing waits; then the next step needs a new job.
std::optional<TaskStore::Step> TaskStore::next() {
  const std::lock_guard lock{mutex_};
  if (steps_.empty()) {
    writing_ = false;
    return std::nullopt;
  }
  std::optional<Step> step{std::move(steps_.front())};
  steps_.pop_front();
  return step;
}

void TaskStore::run(Step step) {
  if (step.text.empty()) {
    ::unlinkat(own_->fd(), step.name.c_str(), 0);
    return;
  }
  const auto kept = own_->replace(step.name, step.text);
  if (!kept) log_.error("a task could not be kept", {{"reason", kept.error().message()}});
  finished_.send({std::move(step.done), kept.has_value()});
}

}  // namespace toolpost::call
