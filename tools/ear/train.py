# Trains the ear's network on the sets that examples.ts made, as recipe.json says, and writes its weights.
#   python3 tools/ear/train.py EXAMPLES OUT.bin [FROM.f16]
# Needs PyTorch. The network and the order of its weights are those of packages/listen/src/network.ts.
# The learning rate falls over `steps`; of those the first `last` are taken, fewer when nothing got better `patience` times.
# One thread and so many steps: the same machine gives the same bytes. Another kind of processor sums in another order,
# and its weights differ in their last bits.
import json, sys, time
from pathlib import Path
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

folder, out = Path(sys.argv[1]), Path(sys.argv[2])
recipe = json.loads((Path(__file__).parent / 'recipe.json').read_text())
plan = recipe['train']
torch.set_num_threads(1)
torch.manual_seed(plan['seed'])
rng = np.random.default_rng(plan['seed'])

CH, BINS, PITCHES, LOW = 16, 258, 127, 36   # pitch p sits at bin p + LOW
SHIFTS = [-36, 0, 36, 57, 72, 84, 93, 101, 108, 114, 120, 129]  # 36 log2(h), h = 1/2, 1 .. 9, 10, 12
TAPS = [-72, -57, -36, -21, -15, -9, -1, 0, 1, 9, 15, 21, 36, 57, 72]
FRONT, WIDE, MID, TOP, GLOBAL = 16, 40, 28, 28, 32
LATE = [0, 2, 5, 6, 10]  # windows that reach further past the moment than live hearing may wait

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

def load(one):
    x = np.memmap(folder / f"{one['name']}.patches.u8", np.uint8, 'r').reshape(-1, CH, BINS)
    return x, torch.from_numpy(np.fromfile(folder / f"{one['name']}.labels.f32", np.float32).reshape(len(x), -1))

train, stop = [load(one) for one in recipe['sets']], [load(one) for one in recipe['stop']]
share = np.array([one['weight'] for one in recipe['sets']]); share = share / share.sum()
grid = 4000 + torch.arange(PITCHES) * 100 / 3

def targets(y):
    t = torch.zeros(len(y), 4, PITCHES)
    for first in (0, 12):
        c, high = y[:, first:first + 6, None], y[:, first + 6:first + 12, None]
        near = (1.25 - (c - grid).abs() / 40).clamp(0, 1) * (c > 0)
        for side in (0, 1): t[:, (first > 0) * 2 + side] = (near * (high == side)).amax(1)
    # seconds to each struck pitch and its fret, at the pitches near it; the last of two notes there tells
    clock, frets = torch.zeros(len(y), PITCHES), torch.full((len(y), PITCHES), -1.)
    for j in range(6):
        near = ((y[:, j, None] - grid).abs() < 34) & (y[:, j, None] > 0)
        clock = torch.where(near, y[:, 27 + j, None] / 0.02, clock)
        frets = torch.where(near, y[:, 33 + j, None] / 10, frets)
    kind, when, way = y[:, 24], y[:, 25], y[:, 26]
    k = torch.stack([kind == 1, kind == 2, kind >= 3, way > 0, way < 0, when / 0.03], 1).float()
    return t, k, torch.stack([clock, frets], 1)

def picture(parts): return torch.from_numpy(np.concatenate(parts)).float() / 255

def augmented(x, y):
    n = len(x)
    # tilt and ripple of the spectrum, in the picture's own units (72 dB)
    f = torch.linspace(-1, 1, BINS)[None, None, :]
    tilt = torch.randn(n, 1, 1) * .06 * f + torch.randn(n, 1, 1) * .04 * torch.sin(f * 3.14 * (1 + 2 * torch.rand(n, 1, 1)) + 6.28 * torch.rand(n, 1, 1))
    x = torch.where(x > 0, x + tilt + torch.randn_like(x) * .012, x).clamp(0, 1.2)
    # deafness: floor raised, as by noise
    x = torch.maximum(x, torch.rand(n, 1, 1) * .25 * (torch.rand(n, 1, 1) < .3))
    live = torch.rand(n) < .25
    for c in LATE: x[live, c] = 0
    shift = int(rng.integers(-6, 7))
    if shift:
        x = torch.roll(x, shift, 2)
        if shift > 0: x[:, :, :shift] = 0
        else: x[:, :, shift:] = 0
        y = y.clone()
        for first in (0, 12): part = y[:, first:first + 6]; part[part > 0] += shift * 100 / 3
    return x, y

