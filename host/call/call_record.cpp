// SPDX-License-Identifier: Apache-2.0
#include "call/call_record.hpp"

#include "audit/argument_digest.hpp"
#include "base/redact.hpp"
#include "base/utf8.hpp"
#include "call/access.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <algorithm>

namespace toolpost::call {
namespace {

// What clients say of themselves and of what they want is theirs: bounded.
constexpr std::size_t kMaxClientBytes = 128;
constexpr std::size_t kMaxItemBytes = 256;
constexpr std::size_t kMaxRequestBytes = 128;
constexpr std::size_t kMaxTraceBytes = 128;
constexpr std::size_t kMaxTraceStateBytes = 512;

std::string_view to_string(Transport transport) {
  switch (transport) {
    case Transport::kHttp:
      return "http";
    case Transport::kStdio:
      return "stdio";
    case Transport::kCommandLine:
      return "call";
  }
  return "unknown";
}

void append_text(json::Writer& writer, std::string_view name, std::string_view text) {
  if (!text.empty()) writer.member(name, text);
}

// Text of a client. What looks like a secret goes before anything is cut off, as half of one may
// not look like it any more.
void append_foreign(json::Writer& writer, std::string_view name, std::string_view text,
                    std::size_t limit) {
  std::string clean;
  append_text(writer, name, utf8_prefix(redacted(text, clean), limit));
}

// Appends what a member of a JSON object says; nothing when it is no string.
void append_text_of(std::string& out, std::string_view object, std::string_view name) {
  const auto raw = json::find_raw(object, name).value_or("");
  if (raw.size() < 2 || raw.front() != '"') return;
  const std::string_view inside = raw.substr(1, raw.size() - 2);
  if (inside.find('\\') == std::string_view::npos) {
    out.append(inside);
  } else {
    out.append(json::unescape(inside));
  }
}

// "name version", as the client says.
std::string_view client_of(const Call& call, std::string& scratch) {
  scratch.clear();
  if (const auto info = json::find_raw(call.client.json, "clientInfo")) {
    append_text_of(scratch, *info, "name");
    scratch.push_back(' ');
    append_text_of(scratch, *info, "version");
    if (scratch.back() == ' ') scratch.pop_back();
  }
  return scratch;
}

void append_request(json::Writer& writer, const Call& call, audit::Scribe& scribe) {
  append_foreign(writer, "method", call.message->method(), kMaxItemBytes);
  append_foreign(writer, "item", call.subject, kMaxItemBytes);
  if (call.item) writer.member("plugin", std::string_view{call.item->plugin_id});
  writer.member("call", static_cast<std::int64_t>(call.id));
  if (call.round != 0) writer.member("round", std::int64_t{call.round});
  append_text(writer, "user", call.principal.name);
  append_text(writer, "role", call.principal.role);
  append_text(writer, "key_id", call.principal.key_id);
  append_text(writer, "address", call.address);
  append_foreign(writer, "client", client_of(call, scribe.scratch), kMaxClientBytes);
  writer.member("transport", to_string(call.transport));
  append_foreign(writer, "request", call.request_id, kMaxRequestBytes);
}

// Only tools can mark arguments, and of one that there is not nothing is known.
const json::LogMarks& marks_of(const Call& call) {
  static const json::LogMarks kNone;
  return call.item ? call.item->definition.log_marks : kNone;
}

void append_arguments(std::string& out, json::Writer& writer, const Call& call,
                      const audit::Scribe& scribe) {
  if (call.arguments == "{}") return;
  writer.key("arguments");
  audit::append_arguments(out, call.arguments, marks_of(call), scribe.digests);
  writer.raw({});  // it is written already; a comma comes after it
}

// W3C Trace Context and Baggage. Only the first has a form that has been checked.
void append_trace(json::Writer& writer, const Call& call) {
  append_text(writer, "trace", utf8_prefix(call.traceparent, kMaxTraceBytes));
  append_foreign(writer, "tracestate", call.tracestate, kMaxTraceStateBytes);
  append_foreign(writer, "baggage", call.baggage, kMaxTraceStateBytes);
}

std::string allowing_rule(const Call& call, const policy::AccessRules& rules) {
  if (!call.item) return {};
  return explain(rules, call.principal.role, *call.item, call.subject).rule;
}

// Nobody looked whether the caller may.
bool was_decided(EndedAs as) {
  return as != EndedAs::kUnknown && as != EndedAs::kRateLimited;
}

}  // namespace

void append_intent(std::string& out, const Call& call, const policy::AccessRules& rules,
                   audit::Scribe& scribe) {
  json::Writer writer{out};
  writer.begin_object();
  append_request(writer, call, scribe);
  append_arguments(out, writer, call, scribe);
  append_text(writer, "rule", allowing_rule(call, rules));
  append_trace(writer, call);
  writer.end_object();
}

void append_outcome(std::string& out, const Call& call, const Ending& ending,
                    Clock::time_point ended, const policy::AccessRules& rules,
                    audit::Scribe& scribe) {
  json::Writer writer{out};
  writer.begin_object();
  append_request(writer, call, scribe);
  if (call.intent_seq != 0) {
    writer.member("intent", static_cast<std::int64_t>(call.intent_seq));
  } else {
    append_arguments(out, writer, call, scribe);
  }
  if (was_decided(ending.as)) {
    const bool denied = ending.as == EndedAs::kDenied;
    writer.member("decision", denied ? "deny" : "allow");
    append_text(writer, "rule", denied ? ending.rule : allowing_rule(call, rules));
  }
  writer.member("outcome", to_string(ending.as));
  if (ending.code != 0) writer.member("code", std::int64_t{ending.code});
  writer.member(
      "duration_us",
      std::int64_t{
          std::chrono::duration_cast<std::chrono::microseconds>(ended - call.arrived).count()});
  if (ending.as == EndedAs::kOk || ending.as == EndedAs::kToolError) {
    writer.member("result_bytes", static_cast<std::int64_t>(ending.result_bytes));
  }
  append_trace(writer, call);
  writer.end_object();
}

}  // namespace toolpost::call
