/**
 * The LCA in torch, as a user of torch would write it, in the words of Python: our own, a
 * page long, handed to python3 as it stands. Both forms step
 *
 *   u ← u + (b − G a + a − u)/tau,  a = max(0, u − λ),  b = Φᵀs,  G = ΦᵀΦ
 *
 * `residual` computes b − G a as Φᵀ(s − Φa); `gram` makes the kernel of G once, the
 * convolution of the dictionary with itself, as lca-pytorch does. Times are processor
 * time of the steps alone; a pass is fitted to the seconds it may take by fewer images.
 */
export const torchScript = `
import json, sys, time
import numpy as np
import torch
import torch.nn.functional as F

folder = sys.argv[1]
task = json.load(open(folder + "/task.json"))
torch.set_num_threads(1)
torch.set_grad_enabled(False)
images = torch.from_numpy(np.load(folder + "/images.npy")).permute(0, 3, 1, 2).contiguous()
atoms = torch.from_numpy(np.load(folder + "/atoms.npy")).permute(0, 3, 1, 2).contiguous()
lam, stride, pads = task["lambda"], tuple(task["stride"]), task["pads"]
top, bottom, left, right = pads
height, width = images.shape[2], images.shape[3]
kh, kw = atoms.shape[2], atoms.shape[3]
even = top == bottom and left == right


def analyse(x):
    if even:
        return F.conv2d(x, atoms, stride=stride, padding=(top, left))
    return F.conv2d(F.pad(x, (left, right, top, bottom)), atoms, stride=stride)


def synthesise(a):
    if even:
        return F.conv_transpose2d(a, atoms, stride=stride, padding=(top, left))
    whole = F.conv_transpose2d(a, atoms, stride=stride)
    return whole[:, :, top:top + height, left:left + width]


def residual_form(s, tau, steps, _):
    u = torch.zeros_like(analyse(s))
    a = torch.zeros_like(u)
    for _ in range(steps):
        g = analyse(s - synthesise(a))
        u += (g + a - u) / tau
        a = F.relu(u - lam)
    return a


def gram_kernel():
    pad = ((kh - 1) // stride[0] * stride[0], (kw - 1) // stride[1] * stride[1])
    return F.conv2d(atoms, atoms, stride=stride, padding=pad)


def gram_form(s, tau, steps, gram):
    b = analyse(s)
    u = torch.zeros_like(b)
    a = torch.zeros_like(b)
    padding = (gram.shape[2] // 2, gram.shape[3] // 2)
    for _ in range(steps):
        u += (b - F.conv2d(a, gram, padding=padding) + a - u) / tau
        a = F.relu(u - lam)
    return a


def measure(form):
    run = residual_form if form["name"] == "residual" else gram_form
    begin = time.process_time()
    gram = gram_kernel() if form["name"] == "gram" else None
    setup = time.process_time() - begin
    tau, steps = form["tau"], task["steps"]
    run(images[:1], tau, 1, gram)
    begin = time.process_time()
    run(images[:1], tau, 4, gram)
    one = (time.process_time() - begin) / 4 * steps
    count = max(1, min(len(images), int(task["seconds"] / one)))
    times, spent = [], 0.0
    while len(times) < task["rounds"] and (not times or spent + times[-1] <= task["seconds"]):
        begin = time.process_time()
        a = run(images[:count], tau, steps, gram)
        times.append(time.process_time() - begin)
        spent += times[-1]
    np.save(folder + "/code-" + form["name"] + ".npy", a.permute(0, 2, 3, 1).contiguous().numpy())
    return {"form": form["name"], "images": count, "seconds": times, "setup": setup}


for form in task["forms"]:
    print(json.dumps(measure(form)), flush=True)
`;
