"""Weights are mapped from the course's file, a learner's, or ImageNet's, of which as little as needed comes.

Whatever goes wrong has its message, and the cache then holds what it held before.
"""

import json
import pickle
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest
import torch
from huggingface_hub import close_session, constants
from range_server import serving, write_sparse
from safetensors.torch import save_file

from coursekit.models import vgg16, weights
from coursekit.models.vgg import VGG, WeightsError

HEADER = (0, 4095)
FILLED = ("features.0.", "features.2.", "features.28.")
WIDTHS = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (8, 8, 8))
SMALL = {"widths": WIDTHS, "pool": 2, "hidden": (16, 12), "classes": 10}


def shapes_of(model):
    return {name: tuple(value.shape) for name, value in model.state_dict().items()}


def hub_shapes(model, pool):
    """The shapes in timm's file: the classifier has other names there, and conv layers' shapes."""
    shapes = shapes_of(model)
    sides = (("0", "pre_logits.fc1", pool), ("3", "pre_logits.fc2", 1), ("6", "head.fc", 0))
    for number, theirs, side in sides:
        ours = f"classifier.{number}"
        outputs, inputs = shapes.pop(f"{ours}.weight")
        shapes[f"{theirs}.weight"] = (outputs, inputs // side**2, side, side) if side else (outputs, inputs)
        shapes[f"{theirs}.bias"] = shapes.pop(f"{ours}.bias")
    return shapes


def numbers(name, shape):
    """The same random numbers for the same name, each time."""
    return np.random.default_rng(list(name.encode())).standard_normal(shape, dtype=np.float32)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """ImageNet's file in its true layout and length, 553 MB, of which a few layers take room on the disk."""
    return write_sparse(
        tmp_path_factory.mktemp("full") / "model.safetensors",
        hub_shapes(VGG(), 7),
        lambda name, shape: numbers(name, shape) if name.startswith(FILLED) else None,
    )


@pytest.fixture
def small(tmp_path, monkeypatch):
    """The file of a VGG16 with few filters, which counts as ImageNet's in this test."""
    monkeypatch.setattr(weights, "VGG", lambda until=None: VGG(**SMALL, until=until))
    return write_sparse(tmp_path / "small.safetensors", hub_shapes(VGG(**SMALL), 2), numbers)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache of its own for each test, no waiting, and no way out of this computer."""
    proxies = ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
    for name in (*proxies, "HF_HUB_DISABLE_TELEMETRY", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HF_HOME", "HF_HUB_CACHE", "HF_ASSETS_CACHE", "HF_TOKEN_PATH"):
        monkeypatch.setattr(constants, name, str(tmp_path / "cache" / name))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    yield tmp_path / "cache"
    close_session()


@pytest.fixture
def serve(monkeypatch):
    """Start a server for a file, and make it the mirror."""
    with ExitStack() as servers:

        def start(path, faults=None):
            server = servers.enter_context(serving(path, faults))
            monkeypatch.setenv("HF_ENDPOINT", server.url + "/")
            return server

        yield start


@pytest.fixture
def no_network(monkeypatch):
    """Any use of a socket fails the test."""
    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, Mock(side_effect=AssertionError("the network was used")))


def kept(home):
    """Every file in the cache."""
    return {path.relative_to(home): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def layer_file(home, name):
    return home / "HF_ASSETS_CACHE" / "coursekit" / "vgg16.tv_in1k-3394518c" / f"{name}.safetensors"


def span(path, name):
    """The first and last byte of a tensor in a file."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        begin, end = json.loads(file.read(length))[name]["data_offsets"]
    return (8 + length + begin, 8 + length + end - 1)


def check_numbers(model):
    for name, value in model.state_dict().items():
        np.testing.assert_array_equal(value, numbers(name, value.shape))


# ImageNet's: what is fetched


def test_one_layer_costs_its_bytes_and_the_header(full, serve, home):
    server = serve(full)
    model = vgg16("imagenet", until="block1_conv1")
    assert server.asked == [HEADER, span(full, "features.0.weight"), span(full, "features.0.bias")]
    assert server.sent == 4096 + 7168 < 20_000
    assert set(server.paths) == {
        "/timm/vgg16.tv_in1k/resolve/3394518cba29aee1ea82a49d971be90d2dd1dab7/model.safetensors"
    }
    assert model.origin == "weights learned on ImageNet"
    assert (model.mean, model.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    assert tuple(model.state_dict()) == ("features.0.weight", "features.0.bias")
    check_numbers(model)
    assert list(kept(home)) == [layer_file(home, "block1_conv1").relative_to(home)]


def test_the_client_reports_nothing_unless_its_user_allows_it(full, serve, monkeypatch):
    server = serve(full)
    vgg16("imagenet", until="block1_conv1")
    assert "torch" not in server.headers["user-agent"]
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "0")
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    vgg16("imagenet", until="block1_conv2")
    assert not constants.HF_HUB_DISABLE_TELEMETRY


def test_what_is_there_is_not_fetched_again(full, serve, before, request):
    server = serve(full)
    vgg16("imagenet", until="block1_pool")
    assert server.asked == [HEADER, span(full, "features.2.weight"), span(full, "features.2.bias")]
    request.getfixturevalue("no_network")
    check_numbers(vgg16("imagenet", until="block1_pool"))


def test_all_conv_layers_unless_one_asks_for_less_or_more(full, serve):
    server = serve(full)
    model = vgg16("imagenet")
    assert list(model.layer_names)[-1] == "block5_pool"
    assert server.sent == 4096 + 4 * 14_714_688
    for name, value in model.state_dict().items():
        expected = numbers(name, value.shape) if name.startswith(FILLED) else np.zeros(value.shape)
        np.testing.assert_array_equal(value, expected)


def test_the_classifier_comes_with_the_whole_file(small, serve, home, request):
    server = serve(small)
    model = vgg16("imagenet", until="predictions")
    assert "/api/" not in "".join(server.paths)
    names = hub_shapes(VGG(**SMALL), 2).items()
    for (name, shape), value in zip(names, model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(value.flatten(), numbers(name, shape).flatten())
    # Then no layer needs to come singly.
    request.getfixturevalue("no_network")
    assert torch.equal(vgg16("imagenet", until="block1_conv1").features[0].weight, model.features[0].weight)
    assert not (home / "HF_ASSETS_CACHE").exists()


def test_redirects_and_a_busy_server_are_borne(full, serve):
    server = serve(full, {1: "redirect", 3: 503, 4: 429})
    vgg16("imagenet", until="block1_conv1")
    assert server.asked[:2] == [HEADER, HEADER]
    assert server.asked[2] == server.asked[3] == server.asked[4]


# ImageNet's: what goes wrong


FAULTS = [
    ({0: 401}, "answered with status 401. Nothing incomplete was kept. It wants a password"),
    ({0: 403}, "answered with status 403.* A firewall or proxy"),
    ({0: 404}, "answered with status 404.* The file is not there.* or this revision"),
    ({0: 418}, r"answered with status 418.* Is HF_ENDPOINT right\?"),
    ({0: 429}, "answered with status 429.* from the whole class"),
    ({0: 500}, "answered with status 500.*The fault is the server"),
    ({0: "hang up"}, r"The connection to .*/model\.safetensors failed \(.*Is this computer on the network"),
    ({3: "cut"}, r"The connection to .* failed \(.*Nothing incomplete was kept"),
    ({2: "other length"}, r"The connection to .* failed \("),
    ({3: "ignore range"}, "bytes .* and answered with status 200, no Content-Range.*login page"),
    ({0: "other range"}, "asked for bytes 0 to 4,095 and answered with status 206, bytes 8-4095/553"),
    ({0: "spoil"}, "does not begin like a safetensors file"),
]


@pytest.fixture
def before(full, serve, home):
    """What the cache holds: the layer before the one that a test wants."""
    serve(full)
    vgg16("imagenet", until="block1_conv1")
    return kept(home)


@pytest.mark.parametrize(("faults", "message"), FAULTS)
def test_a_fault_has_its_message_and_leaves_the_cache_as_before(full, serve, home, before, faults, message):
    serve(full, faults)
    with pytest.raises(WeightsError, match=message):
        vgg16("imagenet", until="block1_conv2")
    assert kept(home) == before


def test_the_whole_file_comes_in_spite_of_one_cut_and_no_more(small, serve, home):
    for faults in ({0: 404}, {0: "cut"}):
        serve(small, faults)
        with pytest.raises(WeightsError, match=r"answered with status 404|failed"):
            vgg16("imagenet", until="predictions")
        assert not [path for path in kept(home) if path.suffix == ".incomplete" or "snapshots" in path.parts]
    server = serve(small, {1: "cut"})
    vgg16("imagenet", until="predictions")
    assert len(server.asked) == 2


@pytest.mark.parametrize("until", ["block1_conv1", "predictions"])
@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "ftp://127.0.0.1", "example", "http:///a"])
def test_no_network_or_a_mirror_that_is_none(home, monkeypatch, endpoint, until):
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    message = r"The connection to .* failed \(.*\(HTTPS_PROXY\).*vgg16\(.course.\)\.$"
    with pytest.raises(WeightsError, match=message):
        vgg16("imagenet", until=until)
    assert kept(home) == {}


