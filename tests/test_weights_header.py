"""A safetensors header is checked before anything in it is believed."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from coursekit.weights import WeightsError
from coursekit.weights.header import header_length, parse_header, read_header
from coursekit.weights.layout import VGG16, Architecture, select


def tensor(start, stop, shape=(2,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [start, stop]}


def file_with(fields, size):
    """A file with this header, whose tensors take `size` bytes."""
    text = fields if isinstance(fields, bytes) else json.dumps(fields).encode()
    return len(text).to_bytes(8, "little") + text + bytes(size)


@pytest.mark.parametrize("seed", range(5))
def test_reads_what_safetensors_writes(tmp_path, seed):
    random = np.random.default_rng(seed)
    dtypes = [np.float32, np.float16, np.float64, np.int64, np.uint8]
    tensors = {}
    for number in range(random.integers(1, 9)):
        shape = tuple(random.integers(0, 5, size=random.integers(0, 4)))
        tensors[f"layer{number}.weight"] = random.normal(size=shape).astype(random.choice(dtypes))
    path = tmp_path / "some.safetensors"
    save_file(tensors, path, metadata={"seed": str(seed)})
    header = read_header(path)
    assert header.metadata == {"seed": str(seed)}
    assert header.stop == path.stat().st_size
    assert header.tensors.keys() == tensors.keys()
    content = path.read_bytes()
    with safe_open(path, framework="np") as oracle:
        for name, span in header.tensors.items():
            assert span.shape == tuple(oracle.get_slice(name).get_shape())
            assert span.dtype == oracle.get_slice(name).get_dtype()
            assert content[span.start : span.stop] == oracle.get_tensor(name).tobytes()


LIES = {
    "outside": ({"a": tensor(0, 8), "b": tensor(8, 16)}, 8, "b is said to end at byte .* outside of its"),
    "overlapping": ({"a": tensor(0, 8), "b": tensor(4, 12)}, 12, "b overlaps the tensor before it"),
    "the same bytes": ({"a": tensor(0, 8), "b": tensor(0, 8)}, 8, "b overlaps the tensor before it"),
    "a gap": ({"a": tensor(0, 8), "b": tensor(12, 20)}, 20, "b leaves a gap behind the tensor before it"),
    "bytes left over": ({"a": tensor(0, 8)}, 9, "its tensors end at byte .*, but the file has"),
    "too few bytes": ({"a": tensor(0, 8, (3,))}, 8, r"a with the shape \(3,\) needs 12 bytes, .* have 8"),
    "backwards": ({"a": tensor(8, 0)}, 8, "needs 8 bytes, but is said to have -8"),
    "negative": ({"a": tensor(-8, 0)}, 8, "which are not sizes"),
    "negative shape": ({"a": tensor(0, 8, (-1, -2))}, 8, "which are not sizes"),
    "a truth as size": ({"a": tensor(0, 4, (True,))}, 4, "which are not sizes"),
    "three offsets": ({"a": {**tensor(0, 8), "data_offsets": [0, 4, 8]}}, 8, "which are not sizes"),
    "unknown dtype": ({"a": tensor(0, 8, dtype="F31")}, 8, "unknown dtype 'F31'"),
    "dtype of another kind": ({"a": tensor(0, 8, dtype=["F32"])}, 8, "unknown dtype"),
    "no offsets": ({"a": {"dtype": "F32", "shape": [2]}}, 8, "no dtype, shape and data_offsets for a"),
    "no fields": ({"a": 8}, 8, "no dtype, shape and data_offsets for a"),
    "metadata of numbers": ({"__metadata__": {"seed": 1}}, 0, "metadata in its header are not words"),
    "a list": ([1, 2], 8, "not a list of tensors"),
    "no JSON": (b"<html>Please log in</html>", 8, "not the JSON that it should be"),
    "no UTF-8": (b'{"\xff": 1}', 8, "not the JSON that it should be"),
    "a name twice": (b'{"a": 1, "a": 2}', 8, "a name stands in it twice"),
    "deep": (b"[" * 100_000, 8, "not the JSON that it should be"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_header_that_lies(tmp_path, lie):
    fields, size, message = LIES[lie]
    path = tmp_path / "lie.safetensors"
    path.write_bytes(file_with(fields, size))
    with pytest.raises(WeightsError, match=rf"lie\.safetensors is not a sound safetensors file: .*{message}"):
        read_header(path)


@pytest.mark.parametrize("length", [0, 1, 1_000_001, 2**40, 2**64 - 1])
def test_an_absurd_length(length):
    with pytest.raises(WeightsError, match=f"says that its header has {length:,} bytes"):
        header_length(length.to_bytes(8, "little"), "here")


def test_a_file_that_ends_in_its_header(tmp_path):
    path = tmp_path / "short.safetensors"
    path.write_bytes(file_with({"a": tensor(0, 8)}, 8)[:20])
    with pytest.raises(WeightsError, match=r"header is said to have .* bytes, but all of it has 20"):
        read_header(path)
    path.write_bytes(b"1234567")
    with pytest.raises(WeightsError, match="7 bytes long, too short"):
        read_header(path)


def test_a_file_of_unknown_length():
    header = parse_header(json.dumps({"a": tensor(0, 8)}).encode(), "here")
    assert header.stop == header.tensors["a"].stop


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (1, ["block1_conv1"]),
        ("3", ["block1_conv1", "block1_conv2", "block2_conv1"]),
        ("block1", ["block1_conv1", "block1_conv2"]),
        ("block5_conv3, block1_conv2", ["block1_conv2", "block5_conv3"]),
        (["block4_conv1"], ["block4_conv1"]),
        ("all", [layer.name for layer in VGG16.conv_layers()]),
        (13, [layer.name for layer in VGG16.conv_layers()]),
    ],
)
def test_layers_are_chosen_by_number_or_name(wanted, names):
    assert [layer.name for layer in select(wanted)] == names


@pytest.mark.parametrize("wanted", [0, 14, -1, "block6", "block1_pool", "", "fc1", "1.5", "blo", "\u0663"])
def test_layers_that_do_not_exist(wanted):
    with pytest.raises(WeightsError, match=r"There are no conv layers .* from 1 to 13"):
        select(wanted)


def test_no_layers_at_all():
    with pytest.raises(WeightsError, match="No conv layer was named"):
        select([])


def test_an_architecture_of_other_sizes():
    small = Architecture(widths=((2, 3), (4,)), pool=1, hidden=(), classes=5)
    assert [(layer.name, layer.module, layer.shape) for layer in small.layers()] == [
        ("block1_conv1", "features.0", (2, 3, 3, 3)),
        ("block1_conv2", "features.2", (3, 2, 3, 3)),
        ("block1_pool", "features.4", ()),
        ("block2_conv1", "features.5", (4, 3, 3, 3)),
        ("block2_pool", "features.7", ()),
        ("flatten", "flatten", ()),
        ("predictions", "classifier.0", (5, 4)),
    ]
