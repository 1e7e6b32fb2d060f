"""Other denoisers for bench/photographs.ts: scikit-image's, each at its best parameter over the pictures given.

usage: python3 scikit-image.py FOLDER. In FOLDER are clean-N.npy and noisy-N.npy, [height, width, channels], in grey levels,
and sigma.txt. Prints one JSON line: the mean PSNR of each method, the parameter it had, and seconds per picture.
"""
import glob, json, sys, time
import numpy as np
import skimage
from skimage.restoration import denoise_nl_means, denoise_tv_chambolle, denoise_wavelet

folder = sys.argv[1]
sigma = float(open(f"{folder}/sigma.txt").read()) / 255
pairs = [(np.load(p.replace("noisy", "clean")) / 255.0, np.load(p) / 255.0) for p in sorted(glob.glob(f"{folder}/noisy-*.npy"))]


def psnr(x, y):
    # Means of PSNR over pictures; results may leave 0..1, as the noisy pictures do.
    return 10 * np.log10(1 / np.mean((x - y) ** 2))


def axis(y):
    return -1 if y.shape[2] == 3 else None


def flat(y):
    return y if y.shape[2] == 3 else y[:, :, 0]


def nl_means(y, factor):
    return denoise_nl_means(flat(y), patch_size=5, patch_distance=8, h=factor * sigma, sigma=sigma, fast_mode=True, channel_axis=axis(y))


def total_variation(y, weight):
    return denoise_tv_chambolle(flat(y), weight=weight * sigma, channel_axis=axis(y))


def wavelets(y, method):
    # The library clips its result to the range of its input's kind, so pictures that leave 0..1 are moved inside before.
    return 4 * denoise_wavelet((flat(y) + 1.5) / 4, sigma=sigma / 4, method=method, mode="soft", wavelet="db2",
                               channel_axis=axis(y), convert2ycbcr=y.shape[2] == 3, rescale_sigma=True) - 1.5


methods = {
    "non-local means": (nl_means, [0.2, 0.3, 0.4, 0.6, 0.8, 1.0]),
    "total variation": (total_variation, [0.4, 0.6, 0.8, 1.1]),
    "wavelets": (wavelets, ["BayesShrink", "VisuShrink"]),
}
found = {"version": skimage.__version__, "numpy": np.__version__}
for name, (run, parameters) in methods.items():
    best = None
    for parameter in parameters:
        begin = time.process_time()
        score = float(np.mean([psnr(flat(x), run(y, parameter)) for x, y in pairs]))
        seconds = (time.process_time() - begin) / len(pairs)
        if best is None or score > best["psnr"]:
            best = {"psnr": score, "parameter": parameter, "seconds": seconds}
    found[name] = best
print(json.dumps(found))
