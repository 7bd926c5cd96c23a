// SPDX-License-Identifier: Apache-2.0
// The part of Dispatcher that deals with requests of several rounds, in which the client is asked
// for input. A modern client carries the sealed state and asks again; a legacy one is sent requests
// of the server's own, and this side waits.
#include "call/dispatcher.hpp"
#include "call/legacy_session.hpp"
#include "call/refusal.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace toolpost::call {
namespace {

// People answer forms. After that the request fails.
constexpr std::chrono::minutes kAnswerPatience{10};

constexpr std::string_view kQuestionTag = "toolpost-";

std::string describe(const mcp::InputRequest& request, const Error& why) {
  return "The answer to \"" + request.key + "\" is not valid: " + why.message();
}

// The answers that were asked for, checked; the others are left out.
Result<std::string> take_answers(const std::vector<mcp::InputRequest>& asked,
                                 std::string_view given_text, const json::Value* given) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  for (const mcp::InputRequest& request : asked) {
    const json::Value* answer = given == nullptr ? nullptr : given->find(request.key);
    if (answer == nullptr) continue;
    if (!answer->is_object()) return invalid(describe(request, invalid("it must be an object")));
    if (const auto good = mcp::check_input(request, *answer); !good) {
      return invalid(describe(request, good.error()));
    }
    writer.key(request.key);
    const json::Value* action = answer->find_string("action");
    if (request.kind == mcp::InputKind::kForm && action->as_string() != "accept") {
      // Nobody has looked at what stands in a form that was not filled in.
      writer.begin_object().member("action", action->as_string()).end_object();
      continue;
    }
    std::string line;
    json::append_on_one_line(line, json::find_raw(given_text, request.key).value_or("null"));
    writer.raw(line);
  }
  writer.end_object();
  return text;
}

}  // namespace

// What a modern client brings from the round before. Answers without the state that was given with
// the questions are not looked at: nobody can say what they answer, so the first round begins
// again.
bool Dispatcher::refuse_state(const std::shared_ptr<Call>& call) {
  if (!mcp::is_modern(call->version) || call->item->kind == mcp::ItemKind::kCompletion) {
    return false;
  }
  const auto refuse_for = [&](const std::string& why) {
    return refuse(call, EndedAs::kInvalid, mcp::invalid_params("Invalid params: " + why));
  };
  const json::Value* given = call->message->param("inputResponses");
  if (given != nullptr && !given->is_object()) {
    return refuse_for("inputResponses must be an object");
  }
  const json::Value* sealed = call->message->param("requestState");
  if (sealed == nullptr) return false;
  if (!sealed->is_string()) return refuse_for("requestState must be text");
  if (!seal_keys_) return refuse_for("requestState is not of this server");
  auto state =
      open_state(*seal_keys_, state_owner(*call), sealed->as_string(), identity::unix_now());
  if (!state) return refuse_for(state.error().message());
  auto answers = take_answers(state->asked, call->message->param_text("inputResponses"), given);
  if (!answers) return refuse_for(answers.error().message());
  call->round = state->round + 1;
  call->resume_state = std::move(state->resume_state);
  call->input_responses = std::move(*answers);
  return false;
}

void Dispatcher::ask(const std::shared_ptr<Call>& call) {
  if (!mcp::is_modern(call->version)) {
    ask_client(call);
  } else if (call->task) {
    ask_in_task(call);
  } else {
    auto asked = sealed_questions(*call, call->questions->requests, call->questions->resume_state,
                                  render_context());
    answer(call,
           asked ? std::move(*asked)
                 : told_error(*call, asked.error().message(), mcp::kInternalError, server_info()));
  }
}

// The plugin's questions go out as requests, all of them or none; its round is over and recorded.
void Dispatcher::ask_client(const std::shared_ptr<Call>& call) {
  call->state = Call::State::kAsking;
  capacity_.leave(*call);
  if (stopping_) {
    refuse(open_round(call), EndedAs::kStopped, stopping());
    return;
  }
  call->deadline = Clock::now() + kAnswerPatience;
  if (!call->session->is_initialized) return;              // it is asked once it is ready
  std::vector<std::pair<std::string, std::string>> texts;  // with their ids
  for (const mcp::InputRequest& request : call->questions->requests) {
    std::string id = std::string{kQuestionTag} + std::to_string(next_question_++);
    auto text = mcp::legacy_input_request(request, id, call->version);
    if (!text) {
      end_asking(call, EndedAs::kError, "The client's protocol version has no such question");
      return;
    }
    texts.emplace_back(std::move(id), std::move(*text));
  }
  const auto responder = call->responder;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    asked_.emplace(texts[i].first, Asked{call, i});
    const bool sent = responder->ask(std::move(texts[i].second));
    if (call->state != Call::State::kAsking) return;  // writing has ended the connection
    if (!sent) {
      end_asking(call, EndedAs::kError, "The client cannot be asked on this connection");
      return;
    }
  }
  if (texts.empty()) next_round(call);
}

