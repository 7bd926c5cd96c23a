// SPDX-License-Identifier: Apache-2.0
// toolpost-manifest: writes NAME.plugin.json from the entry of NAME.so. It runs the plugin's entry
// function, so it belongs into the plugin's own build and nowhere else.
#include "entry_rules.hpp"
#include "guarded.hpp"

#include <toolpost/error.hpp>
#include <toolpost/json.hpp>
#include <toolpost/plugin.h>

#include <charconv>
#include <cstdio>
#include <dlfcn.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using toolpost::sdk::Json;
using toolpost::sdk::JsonMember;

constexpr std::string_view kUsage =
    "usage: toolpost-manifest [--isolation required|preferred|none] [--secret NAME]...\n"
    "                         [--egress HOST:PORT]... [--limit KEY=NUMBER]...\n"
    "                         [--output FILE] PLUGIN.so\n"
    "       toolpost-manifest --help\n"
    "Runs the entry function of PLUGIN.so, checks what it returns and writes the manifest of the\n"
    "plugin to FILE or to standard output.\n";

struct Arguments {
  std::string plugin;
  std::string output;  // empty = standard output
  std::string isolation = "preferred";
  Json secrets = Json::array();
  Json egress = Json::array();
  Json limits = Json::object();
  bool help = false;
};

void add_limit(Json& limits, std::string_view text) {
  const std::size_t equals = text.find('=');
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  if (equals == std::string_view::npos || equals == 0) {
    throw std::invalid_argument("--limit wants KEY=NUMBER, not '" + std::string(text) + "'");
  }
  const auto parsed = std::from_chars(text.data() + equals + 1, end, value);
  if (parsed.ec != std::errc{} || parsed.ptr != end || value < 0) {
    throw std::invalid_argument("--limit " + std::string(text) + ": not a whole number");
  }
  limits.set(std::string(text.substr(0, equals)), value);
}

Arguments read_arguments(const std::vector<std::string>& given) {
  Arguments arguments;
  for (std::size_t index = 0; index < given.size(); ++index) {
    const std::string& option = given[index];
    if (option.rfind("--", 0) != 0) {
      if (!arguments.plugin.empty()) throw std::invalid_argument("more than one plugin is named");
      arguments.plugin = option;
      continue;
    }
    if (option == "--help") {
      arguments.help = true;
      return arguments;
    }
    if (++index == given.size()) throw std::invalid_argument(option + " wants a value");
    const std::string& value = given[index];
    if (option == "--isolation") {
      if (value != "required" && value != "preferred" && value != "none") {
        throw std::invalid_argument("--isolation is '" + value + "'");
      }
      arguments.isolation = value;
    } else if (option == "--secret") {
      arguments.secrets.push_back(value);
    } else if (option == "--egress") {
      arguments.egress.push_back(value);
    } else if (option == "--limit") {
      add_limit(arguments.limits, value);
    } else if (option == "--output") {
      arguments.output = value;
    } else {
      throw std::invalid_argument("unknown option " + option);
    }
  }
  if (arguments.plugin.empty()) throw std::invalid_argument("no plugin is named");
  return arguments;
}

// Never closed: the entry it returns lives in the library.
const toolpost_entry* load_entry(const std::string& path) {
  void* library = dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  void* symbol = dlsym(library, "toolpost_entry_v1");
  if (symbol == nullptr) throw std::runtime_error("does not export toolpost_entry_v1");
  return reinterpret_cast<decltype(&toolpost_entry_v1)>(symbol)();
}

Json manifest_of(toolpost::manifest::EntryTexts entry, const Arguments& arguments) {
  return Json::object({
      {"id", std::move(entry.id)},
      {"name", std::move(entry.name)},
      {"version", std::move(entry.version)},
      {"vendor", std::move(entry.vendor)},
      {"file", std::filesystem::path(arguments.plugin).filename().string()},
      {"abi", std::move(entry.abi)},
      {"min_host", std::move(entry.min_host)},
      {"protocol", std::move(entry.protocol)},
      {"flags", std::move(entry.flags)},
      {"isolation", arguments.isolation},
      {"secrets", arguments.secrets},
      {"egress", arguments.egress},
      {"limits", arguments.limits},
      {"config_schema", std::move(entry.config_schema)},
      {"instructions", std::move(entry.instructions)},
  });
}

// One member a line: people read manifests before they enable a plugin.
std::string lines_of(const Json& manifest) {
  std::string out;
  for (const JsonMember& member : manifest.as_object()) {
    out += out.empty() ? "{\n  " : ",\n  ";
    toolpost::sdk::append_json_string(out, member.key);
    out += ": " + member.value.dump();
  }
  return out + "\n}\n";
}

// By rename: a reader never sees half a manifest.
void write_file(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new";
  std::ofstream file(draft, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + draft);
  std::filesystem::rename(draft, path);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Arguments arguments = read_arguments(std::vector<std::string>(argv + 1, argv + argc));
    if (arguments.help) {
      std::cout << kUsage << std::flush;
      return std::cout ? 0 : 1;
    }
    const std::string text = toolpost::manifest::run_guarded(arguments.plugin, [&] {
      return lines_of(
          manifest_of(toolpost::manifest::read_entry(load_entry(arguments.plugin)), arguments));
    });
    if (arguments.output.empty()) {
      std::cout << text << std::flush;
      return std::cout ? 0 : 1;
    }
    write_file(arguments.output, text);
    return 0;
  } catch (const std::invalid_argument& error) {
    std::cerr << "toolpost-manifest: " << error.what() << "\n" << kUsage;
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "toolpost-manifest: " << error.what() << "\n";
    return 1;
  }
}
