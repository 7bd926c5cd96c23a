// SPDX-License-Identifier: Apache-2.0
// A tool that asks the person before it acts. It keeps nothing between the rounds: what it has to
// remember goes into the state, and comes back with the answer.
#include <toolpost/sdk.hpp>

namespace {

using namespace toolpost::sdk;

Schema details() {
  return Schema::object()
      .required("guests", Schema::integer("How many?").minimum(1).maximum(8).default_value(2))
      .required("seat", Schema::titled_choice({{"in", "Inside"}, {"out", "On the terrace"}}))
      .optional("wishes", Schema::string("Anything else?").max_length(200));
}

Result book(const Call& call) {
  const auto answer = call.answer("details");
  if (!answer) {
    return InputRequired()
        .elicit("details", "A table on " + call.argument("day") + ":", details())
        .state("offer 17");
  }
  if (!answer->is_accepted()) return Result::text("Nothing was booked.");
  const Json& form = answer->content();
  return Result::text("Booked by " + std::string(call.state()) + ": " +
                      std::to_string(form.at("guests").as_integer()) + " guests, " +
                      form.at("seat").as_string() + "side.");
}

class Booking final : public Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    add(Tool("book_table")
            .description("Books a table, after the guest has filled a form.")
            .input(Schema::object().required("day", Schema::string().format("date").loggable()))
            .requires_client(TOOLPOST_CLIENT_ELICIT_FORM)
            .run(book));
  }
};

}  // namespace

TOOLPOST_PLUGIN(Booking,
                PluginInfo("io.toolpost.booking", "1.0.0").name("Booking").vendor("Toolpost"));
