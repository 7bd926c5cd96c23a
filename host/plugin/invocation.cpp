// SPDX-License-Identifier: Apache-2.0
// The half of Instance that deals with calls: handing them to the plugin, and what the plugin says
// about them from whatever thread it likes.
#include "base/redact.hpp"
#include "base/utf8.hpp"
#include "call/request_state.hpp"
#include "plugin/instance.hpp"
#include "plugin/loader/versioned.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace toolpost::plugin {
namespace {

constexpr std::size_t kMaxProgressBytes = 1024;
constexpr std::size_t kMaxMessageBytes = 4096;
constexpr std::size_t kMaxLogBytes = 8192;
constexpr std::size_t kMaxBlobs = 64;

toolpost_str str(std::string_view text) {
  return {text.data(), text.size()};
}

toolpost_bytes bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string bounded(const toolpost_str& text, std::size_t limit) {
  return text.data == nullptr ? std::string{} : std::string{text.data, std::min(text.size, limit)};
}

LogLevel level_of(toolpost_severity severity) {
  if (severity >= TOOLPOST_SEVERITY_ERROR) return LogLevel::kError;
  if (severity >= TOOLPOST_SEVERITY_WARN) return LogLevel::kWarn;
  if (severity >= TOOLPOST_SEVERITY_INFO) return LogLevel::kInfo;
  return severity >= TOOLPOST_SEVERITY_DEBUG ? LogLevel::kDebug : LogLevel::kTrace;
}

// OpenTelemetry's severities have no notice, alert and emergency.
mcp::LogLevel client_level_of(toolpost_severity severity) {
  if (severity >= TOOLPOST_SEVERITY_FATAL) return mcp::LogLevel::kCritical;
  if (severity >= TOOLPOST_SEVERITY_ERROR) return mcp::LogLevel::kError;
  if (severity >= TOOLPOST_SEVERITY_WARN) return mcp::LogLevel::kWarning;
  return severity >= TOOLPOST_SEVERITY_INFO ? mcp::LogLevel::kInfo : mcp::LogLevel::kDebug;
}

call::Outcome failed(toolpost_status status, std::string message) {
  return {.status = status, .message = std::move(message)};
}

struct Flaw {
  toolpost_status status;
  const char* what;
};

bool is_missing(const void* data, std::size_t size) {
  return data == nullptr && size != 0;
}

std::optional<Flaw> flaw_of(const toolpost_outcome& outcome) {
  if (outcome.flags != 0 || outcome.reserved != 0) {
    return Flaw{TOOLPOST_E_UNSUPPORTED, "with a flag that this host does not know"};
  }
  if (outcome.kind != TOOLPOST_OUTCOME_COMPLETE &&
      outcome.kind != TOOLPOST_OUTCOME_INPUT_REQUIRED) {
    return Flaw{TOOLPOST_E_UNSUPPORTED, "of a kind that this host does not know"};
  }
  if (outcome.status > TOOLPOST_OK) return Flaw{TOOLPOST_E_INVALID, "with an unknown status"};
  if (is_missing(outcome.payload.data, outcome.payload.size) ||
      is_missing(outcome.resume_state.data, outcome.resume_state.size) ||
      is_missing(outcome.message.data, outcome.message.size)) {
    return Flaw{TOOLPOST_E_INVALID, "with a size and no data"};
  }
  return std::nullopt;
}

std::optional<Flaw> excess_of(const toolpost_outcome& outcome, std::size_t limit) {
  constexpr const char* kTooLarge = "with a result that is too large";
  if (outcome.resume_state.size > call::kMaxResumeStateBytes) {
    return Flaw{TOOLPOST_E_LIMIT, "with a resume_state that is too large"};
  }
  if (outcome.blob_count > kMaxBlobs) return Flaw{TOOLPOST_E_LIMIT, "with too many blobs"};
  if (is_missing(outcome.blobs, outcome.blob_count)) {
    return Flaw{TOOLPOST_E_INVALID, "with a number of blobs and no blobs"};
  }
  if (outcome.payload.size > limit) return Flaw{TOOLPOST_E_LIMIT, kTooLarge};
  std::size_t left = limit - outcome.payload.size;
  for (std::size_t i = 0; i < outcome.blob_count; ++i) {
    const toolpost_bytes& blob = outcome.blobs[i];
    if (is_missing(blob.data, blob.size)) return Flaw{TOOLPOST_E_INVALID, "with an empty blob"};
    if (blob.size > left) return Flaw{TOOLPOST_E_LIMIT, kTooLarge};
    left -= blob.size;
  }
  return std::nullopt;
}

call::Outcome copy_of(const toolpost_outcome& outcome) {
  call::Outcome copy;
  copy.status = known_status(outcome.status);
  copy.kind = outcome.kind;
  copy.rpc_code = outcome.rpc_code;
  copy.payload = bounded(outcome.payload, outcome.payload.size);
  copy.message = bounded(outcome.message, kMaxMessageBytes);
  if (outcome.kind == TOOLPOST_OUTCOME_INPUT_REQUIRED) {
    copy.resume_state.assign(reinterpret_cast<const char*>(outcome.resume_state.data),
                             outcome.resume_state.size);
  }
  for (std::size_t i = 0; i < outcome.blob_count; ++i) {
    const toolpost_bytes& blob = outcome.blobs[i];
    copy.blobs.emplace_back(reinterpret_cast<const char*>(blob.data), blob.size);
  }
  return copy;
}

}  // namespace

