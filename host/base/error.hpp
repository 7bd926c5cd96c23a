// SPDX-License-Identifier: Apache-2.0
// Expected failures are values: Result<T> carries either a T or an Error.
// Bugs are not errors; they go through TOOLPOST_CHECK (base/check.hpp).
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace toolpost {

enum class Errc {
  kInvalid,      // the input is malformed or breaks a rule
  kNotFound,     //
  kExists,       // a name or address is taken
  kDenied,       // permission, ownership or policy
  kLimit,        // a named limit was passed
  kUnavailable,  // transient; a later attempt may succeed
  kUnsupported,  // valid, but not something this build does
  kState,        // not possible in the present state
  kIo,           // the operating system refused
  kInternal,
};

class Error {
 public:
  // Boost.System's result needs an error to be default-constructible; nothing else uses this.
  Error() : code_(Errc::kInternal) {}

  Error(Errc code, std::string message) : code_(code), message_(std::move(message)) {}

  Errc code() const noexcept { return code_; }

  const std::string& message() const noexcept { return message_; }

  // Adds the thing that was being done, outermost last: "plugin x: manifest: missing field 'id'".
  Error in(std::string_view context) &&;
  Error in(std::string_view context) const&;

  // The message by its lines: several where several mistakes were collected.
  std::vector<std::string> lines() const;

 private:
  Errc code_;
  std::string message_;
};

// Boost.System calls this when a failed Result is forced open; that is a bug in the caller.
[[noreturn]] void throw_exception_from_error(const Error& error,
                                             const boost::source_location& where);

template <class T = void>
using Result = boost::system::result<T, Error>;

inline Error invalid(std::string message) {
  return {Errc::kInvalid, std::move(message)};
}

// An Error for the current errno, e.g. "open /x: Permission denied".
Error errno_error(std::string_view what, int error_number);

}  // namespace toolpost
