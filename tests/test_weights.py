"""Weights are brought in parts, checked, and only then kept; after a fault the cache is as it was before."""

import hashlib
import io
import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from coursekit.weights import (
    IMAGENET,
    WeightsError,
    cache,
    cache_folder,
    cached,
    command,
    fetch,
    fetching,
    remote,
)
from coursekit.weights.layout import VGG16, Architecture
from coursekit.weights.progress import Bar
from tools.range_server import RangeServer, write_sparse

SMALL = Architecture(
    widths=((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (8, 8, 8)), pool=2, hidden=(16, 12), classes=10
)
FILLED = ("features.0.", "features.2.", "features.28.")
FIRST_REQUEST = (0, 4095)  # for the header


def remote_shapes(architecture):
    """The shapes in timm's file: the classifier has other names there, and its weights are a conv layer's."""
    shapes = {name: shape for layer in architecture.layers() for name, shape in layer.shapes.items()}
    renamed = {}
    for ours, theirs in (
        ("classifier.0", "pre_logits.fc1"),
        ("classifier.3", "pre_logits.fc2"),
        ("classifier.6", "head.fc"),
    ):
        (outputs, inputs), side = shapes.pop(f"{ours}.weight"), architecture.pool if ours.endswith("0") else 1
        conv = (outputs, inputs // side**2, side, side)
        renamed[f"{theirs}.weight"] = (outputs, inputs) if theirs == "head.fc" else conv
        renamed[f"{theirs}.bias"] = shapes.pop(f"{ours}.bias")
    return shapes | renamed


def numbers(name, shape):
    """The same random numbers for the same name, each time."""
    random = np.random.default_rng(list(name.encode()))
    return random.standard_normal(shape, dtype=np.float32)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A file with the true layout and length, 553 MB, of which three layers take room on the disk."""
    path = tmp_path_factory.mktemp("full") / "model.safetensors"
    return write_sparse(
        path,
        remote_shapes(VGG16),
        lambda name, shape: numbers(name, shape) if name.startswith(FILLED) else None,
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A file of a VGG16 with few filters, for faults that show only when everything is sent."""
    return write_sparse(tmp_path_factory.mktemp("small") / "model.safetensors", remote_shapes(SMALL), numbers)


@pytest.fixture
def small_source(small):
    digest = hashlib.sha256(small.read_bytes()).hexdigest()
    return replace(IMAGENET, architecture=SMALL, sha256=digest)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache of its own for each test, and no way out of this computer."""
    monkeypatch.setenv("COURSEKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(remote, "PAUSE", 0.0)
    return tmp_path / "cache"


@pytest.fixture
def serve(monkeypatch):
    """Start a server for a file, and make it the mirror."""
    servers = []

    def start(path, faults=None):
        server = RangeServer(path, faults).__enter__()
        servers.append(server)
        monkeypatch.setenv("HF_ENDPOINT", server.url + "/")
        return server

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def contents(folder):
    """Everything that lies in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def span(server_file, *modules):
    """The first and last byte of the tensors of these layers in a file."""
    spans = [
        each
        for name, each in fetching.read_header(server_file).tensors.items()
        if name.rpartition(".")[0] in modules
    ]
    return min(each.start for each in spans), max(each.stop for each in spans) - 1


# What is brought


def test_one_layer_costs_its_bytes_and_the_header(full, serve, home):
    server = serve(full)
    done = fetch(1)
    assert server.ranges == [FIRST_REQUEST, span(full, "features.0")]
    assert done.size == server.sent == 4096 + 7168
    assert done.requests == 2
    assert done.new == ("block1_conv1",)
    kept = load_file(done.files["block1_conv1"])
    assert kept.keys() == {"features.0.weight", "features.0.bias"}
    for name, values in kept.items():
        np.testing.assert_array_equal(values, numbers(name, values.shape))
    assert list(contents(home)) == [os.path.join("vgg16.tv_in1k-3394518c", "block1_conv1.safetensors")]


def test_the_address_is_the_pinned_file(full, serve, monkeypatch):
    server = serve(full)
    asked = []
    monkeypatch.setattr(
        server, "_answer", lambda handler: (asked.append(handler.path), RangeServer._answer(server, handler))
    )
    fetch(1)
    assert set(asked) == {
        "/timm/vgg16.tv_in1k/resolve/3394518cba29aee1ea82a49d971be90d2dd1dab7/model.safetensors"
    }
    assert IMAGENET.sha256 == "57b026918159a6bf9faf8405c3a551903768e7138989d9c6224a14227203fad8"


def test_a_block_comes_in_one_request_for_each_place(full, serve):
    server = serve(full)
    done = fetch("block1")
    # features.0 and features.2 do not lie together: features.10 ... features.19 stand between them by name.
    assert server.ranges == [FIRST_REQUEST, span(full, "features.0"), span(full, "features.2")]
    for name in ("features.2.weight", "features.2.bias"):
        kept = load_file(done.files["block1_conv2"])[name]
        np.testing.assert_array_equal(kept, numbers(name, kept.shape))


def test_all_conv_layers_come_in_one_request(full, serve):
    server = serve(full)
    done = fetch("all")
    modules = [layer.module for layer in VGG16.conv_layers()]
    assert server.ranges == [FIRST_REQUEST, span(full, *modules)]
    assert done.size == 4096 + 4 * 14_714_688
    assert tuple(done.files) == tuple(layer.name for layer in VGG16.conv_layers())
    for layer in VGG16.conv_layers():
        kept = load_file(done.files[layer.name])
        assert {name: values.shape for name, values in kept.items()} == layer.shapes
        for name, values in kept.items():
            expected = numbers(name, values.shape) if name.startswith(FILLED) else np.zeros(values.shape)
            np.testing.assert_array_equal(values, expected)


def test_what_is_there_is_not_brought_again(full, serve, monkeypatch):
    server = serve(full)
    fetch(1)
    del server.ranges[:]
    done = fetch("block1")
    assert done.new == ("block1_conv2",)
    assert server.ranges == [FIRST_REQUEST, span(full, "features.2")]
    monkeypatch.setenv("HF_ENDPOINT", "not even an address")
    again = fetch("block1")
    assert (again.size, again.requests, again.new) == (0, 0, ())
    assert again.files == done.files | {"block1_conv1": again.files["block1_conv1"]}


def test_the_whole_file_with_its_hash(small, small_source, serve, home):
    serve(small)
    done = fetch("whole", source=small_source)
    (kept,) = set(done.files.values())
    assert kept.read_bytes() == small.read_bytes()
    assert done.files.keys() == {layer.name for layer in SMALL.layers() if layer.shape}
    assert len(contents(home)) == 1
    # Its layers need not be brought singly any more.
    assert fetch("all", source=small_source).files["block1_conv1"] == kept


def test_a_header_longer_than_the_guess(small, small_source, serve, monkeypatch):
    monkeypatch.setattr(fetching, "GUESS", 64)
    server = serve(small)
    done = fetch(1, source=small_source)
    start, stop = span(small, "features.0")
    (length,) = np.frombuffer(small.read_bytes()[:8], "<u8")
    assert server.ranges == [(0, 63), (64, int(length) + 7), (start, stop)]
    assert list(done.files) == ["block1_conv1"]


def test_a_redirect_keeps_the_range(full, serve):
    server = serve(full, {1: "redirect", 3: "redirect"})
    fetch(1)
    layer = span(full, "features.0")
    assert server.ranges == [FIRST_REQUEST, FIRST_REQUEST, layer, layer]


# A connection that is cut


def test_a_cut_connection_goes_on_where_it_stopped(full, serve):
    server = serve(full, {2: "cut", 3: "cut", 4: 503, 5: "hang up"})
    done = fetch(1)
    start, stop = span(full, "features.0")
    half, rest = start + 3584, start + 3584 + 1792
    assert server.ranges[1:] == [(start, stop), (half, stop), (rest, stop), (rest, stop), (rest, stop)]
    assert done.size == 4096 + 7168
    kept = load_file(done.files["block1_conv1"])["features.0.weight"]
    np.testing.assert_array_equal(kept, numbers("features.0.weight", kept.shape))


def test_a_cut_in_the_whole_file_does_not_spoil_the_hash(small, small_source, serve):
    serve(small, {2: "cut", 3: "cut"})
    done = fetch("whole", source=small_source)
    assert done.files["fc1"].read_bytes() == small.read_bytes()


def test_many_cuts_are_borne_while_bytes_come(full, serve):
    # 9.4 MB, of which each answer brings half of the rest.
    server = serve(full, dict.fromkeys(range(2, 11), "cut"))
    done = fetch("block5_conv3")
    assert len(server.ranges) == 11
    kept = load_file(done.files["block5_conv3"])["features.28.weight"]
    np.testing.assert_array_equal(kept, numbers("features.28.weight", kept.shape))


# Faults: each has its message, and the cache is as before


FAULTS = [
    pytest.param({0: 401}, 1, "answered with status 401: the server wants a password", id="401"),
    pytest.param({0: 403}, 1, "answered with status 403: the server refuses this file", id="403"),
    pytest.param({0: 404}, 1, "answered with status 404: the file is not there", id="404"),
    pytest.param({0: 416}, 1, "answered with status 416: the file is shorter", id="416"),
    pytest.param({0: 418}, 1, "answered with status 418: the server does not give", id="418"),
    pytest.param({0: 429}, 1, "answered with status 429: too many requests", id="429"),
    pytest.param({0: 500}, 1, "answered with status 500: the server has a fault of its own", id="500"),
    pytest.param({0: 503}, 1, "answered with status 503: the server has a fault of its own", id="503"),
    pytest.param({2: 404}, 1, "answered with status 404: the file is not there", id="404 later"),
    pytest.param({0: "hang up"}, 1, "No answer from .* Is this computer on the network", id="no answer"),
    pytest.param(
        {0: "ignore range"}, 1, "ignores Range: .* status 200 and wants to send every", id="ignores"
    ),
    pytest.param({2: "ignore range"}, 1, "ignores Range", id="ignores later"),
    pytest.param({0: "other range"}, 1, "sent a wrong length: expected bytes 0 to 4,095", id="other range"),
    pytest.param({2: "other range"}, 1, "sent a wrong length: .*7,168 of them", id="other range later"),
    pytest.param({2: "other length"}, 1, "sent a wrong length: .*Content-Length 7176", id="other length"),
    pytest.param({2: "other total"}, 1, "sent a wrong length", id="another file meanwhile"),
    pytest.param({0: "other total"}, 1, "its tensors end at byte .*, but the file has", id="other total"),
    pytest.param({0: "spoil"}, 1, "says that its header has 0 bytes", id="spoiled header"),
    pytest.param(
        dict.fromkeys(range(2, 99), "cut") | dict.fromkeys(range(4, 99), "hang up"),
        1,
        r"was cut 5 times in a row \(.*\): 5,376 of 7,168 bytes had come. Nothing was kept",
        id="cut for good",
    ),
    pytest.param(
        dict.fromkeys(range(3, 99), 503), "block1", r"5 times in a row \(status 503\)", id="down meanwhile"
    ),
]


@pytest.fixture(params=["empty cache", "a layer in the cache"])
def before(request, full, serve, home):
    """What the cache holds before the fault."""
    if request.param == "empty cache":
        return None
    serve(full)
    fetch("block2_conv1")
    return contents(home)


def assert_as_before(before, home):
    if before is None:
        assert not home.exists()
    else:
        assert contents(home) == before
        # No empty folders either.
        assert sum(1 for _ in home.rglob("*")) == len(before) + 1


@pytest.mark.parametrize(("faults", "layers", "message"), FAULTS)
def test_a_fault_has_its_message_and_leaves_the_cache_as_before(
    full, serve, home, before, faults, layers, message
):
    serve(full, faults)
    with pytest.raises(WeightsError, match=message):
        fetch(layers)
    assert_as_before(before, home)


def test_no_network(home, before, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match=r'No answer from .* \(HTTPS_PROXY\).* vgg16\("course"\)'):
        fetch(1)
    assert_as_before(before, home)


def test_no_such_server(home, monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.invalid")
    with pytest.raises(
        WeightsError, match=r"No answer from https://mirror.invalid/.* Name or service not known"
    ):
        fetch(1)
    assert not home.exists()


def test_a_certificate_that_proves_nothing(home, monkeypatch):
    def refuse(*args, **kwargs):
        raise urllib.error.URLError(ssl.SSLCertVerificationError("certificate has expired"))

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    with pytest.raises(WeightsError, match=r"certificate has expired.*Install Certificates\.command"):
        fetch(1)


def test_a_server_that_says_nothing(full, serve, home, monkeypatch):
    server = serve(full, {0: "hang"})
    silent = remote.RemoteFile(server.url + "/file", timeout=0.1)
    with pytest.raises(WeightsError, match=r"No answer from .*timed out"):
        silent.read(0, 8)


@pytest.mark.parametrize(
    "endpoint", ["file:///etc", "ftp://example.org", "example.org", "https://", "http:///a"]
)
def test_a_mirror_that_is_no_web_address(endpoint, monkeypatch, home):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    with pytest.raises(WeightsError, match=r"expected an address that begins with https://.*HF_ENDPOINT"):
        fetch(1)
    assert not home.exists()


def lying(change):
    """A file of the true layout in which one layer's entry in the header was changed."""

    def write(full, folder):
        with full.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(length))
        change(header)
        text = json.dumps(header, separators=(",", ":")).encode()
        path = folder / "lying.safetensors"
        with path.open("wb") as file:
            file.write(len(text).to_bytes(8, "little") + text)
            file.truncate(full.stat().st_size - length + len(text))
        return path

    return write


def move(name, by):
    def change(header):
        header[name]["data_offsets"] = [offset + by for offset in header[name]["data_offsets"]]

    return lying(change)


def absurd(full, folder):
    path = folder / "absurd.safetensors"
    path.write_bytes((2**50).to_bytes(8, "little") + bytes(10_000))
    return path


def rewritten(change):
    """A file of the small layout in which shapes or numbers were changed."""

    def write(_, folder):
        shapes, values = remote_shapes(SMALL), numbers
        changed = change(shapes)
        if changed is not None:

            def values(name, shape):
                return changed.get(name, numbers(name, shape))

        return write_sparse(folder / "changed.safetensors", shapes, values)

    return write


def half(_, folder):
    shapes = remote_shapes(SMALL)
    path = write_sparse(folder / "half.safetensors", shapes, numbers)
    content = path.read_bytes().replace(
        b'"features.0.bias":{"dtype":"F32","shape":[4]', b'"features.0.bias":{"dtype":"F16","shape":[8]'
    )
    path.write_bytes(content)
    return path


def with_number(number):
    values = numbers("features.0.weight", (4, 3, 3, 3))
    values[1, 2, 0, 1] = number
    return rewritten(lambda shapes: {"features.0.weight": values})


BAD_FILES = [
    pytest.param(move("features.0.weight", 10**9), "weight is said to end at byte .* outside", id="outside"),
    pytest.param(move("features.0.weight", 4), "features.0.weight leaves a gap", id="gap"),
    pytest.param(move("features.0.weight", -4), "features.0.weight overlaps|not sizes", id="overlapping"),
    pytest.param(absurd, "says that its header has 1,125,899,906,842,624 bytes", id="absurd length"),
    pytest.param(
        rewritten(lambda shapes: shapes.update({"features.0.weight": (4, 3, 5, 5)})),
        r"expected F32 \(4, 3, 3, 3\) as features.0.weight, found F32 \(4, 3, 5, 5\)",
        id="wrong shape",
    ),
    pytest.param(
        rewritten(lambda shapes: shapes.update({"features.0.weight": (3, 3, 3, 4)})),
        r"found F32 \(3, 3, 3, 4\)",
        id="channels last",
    ),
    pytest.param(
        rewritten(lambda shapes: shapes.pop("features.0.bias") and None),
        "as features.0.bias, found nothing",
        id="missing",
    ),
    pytest.param(half, r"expected F32 \(4,\) as features.0.bias, found F16 \(8,\)", id="wrong dtype"),
    pytest.param(with_number(np.nan), "features.0.weight holds 1 values that are NaN or inf", id="NaN"),
    pytest.param(with_number(-np.inf), "features.0.weight holds 1 values that are NaN or inf", id="infinite"),
]


@pytest.mark.parametrize(("write", "message"), BAD_FILES)
def test_a_bad_file_has_its_message_and_leaves_the_cache_as_before(
    full, small_source, serve, home, before, tmp_path, write, message
):
    path = write(full, tmp_path)
    serve(path)
    source = IMAGENET if path.stat().st_size > 10**8 else small_source
    with pytest.raises(WeightsError, match=message):
        fetch(1, source=source)
    assert_as_before(before, home)


def test_a_wrong_hash(small, small_source, serve, home, before):
    serve(small, {2: "spoil"})
    with pytest.raises(WeightsError, match=rf"expected .* with SHA-256 {small_source.sha256}, found SHA-256"):
        fetch("whole", source=small_source)
    assert_as_before(before, home)


def test_too_little_room(full, serve, home, before, monkeypatch):
    serve(full)
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(cache.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(WeightsError, match="14,336 bytes are needed, 1,000 are free"):
        fetch(1)
    assert_as_before(before, home)


def test_a_disk_that_fills_up(full, serve, home, before, monkeypatch):
    def full_disk(self, content):
        raise OSError(28, "No space left on device")

    serve(full)
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(WeightsError, match=r"Cannot write the weights .* No space left on device"):
        fetch(1)
    assert_as_before(before, home)


def test_a_cache_folder_that_cannot_be_one(full, serve, home):
    serve(full)
    home.write_text("a file", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"Cannot write to the cache folder .* Set COURSEKIT_CACHE"):
        fetch(1)
    assert home.read_text(encoding="utf-8") == "a file"


def test_an_interrupt_leaves_the_cache_as_before(full, serve, home, before, monkeypatch):
    def interrupt(self, size):
        raise KeyboardInterrupt

    serve(full)
    monkeypatch.setattr(Bar, "__call__", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(1)
    assert_as_before(before, home)


def test_a_fault_behind_good_layers_keeps_none_of_them(full, serve, home):
    serve(full, {3: 404})
    with pytest.raises(WeightsError, match="404"):
        fetch("block1")
    assert not home.exists()


# The cache


def test_a_damaged_file_counts_as_missing_and_is_replaced(full, serve, home):
    serve(full)
    (place,) = fetch(1).files.values()
    good = place.read_bytes()
    for bad in (good[:-1], b"", good.replace(b"F32", b"I32", 1)):
        place.write_bytes(bad)
        assert cached() == {}
        assert fetch(1).new == ("block1_conv1",)
        assert place.read_bytes() == good


def test_leftovers_of_a_killed_fetch_go_after_a_day(full, serve, home):
    serve(full)
    folder = IMAGENET.folder
    old, young = folder / ".fetching-old", folder / ".fetching-young"
    for each in (old, young):
        each.mkdir(parents=True)
        (each / "raw").write_bytes(b"half")
    os.utime(old, (0, 0))
    fetch(1)
    assert not old.exists()
    assert young.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_others_on_the_same_server_can_read_the_cache(full, serve):
    serve(full)
    mask = os.umask(0o022)
    try:
        (place,) = fetch(1).files.values()
    finally:
        os.umask(mask)
    assert place.stat().st_mode & 0o777 == 0o644
    assert place.parent.stat().st_mode & 0o777 == 0o755


def test_a_cache_that_may_only_be_read_is_used(full, serve, home):
    serve(full)
    fetch(1)
    IMAGENET.folder.chmod(0o555)
    try:
        if os.access(IMAGENET.folder, os.W_OK):
            pytest.skip("this user may write everywhere")
        assert list(fetch(1).files) == ["block1_conv1"]
        with pytest.raises(WeightsError, match="Cannot write to the cache folder"):
            fetch(2)
    finally:
        IMAGENET.folder.chmod(0o755)


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "HOME/.cache/coursekit"),
        ("linux", {"XDG_CACHE_HOME": "ROOT/xdg"}, "ROOT/xdg/coursekit"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/coursekit"),
        ("darwin", {"XDG_CACHE_HOME": "ROOT/xdg"}, "HOME/Library/Caches/coursekit"),
        ("win32", {"LOCALAPPDATA": "ROOT/local"}, "ROOT/local/coursekit/Cache"),
        ("win32", {}, "HOME/AppData/Local/coursekit/Cache"),
        ("linux", {"COURSEKIT_CACHE": "ROOT/mine"}, "ROOT/mine"),
        ("win32", {"COURSEKIT_CACHE": "~/mine"}, "HOME/mine"),
        ("linux", {"COURSEKIT_CACHE": ""}, "HOME/.cache/coursekit"),
    ],
)
def test_the_cache_lies_where_the_system_keeps_such_files(
    platform, variables, expected, tmp_path, monkeypatch
):
    user = tmp_path / "user"
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(user))
    monkeypatch.setenv("USERPROFILE", str(user))
    for name in ("COURSEKIT_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("ROOT", str(tmp_path)))
    assert cache_folder() == Path(expected.replace("HOME", str(user)).replace("ROOT", str(tmp_path)))


# What is printed


def test_the_command_says_what_it_will_do_and_what_it_did(full, serve, home, capsys):
    server = serve(full)
    assert command.main([]) == 0
    said = capsys.readouterr().out
    assert f"From:  {server.url}/timm/vgg16.tv_in1k/resolve/" in said
    assert f"To:    {home}" in said
    assert "block1_conv1  64 x 3 x 3 x 3            7.2 kB" in said
    assert "To fetch: 7.2 kB and a header of about 3 kB" in said
    assert "Fetched 11.3 kB in 2 requests" in said
    assert "0.002 % of the whole file of 553.4 MB" in said
    assert command.main(["--layers", "block1"]) == 0
    said = capsys.readouterr().out
    assert "block1_conv1  64 x 3 x 3 x 3      in the cache" in said
    assert "To fetch: 147.7 kB" in said
    assert command.main(["--layers", "2"]) == 0
    assert "All of it was there already. Nothing was fetched." in capsys.readouterr().out


def test_the_command_for_all_conv_layers(full, serve, capsys):
    serve(full)
    assert command.main(["--all"]) == 0
    said = capsys.readouterr().out
    assert said.count("\n  block") == 13
    assert "To fetch: 58.9 MB" in said
    assert "Fetched 58.9 MB in 2 requests" in said


def test_the_command_for_the_whole_file(small, small_source, serve, capsys):
    serve(small)
    assert command.main(["--whole"], source=small_source) == 0
    said = capsys.readouterr().out
    assert "predictions   10 x 12" in said
    assert "SHA-256 is right" in said


def test_the_command_that_fails_says_why(capsys):
    assert command.main(["--layers", "block1"]) == 1
    assert capsys.readouterr().err.startswith("Not fetched. No answer from http://127.0.0.1:9/")
    assert command.main(["--layers", "block7"]) == 1
    assert "There are no conv layers 'block7'" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        command.main(["--all", "--layers", "1"])


def test_the_command_does_not_wait_for_torch():
    code = "import sys, coursekit.weights.command; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_that_is_stopped(full, serve, capsys, monkeypatch):
    def interrupt(self, size):
        raise KeyboardInterrupt

    serve(full)
    monkeypatch.setattr(Bar, "__call__", interrupt)
    assert command.main([]) == 1
    assert "Stopped. Nothing was kept." in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_is_drawn_where_somebody_watches(full, serve, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    serve(full)
    fetch(1)
    last = terminal.getvalue().split("\r")[-1]
    assert last.startswith("[##############################] 7.2 kB of 7.2 kB, ")
    assert last.endswith("/s   \n")


def test_the_bar_is_silent_in_a_pipe(full, serve, capsys):
    serve(full)
    fetch(1)
    assert capsys.readouterr().err == ""


def test_the_bar_is_half_full_at_half_way(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("coursekit.weights.progress.EVERY", -1.0)
    with Bar(4_000_000, terminal) as bar:
        bar(1_000_000)
        bar(1_000_000)
    assert "[###############...............] 2.0 MB of 4.0 MB" in terminal.getvalue()
