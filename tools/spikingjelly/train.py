"""Trains a spiking ResNet of IFNode neurons with trained thresholds and soft reset in SpikingJelly, for spikeword.

    spikeword features RECORDINGS --out features.safetensors
    python3 train.py features.safetensors --out FOLDER
    spikeword import FOLDER/network.safetensors --mapping FOLDER/mapping.json \
        --features features.safetensors --out best.safetensors
    spikeword quantize best.safetensors --data RECORDINGS

It is an example: the network has the shape of the preset `tiny`, and the training is a plain one. What an import needs
is in `mapping`, below: which tensor is which layer, and that a spike is worth 1 in this network.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from spikingjelly.activation_based import functional, neuron, surrogate
from torch import nn

FEATURE_SCALE = 1 / 32
"""One step of an int8 feature at the input of the network."""


class TrainedIF(neuron.IFNode):
    """IFNode with soft reset, whose threshold is trained; one for the layer."""

    def __init__(self) -> None:
        # v_reset=None is the soft reset: a spike takes the threshold from the membrane
        super().__init__(v_reset=None, surrogate_function=surrogate.Sigmoid(alpha=4.0))
        del self.v_threshold
        self.v_threshold = nn.Parameter(torch.tensor(1.0))

    def single_step_functional_forward(self, inputs: tuple, states: tuple, **_: object) -> tuple:
        # IFNode passes the threshold on as a number, which no gradient reaches; this is the same step with a tensor
        potential = states[0] + inputs[0]
        spikes = self.surrogate_function(potential - self.v_threshold)
        return (spikes,), (potential - spikes * self.v_threshold, *states[1:])


def convolution(inputs: int, channels: int, kernel: int, stride: int) -> nn.Sequential:
    """A convolution along time, without bias, and its batch norm; tensors are [clip, channel, frame, 1]."""
    padding = ((kernel - 1) // 2, 0)
    return nn.Sequential(
        nn.Conv2d(inputs, channels, (kernel, 1), (stride, 1), padding, bias=False),
        nn.BatchNorm2d(channels),
    )


class Block(nn.Module):
    """Two convolutions; the shortcut is added to the current of the second neurons, so that spikes stay 0 or 1."""

    def __init__(self, inputs: int, channels: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.conv1 = convolution(inputs, channels, kernel, stride)
        self.neuron1 = TrainedIF()
        self.conv2 = convolution(channels, channels, kernel, 1)
        same = inputs == channels and stride == 1
        self.shortcut = nn.Identity() if same else convolution(inputs, channels, 1, stride)
        self.neuron2 = TrainedIF()

    def forward(self, spikes: torch.Tensor) -> torch.Tensor:
        return self.neuron2(self.conv2(self.neuron1(self.conv1(spikes))) + self.shortcut(spikes))


class Network(nn.Module):
    """Logits are a linear layer of the mean of the last spikes over timesteps and positions."""

    def __init__(self, spec: dict) -> None:
        super().__init__()
        self.timesteps = spec["timesteps"]
        stem = spec["stem"]
        channels = stem["channels"]
        self.stem = convolution(spec["input"]["coefficients"], channels, stem["kernel"][0], stem["stride"][0])
        self.neuron = TrainedIF()
        blocks = []
        for stage in spec["stages"]:
            for block in range(stage["blocks"]):
                stride = stage["stride"][0] if block == 0 else 1
                blocks.append(Block(channels, stage["channels"], stage["kernel"][0], stride))
                channels = stage["channels"]
        self.blocks = nn.ModuleList(blocks)
        self.classifier = nn.Linear(channels, spec["classes"])

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        functional.reset_net(self)
        # the input does not change, so that its current is computed once
        current = self.stem(features)
        mean = 0
        for _ in range(self.timesteps):
            spikes = self.neuron(current)
            for block in self.blocks:
                spikes = block(spikes)
            mean = mean + spikes.mean((2, 3)) / self.timesteps
        return self.classifier(mean)


def tiny(frames: int, classes: int, timesteps: int) -> dict:
    """The network as spikeword describes it."""
    line = lambda channels: {"blocks": 1, "channels": channels, "kernel": [3, 1], "stride": [2, 1]}
    return {
        "input": {"frames": frames, "coefficients": 10},
        "dimensions": 1,
        "stem": {"channels": 24, "kernel": [5, 1], "stride": [1, 1]},
        # two blocks: the second has the shape of the first and an identity shortcut
        "stages": [{**line(32), "blocks": 2}, line(40)],
        "neuron": "atif-u",
        "timesteps": timesteps,
        "surrogateSlope": 4,
        "classes": classes,
    }


def mapping(spec: dict) -> dict:
    """Says which tensor of this network is which layer of spikeword's."""

    def layer(name: str, threshold: str | None = None) -> dict:
        named = {"convolution": f"{name}.0", "batchNorm": f"{name}.1"}
        return named if threshold is None else {**named, "threshold": f"{threshold}.v_threshold"}

    layers = {"stem": layer("stem", "neuron")}
    number = 0
    for s, stage in enumerate(spec["stages"], 1):
        for b in range(1, stage["blocks"] + 1):
            ours, theirs = f"stage{s}.block{b}", f"blocks.{number}"
            layers[f"{ours}.conv1"] = layer(f"{theirs}.conv1", f"{theirs}.neuron1")
            layers[f"{ours}.conv2"] = layer(f"{theirs}.conv2", f"{theirs}.neuron2")
            if b == 1:
                layers[f"{ours}.conv2.shortcut"] = layer(f"{theirs}.shortcut")
            number += 1
    return {"network": spec, "spikes": "one", "layers": layers, "classifier": "classifier"}


