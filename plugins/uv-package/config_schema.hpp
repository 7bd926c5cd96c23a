// SPDX-License-Identifier: Apache-2.0
// The configuration's JSON Schema; README.md explains the same keys at length. A constant, so that
// the plugin's entry can hold it without running code.
#pragma once

#include <string_view>

namespace toolpost::uv_package {

inline constexpr std::string_view kConfigSchema = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "uv": {
      "type": "string",
      "description": "Absolute path of the uv executable; searched when absent."
    },
    "project_root": {
      "type": "string",
      "description": "Absolute path of the project acted on when a call names none; the working directory when absent."
    },
    "roots": {
      "type": "array", "items": {"type": "string"}, "default": [],
      "description": "Further directories (absolute) below which a call may name a project."
    },
    "index_url": {
      "type": "string",
      "description": "The package index, instead of uv's default. No credentials."
    },
    "extra_index_urls": {
      "type": "array", "items": {"type": "string"}, "default": [],
      "description": "Indexes asked before index_url, in this order. No credentials."
    },
    "project_index_urls": {
      "type": "array", "items": {"type": "string"}, "default": [],
      "description": "Indexes that a project may name itself, beside the configured ones."
    },
    "file_hosts": {
      "type": "array", "items": {"type": "string"}, "default": [],
      "description": "Hosts (with port, if any) that packages in a lock file may be downloaded from, beside those of the configured indexes."
    },
    "proxy": {
      "type": "string",
      "description": "HTTP proxy for uv, as a URL. No credentials."
    },
    "no_proxy": {
      "type": "string",
      "description": "Hosts reached without the proxy, separated by commas."
    },
    "ca_file": {
      "type": "string",
      "description": "Absolute path of a PEM file with the certificate authorities to trust."
    },
    "cache_dir": {
      "type": "string",
      "description": "Absolute path of uv's cache; in the plugin's data directory when absent."
    },
    "environment": {
      "type": "string", "minLength": 1, "default": ".venv",
      "description": "The virtual environment: a path in the project, or an absolute one used for every project."
    },
    "python": {
      "type": "string",
      "description": "Absolute path of the Python interpreter for new environments; uv chooses when absent."
    },
    "build_project": {
      "type": "boolean", "default": true,
      "description": "Whether the project itself is built and installed, as uv does it."
    },
    "timeout_s": {
      "type": "integer", "minimum": 1, "maximum": 86400, "default": 600,
      "description": "Seconds a tool may take."
    },
    "lock_wait_s": {
      "type": "integer", "minimum": 0, "maximum": 3600, "default": 30,
      "description": "Seconds to wait for another call that changes the same project."
    },
    "circuit_failures": {
      "type": "integer", "minimum": 0, "maximum": 1000, "default": 5,
      "description": "Calls in a row that fail because of uv or the index until further ones are refused at once; 0: never."
    },
    "circuit_open_ms": {
      "type": "integer", "minimum": 100, "maximum": 3600000, "default": 30000,
      "description": "Milliseconds they are refused; then one call at a time tries it again."
    },
    "max_output_bytes": {
      "type": "integer", "minimum": 1024, "maximum": 1048576, "default": 32768,
      "description": "How much of uv's output a result holds; the middle is left out."
    }
  }
})json";

}  // namespace toolpost::uv_package
