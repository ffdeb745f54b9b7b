"""Loads learned weights into a VGG16: the course's own, ImageNet's, or those in a file.

A file is mapped into memory, not read: each page is loaded when it is first used, and all processes on a
computer share it. ImageNet's weights come from the model hub. Only the layers that are wanted are fetched
from its 553 MB file, and each stays in the hub's cache as a small file of its own; the classifier only comes
with the whole file. HF_ENDPOINT sets a mirror and HF_HOME another folder; HF_HUB_OFFLINE stops all fetching.

`python -m coursekit fetch-vgg` fetches from a terminal.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import pickle
import sys
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from coursekit import samples
from coursekit.models.vgg import VGG, WeightsError

# Trained by torchvision, BSD-3-Clause, converted by timm. The revision is a commit, so the file can't change.
REPOSITORY = "timm/vgg16.tv_in1k"
REVISION = "3394518cba29aee1ea82a49d971be90d2dd1dab7"
FILE = "model.safetensors"
CONV_ONLY = "block5_pool"  # as far as the conv layers go, 59 MB
# timm has other names for the classifier than torchvision, and stores it as conv layers.
TIMM = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}
HEADER = 4096  # bytes of the first request; the header of this file has about 3,000

REFUSALS = {  # what a server's status means here
    401: "It wants a password, but this file needs none. Is HF_ENDPOINT right?",
    403: "A firewall or proxy may be in the way. Try another network, or set HF_ENDPOINT to a mirror.",
    404: "The file is not there. Is HF_ENDPOINT right? A mirror may lack this file or this revision.",
    429: "Too many requests came from this address, perhaps from the whole class. Wait a few minutes.",
}


def vgg16(
    weights: str | os.PathLike[str] | None = None,
    *,
    until: str | None = None,
    device: torch.device | str | None = None,
    seed: int = 0,
) -> VGG:
    """Build a VGG16, ready to predict: in evaluation mode, its weights fixed (`requires_grad_()` frees them).

    Args:
        weights: None for random numbers; `"course"` for this course's own small network, which is always
            there; `"imagenet"` for torchvision's, from the cache or the network; or the path of a file,
            `.safetensors` or torchvision's `.pth`.
        until: The name of the last layer to build, such as `"block1_conv1"`, to fetch and keep less. None is
            the whole network, or as much of it as the file has; with ImageNet's weights, all the conv layers
            (to `block5_pool`, 59 MB). `until="predictions"` fetches the whole file, 553 MB.
        device: `"meta"` for shapes without values: nothing is allocated or fetched. None is torch's default
            device.
        seed: For random weights; torch's own random state is left alone.

    Raises:
        WeightsError: The weights aren't there, can't be fetched or don't fit; the message says what to do.
        DataError: The course's own file is missing.

    Learned weights are mapped from their file, so processes share them; writing to them doesn't change it.

    >>> vgg16(device="meta").features[0].weight.shape
    torch.Size([64, 3, 3, 3])
    >>> vgg16("course", until="block1_conv2").layer_names["block1_conv2"]
    'features.2'

    Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
        2014.
    """
    target = torch.device(device) if device is not None else torch.get_default_device()
    tensors: dict[str, Tensor] = {}
    if weights is None:
        model = VGG(until=until)
    elif weights == "imagenet":
        model = VGG(until=until or CONV_ONLY)
        if target.type != "meta":
            tensors = _imagenet(model)
            model.origin = "weights learned on ImageNet"
    elif weights == "course":
        model, tensors = _from_file(samples.course_weights(), until)
        model.origin = "the course's own weights"
    else:
        model, tensors = _from_file(Path(weights), until)
        model.origin = f"weights of {Path(weights).name}"
    if target.type != "meta":
        if weights is None:
            _fill_at_random(model, target, seed)
        else:
            model.load_state_dict(tensors, assign=True)
            model.to(target)
    return model.eval().requires_grad_(False)


def main(arguments: Sequence[str]) -> int:
    """Run `python -m coursekit fetch-vgg`: fill the cache, and return the exit status."""
    from huggingface_hub import constants

    parser = argparse.ArgumentParser(
        prog="python -m coursekit fetch-vgg",
        description="Fetches VGG16's weights, trained on ImageNet, into your cache, so that "
        "vgg16('imagenet') works without a network. HF_ENDPOINT sets a mirror, HF_HOME another folder.",
    )
    parser.add_argument(
        "until",
        nargs="?",
        default="block1_conv1",
        help="the last layer you want: block1_conv1 (the default, 7 kB), any other, block5_pool (all 13 conv "
        "layers, 59 MB) or predictions (the whole file, 553 MB)",
    )
    chosen = parser.parse_args(arguments)
    print("What:  VGG16 by torchvision, trained on ImageNet, converted by timm, BSD-3-Clause")
    print(f"From:  {_url()}")
    print(f"To:    {constants.HF_HOME}", flush=True)
    try:
        model = vgg16("imagenet", until=chosen.until)
    except WeightsError as error:
        print(f"Not fetched. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. Nothing incomplete was kept.", file=sys.stderr)
        return 1
    size = sum(value.nbytes for value in model.parameters())
    print(f"{size:,} bytes of weights, as far as {chosen.until}, are there. They no longer need a network.")
    return 0


def _fill_at_random(model: VGG, target: torch.device, seed: int) -> None:
    """Fill the model with random weights, sized so that values neither grow nor fade (He, 2015)."""
    model.to_empty(device=target)
    generator = torch.Generator(device=target).manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    model.origin = f"random weights (seed {seed})"


# Files


def _from_file(path: Path, until: str | None) -> tuple[VGG, dict[str, Tensor]]:
    """Map a file, find out which network it is for, and take the layers up to `until`."""
    if not path.is_file():
        raise WeightsError(
            f"There are no weights called {str(path)!r}. Expected 'course', 'imagenet', or the path of a "
            f"file; looked for {path.absolute()}."
        )
    if path.suffix == ".safetensors":
        tensors, notes = _map(path)
    elif path.suffix in (".pth", ".pt"):
        tensors, notes = _unpickle(path), {}
    else:
        raise WeightsError(f"{path} ends in {path.suffix!r}; expected .safetensors, .pth or .pt.")
    sizes: dict[str, Any] = {}
    about: dict[str, tuple[Any, ...]] = {}
    if notes.get("format") == "coursekit-vgg-1":  # the course's own kind of network
        about = {key: tuple(json.loads(notes[key])) for key in ("classes", "mean", "std")}
        widths = json.loads(notes["widths"])
        sizes = {"widths": widths, "pool": 1, "hidden": (), "classes": len(about["classes"])}
    whole = VGG(**sizes)
    model = VGG(**sizes, until=until or _last(whole, tensors))
    for key, value in about.items():
        setattr(model, key, value)
    unknown = [name for name in tensors if name not in whole.state_dict()]
    return model, _fit(tensors, model.state_dict(), str(path), unknown)


def _map(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Map a safetensors file: its tensors under torchvision's names, and the words stored with them."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            return {_own_name(name): file.get_tensor(name) for name in names}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path} is not a valid safetensors file ({error}). It is damaged, or another kind of file: "
            "download it again."
        ) from error


def _unpickle(path: Path) -> dict[str, Tensor]:
    """Load a file written by torch.save; only tensors are accepted."""
    # The format used before 2020, as in torchvision's own file, can't be mapped.
    zipped = zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings():
            # These are about odd pickles, which are refused below.
            warnings.simplefilter("ignore", UserWarning)
            found = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} was not loaded: it is a pickle with more in it than tensors, and such a file can run "
            f"any code on this computer ({_first_sentence(error)}). None of it was run. Get the weights "
            "from a source that you trust, preferably as .safetensors."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, LookupError) as error:
        raise WeightsError(
            f"{path} cannot be read as a torch.save file ({_first_sentence(error)}). Download it again."
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        what = type(found).__name__
        if isinstance(found, dict):
            what += f" with {', '.join(map(str, list(found)[:3]))}"
        raise WeightsError(f"{path} holds a {what}; expected a state dict, which maps names to tensors.")
    return {_own_name(str(name)): value for name, value in found.items()}


def _first_sentence(error: Exception) -> str:
    """Return the part of torch's message that says what is wrong; the rest says how to load it anyway."""
    words = " ".join(str(error).split())
    _, found, reason = words.partition("WeightsUnpickler error: ")
    return (reason if found else words).split(" Please ")[0].split(". ")[0] or type(error).__name__


