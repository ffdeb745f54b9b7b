"""Brings learned weights into a VGG16: the course's own, ImageNet's, or those of a file.

A file is mapped into memory, not read: a page of it is loaded when it is first used, and all processes of a
computer share it. ImageNet's weights come from the model hub. Of its file of 553 MB only the wanted layers
are fetched, and each stays in the hub's cache as a small file of its own; the classifier comes with the whole
file. HF_ENDPOINT names a mirror, HF_HOME another folder, and with HF_HUB_OFFLINE nothing is fetched.

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

__all__ = ["main", "vgg16"]

COURSE_FORMAT = "coursekit-vgg-1"

# Trained by torchvision, BSD-3-Clause, converted by timm. The revision is a commit: the file cannot change.
REPOSITORY = "timm/vgg16.tv_in1k"
REVISION = "3394518cba29aee1ea82a49d971be90d2dd1dab7"
FILE = "model.safetensors"
CONV_ONLY = "block5_pool"  # as far as the conv layers lead, 59 MB
# timm calls the classifier otherwise than torchvision does, and keeps it as conv layers.
TIMM = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}
HEADER = 4096  # bytes of the first request; the header has about 3,000
LONGEST = 1_000_000  # bytes of a header that is believed

REFUSALS = {  # what a server's status means here
    401: "It wants a password, and this file needs none. Is HF_ENDPOINT right?",
    403: "A firewall or proxy may stand between. Try another network, or set HF_ENDPOINT to a mirror.",
    404: "The file is not there. Is HF_ENDPOINT right? A mirror may lack this file or this revision.",
    429: "Too many requests came from this address, perhaps from the whole class. Wait some minutes.",
}

Shapes = dict[str, tuple[int, ...]]


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
        until: The name of the last layer to build, such as `"block1_conv1"`: less is fetched and kept. None
            is the whole network, or as much of it as the file holds; of ImageNet's weights, all conv layers
            (to `block5_pool`, 59 MB). `until="predictions"` fetches the whole file, 553 MB.
        device: `"meta"` for shapes without values: nothing is allocated or fetched. None is torch's default
            device.
        seed: For random weights; torch's own random state is left alone.

    Raises:
        WeightsError: The weights are not there, cannot be fetched or do not fit; the message says what to do.
        DataError: The course's own file is missing.

    Learned weights are mapped from their file, so that processes share them; writing to them changes no file.

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
        path = Path(weights)
        if not path.is_file():
            raise WeightsError(
                f"There are no weights {os.fspath(weights)!r}. Expected 'course', 'imagenet', or the path of "
                f"a file; looked for {path.absolute()}."
            )
        model, tensors = _from_file(path, until)
        model.origin = f"weights of {path.name}"
    if target.type != "meta":
        if weights is None:
            _fill_at_random(model, target, seed)
        else:
            model.load_state_dict(tensors, assign=True)
            model.to(target)
    return model.eval().requires_grad_(False)


def main(arguments: Sequence[str]) -> int:
    """Run `python -m coursekit fetch-vgg`: bring ImageNet's weights into the cache.

    Args:
        arguments: What follows the command's name.

    Returns:
        The exit status: 0, or 1 if it failed; the message is then on standard error.
    """
    from huggingface_hub import constants

    parser = argparse.ArgumentParser(
        prog="python -m coursekit fetch-vgg",
        description="Brings VGG16's weights, trained on ImageNet, into your cache, so that "
        "vgg16('imagenet') works without a network. HF_ENDPOINT names a mirror, HF_HOME another folder.",
    )
    parser.add_argument(
        "until",
        nargs="?",
        default="block1_conv1",
        help="the last layer that you want: block1_conv1 (7 kB; if you name none), another, block5_pool (all "
        "13 conv layers, 59 MB) or predictions (the whole file, 553 MB)",
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
    print(f"{size:,} bytes of weights, as far as {chosen.until}, are there: they now need no network.")
    return 0


def _fill_at_random(model: VGG, target: torch.device, seed: int) -> None:
    """Fill it with random weights of such a size that values neither grow nor fade (He, 2015)."""
    model.to_empty(device=target)
    generator = torch.Generator(device=target).manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    model.origin = f"random weights (seed {seed})"


def _shapes_by_layer(model: VGG) -> dict[str, Shapes]:
    """The shape of each tensor by torchvision's name, for each layer that learns, by its name for people."""
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    return {
        name: {each: shapes[each] for each in (f"{path}.weight", f"{path}.bias")}
        for name, path in model.layer_names.items()
        if f"{path}.weight" in shapes
    }


