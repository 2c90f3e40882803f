"""Batch norm whose statistics are those of the whole batch, however many processes share it."""

import torch
from torch import distributed, nn
from torch.nn import functional

EPSILON = 1e-5
MOMENTUM = 0.1


class SharedStatistics(torch.autograd.Function):
    """Normalises x [N, C, H, W] by the mean and the biased variance of all processes together.

    PyTorch has the same as SyncBatchNorm, which refuses to run on CPUs.
    """

    @staticmethod
    def forward(ctx, x, gamma, beta):
        channels = x.shape[1]
        variance, mean = torch.var_mean(x, (0, 2, 3), unbiased=False)
        count = torch.full((1,), x.numel() / channels, dtype=torch.float64, device=x.device)
        own = torch.cat([mean.double(), variance.double() * count, count])
        gathered = [torch.empty_like(own) for _ in range(distributed.get_world_size())]
        distributed.all_gather(gathered, own)
        means, squares, counts = torch.stack(gathered).split([channels, channels, 1], dim=1)
        total = counts.sum()
        mean = (means * counts).sum(0) / total
        variance = (squares.sum(0) + (counts * (means - mean) ** 2).sum(0)) / total
        unbiased = variance * total / (total - 1).clamp(min=1)
        inverse = (variance + EPSILON).rsqrt()
        mean, inverse = mean.to(x.dtype), inverse.to(x.dtype)
        normalized = (x - mean[:, None, None]) * inverse[:, None, None]
        ctx.save_for_backward(normalized, inverse, gamma, total)
        ctx.mark_non_differentiable(mean, unbiased)
        return normalized * gamma[:, None, None] + beta[:, None, None], mean, unbiased.to(x.dtype)

    @staticmethod
    def backward(ctx, upstream, *_):
        normalized, inverse, gamma, total = ctx.saved_tensors
        of_beta = upstream.sum((0, 2, 3))
        of_gamma = (upstream * normalized).sum((0, 2, 3))
        # The gradient of x needs the sums over the whole batch; DistributedDataParallel adds those of gamma and beta.
        sums = torch.stack([of_beta, of_gamma])
        distributed.all_reduce(sums)
        shift, slope = (sums / total).to(upstream.dtype)
        centred = upstream - shift[:, None, None] - normalized * slope[:, None, None]
        return centred * (gamma * inverse)[:, None, None], of_gamma, of_beta


class BatchNorm(nn.Module):
    """Batch norm over images and positions; the running variance is the unbiased one, with momentum 0.1."""

    def __init__(self, channels):
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(channels))
        self.beta = nn.Parameter(torch.zeros(channels))
        self.register_buffer("mean", torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))

    def forward(self, x):
        shared = self.training and distributed.is_initialized() and distributed.get_world_size() > 1
        if not shared:
            statistics = (self.mean, self.variance, self.gamma, self.beta)
            return functional.batch_norm(x, *statistics, self.training, MOMENTUM, EPSILON)
        output, mean, unbiased = SharedStatistics.apply(x, self.gamma, self.beta)
        with torch.no_grad():
            self.mean.lerp_(mean, MOMENTUM)
            self.variance.lerp_(unbiased, MOMENTUM)
        return output
