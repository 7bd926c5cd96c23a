// SPDX-License-Identifier: Apache-2.0
#include "user_service.hpp"

#include "base/utc_time.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <toolpost/plugin.h>

#include <algorithm>
#include <initializer_list>

namespace toolpost {
namespace {

using identity::Issued;
using identity::KeyRecord;
using identity::KeyWish;
using identity::UnixSeconds;
using identity::UserRecord;
using identity::UserStore;

constexpr UnixSeconds kDefaultGrace = UnixSeconds{24} * 3600;
constexpr const char* kDefaultRole = "user";

// The arguments of one operation. The first that is wrong is remembered, and the rest read as
// absent.
class Arguments {
 public:
  Arguments(const json::Value& object, std::initializer_list<std::string_view> known)
      : object_(object) {
    for (const json::Member& member : object.members()) {
      if (std::find(known.begin(), known.end(), member.key) == known.end()) {
        fail("an argument", "is not known to this operation");
      }
    }
  }

  std::string text(std::string_view name) {
    auto found = optional_text(name);
    if (!found) fail(name, "is missing");
    return found.value_or(std::string{});
  }

  std::optional<std::string> optional_text(std::string_view name) {
    const json::Value* value = present(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_string()) return std::string{value->as_string()};
    fail(name, "must be a string");
    return std::nullopt;
  }

  UnixSeconds seconds(std::string_view name, UnixSeconds fallback) {
    const json::Value* value = present(name);
    if (value == nullptr) return fallback;
    if (value->type() == json::Type::kInt64) return value->as_int64();
    fail(name, "must be a whole number of seconds");
    return fallback;
  }

  bool flag(std::string_view name, bool fallback) {
    const json::Value* value = present(name);
    if (value == nullptr) return fallback;
    if (value->is_bool()) return value->as_bool();
    fail(name, "must be true or false");
    return fallback;
  }

  std::optional<UnixSeconds> time(std::string_view name) {
    const auto written = optional_text(name);
    if (!written) return std::nullopt;
    const auto parsed = parse_utc_time(*written);
    if (!parsed) fail(name, "must be a time like \"2026-01-31T12:00:00Z\"");
    return parsed;
  }

  Result<> check() const {
    if (problem_.empty()) return {};
    return invalid(problem_);
  }

 private:
  const json::Value* present(std::string_view name) const {
    const json::Value* value = object_.find(name);
    return value != nullptr && !value->is_null() ? value : nullptr;
  }

  void fail(std::string_view name, std::string_view why) {
    if (problem_.empty()) problem_.append(name).append(" ").append(why);
  }