# Files


def _from_file(path: Path, until: str | None) -> tuple[VGG, dict[str, Tensor]]:
    """Map one file, find out which network it is for, and take the layers up to this one."""
    if path.suffix == ".safetensors":
        tensors, notes = _map(path)
    elif path.suffix in (".pth", ".pt"):
        tensors, notes = _unpickle(path), {}
    else:
        raise WeightsError(f"{path} has the ending {path.suffix!r}; expected .safetensors, .pth or .pt.")
    described = notes.get("format", "").startswith("coursekit-")
    sizes, about = _describe(notes, path) if described else ({}, {})
    whole = VGG(**sizes)
    model = VGG(**sizes, until=until or _last(whole, tensors))
    for key, value in about.items():
        setattr(model, key, value)
    unknown = [name for name in tensors if name not in whole.state_dict()]
    wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    return model, _fit(tensors, wanted, str(path), unknown)


def _map(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Map a safetensors file: its tensors under torchvision's names, and the words stored with them."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            return {_own_name(name): file.get_tensor(name) for name in names}, file.metadata() or {}
    except (OSError, SafetensorError) as error:
        raise WeightsError(
            f"{path} is not a sound safetensors file ({error}). It is damaged, or another kind of file: "
            "download it again."
        ) from error


def _unpickle(path: Path) -> dict[str, Tensor]:
    """Load a file of torch.save, of which only tensors are accepted."""
    # The format of before 2020, which torchvision's own file has, cannot be mapped.
    zipped = zipfile.is_zipfile(path)
    try:
        with warnings.catch_warnings():
            # About odd pickles, which are refused below.
            warnings.simplefilter("ignore", UserWarning)
            found = torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except pickle.UnpicklingError as error:
        raise WeightsError(
            f"{path} was not loaded: it is a pickle that wants more than to give tensors, and such a file "
            f"can run any code on this computer ({_first_sentence(error)}). Nothing of it was run. Take the "
            "weights from a source that you trust, best as .safetensors."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, LookupError) as error:
        raise WeightsError(
            f"{path} cannot be read as a file of torch.save ({_first_sentence(error)}). Download it again."
        ) from error
    if not isinstance(found, dict) or not all(isinstance(value, Tensor) for value in found.values()):
        what = type(found).__name__
        if isinstance(found, dict):
            what += f" with {', '.join(map(str, list(found)[:3]))}"
        raise WeightsError(f"{path} holds a {what}; expected a state dict, which maps names to tensors.")
    return {_own_name(str(name)): value for name, value in found.items()}


def _first_sentence(error: Exception) -> str:
    """The part of torch's message that says what is wrong; the rest tells how to load it in spite of that."""
    words = " ".join(str(error).split())
    _, found, reason = words.partition("WeightsUnpickler error: ")
    return (reason if found else words).split(" Please ")[0].split(". ")[0] or type(error).__name__


def _describe(notes: Mapping[str, str], path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read the sizes of the course's own kind of network from its file, and what else it says of itself."""
    try:
        if notes["format"] != COURSE_FORMAT:
            raise ValueError(f"its format is {notes['format']}, and this coursekit reads {COURSE_FORMAT}")
        classes = tuple(str(name) for name in json.loads(notes["classes"]))
        widths = tuple(tuple(int(width) for width in block) for block in json.loads(notes["widths"]))
        mean, std = (tuple(float(part) for part in json.loads(notes[key])) for key in ("mean", "std"))
        if len(mean) != 3 or len(std) != 3 or not all(std) or not widths or not all(widths):
            raise ValueError("widths, mean or std have the wrong length")
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"{path} does not describe its network as expected ({type(error).__name__}: {error}). Take the "
            "file again, or a newer coursekit."
        ) from error
    sizes = {"widths": widths, "pool": 1, "hidden": (), "classes": len(classes)}
    return sizes, {"classes": classes, "mean": mean, "std": std}


def _last(whole: VGG, tensors: Mapping[str, Tensor]) -> str:
    """The last layer for which there are weights, or the pooling behind it, which needs none."""
    names = [name for name in whole.layer_names if "relu" not in name]
    there = {name.rpartition(".")[0] for name in tensors}
    last = max((at for at, name in enumerate(names) if whole.layer_names[name] in there), default=0)
    following = names[last + 1 : last + 2]
    return following[0] if following and following[0].endswith("_pool") else names[last]


def _own_name(name: str) -> str:
    """Return torchvision's name of a tensor that may have timm's.

    >>> _own_name("head.fc.bias"), _own_name("features.0.weight")
    ('classifier.6.bias', 'features.0.weight')
    """
    module, dot, part = name.rpartition(".")
    return TIMM.get(module, module) + dot + part


def _fits(found: Sequence[int], wanted: Sequence[int]) -> bool:
    """Say whether a weight of the found shape can be the wanted one; a linear layer's may be a conv layer's.

    >>> _fits((4096, 512, 7, 7), (4096, 25088)), _fits((3, 3, 3, 64), (64, 3, 3, 3))
    (True, False)
    """
    flat = (found[0], math.prod(found[1:])) if len(found) == 4 and len(wanted) == 2 else found
    return tuple(flat) == tuple(wanted)


def _fit(
    tensors: Mapping[str, Tensor], wanted: Shapes, where: str, unknown: Sequence[str] = ()
) -> dict[str, Tensor]:
    """Give the wanted tensors their shapes, in float32; copy none that is float32 already."""
    faults = [f"{name} is not one of its tensors" for name in unknown]
    fitting = {}
    for name, shape in wanted.items():
        value = tensors.get(name)
        if value is None:
            faults.append(f"{name} {shape} is missing")
        elif not _fits(value.shape, shape) or not value.is_floating_point():
            faults.append(f"{name} should be {shape}, but is {tuple(value.shape)}, {value.dtype}")
        else:
            fitting[name] = value.detach().reshape(shape).float()
    if faults:
        more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
        raise WeightsError(
            f"The weights in {where} do not fit this VGG16: {'; '.join(faults[:3])}{more}. Are they another "
            "network's? VGG16 without BatchNorm, for 1,000 classes, is expected, or a network that this "
            "course trained."
        )
    return fitting


# The model hub. Its client takes 0.2 s to load, so it is loaded only where ImageNet's weights are wanted.


def _imagenet(model: VGG) -> dict[str, Tensor]:
    """Map ImageNet's weights for the layers of this network; what the cache lacks is fetched."""
    from huggingface_hub import constants, hf_hub_download, try_to_load_from_cache

    if "HF_HUB_DISABLE_TELEMETRY" not in os.environ:
        constants.HF_HUB_DISABLE_TELEMETRY = True
    layers = _shapes_by_layer(model)
    whole = try_to_load_from_cache(REPOSITORY, FILE, revision=REVISION)
    if not isinstance(whole, str) and "fc1" in layers:
        with _explained():
            whole = hf_hub_download(REPOSITORY, FILE, revision=REVISION, endpoint=_endpoint())
    if isinstance(whole, str):
        wanted = {name: shape for shapes in layers.values() for name, shape in shapes.items()}
        return _fit(_map(Path(whole))[0], wanted, whole)
    found = {name: _cached(name, shapes) for name, shapes in layers.items()}
    missing = {name: layers[name] for name, tensors in found.items() if not tensors}
    try:
        found |= _fetch(missing) if missing else {}
    except WeightsError as error:
        ready = list(layers)[: list(layers).index(next(iter(missing)))]
        hint = f" The cache holds enough for vgg16('imagenet', until={ready[-1]!r})." if ready else ""
        raise WeightsError(f"{error}{hint}") from error
    return {name: value for tensors in found.values() for name, value in tensors.items()}


def _endpoint() -> str | None:
    """The mirror, if there is one; read anew each time, so that one can try another without a new kernel."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _url() -> str:
    """The address of the whole file."""
    from huggingface_hub import hf_hub_url

    return hf_hub_url(REPOSITORY, FILE, revision=REVISION, endpoint=_endpoint())


def _cache() -> Path:
    """The folder for single layers: where the hub's client keeps what others make of its files."""
    from huggingface_hub import constants

    return Path(constants.HF_ASSETS_CACHE, "coursekit", f"{REPOSITORY.rpartition('/')[2]}-{REVISION[:8]}")


def _cached(layer: str, shapes: Shapes) -> dict[str, Tensor]:
    """Map one layer from the cache; nothing if it is not there or damaged, so that it is fetched again."""
    try:
        return _fit(_map(_cache() / f"{layer}.safetensors")[0], shapes, layer)
    except WeightsError:
        return {}


def _fetch(layers: Mapping[str, Shapes]) -> dict[str, dict[str, Tensor]]:
    """Bring layers into the cache, each as a file that is whole or not there, and map them."""
    from huggingface_hub.utils import tqdm

    found, folder, url = {}, _cache(), _url()
    size = 4 * sum(math.prod(shape) for shapes in layers.values() for shape in shapes.values())
    with _explained(), tqdm(total=size, unit="B", unit_scale=True, desc="VGG16", disable=None) as bar:
        spans = _spans(url)
        folder.mkdir(parents=True, exist_ok=True)
        for layer, shapes in layers.items():
            tensors = {}
            for name, shape in shapes.items():
                tensors[name] = _tensor(url, name, shape, spans.get(name))
                bar.update(tensors[name].nbytes)
            place, part = folder / f"{layer}.safetensors", folder / f"{layer}.{os.getpid()}.part"
            try:
                # Not save_file: only their owner may read its files, and a cache can be a whole class's.
                part.write_bytes(save(tensors, metadata={"source": url}))
                os.replace(part, place)
            finally:
                part.unlink(missing_ok=True)
            found[layer] = _map(place)[0]
    return found


def _spans(url: str) -> dict[str, tuple[str, tuple[int, ...], int, int]]:
    """Read the header of the file on the server: dtype, shape, first byte and end of each tensor.

    A safetensors file begins with 8 bytes that give the length of its header, which is JSON; the offsets in
    it count from the end of the header. https://huggingface.co/docs/safetensors describes it.
    """
    start = _bytes(url, 0, HEADER)
    base = 8 + int.from_bytes(start[:8], "little")
    try:
        if base > LONGEST:
            raise ValueError(f"its header would have {base - 8:,} bytes")
        if base > HEADER:
            start += _bytes(url, HEADER, base)
        fields = json.loads(start[8:base])
        fields.pop("__metadata__", None)
        spans = {
            _own_name(name): (field["dtype"], tuple(field["shape"]), base + begin, base + end)
            for name, field in fields.items()
            for begin, end in [field["data_offsets"]]
        }
        last = base
        for name, (_, _, begin, end) in sorted(spans.items(), key=lambda item: item[1][2:]):
            if begin != last:
                raise ValueError(f"{name} begins at byte {begin:,}, and {last:,} was expected")
            last = end
        return spans
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise WeightsError(
            f"{url} does not begin like a safetensors file ({type(error).__name__}: {error}). Nothing of it "
            "was used. Set HF_ENDPOINT to another mirror."
        ) from error


def _tensor(
    url: str, name: str, shape: tuple[int, ...], span: tuple[str, tuple[int, ...], int, int] | None
) -> Tensor:
    """Bring one tensor, after its header said what was expected, and look at every number."""
    dtype, found, begin, end = span or ("nothing", (), 0, 0)
    if dtype != "F32" or not _fits(found, shape) or end - begin != 4 * math.prod(shape):
        raise WeightsError(
            f"{url} does not hold the weights of this network: expected F32 {shape} as {name}, found {dtype} "
            f"{found} in {end - begin:,} bytes. Nothing of it was kept. Is it another network's file, or a "
            "mirror's that was changed?"
        )
    values = torch.frombuffer(bytearray(_bytes(url, begin, end)), dtype=torch.float32).reshape(shape)
    bad = values.numel() - int(values.isfinite().sum())
    if bad:
        raise WeightsError(
            f"{url}: {name} holds {bad:,} values that are NaN or infinite, of {values.numel():,}. Learned "
            "weights are finite. Nothing of it was kept. A proxy or mirror may have changed the file: try "
            "another one (HF_ENDPOINT)."
        )
    return values


def _bytes(url: str, begin: int, end: int) -> bytes:
    """Bring the bytes of a file from `begin` up to `end` by one HTTP Range request."""
    from huggingface_hub import constants
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, http_stream_backoff

    headers = build_hf_headers()
    headers |= {"Range": f"bytes={begin}-{end - 1}", "Accept-Encoding": "identity"}
    # It waits and tries again where a server is busy; a connection that was cut is not taken up again.
    with http_stream_backoff(
        "GET",
        url,
        headers=headers,
        timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
        max_retries=2,
        retry_on_exceptions=(),
    ) as answer:
        hf_raise_for_status(answer)
        said = answer.headers.get("Content-Range", "no Content-Range")
        right = answer.status_code == 206 and said.startswith(f"bytes {begin}-{end - 1}/")
        content: bytes = answer.read() if right else b""
    if len(content) != end - begin:
        raise WeightsError(
            f"{url} was asked for bytes {begin:,} to {end - 1:,} and answered with status "
            f"{answer.status_code}, {said}. The server cannot send parts of a file, or a login page of this "
            "network answered in its place: open a page in a browser to see. Or set HF_ENDPOINT to another "
            "mirror."
        )
    return content


@contextmanager
def _explained() -> Iterator[None]:
    """Say the errors of the hub's client, of the network and of the disk anew, with what to do."""
    from huggingface_hub.errors import (
        HfHubHTTPError,
        HTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
    )

    try:
        yield
    except (HTTPError, OSError, ValueError) as error:
        cause = error.__cause__ if isinstance(error, LocalEntryNotFoundError) else error
        kept = "Nothing incomplete was kept."
        if isinstance(cause, OfflineModeIsEnabled):
            message = (
                "HF_HUB_OFFLINE is set, and the cache does not hold all of these weights. Unset it to fetch "
                'them. The course\'s own are always there: vgg16("course").'
            )
        elif isinstance(cause, HfHubHTTPError):
            status = cause.response.status_code
            busy = "The server has a fault of its own. Wait some minutes and try again."
            advice = REFUSALS.get(status, busy if status >= 500 else "Is HF_ENDPOINT right?")
            message = f"{_url()} answered with status {status}. {kept} {advice}"
        elif isinstance(cause, OSError) and cause.errno:
            message = (
                f"Cannot write the weights to the cache ({cause}). {kept} Is the disk full? HF_HOME can name "
                "another folder."
            )
        else:
            message = (
                f"The connection to {_url()} failed ({str(cause) or type(cause).__name__}). {kept} Is this "
                "computer on the network? Some networks need a proxy (HTTPS_PROXY) or a mirror "
                '(HF_ENDPOINT). The course\'s own weights need no network: vgg16("course").'
            )
        raise WeightsError(message) from error