void Dispatcher::client_is_ready(const std::shared_ptr<LegacySession>& session) {
  if (std::exchange(session->is_initialized, true)) return;
  for (const auto& call : std::vector(live_.begin(), live_.end())) {
    if (call->session == session && call->state == Call::State::kAsking) ask_client(call);
  }
}

// No more answers are waited for.
void Dispatcher::stop_asking(const std::shared_ptr<Call>& call) {
  std::erase_if(asked_, [&](const auto& entry) { return entry.second.call == call; });
}

void Dispatcher::end_asking(const std::shared_ptr<Call>& call, EndedAs as, std::string_view why) {
  const auto next = open_round(call);
  next->end();
  const int code = next->is_tool() ? 0 : int{mcp::kInternalError};
  conclude(next, {.as = as, .code = code},
           told_error(*next, why, mcp::kInternalError, server_info()));
}

bool Dispatcher::client_answered(const std::shared_ptr<LegacySession>& session,
                                 const mcp::Message& response) {
  const std::string* id = response.id().text();
  if (id == nullptr) return false;
  const auto place = asked_.find(*id);
  if (place == asked_.end() || place->second.call->session != session) return false;
  const Asked asked = place->second;
  asked_.erase(place);
  Questions& questions = *asked.call->questions;
  const mcp::InputRequest& request = questions.requests[asked.index];
  if (const json::Value* error = response.error()) {
    const json::Value* message = error->find_string("message");
    end_asking(asked.call, EndedAs::kError,
               "The client did not answer \"" + request.key + "\": " +
                   (message == nullptr ? std::string{"it gave an error"}
                                       : std::string{message->as_string()}));
    return true;
  }
  questions.answers[asked.index] = response.result_text();
  const auto& answers = questions.answers;
  const auto is_missing = [](const std::string& answer) { return answer.empty(); };
  if (std::none_of(answers.begin(), answers.end(), is_missing)) next_round(asked.call);
  return true;
}

// The next round of a request, which takes over from the one that has asked. It has a record of its
// own, also where its plugin never hears of it.
std::shared_ptr<Call> Dispatcher::open_round(const std::shared_ptr<Call>& call) {
  stop_asking(call);
  auto next = std::make_shared<Call>(next_id_++, call);
  next->version = call->version;
  next->principal = call->principal;
  next->client = call->client;
  next->session = call->session;
  next->subject = call->subject;
  next->request_id = call->request_id;
  next->arguments = call->arguments;
  next->meta = call->meta;
  next->traceparent = call->traceparent;
  next->tracestate = call->tracestate;
  next->baggage = call->baggage;
  next->progress_token = call->progress_token;
  next->log_level = call->session ? call->session->log_level : std::nullopt;
  next->round = call->round + 1;
  next->resume_state = call->questions->resume_state;
  next->arrived = Clock::now();
  next->may_be_task = call->may_be_task;
  next->task = call->task;
  if (next->task) {
    next->task->call = next;
    next->deadline = call->deadline;  // a task's life has no rounds
  } else if (call->item->timeout.count() > 0) {
    next->deadline = next->arrived + call->item->timeout;
  }
  next->transport = call->transport;
  next->address = call->address;
  next->has_effects = call->has_effects;
  next->counts = call->counts;
  if (next->counts != nullptr) next->counts->in_flight.add(1);
  next->slot_free = true;
  next->is_counted = std::exchange(call->is_counted, false);
  next->progress.go_on_from(call->progress);
  next->responder = std::move(call->responder);
  call->next_round = next;
  live_.insert(next);
  ++unanswered_;
  settled(call);
  return next;
}

// The same request once more, with the answers; a call of its own, so that the plugin's first round
// may end when it likes.
void Dispatcher::next_round(const std::shared_ptr<Call>& call) {
  stop_asking(call);
  std::string given;
  json::Writer writer{given};
  writer.begin_object();
  const Questions& questions = *call->questions;
  for (std::size_t i = 0; i < questions.requests.size(); ++i) {
    std::string line;
    json::append_on_one_line(line, questions.answers[i]);
    writer.key(questions.requests[i].key).raw(line);
  }
  writer.end_object();
  const auto document = json::parse(given);
  auto answers = document ? take_answers(questions.requests, given, &document->root())
                          : Result<std::string>{document.error()};
  if (!answers) {
    end_asking(call, EndedAs::kInvalid, answers.error().message());
    return;
  }
  const auto next = open_round(call);
  next->input_responses = std::move(*answers);
  capacity_.resume(*next);
  if (stopping_) {
    refuse(next, EndedAs::kStopped, stopping());
  } else if (const auto failure = audit_.refuse_all(next->arrived)) {
    next->end();
    count_end(*next, {.as = EndedAs::kUnavailable});
    answer(next, refusal(*failure, next->version, next->message->id()));
  } else if (!access_.may_use(next->principal, *next->item, next->subject)) {
    deny(next);
  } else {
    begin(next);
  }
}

}  // namespace toolpost::call
