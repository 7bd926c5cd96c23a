// SPDX-License-Identifier: Apache-2.0
// A plugin whose one tool writes down that it has run, and says in which process.
#include <toolpost/sdk.hpp>

#include <chrono>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace {

using namespace toolpost::sdk;

class Executions final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Tool("execute")
            .description("Writes its id into a file, one line for each time that it runs.")
            .input(Schema::object()
                       .required("id", Schema::string().pattern("^[a-z0-9-]{1,40}$"))
                       .optional("wait_ms", Schema::integer()))
            .task_allowed()
            .run([this](const Call& call) {
              record(call.argument("id"));
              std::this_thread::sleep_for(
                  std::chrono::milliseconds(call.arguments().value_or("wait_ms", std::int64_t{0})));
              return Result::structured(
                  Json::object({{"process", static_cast<std::int64_t>(::getpid())}}));
            }));
  }

 private:
  // One write to the end of the file: lines of several threads do not mix, and a kill loses none.
  void record(std::string line) const {
    line += '\n';
    const int file = ::open((data_dir() + "/executions").c_str(),
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const bool is_written = ::write(file, line.data(), line.size()) == ssize_t(line.size());
    ::close(file);
    if (!is_written) throw Error(Status::kInternal, "the execution could not be written down");
  }
};

}  // namespace

TOOLPOST_PLUGIN(Executions, PluginInfo("io.toolpost.executions", "1.0.0"));
