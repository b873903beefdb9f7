#!/bin/sh
# scikit-rf 2.2.0, Touchstone 1.0: admittances of version 1 are normalised to the reference R, so that y = 1 at R = 50 is
# 20 mS, a match (S11 = 0). scikit-rf multiplies every parameter by R where Y must be divided: it reads 50 S, a short.
# Output seen: S11 = -0.99920 (expected 0). Exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q scikit-rf==2.2.0 numpy==2.4.6
printf '# GHz Y RI R 50\n1 1 0\n' > "$folder/match.s1p"
"$folder/venv/bin/python" - "$folder/match.s1p" <<'PYTHON'
import sys
import skrf
s11 = skrf.Network(sys.argv[1]).s[0, 0, 0]
print(f"scikit-rf {skrf.__version__}: S11 = {s11.real:.5f} (expected 0)")
sys.exit(0 if abs(s11 + 0.99920) < 1e-5 else 1)
PYTHON
