"""Training: steps that can be interrupted, BatchNorm folded away, the file, the score, the two commands."""

import io
import json
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from coursekit.samples import course_weights
from coursekit.synthetic import CLASSES
from coursekit.training import command, files, loop, score
from coursekit.training.files import load_network, metadata, save_network, to_half
from coursekit.training.loop import Recipe, StoppedError, train
from coursekit.training.network import WIDTHS, build, fold_batch_norm, normalise
from coursekit.training.score import count_right, roughness

TINY = Recipe(steps=8, batch_size=8, size=16, widths=((6,), (8, 8)))


@pytest.fixture(autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def _same(one, other):
    mine, theirs = one.state_dict(), other.state_dict()
    return mine.keys() == theirs.keys() and all(torch.equal(mine[name], theirs[name]) for name in mine)


def _stop_after(steps):
    calls = []

    def stop():
        calls.append(0)
        return len(calls) == steps

    return stop


# Steps and checkpoints


def test_a_stopped_run_goes_on_to_the_same_weights(tmp_path):
    whole = train(TINY, tmp_path / "whole")
    with pytest.raises(StoppedError, match="after 3 steps"):
        train(TINY, tmp_path / "parts", stop=_stop_after(3))
    with pytest.raises(StoppedError, match="after 5 steps"):
        train(TINY, tmp_path / "parts", stop=_stop_after(2))
    assert _same(whole, train(TINY, tmp_path / "parts"))


def test_a_killed_run_repeats_what_it_had_not_saved(tmp_path):
    class KilledError(Exception):
        pass

    def die(done, loss):
        if done == 7:
            raise KilledError

    with pytest.raises(KilledError):
        train(TINY, tmp_path / "killed", save_every=4, progress=die)
    steps = []
    resumed = train(TINY, tmp_path / "killed", progress=lambda done, loss: steps.append(done))
    assert steps == [5, 6, 7, 8]
    assert _same(resumed, train(TINY, tmp_path / "whole"))


def test_a_process_that_is_killed_leaves_a_whole_checkpoint(tmp_path):
    """SIGKILL while it trains and saves after every step: what is found afterwards can always be read."""
    save_often = "Recipe(steps=100000, batch_size=2, size=16, widths=((6,), (8,)))"
    program = (
        "import sys, torch; torch.set_num_threads(1)\n"
        "from coursekit.training.loop import Recipe, train\n"
        f"train({save_often}, sys.argv[1], save_every=1)\n"
    )
    path = tmp_path / "checkpoint"
    process = subprocess.Popen([sys.executable, "-c", program, str(path)])
    try:
        end = time.monotonic() + 60
        while not path.exists() and process.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
    finally:
        process.kill()
        process.wait()
    assert path.exists()
    assert torch.load(path, weights_only=True)["done"] >= 1


def test_a_checkpoint_that_fails_half_way_leaves_the_one_before(tmp_path, monkeypatch):
    path = tmp_path / "checkpoint"
    with pytest.raises(StoppedError):
        train(TINY, path, stop=_stop_after(2))
    before = path.read_bytes()

    def half(state, target):
        target.write_bytes(b"half a checkpoint")
        raise OSError("No space left on device")

    monkeypatch.setattr(loop.torch, "save", half)
    with pytest.raises(OSError, match="No space left"):
        train(TINY, path, stop=_stop_after(2))
    assert path.read_bytes() == before


def test_every_step_sees_new_pictures():
    images, labels = loop.draw_batch(24, seed=TINY.seed, size=TINY.size)
    steps = [loop._pictures(TINY, step) for step in range(3)]
    assert torch.equal(
        normalise(torch.from_numpy(images)).permute(0, 3, 1, 2), torch.cat([x for x, _ in steps])
    )
    assert torch.equal(torch.from_numpy(labels), torch.cat([y for _, y in steps]))


def test_a_finished_run_is_not_repeated(tmp_path):
    first = train(TINY, tmp_path / "checkpoint")
    steps = []
    assert _same(first, train(TINY, tmp_path / "checkpoint", progress=lambda done, loss: steps.append(done)))
    assert steps == []


def test_a_checkpoint_of_another_recipe_is_refused(tmp_path):
    train(TINY, tmp_path / "checkpoint")
    with pytest.raises(ValueError, match=r"another recipe:\n.*seed=1.*\n.*seed=2.*\n.*Remove the file"):
        train(replace(TINY, seed=2), tmp_path / "checkpoint")


def test_another_seed_gives_other_weights(tmp_path):
    one, two = train(TINY, tmp_path / "1"), train(replace(TINY, seed=2), tmp_path / "2")
    assert not _same(one, two)


def test_training_leaves_the_callers_random_numbers_alone(tmp_path):
    torch.manual_seed(11)
    expected = torch.rand(3)
    torch.manual_seed(11)
    fold_batch_norm(train(TINY, tmp_path / "checkpoint"))
    assert torch.equal(torch.rand(3), expected)


def test_the_loss_falls(tmp_path):
    losses = []
    easy = Recipe(steps=60, batch_size=32, size=16, learning_rate=1e-2, widths=((16,), (16,)))
    train(easy, tmp_path / "checkpoint", progress=lambda done, loss: losses.append(loss))
    assert np.mean(losses[-10:]) < 0.96 * np.mean(losses[:10])


def test_a_loss_that_is_no_number_ends_the_run_and_keeps_the_checkpoint(tmp_path):
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        train(replace(TINY, steps=40, learning_rate=1e30, first_layer_decay=0.0), tmp_path / "checkpoint")


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"batch_size": 1}])
def test_numbers_that_make_no_sense_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="batch_size >= 2"):
        train(replace(TINY, **wrong), tmp_path / "checkpoint")