def recorded_spikes(network: Network, features: torch.Tensor, layers: dict) -> dict[str, torch.Tensor]:
    """Spikes by the name of spikeword's layer, [clip, timestep, channel, frame], and the logits."""
    spikes: dict[str, list[torch.Tensor]] = {}
    for name, parts in layers.items():
        if "threshold" in parts:
            module = network.get_submodule(parts["threshold"].removesuffix(".v_threshold"))
            keep = lambda _module, _input, output, name=name: spikes.setdefault(name, []).append(output)
            module.register_forward_hook(keep)
    logits = network(features)
    recorded = {name: torch.stack(seen, 1).flatten(3).to(torch.uint8) for name, seen in spikes.items()}
    return {**recorded, "logits": logits.to(torch.float32)}


def main() -> None:
    parser = argparse.ArgumentParser(description="Train an example network in SpikingJelly for spikeword.")
    parser.add_argument("features", type=Path, help="file that `spikeword features` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for network.safetensors and mapping.json")
    parser.add_argument("--steps", type=int, default=300, help="steps of the training (default: 300)")
    parser.add_argument("--timesteps", type=int, default=4, help="timesteps of the network (default: 4)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the training (default: 1)")
    parser.add_argument(
        "--record", type=int, default=0, help="clips whose spikes are written to spikes.safetensors (default: none)"
    )
    options = parser.parse_args()

    tensors = load_file(options.features)
    with safe_open(options.features, "pt") as file:
        words = json.loads(file.metadata()["labels"])
    # [clip, frame, coefficient] to [clip, coefficient, frame, 1]
    features = tensors["features"].transpose(1, 2).unsqueeze(3).to(torch.float32) * FEATURE_SCALE
    labels = tensors["labels"].to(torch.int64)

    torch.manual_seed(options.seed)
    spec = tiny(features.shape[2], len(words), options.timesteps)
    network = Network(spec)
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3)
    for step in range(options.steps):
        batch = torch.randint(len(labels), (32,))
        loss = nn.functional.cross_entropy(network(features[batch]), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 20 == 0 or step == options.steps - 1:
            print(f"step {step + 1}: loss {loss.item():.3f}", flush=True)

    network.eval()
    options.out.mkdir(parents=True, exist_ok=True)
    functional.reset_net(network)
    names = mapping(spec)
    state = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
    save_file(state, options.out / "network.safetensors")
    (options.out / "mapping.json").write_text(json.dumps(names, indent=1) + "\n")
    if options.record > 0:
        with torch.no_grad():
            # in double precision nothing depends on the order of sums
            network.double()
            recorded = recorded_spikes(network, features[: options.record].double(), names["layers"])
        save_file({name: tensor.contiguous() for name, tensor in recorded.items()}, options.out / "spikes.safetensors")


if __name__ == "__main__":
    main()