def test_a_server_that_says_nothing(monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(WeightsError, match=r"failed \(.*timed out"):
            vgg16("imagenet", until="block1_conv1")


@pytest.mark.parametrize("until", ["block1_conv1", "predictions"])
def test_offline_mode(full, serve, monkeypatch, until):
    server = serve(full)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(WeightsError, match=r"HF_HUB_OFFLINE is set, .*Unset it to fetch .*vgg16\(.course.\)"):
        vgg16("imagenet", until=until)
    assert server.paths == []


def test_what_the_cache_is_enough_for(full, serve, before):
    # One layer comes, then the server breaks down; what has come whole stays.
    serve(full, dict.fromkeys(range(4, 99), 500))
    with pytest.raises(
        WeightsError, match=r"status 500.* enough for vgg16\('imagenet', until='block1_conv1'\)"
    ):
        vgg16("imagenet")
    with pytest.raises(WeightsError, match=r"enough for vgg16\('imagenet', until='block1_conv2'\)"):
        vgg16("imagenet")


WRONG = [
    (b"[16,448]", b"[16,4 8]", "not begin like a safetensors file of float32 .JSONDecodeError"),
    (b"[16,448]", b"[16,444]", r"float32 .ValueError: features.0.weight is F32 \(4, 3, 3, 3\) in 428 bytes"),
    (b',"features.0.bias":{"dtype":"F32"', b',"features.0.bias":{"dtype":"I32"', r"bias is I32 \(4,\) in 16"),
    (b'offsets":[16,448]', b'offsetz":[16,448]', "float32 .KeyError: 'data_offsets'.*None of it was used"),
    (b'"features.0.bias"', b'"features.0.bais"', r"weights in http.* do not fit .*0.bias \(4,\) is missing"),
    (b'"shape":[4,3,3,3]', b'"shape":[3,3,3,4]', r"should be \(4, 3, 3, 3\), but is \(3, 3, 3, 4\)"),
    (b"\x00\x00\x00\x00\x00\x00{", b"\x00\x00\x00\x00\x04\x00{", "does not begin like a safetensors"),
]


@pytest.mark.parametrize(("old", "new", "message"), WRONG)
def test_a_file_that_does_not_fit(small, serve, home, old, new, message):
    content = small.read_bytes()
    assert content.count(old) == 1
    small.write_bytes(content.replace(old, new))
    server = serve(small)
    with pytest.raises(WeightsError, match=message):
        vgg16("imagenet", until="block1_conv1")
    assert kept(home) == {}
    assert server.asked == [HEADER]


def test_a_damaged_layer_in_the_cache_is_fetched_again(full, serve, home, before):
    place = layer_file(home, "block1_conv1")
    good = place.read_bytes()
    for bad in (good[:-1], b"", good.replace(b"F32", b"I32", 1)):
        place.write_bytes(bad)
        vgg16("imagenet", until="block1_conv1")
        assert place.read_bytes() == good


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt("stopped")])
def test_a_disk_that_fills_up_and_an_interrupt(home, before, monkeypatch, error):
    def fail(self, content):
        self.touch()
        raise error

    monkeypatch.setattr(Path, "write_bytes", fail)
    message = r"Cannot write the weights to the cache .*No space left.*HF_HOME|stopped"
    with pytest.raises((WeightsError, KeyboardInterrupt), match=message):
        vgg16("imagenet", until="block1_conv2")
    assert kept(home) == before


