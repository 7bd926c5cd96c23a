// SPDX-License-Identifier: Apache-2.0
#include "control_place.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <unistd.h>

namespace toolpost {

std::string this_host() {
  std::array<char, 65> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name[0] == '\0') return "localhost";
  std::string text = name.data();
  std::replace(text.begin(), text.end(), '/', '-');
  return text;
}

std::string control_name(std::string_view host, int process) {
  return std::string{host} + "-" + std::to_string(process) + std::string{kControlSuffix};
}

int process_of(std::string_view name, std::string_view host) {
  if (!name.starts_with(host) || !name.ends_with(kControlSuffix)) return 0;
  name.remove_prefix(host.size());
  name.remove_suffix(kControlSuffix.size());
  if (!name.starts_with('-')) return 0;
  name.remove_prefix(1);
  int process = 0;
  const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), process);
  return ec == std::errc{} && end == name.data() + name.size() && process > 0 ? process : 0;
}

std::string control_directory(std::string_view data_directory) {
  return std::string{data_directory} + "/control";
}

std::string control_path(const PrivateDirectory& directory, std::string_view name) {
  return "/proc/self/fd/" + std::to_string(directory.fd()) + "/" + std::string{name};
}

}  // namespace toolpost
