"""Weights are mapped from the course's file, the cache or any other file, and refused if they do not fit."""

import json
import os
import pickle
import socket
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from coursekit.models.vgg import vgg16
from coursekit.samples import course_weights
from coursekit.weights import IMAGENET, WeightsError, fetch
from coursekit.weights.layout import VGG16, Architecture
from coursekit.weights.opening import open_weights
from tools.range_server import RangeServer, write_sparse

COURSE_WIDTHS = ((8, 4), (6, 6), (6, 6, 6), (6, 6, 6), (6, 6, 6))


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSEKIT_CACHE", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_network(monkeypatch):
    """Any use of a socket fails the test."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was used")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """All of ImageNet's weights as timm keeps them, 553 MB, of which four tensors take room on the disk."""
    shapes = {name: shape for layer in VGG16.layers() for name, shape in layer.shapes.items()}
    shapes |= {"pre_logits.fc1.weight": (4096, 512, 7, 7), "pre_logits.fc2.weight": (4096, 4096, 1, 1)}
    shapes["head.fc.weight"] = shapes["classifier.6.weight"]
    for ours, theirs in (("0", "pre_logits.fc1"), ("3", "pre_logits.fc2"), ("6", "head.fc")):
        del shapes[f"classifier.{ours}.weight"]
        shapes[f"{theirs}.bias"] = shapes.pop(f"classifier.{ours}.bias")

    def values(name, shape):
        random = np.random.default_rng(0)
        if name in ("features.0.weight", "features.0.bias"):
            return random.standard_normal(shape, dtype=np.float32)
        return np.arange(1000, dtype=np.float32) if name == "head.fc.bias" else None

    path = write_sparse(tmp_path_factory.mktemp("full") / "model.safetensors", shapes, values)
    with path.open("r+b") as file:
        # One number of the first fully connected layer, at [5, 3, 2, 1].
        start = file.seek(0, os.SEEK_END) - 4 * (4096 * 25088 + 4096 + 4096 * 4096)
        file.seek(start + 4 * (((5 * 512 + 3) * 7 + 2) * 7 + 1))
        file.write(np.float32(7).tobytes())
    return path


def course_file(path, **changes):
    """A file in the format of the course's own network; a change of None leaves the entry out."""
    architecture = Architecture(widths=COURSE_WIDTHS, pool=1, hidden=(), classes=3)
    generator = torch.Generator().manual_seed(0)
    tensors = {
        name: torch.randn(shape, generator=generator).half()
        for layer in architecture.layers()
        for name, shape in layer.shapes.items()
    }
    notes = {
        "format": "coursekit-vgg-1",
        "widths": json.dumps(COURSE_WIDTHS),
        "classes": '["class 0", "class 1", "class 2"]',
        "mean": "[0.5, 0.4, 0.3]",
        "std": "[0.25, 0.5, 1]",
        "accuracy": "0.97",
    } | changes
    save_file(tensors, path, metadata={key: value for key, value in notes.items() if value is not None})
    return tensors


# The course's own weights


def test_the_courses_weights_need_no_network(no_network):
    model = vgg16("course")
    assert model.origin == "the course's own weights"
    assert len(model.classes) == model.classifier[0].out_features > 1
    assert tuple(model.features[0].weight.shape) == (64, 3, 3, 3)
    assert len([layer for layer in model.features if isinstance(layer, torch.nn.Conv2d)]) == 13
    assert all(value.isfinite().all() and value.dtype == torch.float32 for value in model.parameters())
    scores = model(model.normalize(torch.rand(1, 3, 40, 50)))
    assert tuple(scores.shape) == (1, len(model.classes))
    assert course_weights().stat().st_size <= 3_000_000


def test_shapes_alone_need_no_network_and_no_memory(no_network):
    for weights in (None, "course", "imagenet"):
        assert all(value.is_meta for value in vgg16(weights, device="meta").parameters())


def test_a_file_of_the_courses_format_describes_its_network(tmp_path, no_network):
    tensors = course_file(tmp_path / "mine.safetensors")
    learned = open_weights(tmp_path / "mine.safetensors")
    assert learned.architecture.widths == COURSE_WIDTHS
    assert learned.until == "predictions"
    assert learned.classes == ("class 0", "class 1", "class 2")
    assert (learned.mean, learned.std) == ((0.5, 0.4, 0.3), (0.25, 0.5, 1.0))
    assert learned.notes["accuracy"] == "0.97"
    assert learned.origin == "weights of mine.safetensors"
    assert learned.tensors.keys() == tensors.keys()
    for name, value in tensors.items():
        torch.testing.assert_close(learned.tensors[name], value.float(), rtol=0, atol=0)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "coursekit-vgg-2"}, "its format is coursekit-vgg-2"),
        ({"widths": None}, "KeyError: 'widths'"),
        ({"widths": "[[8, 4]"}, "JSONDecodeError"),
        ({"widths": "[]"}, "wrong length"),
        ({"widths": "[[8], []]"}, "wrong length"),
        ({"widths": "3"}, "TypeError"),
        ({"classes": "3"}, "TypeError"),
        ({"mean": "[0.5]"}, "wrong length"),
        ({"std": "[0, 1, 1]"}, "wrong length"),
        ({"std": '["a", 1, 1]'}, "ValueError"),
    ],
)
def test_a_description_that_makes_no_sense(tmp_path, changes, message):
    course_file(tmp_path / "mine.safetensors", **changes)
    with pytest.raises(WeightsError, match=rf"does not describe its network as expected .*{message}"):
        open_weights(tmp_path / "mine.safetensors")


