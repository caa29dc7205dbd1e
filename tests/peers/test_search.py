"""Schedules, clipping and batch norm's momentum against training in PyTorch, step by step."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from reglab import MLPConfig, fit
from reglab.config import OPTIMIZERS, SCHEDULES
from reglab.nn import build
from reglab.training.state import data_of, streams
from tests.small import SMALL

pytestmark = pytest.mark.peers

# Whole batches, so that their order is all the same; tanh, so that no round-off is a kink.
BASE = SMALL.replace(
    model=MLPConfig((8,), activation="tanh"),
    batch_size=40,
    num_steps=40,
    eval_every=5,
    momentum=0.8,
)
RATES = {"sgd": 0.5, "momentum": 0.1, "adam": 0.01, "adamw": 0.01}
WARMUP, END, DROP, MOST = 7, 0.1, 0.3, 0.2


def schedule(name, optimizer):
    from torch.optim import lr_scheduler

    if name == "step":
        return lr_scheduler.StepLR(optimizer, 15, DROP)
    if name == "constant":
        return lr_scheduler.ConstantLR(optimizer, 1.0)
    (rate,) = {group["lr"] for group in optimizer.param_groups}
    parts = [
        lr_scheduler.LinearLR(optimizer, 1e-12, 1.0, WARMUP),
        lr_scheduler.CosineAnnealingLR(optimizer, BASE.num_steps - WARMUP, END * rate),
    ]
    return lr_scheduler.SequentialLR(optimizer, parts, [WARMUP])


def optimizer_of(name, module):
    import torch

    kernels = [p for p in module.parameters() if p.ndim > 1]
    others = [p for p in module.parameters() if p.ndim < 2]
    rate = RATES[name]
    if name == "adamw":  # ours leaves biases undecayed
        groups = [{"params": kernels, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}]
        return torch.optim.AdamW(groups, rate, betas=(0.8, 0.999))
    if name == "adam":
        return torch.optim.Adam([*kernels, *others], rate, betas=(0.8, 0.999))
    return torch.optim.SGD([*kernels, *others], rate, momentum=0.8 if name == "momentum" else 0.0)


def torch_twin(model, momentum=0.1):
    """The same network in double precision."""
    from torch import nn, tensor

    layers = []
    for index, linear in enumerate(model.linears):
        twin = nn.Linear(*linear.kernel.shape, bias=linear.bias is not None).double()
        twin.weight.data = tensor(np.asarray(linear.kernel[...], float)).T.contiguous()
        if linear.bias is not None:
            twin.bias.data = tensor(np.asarray(linear.bias[...], float))
        layers.append(twin)
        if index < len(model.norms):
            layers.append(nn.BatchNorm1d(linear.kernel.shape[1], momentum=momentum).double())
        if index + 1 < len(model.linears):
            layers.append(nn.Tanh())
    return nn.Sequential(*layers)


def start(experiment):
    keys = streams(jnp.uint32(experiment.seed))
    return build(experiment.model, (2,), 2, rngs=nnx.Rngs(keys.weights))


def trained(experiment, module, optimizer, scheduler, most=None):
    """Trains PyTorch's twin; returns its scores at the rows of history."""
    import torch

    data = data_of(fit_distribution(experiment), experiment.draw, 40)
    x, y = torch.tensor(np.asarray(data.x, float)), torch.tensor(np.asarray(data.y)).long()
    seen, clipped = [], []
    for step in range(experiment.num_steps + 1):
        if step % experiment.eval_every == 0:
            module.eval()
            seen.append(module(x).detach().numpy())
        if step < experiment.num_steps:
            module.train()
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(module(x), y).backward()
            if most is not None:
                long = torch.nn.utils.clip_grad_norm_(module.parameters(), most) > most
                clipped.append(bool(long))
            optimizer.step()
            scheduler.step()
    assert most is None or sum(clipped) > 5
    return np.asarray(data.x), seen


def fit_distribution(experiment):
    from reglab import distributions

    hyper = experiment.hyper
    return distributions.with_numbers(
        distributions.get(experiment.distribution),
        noise=hyper.noise,
        label_noise=hyper.label_noise,
    )


def assert_alike(run, x, seen, atol=1e-5):
    assert len(run.hypotheses) == len(seen)
    assert np.abs(seen[-1] - seen[0]).max() > 0.2  # it did learn
    for hypothesis, theirs in zip(run.hypotheses, seen, strict=True):
        np.testing.assert_allclose(hypothesis(x), theirs, atol=atol)


def kinds(name, schedule):
    numbers = {"learning_rate": RATES[name], "weight_decay": 0.1 if name == "adamw" else 0.0}
    numbers |= {
        "constant": {},
        "cosine": {"warmup_steps": WARMUP, "decay_end": END},
        "step": {"decay_steps": 15, "decay_rate": DROP},
    }[schedule]
    return BASE.replace(optimizer=name, schedule=schedule, **numbers)


@pytest.mark.filterwarnings("ignore:.*lr_scheduler.step.*:UserWarning")
@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("kind", SCHEDULES)
def test_schedules_times_optimizers(name, kind):
    experiment = kinds(name, kind)
    module = torch_twin(start(experiment))
    optimizer = optimizer_of(name, module)
    theirs = trained(experiment, module, optimizer, schedule(kind, optimizer))
    assert_alike(fit(experiment), *theirs)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_clipping(name):
    experiment = kinds(name, "constant").replace(clipping="global_norm", clip_norm=MOST)
    module = torch_twin(start(experiment))
    optimizer = optimizer_of(name, module)
    run = fit(experiment)
    assert_alike(
        run, *trained(experiment, module, optimizer, schedule("constant", optimizer), MOST)
    )


@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.95])
def test_momentum_of_batch_norm(momentum):
    model = MLPConfig((8,), activation="tanh", batch_norm=True)
    experiment = kinds("momentum", "constant").replace(model=model, batch_norm_momentum=momentum)
    # PyTorch's momentum is the share of the batch, not that of the past.
    module = torch_twin(start(experiment), 1 - momentum)
    optimizer = optimizer_of("momentum", module)
    steps = experiment.num_steps
    trained(experiment, module, optimizer, schedule("constant", optimizer))
    ours = nnx.state(fit(experiment).model, nnx.BatchStat)
    (mean,) = (leaf for path, leaf in jax.tree.leaves_with_path(ours) if "mean" in str(path))
    (variance,) = (leaf for path, leaf in jax.tree.leaves_with_path(ours) if "var" in str(path))
    norm = module[1]
    np.testing.assert_allclose(mean, norm.running_mean.numpy(), atol=1e-5)
    left = momentum**steps  # of the initial 1; the rest PyTorch takes without bias, from 40
    biased = left + (norm.running_var.numpy() - left) * 39 / 40
    np.testing.assert_allclose(variance, biased, rtol=1e-5)
