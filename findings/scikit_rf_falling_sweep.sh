#!/bin/sh
# scikit-rf 2.2.0, Touchstone 1.0: lines of nine numbers behind a lower frequency are taken as noise parameters (which have
# five) without a word. A two-port swept from high to low keeps its first point only, one out of order loses the rest.
# Output seen: 1 of 3 points. Exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q scikit-rf==2.2.0 numpy==2.4.6
printf '# GHz S RI R 50\n3 0 0 1 0 1 0 0 0\n2 0 0 1 0 1 0 0 0\n1 0 0 1 0 1 0 0 0\n' > "$folder/falling.s2p"
"$folder/venv/bin/python" - "$folder/falling.s2p" <<'PYTHON'
import sys
import warnings
import skrf
warnings.simplefilter("ignore")
points = len(skrf.Network(sys.argv[1]).f)
print(f"scikit-rf {skrf.__version__}: {points} of 3 points")
sys.exit(0 if points == 1 else 1)
PYTHON