def test_a_description_that_does_not_fit_the_tensors(tmp_path):
    course_file(tmp_path / "mine.safetensors", widths=json.dumps([[8, 5], *COURSE_WIDTHS[1:]]))
    with pytest.raises(
        WeightsError, match=r"features.2.weight should be \(5, 8, 3, 3\), but is \(4, 8, 3, 3\)"
    ):
        vgg16(tmp_path / "mine.safetensors")


# ImageNet's, from the cache


def test_imagenet_from_the_cache_needs_no_network(full, monkeypatch, request):
    with RangeServer(full) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        fetch(1)
    request.getfixturevalue("no_network")
    model = vgg16("imagenet", until="block1_conv1")
    assert model.origin == "weights learned on ImageNet"
    assert tuple(model.state_dict()) == ("features.0.weight", "features.0.bias")
    expected = np.random.default_rng(0).standard_normal((64, 3, 3, 3), dtype=np.float32)
    np.testing.assert_array_equal(model.features[0].weight.numpy(), expected)
    assert (model.mean, model.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def test_imagenet_is_fetched_as_far_as_it_is_wanted(full, monkeypatch):
    with RangeServer(full) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        model = vgg16("imagenet", until="block1_pool")
        assert server.sent == 4096 + 4 * (1792 + 36928)
        assert list(model.layer_names)[-1] == "block1_pool"
        assert tuple(model(torch.zeros(1, 3, 6, 8)).shape) == (1, 64, 3, 4)
        model = vgg16("imagenet")
    assert list(model.layer_names)[-1] == "block5_pool"
    assert not any(value.is_meta for value in model.parameters())


def test_imagenet_without_network_says_what_the_cache_has(full, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(WeightsError, match="No answer from") as error:
        vgg16("imagenet")
    assert "The cache holds" not in str(error.value)
    with RangeServer(full) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        fetch("block1")
        fetch("block3_conv1")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    hint = r"No answer .*enough for vgg16\('imagenet', until='block1_conv2'\)"
    with pytest.raises(WeightsError, match=hint):
        vgg16("imagenet")


def test_the_whole_file_in_the_cache_gives_the_classifier(full, no_network):
    IMAGENET.folder.mkdir(parents=True)
    os.link(full, IMAGENET.folder / "model.safetensors")
    model = vgg16("imagenet", until="predictions")
    np.testing.assert_array_equal(model.classifier[6].bias.numpy(), np.arange(1000))
    assert float(model.classifier[0].weight[5, 3 * 49 + 2 * 7 + 1]) == 7
    assert int(torch.count_nonzero(model.classifier[0].weight[5])) == 1


def test_a_wanted_layer_that_does_not_exist():
    with pytest.raises(WeightsError, match=r"There is no layer 'block1_conv3'. The layers are block1_conv1,"):
        vgg16("imagenet", until="block1_conv3")


# A file of the learner's


def test_a_file_as_timm_keeps_it(full, no_network):
    model = vgg16(full)
    assert list(model.layer_names)[-1] == "predictions"
    assert tuple(model.state_dict()) == tuple(n for layer in VGG16.layers() for n in layer.shapes)
    assert float(model.classifier[0].weight[5, 3 * 49 + 2 * 7 + 1]) == 7


def state(until="block1_pool"):
    generator = torch.Generator().manual_seed(1)
    return {
        name: torch.randn(shape, generator=generator)
        for layer in VGG16.until(until)
        for name, shape in layer.shapes.items()
    }


@pytest.mark.parametrize("form", ["safetensors", "pth", "pt of before 2020"])
def test_the_first_layers_in_each_form(tmp_path, form):
    tensors, path = state(), tmp_path / "first.pth"
    if form == "safetensors":
        path = tmp_path / "first.safetensors"
        save_file(tensors, path)
    else:
        torch.save(tensors, path, _use_new_zipfile_serialization=form == "pth")
    before = path.read_bytes()
    model = vgg16(path)
    assert list(model.layer_names)[-1] == "block1_pool"
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, tensors[name], rtol=0, atol=0)
    model.features[0].weight.zero_()
    del model
    assert path.read_bytes() == before


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lists what is mapped")
@pytest.mark.parametrize("ending", ["safetensors", "pth"])
def test_weights_are_mapped_and_not_read(tmp_path, ending):
    path = tmp_path / f"first.{ending}"
    save_file(state(), path) if ending == "safetensors" else torch.save(state(), path)
    model = vgg16(path)
    with open("/proc/self/maps", encoding="utf-8") as maps:
        spans = [line.split()[0].split("-") for line in maps if line.rstrip().endswith(str(path))]
    address = model.features[2].weight.data_ptr()
    assert any(int(start, 16) <= address < int(stop, 16) for start, stop in spans)


class RunsCode:
    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, "w")


