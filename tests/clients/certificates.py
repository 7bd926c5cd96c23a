# SPDX-License-Identifier: Apache-2.0
"""Certificates for a test, made with the openssl command: an authority and whatever it signs."""

import shutil
import subprocess
from pathlib import Path

OPENSSL = shutil.which("openssl")


def _run(*arguments):
    subprocess.run([OPENSSL, *map(str, arguments)], check=True, capture_output=True, stdin=subprocess.DEVNULL)


class Pair:
    def __init__(self, directory, name):
        self.certificate = Path(directory) / f"{name}.crt"
        self.key = Path(directory) / f"{name}.key"

    def write_over(self, other):
        """Puts this pair in the place of another, as a renewal does: by rename, the key first."""
        for mine, theirs in ((self.key, other.key), (self.certificate, other.certificate)):
            fresh = theirs.with_suffix(".new")
            shutil.copy(mine, fresh)
            fresh.chmod(0o600)
            fresh.rename(theirs)


class Authority(Pair):
    """A self-signed authority; its files and those of what it signs lie in `directory`."""

    def __init__(self, directory, name="authority"):
        super().__init__(directory, name)
        self._directory = Path(directory)
        _run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
             "-subj", f"/CN={name}", "-keyout", self.key, "-out", self.certificate)

    def sign(self, name, alt_names, days=30, key=("ec", "-pkeyopt", "ec_paramgen_curve:P-256")):
        """A pair with these subject alternative names, e.g. "IP:127.0.0.1,DNS:localhost"."""
        pair = Pair(self._directory, name)
        request = self._directory / f"{name}.csr"
        extensions = self._directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alt_names}\n")
        _run("req", "-new", "-newkey", *key, "-nodes", "-subj", f"/CN={name}", "-keyout", pair.key, "-out", request)
        pair.key.chmod(0o600)
        _run("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial",
             "-days", days, "-extfile", extensions, "-out", pair.certificate)
        return pair
