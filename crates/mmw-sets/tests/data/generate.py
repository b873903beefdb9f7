"""Writes the reference tables beside it. Needs numpy, scipy, scikit-learn and clones of two repositories:

    python generate.py CRUW_DEVKIT RODNET

CRUW_DEVKIT: github.com/yizhou-wang/cruw-devkit @ 7e9317dd, RODNET: github.com/yizhou-wang/RODNet @ 44fd61fa.
Their programs are run as they are, but for `np.float`, which NumPy no longer has.
"""
import json, math, sys, types
from pathlib import Path
import numpy as np
from scipy import stats
from sklearn import metrics
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).parent
RNG = np.random.default_rng(20261130)
SIZES = {"pedestrian": 0.5, "cyclist": 1.0, "car": 3.0}
CLASSES = list(SIZES)


def save(name, **table):
    (HERE / name).write_text(json.dumps(table, separators=(",", ":")) + "\n")


def run(path, names, **given):
    """The names that a program defines, without its imports of its own package."""
    lines = Path(path).read_text().replace("np.float)", "float)").splitlines()
    text = "\n".join(line for line in lines if not line.startswith(("from cruw", "from rodnet")))
    scope = dict(given, __name__="reference")
    exec(text, scope)
    return [scope[name] for name in names]


def detections(cruw, grids):
    polar = lambda rho, phi: (rho * np.sin(phi), rho * np.cos(phi))
    [likeness] = run(cruw / "cruw/eval/metrics.py", ["get_ols_btw_objects"], pol2cart_ramap=polar)
    names = ["compute_ols_dts_gts", "evaluate_img", "accumulate", "summarize"]
    ols_of, evaluate, accumulate, summarize = run(
        cruw / "cruw/eval/rod/rod_eval_utils.py", names, get_ols_btw_objects=likeness)
    config = types.SimpleNamespace(classes=CLASSES, sizes=SIZES, n_class=3)
    dataset = types.SimpleNamespace(object_cfg=config)
    frames, number = [], 1
    for _ in range(60):
        truths, found = [], []
        for _ in range(RNG.integers(0, 5)):
            c, r, a = int(RNG.integers(0, 3)), RNG.uniform(2, 24), RNG.uniform(-1, 1)
            truths.append([c, r, a])
            if RNG.uniform() < 0.85:
                found.append([c, r + RNG.normal(0, 0.06 * r * SIZES[CLASSES[c]] ** 0.5), a + RNG.normal(0, 0.03), RNG.uniform(0.3, 1)])
        for _ in range(RNG.poisson(0.8)):
            found.append([int(RNG.integers(0, 3)), RNG.uniform(2, 24), RNG.uniform(-1, 1), RNG.uniform(0.1, 0.7)])
        frames.append(dict(truths=truths, found=found))
    # The program compares rounded recalls with rounded points: a recall that is a point is a matter of luck.
    for c in range(3):
        while math.gcd(sum(t[0] == c for f in frames for t in f["truths"]), 100) > 1:
            frame = next(f for f in frames if any(t[0] == c for t in f["truths"]))
            frame["truths"].remove(next(t for t in frame["truths"] if t[0] == c))
    gts, dts = ({(f, c): [] for f in range(60) for c in range(3)} for _ in range(2))
    for f, frame in enumerate(frames):
        for c, r, a in frame["truths"]:
            gts[f, c].append(dict(id=number, class_id=c, range=r, angle=a, score=1.0)); number += 1
        for c, r, a, s in frame["found"]:
            dts[f, c].append(dict(id=number, class_id=c, range=r, angle=a, score=s)); number += 1
    thresholds = np.round(np.arange(0.5, 0.91, 0.05), 2)
    recalls = np.linspace(0, 1, 101)
    olss = {(f, c): ols_of(gts, dts, f, c, dataset) for f in range(60) for c in range(3)}
    images = [evaluate(gts, dts, f, c, olss, thresholds, recalls, dataset) for f in range(60) for c in range(3)]
    whole = accumulate(images, 60, thresholds, recalls, dataset, log=False)
    means = summarize(whole, thresholds, recalls, dataset, gl=False)
    pairs = [[c, r, a, r2, a2, likeness(dict(class_id=c, range=r, angle=a, score=1), dict(class_id=c, range=r2, angle=a2, score=1), dataset)]
             for c, r, a, r2, a2 in [(0, 5.0, 0.2, 5.3, 0.18), (1, 12.0, -0.9, 13.0, -0.8), (2, 20.0, 0.0, 17.0, 0.1)]]
    save("detections.json", about="cruw-devkit @ 7e9317dd: object location similarity [class, range, azimuth, range, azimuth, OLS]; "
         "truths [class, range, azimuth] and detections [.., confidence]; average precision and recall at OLS 0.5 to 0.9, 101 points; no number of truths shares a factor with 100",
         tolerance=1e-12, pairs=pairs, frames=frames, average_precision=means[0], average_recall=means[1],
         of_class=[[whole["precision"][:, :, c].mean(), whole["recall"][:, c].mean()] for c in range(3)],
         precision_at=[float(sum(whole["object_counts"][c] * whole["precision"][t, :, c].mean() for c in range(3)) / whole["object_counts"].sum())
                       for t in range(len(thresholds))])


