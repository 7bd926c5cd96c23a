// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace toolpost {

Error Error::in(std::string_view context) const& {
  return Error{*this}.in(context);
}

Error Error::in(std::string_view context) && {
  message_.insert(0, std::string{context} + ": ");
  return std::move(*this);
}

std::vector<std::string> Error::lines() const {
  std::vector<std::string> lines;
  const std::string_view text = message_;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    lines.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw std::logic_error{"a failed Result was used as a value: " + error.message()};
}

Error errno_error(std::string_view what, int error_number) {
  Errc code = Errc::kIo;
  if (error_number == ENOENT) code = Errc::kNotFound;
  if (error_number == EACCES || error_number == EPERM) code = Errc::kDenied;
  if (error_number == EADDRINUSE || error_number == EEXIST) code = Errc::kExists;
  return {code, std::string{what} + ": " + std::generic_category().message(error_number)};
}

}  // namespace toolpost
