// SPDX-License-Identifier: Apache-2.0
// A prompt with arguments, one of which is completed from a list.
#include <toolpost/sdk.hpp>

namespace {

using namespace toolpost::sdk;

PromptResult review(const Call& call) {
  const std::string focus = call.argument("focus");
  return PromptResult()
      .description("A review of " + call.argument("path"))
      .user(Content::resource_link("file://" + call.argument("path"), call.argument("path")))
      .user("Please review this file" + (focus.empty() ? "" : " for " + focus) + ".")
      .assistant("I will name each finding with its line.");
}

class Review final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Prompt("review")
            .title("Review a file")
            .description("Asks for a review of one file.")
            .required("path", "The file's absolute path")
            .optional("focus", "What matters most")
            .complete("focus", {"correctness", "clarity", "security", "speed"})
            .run(review));
  }
};

}  // namespace

TOOLPOST_PLUGIN(Review,
                PluginInfo("io.toolpost.review", "1.0.0").name("Review").vendor("Toolpost"));