def maps(cruw, rodnet):
    [grid] = run(cruw / "cruw/mapping/generate_grids.py", ["confmap2ra"])
    radar = json.loads((cruw / "cruw/dataset_configs/sensor_config_rod2021.json").read_text())["radar_cfg"]
    ranges, angles = grid(radar, "range"), grid(radar, "angle")
    [draw] = run(rodnet / "rodnet/core/confidence_map/generate.py", ["generate_confmap"],
                 get_class_id=lambda name, classes: classes.index(name))
    [stretch] = run(rodnet / "rodnet/core/confidence_map/ops.py", ["normalize_confmap"])
    scope = {}
    exec((rodnet / "configs/config_rodnet_cdc_win16.py").read_text(), scope)
    dataset = types.SimpleNamespace(
        object_cfg=types.SimpleNamespace(classes=CLASSES, n_class=3),
        sensor_cfg=types.SimpleNamespace(radar_cfg=radar), range_grid=ranges, angle_grid=angles)
    objects = [(20, 64, 0), (23, 70, 0), (60, 30, 1), (100, 110, 2)]
    info = dict(center_ids=[(r, a) for r, a, _ in objects], categories=[CLASSES[c] for *_, c in objects])
    drawn = stretch(draw(len(objects), info, dataset, scope))
    cells = [[int(c), int(r), int(a), float(drawn[c, r, a])] for c, r, a in zip(RNG.integers(0, 3, 400), RNG.integers(0, 128, 400), RNG.integers(0, 128, 400))]
    near = [[c, r + i, a + j, float(drawn[c, r + i, a + j])] for r, a, c in objects for i in (-4, 0, 5) for j in (-9, 0, 6)]
    save("confidence_maps.json", about="RODNet @ 44fd61fa: ranges (m) and azimuths (rad) of the cells; confidence maps, stretched to 0..1, of objects "
         "[class, range cell, azimuth cell]: cells [class, range cell, azimuth cell, value]", tolerance=1e-6,
         range_m=[ranges[0], ranges[1], ranges[127]], azimuth_rad=[angles[0], angles[1], angles[64], angles[127]],
         objects=[[c, r, a] for r, a, c in objects], cells=cells + near, sum=float(drawn.sum()))


def rivals():
    means = RNG.normal(0, 1.2, (4, 6))
    labels = np.arange(120) % 4
    rows = np.round(means[labels] + RNG.normal(0, 1.5, (120, 6)) * [1, 10, 0.1, 1, 1, 3], 6)
    tests = np.round(RNG.normal(0, 2, (10, 6)) * [1, 10, 0.1, 1, 1, 3], 6)
    scaler = StandardScaler().fit(rows)
    bend = lambda x: 2 * np.tanh(scaler.transform(x) / 2)
    logistic = {}
    for penalty in (1.0, 10.0):
        model = LogisticRegression(C=1 / penalty, tol=1e-13, max_iter=100000).fit(bend(rows), labels)
        logistic[str(penalty)] = model.predict_proba(bend(tests)).tolist()
    nearest = NearestCentroid().fit(bend(rows), labels).predict(bend(tests))
    truth, found = RNG.integers(0, 4, 200), RNG.integers(0, 4, 200)
    found = np.where(RNG.uniform(size=200) < 0.6, truth, found)
    found[found == 3] = 0
    each = dict(average=None, zero_division=np.nan)
    clean = lambda values: [None if math.isnan(v) else v for v in values]
    scores = dict(truth=truth.tolist(), found=found.tolist(), accuracy=metrics.accuracy_score(truth, found),
                  balanced=metrics.balanced_accuracy_score(truth, found),
                  precision=clean(metrics.precision_score(truth, found, **each)), recall=clean(metrics.recall_score(truth, found, **each)),
                  f1=clean(metrics.f1_score(truth, found, average=None)), iou=clean(metrics.jaccard_score(truth, found, average=None)))
    save("rivals.json", about="scikit-learn: multinomial logistic regression (C = 1 / penalty) and the nearest centroid on features of unit "
         "deviation bent by 2 tanh(z / 2); scores of classes", tolerance=1e-6, rows=rows.tolist(), labels=labels.tolist(), tests=tests.tolist(),
         logistic=logistic, nearest=nearest.tolist(), scores=scores)


