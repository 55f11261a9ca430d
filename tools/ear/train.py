# Trains the ear's network on the moments that examples.ts made, and writes its weights.
#   python3 tools/ear/train.py EXAMPLES OUT.bin [minutes] [threads] [FROM.bin]
# With FROM the training goes on from those weights.
# Needs PyTorch. The network and the order of its weights are those of packages/listen/src/network.ts.
import glob, sys, time
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

folder, out = sys.argv[1], sys.argv[2]
minutes = float(sys.argv[3]) if len(sys.argv) > 3 else 20
torch.set_num_threads(int(sys.argv[4]) if len(sys.argv) > 4 else 2)
torch.manual_seed(1)
rng = np.random.default_rng(1)

CH, BINS, PITCHES, LOW = 16, 258, 127, 36   # pitch p sits at bin p + LOW
SHIFTS = [-36, 0, 36, 57, 72, 84, 93, 101, 108, 114, 120, 129]  # 36 log2(h), h = 1/2, 1 .. 9, 10, 12
TAPS = [-72, -57, -36, -21, -15, -9, -1, 0, 1, 9, 15, 21, 36, 57, 72]
FRONT, WIDE, MID, TOP, GLOBAL = 16, 40, 28, 28, 32

class Net(nn.Module):
    def __init__(s):
        super().__init__()
        s.front = nn.Conv1d(CH, FRONT, 3, padding=1)
        s.harm = nn.Conv1d(FRONT * len(SHIFTS), WIDE, 3)
        s.mid = nn.Conv1d(WIDE, MID, 5, padding=2)
        s.inter = nn.Conv1d(MID * len(TAPS), TOP, 1)
        s.top = nn.Conv1d(TOP + MID, TOP, 3, padding=1)
        s.head = nn.Conv1d(TOP, 8, 1)
        s.g1 = nn.Linear(TOP * 2 + CH * 8, GLOBAL)
        s.g2 = nn.Linear(GLOBAL, 6)
    def forward(s, x):
        a = F.relu(s.front(x))
        pad = F.pad(a, (1, 160))
        h = torch.cat([pad[:, :, LOW + k: LOW + k + PITCHES + 2] for k in SHIFTS], 1)
        h = F.relu(s.mid(F.relu(s.harm(h))))
        w = F.pad(h, (72, 72))
        t = F.relu(s.inter(torch.cat([w[:, :, 72 + k: 72 + k + PITCHES] for k in TAPS], 1)))
        t = F.relu(s.top(torch.cat([t, h], 1)))
        bands = F.adaptive_avg_pool1d(x[:, :, :256], 8).flatten(1)
        g = torch.cat([t.mean(2), t.amax(2), bands], 1)
        return s.head(t), s.g2(F.relu(s.g1(g)))

def load(seed):
    x = np.memmap(f'{folder}/patches-{seed}.u8', np.uint8, 'r').reshape(-1, CH, BINS)
    y = np.fromfile(f'{folder}/labels-{seed}.f32', np.float32).reshape(len(x), -1)
    if y.shape[1] < 39: y = np.concatenate([y, np.full((len(y), 39 - y.shape[1]), -1, np.float32)], 1)  # frets unknown
    return x, y

seeds = sorted(int(f.split('-')[-1][:-4]) for f in glob.glob(f'{folder}/labels-*.f32'))
train = [load(s) for s in seeds if s < 90]
held = [load(s) for s in seeds if s >= 90]
grid = 4000 + np.arange(PITCHES) * 100 / 3

