"""Trains one recurrent layer of leaky integrate-and-fire neurons, as a rival for spikeword's networks.

    spikeword features RECORDINGS --split training --out training.safetensors
    spikeword features RECORDINGS --split validation --out validation.safetensors
    python3 train.py training.safetensors validation.safetensors --share 0.1 --epochs 15

The neurons are those of Cramer et al. 2022 (https://doi.org/10.1109/TNNLS.2020.3044364): synapse and membrane leak with
time constants of 10 and 20 ms, a spike resets its membrane to zero, the surrogate gradient is that of a fast sigmoid,
and the answer is the class whose leaky readout was highest at any time. There are 200 timesteps of 5 ms. Their input is
spikes of a cochlea model; here it is the current of the coefficients that all networks here read, each frame for
20 ms. The result is printed as JSON: accuracies are fractions of the clips.
"""

import argparse
import json
import math
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FEATURE_SCALE = 1 / 32
"""One step of an int8 feature at the input of the network."""

TIMESTEPS = 200
STEP_MS = 5
FRAME_MS = 20
SYNAPSE_MS = 10
MEMBRANE_MS = 20
SLOPE = 10
"""Of the fast sigmoid. Cramer et al. found results to depend little on it."""


class Spike(torch.autograd.Function):
    """1 where the membrane has reached the threshold of 1; backwards 1 / (SLOPE · |U − 1| + 1)²."""

    @staticmethod
    def forward(context, distance: torch.Tensor) -> torch.Tensor:
        context.save_for_backward(distance)
        return (distance >= 0).to(distance.dtype)

    @staticmethod
    def backward(context, upstream: torch.Tensor) -> torch.Tensor:
        (distance,) = context.saved_tensors
        return upstream / (SLOPE * distance.abs() + 1) ** 2


