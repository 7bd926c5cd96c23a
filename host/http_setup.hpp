// SPDX-License-Identifier: Apache-2.0
// From the configuration to what the HTTP transport is told: the structs of config/ into those of
// transport/, which do not know each other.
#pragma once

#include "base/log.hpp"
#include "config/config.hpp"
#include "transport/http_options.hpp"
#include "transport/tls_context.hpp"

namespace toolpost {

Result<transport::HttpOptions> http_options(const config::Config& config);
transport::TlsOptions tls_options(const config::Config& config);

// What a start would refuse of them, without a start and without a look at the certificates.
Result<> check_http(const config::Config& config);

// Says so when keys would travel in clear beyond this machine.
void warn_of_plain_http(const config::Config& config, Log& log);

}  // namespace toolpost