def targets(y):
    t = np.zeros((len(y), 4, PITCHES), np.float32)
    for first in (0, 12):
        for j in range(6):
            c, high = y[:, first + j], y[:, first + 6 + j]
            near = np.clip(1.25 - np.abs(c[:, None] - grid[None]) / 40, 0, 1) * (c[:, None] > 0)
            for side in (0, 1):
                row = t[:, (first > 0) * 2 + side]
                np.maximum(row, near * (high == side)[:, None], out=row)
    clock = np.zeros((len(y), PITCHES), np.float32)
    frets = np.full((len(y), PITCHES), -1, np.float32)
    for j in range(6):
        near = (np.abs(y[:, j, None] - grid[None]) < 34) & (y[:, j] > 0)[:, None]
        clock = np.where(near, np.broadcast_to(y[:, 27 + j, None] / 0.02, clock.shape), clock)
        frets = np.where(near, np.broadcast_to(y[:, 33 + j, None] / 10, frets.shape), frets)
    kind, when, way = y[:, 24], y[:, 25], y[:, 26]
    k = np.stack([kind == 1, kind == 2, kind >= 3, way > 0, way < 0, when / 0.03], 1).astype(np.float32)
    return torch.from_numpy(t), torch.from_numpy(k), torch.from_numpy(np.stack([clock, frets], 1).astype(np.float32))

LATE = [0, 2, 5, 6, 10]  # windows that reach further past the moment than live hearing may wait
def batch(sets, idx, augment):
    xs = np.concatenate([np.asarray(x[i]) for (x, _), i in zip(sets, idx)]); ys = np.concatenate([y[i] for (_, y), i in zip(sets, idx)])
    x = torch.from_numpy(xs.astype(np.float32) / 255)
    if augment:
        n = len(x)
        # tilt and ripple of the spectrum, in the picture's own units (72 dB)
        f = torch.linspace(-1, 1, BINS)[None, None, :]
        tilt = torch.randn(n, 1, 1) * .06 * f + torch.randn(n, 1, 1) * .04 * torch.sin(f * 3.14 * (1 + 2 * torch.rand(n, 1, 1)) + 6.28 * torch.rand(n, 1, 1))
        x = torch.where(x > 0, x + tilt + torch.randn_like(x) * .012, x).clamp(0, 1.2)
        # deafness: floor raised, as by noise
        floor = torch.rand(n, 1, 1) * .25 * (torch.rand(n, 1, 1) < .3)
        x = torch.maximum(x, floor)
        live = torch.rand(n) < .25
        for c in LATE: x[live, c] = 0
        shift = rng.integers(-6, 7)
        if shift:
            x = torch.roll(x, int(shift), 2)
            if shift > 0: x[:, :, :shift] = 0
            else: x[:, :, shift:] = 0
            ys = ys.copy()
            for first in (0, 12): part = ys[:, first:first + 6]; part[part > 0] += shift * 100 / 3
    t, k, c = targets(ys)
    return x, t, k, c, ys

def loss_of(net, x, t, k, c):
    p, g = net(x)
    b = F.binary_cross_entropy_with_logits(p[:, :4], t, reduction='none').sum(2)
    struck = torch.maximum(t[:, 0], t[:, 1])
    each = ((p[:, 4] - c[:, 0]) ** 2 * (struck > .5)).sum() / (struck > .5).sum().clamp(min=1)
    # where on the neck: a fret and how far off it may be (Laplace)
    told = (c[:, 1] >= 0).float(); wide = p[:, 6].clamp(-3, 3)
    neck = (((p[:, 5] - c[:, 1]).abs() * torch.exp(-wide) + wide) * told).sum() / told.sum().clamp(min=1)
    l = b[:, 0].mean() + b[:, 1].mean() + .25 * (b[:, 2].mean() + b[:, 3].mean())
    both = F.binary_cross_entropy_with_logits(g[:, :3], k[:, :3], reduction='none').sum(1).mean()
    known = (k[:, 3] + k[:, 4] > 0).float()
    way = (F.binary_cross_entropy_with_logits(g[:, 3], k[:, 3], reduction='none') * known).mean()
    sounds = (k[:, 0] + k[:, 2] > 0).float()
    when = ((g[:, 5] - k[:, 5]) ** 2 * sounds).mean()
    return l + .5 * both + .3 * way + .3 * when + .3 * each + .15 * neck, l, both, way, when, neck

