"""Training the course's network: steps that can be interrupted, the file, the score, the command."""

import json
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from coursekit.filters import roughness
from coursekit.models import vgg16
from coursekit.synthetic import CLASSES, draw_batch
from tools import training
from tools.training import SHIPPED, Recipe, count_right, fold_batch_norm, main, save_network, train


@dataclass(frozen=True)
class Tiny(Recipe):
    """A recipe of milliseconds."""

    steps: int = 8
    batch_size: int = 8
    size: int = 16
    widths: tuple[tuple[int, ...], ...] = ((6,), (8, 8))


TINY = Tiny()


def same(one, other):
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


@pytest.fixture
def drawn(monkeypatch):
    """The steps for which pictures were drawn; `drawn.stop_at` is one before which Ctrl-C comes."""

    class Drawn(list):
        stop_at = None

    steps = Drawn()

    def note(count, **settings):
        step = settings["first"] // count
        if step == steps.stop_at:
            raise KeyboardInterrupt
        steps.append(step)
        return draw_batch(count, **settings)

    monkeypatch.setattr(training, "draw_batch", note)
    return steps


def test_a_killed_run_repeats_what_it_had_not_saved_and_comes_to_the_same_weights(tmp_path, drawn):
    whole = train(TINY, tmp_path / "whole")
    drawn.clear()
    drawn.stop_at = 7
    with pytest.raises(KeyboardInterrupt):
        train(TINY, tmp_path / "killed", save_every=3)
    drawn.stop_at = None
    resumed = train(TINY, tmp_path / "killed", save_every=3)
    assert drawn == [*range(7), 6, 7]
    assert not resumed.training
    assert same(whole, resumed)
    assert same(whole, train(TINY, tmp_path / "killed"))  # nothing is left to do
    assert len(drawn) == 9
    assert not same(whole, train(replace(TINY, seed=2), tmp_path / "other"))


def test_a_checkpoint_of_something_else_is_refused(tmp_path):
    train(TINY, tmp_path / "checkpoint")
    with pytest.raises(ValueError, match=r"a different recipe:\n.*seed=1.*\n.*seed=2.*\nRemove the file"):
        train(replace(TINY, seed=2), tmp_path / "checkpoint")
    (tmp_path / "torn").write_bytes((tmp_path / "checkpoint").read_bytes()[:2000])
    with pytest.raises(ValueError, match="torn is not one of this program's checkpoints"):
        train(TINY, tmp_path / "torn")


def test_it_learns(tmp_path):
    recipe = Recipe(steps=120, batch_size=32, size=16, learning_rate=1e-2, widths=((16,), (16,)))
    network = fold_batch_norm(train(recipe, tmp_path / "checkpoint"))
    right, _ = count_right(network, 640, size=16)
    assert right.sum() / 640 > 0.1  # chance: 0.06


def test_a_loss_that_is_no_number_ends_the_run(tmp_path):
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        train(replace(TINY, steps=40, learning_rate=1e30, first_layer_decay=0.0), tmp_path / "checkpoint")


def test_folding_changes_outputs_by_rounding_alone(tmp_path):
    network = train(TINY, tmp_path / "checkpoint")
    torch.manual_seed(0)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):  # as after long training, negative scales included
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.1, 3)
    x = torch.randn(4, 3, 32, 40)
    wanted = network(x).detach()
    folded = fold_batch_norm(network)
    assert torch.allclose(folded(x), wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max()))
    assert [type(layer).__name__ for layer in folded.features] == [
        *("Conv2d", "ReLU", "MaxPool2d", "Conv2d", "ReLU", "Conv2d", "ReLU", "MaxPool2d")
    ]


def test_what_is_saved_is_a_network_of_the_course_in_16_bits(tmp_path):
    network = train(TINY, tmp_path / "checkpoint")
    save_network(network, tmp_path / "new" / "net.safetensors", TINY, pictures=48)
    opened = vgg16(tmp_path / "new" / "net.safetensors")
    folded = fold_batch_norm(network)
    assert folded.state_dict().keys() == opened.state_dict().keys()
    for name, weight in opened.state_dict().items():
        assert torch.equal(weight, folded.state_dict()[name].half().float())
    assert (opened.classes, opened.mean, opened.std) == (CLASSES, (0.5,) * 3, (0.25,) * 3)
    with safe_open(tmp_path / "new" / "net.safetensors", framework="pt") as file:
        header = file.metadata()
    right, seen = count_right(opened, 48, size=16)
    assert json.loads(header["accuracy"]) == round(right.sum() / seen.sum(), 4)
    assert (json.loads(header["accuracy_pictures"]), json.loads(header["steps"])) == (48, 8)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["net.safetensors"]


def test_count_right_counts_by_class():
    star = CLASSES.index("star")

    class Stars(nn.Module):
        """Takes every picture for a star."""

        classes, normalize = CLASSES, staticmethod(lambda x: x)

        def forward(self, x):
            return nn.functional.one_hot(torch.full((len(x),), star), len(CLASSES))

    right, seen = count_right(Stars(), 230, seed=77)
    labels = draw_batch(230, seed=77)[1]
    np.testing.assert_array_equal(seen, np.bincount(labels, minlength=len(CLASSES)))
    np.testing.assert_array_equal(right, np.where(np.arange(len(CLASSES)) == star, seen, 0))


def test_the_command_trains_goes_on_after_ctrl_c_and_scores(tmp_path, drawn, monkeypatch, capsys):
    monkeypatch.setattr(training, "Recipe", Tiny)
    out = tmp_path / "net.safetensors"
    drawn.stop_at = 105
    assert main(["train", "--out", str(out), "--steps", "106"]) == 130
    assert "Run the same command to continue" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors.checkpoint"]
    drawn.stop_at = None
    assert main(["train", "--out", str(out), "--steps", "106"]) == 0
    assert drawn[99:111] == [*range(99, 105), *range(100, 106)]  # the checkpoint was that of step 100
    assert [path.name for path in tmp_path.iterdir()] == ["net.safetensors"]
    assert main(["score", str(out), "--pictures", "32"]) == 0
    printed = capsys.readouterr().out
    assert "of 32 fresh pictures, from seed 20000" in printed
    assert "median of the first layer's filters" in printed


def test_the_command_says_why_it_cannot(tmp_path, capsys):
    assert main(["score", str(tmp_path / "missing.safetensors")]) == 1
    assert "Not done: " in capsys.readouterr().err
    assert main(["train", "--out", str(tmp_path / "net"), "--device", "nonsense"]) == 1
    assert "nonsense" in capsys.readouterr().err


def test_the_shipped_network_is_small_names_fresh_pictures_and_has_smooth_filters():
    assert SHIPPED.stat().st_size <= 3_000_000
    network = vgg16(SHIPPED)
    assert network.classes == CLASSES
    right, seen = count_right(network, 640, seed=31_337)
    assert right.sum() / seen.sum() >= 0.95
    filters = network.features[0].weight.numpy()
    assert filters.shape == (64, 3, 3, 3)
    assert np.median(roughness(filters)) <= 0.8
