// SPDX-License-Identifier: Apache-2.0
// The configuration's JSON Schema; README.md explains the same keys at length. A constant, so that
// the plugin's entry can hold it without running code.
#pragma once

#include <string_view>

namespace toolpost::project_index {

inline constexpr std::string_view kConfigSchema = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "project_root": {
      "type": "string",
      "description": "Absolute path of the project that is looked at when a call names none; the working directory when absent."
    },
    "workspace_root": {
      "type": "string",
      "description": "Absolute path of the directory below which projects are discovered, and may be named; project_root when absent."
    },
    "roots": {
      "type": "array", "items": {"type": "string"}, "default": [],
      "description": "Further directories (absolute) below which a call may name a project."
    },
    "ctags": {
      "type": "string",
      "description": "Absolute path of Universal Ctags; /usr/bin/ctags when absent."
    },
    "max_files": {
      "type": "integer", "minimum": 1, "maximum": 10000000, "default": 200000,
      "description": "Files of one project that are indexed."
    },
    "max_bytes": {
      "type": "integer", "minimum": 1024, "maximum": 1099511627776, "default": 2147483648,
      "description": "Bytes of one project that are indexed."
    },
    "max_depth": {
      "type": "integer", "minimum": 1, "maximum": 1024, "default": 64,
      "description": "Directories deeper than this are counted and left out."
    },
    "max_file_bytes": {
      "type": "integer", "minimum": 1024, "maximum": 67108864, "default": 2097152,
      "description": "Larger files are listed, but neither searched nor shown."
    },
    "max_walk_s": {
      "type": "integer", "minimum": 1, "maximum": 3600, "default": 60,
      "description": "Seconds after which the walk over a project ends with what it has."
    },
    "allow_secret": {
      "type": "array", "items": {"type": "string", "minLength": 1}, "default": [],
      "description": "Globs, as in .gitignore, of files that are shown although their names say that they hold secrets."
    },
    "use_git_excludes": {
      "type": "boolean", "default": true,
      "description": "Whether .gitignore, .git/info/exclude and git's core.excludesFile count. .toolpostignore always does."
    },
    "watch": {
      "type": "boolean", "default": true,
      "description": "Whether open projects are watched, so that changes show by themselves; if not, refresh_index looks at every file."
    },
    "threads": {
      "type": "integer", "minimum": 1, "maximum": 16, "default": 2,
      "description": "Threads that one walk, one build of an index or one search may use."
    },
    "max_open_projects": {
      "type": "integer", "minimum": 1, "maximum": 256, "default": 8,
      "description": "Projects whose index is kept open at once."
    },
    "max_result_bytes": {
      "type": "integer", "minimum": 4096, "maximum": 1048576, "default": 262144,
      "description": "How much text one answer holds; the rest comes on the next page."
    },
    "timeout_s": {
      "type": "integer", "minimum": 1, "maximum": 86400, "default": 120,
      "description": "Seconds a call may take."
    }
  }
})json";

}  // namespace toolpost::project_index
