# Fits the weights of barrings to composed tunes and prints packages/listen/src/barring-weights.ts.
#   node tools/ear/bars-examples.ts FOLDER 66 && python3 tools/ear/bars-fit.py FOLDER
# Needs NumPy and SciPy. Log-linear belief in every way to bar a tune; the largest expected rightness (cubed) of what is believed, with a ridge.
# Küi count twice. Of each tune the best ways and some at random are taken first, then those the first fit wrongly believes in.
import glob, json, re, sys
import numpy as np
from scipy.optimize import minimize

RIDGE, SOME, BEST = 0.1, 350, 60
tunes = []
for path in sorted(glob.glob(f'{sys.argv[1]}/*.json')):
    d = json.load(open(path))
    tunes.append(dict(rows=np.array(d['rows']), right=np.array(d['right']), weight=2.0 if '/kui-' in path else 1.0))
names = d['names']
spread = np.concatenate([t['rows'] for t in tunes]).std(0) + 1e-6
for t in tunes: t['rows'] = t['rows'] / spread
rng = np.random.default_rng(1)

def loss(w, taken):
    value, slope = RIDGE * w @ w, 2 * RIDGE * w
    for t, k in taken:
        s = t['rows'][k] @ w
        p = np.exp(s - s.max()); p /= p.sum()
        r = t['right'][k] ** 3
        m = p @ r + 1e-6
        value -= t['weight'] * np.log(m)
        slope = slope - t['weight'] * ((p * r / m - p) @ t['rows'][k])
    return value, slope

fit = lambda taken: minimize(loss, np.zeros(len(names)), args=(taken,), jac=True, method='L-BFGS-B', options=dict(maxiter=250)).x
taken = [(t, np.unique(np.r_[np.argsort(-t['right'])[:BEST], rng.choice(len(t['right']), min(len(t['right']), SOME), replace=False)])) for t in tunes]
w = fit(taken)
w = fit([(t, np.r_[k, np.argsort(-(t['rows'] @ w))[:BEST]]) for t, k in taken])
right = [t['right'][(t['rows'] @ w).argmax()] for t in tunes]
print(f'rightness of what is believed {np.mean(right):.3f}, of the best {np.mean([t["right"].max() for t in tunes]):.3f}, {len(tunes)} tunes', file=sys.stderr)
for name, value in zip(names, w / spread):
    print(f'  {name if re.fullmatch("[a-z]+", name) else json.dumps(name, ensure_ascii=False)}: {float("%.4g" % value)},')