# The network


def test_it_has_the_thirteen_conv_layers_of_vgg16_at_their_places():
    names = [name for name, layer in build(10).named_modules() if isinstance(layer, nn.Conv2d)]
    assert names == [f"features.{i}" for i in (0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28)]
    pools = [name for name, layer in build(10).named_modules() if isinstance(layer, nn.MaxPool2d)]
    assert pools == [f"features.{i}" for i in (4, 9, 16, 23, 30)]


@pytest.mark.parametrize("size", [(32, 32), (45, 70), (224, 224)])
def test_it_takes_pictures_of_any_size(size):
    assert build(10)(torch.zeros(1, 3, *size)).shape == (1, 10)


@pytest.mark.parametrize("seed", range(3))
def test_folding_changes_outputs_by_rounding_alone(seed):
    torch.manual_seed(seed)
    network = build(7, widths=((6, 5), (8,), (9, 4)), batch_norm=True)
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):  # as if it had learned, negative scales included
            nn.init.normal_(layer.weight)
            nn.init.normal_(layer.bias)
            layer.running_mean.normal_()
            layer.running_var.uniform_(0.1, 3)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    folded = fold_batch_norm(network)
    x = torch.randn(4, 3, 32, 40)
    wanted = network.eval()(x).detach()
    assert torch.allclose(folded(x), wanted, rtol=1e-5, atol=1e-5 * float(wanted.abs().max()))
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in folded.modules())
    assert folded.state_dict().keys() == build(7, widths=((6, 5), (8,), (9, 4))).state_dict().keys()
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())


def test_a_network_without_batch_norm_cannot_be_folded():
    with pytest.raises(ValueError, match="no BatchNorm behind it"):
        fold_batch_norm(build(3, widths=((4,),)))


@pytest.mark.parametrize("arguments", [(0, ((4,),)), (3, ()), (3, ((4,), ()))])
def test_a_network_of_nothing_is_refused(arguments):
    classes, widths = arguments
    with pytest.raises(ValueError, match="at least one class"):
        build(classes, widths=widths)


def test_normalise_leaves_its_input_alone():
    images = torch.tensor([0.0, 0.25, 1.0])
    assert normalise(images).tolist() == [-2.0, -1.0, 2.0]
    assert images.tolist() == [0.0, 0.25, 1.0]


# Roughness


def test_roughness_on_paper():
    flat = np.full((3, 3), -2.0)
    edge = np.array([[1.0, 1, 1], [0, 0, 0], [-1, -1, -1]])  # down: 1; across: 0; mean square: 2/3
    diagonal = np.array([[0.0, 1, 1], [-1, 0, 1], [-1, -1, 0]])  # down and across: 4/6 each; mean square: 2/3
    checker = np.array([[1.0, -1, 1], [-1, 1, -1], [1, -1, 1]])  # down and across: 4 each; mean square: 1
    given = np.stack([flat, edge, edge.T, diagonal, checker])[:, None]
    np.testing.assert_allclose(roughness(given), [0, 0.75, 0.75, 1, 4])
    np.testing.assert_allclose(roughness(-7 * given), roughness(given))


def test_roughness_takes_all_channels_together():
    pair = np.array(
        [[[[1.0, 1], [1, 1]], [[1, -1], [1, -1]]]]
    )  # mean square 1, across 4 in one of two channels
    np.testing.assert_allclose(roughness(pair), [1.0])


def test_random_filters_have_a_roughness_of_two():
    filters = np.random.default_rng(0).standard_normal((4000, 3, 3, 3))
    assert np.median(roughness(filters)) == pytest.approx(1.98, abs=0.04)


