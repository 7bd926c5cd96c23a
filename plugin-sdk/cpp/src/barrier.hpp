// SPDX-License-Identifier: Apache-2.0
// Where exceptions of a plugin end on the way to the host.
#pragma once

#include "host_link.hpp"

#include <toolpost/error.hpp>

#include <new>
#include <string_view>
#include <typeinfo>

namespace toolpost::sdk::detail {

// What a stranger may read of an exception that nobody expected.
inline constexpr std::string_view kUnexpected = "the plugin failed unexpectedly";
inline constexpr std::string_view kNoMemory = "the plugin ran out of memory";

// Logs the type of a foreign exception. Its text may hold anything, secrets too, and is left out.
void log_exception_type(const HostLink& link, toolpost_call_id id, const char* type) noexcept;

// Runs `action` and hands what it throws to `answer(status, message)`, which must not throw.
template <class Action, class Answer>
void guarded(const HostLink& link, toolpost_call_id id, Action action, Answer answer) noexcept {
  try {
    action();
  } catch (const Error& error) {
    answer(error.status(), std::string_view(error.what()));
  } catch (const std::bad_alloc&) {
    answer(Status::kLimit, kNoMemory);
  } catch (const std::exception& error) {
    log_exception_type(link, id, typeid(error).name());
    answer(Status::kInternal, kUnexpected);
  } catch (...) {
    log_exception_type(link, id, "unknown");
    answer(Status::kInternal, kUnexpected);
  }
}

}  // namespace toolpost::sdk::detail