def score(net):
    net.eval(); tp = fp = fn = 0; ls = []; necks = []; kinds = 0; way = wayn = 0; n = 0
    with torch.no_grad():
        for sets in held:
            for i in range(0, len(sets[1]), 512):
                x, t, k, c, ys = batch([sets], [np.arange(i, min(i + 512, len(sets[1])))], False)
                p, g = net(x); both = loss_of(net, x, t, k, c); ls.append(both[1].item()); necks.append(both[5].item())
                q = torch.sigmoid(p[:, :2]).numpy()
                kinds += ((torch.sigmoid(g[:, 0]) > .5).float() == k[:, 0]).sum().item(); n += len(x)
                
                for j in range(len(x)):
                    if k[j, 3] + k[j, 4] > 0 and (ys[j, :6] > 0).sum() == 2 and abs(ys[j, 0] - ys[j, 1]) > 80:
                        b = [int(np.clip(round((ys[j, i] - 4000) / (100 / 3)), 0, PITCHES - 1)) for i in (0, 1)]
                        ok = float(p[j, 4, b[0]] - p[j, 4, b[1]]) * (ys[j, 27] - ys[j, 28]) > 0; way += ok; wayn += 1
                s = 1 - (1 - q[:, 0]) * (1 - q[:, 1])
                for j in range(len(s)):
                    v = s[j]; peaks = [grid[b] for b in range(1, PITCHES - 1) if v[b] > .5 and v[b] >= v[b - 1] and v[b] > v[b + 1]]
                    want = [c for c in ys[j, :6] if c > 0]
                    for c in want:
                        hit = [a for a in peaks if abs(a - c) < 50]
                        if hit: tp += 1; peaks.remove(hit[0])
                        else: fn += 1
                    fp += len(peaks)
    net.train(); return np.mean(ls), 2 * tp / (2 * tp + fp + fn), tp / (tp + fp + 1e-9), tp / (tp + fn), kinds / n, way / max(1, wayn), np.mean(necks)

def save(net):
    with open(out, 'wb') as f:
        for name, p in net.state_dict().items(): f.write(p.numpy().astype('<f4').tobytes())

net = Net(); print(sum(p.numel() for p in net.parameters()), 'weights', [len(y) for _, y in train], 'moments', flush=True)
rate = 2.5e-3
if len(sys.argv) > 5:
    rate, flat, at = 1e-3, torch.from_numpy(np.fromfile(sys.argv[5], '<f4')), 0
    with torch.no_grad():
        for p in net.parameters(): p.copy_(flat[at:at + p.numel()].view_as(p)); at += p.numel()
opt = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-4)
start = time.time(); step = 0; B = 128; run = []; total = minutes * 60; said = start
sizes = np.array([len(y) for _, y in train]); share = sizes / sizes.sum()
while time.time() - start < total:
    part = (time.time() - start) / total
    lr = rate * min(1, step / 200) * (0.5 + 0.5 * np.cos(np.pi * part)) + 1e-5
    for gr in opt.param_groups: gr['lr'] = lr
    counts = rng.multinomial(B, share)
    idx = [np.sort(rng.integers(0, s, c)) for s, c in zip(sizes, counts)]
    x, t, k, c, _ = batch(train, idx, True)
    l, *parts = loss_of(net, x, t, k, c)
    opt.zero_grad(); l.backward(); torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
    run.append(parts[0].item()); step += 1
    if time.time() - said > 90:
        said = time.time(); sc = score(net)
        print(f'{step} {part:.2f} train {np.mean(run[-300:]):.3f} held loss {sc[0]:.3f} F {sc[1]:.3f} P {sc[2]:.3f} R {sc[3]:.3f} kind {sc[4]:.3f} way {sc[5]:.3f} neck {sc[6]:.3f}', flush=True); save(net)
sc = score(net); print('end', step, sc); save(net)