class RecurrentLif(nn.Module):
    """U(t+1) = (β·U(t) + (1 − β)·I(t)) · (1 − S(t)) and I(t+1) = α·I(t) + W·x(t) + V·S(t); S(t) = [U(t) ≥ 1]."""

    def __init__(self, inputs: int, neurons: int, classes: int) -> None:
        super().__init__()
        self.input = nn.Linear(inputs, neurons)
        self.recurrent = nn.Linear(neurons, neurons, bias=False)
        self.readout = nn.Linear(neurons, classes)
        # a current of some thresholds, because a synapse adds up over its time constant and a membrane takes 1 − β of it
        nn.init.normal_(self.input.weight, std=1 / math.sqrt(inputs))
        nn.init.normal_(self.recurrent.weight, std=0.5 / math.sqrt(neurons))
        nn.init.normal_(self.readout.weight, std=1 / math.sqrt(neurons))

    def forward(self, features: torch.Tensor, record: list | None = None) -> tuple[torch.Tensor, torch.Tensor]:
        """Takes [clip, frame, coefficient]; returns logits [clip, class] and the spikes of each clip [clip]."""
        clips, frames, _ = features.shape
        alpha, beta = math.exp(-STEP_MS / SYNAPSE_MS), math.exp(-STEP_MS / MEMBRANE_MS)
        # the frames do not change for four timesteps, so their current is computed once
        entering = self.input(features)
        neurons = entering.shape[2]
        current = membrane = spikes = entering.new_zeros(clips, neurons)
        filtered = potential = entering.new_zeros(clips, self.readout.out_features)
        best = potential.new_full(potential.shape, -math.inf)
        count = entering.new_zeros(clips)
        for t in range(TIMESTEPS):
            frame = min(frames - 1, t * STEP_MS // FRAME_MS)
            membrane = (beta * membrane + (1 - beta) * current) * (1 - spikes.detach())
            current = alpha * current + entering[:, frame] + self.recurrent(spikes)
            spikes = Spike.apply(membrane - 1)
            potential = beta * potential + (1 - beta) * filtered
            filtered = alpha * filtered + self.readout(spikes)
            best = torch.maximum(best, potential)
            count = count + spikes.detach().sum(1)
            if record is not None:
                record.append(spikes)
        return best, count


def read(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    tensors = load_file(path)
    return tensors["features"].to(torch.float32) * FEATURE_SCALE, tensors["labels"].to(torch.int64)


def share_of(labels: torch.Tensor, share: float) -> torch.Tensor:
    """Draws the share of each class, rounded up."""
    drawn = []
    for label in labels.unique():
        own = (labels == label).nonzero()[:, 0]
        drawn.append(own[torch.randperm(len(own))[: math.ceil(share * len(own))]])
    return torch.cat(drawn)


@torch.no_grad()
def validate(network: RecurrentLif, features: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """Returns the accuracy, and the spikes per neuron and clip."""
    correct = spikes = 0.0
    for batch in torch.arange(len(labels)).split(512):
        logits, count = network(features[batch])
        correct += (logits.argmax(1) == labels[batch]).sum().item()
        spikes += count.sum().item()
    return correct / len(labels), spikes / len(labels) / network.recurrent.out_features


def main() -> None:
    parser = argparse.ArgumentParser(description="Train a recurrent layer of LIF neurons on spikeword's features.")
    parser.add_argument("training", type=Path, help="file that `spikeword features` wrote")
    parser.add_argument("validation", type=Path, help="the same of the validation split, which chooses the epoch")
    parser.add_argument("--neurons", type=int, default=128, help="neurons (default: 128)")
    parser.add_argument("--share", type=float, default=1, help="share of the training clips of each class (default: 1)")
    parser.add_argument("--epochs", type=int, default=15, help="passes over them (default: 15)")
    parser.add_argument("--batch", type=int, default=64, help="clips per step (default: 64)")
    parser.add_argument("--lr", type=float, default=5e-3, help="learning rate of Adamax, which falls as a cosine (default: 0.005)")
    parser.add_argument("--seed", type=int, default=1, help="seed (default: 1)")
    parser.add_argument("--device", default="cpu", help="device of PyTorch (default: cpu)")
    parser.add_argument("--record", type=Path, help="file for weights, spikes and logits of one validation clip (default: none)")
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    features, labels = (tensor.to(options.device) for tensor in read(options.training))
    held_back = [tensor.to(options.device) for tensor in read(options.validation)]
    used = share_of(labels, options.share)
    network = RecurrentLif(features.shape[2], options.neurons, int(labels.max()) + 1).to(options.device)
    optimizer = torch.optim.Adamax(network.parameters(), lr=options.lr)
    steps = options.epochs * math.ceil(len(used) / options.batch)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = {"accuracy": -1.0}
    for epoch in range(1, options.epochs + 1):
        total = 0.0
        for batch in used[torch.randperm(len(used))].split(options.batch):
            loss = nn.functional.cross_entropy(network(features[batch])[0], labels[batch])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 5)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        accuracy, spikes = validate(network, *held_back)
        if accuracy > best["accuracy"]:
            best = {"accuracy": accuracy, "epoch": epoch, "spikesPerNeuron": spikes}
        print(json.dumps({"epoch": epoch, "loss": round(total / len(used), 4), "accuracy": accuracy}), flush=True)

    neurons, classes = options.neurons, network.readout.out_features
    frames = features.shape[1]
    print(
        json.dumps(
            {
                **best,
                "theta": best["spikesPerNeuron"] / TIMESTEPS,
                "clips": len(held_back[1]),
                "trainingClips": len(used),
                "seed": options.seed,
                "weights": neurons * (features.shape[2] + neurons + classes),
                # of one weight, by a spike that goes to all neurons and to the readout
                "synapticOperations": best["spikesPerNeuron"] * neurons * (neurons + classes),
                # of the input, whose current is computed once per frame
                "inputMacs": frames * features.shape[2] * neurons,
            }
        )
    )
    if options.record is not None:
        network.double()
        spikes: list[torch.Tensor] = []
        logits, _ = network(held_back[0][:1].double(), spikes)
        state = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
        recorded = {"features": held_back[0][0], "spikes": torch.stack(spikes)[:, 0].to(torch.uint8), "logits": logits[0]}
        save_file({**state, **{name: tensor.detach().cpu().contiguous() for name, tensor in recorded.items()}}, options.record)


if __name__ == "__main__":
    main()
