// SPDX-License-Identifier: Apache-2.0
// What the commands that look after an installation say of themselves.
#pragma once

#include <string_view>

namespace toolpost::config {

inline constexpr std::string_view kDoctorText =
    R"(Checks what a start depends on, one line each: configuration, paths and their modes, plugins,
package rules, uv, authentication and users, the port, certificates, audit and its newest
records, seal keys, Redis, disk space and inodes, backups. A fault is followed by a line that
says how to mend it. The server may run meanwhile; run it as the user that runs the server.

With --checklist it says PASS, FAIL or N/A of ten points of security, and why: authentication,
keys, policy, TLS, network, logs, monitoring, backups, a plan for incidents, audit.

Examples:
  toolpost doctor --config /etc/toolpost/toolpost.json
  toolpost doctor --checklist --json

Exit codes:
  0  nothing found, or no point fails
  1  something has to be mended
  2  the command line is wrong
)";

inline constexpr std::string_view kBackupCreateText =
    R"(Copies the configuration with the files it names, the variables of this environment that the
server knows, the users and the audit into one archive, a tar file of mode 0600. The server
may run meanwhile. An audit that is not sound is not taken. Without --out the archive goes to
backup.directory, and the oldest there are removed beyond backup.keep.

Secrets (API keys, passwords, private keys, what seals the audit and what clients carry) are
taken only with a passphrase, and sealed with it. Without one they are left out, and said.

Examples:
  toolpost backup create
  toolpost backup create --passphrase-file /run/secrets/backup --out /mnt/elsewhere/toolpost.tar

Exit codes:
  0  made; the last line names it
  1  not made: configuration, a file that cannot be read, no room; the message says which
  2  the command line is wrong
  3  the audit is damaged; see toolpost audit verify
)";

inline constexpr std::string_view kBackupVerifyText =
    R"(Reads the whole archive, holds every file against its hash, reads the users, proves the audit in
it, and lists what is there and what was left out. The audit is held against the key in the
archive itself, or with --anchor against what is kept elsewhere. What is sealed is opened when
there is a passphrase; then it is proven, too, that nobody without it has changed the archive.

Example:
  toolpost backup verify /var/lib/toolpost/backups/toolpost-20260131T020000Z.tar

Exit codes:
  0  sound
  1  it cannot be read, or another passphrase sealed it; the message says which
  2  the command line is wrong
  3  it is not as it was made; the message says where
)";

inline constexpr std::string_view kBackupRestoreText =
    R"(Verifies the archive and puts its files where they came from, with their modes and, as root,
their owners. Run it while the server is stopped. Files that are there and different are
replaced only with --force, records of the audit never: those are put beside what is there.
Everything is written beside its place first and takes it in the end; ended at any moment, it
leaves each file whole, and may be run again.

Says what was not in the archive. The variables of the environment are put into a file
restored.env in data_directory.

Examples:
  toolpost backup restore /mnt/elsewhere/toolpost.tar
  toolpost backup restore toolpost.tar --root ./look-at-it --passphrase-file ./passphrase

Exit codes:
  0  restored
  1  not restored, nothing was changed unless the message says so
  2  the command line is wrong
  3  the archive is not as it was made; nothing was changed
)";

}  // namespace toolpost::config