def numbers(series):
    """Mean, deviation, deviation of steps, spectrum."""
    series = np.asarray(series, float)
    power = np.abs(np.fft.rfft((series - series.mean()) * np.hanning(len(series)), 2 * len(series))) ** 2
    hertz = np.fft.rfftfreq(2 * len(series), 1 / 30)
    total = power.sum() + 1e-12
    edges = [0.25, 0.6, 0.9, 1.3, 1.8, 2.5, 3.5, 5, 8, np.inf]
    bands = [np.log10(power[(hertz >= a) & (hertz < b)].sum() / total + 1e-3) for a, b in zip(edges, edges[1:])]
    return [series.mean(), series.std(), np.diff(series).std(), *bands, hertz[power.argmax()], (power * hertz).sum() / total]


def features():
    frames = []
    for f in range(60):
        still = np.c_[RNG.uniform(-2, 2, 6), RNG.uniform(0.5, 5, 6), RNG.uniform(-1, 1, 6), np.zeros(6), RNG.uniform(15, 35, 6)]
        count = RNG.poisson(1.5 + 1.4 * math.sin(2 * math.pi * 1.1 * f / 30))
        move = np.c_[RNG.normal(0.2, 0.4, count), RNG.normal(2, 0.2, count), RNG.normal(0.1, 0.5, count), 0.615 * RNG.integers(1, 5, count) * RNG.choice([-1, 1], count),
                     RNG.uniform(15, 35, count)]
        front = np.array([[0.01, 0.1, 0.0, 1.23, 30.0]])
        frames.append(np.round(np.r_[still, move, front], 6))
    reach = lambda p: np.sqrt((p[:, :3] ** 2).sum(1))
    far = [f[reach(f) > 0.25] for f in frames]
    moving = [f[np.abs(f[:, 3]) > 0.3] for f in far]
    points, m = np.concatenate(far), np.concatenate(moving)
    counts = np.array([len(f) for f in moving], float)
    row = []
    for series in (counts, [np.abs(f[:, 3]).sum() for f in moving], [f[:, 3].sum() for f in moving],
                   [max(f[:, 3].max(initial=0), 0) for f in moving], [min(f[:, 3].min(initial=0), 0) for f in moving]):
        row += numbers(series)
    runs = np.diff(np.flatnonzero(np.diff(np.r_[0, counts > 0, 0])))[::2]
    row += [(counts > 0).mean(), counts.var() / (counts.mean() + 0.05), runs.mean(), len(runs)]
    off = counts - counts.mean()
    lags = np.correlate(off, off, "full")[59:] / (off @ off + 0.5)
    row += [lags[a:b + 1].max() for a, b in ((1, 3), (4, 7), (8, 12), (13, 18), (19, 25), (26, 35))]
    x, z, r, v = m[:, 0], m[:, 2], reach(m), m[:, 3]
    tie = lambda a, b: np.cov(a, b, bias=True)[0, 1] / (a.std() * b.std() + 0.02)
    row += [*(np.ptp(np.percentile(a, [10, 90])) for a in (x, z, r)), x.std(), z.std(), r.std()]
    row += [stats.moment(z, 3) / (z.std() ** 3 + 1e-3), abs(tie(x, z)), tie(v, z), tie(v, r), abs(tie(v, x)), (v > 0).mean(), m[:, 4].std()]
    body = points[np.abs(reach(points) - np.median(r)) < 0.8]
    row += [np.median(z) - body[:, 2].mean(), np.median(r) - np.median(reach(body)), abs(np.median(x) - body[:, 0].mean())]
    row += [(np.abs(v) > t).sum() / len(points) for t in (0.7, 1.3, 1.9, 2.5)]
    row += [len(m) / len(points), np.log1p(len(m))]
    row += [np.median(x), np.median(z), np.median(r), m[:, 4].mean(), len(points) / 60]
    save("features.json", about="numpy and scipy: the features of a window of 60 frames of points [right, forward, up (m), velocity (m/s), "
         "intensity (dB)], with position and gain", tolerance=1e-9, frames=[f.tolist() for f in frames], features=[float(v) for v in row])


cruw, rodnet = map(Path, sys.argv[1:])
detections(cruw, None)
maps(cruw, rodnet)
rivals()
features()