class Instance::Invocation final : public async::Job {
 public:
  Invocation(Instance& instance, std::shared_ptr<call::Call> call)
      : instance_(instance),
        call_(std::move(call)),
        item_(std::static_pointer_cast<const Item>(call_->item->handle)) {}

  const std::shared_ptr<call::Call>& call() const noexcept { return call_; }

  const Item& item() const noexcept { return *item_; }

  void run() noexcept override {
    enter();
    if (call_->slot.leave_frame()) instance_.services_.frame_left(call_);
  }

 private:
  void enter() noexcept {
    const Frame frame{instance_};
    if (!instance_.dead_ && instance_.gate_.enter()) {
      fill_in();
      item_->call(call_->id, request_);
      instance_.gate_.leave();
    } else if (instance_.take(call_->id)) {
      instance_.services_.completed(call_,
                                    failed(TOOLPOST_E_UNAVAILABLE, "The plugin has stopped"));
    }
  }

  void fill_in() {
    caller_ = {.struct_size = sizeof(toolpost_caller),
               .flags = 0,
               .principal = str(call_->principal.name),
               .role = str(call_->principal.role),
               .client_id = {nullptr, 0},
               .request_id = str(call_->request_id),
               .traceparent = str(call_->traceparent)};
    const bool is_template = item_->kind() == TOOLPOST_KIND_RESOURCE_TEMPLATE;
    request_ = {.struct_size = sizeof(toolpost_request),
                .kind = item_->kind(),
                .key = str(is_template ? call_->subject : std::string_view{item_->key()}),
                .arguments = str(call_->arguments),
                .meta = str(call_->meta),
                .client = str(call_->client.json),
                .input_responses = str(call_->input_responses),
                .resume_state = bytes(call_->resume_state),
                .caller = &caller_,
                .timeout_ms = instance_.remaining_ms(call_->id),
                .client_features = call_->client.features,
                .round = call_->round};
  }

  Instance& instance_;
  const std::shared_ptr<call::Call> call_;
  const std::shared_ptr<const Item> item_;
  toolpost_caller caller_{};
  toolpost_request request_{};
};

class Instance::Cancellation final : public async::Job {
 public:
  Cancellation(Instance& instance, std::shared_ptr<Invocation> invocation)
      : instance_(instance), invocation_(std::move(invocation)) {}

  void run() noexcept override {
    const Frame frame{instance_};  // first: whoever destroys closes, and then looks for frames
    if (instance_.dead_ || instance_.closed_) return;
    invocation_->item().cancel(invocation_->call()->id);
  }

 private:
  Instance& instance_;
  std::shared_ptr<Invocation> invocation_;
};

void Instance::invoke(const std::shared_ptr<call::Call>& call) {
  auto invocation = std::make_shared<Invocation>(*this, call);
  {
    const std::lock_guard lock{mutex_};
    calls_.emplace(call->id, invocation);
  }
  batch_.add(std::move(invocation));
}

void Instance::cancel(const std::shared_ptr<call::Call>& call) {
  if (auto invocation = find(call->id)) {
    batch_.add(std::make_shared<Cancellation>(*this, std::move(invocation)));
  }
}

std::shared_ptr<Instance::Invocation> Instance::find(toolpost_call_id id) {
  const std::lock_guard lock{mutex_};
  const auto place = calls_.find(id);
  return place == calls_.end() ? nullptr : place->second;
}

std::shared_ptr<Instance::Invocation> Instance::take(toolpost_call_id id) {
  const std::lock_guard lock{mutex_};
  const auto place = calls_.find(id);
  if (place == calls_.end()) return nullptr;
  auto invocation = std::move(place->second);
  calls_.erase(place);
  return invocation;
}

void Instance::write_off() {
  std::vector<std::shared_ptr<Invocation>> owed;
  {
    const std::lock_guard lock{mutex_};
    for (auto& [id, invocation] : calls_) owed.push_back(std::move(invocation));
    calls_.clear();
  }
  for (const auto& invocation : owed) {
    services_.completed(invocation->call(),
                        failed(TOOLPOST_E_UNAVAILABLE, "The plugin has stopped"));
  }
}