  const json::Value& object_;
  std::string problem_;
};

void write_time(json::Writer& writer, std::string_view name, std::optional<UnixSeconds> time) {
  writer.key(name);
  if (time) {
    writer.string(to_utc_time(*time));
  } else {
    writer.null();
  }
}

void write_user(json::Writer& writer, const UserRecord& user, UnixSeconds now) {
  writer.begin_object().member("username", std::string_view{user.username});
  writer.member("role", std::string_view{user.role});
  writer.member("created_at", std::string_view{to_utc_time(user.created_at)});
  writer.member("disabled", user.disabled).key("keys").begin_array();
  for (const KeyRecord& key : user.keys) {
    writer.begin_object().member("id", std::string_view{key.id});
    writer.member("created_at", std::string_view{to_utc_time(key.created_at)});
    writer.member("age_s", std::max<UnixSeconds>(0, now - key.created_at));
    write_time(writer, "last_used_at", key.last_used_at);
    write_time(writer, "expires_at", key.expires_at);
    writer.end_object();
  }
  writer.end_array().end_object();
}

// What an operation came to: whom it concerned, for the log, and its result.
struct Done {
  std::string username{};
  std::string key_id{};  // of a new key
  std::string json{};
};

Done done(const UserRecord& user, UnixSeconds now) {
  Done result{.username = user.username};
  json::Writer writer{result.json};
  writer.begin_object().key("user");
  write_user(writer, user, now);
  writer.end_object();
  return result;
}

Done done(const Issued& issued, UnixSeconds now) {
  Done result{.username = issued.user.username, .key_id = issued.user.keys.back().id};
  json::Writer writer{result.json};
  writer.begin_object().key("user");
  write_user(writer, issued.user, now);
  writer.member("api_key", issued.key.reveal()).end_object();
  return result;
}

template <class T>
Result<Done> done_or_error(const Result<T>& result, UnixSeconds now) {
  if (!result) return result.error();
  return done(*result, now);
}

Result<Done> create(const UserStore& store, const json::Value& object, UnixSeconds now) {
  Arguments arguments{object, {"username", "role", "api_key", "expires_at"}};
  identity::NewUser user{.username = arguments.text("username"),
                         .role = arguments.optional_text("role").value_or(kDefaultRole)};
  if (auto key = arguments.optional_text("api_key")) user.key.key = Secret{std::move(*key)};
  user.key.expires_at = arguments.time("expires_at");
  if (auto good = arguments.check(); !good) return good.error();
  return done_or_error(store.create(user, now), now);
}

Result<Done> list(const UserStore& store, const json::Value& object, UnixSeconds now) {
  const Arguments arguments{object, {}};
  if (auto good = arguments.check(); !good) return good.error();
  const auto records = store.list();
  if (!records) return records.error();
  Done result;
  json::Writer writer{result.json};
  writer.begin_object().key("users").begin_array();
  for (const UserRecord& user : records->users) write_user(writer, user, now);
  writer.end_array().end_object();
  return result;
}

Result<Done> remove(const UserStore& store, const json::Value& object, UnixSeconds now) {
  Arguments arguments{object, {"username"}};
  const std::string username = arguments.text("username");
  if (auto good = arguments.check(); !good) return good.error();
  return done_or_error(store.remove(username, now), now);
}

Result<Done> rotate_key(const UserStore& store, const json::Value& object, UnixSeconds now) {
  Arguments arguments{object, {"username", "grace_s", "expires_at"}};
  const std::string username = arguments.text("username");
  const UnixSeconds grace = arguments.seconds("grace_s", kDefaultGrace);
  const KeyWish wish{.expires_at = arguments.time("expires_at")};
  if (auto good = arguments.check(); !good) return good.error();
  return done_or_error(store.rotate_key(username, wish, grace, now), now);
}

Result<Done> disable(const UserStore& store, const json::Value& object, UnixSeconds now) {
  Arguments arguments{object, {"username", "disabled"}};
  const std::string username = arguments.text("username");
  const bool disabled = arguments.flag("disabled", true);
  if (auto good = arguments.check(); !good) return good.error();
  return done_or_error(store.set_disabled(username, disabled, now), now);
}

Result<Done> set_role(const UserStore& store, const json::Value& object, UnixSeconds now) {
  Arguments arguments{object, {"username", "role"}};
  const std::string username = arguments.text("username");
  const std::string role = arguments.text("role");
  if (auto good = arguments.check(); !good) return good.error();
  return done_or_error(store.set_role(username, role, now), now);
}

struct Operation {
  std::string_view name;
  bool changes;
  Result<Done> (*run)(const UserStore&, const json::Value&, UnixSeconds);
};

constexpr Operation kOperations[] = {
    {"create", true, create},   {"list", false, list},        {"delete", true, remove},
    {"disable", true, disable}, {"set_role", true, set_role}, {"rotate_key", true, rotate_key}};

const Operation* find_operation(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kOperations), std::end(kOperations),
                   [&](const Operation& operation) { return operation.name == name; });
  return found == std::end(kOperations) ? nullptr : found;
}

std::int32_t status_of(Errc code) {
  switch (code) {
    case Errc::kInvalid:
    case Errc::kExists:
      return TOOLPOST_E_INVALID;
    case Errc::kNotFound:
      return TOOLPOST_E_NOT_FOUND;
    case Errc::kState:
      return TOOLPOST_E_DENIED;
    default:
      return TOOLPOST_E_UNAVAILABLE;
  }
}

// What is wrong with the file is for the operator; the caller is told only that it is.
std::string text_for_caller(const Error& error) {
  if (status_of(error.code()) != TOOLPOST_E_UNAVAILABLE || error.code() == Errc::kUnavailable) {
    return error.message();
  }
  return "the users cannot be read or changed now; the server's log says why";
}

}  // namespace

call::ServiceAnswer StoreUserService::manage(const identity::Principal& principal,
                                             std::string_view operation,
                                             std::string_view arguments) {
  const Operation* known = find_operation(operation);
  if (known == nullptr) return {TOOLPOST_E_UNSUPPORTED, "there is no such operation on users"};
  if (principal.role != identity::kAdminRole) {
    log_.warn("users: refused, the caller is no admin",
              {{"operation", known->name}, {"by", principal.name}});
    return {TOOLPOST_E_DENIED, "only an admin may manage users"};
  }
  const auto document = json::parse(arguments.empty() ? std::string_view{"{}"} : arguments);
  if (!document || !document->root().is_object()) {
    return {TOOLPOST_E_INVALID, "the arguments are no JSON object"};
  }
  auto result = known->run(store_, document->root(), now_());
  if (!result) {
    const Error& error = result.error();
    const auto level =
        status_of(error.code()) == TOOLPOST_E_UNAVAILABLE ? LogLevel::kError : LogLevel::kWarn;
    log_.write(level, "users: refused",
               {{"operation", known->name}, {"by", principal.name}, {"reason", error.message()}});
    return {status_of(error.code()), text_for_caller(error)};
  }
  if (!result->key_id.empty()) {
    log_.info("users: new key",
              {{"user", result->username}, {"key_id", result->key_id}, {"by", principal.name}});
  }
  if (known->changes) {
    log_.info("users: changed",
              {{"operation", known->name}, {"by", principal.name}, {"user", result->username}});
  }
  return {TOOLPOST_OK, std::move(result->json)};
}

}  // namespace toolpost