@pytest.mark.parametrize("form", ["pth", "pt of before 2020", "bare pickle"])
def test_a_pickle_that_wants_to_run_code(tmp_path, form):
    proof, path = tmp_path / "it_ran", tmp_path / "model.pth"
    if form == "bare pickle":
        path.write_bytes(pickle.dumps({"features.0.weight": RunsCode(proof)}))
    else:
        zipped = form == "pth"
        torch.save({"features.0.weight": RunsCode(proof)}, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(
        WeightsError, match=r"model\.pth was not loaded: .* can run any code .* Nothing of it was run"
    ):
        vgg16(path)
    assert not proof.exists()
    # The trap is a real one.
    trap = pickle.loads(pickle.dumps(RunsCode(proof)))
    trap.close()
    assert proof.exists()


def bad(tmp_path, content, name="model.pth"):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif name.endswith(".pth"):
        torch.save(content, path)
    else:
        save_file(content, path)
    return path


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"cannot be read as a file of torch\.save|was not loaded"),
        (b"<html>Please log in</html>", r"cannot be read as a file of torch\.save|was not loaded"),
        (b"PK\x03\x04 half a zip", r"cannot be read as a file of torch\.save|was not loaded"),
        ([torch.zeros(1)], "holds a list; expected a state dict"),
        ({"state_dict": {}, "epoch": 3}, "holds a dict with state_dict, epoch; expected a state dict"),
        ({}, r"features.0.weight \(64, 3, 3, 3\) is missing"),
        ({"conv1.weight": torch.zeros(2)}, "conv1.weight is not one of its tensors"),
        (
            state() | {"features.2.weight": torch.zeros(64, 64, 5, 5)},
            r"features.2.weight should be \(64, 64, 3, 3\)",
        ),
        (state() | {"features.2.bias": torch.zeros(64, dtype=torch.int64)}, r"but is \(64,\), torch.int64"),
        (state() | {"features.7.bias": torch.zeros(128)}, r"features.5.weight \(128, 64, 3, 3\) is missing"),
        (state() | {"features.1.running_mean": torch.zeros(64)}, "features.1.running_mean is not one of its"),
        (
            {f"layer{number}": torch.zeros(1) for number in range(9)},
            r"layer0 is not .*; layer2 is not one of its tensors \(and 8 more\)",
        ),
    ],
)
def test_a_pth_that_does_not_fit(tmp_path, content, message):
    with pytest.raises(WeightsError, match=message):
        vgg16(bad(tmp_path, content))


def test_a_safetensors_file_that_does_not_fit(tmp_path):
    first = state() | {"features.0.weight": torch.zeros(3, 3, 3, 64)}
    with pytest.raises(
        WeightsError, match=r"should be \(64, 3, 3, 3\), but is \(3, 3, 3, 64\).*another network's"
    ):
        vgg16(bad(tmp_path, first, "last.safetensors"))
    with pytest.raises(WeightsError, match="not a sound safetensors file"):
        vgg16(bad(tmp_path, b"<html>Please log in</html>", "login.safetensors"))


def test_a_file_that_lacks_what_is_wanted(tmp_path):
    path = bad(tmp_path, state())
    assert tuple(vgg16(path, until="block1_conv1").state_dict()) == ("features.0.weight", "features.0.bias")
    with pytest.raises(WeightsError, match=r"features.5.weight \(128, 64, 3, 3\) is missing"):
        vgg16(path, until="block2_conv1")


def test_half_precision_is_widened(tmp_path):
    tensors = {name: value.half() for name, value in state().items()}
    model = vgg16(bad(tmp_path, tensors, "half.safetensors"))
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, tensors[name].float(), rtol=0, atol=0)


@pytest.mark.parametrize("name", ["imagnet", "missing.pth", "no/such/folder/model.safetensors"])
def test_weights_that_are_not_there(name):
    with pytest.raises(
        WeightsError, match=rf"There are no weights '{name}'. Expected 'course', 'imagenet', or"
    ):
        vgg16(name)


def test_a_file_of_another_kind(tmp_path):
    path = tmp_path / "weights.h5"
    path.write_bytes(b"")
    with pytest.raises(WeightsError, match=r"ending '.h5'; expected .safetensors, .pth or .pt"):
        vgg16(path)
