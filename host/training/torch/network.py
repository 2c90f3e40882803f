"""The network of a plan (host/core/network/plan.ts), with its tensors under their canonical names."""

import torch
from torch import nn
from torch.nn import functional

from batch_norm import BatchNorm
from neurons import SpikingNeurons, rectified


class Convolution(nn.Module):
    """A convolution without bias, with its batch norm; x is [N, channels, frames, bands]."""

    def __init__(self, plan):
        super().__init__()
        shape = (plan["output"]["channels"], plan["input"]["channels"], *plan["kernel"])
        self.weight = nn.Parameter(torch.zeros(shape))
        self.bn = BatchNorm(plan["output"]["channels"])
        self.stride = tuple(plan["stride"])
        self.padding = tuple(plan["padding"])

    def forward(self, x):
        frames, bands = self.padding
        if frames < 0:
            x = x[:, :, -frames:frames]
        output = functional.conv2d(x, self.weight, stride=self.stride, padding=(max(frames, 0), bands))
        return self.bn(output)

    def tensors(self, name):
        yield f"{name}.weight", self.weight
        yield f"{name}.bn.gamma", self.bn.gamma
        yield f"{name}.bn.beta", self.bn.beta
        yield f"{name}.bn.mean", self.bn.mean
        yield f"{name}.bn.variance", self.bn.variance


class Layer(nn.Module):
    """A convolution, the shortcut that adds into its current, and the neurons."""

    def __init__(self, plan, spec, timesteps):
        super().__init__()
        self.name = plan["name"]
        self.source = plan["source"]
        self.neuron = spec["neuron"]
        self.slope = spec["surrogateSlope"]
        self.timesteps = timesteps
        self.convolution = Convolution(plan["convolution"])
        self.frames = plan["convolution"]["output"]["frames"]
        self.shortcut = plan["shortcut"]
        projects = self.shortcut is not None and self.shortcut["kind"] == "projection"
        self.projection = Convolution(self.shortcut["convolution"]) if projects else None
        thresholds = torch.ones(timesteps if self.neuron == "atif-nu" else 1)
        if self.neuron == "if":
            self.register_buffer("thresholds", thresholds)
        elif self.neuron != "relu":
            self.thresholds = nn.Parameter(thresholds)

    def current(self, emitted):
        """[T * B, channels, frames, bands] from what every layer before it has emitted; the stem's is [B, ...]."""
        current = self.convolution(emitted[self.source])
        if self.projection is not None:
            current = current + self.projection(emitted[self.shortcut["source"]])
        elif self.shortcut is not None:
            first = self.shortcut["first"]
            current = current + emitted[self.shortcut["source"]][:, :, first : first + self.frames]
        return current

    def forward(self, emitted, penalty):
        """Returns what the neurons emit, [T * B, channels, frames, bands], and the number of spikes."""
        current = self.current(emitted)
        if self.neuron == "relu":
            return rectified(current)
        if self.source < 0:
            over_time = current.expand(self.timesteps, *current.shape)
        else:
            over_time = current.unflatten(0, (self.timesteps, -1))
        thresholds = self.thresholds.expand(self.timesteps)
        amplitude = self.thresholds.mean()
        spikes, count = SpikingNeurons.apply(over_time, thresholds, amplitude, penalty, self.slope)
        return spikes.flatten(0, 1), count

    def tensors(self):
        yield from self.convolution.tensors(self.name)
        if self.projection is not None:
            yield from self.projection.tensors(f"{self.name}.shortcut")
        if self.neuron != "relu":
            yield f"{self.name}.thresholds", self.thresholds


class Network(nn.Module):
    def __init__(self, plan):
        super().__init__()
        self.spec = plan["spec"]
        self.timesteps = plan["timesteps"]
        self.layers = nn.ModuleList(Layer(layer, self.spec, self.timesteps) for layer in plan["layers"])
        self.neurons = [layer["neurons"] for layer in plan["layers"]]
        self.classifier = nn.Linear(plan["classifier"]["channels"], plan["classifier"]["classes"])

    def forward(self, features, penalties):
        """Logits [B, classes] of features [B, frames, coefficients * channels], and the spikes of each layer.

        penalties: what one spike of each layer adds to the loss, for the gradient.
        """
        # in 1-D networks the coefficients are the channels, and there is one band
        if self.spec["dimensions"] == 1:
            image = features.transpose(1, 2)[..., None]
        else:
            channels = self.spec["input"].get("channels", 1)
            image = torch.stack([features[:, :, channel::channels] for channel in range(channels)], 1)
        # layer -1 is the features
        emitted = {-1: image.contiguous()}
        counts = []
        for k, layer in enumerate(self.layers):
            emitted[k], count = layer(emitted, penalties[k])
            counts.append(count)
        # mean over timesteps and positions
        last = emitted[len(self.layers) - 1].unflatten(0, (self.timesteps, -1))
        return self.classifier(last.mean((0, 3, 4))), torch.stack(counts)

    def tensors(self):
        """(canonical name, tensor) of every tensor, trained or not."""
        for layer in self.layers:
            yield from layer.tensors()
        yield "classifier.weight", self.classifier.weight
        yield "classifier.bias", self.classifier.bias

    def trained(self):
        """(canonical name, parameter) of those that a gradient reaches."""
        return [(name, tensor) for name, tensor in self.tensors() if isinstance(tensor, nn.Parameter)]
