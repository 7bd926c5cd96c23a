// SPDX-License-Identifier: Apache-2.0
// Notes that are kept in memory: a resource that counts them, a template to read one, a completion
// of its variable, and a tool whose effect those hear of who subscribed.
#include <toolpost/sdk.hpp>

#include <map>
#include <mutex>

namespace {

using namespace toolpost::sdk;

class Notes final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Resource("notes://count", "note-count").mime_type("text/plain").read([this](const Call&) {
      return Contents::text(std::to_string(names().size()));
    }));
    add(ResourceTemplate("notes://note/{name}", "note")
            .description("What a note says.")
            .mime_type("text/plain")
            .complete(
                "name",
                [this](const Typed& typed) { return Suggestions::matching(names(), typed.value); })
            .read([this](const Call& call) { return read(call.argument("name")); }));
    add(Tool("write_note")
            .description("Writes a note, over the old one of this name.")
            .input(Schema::object()
                       .required("name", Schema::string().pattern("^[a-z]+$").loggable())
                       .required("text", Schema::string()))
            .run([this](const Call& call) {
              return write(call.argument("name"), call.argument("text"));
            }));
  }

 private:
  Contents read(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = notes_.find(name);
    if (found == notes_.end()) throw Error(Status::kNotFound, "there is no such note");
    return Contents::text(found->second);
  }

  std::vector<std::string> names() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, text] : notes_) names.push_back(name);
    return names;
  }

  Result write(const std::string& name, const std::string& text) {
    const std::lock_guard lock(mutex_);
    const bool is_new = notes_.insert_or_assign(name, text).second;
    resource_updated("notes://note/" + name);
    if (is_new) resource_updated("notes://count");
    return Result::text(is_new ? "Written." : "Written over.");
  }

  std::mutex mutex_;
  std::map<std::string, std::string> notes_;
};

}  // namespace

TOOLPOST_PLUGIN(Notes, PluginInfo("io.toolpost.notes", "1.0.0").name("Notes").vendor("Toolpost"));