@pytest.mark.parametrize("shape", [(3, 3, 3), (4, 3, 1, 3), (4, 3, 3, 1)])
def test_roughness_needs_neighbours(shape):
    with pytest.raises(ValueError, match=r"expected filters \(out, in, kh, kw\)"):
        roughness(np.ones(shape))


def test_roughness_of_nothing_is_refused():
    filters = np.ones((3, 1, 2, 2))
    filters[1] = 0
    with pytest.raises(ValueError, match="filter 1 is all zero"):
        roughness(filters)


# The file


def _small():
    torch.manual_seed(0)
    return build(len(CLASSES), widths=TINY.widths).eval()


def _header(**changes):
    return metadata(TINY, accuracy=0.5, pictures=10, roughness=1.0) | changes


def test_what_is_saved_is_loaded(tmp_path):
    network = to_half(_small())
    save_network(network, tmp_path / "file", _header())
    loaded, header = load_network(tmp_path / "file")
    assert _same(network, loaded)
    assert not loaded.training
    assert header == _header()
    assert json.loads(header["classes"]) == list(CLASSES)
    assert json.loads(header["widths"]) == [list(block) for block in TINY.widths]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_same_network_gives_the_same_bytes(tmp_path):
    for name in "abcdef":
        save_network(_small(), tmp_path / name, _header())
    assert len({(tmp_path / name).read_bytes() for name in "abcdef"}) == 1


