// SPDX-License-Identifier: Apache-2.0
// How grave a log line is; the values are OpenTelemetry's severity numbers.
#pragma once

#include <toolpost/plugin.h>

namespace toolpost::sdk {

enum class Severity : toolpost_severity {
  kTrace = TOOLPOST_SEVERITY_TRACE,
  kDebug = TOOLPOST_SEVERITY_DEBUG,
  kInfo = TOOLPOST_SEVERITY_INFO,
  kWarn = TOOLPOST_SEVERITY_WARN,
  kError = TOOLPOST_SEVERITY_ERROR,
  kFatal = TOOLPOST_SEVERITY_FATAL
};

}  // namespace toolpost::sdk