def _last(whole: VGG, tensors: Mapping[str, Tensor]) -> str:
    """Return the last layer that there are weights for, or the pooling after it, which needs none."""
    names = [name for name in whole.layer_names if "relu" not in name]
    there = {name.rpartition(".")[0] for name in tensors}
    last = max((at for at, name in enumerate(names) if whole.layer_names[name] in there), default=0)
    following = names[last + 1 : last + 2]
    return following[0] if following and following[0].endswith("_pool") else names[last]


def _own_name(name: str) -> str:
    """Return torchvision's name for a tensor that may have timm's."""
    module, dot, part = name.rpartition(".")
    return TIMM.get(module, module) + dot + part


def _fit(
    tensors: Mapping[str, Tensor], wanted: Mapping[str, Tensor], where: str, unknown: Sequence[str] = ()
) -> dict[str, Tensor]:
    """Give tensors the shapes of the wanted ones, in float32; those in float32 already aren't copied."""
    faults = [f"{name} is not one of its tensors" for name in unknown]
    fitting = {}
    for name, shape in ((name, tuple(value.shape)) for name, value in wanted.items()):
        value = tensors.get(name)
        if value is None:
            faults.append(f"{name} {shape} is missing")
            continue
        # A linear layer's weights may come as a conv layer's.
        same = value.flatten(1) if value.ndim == 4 and len(shape) == 2 else value
        if same.shape != shape or not value.is_floating_point():
            faults.append(f"{name} should be {shape}, but is {tuple(value.shape)}, {value.dtype}")
        fitting[name] = same.detach().float()
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise WeightsError(
            f"The weights in {where} do not fit this VGG16: {'; '.join(faults[:3])}{more}. Are they another "
            "network's? Expected VGG16 without BatchNorm, for 1,000 classes, or a network that this course "
            "trained."
        )
    return fitting