toolpost_status Instance::complete(toolpost_call_id id, const toolpost_outcome* given) {
  const auto invocation = dead_ ? nullptr : take(id);
  if (!invocation) {
    misbehave("complete() of a call that is not open");
    return TOOLPOST_E_STATE;
  }
  // From here on the call ends, whatever the outcome is like.
  const auto end_with = [&](const Flaw& flaw) {
    misbehave(std::string{"complete() "} + flaw.what);
    const bool too_much = flaw.status == TOOLPOST_E_LIMIT;
    services_.completed(invocation->call(),
                        too_much ? failed(TOOLPOST_E_LIMIT, "The result is too large")
                                 : failed(TOOLPOST_E_INTERNAL, {}));
    return flaw.status;
  };
  toolpost_outcome outcome{};
  if (const toolpost_status status = read_versioned(given, outcome); status != TOOLPOST_OK) {
    return end_with({status, "with an outcome that this host cannot read"});
  }
  if (const auto flaw = flaw_of(outcome)) return end_with(*flaw);
  if (const auto flaw = excess_of(outcome, limits_.result_bytes)) return end_with(*flaw);
  try {
    services_.completed(invocation->call(), copy_of(outcome));
  } catch (const std::bad_alloc&) {
    return end_with({TOOLPOST_E_LIMIT, "when memory was short"});
  }
  return TOOLPOST_OK;
}

toolpost_status Instance::progress(toolpost_call_id id, double done, double total, const char* text,
                                   std::size_t size) {
  if (!std::isfinite(done) || !std::isfinite(total) || (text == nullptr && size != 0)) {
    misbehave("progress() with a number or text that is none");
    return TOOLPOST_E_INVALID;
  }
  const auto invocation = dead_ ? nullptr : find(id);
  if (!invocation) return TOOLPOST_E_STATE;
  const std::shared_ptr<call::Call>& call = invocation->call();
  if (call->progress_token.empty() && !call->may_be_task) return TOOLPOST_OK;
  bool first = false;
  const std::string_view message{text, std::min(size, kMaxProgressBytes)};
  if (call->progress.put({done, total, std::string{message}}, &first) && first) {
    services_.progressed(call);
  }
  return TOOLPOST_OK;
}

std::optional<identity::Principal> Instance::caller_of(toolpost_call_id id) {
  const auto invocation = dead_ ? nullptr : find(id);
  if (!invocation) return std::nullopt;
  return invocation->call()->principal;
}

bool Instance::is_cancelled(toolpost_call_id id) {
  const auto invocation = dead_ ? nullptr : find(id);
  return !invocation || invocation->call()->cancelled;
}

std::int64_t Instance::remaining_ms(toolpost_call_id id) {
  const auto invocation = dead_ ? nullptr : find(id);
  if (!invocation) return 0;
  const auto deadline = invocation->call()->deadline;
  if (deadline == call::Clock::time_point::max()) return -1;
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - call::Clock::now());
  return std::max<std::int64_t>(left.count(), 0);
}

// The client of a call gets to see what it has asked for.
void Instance::note(const std::shared_ptr<call::Call>& call, mcp::LogLevel level,
                    std::string_view text, call::Clock::time_point now) {
  if (call->notes.put({level, std::string{text}}, now)) services_.noted(call);
}

void Instance::tell_dropped(std::uint64_t lines) {
  if (lines == 0) return;
  log_.warn("plugin wrote too many log lines; the rest of them was dropped",
            {{"plugin", id_}, {"dropped", std::size_t{lines}}});
}

void Instance::write_log(toolpost_call_id id, toolpost_severity severity, const char* text,
                         std::size_t size) {
  const LogLevel level = level_of(severity);
  const mcp::LogLevel told_as = client_level_of(severity);
  if (text == nullptr) return;
  const auto now = call::Clock::now();
  const auto invocation = id == 0 || dead_ ? nullptr : find(id);
  const bool is_wanted =
      invocation && invocation->call()->log_level && told_as >= *invocation->call()->log_level;
  bool is_logged = false;
  if (log_.enabled(level)) {
    const LogBudget::Verdict verdict = log_budget_.take(level, now);
    is_logged = verdict.granted;
    tell_dropped(verdict.dropped);
  }
  if (!is_wanted && !is_logged) return;
  // What looks like a secret goes before anything is cut off: half of one does not look like it.
  std::string clean;
  const std::string_view line = utf8_prefix(redacted({text, size}, clean), kMaxLogBytes);
  if (is_wanted) note(invocation->call(), told_as, line, now);
  if (!is_logged) return;
  if (invocation) {
    const call::Call& call = *invocation->call();
    if (call.traceparent.empty()) {
      log_.write(level, line, {{"plugin", id_}, {"request", call.request_id}});
    } else {
      log_.write(level, line,
                 {{"plugin", id_}, {"request", call.request_id}, {"trace", call.traceparent}});
    }
  } else {
    log_.write(level, line, {{"plugin", id_}});
  }
}

}  // namespace toolpost::plugin
