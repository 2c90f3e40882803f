"""One training step of the preset `reference` in PyTorch, for comparison in `bench/train.ts`.

ResNet-8 on 1 × 48 × 10 with ATIF neurons (one trainable threshold per layer), T = 4, batch 64, cross-entropy, AdamW.
Written to be fast in PyTorch: time is folded into the batch for convolutions and batch norm, the stem is computed
once, and the neuron is one autograd function over all timesteps with its backward pass written out.

Prints one JSON line when it is ready. Then, for every line on stdin (a number of steps), prints one line with the
milliseconds of the median and of the best step. Ends when stdin ends.
"""

import argparse
import json
import os
import statistics
import sys
import time

# The library reads this when it is loaded. Threads that spin at barriers make a step take 20 times as long if any other
# program needs a core, and save little if none does.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch
from torch import nn
from torch.nn import functional as F


class AtifFunction(torch.autograd.Function):
    """Soft-reset neurons over T timesteps; x is [T, B, C, H, W], and the amplitude of a spike is the threshold."""

    @staticmethod
    def forward(ctx, x, threshold, slope):
        distance = torch.empty_like(x)  # H(t) - Vth
        spikes = torch.empty_like(x)
        membrane = None
        for t in range(x.shape[0]):
            torch.sub(x[t], threshold, out=distance[t])
            if membrane is not None:
                distance[t] += membrane
            torch.ge(distance[t], 0, out=spikes[t])
            membrane = distance[t] + (1 - spikes[t]) * threshold
        ctx.save_for_backward(distance, spikes, threshold)
        ctx.slope = slope
        return spikes * threshold

    @staticmethod
    def backward(ctx, upstream):
        distance, spikes, threshold = ctx.saved_tensors
        sigmoid = distance.mul_(ctx.slope).sigmoid_()
        surrogate = sigmoid.mul_(1 - sigmoid).mul_(ctx.slope)
        grad_threshold = (upstream * spikes).sum()
        grad_x = torch.empty_like(upstream)
        grad_membrane = None
        for t in reversed(range(upstream.shape[0])):
            grad_spike = upstream[t] * threshold
            if grad_membrane is not None:
                grad_spike -= threshold * grad_membrane
                grad_threshold -= (spikes[t] * grad_membrane).sum()
            grad_spike *= surrogate[t]
            grad_threshold -= grad_spike.sum()
            if grad_membrane is not None:
                grad_spike += grad_membrane
            grad_x[t] = grad_membrane = grad_spike
        return grad_x, grad_threshold, None


class Atif(nn.Module):
    def __init__(self, timesteps, slope=4.0):
        super().__init__()
        self.timesteps = timesteps
        self.slope = slope
        self.threshold = nn.Parameter(torch.tensor(1.0))

    def forward(self, x):
        """x is [T * B, C, H, W]."""
        over_time = x.unflatten(0, (self.timesteps, -1))
        return AtifFunction.apply(over_time, self.threshold, self.slope).flatten(0, 1)


def convolution(inputs, outputs, kernel, stride):
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, timesteps):
        super().__init__()
        self.first = convolution(inputs, outputs, 3, stride)
        self.first_neurons = Atif(timesteps)
        self.second = convolution(outputs, outputs, 3, 1)
        self.second_neurons = Atif(timesteps)
        same_shape = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same_shape else convolution(inputs, outputs, 1, stride)

    def forward(self, x):
        current = self.second(self.first_neurons(self.first(x)))
        return self.second_neurons(current + self.shortcut(x))


class Reference(nn.Module):
    def __init__(self, timesteps, classes):
        super().__init__()
        self.timesteps = timesteps
        self.stem = convolution(1, 16, 3, 1)
        self.stem_neurons = Atif(timesteps)
        self.blocks = nn.Sequential(
            Block(16, 16, 1, timesteps), Block(16, 32, 2, timesteps), Block(32, 64, 2, timesteps)
        )
        self.classifier = nn.Linear(64, classes)

    def forward(self, features):
        current = self.stem(features)
        x = self.stem_neurons(current.repeat(self.timesteps, 1, 1, 1))
        pooled = self.blocks(x).mean((2, 3)).unflatten(0, (self.timesteps, -1)).mean(0)
        return self.classifier(pooled)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--threads", type=int, default=2, help="threads of PyTorch")
    arguments.add_argument("--batch", type=int, default=64, help="clips per step")
    arguments.add_argument("--timesteps", type=int, default=4, help="T")
    arguments.add_argument("--warmup", type=int, default=3, help="steps before the first timed one")
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)

    network = Reference(options.timesteps, classes=12).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    features = torch.randn(options.batch, 1, 48, 10)
    labels = torch.randint(0, 12, (options.batch,))

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(network(features), labels)
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(options.warmup):
        loss = step()
    parameters = sum(p.numel() for p in network.parameters())
    report = {"torch": torch.__version__, "threads": options.threads, "parameters": parameters, "loss": loss.item()}
    print(json.dumps(report), flush=True)

    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - start))
        print(json.dumps({"msPerStep": statistics.median(times), "bestMs": min(times), "steps": len(times)}), flush=True)


if __name__ == "__main__":
    main()