# The model hub. Its client takes 0.2 s to load, so it is only loaded if ImageNet's weights are wanted.


def _imagenet(model: VGG) -> dict[str, Tensor]:
    """Map ImageNet's weights for this network's layers; fetch what the cache lacks."""
    from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache

    if "HF_HUB_DISABLE_TELEMETRY" not in os.environ:
        constants.HF_HUB_DISABLE_TELEMETRY = True
    state = model.state_dict()
    cached = isinstance(try_to_load_from_cache(REPOSITORY, FILE, revision=REVISION), str)
    if cached or "fc1" in model.layer_names:
        with _explained():
            whole = hf_hub_download(REPOSITORY, FILE, revision=REVISION, endpoint=_endpoint())
        return _fit(_map(Path(whole))[0], state, whole)
    layers = {
        name: {key: state[key] for key in (f"{path}.weight", f"{path}.bias")}
        for name, path in model.layer_names.items()
        if f"{path}.weight" in state
    }
    # This is where the client keeps what others make from the hub's files.
    folder = Path(constants.HF_ASSETS_CACHE, "coursekit", f"vgg16.tv_in1k-{REVISION[:8]}")
    found: dict[str, Tensor] = {}
    missing = {}
    for layer, wanted in layers.items():
        try:
            found |= _fit(_map(folder / f"{layer}.safetensors")[0], wanted, layer)
        except WeightsError:  # it's missing or damaged
            missing[layer] = wanted
    try:
        found |= _fetch(missing, folder) if missing else {}
    except WeightsError as error:
        ready = list(layers)[: list(layers).index(next(iter(missing)))]
        hint = f" The cache has enough for vgg16('imagenet', until={ready[-1]!r})." if ready else ""
        raise WeightsError(f"{error}{hint}") from error
    return found


