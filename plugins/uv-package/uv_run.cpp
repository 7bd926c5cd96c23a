// SPDX-License-Identifier: Apache-2.0
#include "uv_run.hpp"

#include "output.hpp"

#include <algorithm>

namespace toolpost::uv_package {

namespace {

constexpr std::chrono::seconds kAskTimeout{20};
constexpr unsigned kUsualFiles = 022;  // a project's files are as readable as its user's other ones

std::string both_streams(const sdk::ProcessResult& result) {
  std::string out = result.err.text;
  if (!out.empty() && out.back() != '\n' && !result.out.text.empty()) out += '\n';
  return out + result.out.text;
}

// A question to a program that may turn out to be no uv.
sdk::ProcessResult ask_program(const Services& services, sdk::Command command,
                               const sdk::Cancellation& cancellation) {
  command.working_directory = services.directories.temporary;
  return services.launcher.run(command, cancellation);
}

Checked<std::string> answer_of(const sdk::ProcessResult& result) {
  if (!result.succeeded()) return Refusal{result.describe()};
  return result.out.text;
}

// Empty: it is not uv's fault, nor an index's.
std::string_view failure_of(const sdk::ProcessResult& result) {
  using End = sdk::ProcessResult::End;
  switch (result.end) {
    case End::kDeadline:
      return "uv did not end in time";
    case End::kSignalled:
      return "uv was ended by a signal";
    case End::kNotStarted:
      return "uv could not be started";
    case End::kLost:
      return "the launcher of uv was lost";
    case End::kExited:
      return is_index_failure(result.err.text) ? "a package index could not be reached" : "";
    case End::kCancelled:
      break;
  }
  return "";
}

}  // namespace

bool is_uv_available(Services& services) {
  const sdk::Cancellation cancellation;
  const RunningCalls::Entry running(services.running, cancellation);
  const auto ask = [&](const std::string& program, const Arguments& arguments) {
    sdk::Command command;
    command.program = program;
    command.arguments = arguments;
    command.environment =
        child_environment(services.settings, services.certificates, services.directories, {});
    command.deadline = kAskTimeout;
    return answer_of(ask_program(services, std::move(command), cancellation));
  };
  return static_cast<bool>(services.uv.get(ask));
}

UvRun::UvRun(Services& services, const sdk::Call& call)
    : services_(services),
      call_(call),
      running_(services.running, cancellation_),
      deadline_(std::chrono::steady_clock::now() + services.settings.timeout),
      directory_(services.directories.temporary) {
  call.on_cancel([cancellation = cancellation_] { cancellation.request(); });
}

void UvRun::settle() {
  if (!pass_) return;
  switch (pass_->end(UvCircuit::Clock::now())) {
    case UvCircuit::Change::kNone:
      break;
    case UvCircuit::Change::kOpened:
      call_.log(sdk::Severity::kWarn, "uv or a package index fails: calls are refused for " +
                                          std::to_string(services_.settings.circuit.open.count()) +
                                          " ms");
      break;
    case UvCircuit::Change::kClosed:
      call_.log(sdk::Severity::kInfo, "uv and the package index work again");
      break;
  }
}

Checked<Passed> UvRun::find_uv() {
  auto pass = services_.circuit.admit(UvCircuit::Clock::now());
  if (!pass) return pass.refusal();
  pass_.emplace(std::move(*pass));
  auto found = services_.uv.get([this](const std::string& program, const Arguments& arguments) {
    return ask(program, arguments);
  });
  if (!found) return found.refusal();
  uv_ = std::move(*found);
  return Passed{};
}

void UvRun::work_in(std::string directory, std::string environment) {
  directory_ = std::move(directory);
  environment_ = std::move(environment);
}

UvRun::Place::Place(UvRun& run, const std::string& directory, const std::string& cache)
    : run_(run), directory_(run.directory_), cache_(run.cache_) {
  run_.directory_ = directory;
  if (!cache.empty()) run_.cache_ = cache;
}

UvRun::Place::~Place() {
  run_.directory_ = std::move(directory_);
  run_.cache_ = std::move(cache_);
}

std::vector<std::string> UvRun::environment_of_child() const {
  Directories directories = services_.directories;
  if (!cache_.empty()) directories.cache = cache_;
  return child_environment(services_.settings, services_.certificates, directories, environment_);
}

std::string UvRun::without_prefix(std::string_view told) const {
  std::string text(told);
  for (std::size_t at = 0; !left_out_.empty();) {
    at = text.find(left_out_, at);
    if (at == std::string::npos) break;
    text.erase(at, left_out_.size());
  }
  return text;
}

std::chrono::milliseconds UvRun::time_left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  return std::max(left, std::chrono::milliseconds(1));
}

sdk::ProcessResult UvRun::run(const std::string& program, const Arguments& arguments) {
  sdk::Command command;
  command.program = program;
  command.arguments = arguments;
  command.environment = environment_of_child();
  command.working_directory = directory_;
  command.deadline = time_left();
  command.file_mode_mask = kUsualFiles;
  command.on_line = [this](sdk::Stream stream, std::string_view line) {
    if (stream != sdk::Stream::kErr) return;
    const std::string text = cleaned_line(without_prefix(line));
    if (!text.empty()) call_.progress(++lines_, 0, text);
  };
  return services_.launcher.run(command, cancellation_);
}

Checked<std::string> UvRun::ask(const std::string& program, const Arguments& arguments) {
  sdk::Command command;
  command.program = program;
  command.arguments = arguments;
  command.environment = environment_of_child();
  command.deadline = std::min(time_left(), std::chrono::milliseconds(kAskTimeout));
  const sdk::ProcessResult result = ask_program(services_, std::move(command), cancellation_);
  // A file that cannot be started is found at once, and mended without a wait.
  if (result.end == sdk::ProcessResult::End::kDeadline) tell_circuit(result);
  return answer_of(result);
}

void UvRun::tell_circuit(const sdk::ProcessResult& result) {
  if (!pass_ || is_own_code_) return;
  const std::string_view failure = failure_of(result);
  if (!failure.empty()) {
    pass_->failed(failure);
  } else if (result.succeeded()) {
    pass_->succeeded();
  }
}

Checked<Passed> UvRun::step(const Arguments& arguments) {
  const std::string shape = command_shape(arguments);
  commands_.push_back(shape);
  const sdk::ProcessResult result = run(uv_.path, arguments);
  tell_circuit(result);
  const std::string said =
      cleaned_output(without_prefix(both_streams(result)), services_.settings.max_output_bytes);
  if (!said.empty()) output_ += (output_.empty() ? "" : "\n") + said;
  if (result.succeeded()) return Passed{};
  if (result.end == sdk::ProcessResult::End::kDeadline) {
    return Refusal{"'" + shape + "' did not end within " +
                   std::to_string(services_.settings.timeout.count()) +
                   " s (timeout_s) and was stopped, with everything it had started"};
  }
  if (result.end == sdk::ProcessResult::End::kCancelled) {
    return Refusal{"'" + shape + "' was cancelled"};
  }
  return Refusal{"'" + shape + "' " + result.describe() + (said.empty() ? "" : ":\n" + said)};
}

std::string UvRun::output() const {
  return cleaned_output(output_, services_.settings.max_output_bytes);
}

}  // namespace toolpost::uv_package