def test_the_command(full, serve, home, capsys, monkeypatch):
    server = serve(full)
    assert weights.main([]) == 0
    said = capsys.readouterr().out
    assert f"From:  {server.url}/timm/vgg16.tv_in1k/resolve/" in said
    assert f"To:    {home / 'HF_HOME'}\n" in said
    assert "7,168 bytes of weights, as far as block1_conv1, are there. They no longer need a network." in said
    assert weights.main(["block1_pool"]) == 0
    assert capsys.readouterr() == (said.replace("7,168", "154,880").replace("conv1,", "pool,"), "")
    assert weights.main(["block7"]) == 1
    assert "Not fetched. There is no layer 'block7'. The layers are block1" in capsys.readouterr().err
    monkeypatch.setattr(weights, "vgg16", Mock(side_effect=KeyboardInterrupt))
    assert weights.main([]) == 1
    assert "Stopped. Nothing incomplete was kept." in capsys.readouterr().err


# The course's own


def test_the_courses_weights_need_no_network(no_network):
    model = vgg16("course")
    assert model.origin == "the course's own weights"
    assert len([layer for layer in model.features if isinstance(layer, torch.nn.Conv2d)]) == 13
    assert all(value.isfinite().all() and value.dtype == torch.float32 for value in model.parameters())
    scores = model(model.normalize(torch.rand(1, 3, 40, 50)))
    assert tuple(scores.shape) == (1, len(model.classes))