def losses(net, x, y):
    """All that is learned from, and of it what is struck."""
    t, k, c = targets(y)
    p, g = net(x)
    b = F.binary_cross_entropy_with_logits(p[:, :4], t, reduction='none').sum(2)
    struck = torch.maximum(t[:, 0], t[:, 1])
    each = ((p[:, 4] - c[:, 0]) ** 2 * (struck > .5)).sum() / (struck > .5).sum().clamp(min=1)
    # where on the neck: a fret and how far off it may be (Laplace)
    told = (c[:, 1] >= 0).float(); wide = p[:, 6].clamp(-3, 3)
    neck = (((p[:, 5] - c[:, 1]).abs() * torch.exp(-wide) + wide) * told).sum() / told.sum().clamp(min=1)
    heard = b[:, 0].mean() + b[:, 1].mean() + .25 * (b[:, 2].mean() + b[:, 3].mean())
    kinds = F.binary_cross_entropy_with_logits(g[:, :3], k[:, :3], reduction='none').sum(1).mean()
    known = (k[:, 3] + k[:, 4] > 0).float()
    way = (F.binary_cross_entropy_with_logits(g[:, 3], k[:, 3], reduction='none') * known).mean()
    sounds = (k[:, 0] + k[:, 2] > 0).float()
    when = ((g[:, 5] - k[:, 5]) ** 2 * sounds).mean()
    return heard + .5 * kinds + .3 * way + .3 * when + .3 * each + .15 * neck, heard

def score(net):
    """Loss on the sets left out, and F1 of the pitches struck, single moments alone."""
    tp = fp = fn = total = n = 0
    with torch.no_grad():
        for xs, ys in stop:
            for i in range(0, len(ys), 256):
                x, y = picture([np.asarray(xs[i:i + 256])]), ys[i:i + 256]
                total += losses(net, x, y)[1].item() * len(y); n += len(y)
                q = torch.sigmoid(net(x)[0][:, :2]).numpy(); v = 1 - (1 - q[:, 0]) * (1 - q[:, 1])
                tops = (v[:, 1:-1] > .5) & (v[:, 1:-1] >= v[:, :-2]) & (v[:, 1:-1] > v[:, 2:])
                for j in range(len(y)):
                    peaks = [float(grid[b + 1]) for b in np.flatnonzero(tops[j])]
                    for c in [float(c) for c in y[j, :6] if c > 0]:
                        hit = [a for a in peaks if abs(a - c) < 50]
                        if hit: tp += 1; peaks.remove(hit[0])
                        else: fn += 1
                    fp += len(peaks)
    return total / n, 2 * tp / (2 * tp + fp + fn)

net = Net()
if len(sys.argv) > 3:
    flat, at = torch.from_numpy(np.fromfile(sys.argv[3], '<f2').astype(np.float32)), 0
    with torch.no_grad():
        for p in net.parameters(): p.copy_(flat[at:at + p.numel()].view_as(p)); at += p.numel()
# what is kept is the running mean of the weights, which wanders less than they do
kept = Net(); kept.load_state_dict(net.state_dict())
def save():
    with open(out, 'wb') as f:
        for p in kept.state_dict().values(): f.write(p.numpy().astype('<f4').tobytes())

print(sum(p.numel() for p in net.parameters()), 'weights', [len(y) for _, y in train], 'moments', flush=True)
opt = torch.optim.AdamW(net.parameters(), plan['rate'], weight_decay=1e-4)
best, since, run = score(kept), 0, []
print(f'0 left out: loss {best[0]:.4f} F {best[1]:.4f}', flush=True); save()
for step in range(1, plan['last'] + 1):
    for group in opt.param_groups: group['lr'] = plan['rate'] * min(1, step / plan['warmup']) * (0.5 + 0.5 * np.cos(np.pi * step / plan['steps'])) + 1e-5
    idx = [np.sort(rng.integers(0, len(y), c)) for (_, y), c in zip(train, rng.multinomial(plan['batch'], share))]
    x, y = augmented(picture([x[i] for (x, _), i in zip(train, idx)]), torch.cat([y[i] for (_, y), i in zip(train, idx)]))
    loss, heard = losses(net, x, y)
    opt.zero_grad(); loss.backward(); torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0); opt.step()
    run.append(heard.item())
    with torch.no_grad():
        part = min(plan['average'], step / (step + 10))
        for a, b in zip(kept.parameters(), net.parameters()): a.lerp_(b, 1 - part)
    if step % plan['every'] == 0:
        found = score(kept)
        print(f'{step} trained on: loss {np.mean(run[-plan["every"]:]):.4f}; left out: loss {found[0]:.4f} F {found[1]:.4f}; cpu {time.process_time():.0f} s', flush=True)
        if found[1] > best[1]: best, since = found, 0; save()
        else: since += 1
        if since == plan['patience']: break
print(f'kept: left out: loss {best[0]:.4f} F {best[1]:.4f}')
