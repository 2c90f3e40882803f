"""Reads, writes and runs graphs of NIR with the nir package and SpikingJelly.

frameworks.py rewrite IN OUT    reads a graph and writes it again
frameworks.py write OUT         writes a small residual network as another program would
frameworks.py spikes IN CLIP    runs it on features / 32 (JSON, flat); prints the spikes of every IF and the logits
"""

import json
import sys

import nir
import numpy as np


def write(path: str) -> None:
    """A stem, a block with a plain edge as shortcut and a classifier without bias; a timestep is 1e-4 s."""
    weights = np.random.default_rng(1)
    draw = lambda *shape: weights.normal(size=shape).astype(np.float32)
    conv = lambda inputs: nir.Conv1d(9, draw(4, inputs, 3) * 0.5, 1, 1, 1, 1, draw(4) * 0.2)
    neurons = lambda: nir.IF(np.full((4, 9), 1e4), np.full((4, 9), 0.75), np.zeros((4, 9)))
    graph = nir.NIRGraph(
        nodes={
            "in": nir.Input(np.array([10, 9])),
            "c0": conv(10),
            "n0": neurons(),
            "c1": conv(4),
            "n1": neurons(),
            "c2": conv(4),
            "n2": neurons(),
            "flat": nir.Flatten(np.array([4, 9]), 0, -1),
            "fc": nir.Linear(np.repeat(draw(2, 4), 9, axis=1)),
            "out": nir.Output(np.array([2])),
        },
        edges=[
            ("in", "c0"),
            ("c0", "n0"),
            ("n0", "c1"),
            ("c1", "n1"),
            ("n1", "c2"),
            ("c2", "n2"),
            ("n0", "n2"),
            ("n2", "flat"),
            ("flat", "fc"),
            ("fc", "out"),
        ],
    )
    nir.write(path, graph)


def spikes(path: str, clip: str) -> None:
    import torch
    from spikingjelly.activation_based import neuron, nir_exchange

    graph = nir.read(path)
    seconds = float(1 / next(node for node in graph.nodes.values() if isinstance(node, nir.IF)).r.flat[0])
    network = nir_exchange.import_from_nir(graph, dt=seconds, dtype=torch.float64)
    # NIR does not say how a spike resets the membrane, and SpikingJelly takes it to be a hard reset to v_reset
    for module in network.modules():
        if isinstance(module, neuron.IFNode):
            module.v_reset = None
    recorded: dict[str, list] = {}
    for name, node in graph.nodes.items():
        if isinstance(node, nir.IF):
            keep = lambda _module, _input, output, name=name: recorded.setdefault(name, []).append(output[0])
            network.get_submodule(name.replace(".", "_")).register_forward_hook(keep)
    with open(clip) as file:
        features, timesteps = json.load(file)
    [shape] = graph.input_type.values()
    current = torch.tensor(features, dtype=torch.float64).reshape(1, *map(int, shape))
    logits, state = 0, None
    with torch.no_grad():
        for _ in range(timesteps):
            output, state = network(current, state)
            logits = logits + output
    flat = {name: [int(spike) for step in steps for spike in step.flatten()] for name, steps in recorded.items()}
    print(json.dumps({"spikes": flat, "logits": logits.flatten().tolist()}))


command, *arguments = sys.argv[1:]
if command == "rewrite":
    nir.write(arguments[1], nir.read(arguments[0]))
elif command == "write":
    write(*arguments)
else:
    spikes(*arguments)