@pytest.mark.parametrize("kind", [None, "course", "imagenet"])
def test_shapes_alone_need_no_network_and_no_memory(no_network, kind):
    assert all(value.is_meta for value in vgg16(kind, device="meta").parameters())


NOTES = {
    "format": "coursekit-vgg-1",
    "widths": json.dumps(WIDTHS),
    "classes": '["class 0", "class 1", "class 2"]',
    "mean": "[0.5, 0.4, 0.3]",
    "std": "[0.25, 0.5, 1]",
}


def course_file(path, **changes):
    """A file in the format of the course's own network."""
    shapes = shapes_of(VGG(WIDTHS, pool=1, hidden=(), classes=3))
    tensors = {name: torch.from_numpy(numbers(name, shape)).half() for name, shape in shapes.items()}
    save_file(tensors, path, metadata=NOTES | changes)
    return tensors


def test_a_file_of_the_courses_format_describes_its_network(tmp_path):
    path = tmp_path / "mine.safetensors"
    tensors = course_file(path)
    model = vgg16(path)
    assert list(model.layer_names)[-1] == "predictions"
    assert model.classes == ("class 0", "class 1", "class 2")
    assert (model.mean, model.std) == ((0.5, 0.4, 0.3), (0.25, 0.5, 1.0))
    assert model.origin == "weights of mine.safetensors"
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, tensors[name].float(), rtol=0, atol=0)
    course_file(path, widths=NOTES["widths"].replace("[4, 4]", "[4, 5]"))
    with pytest.raises(WeightsError, match=r"2.weight should be \(5, 4, 3, 3\), but is \(4, 4, 3, 3\)"):
        vgg16(path)


# A file of the learner's


FIRST_BLOCK = {
    name: torch.from_numpy(numbers(name, shape))
    for name, shape in shapes_of(VGG(until="block1_pool")).items()
}


def written(path, content, *, zipped=True):
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif path.suffix == ".safetensors":
        save_file(content, path)
    else:
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
    return path


