// SPDX-License-Identifier: Apache-2.0
// URI templates (RFC 6570) read backwards: which URIs are of this form, and with which variables.
#pragma once

#include "base/error.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace toolpost::mcp {

// Takes the expressions {name}, {+name}, {#name}, {.name}, {/name}, {;name}, {?name,...} and
// {&name,...}, with * and :N. Of an expression with a sign before each value ({.} {/} {;} {?} {&})
// any variable may be left out, of {#} all together. Those of a query, {?} and {&}, may come in any
// order, each once: who writes a URI by hand does not look up which of them is first. Matching
// takes time in proportion to the URI, whatever the template is.
class UriTemplate {
 public:
  static constexpr std::size_t kMaxVariables = 32;

  static Result<UriTemplate> compile(std::string_view text);

  UriTemplate(UriTemplate&&) noexcept;
  UriTemplate& operator=(UriTemplate&&) noexcept;
  ~UriTemplate();

  using Variables = std::vector<std::pair<std::string, std::string>>;

  // The variables in the order of the template, with percent-encoding undone; those that the URI
  // leaves out are missing. Null when the URI is of another form.
  std::optional<Variables> match(std::string_view uri) const;

  // Its variables, in order.
  const std::vector<std::string>& variables() const noexcept;

  // How much of a URI the template settles by itself: of two that match, the larger one is meant.
  std::size_t literal_size() const noexcept;

 private:
  struct Compiled;

  static Result<> add_expression(Compiled& compiled, std::string_view expression,
                                 std::string& pattern);

  explicit UriTemplate(std::unique_ptr<Compiled> compiled);

  std::unique_ptr<Compiled> compiled_;
};

}  // namespace toolpost::mcp
