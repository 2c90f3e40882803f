"""What one process does for a training step: its share of the batch, gradients of all processes, the update."""

import time

import torch
from torch import distributed
from torch.nn import functional
from torch.nn.parallel import DistributedDataParallel

from network import Network


class CpuClock:
    """Marks moments in the work of a processor, which has done everything when a call returns."""

    def mark(self):
        return time.perf_counter()

    def seconds(self, begin, end):
        return end - begin


class CudaClock:
    """Marks moments in the stream of a GPU, which runs behind the calls."""

    def mark(self):
        event = torch.cuda.Event(enable_timing=True)
        event.record()
        return event

    def seconds(self, begin, end):
        end.synchronize()
        return begin.elapsed_time(end) / 1000


def share_of(count):
    """The items of `count` that this process takes: the shares of all processes, one after the other, are all items."""
    rank, processes = distributed.get_rank(), distributed.get_world_size()
    return slice(rank * count // processes, (rank + 1) * count // processes)


class Trainer:
    def __init__(self, plan, optimizer, minimum_threshold, feature_scale, device):
        self.device = device
        self.minimum_threshold = minimum_threshold
        self.feature_scale = feature_scale
        self.network = Network(plan).to(device)
        trained = self.network.trained()
        self.parameters = [parameter for _, parameter in trained]
        self.thresholds = [parameter for name, parameter in trained if name.endswith(".thresholds")]
        self.spikes = plan["spec"]["neuron"] != "relu"
        self.clip = optimizer["gradientClip"]
        self.optimizer = make_optimizer(trained, optimizer)
        self.clock = CudaClock() if device.type == "cuda" else CpuClock()
        # Its processes already agree: statistics are shared, and parameters are sent to all of them when they are set.
        self.parallel = DistributedDataParallel(
            self.network,
            device_ids=[device.index] if device.type == "cuda" else None,
            broadcast_buffers=False,
            gradient_as_bucket_view=True,
        )

    def inputs(self, features):
        """int8 features as the network reads them."""
        return features.to(self.device).float() * self.feature_scale

    def set_loss(self, batch, label_smoothing, spike_penalty):
        """Sets the loss of the next steps, whose batches have `batch` clips in all processes together."""
        neurons = self.network.neurons
        self.batch = batch
        self.label_smoothing = label_smoothing
        # what one spike of each layer adds
        self.per_spike = [spike_penalty / (len(neurons) * n * batch) if self.spikes else 0.0 for n in neurons]
        # sent to the device once: a GPU would finish its work before it took a number from the processor
        self.penalties = torch.tensor(self.per_spike, dtype=torch.float64, device=self.device)

    def step(self, features, labels, rate, mixed=None):
        """One step on this process's clips of a batch. Returns [loss, correct, spikes of each layer ...] of all.

        mixed: (share, features, labels) for mixup (Zhang et al., arXiv:1710.09412): the clips keep this share of
        themselves, and the rest is of the others, in the loss too.
        """
        processes = distributed.get_world_size()
        self.network.train()
        # DistributedDataParallel divides the sum of the processes' gradients by their number.
        inputs = self.inputs(features)
        if mixed is not None:
            share, others, their_labels = mixed
            inputs = share * inputs + (1 - share) * self.inputs(others)
        logits, counts = self.parallel(inputs, [penalty * processes for penalty in self.per_spike])
        losses = self.losses(logits, labels)
        if mixed is not None:
            losses = share * losses + (1 - share) * self.losses(logits, their_labels)
        self.optimizer.zero_grad(set_to_none=False)
        (losses * (processes / self.batch)).backward()
        self.update(rate)
        with torch.no_grad():
            loss = losses.double() / self.batch + (counts * self.penalties).sum()
            correct = (logits.argmax(1) == labels).sum()
            sums = torch.cat([torch.stack([loss, correct.double()]), counts.double()])
        distributed.all_reduce(sums)
        return sums

    def losses(self, logits, labels):
        """The sum of the clips' cross-entropies."""
        return functional.cross_entropy(logits, labels, label_smoothing=self.label_smoothing, reduction="sum")

    def update(self, rate):
        if self.clip > 0:
            norm = torch.linalg.vector_norm(
                torch.stack([torch.linalg.vector_norm(parameter.grad) for parameter in self.parameters])
            )
            factor = (self.clip / norm).clamp(max=1)
            for parameter in self.parameters:
                parameter.grad.mul_(factor)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        with torch.no_grad():
            for thresholds in self.thresholds:
                thresholds.clamp_(min=self.minimum_threshold)

    @torch.no_grad()
    def infer(self, features, batch):
        """Logits of this process's share of the clips, and the spikes of each layer; running statistics."""
        self.network.eval()
        logits, counts = [], torch.zeros(len(self.network.neurons), dtype=torch.float64, device=self.device)
        for clips in features.split(batch):
            of_batch, spikes = self.network(self.inputs(clips), [0.0] * len(self.network.neurons))
            logits.append(of_batch)
            counts += spikes
        classes = self.network.classifier.out_features
        return torch.cat(logits) if logits else torch.zeros(0, classes, device=self.device), counts


def make_optimizer(trained, settings):
    """Weight decay is for the weights of convolutions and classifier alone."""
    decayed = [parameter for name, parameter in trained if name.endswith(".weight")]
    others = [parameter for name, parameter in trained if not name.endswith(".weight")]
    groups = [
        {"params": decayed, "weight_decay": settings["weightDecay"]},
        {"params": others, "weight_decay": 0.0},
    ]
    if settings["kind"] == "sgd":
        return torch.optim.SGD(groups, lr=0.0, momentum=settings["momentum"])
    return torch.optim.AdamW(
        groups, lr=0.0, betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"]
    )


# The parts of an optimiser's state: the prefix in a run's state, and the name in PyTorch.
STATES = {"sgd": {"first": "momentum_buffer"}, "adamw": {"first": "exp_avg", "second": "exp_avg_sq"}}


def read_optimizer(optimizer, trained, kind):
    """The state of the optimiser as tensors; zeros before the first step."""
    tensors = {}
    for prefix, key in STATES[kind].items():
        for name, parameter in trained:
            state = optimizer.state.get(parameter, {}).get(key)
            tensors[f"{prefix}.{name}"] = torch.zeros_like(parameter) if state is None else state
    return tensors


def write_optimizer(optimizer, trained, kind, tensors, step):
    for name, parameter in trained:
        state = {key: tensors[f"{prefix}.{name}"] for prefix, key in STATES[kind].items()}
        if kind == "adamw":
            state["step"] = torch.tensor(float(step))
        optimizer.state[parameter] = state
