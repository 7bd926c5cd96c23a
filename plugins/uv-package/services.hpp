// SPDX-License-Identifier: Apache-2.0
// What all calls share. Built once by the plugin, outlives every call; the members that change lock
// themselves.
#pragma once

#include "running_calls.hpp"
#include "settings.hpp"
#include "uv_binary.hpp"
#include "uv_circuit.hpp"
#include "uv_command.hpp"

#include <toolpost/process.hpp>

namespace toolpost::uv_package {

struct Services {
  Services(Settings given_settings, HostCertificates given_certificates,
           Directories given_directories, sdk::Launcher given_launcher,
           std::string_view search_path)
      : settings(std::move(given_settings)),
        certificates(std::move(given_certificates)),
        directories(std::move(given_directories)),
        launcher(std::move(given_launcher)),
        uv(settings.uv, search_path),
        circuit(settings.circuit) {}

  const Settings settings;
  const HostCertificates certificates;
  const Directories directories;
  const sdk::Launcher launcher;
  UvBinary uv;
  UvCircuit circuit;
  RunningCalls running;
};

}  // namespace toolpost::uv_package