def _endpoint() -> str | None:
    """Return the mirror, if there is one; read each time, so you can try another without a new kernel."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _url() -> str:
    from huggingface_hub import hf_hub_url

    return hf_hub_url(REPOSITORY, FILE, revision=REVISION, endpoint=_endpoint())


def _fetch(layers: Mapping[str, Mapping[str, Tensor]], folder: Path) -> dict[str, Tensor]:
    """Fetch layers into the cache, each as a file that is complete or not there at all, and map them."""
    from huggingface_hub.utils import tqdm

    found: dict[str, Tensor] = {}
    url = _url()
    size = 4 * sum(value.numel() for wanted in layers.values() for value in wanted.values())
    with _explained(), tqdm(total=size, unit="B", unit_scale=True, desc="VGG16", disable=None) as bar:
        header = _header(url)
        promised = {name: torch.empty(shape, device="meta") for name, (shape, _, _) in header.items()}
        for wanted in layers.values():
            _fit(promised, wanted, url)
        folder.mkdir(parents=True, exist_ok=True)
        for layer, wanted in layers.items():
            tensors = {}
            for name in wanted:
                shape, begin, end = header[name]
                content = bytearray(_bytes(url, begin, end))
                tensors[name] = torch.frombuffer(content, dtype=torch.float32).reshape(shape)
                bar.update(tensors[name].nbytes)
            place, part = folder / f"{layer}.safetensors", folder / f"{layer}.{os.getpid()}.part"
            try:
                # Not save_file: only the owner may read its files, and a whole class may share the cache.
                part.write_bytes(save(tensors, metadata={"source": url}))
                os.replace(part, place)
            finally:
                part.unlink(missing_ok=True)
            found |= _map(place)[0]
    return found


def _header(url: str) -> dict[str, tuple[tuple[int, ...], int, int]]:
    """Read the header of the file on the server: shape, first byte and end of each tensor.

    A safetensors file begins with 8 bytes that give the length of its header, which is JSON; the offsets in
    it count from the end of the header. See https://huggingface.co/docs/safetensors.
    """
    start = _bytes(url, 0, HEADER)
    base = 8 + int.from_bytes(start[:8], "little")
    header = {}
    try:
        fields = json.loads(start[8:base])
        fields.pop("__metadata__", None)
        for name, field in fields.items():
            shape, (begin, end) = tuple(field["shape"]), field["data_offsets"]
            if field["dtype"] != "F32" or end - begin != 4 * math.prod(shape):
                raise ValueError(f"{name} is {field['dtype']} {shape} in {end - begin:,} bytes")
            header[_own_name(name)] = (shape, base + begin, base + end)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{url} does not begin like a safetensors file of float32 ({type(error).__name__}: {error}). "
            "None of it was used. Set HF_ENDPOINT to another mirror."
        ) from error
    return header


def _bytes(url: str, begin: int, end: int) -> bytes:
    """Fetch the bytes of a file from `begin` up to `end` in one HTTP Range request."""
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_stream_backoff

    headers = build_hf_headers()
    headers |= {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity"}
    # It waits and retries if a server is busy; it doesn't resume a connection that was cut.
    patience = constants.HF_HUB_DOWNLOAD_TIMEOUT
    answers = http_stream_backoff(
        "GET", url, headers=headers, timeout=patience, max_retries=2, retry_on_exceptions=()
    )
    with answers as answer:
        hf_raise_for_status(answer)
        said = answer.headers.get("Content-Range", "no Content-Range")
        content: bytes = answer.read() if said.startswith(f"bytes {begin}-{end - 1}/") else b""
    if len(content) != end - begin:
        raise WeightsError(
            f"{url} was asked for bytes {begin:,} to {end - 1:,} and answered with status "
            f"{answer.status_code}, {said}. The server cannot send parts of a file, or a login page of this "
            "network answered instead: open any page in a browser to see. Or set HF_ENDPOINT to another "
            "mirror."
        )
    return content


@contextmanager
def _explained() -> Iterator[None]:
    """Reword errors from the hub's client, the network and the disk, and say what to do."""
    from huggingface_hub import errors

    try:
        yield
    except (errors.HTTPError, OSError, ValueError) as error:
        cause = error.__cause__ if isinstance(error, errors.LocalEntryNotFoundError) else error
        kept = "Nothing incomplete was kept."
        if isinstance(cause, errors.OfflineModeIsEnabled):
            message = (
                "HF_HUB_OFFLINE is set, but the cache does not have all of these weights. Unset it to fetch "
                'them. The course\'s own are always there: vgg16("course").'
            )
        elif isinstance(cause, errors.HfHubHTTPError):
            status = cause.response.status_code
            busy = "The fault is the server's. Wait a few minutes and try again."
            advice = REFUSALS.get(status, busy if status >= 500 else "Is HF_ENDPOINT right?")
            message = f"{_url()} answered with status {status}. {kept} {advice}"
        elif isinstance(cause, OSError) and cause.errno:
            message = (
                f"Cannot write the weights to the cache ({cause}). {kept} Is the disk full? HF_HOME can set "
                "another folder."
            )
        else:
            message = (
                f"The connection to {_url()} failed ({str(cause) or type(cause).__name__}). {kept} Is this "
                "computer on the network? Some networks need a proxy (HTTPS_PROXY) or a mirror "
                '(HF_ENDPOINT). The course\'s own weights need no network: vgg16("course").'
            )
        raise WeightsError(message) from error
