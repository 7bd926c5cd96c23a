// SPDX-License-Identifier: Apache-2.0
// A tool that counts down in real time: shows a handler that returns at once, an answer from the
// plugin's own thread, progress, cancellation, and a stop that leaves nothing behind.
#include <toolpost/sdk.hpp>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace {

using namespace toolpost::sdk;
using Clock = std::chrono::steady_clock;

// One thread serves every countdown: it sleeps until the next tick of any of them is due, or until
// something is added, cancelled or stopped.
class Countdown final : public Plugin {
 public:
  using Plugin::Plugin;

  ~Countdown() override { end_thread(); }

  void start() override {
    add(Tool("countdown")
            .title("Countdown")
            .description("Counts from a number down to zero and reports every step.")
            .input(Schema::object()
                       .required("from", Schema::integer("First number").minimum(1).maximum(100))
                       .required("interval_ms", Schema::integer("Milliseconds between two numbers")
                                                    .minimum(1)
                                                    .maximum(1000)))
            .output(Schema::object().required("steps", Schema::integer("Numbers counted")))
            .read_only()
            .run_async([this](Call call) { accept(std::move(call)); }));
    thread_ = std::thread([this] { serve(); });
  }

  void stop() override { end_thread(); }

 private:
  struct Run {
    Call call;
    std::int64_t from;
    std::int64_t left;
    std::chrono::milliseconds interval;
    Clock::time_point due;
  };

  void accept(Call call) {
    const Json& arguments = call.arguments();
    const std::int64_t from = arguments.at("from").as_integer();
    const std::chrono::milliseconds interval(arguments.at("interval_ms").as_integer());
    // Before the lock: the callback takes it, and runs right here if the call is cancelled already.
    call.on_cancel([this] { wake_up(); });
    {
      const std::lock_guard lock(mutex_);
      runs_.push_back({std::move(call), from, from, interval, Clock::now() + interval});
    }
    wake_up();
  }

  void wake_up() {
    {
      const std::lock_guard lock(mutex_);
      has_news_ = true;
    }
    news_.notify_all();
  }

  void serve() {
    std::unique_lock lock(mutex_);
    while (!is_stopping_) {
      has_news_ = false;
      const Clock::time_point next = advance(Clock::now());
      news_.wait_until(lock, next, [this] { return has_news_ || is_stopping_; });
    }
    for (Run& run : runs_) {
      run.call.complete(Result::failure(Status::kUnavailable, "the plugin is stopping"));
    }
    runs_.clear();
  }

  // Takes every step that is due and returns when the next one is.
  Clock::time_point advance(Clock::time_point now) {
    Clock::time_point next = now + std::chrono::hours(1);
    for (auto run = runs_.begin(); run != runs_.end();) {
      if (is_over(*run, now)) {
        run = runs_.erase(run);
        continue;
      }
      next = std::min(next, run->due);
      ++run;
    }
    return next;
  }

  static bool is_over(Run& run, Clock::time_point now) {
    if (run.call.is_cancelled()) {
      run.call.complete(Result::failure(Status::kCancelled, "cancelled"));
      return true;
    }
    if (now < run.due) return false;
    --run.left;
    run.due += run.interval;
    run.call.progress(static_cast<double>(run.from - run.left), static_cast<double>(run.from),
                      std::to_string(run.left));
    if (run.left > 0) return false;
    run.call.complete(Result::structured(Json::object({{"steps", run.from}})));
    return true;
  }

  void end_thread() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    news_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  std::mutex mutex_;
  std::condition_variable news_;
  bool has_news_ = false;
  bool is_stopping_ = false;
  std::list<Run> runs_;
  std::thread thread_;
};

}  // namespace

TOOLPOST_PLUGIN(Countdown, PluginInfo("io.toolpost.countdown", "1.0.0")
                               .name("Countdown")
                               .vendor("Toolpost")
                               .instructions("countdown waits as long as it counts."));
