#!/bin/sh
# GTSAM 4.2, files of g2o: an EDGE_SE3:QUAT is weighed by g2o itself over the vector part of a quaternion, the sine of half
# the angle. GTSAM takes the same numbers for weights over the angle: it believes rotations twice as precise as the file says,
# so that places and rotations are balanced otherwise. Two poses, 0.2 rad apart where none was measured, information 100.
# Output seen: chi-squared 0.99667 by g2o (100 sin² 0.1), 4.00000 by GTSAM (100 0.2²). Exits with 1 when that changes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q gtsam==4.2 g2o-python==0.0.12 numpy==1.26.4
"$folder/venv/bin/python" - "$folder/two.g2o" <<'PYTHON'
import math
import sys
import g2o
import gtsam
import numpy as np

angle, weights = 0.2, [1, 1, 1, 100, 100, 100]
sin, cos = math.sin(angle), math.cos(angle)
places = [np.zeros(3), np.array([1.0, 0.0, 0.0])]
turns = [np.eye(3), np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1.0]])]
poses = []
for number in (0, 1):
    pose = g2o.VertexSE3()
    pose.set_id(number)
    pose.set_estimate(g2o.Isometry3d(turns[number], places[number]))
    poses.append(pose)
graph = g2o.SparseOptimizer()
edge = g2o.EdgeSE3()
for number, pose in enumerate(poses):
    graph.add_vertex(pose)
    edge.set_vertex(number, pose)
edge.set_measurement(g2o.Isometry3d(np.eye(3), places[1]))
edge.set_information(np.diag([float(w) for w in weights]))
graph.add_edge(edge)
graph.initialize_optimization()
graph.compute_active_errors()
by_g2o = graph.active_chi2()

upper = [weights[i] if i == k else 0 for i in range(6) for k in range(i, 6)]
half = f"0 0 {math.sin(angle / 2)} {math.cos(angle / 2)}"
lines = ["VERTEX_SE3:QUAT 0 0 0 0 0 0 0 1", f"VERTEX_SE3:QUAT 1 1 0 0 {half}",
         "EDGE_SE3:QUAT 0 1 1 0 0 0 0 0 1 " + " ".join(map(str, upper))]
open(sys.argv[1], "w").write("\n".join(lines) + "\n")
factors, values = gtsam.readG2o(sys.argv[1], True)
by_gtsam = 2 * factors.error(values)
print(f"chi-squared {by_g2o:.5f} by g2o, {by_gtsam:.5f} by GTSAM")
sys.exit(0 if abs(by_g2o - 0.99667) < 1e-5 and abs(by_gtsam - 4) < 1e-9 else 1)
PYTHON