def test_a_file_that_fails_half_way_leaves_the_one_before(tmp_path, monkeypatch):
    save_network(_small(), tmp_path / "file", _header())
    before = (tmp_path / "file").read_bytes()

    def fail(self, data):
        with open(self, "wb") as file:
            file.write(data[:100])
        raise OSError("No space left on device")

    monkeypatch.setattr(files.Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space left"):
        save_network(_small(), tmp_path / "file", _header(seed="5"))
    assert (tmp_path / "file").read_bytes() == before


def test_a_broken_file_is_refused_with_its_name(tmp_path):
    save_network(_small(), tmp_path / "file", _header())
    (tmp_path / "half").write_bytes((tmp_path / "file").read_bytes()[:500])
    with pytest.raises(ValueError, match="half is not a complete safetensors file"):
        load_network(tmp_path / "half")
    save_network(_small(), tmp_path / "other", _header(format="something-2"))
    with pytest.raises(
        ValueError, match=r"other has the format 'something-2'; this version reads 'coursekit"
    ):
        load_network(tmp_path / "other")
    with pytest.raises(FileNotFoundError):
        load_network(tmp_path / "missing")


# The score


class _Knows(nn.Module):
    """Gives the class that `answers` says, whatever the picture."""

    def __init__(self, answers):
        super().__init__()
        self.answers = list(answers)

    def forward(self, x):
        mine, self.answers = self.answers[: len(x)], self.answers[len(x) :]
        return nn.functional.one_hot(torch.tensor(mine), len(CLASSES)).float()


def test_count_right_counts_by_class():
    labels = score.draw_batch(230, seed=77)[1]
    right, seen = count_right(_Knows(labels), 230, seed=77)
    np.testing.assert_array_equal(right, seen)
    np.testing.assert_array_equal(seen, np.bincount(labels, minlength=len(CLASSES)))
    wrong_on_stars = np.where(labels == CLASSES.index("star"), 0, labels)
    right, _ = count_right(_Knows(wrong_on_stars), 230, seed=77)
    assert (seen - right).nonzero()[0].tolist() == [CLASSES.index("star")]


def test_nothing_to_count_is_refused():
    with pytest.raises(ValueError, match="at least 1 picture, got 0"):
        count_right(_Knows([]), 0)


def test_the_score_command_prints_both_measures(tmp_path, capsys):
    save_network(_small(), tmp_path / "file", _header())
    assert score.main([str(tmp_path / "file"), "--pictures", "32"]) == 0
    printed = capsys.readouterr().out
    assert "of 32 fresh pictures, drawn from seed 20000" in printed
    assert "median of the first layer's 6 filters" in printed
    assert "median of as many random ones" in printed


def test_the_score_command_refuses_the_training_pictures_and_missing_files(tmp_path, capsys):
    save_network(_small(), tmp_path / "file", _header())
    assert score.main([str(tmp_path / "file"), "--seed", "1"]) == 1
    assert "seed 1 drew the training pictures" in capsys.readouterr().err
    assert score.main([str(tmp_path / "missing")]) == 1
    assert "Not scored." in capsys.readouterr().err


# The course's own file


@pytest.fixture(scope="module")
def shipped():
    return load_network(course_weights())


def test_the_shipped_file_is_small_and_says_what_it_is(shipped):
    _, header = shipped
    assert course_weights().stat().st_size <= 3_000_000
    assert json.loads(header["classes"]) == list(CLASSES)
    assert json.loads(header["widths"]) == [list(block) for block in WIDTHS]
    assert json.loads(header["accuracy"]) >= 0.95
    assert json.loads(header["steps"]) == Recipe().steps
    assert json.loads(header["seed"]) == Recipe().seed


def test_the_shipped_network_names_fresh_pictures(shipped):
    right, seen = count_right(shipped[0], 640, seed=31_337)
    assert right.sum() / seen.sum() >= 0.95


def test_the_shipped_filters_are_smooth(shipped):
    filters = next(shipped[0].parameters()).detach().numpy()
    assert filters.shape == (64, 3, 3, 3)
    assert np.median(roughness(filters)) <= 0.8


# The train command


@pytest.fixture
def tiny_command(monkeypatch):
    """The command with a small recipe; only steps and seed come from the command line."""

    def recipe(steps=TINY.steps, seed=TINY.seed):
        return replace(TINY, steps=steps, seed=seed)

    monkeypatch.setattr(command, "Recipe", recipe)
    monkeypatch.setattr(
        command, "count_right", lambda network, count, size: count_right(network, 32, size=size)
    )


def test_the_train_command_writes_the_file_and_removes_the_checkpoint(tiny_command, tmp_path, capsys):
    out = tmp_path / "new" / "net.safetensors"
    assert command.main(["--out", str(out), "--device", "cpu", "--threads", "1"]) == 0
    network, header = load_network(out)
    assert [path.name for path in out.parent.iterdir()] == ["net.safetensors"]
    right, seen = count_right(network, 32, size=16)
    assert json.loads(header["accuracy"]) == round(right.sum() / seen.sum(), 4)
    printed = capsys.readouterr()
    assert "roughness" in printed.out
    assert "8 of 8 steps" in printed.err


def test_ctrl_c_stops_after_a_whole_step_and_the_command_goes_on(tiny_command, tmp_path, capsys, monkeypatch):
    plain = tmp_path / "plain"
    assert command.main(["--out", str(plain), "--device", "cpu"]) == 0
    before = signal.getsignal(signal.SIGINT)
    real = loop._step

    def interrupted(*arguments):
        signal.raise_signal(signal.SIGINT)
        return real(*arguments)

    out = tmp_path / "net"
    with monkeypatch.context() as patch:
        patch.setattr(loop, "_step", interrupted)
        assert command.main(["--out", str(out), "--device", "cpu"]) == 130
    assert "Stopped after 1 steps. The same command goes on" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is before
    assert not out.exists()
    assert command.main(["--out", str(out), "--device", "cpu"]) == 0
    assert "goes on with" in capsys.readouterr().out
    assert out.read_bytes() == plain.read_bytes()


def test_the_train_command_says_why_it_cannot(tiny_command, tmp_path, capsys):
    assert command.main(["--out", str(tmp_path / "net"), "--steps", "0", "--device", "cpu"]) == 1
    assert "Not trained. expected steps >= 1" in capsys.readouterr().err
    assert command.main(["--out", str(tmp_path / "net"), "--device", "nonsense"]) == 1
    assert "Not trained." in capsys.readouterr().err
    (tmp_path / "torn").write_bytes(b"no checkpoint")
    torn = ["--out", str(tmp_path / "net"), "--checkpoint", str(tmp_path / "torn"), "--device", "cpu"]
    assert command.main(torn) == 1
    assert "torn is no checkpoint of this program" in capsys.readouterr().err


def test_the_bar_says_how_far_and_how_long():
    bar = command.Bar(200, 64, io.StringIO())
    bar._begin, bar._loss = (0, 1000.0), 1.5
    line = bar.line(50, 1010.0)
    assert "[#######                       ] 50 of 200 steps, loss 1.50, 320 pictures/s, 0.5 min left" in line


def test_the_bar_writes_few_lines_to_a_file():
    stream = io.StringIO()
    bar = command.Bar(200, 64, stream)
    for done in range(1, 201):
        bar(done, 1.0)
    assert len(stream.getvalue().splitlines()) == 20
    assert "\r" not in stream.getvalue()


def test_the_bar_redraws_one_line_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    stream = Terminal()
    bar = command.Bar(50, 64, stream)
    for done in range(1, 51):
        bar(done, 1.0)
    assert stream.getvalue().count("\n") == 1
    assert stream.getvalue().startswith("\r[")
    assert "50 of 50 steps" in stream.getvalue()
