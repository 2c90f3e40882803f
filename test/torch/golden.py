"""Computes cases of test/golden with the modules of the torch engine, in float64, and prints the results as JSON.

Reads from stdin {"modules": FOLDER, "neurons": [case, ...], "networks": [{"plan", "parameters", "features",
"labels"}]}.
"""

import json
import sys

import torch

given = json.load(sys.stdin)
sys.path.insert(0, given["modules"])
torch.set_default_dtype(torch.float64)

from network import Network  # noqa: E402
from neurons import SpikingNeurons  # noqa: E402


def neuron(case):
    timesteps, count = case["T"], case["N"]
    current = torch.tensor(case["input"]).view(timesteps, count).requires_grad_()
    thresholds = torch.tensor(case["thresholds"], dtype=torch.float64, requires_grad=True)
    amplitude = thresholds.mean()
    output, _ = SpikingNeurons.apply(current, thresholds.expand(timesteps), amplitude, 0.0, case["alpha"])
    output.backward(torch.tensor(case["upstream"]).view(timesteps, count))
    return {
        "spikes": (output / amplitude).flatten().tolist(),
        "gradInput": current.grad.flatten().tolist(),
        "gradThresholds": thresholds.grad.tolist(),
    }


def training_step(case):
    network = Network(case["plan"])
    with torch.no_grad():
        for name, tensor in network.tensors():
            if name in case["parameters"]:
                tensor.copy_(torch.tensor(case["parameters"][name]).view_as(tensor))
    spec = case["plan"]["spec"]["input"]
    features = torch.tensor(case["features"]).view(-1, spec["frames"], spec["coefficients"])
    logits, spikes = network(features, [0.0] * len(network.neurons))
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(case["labels"]))
    loss.backward()
    gradients = {name: parameter.grad.flatten().tolist() for name, parameter in network.trained()}
    return {
        "spikes": spikes.tolist(),
        "logits": logits.flatten().tolist(),
        "loss": loss.item(),
        "gradients": gradients,
    }


result = {
    "neurons": [neuron(case) for case in given["neurons"]],
    "networks": [training_step(case) for case in given["networks"]],
}
json.dump(result, sys.stdout)