@pytest.mark.parametrize("name", ["a.safetensors", "a.pth", "before_2020.pt"])
def test_the_first_layers_in_each_form_are_mapped_and_not_read(tmp_path, name):
    path = written(tmp_path / name, FIRST_BLOCK, zipped="2020" not in name)
    before = path.read_bytes()
    model = vgg16(path)
    assert list(model.layer_names)[-1] == "block1_pool"
    for key, value in model.state_dict().items():
        torch.testing.assert_close(value, FIRST_BLOCK[key], rtol=0, atol=0)
    if sys.platform.startswith("linux") and "2020" not in name:  # others list no maps, or map no such file
        maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
        spans = [line.split()[0].split("-") for line in maps if line.endswith(str(path))]
        address = model.features[2].weight.data_ptr()
        assert any(int(start, 16) <= address < int(stop, 16) for start, stop in spans)
    model.features[0].weight.zero_()
    del model
    assert path.read_bytes() == before


class RunsCode:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("form", ["pth", "of before 2020", "bare pickle"])
def test_a_pickle_that_wants_to_run_code(tmp_path, form):
    proof, trap = tmp_path / "it_ran", {"features.0.weight": RunsCode(tmp_path / "it_ran")}
    content = pickle.dumps(trap) if form == "bare pickle" else trap
    path = written(tmp_path / "model.pth", content, zipped=form == "pth")
    message = r"model\.pth was not loaded: .* can run any code .* None of it was run"
    with pytest.raises(WeightsError, match=message):
        vgg16(path)
    assert not proof.exists()
    # The trap is a real one.
    pickle.loads(pickle.dumps(trap))["features.0.weight"].close()
    assert proof.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Please log in</html>", r"cannot be read as a torch\.save file|was not loaded"),
        (b"PK\x03\x04 half a zip", r"cannot be read as a torch\.save file|was not loaded"),
        ([torch.zeros(1)], "holds a list; expected a state dict"),
        ({"state_dict": {}, "epoch": 3}, "holds a dict with state_dict, epoch; expected a state dict"),
        ({}, r"features.0.weight \(64, 3, 3, 3\) is missing"),
        ({"features.0.weight": torch.zeros(3, 3, 3, 64)}, r"but is \(3, 3, 3, 64\).*another network's"),
        ({"features.0.bias": torch.zeros(64, dtype=torch.int64)}, r"is \(64,\), torch.int64"),
        (FIRST_BLOCK | {"features.7.bias": torch.zeros(128)}, r"features.5.weight .* is missing"),
        (dict.fromkeys("abcde", torch.zeros(1)), r"a is not .*; c is not one of its tensors \(and 4 more\)"),
    ],
)
def test_a_pth_that_does_not_fit(tmp_path, content, message):
    with pytest.raises(WeightsError, match=message):
        vgg16(written(tmp_path / "model.pth", content))


def test_a_damaged_safetensors_file(tmp_path):
    good = written(tmp_path / "good.safetensors", FIRST_BLOCK).read_bytes()
    for bad in (b"<html>Please log in</html>", b"", good[:-1], good + b"1"):
        with pytest.raises(WeightsError, match=r"bad\.safetensors is not a valid safetensors file"):
            vgg16(written(tmp_path / "bad.safetensors", bad))


def test_fewer_layers_than_the_file_holds_and_more(tmp_path):
    path = written(tmp_path / "first.pth", FIRST_BLOCK)
    assert tuple(vgg16(path, until="block1_conv1").state_dict()) == ("features.0.weight", "features.0.bias")
    with pytest.raises(WeightsError, match=r"features.5.weight \(128, 64, 3, 3\) is missing"):
        vgg16(path, until="block2_conv1")


def test_weights_that_are_not_there():
    with pytest.raises(WeightsError, match=r"no weights called 'imagnet'\. Expected 'course', 'imagenet'"):
        vgg16("imagnet")
    with pytest.raises(WeightsError, match=r"ends in '.py'; expected .safetensors, .pth or .pt"):
        vgg16(__file__)
